// What applicants do. Each request is a ladder of early returns; the ledger decides, the rules say
// what may be asked of it.

#include "base/check.h"
#include "booking/engine_impl.h"
#include "booking/freed_seats.h"
#include "rules/identity.h"
#include "rules/opening.h"

namespace creneau::booking {
namespace {

using ledger::SeatState;
using ledger::SeatView;

ReservationState StateOf(ledger::SeatWord word) {
  if (word.state() == SeatState::kHeld) return ReservationState::kHeld;
  if (word.state() == SeatState::kConfirmed) return ReservationState::kConfirmed;
  if (word.state() == SeatState::kOffered) return ReservationState::kOffered;
  return ReservationState::kCancelled;
}

bool HasLapsed(const SeatView& seat, Instant now) {
  return ledger::AwaitsConfirm(seat.word.state()) &&
         now > ledger::InstantOfDeadline(seat.word.deadline_s());
}

bool IsOver(const SeatView& seat, Instant now) {
  return seat.word.state() == SeatState::kConfirmed &&
         now >= seat.starts_at + seat.minutes * kMsPerMinute;
}

}  // namespace

Engine::Impl::Handle Engine::Impl::HandleOf(const SeatView& seat) const {
  return {names_->NameOf(seat.origin), KeyOf(seat)};
}

Reservation Engine::Impl::Describe(const SeatView& seat, const Handle& handle) const {
  Reservation out;
  out.name = handle.name;
  out.key = handle.key;
  out.state = StateOf(seat.word);
  out.agenda = registry_.Find(seat.agenda);
  out.channel = seat.word.channel();
  out.slot = seat.start;
  out.starts_at = seat.starts_at;
  out.minutes = seat.minutes;
  if (ledger::AwaitsConfirm(seat.word.state()))
    out.expires_at = ledger::InstantOfDeadline(seat.word.deadline_s());
  // Of what is no hold that bit says another thing.
  out.extended = seat.word.extended() && !ledger::MovedByOffice(seat.word);
  out.moves_left = static_cast<int>(limits::kMaxMoves - ledger::OwnMoves(seat.word));
  out.moves = static_cast<int>(seat.word.moves());
  out.party = names_->PartyOf(seat.idempotency);
  out.day_closed =
      ledger::IsReserved(seat.word.state()) &&
      people_->closures.IsClosedTo(seat.agenda, rules::DayOf(seat.start), seat.starts_at);
  return out;
}

ReservationAnswer Engine::Impl::Unknown() {
  ReservationAnswer answer;
  answer.outcome = Outcome::kUnknownReservation;
  return answer;
}

ReservationAnswer Engine::Impl::Answer(const ledger::Result& result, const Handle& handle) const {
  if (result.outcome == Outcome::kUnknownReservation) return Unknown();
  ReservationAnswer answer;
  answer.outcome = result.outcome;
  answer.existed = result.repeated;
  answer.agenda = registry_.Find(result.seat.agenda);
  if (result.outcome == Outcome::kOk) answer.reservation = Describe(result.seat, handle);
  return answer;
}

// The subject has a reservation. Whoever sends the key it was made with gets it back; anybody else
// learns only that there is one.
ReservationAnswer Engine::Impl::AnswerExisting(Act& act, const SeatView& seat,
                                               const AgendaInfo& agenda, uint64_t idempotency,
                                               bool has_key, Instant received_at) {
  ReservationAnswer answer;
  answer.agenda = &agenda;
  answer.outcome = Outcome::kAlreadyReserved;
  // Whoever made the hold of one that was given back to its owner is not the owner.
  const bool is_holder = has_key && Names::SameKey(seat.idempotency, idempotency) &&
                         people_->identities.TimesRekeyed(seat.origin) == 0;
  if (!is_holder) {
    // Whoever tries names learns who has a reservation: not many times.
    if (const auto later_s = proofs_->TooOften(seat.subject, clock_.MonotonicNs())) {
      answer.outcome = Outcome::kRateLimited;
      answer.poll_after_s = *later_s;
    } else if (seat.word.state() == SeatState::kConfirmed) {
      Notify(act, codec::NoticeKind::kAskedAgain, seat, received_at);
    }
    return answer;
  }
  if (seat.idempotency != idempotency || seat.agenda != agenda.id) {
    answer.outcome = Outcome::kIdempotencyMismatch;
    return answer;
  }
  // Its time is over, though the steward has not been there yet: the key ends with the hold.
  if (HasLapsed(seat, DeadlineTime(received_at))) {
    answer.outcome = Outcome::kHoldExpired;
    return answer;
  }
  answer.outcome = Outcome::kOk;
  answer.existed = true;
  answer.reservation = Describe(seat, HandleOf(seat));
  return answer;
}

ReservationAnswer Engine::Impl::Hold(Act& act, const HoldRequest& request, Instant received_at) {
  ReservationAnswer answer;
  const AgendaInfo* agenda = registry_.Find(request.agenda);
  if (agenda == nullptr) {
    answer.outcome = Outcome::kUnknownAgenda;
    return answer;
  }
  const Identities::Reading reading = people_->identities.Read();
  rules::Identity identity =
      rules::Identify(agenda->rules, request.applicant, peppers_.Of(agenda->id), received_at);
  if (!identity.problems.empty()) {
    answer.outcome = Outcome::kValidationFailed;
    answer.agenda = agenda;
    answer.problems = std::move(identity.problems);
    return answer;
  }
  const Subject subject = people_->identities.Of(identity.subject);
  ledger_.WillFind(subject);
  Entry entry;
  entry.derived = identity.subject;
  if (!ReadEntry(*agenda, request, subject, &entry)) return BadTicket(*agenda);
  const bool has_key = !entry.key.empty();
  if (agenda->rules.identity_proof == rules::IdentityProof::kAsserted) {
    // A repeat shows the same statement for the same thing.
    const std::string purpose =
        "H" + (has_key ? std::string(entry.key) : std::to_string(request.body_hash));
    answer.problems =
        NotVouchedFor(*agenda, request.applicant, request.assertion, purpose, received_at);
    answer.outcome = Outcome::kValidationFailed;
    answer.agenda = agenda;
    if (!answer.problems.empty()) return answer;
  }
  // Without a key, a hash that no key has but by 2^-48 luck: a repeat is told that there is a
  // reservation, no more.
  const uint64_t idempotency = has_key ? names_->IdempotencyOf(entry.key, request.body_hash)
                                       : names_->NoIdempotency(subject, received_at.ms);
  // A repeat is answered whatever the hour, the slot or the disk.
  const auto existing = ledger_.Find(subject, act);
  if (existing && IsOver(*existing, received_at)) {
    ledger_.EndPast(existing->ref.seat, received_at, act);  // who was served may come again
  } else if (existing) {
    return AnswerExisting(act, *existing, *agenda, idempotency, has_key, received_at);
  }
  if (auto refusal = MayHold(*agenda, request, subject, &entry, received_at))
    return *std::move(refusal);

  const rules::BookableWindow window = rules::BookableAt(agenda->rules, agenda->zone, received_at);
  ledger::HoldArgs args;
  args.agenda = agenda->id;
  args.slot = request.slot;
  args.earliest = window.earliest_start;
  args.latest = window.latest_start;
  args.subject = subject;
  args.idempotency = idempotency;
  args.deadline = received_at + agenda->rules.hold_s * kMsPerSecond;
  args.random = names_->Random(subject, received_at.ms, 2);
  const ledger::Result result = ledger_.Hold(args, act);
  if (result.outcome == Outcome::kAlreadyReserved) {
    return AnswerExisting(act, result.seat, *agenda, idempotency, has_key, received_at);
  }
  if (result.outcome != Outcome::kOk)
    return Refuse(result.outcome, *agenda, Channel::kWeb, request.slot, received_at);
  if (entry.rank && !result.repeated) openings_->NoteHeld(*agenda, *entry.rank);
  return Answer(result, HandleOf(result.seat));
}

// The reservation of that name, if the key is its. Otherwise nothing, after the same work: a wrong
// key and an unknown name look alike, in time too.
std::optional<Engine::Impl::Authorised> Engine::Impl::Authorise(Act& act,
                                                                const HolderRequest& request) {
  ReservationName name;
  const SeatRef ref = names_->Parse(request.name, &name).value_or(SeatRef{});
  return HasKey(request, ref, name, ledger_.Look(ref, act));
}

std::optional<Engine::Impl::Authorised> Engine::Impl::HasKey(
    const HolderRequest& request, SeatRef ref, ReservationName name,
    const std::optional<SeatView>& seat) const {
  const ReservationKey key = KeyOf(seat ? *seat : SeatView{});
  const bool same = Names::Same(key, request.key);
  if (!seat || !same) return std::nullopt;
  if (seat->origin != ref) name = names_->NameOf(seat->origin);
  return Authorised{ref, *seat, {name, key}};
}

ReservationAnswer Engine::Impl::Confirm(Act& act, const HolderRequest& request,
                                        Instant received_at) {
  const auto holder = Authorise(act, request);
  if (!holder) return Unknown();
  return Answer(ledger_.Confirm(holder->ref, DeadlineTime(received_at), act), holder->handle);
}

ReservationAnswer Engine::Impl::Extend(Act& act, const HolderRequest& request,
                                       Instant received_at) {
  const auto holder = Authorise(act, request);
  if (!holder) return Unknown();
  const AgendaInfo* agenda = registry_.Find(holder->seat.agenda);
  return Answer(ledger_.Extend(holder->ref, DeadlineTime(received_at),
                               agenda->rules.hold_s * kMsPerSecond, act),
                holder->handle);
}

ReservationAnswer Engine::Impl::Cancel(Act& act, const HolderRequest& request,
                                       Instant received_at) {
  ReservationName name;
  const SeatRef ref = names_->Parse(request.name, &name).value_or(SeatRef{});
  const std::optional<SeatView> known = ledger_.Look(ref, act);
  // Looked for whether or not it is needed: an unknown name takes as long as a wrong key.
  const std::optional<SeatView> released = openings_->Released(ref);
  const auto holder = HasKey(request, ref, name, known ? known : released);
  if (!holder) return Unknown();
  const SeatView& seat = holder->seat;
  if (!known) return Answer({Outcome::kOk, /*repeated=*/true, seat}, holder->handle);
  const AgendaInfo* agenda = registry_.Find(seat.agenda);
  // What is confirmed has no deadline: giving it up can wait until the disk has room, what holds
  // need cannot.
  if (seat.word.state() == SeatState::kConfirmed && LogRoom() == Room::kReserve) {
    ReservationAnswer answer;
    answer.outcome = Outcome::kReadOnly;
    answer.agenda = agenda;
    return answer;
  }
  // A hold that is given up while its queue is served is the next one's seat, and was a turn.
  const Instant at = DeadlineTime(received_at);
  const bool at_once = seat.word.state() == SeatState::kHeld && !HasLapsed(seat, at) &&
                       openings_->NoteLapse(*agenda, seat.subject, seat.ref, received_at, act);
  const uint64_t random = names_->Random(seat.subject, received_at.ms, 3);
  const Instant cooling_until =
      at_once ? received_at : CoolsUntil(*agenda, seat.word.channel(), received_at, random);
  const ledger::Result result = ledger_.Cancel(holder->ref, at, cooling_until, act);
  if (at_once && result.outcome == Outcome::kOk) openings_->NoteReleased(result.seat);
  if (seat.word.state() == SeatState::kConfirmed && result.outcome == Outcome::kOk &&
      !result.repeated)
    totals_.AddCancelled(agenda->id, seat.word.channel(), act);
  return Answer(result, holder->handle);
}

ReservationAnswer Engine::Impl::Read(Act& act, const HolderRequest& request, Instant received_at) {
  const auto holder = Authorise(act, request);
  if (!holder) return Unknown();
  const SeatView& seat = holder->seat;
  const SeatState state = seat.word.state();
  if (state == SeatState::kCoolingCancelled)
    return Answer({Outcome::kCancelled, false, seat}, holder->handle);
  if (state == SeatState::kCoolingExpired || HasLapsed(seat, DeadlineTime(received_at)))
    return Answer({Outcome::kHoldExpired, false, seat}, holder->handle);
  return Answer({Outcome::kOk, true, seat}, holder->handle);
}

ReservationAnswer Engine::Impl::Move(Act& act, const HolderRequest& request, LocalMinute slot,
                                     Instant received_at) {
  const auto holder = Authorise(act, request);
  if (!holder) return Unknown();
  const SeatView& seat = holder->seat;
  const AgendaInfo* agenda = registry_.Find(seat.agenda);
  const Channel channel = seat.word.channel();
  // Here and not by the ledger: until it looks, a confirmation that came in time may be there, and
  // what follows would not have been asked.
  if (HasLapsed(seat, DeadlineTime(received_at)))
    return Answer({Outcome::kHoldExpired, false, seat}, holder->handle);
  // A repeat is answered whatever the hour; one that has ended is told so first.
  if (seat.start != slot && ledger::IsReserved(seat.word.state())) {
    if (seat.starts_at <= received_at) {
      ReservationAnswer answer;
      answer.outcome = Outcome::kValidationFailed;
      answer.agenda = agenda;
      answer.problems.push_back(
          {"/slot", "the appointment has begun: it cannot be moved any more"});
      return answer;
    }
    if (auto refusal = MayTake(*agenda, channel, slot, received_at)) return *std::move(refusal);
  }
  const rules::BookableWindow window = rules::BookableAt(agenda->rules, agenda->zone, received_at);
  ledger::MoveArgs args;
  args.name = holder->ref;
  args.slot = slot;
  args.earliest = window.earliest_start;
  args.latest = window.latest_start;
  args.received_at = DeadlineTime(received_at);
  args.cooling_until =
      CoolsUntil(*agenda, channel, received_at, names_->Random(seat.subject, received_at.ms, 4));
  args.random = names_->Random(seat.subject, received_at.ms, 5);
  args.from = seat.ref;
  // What a hold leaves while its queue is served is the next one's seat, as that of a hold that is
  // given up: otherwise whoever moves and lets go takes seats out of the opening.
  if (openings_->IsServedNow(*agenda, received_at)) args.held_cooling_until = received_at;
  const ledger::Result result = ledger_.Move(args, act);
  // Moved by another request of its holder meanwhile: as often as it may be, so few times.
  if (result.outcome == Outcome::kNotHeld) return Move(act, request, slot, received_at);
  const bool left = result.outcome == Outcome::kOk && !result.repeated;
  if (left && args.held_cooling_until && result.seat.word.state() == SeatState::kHeld)
    openings_->NoteLeft(*agenda, seat.ref);
  if (result.outcome == Outcome::kSlotTaken)
    return Refuse(Outcome::kSlotTaken, *agenda, channel, slot, received_at);
  return Answer(result, holder->handle);
}

}  // namespace creneau::booking
