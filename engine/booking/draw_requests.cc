// Who enters a draw. Each request is a ladder of early returns. What entrants do then is in
// draw_holders.cc.

#include "base/check.h"
#include "base/limits_draw_room.h"
#include "booking/draw_keeper.h"
#include "booking/engine_impl.h"
#include "booking/helper_turn.h"
#include "rules/draw_wishes.h"
#include "rules/identity.h"

namespace creneau::booking {
namespace {

constexpr std::string_view kDrawDeed = "draw-entry";

// What a draw has of one person, under all that is known to be theirs by now.
struct Theirs {
  const codec::DrawEntry* standing = nullptr;  // of several the one that was made with that key
  uint32_t withdrawn = 0;
};

// With a Reading, and the draws' lock.
Theirs TheirsIn(const Draw& draw, const Identities& identities, const Subject& subject,
                uint64_t idempotency) {
  Theirs theirs;
  for (const Subject& known : identities.AllNow(subject)) {
    if (const auto at = draw.withdrawn_of.find(known); at != draw.withdrawn_of.end())
      theirs.withdrawn += at->second;
    const auto at = draw.of_subject.find(known);
    if (at == draw.of_subject.end()) continue;
    const codec::DrawEntry& entry = draw.entries[at->second];
    if (theirs.standing == nullptr || Names::SameKey(entry.idempotency, idempotency))
      theirs.standing = &entry;
  }
  return theirs;
}

}  // namespace

EntryAnswer DrawKeeper::Refused(Outcome outcome, const AgendaInfo* agenda) {
  EntryAnswer answer;
  answer.outcome = outcome;
  answer.agenda = agenda;
  return answer;
}

// Whoever sends the key that an entry was made with gets it back, whatever the hour; anybody else
// learns only that there is one, and not many times.
std::optional<EntryAnswer> DrawKeeper::Existing(Act& act, const AgendaInfo& agenda,
                                                const Subject& subject, const EntryRequest& request,
                                                uint64_t idempotency) {
  Held held;
  {
    const Draws::Lock lock = draws_.Take();
    const Draw* const draw = draws_.Latest(agenda.id);
    if (draw == nullptr) return std::nullopt;
    const Theirs theirs = TheirsIn(*draw, engine_.people_->identities, subject, idempotency);
    if (theirs.standing == nullptr) return std::nullopt;
    held.draw = {agenda.id, draw->state.draw};
    held.entry = *theirs.standing;
  }
  if (request.idempotency_key.empty() || !Names::SameKey(held.entry.idempotency, idempotency)) {
    EntryAnswer answer = Refused(Outcome::kAlreadyEntered, &agenda);
    if (const auto later_s = engine_.proofs_->TooOften(subject, engine_.clock_.MonotonicNs())) {
      answer.outcome = Outcome::kRateLimited;
      answer.poll_after_s = *later_s;
    }
    return answer;
  }
  if (held.entry.idempotency != idempotency) return Refused(Outcome::kIdempotencyMismatch, &agenda);
  held.key = engine_.names_->KeyOf(Names::Kind::kEntry, held.entry.name, held.entry.subject,
                                   held.entry.idempotency);
  EntryAnswer answer = Answer(act, held, engine_.clock_.Now());
  answer.existed = true;
  return answer;
}

// Nothing when that person may enter now.
std::optional<EntryAnswer> DrawKeeper::MayEnter(Act& act, const AgendaInfo& agenda,
                                                const EntryRequest& request, const Subject& derived,
                                                const Subject& subject, Instant now) {
  const rules::DrawRules& rules = *agenda.rules.draw;
  const Instant from = InstantOf(agenda, rules.entries_from);
  if (now < from || now >= InstantOf(agenda, rules.entries_until)) {
    EntryAnswer answer = Refused(Outcome::kNotOpenYet, &agenda);
    if (now < from) {
      answer.opens_at = from;
      answer.detail =
          "This draw takes entries from the time in `opens_at` on. To be the first changes "
          "nothing: "
          "ranks are drawn among all who enter.";
    } else {
      answer.detail =
          "This draw takes no more entries. Another one is announced with its days; "
          "seats that nobody takes roll on to those who entered.";
    }
    return answer;
  }
  if (!engine_.IsListed(agenda, derived, subject)) return Refused(Outcome::kNotListed, &agenda);
  if (const auto live = engine_.ledger_.Find(subject, act)) {
    const bool over = live->word.state() == ledger::SeatState::kConfirmed &&
                      now >= live->starts_at + live->minutes * kMsPerMinute;
    if (!over) {
      EntryAnswer answer = Refused(Outcome::kAlreadyReserved, &agenda);
      if (const auto later_s = engine_.proofs_->TooOften(subject, engine_.clock_.MonotonicNs())) {
        answer.outcome = Outcome::kRateLimited;
        answer.poll_after_s = *later_s;
      }
      return answer;
    }
  }
  if (engine_.LogRoom() != Room::kPlenty) return Refused(Outcome::kReadOnly, &agenda);
  engine_.proofs_->NoteArrival(now);
  if (request.actor == nullptr && engine_.proofs_->IsShut(agenda, now) &&
      !engine_.proofs_->Accepts(agenda, subject, request.pass, now) &&
      !(request.proof && engine_.proofs_->Accepts(agenda, *request.proof, now))) {
    EntryAnswer answer = Refused(Outcome::kProofOfWorkRequired, &agenda);
    answer.challenge = engine_.proofs_->Challenge(agenda, now);
    return answer;
  }
  return std::nullopt;
}

EntryAnswer DrawKeeper::Add(Act& act, const AgendaInfo& agenda, const EntryRequest& request,
                            const Subject& subject, uint64_t idempotency, Instant now) {
  Held held;
  bool nearly_full = false;
  {
    const Draws::Lock lock = draws_.Take();
    Draw* const draw = draws_.Latest(agenda.id);
    if (draw == nullptr || draw->state.rules.id != agenda.rules.draw->id || draw->entries_fixed)
      return Refused(Outcome::kNotOpenYet, &agenda);
    const Theirs theirs = TheirsIn(*draw, engine_.people_->identities, subject, idempotency);
    // The same person, at the same moment.
    if (theirs.standing != nullptr) return Refused(Outcome::kAlreadyEntered, &agenda);
    const bool by_office = request.actor != nullptr && request.actor->role == rules::Role::kAgent;
    if (!by_office && theirs.withdrawn >= limits::kDrawWithdrawals) {
      // Time does not cure it: not 429.
      EntryAnswer answer = Refused(Outcome::kByDraw, &agenda);
      answer.detail =
          "As many entries as one person may take back in a draw were taken back. An agent of the "
          "office can still enter this applicant.";
      return answer;
    }
    if (draw->entries.size() >= limits::kDrawEntries ||
        draws_.entries_kept() >= limits::kDrawEntriesKept) {
      // Not to be tried again: entries are not given back, so it stays so.
      EntryAnswer answer = Refused(Outcome::kByDraw, &agenda);
      answer.detail =
          "This draw has as many entries as it can hold, and takes no more. The office has been "
          "told; ask it what it offers instead, with the attempt that is given here.";
      return answer;
    }
    nearly_full = draw->entries.size() >= limits::kDrawNearlyFull ||
                  draws_.entries_kept() >= limits::kDrawNearlyFullKept;
    held.draw = {agenda.id, draw->state.draw};
    held.entry.agenda = agenda.id;
    held.entry.draw = draw->state.draw;
    held.entry.number = static_cast<uint32_t>(draw->entries.size() + 1);
    held.entry.name = engine_.names_->NextNumber(draws_.last_name());
    held.entry.subject = subject;
    held.entry.idempotency = idempotency;
    held.entry.at = now;
    held.entry.wishes = rules::WishesText(request.wishes);
    act.PushOwned(codec::EncodeDrawEntry(held.entry));
    CHECK(draws_.Put(held.entry).ok());
  }
  entries_.fetch_add(1, std::memory_order_relaxed);
  if (nearly_full) NoteCrowd(agenda.id);
  held.key = engine_.names_->KeyOf(Names::Kind::kEntry, held.entry.name, subject, idempotency);
  return Answer(act, held, now);
}

// By somebody of the staff for them. What a helper enters counts for his week, as what he books.
EntryAnswer DrawKeeper::AddFor(Act& act, const AgendaInfo& agenda, const EntryRequest& request,
                               const Subject& subject, uint64_t idempotency, Instant now) {
  engine_.Attribute(act, *request.actor, kDrawDeed, agenda, std::nullopt, "", now);
  HelperTurn turn(engine_.people_->desk, agenda, *request.actor, now);
  if (const auto until = turn.CappedUntil()) {
    EntryAnswer answer = Refused(Outcome::kCapReached, &agenda);
    answer.opens_at = *until;
    return answer;
  }
  turn.Count(act);
  EntryAnswer answer = Add(act, agenda, request, subject, idempotency, now);
  if (answer.outcome != Outcome::kOk) turn.TakeBack(act);
  return answer;
}

// What tells something of that person: whoever of the staff tries names stands in the log.
EntryAnswer DrawKeeper::Told(Act& act, const AgendaInfo& agenda, const EntryRequest& request,
                             EntryAnswer answer, Instant now) const {
  const bool tells = answer.outcome == Outcome::kAlreadyEntered ||
                     answer.outcome == Outcome::kAlreadyReserved ||
                     answer.outcome == Outcome::kNotListed;
  if (request.actor == nullptr || !tells) return answer;
  if (engine_.LogRoom() != Room::kPlenty) return Refused(Outcome::kReadOnly, &agenda);
  engine_.Attribute(act, *request.actor, kDrawDeed, agenda, std::nullopt, "", now);
  return answer;
}

EntryAnswer DrawKeeper::Enter(Act& act, const EntryRequest& request, Instant received_at) {
  const AgendaInfo* const agenda = engine_.registry_.Find(request.agenda);
  if (agenda == nullptr) return Refused(Outcome::kUnknownAgenda, nullptr);
  if (!agenda->rules.draw) return Refused(Outcome::kUnknownRoute, agenda);
  const Identities::Reading reading = engine_.people_->identities.Read();
  rules::Identity identity = rules::Identify(agenda->rules, request.applicant,
                                             engine_.peppers_.Of(agenda->id), received_at);
  EntryAnswer invalid = Refused(Outcome::kValidationFailed, agenda);
  invalid.problems = std::move(identity.problems);
  if (!invalid.problems.empty()) return invalid;
  if (std::string wrong = rules::WrongWithDates(request.wishes, *agenda->rules.draw);
      !wrong.empty()) {
    invalid.problems.push_back({"/dates", std::move(wrong)});
    return invalid;
  }
  const Subject subject = engine_.people_->identities.Of(identity.subject);
  const bool has_key = !request.idempotency_key.empty();
  const std::string purpose =
      "E" + (has_key ? std::string(request.idempotency_key) : std::to_string(request.body_hash));
  invalid.problems =
      engine_.NotVouchedFor(*agenda, request.applicant, request.assertion, purpose, received_at);
  if (!invalid.problems.empty()) return invalid;
  const uint64_t idempotency =
      has_key ? engine_.names_->IdempotencyOf(request.idempotency_key, request.body_hash)
              : engine_.names_->NoIdempotency(subject, received_at.ms);
  if (auto existing = Existing(act, *agenda, subject, request, idempotency))
    return Told(act, *agenda, request, *std::move(existing), received_at);
  auto refused = MayEnter(act, *agenda, request, identity.subject, subject, received_at);
  const auto add = request.actor == nullptr ? &DrawKeeper::Add : &DrawKeeper::AddFor;
  EntryAnswer answer = refused
                           ? Told(act, *agenda, request, *std::move(refused), received_at)
                           : (this->*add)(act, *agenda, request, subject, idempotency, received_at);
  if (answer.outcome != Outcome::kOk)
    answer.attempt = engine_.AttemptAt(agenda, request.applicant, answer.outcome, received_at);
  return answer;
}

void DrawKeeper::NoteCrowd(AgendaId agenda) {
  crowded_.fetch_add(1, std::memory_order_relaxed);
  const std::lock_guard lock(crowd_mutex_);
  ++crowds_[agenda];
}

}  // namespace creneau::booking
