// The log is the truth: any prefix of it replays into a sound ledger, all of it into the same one.
#include "base/prng.h"
#include "tests/ledger/catch.h"

namespace creneau::ledger {
namespace {

constexpr int kSlots = 6;
constexpr uint64_t kPeople = 12;

// A random life of a small office, one thread; all it logged.
struct Life {
  explicit Life(uint64_t seed) : prng(seed) {
    Publish(ledger, WebSlots(kSlots, 2), 1, sink, changes);
  }

  void Live(int acts) {
    for (int i = 0; i < acts; ++i) {
      now = now + static_cast<int64_t>(prng.Below(20'000));
      Act();
    }
  }

  void Act() {
    const uint64_t who = prng.Below(kPeople);
    switch (prng.Below(12)) {
      case 0:
      case 1:
        return Hold(who);
      case 2:
        ledger.Confirm(names[who], now, sink);
        return;
      case 3:
        ledger.Extend(names[who], now, 60'000, sink);
        return;
      case 4:
        ledger.Cancel(names[who], now, now + 50'000, sink);
        return;
      case 5:
      case 6:
        ledger.Move(
            MoveArgs{names[who], RandomSlot(), kStart, kAlways, now, now + 50'000, prng.Next()},
            sink);
        return;
      case 7:
        return Tick();
      case 8:
        if (prng.Below(4) == 0) {
          std::vector<SlotTarget> targets = WebSlots(kSlots, 2);
          for (SlotTarget& target : targets)
            target.seats = {static_cast<uint8_t>(prng.Below(4)),
                            static_cast<uint8_t>(prng.Below(2)), 0, 0, 0};
          Publish(ledger, targets, static_cast<uint32_t>(changes.size() + 1), sink, changes);
        }
        return;
      case 9:
        ledger.MoveByOffice(
            MoveArgs{names[who], RandomSlot(), kStart, kAlways, now, now + 50'000, prng.Next()},
            std::nullopt, now + 200'000, sink);
        return;
      case 10:
        return Offer(who);
      case 11:
        return Party(who);
    }
  }

  void Party(uint64_t who) {
    PartyArgs args = PartyFor(who, 2 + prng.Below(2), now + 100'000, kPeople);
    if (prng.Below(2) == 0) args.slot = RandomSlot();
    args.random = prng.Next();
    const PartyResult result = ledger.HoldParty(args, sink);
    if (result.outcome != Outcome::kOk) return;
    for (size_t i = 0; i < args.count; ++i) names[(who + i) % kPeople] = result.seats[i].origin;
  }

  // What has cooled is kept for somebody, given, or given back.
  void Offer(uint64_t who) {
    static constexpr SeatState kInto[] = {SeatState::kOffered, SeatState::kOffered,
                                          SeatState::kConfirmed, SeatState::kHeld};
    for (uint32_t i = 0; i < ledger.seats(); ++i) {
      if (prng.Below(2) == 0) ledger.Aside(SeatId{i}, now, sink);
      if (ledger.WordOf(SeatId{i}).state() != SeatState::kAside) continue;
      if (prng.Below(4) == 0) {
        ledger.FreeAside(SeatId{i}, sink);
      } else if (prng.Below(2) == 0) {
        OfferArgs args{SubjectNumber(who), who, now + 100'000, kInto[prng.Below(4)]};
        const Result result = ledger.OfferAside(SeatId{i}, args, sink);
        if (result.outcome == Outcome::kOk) names[who] = result.seat.origin;
      }
    }
  }

  LocalMinute RandomSlot() { return SlotStart(static_cast<int>(prng.Below(kSlots)) * 20); }

  void Hold(uint64_t who) {
    HoldArgs args = HoldFor(SubjectNumber(who), now + 100'000);
    if (prng.Below(2) == 0) args.slot = RandomSlot();
    args.random = prng.Next();
    if (prng.Below(4) == 0)
      args.into = prng.Below(2) == 0 ? SeatState::kConfirmed : SeatState::kOffered;
    const Result result = ledger.Hold(args, sink);
    if (result.outcome == Outcome::kOk) names[who] = result.seat.origin;
  }

  void Tick() {
    for (uint32_t i = 0; i < ledger.seats(); ++i) {
      if (ledger.WordOf(SeatId{i}).state() == SeatState::kHeld && prng.Below(4) == 0)
        ledger.Lengthen(SeatId{i}, 5'000, sink);
      ledger.Expire(SeatId{i}, now, now + 50'000, sink);
      ledger.Free(SeatId{i}, now, sink);
    }
  }

  Prng prng;
  Tickets tickets{0};
  RecordingSink sink{tickets};
  Ledger ledger;
  std::vector<CalendarChange> changes;
  std::array<SeatRef, kPeople> names{};
  Instant now = kStart;
};

}  // namespace

TEST_CASE("every prefix of the log replays into a ledger in which the invariants hold") {
  for (uint64_t seed = 1; seed <= 4; ++seed) {
    INFO("seed " << seed);
    Life life(seed);
    life.Live(600);
    REQUIRE(life.ledger.CheckInvariants().ok());
    const std::vector<Record> events = InQueueOrder({&life.sink});
    REQUIRE(events.size() > 200);
    for (size_t count = 0; count <= events.size(); ++count) {
      INFO("prefix of " << count);
      const Replayed replayed = Replay(life.changes, events, count);
      REQUIRE(replayed.status.ok());
      const absl::Status invariants = replayed.ledger->CheckInvariants();
      INFO(invariants.message());
      REQUIRE(invariants.ok());
    }
  }
}

TEST_CASE("the whole log replays into the same ledger") {
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    INFO("seed " << seed);
    Life life(seed);
    life.Live(400);
    const std::vector<Record> events = InQueueOrder({&life.sink});
    const Replayed replayed = Replay(life.changes, events, events.size());
    REQUIRE(replayed.status.ok());
    REQUIRE(replayed.ledger->Digest() == life.ledger.Digest());
  }
}

TEST_CASE("events that stand twice in the log, or late once more, change nothing") {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    INFO("seed " << seed);
    Life life(seed);
    life.Live(400);
    const std::vector<Record> events = InQueueOrder({&life.sink});
    std::vector<Record> doubled;
    for (size_t i = 0; i < events.size(); ++i) {
      doubled.push_back(events[i]);
      if (i % 3 == 0) doubled.push_back(events[i]);
      if (i % 2 == 0) doubled.push_back(events[life.prng.Below(i + 1)]);
    }
    const Replayed replayed = Replay(life.changes, doubled, doubled.size());
    REQUIRE(replayed.status.ok());
    REQUIRE(replayed.ledger->Digest() == life.ledger.Digest());
  }
}

TEST_CASE("a replayed ledger goes on where the other stopped") {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    INFO("seed " << seed);
    Life life(seed);
    life.Live(200);
    std::vector<Record> events = InQueueOrder({&life.sink});
    const Replayed replayed = Replay(life.changes, events, events.size());
    REQUIRE(replayed.status.ok());
    for (uint64_t who = 0; who < kPeople; ++who) {
      const auto here = life.ledger.Look(life.names[who], life.sink);
      const auto there = replayed.ledger->Look(life.names[who], life.sink);
      REQUIRE(here.has_value() == there.has_value());
      if (here)
        CHECK((here->ref == there->ref && here->word == there->word &&
               here->subject == there->subject));
    }
  }
}

TEST_CASE("what is given out after a loss is in a generation that was never given out before it") {
  Ledger ledger;
  Tickets tickets{0};
  RecordingSink sink(tickets);
  std::vector<CalendarChange> changes;
  Publish(ledger, WebSlots(1, 2), 1, sink, changes);
  const Instant deadline = kStart + kMsPerHour;
  const auto hold = [&](uint64_t who) {
    return ledger.Hold(HoldFor(SubjectNumber(who), deadline), sink);
  };
  const auto replay = [&] {
    Replayed replayed = Replay(changes, InQueueOrder({&sink}), sink.log().size());
    replayed.ledger->RaiseGenerations(Generation{100});
    return replayed;
  };
  const SeatRef first = hold(1).seat.ref;
  CHECK(first.generation == Generation{1});
  CHECK(ledger.NextOfAll() == Generation{2});
  ledger.RaiseGenerations(Generation{100});
  CHECK(ledger.NextOfAll() == Generation{100});
  // A claim that comes to nothing leaves nothing in the log, and no difference.
  CHECK(hold(1).outcome == Outcome::kAlreadyReserved);
  CHECK(replay().ledger->Digest() == ledger.Digest());
  CHECK(hold(2).seat.ref.generation == Generation{100});
  CHECK(replay().ledger->Digest() == ledger.Digest());
  // So is a seat that somebody had through it.
  CHECK(ledger.Cancel(first, kStart, kStart, sink).outcome == Outcome::kOk);
  CHECK(ledger.Free(first.seat, kStart, sink));
  const SeatRef again = hold(3).seat.ref;
  CHECK(again.seat == first.seat);
  CHECK(again.generation == Generation{100});
  CHECK(replay().ledger->Digest() == ledger.Digest());
  CHECK(ledger.CheckInvariants().ok());
}

TEST_CASE("an event of a seat that no calendar made is refused") {
  Ledger ledger;
  Event event;
  event.seat.seat = SeatId{3};
  event.seat.word = SeatWord().NextGeneration().With(SeatState::kHeld);
  CHECK(ledger.Apply(event).code() == absl::StatusCode::kDataLoss);
}

TEST_CASE("a log in which a subject has two live reservations is refused") {
  Life life(1);
  Event event;
  event.seat.subject = SubjectNumber(1);
  event.seat.word = SeatWord().NextGeneration().With(SeatState::kConfirmed);
  std::vector<Record> events(2, event);
  events[1].seat.seat = SeatId{1};
  CHECK(Replay(life.changes, events, 2).status.code() == absl::StatusCode::kDataLoss);
}

}  // namespace creneau::ledger
