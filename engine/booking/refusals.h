// Who was refused, counted by agenda and outcome: one relaxed addition where somebody is, in memory
// that is there from the start and touched where an agenda is published. Not by thread: of 20,000
// refusals a second on each of four threads, all of one agenda, each costs some 50 ns more for the
// cache line that goes to and fro, beside the 15 us that answering it takes.
//
// What is refused is a hold, a ticket or a move. Whoever then asks for an attempt (POST …/attempts)
// was counted already, and whoever asks for one without having tried was refused nothing: attempts
// are not counted here, or asking for the paper would make the record say that more were refused.
// How many receipts of attempts were signed, ReceiptStats says.
//
// Threads: Count and Of from any; Take from one at a time.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <vector>

#include "base/limits.h"
#include "base/outcome.h"
#include "booking/answers.h"
#include "codec/service.h"
#include "ledger/region.h"

namespace creneau::booking {

class Refusals {
 public:
  // Nothing where it is not known which agenda was meant, or nobody was refused.
  void Count(const AgendaInfo* agenda, Outcome outcome) {
    if (agenda == nullptr || outcome == Outcome::kOk) return;
    // No other memory hangs on a count.
    rows_[agenda->id.value].ever[static_cast<size_t>(outcome)].fetch_add(1,
                                                                         std::memory_order_relaxed);
  }
  // Since this process began.
  uint64_t Of(AgendaId agenda, Outcome outcome) const {
    return rows_[agenda.value].ever[static_cast<size_t>(outcome)].load(std::memory_order_relaxed);
  }

  // Since the last call, by outcome; those of which there were none are left out.
  std::vector<codec::NamedCount> Take(AgendaId agenda) {
    std::vector<codec::NamedCount> counts;
    Row& row = rows_[agenda.value];
    for (size_t i = 0; i < row.ever.size(); ++i) {
      const uint64_t ever = row.ever[i].load(std::memory_order_relaxed);
      const uint64_t more = ever - row.taken[i];
      if (more == 0) continue;
      counts.push_back({std::string(OutcomeName(static_cast<Outcome>(i))), more});
      row.taken[i] = ever;
    }
    return counts;
  }

 private:
  struct Row {
    std::array<std::atomic<uint64_t>, kOutcomes> ever;
    std::array<uint64_t, kOutcomes> taken;  // the taker's own
  };
  ledger::Region<Row> rows_{limits::kMaxAgendas};
};

}  // namespace creneau::booking
