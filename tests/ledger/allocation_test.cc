// Hot paths allocate nothing once warm (style, habit 15): operator new is counted on this thread.
// Sanitizers bring an operator new of their own; under them the seats live their lives uncounted.
#include "tests/ledger/catch.h"
#include "tests/operator_new.h"

namespace {

thread_local uint64_t allocations = 0;

}  // namespace

void creneau::tests::BeforeAllocation() { ++allocations; }

namespace creneau::ledger {
namespace {

class ForgetfulSink final : public EventSink {
 public:
  void Push(const Event&) override { ++pushed; }
  uint64_t pushed = 0;
};

// Hold, confirm, extend, move, cancel, expire and free, by one and the same subject after another.
void OneRound(Ledger& ledger, EventSink& sink, uint64_t round) {
  const Instant deadline = kStart + 60'000;
  const Subject subject = SubjectNumber(round % 64);
  const Result first = ledger.Hold(HoldFor(subject, deadline), sink);
  ledger.Extend(first.seat.origin, kStart, 1'000, sink);
  ledger.Confirm(first.seat.origin, kStart, sink);
  ledger.Move(MoveArgs{first.seat.origin, SlotStart(60), kStart, kAlways, kStart, kStart, round},
              sink);
  ledger.Look(first.seat.origin, sink);
  ledger.Cancel(first.seat.origin, kStart, kStart, sink);
  const Result second = ledger.Hold(HoldFor(subject, deadline), sink);
  ledger.Expire(second.seat.ref.seat, deadline + 1, kStart, sink);
  ledger.TakeTouched([&](SeatId seat, SeatWord) { ledger.Free(seat, kStart, sink); });
}

}  // namespace

TEST_CASE("a seat's whole life allocates nothing") {
  Tickets tickets{0};
  RecordingSink recording(tickets);
  Ledger ledger;
  std::vector<CalendarChange> changes;
  Publish(ledger, WebSlots(8, 8), 1, recording, changes);
  ForgetfulSink sink;
  for (uint64_t round = 0; round < 64; ++round) OneRound(ledger, sink, round);
  const uint64_t pushed = sink.pushed;
  const uint64_t before = allocations;
  for (uint64_t round = 0; round < 200; ++round) OneRound(ledger, sink, round);
  CHECK(allocations - before == 0);
  CHECK(sink.pushed - pushed == 200 * 10);  // all of it did happen
  CHECK(ledger.CheckInvariants().ok());
}

// Without the room that the publication made, the index would have a new table every time it is
// full.
TEST_CASE("whoever takes the seats of a large publication allocates nothing") {
  Tickets tickets{0};
  RecordingSink recording(tickets);
  Ledger ledger;
  std::vector<CalendarChange> changes;
  const uint64_t seats = 72 * 64;
  REQUIRE(seats > limits::kIndexEntriesAtStart);
  Publish(ledger, WebSlots(72, 64), 1, recording, changes);
  ForgetfulSink sink;
  const uint64_t before = allocations;
  uint64_t held = 0;
  for (uint64_t who = 0; who < seats; ++who)
    held += ledger.Hold(HoldFor(SubjectNumber(who), kStart + 60'000), sink).outcome == Outcome::kOk;
  CHECK(held == seats);
  CHECK(allocations - before == 0);
  CHECK(ledger.CheckInvariants().ok());
}

// What the first week's holders have in the index is room that the second week's do not have.
TEST_CASE("a publication makes room beside those who have a reservation of another agenda") {
  Tickets tickets{0};
  RecordingSink recording(tickets);
  Ledger ledger;
  std::vector<CalendarChange> changes;
  const uint64_t seats = 72 * 64;
  Publish(ledger, WebSlots(72, 64), 1, recording, changes);
  ForgetfulSink sink;
  for (uint64_t who = 0; who < seats; ++who)
    ledger.Hold(HoldFor(SubjectNumber(who), kStart + 60'000), sink);
  ledger.Apply(ledger.Plan(AgendaId{2}, 1, WebSlots(72, 64), kStart).change);
  uint64_t held = 0;
  const uint64_t before = allocations;
  for (uint64_t who = seats; who < 2 * seats; ++who) {
    HoldArgs args = HoldFor(SubjectNumber(who), kStart + 60'000);
    args.agenda = AgendaId{2};
    held += ledger.Hold(args, sink).outcome == Outcome::kOk;
  }
  CHECK(held == seats);
  CHECK(allocations - before == 0);
  CHECK(ledger.CheckInvariants().ok());
}

// A start makes room for who has a reservation, so as to be short; the rest comes behind it.
TEST_CASE("after a restart, the index has the room of a large publication once the seats do") {
  Tickets tickets{0};
  RecordingSink recording(tickets);
  Ledger ledger;
  std::vector<CalendarChange> changes;
  Publish(ledger, WebSlots(72, 64), 1, recording, changes);
  for (uint64_t who = 0; who < 8; ++who)
    ledger.Hold(HoldFor(SubjectNumber(who), kStart + 60'000), recording);
  const Replayed replayed = Replay(changes, InQueueOrder({&recording}), recording.log().size());
  REQUIRE(replayed.status.ok());
  replayed.ledger->TouchSeats([] { return false; });
  CHECK(replayed.ledger->Digest() == ledger.Digest());
  ForgetfulSink sink;
  const uint64_t before = allocations;
  for (uint64_t who = 8; who < 4'000; ++who)
    replayed.ledger->Hold(HoldFor(SubjectNumber(who), kStart + 60'000), sink);
  CHECK(allocations - before == 0);
  CHECK(sink.pushed == 4'000 - 8);
  CHECK(replayed.ledger->CheckInvariants().ok());
}

}  // namespace creneau::ledger
