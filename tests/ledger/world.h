// What the ledger's tests share: a small office with slots on one day, sinks that remember what was
// pushed in the order of the queue, and the replay of what they remember. Not for production; one
// owner each, RecordingSink one thread each.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
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

// State, generation and step.
std::string WordTold(SeatWord word);

// The order of the log's queue: every push takes the next ticket, in one atomic step, as it does in
// the commit queue.
using Tickets = std::atomic<uint64_t>;

// One record: of one seat, of a move, or of a party.
struct Record : Event {
  Record() = default;
  Record(const Event& event) : Event(event) {}  // NOLINT: an event is one
  explicit Record(const PartyHeld& of) : party(of) {}
  PartyHeld party;  // of none, where it is an event

  std::vector<SeatImage> Images() const;
};

struct Logged {
  uint64_t ticket;
  Record record;
};

class RecordingSink final : public EventSink {
 public:
  explicit RecordingSink(Tickets& tickets) : tickets_(tickets) {}
  void Push(const Event& event) override { log_.push_back({tickets_.fetch_add(1), event}); }
  void PushParty(const PartyHeld& party) override {
    log_.push_back({tickets_.fetch_add(1), Record(party)});
  }
  const std::vector<Logged>& log() const { return log_; }
  std::vector<Logged>& log() { return log_; }

 private:
  Tickets& tickets_;
  std::vector<Logged> log_;
};

// The events of several sinks, in the order of the queue.
std::vector<Record> InQueueOrder(const std::vector<const RecordingSink*>& sinks);

// A fresh ledger after all of `changes` and the first `count` of `events`; `status` is that of
// Rebuild.
struct Replayed {
  std::unique_ptr<Ledger> ledger;
  absl::Status status;
};
Replayed Replay(const std::vector<CalendarChange>& changes, const std::vector<Record>& events,
                size_t count);
absl::Status Apply(Ledger& ledger, const Record& record);

// Plans, applies and trims, as booking does. The change goes to `changes`.
PublicationPlan Publish(Ledger& ledger, const std::vector<SlotTarget>& targets, uint32_t version,
                        EventSink& sink, std::vector<CalendarChange>& changes);

HoldArgs HoldFor(const Subject& subject, Instant deadline);
// For subjects of so many numbers from `first` on, below `people`; then from 0.
PartyArgs PartyFor(uint64_t first, size_t count, Instant deadline, uint64_t people = UINT64_MAX);

}  // namespace creneau::ledger
