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
  void PushParty(const PartyHeld&) override { ++pushed; }
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

constexpr uint64_t kManySeats = 72 * 64;

// So many subjects, a number each, hold a seat of the agenda each.
uint64_t AllocationsOfHolding(Ledger& ledger, AgendaId agenda, uint64_t from, uint64_t until) {
  ForgetfulSink sink;
  uint64_t held = 0;
  const uint64_t before = allocations;
  for (uint64_t who = from; who < until; ++who) {
    HoldArgs args = HoldFor(SubjectNumber(who), kStart + 60'000);
    args.agenda = agenda;
    held += ledger.Hold(args, sink).outcome == Outcome::kOk;
  }
  const uint64_t made = allocations - before;
  CHECK(held == until - from);
  CHECK(sink.pushed == held);
  CHECK(ledger.CheckInvariants().ok());
  return made;
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

TEST_CASE("a family's seats, and an offer's, allocate nothing") {
  Tickets tickets{0};
  RecordingSink recording(tickets);
  Ledger ledger;
  std::vector<CalendarChange> changes;
  Publish(ledger, WebSlots(4, 16), 1, recording, changes);
  ForgetfulSink sink;
  const auto round = [&](uint64_t first) {
    const PartyResult party = ledger.HoldParty(PartyFor(first, 8, kStart + 60'000), sink);
    for (const SeatView& seat : party.seats) {
      ledger.Cancel(seat.origin, kStart, kStart, sink);
      ledger.Aside(seat.ref.seat, kStart, sink);
      ledger.OfferAside(seat.ref.seat, {seat.subject, first, kStart + 60'000}, sink);
      ledger.Expire(seat.ref.seat, kStart + 61'000, kStart, sink);
      ledger.Free(seat.ref.seat, kStart, sink);
    }
  };
  for (uint64_t i = 0; i < 64; ++i) round(8 * i);
  const uint64_t pushed = sink.pushed;
  const uint64_t before = allocations;
  for (uint64_t i = 64; i < 96; ++i) round(8 * i);
  CHECK(allocations - before == 0);
  CHECK(sink.pushed - pushed == 32 * (1 + 8 * 5));
}

// Without the room that the publication made, the index would have a new table every time it is
// full.
TEST_CASE("whoever takes the seats of a large publication allocates nothing") {
  Tickets tickets{0};
  RecordingSink recording(tickets);
  Ledger ledger;
  std::vector<CalendarChange> changes;
  REQUIRE(kManySeats > limits::kIndexEntriesAtStart);
  Publish(ledger, WebSlots(kManySeats / 64, 64), 1, recording, changes);
  CHECK(AllocationsOfHolding(ledger, kAgenda, 0, kManySeats) == 0);
}

// A calendar that is withdrawn leaves its holders in the index: the next one needs room beside
// them.
TEST_CASE("a publication makes room beside those who have a reservation already") {
  Tickets tickets{0};
  RecordingSink recording(tickets);
  Ledger ledger;
  std::vector<CalendarChange> changes;
  Publish(ledger, WebSlots(kManySeats / 64, 64), 1, recording, changes);
  AllocationsOfHolding(ledger, kAgenda, 0, kManySeats);
  Publish(ledger, {}, 2, recording, changes);
  const AgendaId other{8};
  ledger.Apply(ledger.Plan(other, 1, WebSlots(kManySeats / 64, 64), kStart).change);
  CHECK(AllocationsOfHolding(ledger, other, kManySeats, 2 * kManySeats) == 0);
}

// A start makes room for who has a reservation, so as to be short; the rest comes behind it.
TEST_CASE("after a restart, the index has the room of a large publication once the seats do") {
  Tickets tickets{0};
  RecordingSink recording(tickets);
  Ledger ledger;
  std::vector<CalendarChange> changes;
  Publish(ledger, WebSlots(kManySeats / 64, 64), 1, recording, changes);
  for (uint64_t who = 0; who < 8; ++who)
    ledger.Hold(HoldFor(SubjectNumber(who), kStart + 60'000), recording);
  const Replayed replayed = Replay(changes, InQueueOrder({&recording}), recording.log().size());
  REQUIRE(replayed.status.ok());
  replayed.ledger->TouchSeats([] { return false; });
  CHECK(replayed.ledger->Digest() == ledger.Digest());
  CHECK(AllocationsOfHolding(*replayed.ledger, kAgenda, 8, kManySeats) == 0);
}

}  // namespace creneau::ledger
