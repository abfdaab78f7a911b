// What is derived from the seats must not depend on how many threads derive it, nor in what order.
#include <algorithm>
#include <atomic>
#include <thread>
#include <tuple>

#include "base/prng.h"
#include "tests/ledger/catch.h"

namespace creneau::ledger {
namespace {

constexpr int kSlots = 3'000;

// An office after a morning: some hold, some have confirmed, cancelled, let lapse or moved; the
// last calendar has taken seats away from every seventh slot.
struct Morning {
  Morning() {
    Publish(ledger, WebSlots(kSlots, 4), 1, sink, changes);
    Prng prng(1);
    for (uint64_t who = 1; who <= kSlots * 2; ++who) Come(who, prng);
    std::vector<SlotTarget> targets = WebSlots(kSlots, 4);
    for (size_t i = 0; i < targets.size(); i += 7) targets[i].seats = {1, 0, 0, 0, 0};
    Publish(ledger, targets, 2, sink, changes);
  }

  void Come(uint64_t who, Prng& prng) {
    HoldArgs args = HoldFor(SubjectNumber(who), kStart + 300'000);
    args.slot = SlotStart(static_cast<int>(prng.Below(kSlots)) * 20);
    args.random = prng.Next();
    const Result held = ledger.Hold(args, sink);
    if (held.outcome != Outcome::kOk) return;
    const SeatRef name = held.seat.origin;
    const uint64_t what = prng.Below(6);
    if (what < 3) ledger.Confirm(name, kStart, sink);
    if (what == 3) ledger.Cancel(name, kStart, kStart + 400'000, sink);
    if (what == 4) {
      const LocalMinute slot = SlotStart(static_cast<int>(prng.Below(kSlots)) * 20);
      ledger.Move({name, slot, kStart, kAlways, kStart, kStart + 400'000, prng.Next()}, sink);
    }
  }

  std::vector<Record> events() const { return InQueueOrder({&sink}); }

  Tickets tickets{0};
  RecordingSink sink{tickets};
  std::vector<CalendarChange> changes;
  Ledger ledger;
};

using Told = std::tuple<uint64_t, uint64_t, uint64_t, std::vector<SlotId>>;

Told Tell(const std::vector<Rebuilt>& parts) {
  SeatCounts counts;
  std::vector<SlotId> untrimmed;
  for (const Rebuilt& part : parts) {
    counts.in_calendar += part.counts.in_calendar;
    counts.held += part.counts.held;
    counts.confirmed += part.counts.confirmed;
    untrimmed.insert(untrimmed.end(), part.untrimmed.begin(), part.untrimmed.end());
  }
  std::sort(untrimmed.begin(), untrimmed.end());
  return {counts.in_calendar, counts.held, counts.confirmed, untrimmed};
}

// By `threads` threads, each taking the next `piece` slots. False: one of them found it wrong.
bool RebuildWith(Ledger& ledger, size_t threads, uint32_t piece, Told* told) {
  std::vector<Rebuilt> parts(threads);
  std::atomic<uint32_t> next{0};
  std::atomic<bool> ok{true};
  ledger.BeginRebuild();
  const auto work = [&](size_t thread) {
    for (uint32_t from = next.fetch_add(piece); from < ledger.slots_made();
         from = next.fetch_add(piece)) {
      const uint32_t until = std::min(from + piece, ledger.slots_made());
      if (!ledger.RebuildSlots(from, until, &parts[thread]).ok()) ok = false;
    }
  };
  std::vector<std::thread> others;
  for (size_t i = 0; i < threads; ++i) others.emplace_back(work, i);
  for (std::thread& other : others) other.join();
  *told = Tell(parts);
  return ok;
}

}  // namespace

TEST_CASE("however many threads rebuild a ledger, it is the same") {
  Morning morning;
  const std::vector<Record> events = morning.events();
  Replayed replayed = Replay(morning.changes, events, events.size());
  REQUIRE(replayed.status.ok());
  Ledger& ledger = *replayed.ledger;
  const std::string digest = morning.ledger.Digest();
  REQUIRE(ledger.Digest() == digest);
  Told first;
  REQUIRE(RebuildWith(ledger, 1, kSlots, &first));
  const SeatCounts counts = ledger.CountSeats();
  CHECK(std::get<0>(first) == counts.in_calendar);
  CHECK(std::get<1>(first) == counts.held);
  CHECK(std::get<2>(first) == counts.confirmed);
  for (const size_t threads : {2, 3, 8}) {
    CAPTURE(threads);
    Told told;
    REQUIRE(RebuildWith(ledger, threads, 7, &told));
    CHECK(told == first);
    CHECK(ledger.Digest() == digest);
    CHECK(ledger.CheckInvariants().ok());
    CHECK(ledger.live_holds() == morning.ledger.live_holds());
  }
}

TEST_CASE("seats that nobody has had are derived as well, and can be had afterwards") {
  constexpr int kLarge = 200;
  std::vector<SlotTarget> targets;
  for (int i = 0; i < kLarge; ++i) {
    // Whole parts of one channel, a last block that is not full, and other channels' seats.
    const bool mixed = i % 10 == 0;
    targets.push_back(Target(i * 20, {static_cast<uint8_t>(mixed ? 11 : 64), 0,
                                      static_cast<uint8_t>(mixed ? 6 : 0), 0, 0}));
  }
  Tickets tickets{0};
  RecordingSink sink(tickets);
  Ledger ledger;
  std::vector<CalendarChange> changes;
  Publish(ledger, targets, 1, sink, changes);
  const auto hold = [&](Ledger& in, uint64_t who, int slot) {
    HoldArgs args = HoldFor(SubjectNumber(who), kStart + 300'000);
    args.slot = SlotStart(slot * 20);
    args.random = who;
    return in.Hold(args, sink).outcome;
  };
  for (const int slot : {0, 3, 150}) REQUIRE(hold(ledger, 1 + slot, slot) == Outcome::kOk);
  std::vector<Record> events = InQueueOrder({&sink});
  Replayed replayed = Replay(changes, events, events.size());
  REQUIRE(replayed.status.ok());
  CHECK(replayed.ledger->Digest() == ledger.Digest());
  CHECK(replayed.ledger->CheckInvariants().ok());

  replayed.ledger->TouchSeats([] { return false; });
  CHECK(replayed.ledger->Digest() == ledger.Digest());
  for (const int slot : {7, 10, 150}) {
    REQUIRE(hold(*replayed.ledger, 1'000 + slot, slot) == Outcome::kOk);
  }
  const std::string digest = replayed.ledger->Digest();
  CHECK(digest != ledger.Digest());
  REQUIRE(replayed.ledger->Rebuild().ok());
  CHECK(replayed.ledger->Digest() == digest);
  events = InQueueOrder({&sink});
  CHECK(Replay(changes, events, events.size()).ledger->Digest() == digest);
}

TEST_CASE("a slot whose publication was cut short is told") {
  Morning morning;
  const std::vector<Record> all = morning.events();
  std::vector<Record> cut;
  for (const Event& event : all) {
    if (event.seat.word.state() != SeatState::kWithdrawn) cut.push_back(event);
  }
  REQUIRE(cut.size() < all.size());
  Replayed replayed = Replay(morning.changes, cut, cut.size());
  REQUIRE(replayed.status.ok());
  Told told;
  REQUIRE(RebuildWith(*replayed.ledger, 3, 7, &told));
  const std::vector<SlotId>& untrimmed = std::get<3>(told);
  REQUIRE_FALSE(untrimmed.empty());
  RecordingSink sink(morning.tickets);
  for (const SlotId slot : untrimmed) replayed.ledger->Trim(slot, sink);
  CHECK_FALSE(sink.log().empty());
  REQUIRE(RebuildWith(*replayed.ledger, 3, 7, &told));
  CHECK(std::get<3>(told).empty());
}

TEST_CASE("a subject with two reservations is found by any number of threads") {
  Morning morning;
  std::vector<Record> events;
  for (const uint32_t seat : {40u, 10'000u}) {
    Event event;
    event.seat = {SeatId{seat}, SeatWord().NextGeneration().With(SeatState::kConfirmed),
                  SubjectNumber(9), 0};
    events.push_back(event);
  }
  std::vector<CalendarChange> changes(morning.changes.begin(), morning.changes.begin() + 1);
  Replayed replayed = Replay(changes, events, 2);
  CHECK(replayed.status.code() == absl::StatusCode::kDataLoss);
  for (const size_t threads : {2, 8}) {
    Told told;
    CHECK_FALSE(RebuildWith(*replayed.ledger, threads, 7, &told));
    CHECK(replayed.ledger->Rebuild().message() == replayed.status.message());
  }
}

}  // namespace creneau::ledger
