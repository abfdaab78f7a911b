// The steps of a draw: announced, closed, seeded, run.

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/limits_draw.h"
#include "base/limits_waitlist.h"
#include "booking/attribution.h"
#include "booking/draw_keeper.h"
#include "booking/engine_impl.h"
#include "rules/beacon.h"
#include "rules/draw_text.h"

namespace creneau::booking {
namespace {

using codec::DrawState;
using codec::DrawStep;

constexpr int32_t kMinutesPerDay = 24 * 60;

}  // namespace

std::string DrawKeeper::ObjectionTo(const AgendaInfo* current, const rules::Agenda& rules,
                                    Instant now) const {
  const Draws::Lock lock = draws_.Take();
  Draw* const latest = current == nullptr ? nullptr : draws_.Latest(current->id);
  const bool was_draw = latest != nullptr && current->rules.draw.has_value();
  const bool open = was_draw && latest->state.step == DrawStep::kAnnounced &&
                    now >= InstantOf(*current, latest->state.rules.entries_from);
  if (!rules.draw) {
    const bool under_way = open || (was_draw && (latest->state.step == DrawStep::kClosed ||
                                                 latest->state.step == DrawStep::kSeeded));
    if (!under_way) return "";
    return absl::StrCat("draw ", latest->state.rules.id,
                        " is under way: people have entered it. Run it first");
  }
  if (latest != nullptr && latest->state.rules == *rules.draw) return "";
  absl::TimeZone zone;
  std::string error;
  CHECK(rules::LoadZone(rules.timezone, &zone));
  const bool in_time = now < rules::InstantOf(rules.draw->entries_from, zone, &error);
  if (latest != nullptr && latest->state.rules.id == rules.draw->id) {
    if (latest->state.step != DrawStep::kAnnounced ||
        now >= InstantOf(*current, latest->state.rules.entries_from))
      return absl::StrCat("the rules of draw ", rules.draw->id,
                          " cannot change: its entries have begun");
  } else if (current != nullptr && draws_.OfId(current->id, rules.draw->id) != nullptr) {
    return absl::StrCat("there was a draw ", rules.draw->id,
                        " of this agenda: an id is used once. A draw that is to be held again has "
                        "another one");
  } else if (open) {
    return absl::StrCat("draw ", latest->state.rules.id,
                        " takes entries: another one can be announced once it is closed");
  }
  if (in_time) return "";
  return "a draw is published before its entries begin: let `from` in [draw] be later";
}

std::vector<DrawState> DrawKeeper::Announced(const AgendaInfo* current, AgendaId id,
                                             const rules::Agenda& rules, Instant now) const {
  std::vector<DrawState> states;
  if (!rules.draw) return states;
  const Draws::Lock lock = draws_.Take();
  const Draw* const latest = current == nullptr ? nullptr : draws_.Latest(id);
  DrawState state;
  state.agenda = id;
  state.rules = *rules.draw;
  state.announced_at = now;
  state.first_name = engine_.names_->NextNumber(draws_.last_name());
  if (latest != nullptr) {
    if (latest->state.rules == *rules.draw) return states;
    state.draw = latest->state.draw;
    if (latest->state.rules.id != rules.draw->id) {
      ++state.draw;
      // What was begun and not done is over, and everybody sees that it is.
      if (latest->state.step != DrawStep::kDone && latest->state.step != DrawStep::kAbandoned) {
        states.push_back(latest->state);
        states.back().step = DrawStep::kAbandoned;
      }
    }
  }
  states.push_back(std::move(state));
  return states;
}

void DrawKeeper::Put(const std::vector<DrawState>& states) {
  const Draws::Lock lock = draws_.Take();
  for (const DrawState& state : states) CHECK(draws_.Put(state).ok());
}

std::optional<Instant> DrawKeeper::NeedsPepper(const AgendaInfo& agenda, Instant now) const {
  const Draws::Lock lock = draws_.Take();
  const Draw* const draw = draws_.Latest(agenda.id);
  if (draw == nullptr || draw->state.step == DrawStep::kAbandoned || draw->standing() == 0)
    return std::nullopt;
  const Instant until = InstantOf(
      agenda, LocalMinute{(DaysFromCivil(draw->state.rules.seats_until) + 1) * kMinutesPerDay});
  const bool waits =
      draw->state.step != DrawStep::kDone || draw->count(codec::EntryState::kEntered) > 0;
  return waits && now < until ? std::optional(until) : std::nullopt;
}

bool DrawKeeper::Claims(const AgendaInfo& agenda, LocalMinute slot) const {
  const Draws::Lock lock = draws_.Take();
  const Draw* const draw = draws_.Latest(agenda.id);
  if (draw == nullptr || draw->state.step == DrawStep::kAbandoned) return false;
  if (draw->state.step == DrawStep::kDone && draw->count(codec::EntryState::kEntered) == 0)
    return false;
  const CivilDate day = CivilFromDays(slot.value / kMinutesPerDay);
  return day >= draw->state.rules.seats_from && day <= draw->state.rules.seats_until;
}

// From the moment at which the window is over nobody enters or withdraws, so what is committed to
// is worked out without the lock. A crash before the record is durable begins it anew, with the
// same entries.
//
// Two entries may have turned out to be one person's (a link): the earlier one takes part. The
// later one's state says so, in the log before the closing is; so what is linked after that changes
// no list, and a start finds the same.
//
// Whoever closes when the number is public can choose the entries by it, and nobody could tell that
// this was not done. So the draw is then over, whatever kept the engine from closing it.
bool DrawKeeper::CloseNow(const AgendaInfo& agenda, Act& act, const Steward::Await& await) {
  std::vector<codec::DrawEntry> entries;
  DrawState state;
  {
    const Draws::Lock lock = draws_.Take();
    Draw* const draw = draws_.Latest(agenda.id);
    draw->entries_fixed = true;
    entries = draw->entries;
    state = draw->state;
  }
  const std::vector<uint32_t> doubles = DoublesNow(entries);
  for (const uint32_t place : doubles) entries[place].state = codec::EntryState::kSamePerson;
  std::shared_ptr<const DrawCommitted> committed =
      CommitTo(KeyOf(agenda, state.rules.id), entries,
               SlotsToGive(agenda, state.rules, engine_.clock_.Now()), HoldersOfEntries());
  const Instant round_at = InstantOf(agenda, state.rules.round_at);
  const Instant now = engine_.clock_.Now();
  if (now >= round_at) {
    state.step = DrawStep::kAbandoned;
    return PushStep(state, act, await);
  }
  state.step = DrawStep::kClosed;
  state.holders = true;
  state.closed_at = now;
  state.entries = static_cast<uint32_t>(committed->tags.size());
  state.root = committed->tree.root();
  state.slots = committed->slots;
  state.seats = committed->seats;
  if (!PushStep(state, act, await, doubles)) return false;
  {
    const Draws::Lock lock = draws_.Take();
    Draw* const draw = draws_.Of(agenda.id, state.draw);
    state.closed_lsn = draw->state.closed_lsn = act.barrier().lsn;
    draw->committed = std::move(committed);
  }
  // The disk took its time: that it was closed before, only this engine could say.
  if (engine_.clock_.Now() < round_at) return true;
  state.step = DrawStep::kAbandoned;
  act.Begin();
  return PushStep(state, act, await);
}

// With a Reading of who is whom, and no lock: nobody waits for it.
std::vector<uint32_t> DrawKeeper::DoublesNow(const std::vector<codec::DrawEntry>& entries) const {
  const Identities& identities = engine_.people_->identities;
  const Identities::Reading reading = identities.Read();
  return DoublesIn(entries, [&](const Subject& subject) { return identities.Now(subject); });
}

// True: it is durable.
bool DrawKeeper::PushStep(const DrawState& state, Act& act, const Steward::Await& await,
                          const std::vector<uint32_t>& doubles) {
  {
    const Draws::Lock lock = draws_.Take();
    for (const uint32_t place : doubles) {
      codec::DrawEntry entry = draws_.Of(state.agenda, state.draw)->entries[place];
      entry.state = codec::EntryState::kSamePerson;
      act.PushOwned(codec::EncodeDrawEntry(entry));
      CHECK(draws_.Put(entry).ok());
    }
    act.PushOwned(codec::EncodeDraw(state));
    CHECK(draws_.Put(state).ok());
  }
  return await();
}

std::string DrawKeeper::WhyOver(const AgendaInfo& agenda, const DrawState& state) const {
  const Instant round_at = InstantOf(agenda, state.rules.round_at);
  if (state.step != DrawStep::kAbandoned && state.closed_at < round_at) {
    if (state.closed_at == Instant{} || state.seats != proof::Hash{}) return "";
    return "The entries of this draw were closed by an earlier version of the engine, which did "
           "not "
           "fix the seats then: whoever knows the ranks could choose them. Run it with that "
           "version, "
           "or announce it anew, with another id and a later round.";
  }
  return absl::StrCat("The entries of this draw could not be closed before ",
                      FormatLocalMinute(state.rules.round_at),
                      ", when its number was public: whoever knew it could have chosen among them. "
                      "Nothing comes of it; announce it anew, with another id and a later round.");
}

bool DrawKeeper::Begin(std::string_view name, DrawAnswer* answer, DrawState* state) const {
  answer->agenda = engine_.registry_.Find(name);
  if (answer->agenda == nullptr) {
    answer->outcome = Outcome::kUnknownAgenda;
    return false;
  }
  const Draws::Lock lock = draws_.Take();
  const Draw* const draw = draws_.Latest(answer->agenda->id);
  if (draw == nullptr) {
    answer->outcome = Outcome::kUnknownRoute;
    return false;
  }
  *state = draw->state;
  return true;
}

bool DrawKeeper::Log(const DrawState& state, std::string_view what, const Actor& actor,
                     const std::vector<std::string>& before) {
  Act act(engine_.publisher_pool_, *engine_.log_);
  BlockingWait wait;
  act.Begin();
  act.PushCopy(Attribution(actor, {what, engine_.registry_.Find(state.agenda)->rules.name},
                           engine_.clock_.Now()));
  act.PushAll(before);
  {
    const Draws::Lock lock = draws_.Take();
    act.PushOwned(codec::EncodeDraw(state));
    CHECK(draws_.Put(state).ok());
  }
  return wait.Finish(act);
}

DrawAnswer DrawKeeper::Now(DrawAnswer answer) const {
  DrawAnswer now = Look(answer.agenda->rules.name, engine_.clock_.Now());
  now.existed = answer.existed;
  return now;
}

DrawAnswer DrawKeeper::Close(std::string_view name, const Actor& actor) {
  const std::lock_guard publishing(engine_.publishing_);
  const std::lock_guard stepping(stepping_);
  DrawAnswer answer;
  DrawState state;
  if (!Begin(name, &answer, &state)) return answer;
  const auto over = [&] {
    answer.outcome = Outcome::kDrawStep;
    answer.problem = WhyOver(*answer.agenda, state);
    return answer;
  };
  const Instant now = engine_.clock_.Now();
  if (state.step == DrawStep::kAbandoned) return over();
  if (state.step != DrawStep::kAnnounced) {
    answer.existed = true;
    return Now(std::move(answer));
  }
  if (now < InstantOf(*answer.agenda, state.rules.entries_until) + limits::kDrawClosingGraceMs) {
    answer.outcome = Outcome::kDrawStep;
    answer.problem =
        absl::StrCat("Entries are taken until ", FormatLocalMinute(state.rules.entries_until),
                     ", as was published: nobody closes them before that.");
    return answer;
  }
  Act act(engine_.publisher_pool_, *engine_.log_);
  BlockingWait wait;
  act.Begin();
  act.PushCopy(Attribution(actor, {"draw-close", name}, now));
  if (!CloseNow(*answer.agenda, act, [&] { return wait.Finish(act); })) {
    answer.outcome = Outcome::kOutcomeUnknown;
    return answer;
  }
  Begin(name, &answer, &state);
  return state.step == DrawStep::kAbandoned ? over() : Now(std::move(answer));
}

DrawAnswer DrawKeeper::Seed(std::string_view name, std::string_view value, const Actor& actor) {
  const std::lock_guard publishing(engine_.publishing_);
  const std::lock_guard stepping(stepping_);
  DrawAnswer answer;
  DrawState state;
  if (!Begin(name, &answer, &state)) return answer;
  const auto refuse = [&answer](Outcome outcome, std::string problem) {
    answer.outcome = outcome;
    answer.problem = std::move(problem);
    return answer;
  };
  if (state.step == DrawStep::kSeeded || state.step == DrawStep::kDone) {
    answer.existed = state.value == value;
    if (answer.existed) return Now(std::move(answer));
    return refuse(Outcome::kDrawStep, absl::StrCat("This draw has got its value: ", state.value,
                                                   ". It is published, and there is no other."));
  }
  if (std::string over = WhyOver(*answer.agenda, state); !over.empty())
    return refuse(Outcome::kDrawStep, std::move(over));
  if (state.step != DrawStep::kClosed)
    return refuse(Outcome::kDrawStep, "The draw is not closed: its entries could still change.");
  const Instant now = engine_.clock_.Now();
  if (now < InstantOf(*answer.agenda, state.rules.round_at))
    return refuse(
        Outcome::kDrawStep,
        absl::StrCat("The round is to be public from ", FormatLocalMinute(state.rules.round_at),
                     " on: what is known before that is not its value."));
  if (const std::string_view wrong = rules::WrongWithDrawValue(state.rules.beacon, value);
      !wrong.empty())
    return refuse(Outcome::kValidationFailed, std::string(wrong));
  proof::DrawFacts facts;
  facts.agenda = answer.agenda->rules.name;
  facts.draw = state.rules.id;
  facts.rules = proof::Sha256Of(
      rules::DrawRulesText(facts.agenda, answer.agenda->rules.timezone, state.rules));
  facts.root = state.root;
  facts.entries = state.entries;
  facts.seats = state.seats;
  facts.value = value;
  state.step = DrawStep::kSeeded;
  state.value = value;
  state.seeded_at = now;
  state.seed = proof::SeedOf(facts);
  if (Log(state, "draw-seed", actor)) return Now(std::move(answer));
  return refuse(Outcome::kOutcomeUnknown, "");
}

// Free web seats of the draw's dates that can still be booked.
std::vector<rules::DrawSlot> DrawKeeper::SlotsToGive(const AgendaInfo& agenda,
                                                     const rules::DrawRules& rules,
                                                     Instant now) const {
  const Instant from =
      std::max(InstantOf(agenda, LocalMinute{DaysFromCivil(rules.seats_from) * kMinutesPerDay}),
               now + agenda.rules.notice_hours * kMsPerHour + limits::kLeastOfferMs);
  const Instant until =
      InstantOf(agenda, LocalMinute{(DaysFromCivil(rules.seats_until) + 1) * kMinutesPerDay}) - 1;
  std::vector<rules::DrawSlot> slots;
  for (const auto& slot : engine_.ledger_.Slots(agenda.id, from, until, limits::kDrawSlots)) {
    const uint32_t free = slot.free[static_cast<size_t>(Channel::kWeb)];
    if (free > 0) slots.push_back({slot.start, free});
  }
  return slots;
}

DrawAnswer DrawKeeper::Run(std::string_view name, const Actor& actor) {
  const std::lock_guard publishing(engine_.publishing_);
  const std::lock_guard stepping(stepping_);
  DrawAnswer answer;
  DrawState state;
  if (!Begin(name, &answer, &state)) return answer;
  const auto refuse = [&answer](Outcome outcome, std::string problem) {
    answer.outcome = outcome;
    answer.problem = std::move(problem);
    return answer;
  };
  if (state.step == DrawStep::kDone) {
    answer.existed = true;
    return Now(std::move(answer));
  }
  if (std::string over = WhyOver(*answer.agenda, state); !over.empty())
    return refuse(Outcome::kDrawStep, std::move(over));
  if (state.step != DrawStep::kSeeded)
    return refuse(Outcome::kDrawStep, "The draw has no seed: say what its round gave.");
  std::shared_ptr<const DrawCommitted> committed;
  {
    const Draws::Lock lock = draws_.Take();
    committed = draws_.Of(state.agenda, state.draw)->committed;
  }
  std::shared_ptr<const DrawDrawn> drawn = DrawFrom(state.seed, *committed);
  if (std::string wrong = WhatIsWrong(*drawn); !wrong.empty()) {
    broken_.fetch_add(1, std::memory_order_relaxed);
    return refuse(Outcome::kDrawStep, std::move(wrong));
  }
  state.step = DrawStep::kDone;
  state.done_at = engine_.clock_.Now();
  state.allocation = drawn->allocation;
  state.surprise_tags = drawn->against_tags.text();
  state.surprise_entries = drawn->against_entries.text();
  if (!Log(state, "draw-run", actor,
           codec::EncodeDrawResult(state.agenda, state.draw, drawn->slots, drawn->given)))
    return refuse(Outcome::kOutcomeUnknown, "");
  {
    const Draws::Lock lock = draws_.Take();
    draws_.Of(state.agenda, state.draw)->drawn = std::move(drawn);
  }
  return Now(std::move(answer));
}

}  // namespace creneau::booking
