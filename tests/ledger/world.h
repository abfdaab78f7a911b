// What the ledger's tests share: a small office with slots on one day, sinks that remember what was
// pushed in the order of the queue, and the replay of what they remember. Not for production; one
// owner each, RecordingSink one thread each.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "ledger/ledger.h"

namespace creneau::ledger {

// The tests' now begins here: 2026-12-01T00:00:00Z. Slots are on the day after.
inline constexpr Instant kStart{1'796'083'200'000};
inline constexpr LocalMinute kSlotDay{29'936'160};  // 2026-12-02T00:00
inline constexpr Instant kAlways{int64_t{1} << 42};
inline constexpr AgendaId kAgenda{7};

inline LocalMinute SlotStart(int minute_of_day) {
  return LocalMinute{kSlotDay.value + minute_of_day};
}

// A slot at that minute of the day, 20 minutes long, with so many seats by channel (web first).
SlotTarget Target(int minute_of_day, std::array<uint8_t, kChannels> seats);

// `slots` slots of one web seat count each, twenty minutes apart, from midnight on.
std::vector<SlotTarget> WebSlots(int slots, uint8_t seats);

Subject SubjectNumber(uint64_t number);

// The order of the log's queue: every push takes the next ticket, in one atomic step, as it does in
// the commit queue.
using Tickets = std::atomic<uint64_t>;

struct Logged {
  uint64_t ticket;
  Event event;
};

class RecordingSink final : public EventSink {
 public:
  explicit RecordingSink(Tickets& tickets) : tickets_(tickets) {}
  void Push(const Event& event) override { log_.push_back(Logged{tickets_.fetch_add(1), event}); }
  const std::vector<Logged>& log() const { return log_; }
  std::vector<Logged>& log() { return log_; }

 private:
  Tickets& tickets_;
  std::vector<Logged> log_;
};

// The events of several sinks, in the order of the queue.
std::vector<Event> InQueueOrder(const std::vector<const RecordingSink*>& sinks);

// A fresh ledger after all of `changes` and the first `count` of `events`; `status` is that of
// Rebuild.
struct Replayed {
  std::unique_ptr<Ledger> ledger;
  absl::Status status;
};
Replayed Replay(const std::vector<CalendarChange>& changes, const std::vector<Event>& events,
                size_t count);

// Plans, applies and trims, as booking does. The change goes to `changes`.
PublicationPlan Publish(Ledger& ledger, const std::vector<SlotTarget>& targets, uint32_t version,
                        EventSink& sink, std::vector<CalendarChange>& changes);

HoldArgs HoldFor(const Subject& subject, Instant deadline);

}  // namespace creneau::ledger
