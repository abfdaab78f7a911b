// Acts that need two persons (design 8): one proposes, another one approves, or one of them
// withdraws it. Kept until they are a week old, so that an approval whose reply was lost can be
// repeated; of more than limits::kPairActsKept the oldest that are settled are forgotten before.
// The log has them in codec/identity_acts.h's records.
//
// Threads: any.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "codec/identity_acts.h"

namespace creneau::booking {

struct PairAct {
  codec::ActProposed proposed;
  std::optional<codec::ActSettled> settled;
  Instant expires_at() const;
  bool waits() const { return !settled; }
};

class Acts {
 public:
  Acts() = default;
  Acts(const Acts&) = delete;
  Acts& operator=(const Acts&) = delete;

  // Whether there is room for another one of that person: limits::kPairActs wait at most, and
  // kPairActsOfOne of one, so that nobody can keep all others from proposing.
  bool HasRoom(std::string_view person, Instant now) const;
  // Nothing: there is none of that name, or it is too old.
  std::optional<PairAct> Find(uint64_t act, Instant now) const;
  // Those that nobody has approved or withdrawn, oldest first.
  std::vector<PairAct> Waiting(Instant now) const;

  void Take(const codec::ActProposed& proposed);
  void Take(const codec::ActSettled& settled);

  // As events, whole.
  std::vector<std::string> Snapshot() const;

 private:
  mutable std::mutex mutex_;  // guards what follows
  std::map<uint64_t, PairAct> acts_;
};

// "9f86d081884c7d65": what an act is called.
std::string ActName(uint64_t act);
std::optional<uint64_t> ParseActName(std::string_view text);

}  // namespace creneau::booking
