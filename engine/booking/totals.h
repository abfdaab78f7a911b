// Counts of what happened to seats, ever, by agenda and channel. A seat that was given back forgets
// who had it, and the log that told of it is archived: so each cancellation of a confirmed
// reservation puts the new count into the log behind its own event, in the same act, as an
// after-image that only grows. A crash between the two loses the count of a cancellation that
// nobody was told of. Any thread.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <vector>

#include "base/limits.h"
#include "booking/act.h"
#include "codec/service.h"
#include "ledger/region.h"

namespace creneau::booking {

class Totals {
 public:
  void AddCancelled(AgendaId agenda, Channel channel, Act& act) {
    const uint64_t cancelled = Cell(agenda, channel).fetch_add(1, std::memory_order_relaxed) + 1;
    std::array<char, codec::kMaxTotalsBytes> record;
    const size_t bytes = codec::EncodeTotals({agenda, channel, cancelled}, record);
    act.PushCopy({record.data(), bytes});
  }
  uint64_t Cancelled(AgendaId agenda, Channel channel) const {
    return cancelled_[agenda.value][static_cast<size_t>(channel)].load(std::memory_order_relaxed);
  }

  // Recovery, before anything else.
  void Restore(const std::vector<codec::ChannelTotals>& all) {
    for (const codec::ChannelTotals& totals : all) {
      if (totals.agenda.value < limits::kMaxAgendas)
        Cell(totals.agenda, totals.channel).store(totals.cancelled, std::memory_order_relaxed);
    }
  }
  // As events: what a snapshot needs. Those of a later moment do no harm.
  std::vector<std::string> Snapshot(const std::vector<AgendaId>& agendas) const {
    std::vector<std::string> events;
    for (const AgendaId agenda : agendas) {
      for (const Channel channel : kAllChannels) {
        const uint64_t cancelled = Cancelled(agenda, channel);
        if (cancelled == 0) continue;
        std::array<char, codec::kMaxTotalsBytes> record;
        events.emplace_back(record.data(),
                            codec::EncodeTotals({agenda, channel, cancelled}, record));
      }
    }
    return events;
  }

 private:
  using Row = std::array<std::atomic<uint64_t>, kChannels>;
  std::atomic<uint64_t>& Cell(AgendaId agenda, Channel channel) {
    return cancelled_[agenda.value][static_cast<size_t>(channel)];
  }
  ledger::Region<Row> cancelled_{limits::kMaxAgendas};
};

}  // namespace creneau::booking
