// Publishing a calendar again changes it by difference, and takes no seat from anybody.
#include <functional>
#include <utility>

#include "tests/ledger/catch.h"
#include "tests/ledger/script.h"

namespace creneau::ledger {

TEST_CASE("seats and slots are added, free ones withdrawn, and withdrawn ones come back") {
  CHECK(Script().Run(R"(
    publish 09:00=web:2              -> +2 -0 kept 0
    publish 09:00=web:3 09:20=web:1  -> +2 -0 kept 0
    free slot=09:00                  -> web:3
    publish 09:00=web:1              -> +0 -3 kept 0
    free slot=09:00                  -> web:1
    hold slot=09:20 who=ada          -> slot-taken
    publish 09:00=web:3              -> +2 -0 kept 0
    free slot=09:00                  -> web:3
    restart                          -> same
    publish 09:00=web:3              -> +0 -0 kept 0
  )") == "");
}

TEST_CASE("a reserved seat stays its holder's, and goes when it ends") {
  CHECK(Script().Run(R"(
    publish 09:00=web:2              -> +2 -0 kept 0
    hold slot=09:00 who=ada at=0s    -> held
    confirm who=ada at=1s            -> confirmed
    publish 09:00=web:0              -> +0 -1 kept 1
    free slot=09:00                  -> none
    look who=ada                     -> confirmed 09:00 by ada
    restart                          -> same
    cancel who=ada at=2s cool=10s    -> cancelled
    tick at=12s                      -> withdrawn
    free slot=09:00                  -> none
    publish 09:00=web:2              -> +2 -0 kept 0
    free slot=09:00                  -> web:2
    hold slot=09:00 who=bert at=20s  -> held
  )") == "");
}

TEST_CASE("a seat kept as the last one may stay after all") {
  CHECK(Script().Run(R"(
    publish 09:00=web:1              -> +1 -0 kept 0
    hold slot=09:00 who=ada at=0s    -> held
    publish 09:00=web:0              -> +0 -0 kept 1
    publish 09:00=web:1              -> +1 -0 kept 0
    cancel who=ada at=2s cool=10s    -> cancelled
    tick at=12s                      -> free
    free slot=09:00                  -> web:1
  )") == "");
}

TEST_CASE("a cooling seat is withdrawn when it has cooled") {
  CHECK(Script().Run(R"(
    publish 09:00=web:1              -> +1 -0 kept 0
    hold slot=09:00 who=ada at=0s    -> held
    cancel who=ada at=2s cool=10s    -> cancelled
    publish 09:00=web:0              -> +0 -1 kept 0
    cancel who=ada at=3s             -> cancelled already
    tick at=12s                      -> withdrawn
  )") == "");
}

TEST_CASE("a kept reservation can leave for a slot of the new calendar") {
  CHECK(Script().Run(R"(
    publish 09:00=web:1              -> +1 -0 kept 0
    hold slot=09:00 who=ada at=0s    -> held
    publish 09:20=web:1              -> +1 -0 kept 1
    move who=ada slot=09:20 at=1s cool=10s -> held 09:20
    tick at=11s                      -> withdrawn
    confirm who=ada at=12s           -> confirmed
  )") == "");
}

TEST_CASE("seats change channel by going and coming back") {
  CHECK(Script().Run(R"(
    publish 09:00=web:2,phone:1      -> +3 -0 kept 0
    publish 09:00=web:1,phone:2      -> +1 -1 kept 0
    free slot=09:00                  -> web:1 phone:2
    publish 09:00=web:2,phone:1      -> +1 -1 kept 0
    free slot=09:00                  -> web:2 phone:1
    publish 09:00=court:3            -> +3 -3 kept 0
    free slot=09:00                  -> court:3
    hold slot=09:00 who=ada channel=court -> held
  )") == "");
}

TEST_CASE("a slot has at most 64 seats, and a plan says so before anything is logged") {
  CHECK(Script().Run(R"(
    publish 09:00=web:40,phone:24    -> +64 -0 kept 0
    publish 09:20=web:40,phone:25    -> overfull 09:20
    publish 09:00=web:40,phone:25    -> overfull 09:00
  )") == "");
}

// Does something else in the middle of an act, as another thread might.
class InterruptedSink final : public EventSink {
 public:
  InterruptedSink(EventSink& sink, std::function<void()> other)
      : sink_(sink), other_(std::move(other)) {}
  void Push(const Event& event) override {
    sink_.Push(event);
    if (other_) std::exchange(other_, nullptr)();
  }
  void PushParty(const PartyHeld& party) override { sink_.PushParty(party); }

 private:
  EventSink& sink_;
  std::function<void()> other_;
};

TEST_CASE("a seat that is given up while a slot is trimmed escapes one look, and says so") {
  Tickets tickets{0};
  RecordingSink sink(tickets);
  Ledger ledger;
  std::vector<CalendarChange> changes;
  Publish(ledger, WebSlots(1, 2), 1, sink, changes);
  // Bert's seat comes first, so that the look at cooling seats has passed it when it meets ada's.
  const auto bert = ledger.Hold(HoldFor(SubjectNumber(2), kStart + 300'000), sink).seat.origin;
  const auto ada = ledger.Hold(HoldFor(SubjectNumber(1), kStart + 300'000), sink).seat.origin;
  ledger.Cancel(ada, kStart, kStart + 10'000, sink);
  REQUIRE(ledger.Confirm(bert, kStart, sink).outcome == Outcome::kOk);
  const CalendarChange none = ledger.Plan(kAgenda, 2, {}, kStart).change;
  ledger.Apply(none);
  const SlotId slot = ledger.SlotsOf(kAgenda, kStart).at(0);
  // Once the cooling seat has been marked, bert gives up: reserved a moment ago, cooling now.
  InterruptedSink interrupted(sink, [&] { ledger.Cancel(bert, kStart, kStart + 10'000, sink); });
  CHECK(ledger.Trim(slot, interrupted).left == 1);
  CHECK(ledger.Trim(slot, sink).left == 0);
  for (const SeatRef seat : {ada, bert}) ledger.Free(seat.seat, kStart + 10'000, sink);
  CHECK(ledger.WordOf(ada.seat).state() == SeatState::kWithdrawn);
  CHECK(ledger.WordOf(bert.seat).state() == SeatState::kWithdrawn);
}

TEST_CASE("a calendar that a log cannot rightly say is refused before anything is made of it") {
  Tickets tickets{0};
  RecordingSink sink(tickets);
  Ledger ledger;
  std::vector<CalendarChange> changes;
  Publish(ledger, WebSlots(2, 8), 1, sink, changes);
  const CalendarChange good = ledger.Plan(kAgenda, 2, WebSlots(3, 9), kStart).change;
  REQUIRE(ledger.Check(good).ok());
  const std::string digest = ledger.Digest();
  const std::pair<const char*, void (*)(CalendarChange&)> kTable[] = {
      {"begin after", [](CalendarChange& c) { c.slots[1].start = c.slots[0].start; }},
      {"begin after", [](CalendarChange& c) { c.slots[1].starts_at = c.slots[0].starts_at; }},
      {"skipped", [](CalendarChange& c) { c.slots[2].slot.value += 1; }},
      {"another slot", [](CalendarChange& c) { std::swap(c.slots[0].slot, c.slots[1].slot); }},
      {"another slot", [](CalendarChange& c) { c.agenda.value += 1; }},
      {"more seats", [](CalendarChange& c) { c.slots[0].fresh[1] = 57; }},
      {"do not follow on", [](CalendarChange& c) { c.slots[2].first_block += 1; }},
      {"beyond", [](CalendarChange& c) { c.agenda.value = limits::kMaxAgendas; }},
  };
  for (const auto& [told, spoil] : kTable) {
    CAPTURE(told);
    CalendarChange bad = good;
    spoil(bad);
    const absl::Status status = ledger.Check(bad);
    CHECK(absl::IsDataLoss(status));
    CHECK(std::string(status.message()).find(told) != std::string::npos);
  }
  CHECK(ledger.Digest() == digest);
}

TEST_CASE("all 64 seats of a slot are given, each once") {
  Tickets tickets{0};
  RecordingSink sink(tickets);
  Ledger ledger;
  std::vector<CalendarChange> changes;
  Publish(ledger, WebSlots(1, 64), 1, sink, changes);
  std::vector<bool> given(64, false);
  for (uint64_t i = 0; i < 64; ++i) {
    HoldArgs args = HoldFor(SubjectNumber(i), kStart + 1000);
    args.random = i * 37;
    const Result result = ledger.Hold(args, sink);
    REQUIRE(result.outcome == Outcome::kOk);
    REQUIRE_FALSE(given[result.seat.ref.seat.value]);
    given[result.seat.ref.seat.value] = true;
  }
  CHECK(ledger.Hold(HoldFor(SubjectNumber(64), kStart), sink).outcome == Outcome::kNothingLeft);
  CHECK(ledger.live_holds() == 64);
}

TEST_CASE("which seat of a slot is given is left to chance, however few there are") {
  for (const uint8_t seats : {uint8_t{2}, uint8_t{5}, uint8_t{8}, uint8_t{64}}) {
    CAPTURE(seats);
    std::vector<int> given(seats, 0);
    for (uint64_t random = 0; random < 64; ++random) {
      Tickets tickets{0};
      RecordingSink sink(tickets);
      Ledger ledger;
      std::vector<CalendarChange> changes;
      Publish(ledger, WebSlots(1, seats), 1, sink, changes);
      HoldArgs args = HoldFor(SubjectNumber(1), kStart + 1000);
      args.random = random;
      const Result result = ledger.Hold(args, sink);
      REQUIRE(result.outcome == Outcome::kOk);
      ++given[result.seat.ref.seat.value];
    }
    // A fair share is 64 / seats; nobody's is less than half of it, or more than twice.
    for (const int times : given) {
      CHECK(2 * times * seats >= 64);
      CHECK(times * seats <= 2 * 64);
    }
  }
}

TEST_CASE("alternatives are slots that may be booked") {
  Tickets tickets{0};
  RecordingSink sink(tickets);
  Ledger ledger;
  std::vector<CalendarChange> changes;
  const std::vector<SlotTarget> targets = WebSlots(20, 1);
  Publish(ledger, targets, 1, sink, changes);
  const auto near = [&](int slot, int first, int last) {
    return ledger.FreeNear(kAgenda, Channel::kWeb, targets[static_cast<size_t>(slot)].start,
                           targets[static_cast<size_t>(first)].starts_at,
                           targets[static_cast<size_t>(last)].starts_at, 4);
  };
  const auto is = [&](int slot) { return targets[static_cast<size_t>(slot)].start; };
  using Starts = std::vector<LocalMinute>;
  CHECK(near(10, 0, 19) == Starts{is(8), is(9), is(11), is(12)});
  CHECK(near(3, 5, 19) == Starts{is(5), is(6), is(7), is(8)});
  CHECK(near(15, 0, 10) == Starts{is(7), is(8), is(9), is(10)});
  CHECK(near(5, 5, 6) == Starts{is(6)});
}

}  // namespace creneau::ledger
