// Which pepper hashes whose applicants (design 8), as the log has it (codec/pepper.h).
//
// A pepper's number is its epoch. A group of agendas is in one epoch at a time, so that nobody has
// two subjects in it; the first is 1, of which older logs say nothing. New groups begin in the
// newest. Epochs only rise: a record of an earlier one that is read again changes nothing.
//
// Threads: one at a time; the engine's publishing lock is held.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "booking/registry.h"
#include "codec/pepper.h"

namespace creneau::booking {

// A pepper without which an engine cannot work.
struct NeededPepper {
  uint32_t epoch = 1;
  uint64_t check = 0;   // pepper_files.h; 0: not known
  std::string used_by;  // for messages: "agenda 93-titres"
};

class PepperEpochs {
 public:
  void Take(const codec::PepperEpoch& record);

  uint32_t newest() const { return newest_; }
  uint32_t Of(std::string_view group) const;
  // Its record; null: there is none. Of epoch 1 nobody knows when it was made.
  const codec::PepperEpoch* Made(uint32_t epoch) const { return Find(made_, epoch); }
  const codec::PepperEpoch* Retired(uint32_t epoch) const { return Find(retired_, epoch); }
  // In the order of their epochs.
  std::vector<codec::PepperEpoch> AllRetired() const;

  // Groups that were in that epoch and have left it, and when.
  struct Left {
    std::string group;
    Instant at;
  };
  std::vector<Left> LeftFrom(uint32_t epoch) const;

  // Those of all agendas that are published, and the newest.
  std::vector<NeededPepper> Needed(const Registry& registry) const;

  // As events, whole.
  std::vector<std::string> Snapshot() const;

 private:
  using ByEpoch = std::map<uint32_t, codec::PepperEpoch>;
  static const codec::PepperEpoch* Find(const ByEpoch& records, uint32_t epoch) {
    const auto at = records.find(epoch);
    return at == records.end() ? nullptr : &at->second;
  }

  uint32_t newest_ = 1;
  ByEpoch made_;
  ByEpoch retired_;
  std::map<std::string, ByEpoch, std::less<>> uses_;  // by group
};

// The published agendas of a group, by name.
std::vector<const AgendaInfo*> AgendasOf(const Registry& registry, std::string_view group);

}  // namespace creneau::booking
