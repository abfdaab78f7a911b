#include "bench/creneau-bench/crowd/person.h"

#include <algorithm>

#include "base/check.h"

namespace creneau::bench {
namespace {

using What = Heard::What;

// A connection that is gone is noticed, and the page asked for again, within so long.
constexpr int64_t kAgainLeastNs = kNsPerSecond;
constexpr int64_t kAgainMoreNs = 2 * kNsPerSecond;
// The website's page that has no answer from behind it asks again by itself.
constexpr int64_t kPageLeastNs = kNsPerSecond * 3 / 10;
constexpr int64_t kPageMoreNs = kNsPerSecond * 7 / 10;
// Where a refusal does not say when to come back.
constexpr int64_t kRefusedNs = kNsPerSecond;
constexpr int64_t kPausedNs = 5 * kNsPerSecond;
// All who wait look at the page within this time after the opening began, and after its end.
constexpr int64_t kMomentNs = 2 * kNsPerSecond;
constexpr uint8_t kMostBroken = 5;
// A grant lapses after 120 s (design 6): whoever is refused about then needs another ticket.
constexpr int64_t kLapsesNs = 115 * kNsPerSecond;

// Between 0.8 and 1.2 of it: people who came together do not stay together.
int64_t Jittered(int64_t ns, Prng* prng) {
  return ns - ns / 5 + static_cast<int64_t>(prng->Below(static_cast<uint64_t>(ns * 2 / 5 + 1)));
}

Move Leave(Person* person, End end, int64_t now_ns) {
  person->end = end;
  return {Act::kLeave, now_ns};
}

void Learn(Person* person, int64_t now_ns) {
  if (person->asked_ns == kNever) return;
  const int64_t took_ns = std::max<int64_t>(now_ns - person->asked_ns, 0);
  if (!person->told()) person->first_truth_ns = took_ns;
  person->worst_truth_ns = std::max(person->worst_truth_ns, took_ns);
  person->asked_ns = kNever;
}

// Does that then, unless patience ends before. Whoever has a seat in hand goes through with it.
Move Then(Person* person, Act act, int64_t at_ns) {
  const bool holding = person->stage == Stage::kConfirming;
  const int64_t until_ns = person->traits.patience_ns == kNever
                               ? kNever
                               : person->arrives_ns + person->traits.patience_ns;
  if (holding || at_ns <= until_ns) return {act, at_ns};
  return Leave(person, End::kGaveUp, std::max(until_ns, person->arrives_ns));
}

// The opening for which it came; afterwards the document is about the next one.
bool IsOver(const Person& person, const Sight& sight, int64_t now_ns) {
  return sight.known && (sight.day != person.day || sight.closes_ns <= now_ns);
}

bool Admitted(const Person& person, const Sight& sight) {
  return sight.phase == Phase::kOpen && person.rank.value != 0 &&
         sight.served_rank >= person.rank.value;
}

// Its turn has come.
Move TakeTurn(Person* person, int64_t now_ns) {
  person->stage = Stage::kChoosing;
  person->admitted_ns = std::min(person->admitted_ns, now_ns);
  return Then(person, person->is_bot() ? Act::kHold : Act::kLook, now_ns);
}

// Waits, and looks at the document after so long; whoever is restless asks for the ticket again
// before that. Bots do nothing else.
Move Wait(Person* person, int64_t after_ns, const Sight& sight, int64_t now_ns, Prng* prng) {
  person->stage = Stage::kWaiting;
  int64_t look_ns = now_ns + Jittered(std::max<int64_t>(after_ns, kNsPerSecond), prng);
  for (const int64_t moment_ns : {sight.opens_ns, sight.closes_ns}) {
    if (moment_ns <= now_ns) continue;
    look_ns = std::min(look_ns, moment_ns + static_cast<int64_t>(prng->Below(kMomentNs)));
  }
  const int64_t reload_ns = int64_t{person->traits.reload_ms} * 1'000'000;
  if (person->is_bot()) return Then(person, Act::kAskTicket, now_ns + reload_ns);
  if (reload_ns > 0) {
    if (person->reloads_ns <= now_ns) person->reloads_ns = now_ns + Jittered(reload_ns, prng);
    if (person->reloads_ns < look_ns) return Then(person, Act::kAskTicket, person->reloads_ns);
  }
  const bool looks = person->has_ticket || person->traits.group == Group::kWatcher;
  return Then(person, looks ? Act::kPoll : Act::kAskTicket, look_ns);
}

Move AfterTicket(Person* person, const Heard& heard, const Sight& sight, int64_t now_ns,
                 Prng* prng) {
  Learn(person, now_ns);
  LearnRank(person, sight);
  if (person->traits.fate == Fate::kClosesPage) return Leave(person, End::kWalkedAway, now_ns);
  if (heard.admitted || Admitted(*person, sight)) return TakeTurn(person, now_ns);
  return Wait(person, heard.after_ns, sight, now_ns, prng);
}

Move AfterHeld(Person* person, const Heard& heard, int64_t now_ns) {
  Learn(person, now_ns);
  person->deadline_ns = now_ns + heard.expires_in_ns;
  if (person->traits.fate == Fate::kLeavesHold) return Leave(person, End::kWalkedAway, now_ns);
  person->stage = Stage::kConfirming;
  return {Act::kConfirm, now_ns + int64_t{person->traits.think_ms} * 1'000'000};
}

// Under load, and nothing was said about the queue. The page of somebody who has a ticket shows the
// document instead; the others, and those with a seat in hand, ask again.
Move AfterRefusal(Person* person, const Heard& heard, int64_t now_ns, Prng* prng) {
  if (person->is_bot()) {
    return Then(person, person->act, now_ns + int64_t{person->traits.reload_ms} * 1'000'000);
  }
  if (person->stage == Stage::kWaiting && person->has_ticket) {
    return Then(person, Act::kPoll, now_ns);
  }
  const int64_t after_ns = heard.after_ns > 0 ? heard.after_ns : kRefusedNs;
  return Then(person, person->act, now_ns + Jittered(after_ns, prng));
}

// On a new connection.
Move AfterLoss(Person* person, bool cut_off, int64_t now_ns, Prng* prng) {
  if (person->is_bot()) return Then(person, person->act, now_ns + kAgainLeastNs / 10);
  const int64_t least_ns = cut_off ? kAgainLeastNs : kPageLeastNs;
  const int64_t more_ns = cut_off ? kAgainMoreNs : kPageMoreNs;
  const auto drawn_ns = static_cast<int64_t>(prng->Below(static_cast<uint64_t>(more_ns)));
  return Then(person, person->act, now_ns + least_ns + drawn_ns);
}

Move AfterBroken(Person* person, int64_t now_ns, Prng* prng) {
  if (++person->broken >= kMostBroken) return Leave(person, End::kBroken, now_ns);
  return AfterLoss(person, true, now_ns, prng);
}

}  // namespace

std::string_view NameOf(Group group) {
  switch (group) {
    case Group::kPerson:
      return "people";
    case Group::kWatcher:
      return "watchers";
    case Group::kBot:
      return "bots";
    case Group::kInvented:
      return "invented";
  }
  CHECK(false);
}

std::string_view NameOf(End end) {
  switch (end) {
    case End::kStillThere:
      return "still-there";
    case End::kSeated:
      return "seated";
    case End::kNothingLeft:
      return "nothing-left";
    case End::kClosed:
      return "closed";
    case End::kNotListed:
      return "not-listed";
    case End::kGaveUp:
      return "gave-up";
    case End::kWalkedAway:
      return "walked-away";
    case End::kTooSlow:
      return "too-slow";
    case End::kHoldLost:
      return "hold-lost";
    case End::kBroken:
      return "broken";
  }
  CHECK(false);
}

Move Arrive(Person* person) {
  const bool watches = person->traits.group == Group::kWatcher;
  return {watches ? Act::kPoll : Act::kAskTicket, person->arrives_ns};
}

void LearnRank(Person* person, const Sight& sight) {
  if (!person->has_ticket || person->rank.value != 0 || !sight.k) return;
  person->rank = surge::RankOf(*sight.k, person->tag, person->bucket);
}

bool TakeTicket(Person* person, const surge::Ticket& ticket, bool* keep) {
  *keep = !person->has_ticket || person->ask_anew;
  const bool same = !person->has_ticket || ticket.tag == person->tag;
  if (!*keep || !same) return same;
  person->has_ticket = true;
  person->ask_anew = false;
  person->admitted_ns = kNever;
  person->tag = ticket.tag;
  person->bucket = ticket.bucket;
  person->before = ticket.before;
  person->rank = {};
  return true;
}

Move AfterSight(Person* person, const Sight& sight, int64_t now_ns, Prng* prng) {
  if (person->day == 0) person->day = sight.day;
  LearnRank(person, sight);
  if (IsOver(*person, sight, now_ns)) {
    Learn(person, now_ns);
    return Leave(person, End::kClosed, now_ns);
  }
  if (sight.phase == Phase::kExhausted || sight.phase == Phase::kClosed) {
    Learn(person, now_ns);
    if (sight.phase == Phase::kExhausted) return Leave(person, End::kNothingLeft, now_ns);
    return Wait(person, kPausedNs, sight, now_ns, prng);
  }
  // Who has no ticket learns nothing about itself from the document; a watcher wants no more.
  if (person->has_ticket || person->traits.group == Group::kWatcher) Learn(person, now_ns);
  if (sight.paused) return Wait(person, kPausedNs, sight, now_ns, prng);
  if (Admitted(*person, sight)) {
    if (person->ask_anew) return Then(person, Act::kAskTicket, now_ns);
    return TakeTurn(person, now_ns);
  }
  const uint64_t place = person->has_ticket && person->rank.value != 0
                             ? PlaceOf(sight, person->rank, person->before)
                             : sight.waiting;
  return Wait(person, PollAfterNs(sight, place), sight, now_ns, prng);
}

Move AfterReply(Person* person, const Heard& heard, const Sight& sight, int64_t now_ns,
                Prng* prng) {
  if (person->day == 0) person->day = sight.day;
  if (heard.what == What::kLost) return AfterLoss(person, heard.cut_off, now_ns, prng);
  if (heard.what == What::kRefused) return AfterRefusal(person, heard, now_ns, prng);
  if (heard.what == What::kWrong) return AfterBroken(person, now_ns, prng);
  person->broken = 0;
  switch (heard.what) {
    case What::kTicket:
      return AfterTicket(person, heard, sight, now_ns, prng);
    case What::kSlots:
      Learn(person, now_ns);
      return Then(person, Act::kHold, now_ns + int64_t{person->traits.look_ms} * 1'000'000);
    case What::kHeld:
      return AfterHeld(person, heard, now_ns);
    case What::kConfirmed:
      Learn(person, now_ns);
      return Leave(person, End::kSeated, now_ns);
    case What::kNotOpenYet:
      Learn(person, now_ns);
      if (IsOver(*person, sight, now_ns)) return Leave(person, End::kClosed, now_ns);
      if (sight.opens_ns > now_ns) return Then(person, person->act, sight.opens_ns);
      return AfterRefusal(person, heard, now_ns, prng);
    case What::kNotAdmitted:
      Learn(person, now_ns);
      person->ask_anew = person->admitted_ns != kNever && now_ns - person->admitted_ns >= kLapsesNs;
      return Wait(person, heard.after_ns, sight, now_ns, prng);
    case What::kNothingLeft:
      Learn(person, now_ns);
      return Leave(person, End::kNothingLeft, now_ns);
    case What::kPaused:
      Learn(person, now_ns);
      return Wait(person, kPausedNs, sight, now_ns, prng);
    case What::kSlotTaken:
      Learn(person, now_ns);
      return Then(person, Act::kLook, now_ns);
    case What::kHoldExpired:
      Learn(person, now_ns);
      return Leave(person, now_ns > person->deadline_ns ? End::kTooSlow : End::kHoldLost, now_ns);
    case What::kNotListed:
      Learn(person, now_ns);
      return Leave(person, End::kNotListed, now_ns);
    case What::kRefused:
    case What::kLost:
    case What::kWrong:
      break;
  }
  CHECK(false);
}

}  // namespace creneau::bench
