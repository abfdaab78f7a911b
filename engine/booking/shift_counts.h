// How many seats of an agenda have gone from one channel to another, or were added, ever: what
// everybody may see (codec/seats_shifted.h). Counts only grow, so the largest of each is the
// latest. Threads: reads from any; Take from one at a time (recovery, or with the publishing lock).
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/limits.h"
#include "codec/seats_shifted.h"
#include "ledger/region.h"

namespace creneau::booking {

class ShiftCounts {
 public:
  void Take(const codec::SeatsShifted& shifted) {
    for (const codec::SeatsShifted::Moved& moved : shifted.moved) {
      std::atomic<uint64_t>& ever = rows_[shifted.agenda.value][Place(moved.from, moved.to)];
      if (ever.load(std::memory_order_relaxed) < moved.ever)
        ever.store(moved.ever, std::memory_order_relaxed);
    }
  }
  // From a channel, or of those added.
  uint64_t Ever(AgendaId agenda, std::optional<Channel> from, Channel to) const {
    return rows_[agenda.value][Place(from, to)].load(std::memory_order_relaxed);
  }
  uint64_t Into(AgendaId agenda, Channel to) const {
    uint64_t sum = 0;
    for (const Channel from : kAllChannels) sum += Ever(agenda, from, to);
    return sum;
  }
  uint64_t OutOf(AgendaId agenda, Channel from) const {
    uint64_t sum = 0;
    for (const Channel to : kAllChannels) sum += Ever(agenda, from, to);
    return sum;
  }

  // As events: what a snapshot needs.
  std::vector<std::string> Snapshot(const std::vector<AgendaId>& agendas) const {
    std::vector<std::string> events;
    for (const AgendaId agenda : agendas) {
      codec::SeatsShifted all{.agenda = agenda};
      for (size_t from = 0; from <= kChannels; ++from) {
        for (const Channel to : kAllChannels) {
          codec::SeatsShifted::Moved moved{.from = {}, .to = to};
          if (from < kChannels) moved.from = static_cast<Channel>(from);
          moved.ever = Ever(agenda, moved.from, to);
          if (moved.ever > 0) all.moved.push_back(moved);
        }
      }
      if (!all.moved.empty()) events.push_back(codec::EncodeShift(all));
    }
    return events;
  }

 private:
  using Row = std::array<std::atomic<uint64_t>, (kChannels + 1) * kChannels>;
  static size_t Place(std::optional<Channel> from, Channel to) {
    return (from ? static_cast<size_t>(*from) : kChannels) * kChannels + static_cast<size_t>(to);
  }
  ledger::Region<Row> rows_{limits::kMaxAgendas};
};

}  // namespace creneau::booking
