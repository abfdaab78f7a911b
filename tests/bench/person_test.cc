#include "bench/creneau-bench/crowd/person.h"

#include <catch2/catch.hpp>
#include <string>

namespace creneau::bench {
namespace {

using What = Heard::What;

constexpr int64_t kS = kNsPerSecond;
constexpr int64_t kOpens = 100 * kS;

// One person at an opening at 100 s, and what is said to it.
struct Story {
  Person person;
  Sight sight;
  Prng prng{7};
  Move next;
  int64_t now = 10 * kS;

  explicit Story(Traits traits = {}) {
    person.traits = traits;
    person.arrives_ns = now;
    sight.known = true;
    sight.phase = Phase::kGathering;
    sight.day = 1;
    sight.opens_ns = kOpens;
    sight.closes_ns = 700 * kS;
    next = Arrive(&person);
  }
  // Does what is next, and hears that `after` later.
  Story& Hear(Heard heard, int64_t after = kS / 100) {
    now = next.at_ns;
    person.act = next.act;
    if (person.stage == Stage::kComing) person.stage = Stage::kWaiting;
    person.Asks(now);
    now += after;
    next = AfterReply(&person, heard, sight, now, &prng);
    return *this;
  }
  Story& Hear(What what) { return Hear(Heard{what, false, 0, 0}); }
  Story& See() {
    now = next.at_ns;
    person.Asks(now);
    next = AfterSight(&person, sight, now, &prng);
    return *this;
  }
  Story& Ticket(uint32_t bucket = 0) {
    surge::Ticket ticket;
    ticket.bucket.value = bucket;
    ticket.tag[0] = 1;
    bool keep = false;
    REQUIRE(TakeTicket(&person, ticket, &keep));
    return Hear(Heard{What::kTicket, false, 12 * kS, 0});
  }
  // Nine o'clock: everybody up to that rank has been served.
  Story& Open(uint64_t served_rank) {
    sight.phase = Phase::kOpen;
    sight.k = surge::ChainValue{1, 2, 3};
    sight.gathered = 1000;
    sight.rate_per_min = 600;
    sight.served_rank = served_rank;
    return *this;
  }
  uint64_t Rank() const {
    return surge::RankOf(surge::ChainValue{1, 2, 3}, person.tag, person.bucket).value;
  }
};

TEST_CASE("person: from the gathering to a seat") {
  Traits traits;
  traits.think_ms = 5000;
  traits.look_ms = 1000;
  Story story(traits);
  CHECK(story.next.act == Act::kAskTicket);
  CHECK(story.next.at_ns == 10 * kS);
  story.Ticket();
  CHECK(story.next.act == Act::kPoll);
  CHECK(story.next.at_ns > story.now + 9 * kS);
  CHECK(story.next.at_ns < story.now + 15 * kS);
  story.See();
  CHECK(story.person.rank.value == 0);  // nobody knows it yet
  story.Open(1).See();
  CHECK(story.person.rank.value == story.Rank());
  CHECK(story.next.act == Act::kPoll);
  story.Open(story.Rank()).See();
  CHECK(story.next.act == Act::kLook);
  story.Hear(What::kSlots);
  CHECK(story.next.act == Act::kHold);
  CHECK(story.next.at_ns == story.now + kS);
  story.Hear(Heard{What::kHeld, false, 0, 60 * kS});
  CHECK(story.person.deadline_ns == story.now + 60 * kS);
  CHECK(story.next.act == Act::kConfirm);
  CHECK(story.next.at_ns == story.now + 5 * kS);
  story.Hear(What::kConfirmed);
  CHECK(story.next.act == Act::kLeave);
  CHECK(story.person.end == End::kSeated);
  CHECK(story.person.first_truth_ns == kS / 100);
  CHECK(story.person.asked_ns == kNever);
}

TEST_CASE("person: what each answer leads to") {
  const struct {
    What what;
    Act act;
    End end;
    bool told;
  } cases[] = {
      {What::kNothingLeft, Act::kLeave, End::kNothingLeft, true},
      {What::kNotListed, Act::kLeave, End::kNotListed, true},
      {What::kNotOpenYet, Act::kAskTicket, End::kStillThere, true},
      {What::kPaused, Act::kAskTicket, End::kStillThere, true},
      {What::kRefused, Act::kAskTicket, End::kStillThere, false},
      {What::kLost, Act::kAskTicket, End::kStillThere, false},
      {What::kWrong, Act::kAskTicket, End::kStillThere, false},
  };
  for (const auto& one : cases) {
    INFO(static_cast<int>(one.what));
    Story story;
    story.Hear(one.what);
    CHECK(story.next.act == one.act);
    CHECK(story.person.end == one.end);
    CHECK(story.person.told() == one.told);
    if (one.act != Act::kLeave) CHECK(story.next.at_ns > story.now);
  }
}

TEST_CASE("person: a refusal is no answer, and the clock of truth runs on until there is one") {
  Story story;
  story.Hear(Heard{What::kRefused, false, 2 * kS, 0});
  const int64_t asked = 10 * kS;
  CHECK(story.person.asked_ns == asked);
  CHECK(story.next.at_ns >= story.now + 8 * kS / 5);
  story.Hear(What::kLost).Hear(What::kRefused).Ticket();
  CHECK(story.person.worst_truth_ns == story.now - asked);
  // Then the page has something to show: the document, at once.
  story.person.traits.reload_ms = 1;
  story.next.act = Act::kAskTicket;
  story.Hear(What::kRefused);
  CHECK(story.next.act == Act::kPoll);
  CHECK(story.next.at_ns == story.now);
}

TEST_CASE("person: at the opening everybody looks within two seconds") {
  Story story;
  story.next.at_ns = kOpens - kS;
  story.Ticket();
  CHECK(story.next.at_ns >= kOpens);
  CHECK(story.next.at_ns <= kOpens + 2 * kS);
}

TEST_CASE("person: patience ends, but not with a seat in hand") {
  Traits traits;
  traits.patience_ns = 50 * kS;
  traits.think_ms = 1'000'000;
  Story story(traits);
  story.Ticket();
  for (int i = 0; i < 20 && story.next.act != Act::kLeave; ++i) story.See();
  CHECK(story.next.act == Act::kLeave);
  CHECK(story.next.at_ns == 60 * kS);
  CHECK(story.person.end == End::kGaveUp);
  CHECK(story.person.told());

  Story holder(traits);
  holder.person.stage = Stage::kChoosing;
  holder.next = {Act::kHold, 59 * kS};
  holder.Hear(Heard{What::kHeld, false, 0, 60 * kS});
  CHECK(holder.next.act == Act::kConfirm);
  holder.Hear(What::kHoldExpired);
  CHECK(holder.person.end == End::kTooSlow);
}

TEST_CASE("person: told in time that the hold has lapsed is not its own fault") {
  Story story;
  story.person.stage = Stage::kChoosing;
  story.next = {Act::kHold, 50 * kS};
  story.Hear(Heard{What::kHeld, false, 0, 60 * kS}).Hear(What::kHoldExpired);
  CHECK(story.person.end == End::kHoldLost);
}

TEST_CASE("person: some close the page, some leave their hold") {
  Traits traits;
  traits.fate = Fate::kClosesPage;
  Story closes(traits);
  closes.Ticket();
  CHECK(closes.person.end == End::kWalkedAway);
  traits.fate = Fate::kLeavesHold;
  Story leaves(traits);
  leaves.Ticket();
  CHECK(leaves.next.act == Act::kPoll);
  leaves.person.stage = Stage::kChoosing;
  leaves.next.act = Act::kHold;
  leaves.Hear(Heard{What::kHeld, false, 0, 60 * kS});
  CHECK(leaves.next.act == Act::kLeave);
  CHECK(leaves.person.end == End::kWalkedAway);
}

TEST_CASE("person: a grant that lapsed needs another ticket, one that is early only patience") {
  Story story;
  story.Ticket().Open(UINT64_MAX).See();
  REQUIRE(story.next.act == Act::kLook);
  story.next.act = Act::kHold;
  story.Hear(Heard{What::kNotAdmitted, false, kS, 0});
  CHECK(!story.person.ask_anew);
  CHECK(story.next.act == Act::kPoll);
  story.See();
  story.next = {Act::kHold, story.now + 120 * kS};
  story.Hear(Heard{What::kNotAdmitted, false, kS, 0}).See();
  CHECK(story.next.act == Act::kAskTicket);
  story.Ticket(130);
  CHECK(story.person.bucket.value == 130);
}

TEST_CASE("person: the first ticket stays, and a ticket about somebody else is not believed") {
  Story story;
  story.Ticket().Ticket(5);
  CHECK(story.person.bucket.value == 0);
  surge::Ticket other;
  other.tag[0] = 2;
  bool keep = true;
  CHECK(!TakeTicket(&story.person, other, &keep));
}

TEST_CASE("person: the restless ask again before they would look, bots do nothing else") {
  Traits traits;
  traits.reload_ms = 3000;
  Story story(traits);
  story.Ticket();
  CHECK(story.next.act == Act::kAskTicket);
  CHECK(story.next.at_ns <= story.now + 4 * kS);

  Traits bot;
  bot.group = Group::kBot;
  Story asks(bot);
  asks.Ticket();
  CHECK(asks.next.act == Act::kAskTicket);
  CHECK(asks.next.at_ns == asks.now);
  asks.Hear(What::kRefused);
  CHECK(asks.next.at_ns == asks.now);
  asks.Open(UINT64_MAX).Ticket();
  CHECK(asks.next.act == Act::kHold);  // it needs no slots
}

TEST_CASE("person: watchers only look, and leave when all is over") {
  Traits traits;
  traits.group = Group::kWatcher;
  Story story(traits);
  CHECK(story.next.act == Act::kPoll);
  story.See();
  CHECK(story.person.told());
  CHECK(story.next.act == Act::kPoll);
  story.sight.phase = Phase::kExhausted;
  story.See();
  CHECK(story.person.end == End::kNothingLeft);
  Story late(traits);
  late.sight.phase = Phase::kClosed;
  late.next.at_ns = 800 * kS;
  late.See();
  CHECK(late.person.end == End::kClosed);
  Story tomorrow;
  tomorrow.Ticket().See();
  tomorrow.sight.day += 1;
  tomorrow.sight.phase = Phase::kClosed;
  tomorrow.sight.opens_ns = tomorrow.now + 86'400 * kS;
  tomorrow.sight.closes_ns = tomorrow.now + 90'000 * kS;
  tomorrow.See();
  CHECK(tomorrow.person.end == End::kClosed);
}

TEST_CASE("person: replies that are none are not asked for for ever") {
  Story story;
  for (int i = 0; i < 5; ++i) story.Hear(What::kWrong);
  CHECK(story.person.end == End::kBroken);
  CHECK(!story.person.told());
}

}  // namespace
}  // namespace creneau::bench
