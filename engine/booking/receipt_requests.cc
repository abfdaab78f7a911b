// Attempts and receipts as they are asked for (receipts.h).
#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/text.h"
#include "booking/engine_impl.h"
#include "rules/opening.h"

namespace creneau::booking {
namespace {

using proof::AttemptOutcome;

// Of what a hold or a ticket can be refused with, what somebody can have proof of: there was no
// seat, and it was none of his doing.
std::optional<AttemptOutcome> AttemptOf(Outcome refusal) {
  struct Pair {
    Outcome refusal;
    AttemptOutcome attempt;
  };
  constexpr Pair kPairs[] = {{Outcome::kNothingLeft, AttemptOutcome::kNothingLeft},
                             {Outcome::kNotOpenYet, AttemptOutcome::kNotOpenYet},
                             {Outcome::kPaused, AttemptOutcome::kPaused},
                             {Outcome::kNotAdmitted, AttemptOutcome::kNotAdmitted},
                             {Outcome::kOverloaded, AttemptOutcome::kOverloaded},
                             {Outcome::kReadOnly, AttemptOutcome::kReadOnly},
                             {Outcome::kSlotTaken, AttemptOutcome::kSlotTaken},
                             {Outcome::kNotListed, AttemptOutcome::kNotListed},
                             {Outcome::kByDraw, AttemptOutcome::kByDraw}};
  for (const Pair& pair : kPairs) {
    if (pair.refusal == refusal) return pair.attempt;
  }
  return std::nullopt;
}

// A receipt says `exhausted` of every agenda that had nothing left.
Phase PhaseWith(AttemptOutcome outcome, Phase phase) {
  return outcome == AttemptOutcome::kNothingLeft && phase == Phase::kOpen ? Phase::kExhausted
                                                                          : phase;
}

Outcome OutcomeOf(ReservationState state) {
  switch (state) {
    case ReservationState::kHeld:
    case ReservationState::kOffered:
      return Outcome::kNotConfirmed;
    case ReservationState::kConfirmed:
      return Outcome::kOk;
    case ReservationState::kCancelled:
      return Outcome::kCancelled;
  }
  CHECK(false);
}

}  // namespace

Phase Engine::Impl::PhaseOf(const AgendaInfo& agenda, Instant now) const {
  if (agenda.rules.draw)
    return draw_keeper_->TakesEntries(agenda, now) ? Phase::kOpen : Phase::kClosed;
  if (!openings_->IsPlain(agenda)) return openings_->BriefAt(agenda, now).phase;
  return rules::OpeningAt(agenda.rules, agenda.zone, now).open ? Phase::kOpen : Phase::kClosed;
}

// Whether a refusal on the web says something of one slot alone, and another one could be held:
// nobody who chooses a slot that he knows to be taken, or beyond the horizon, has found nothing.
bool Engine::Impl::AnotherCanBeHeld(const AgendaInfo& agenda, AttemptOutcome refused, Phase phase,
                                    Instant now) const {
  const bool of_a_slot = refused == AttemptOutcome::kSlotTaken ||
                         (refused == AttemptOutcome::kNotOpenYet && phase == Phase::kOpen);
  if (!of_a_slot || LogRoom() != Room::kPlenty) return false;
  if (!openings_->IsPlain(agenda) && openings_->BriefAt(agenda, now).state.paused) return false;
  return AnyFree(agenda, Channel::kWeb, now);
}

// Whether there is a seat that could be booked now, wherever it is: who asks on the web is given
// none but the web's, and the staff can look in every channel but the court's.
bool Engine::Impl::AnyFree(const AgendaInfo& agenda, Channel asked, Instant now) const {
  const rules::BookableWindow window = rules::BookableAt(agenda.rules, agenda.zone, now);
  const auto free = [&](Channel channel) {
    return ledger_.AnyFree(agenda.id, channel, window.earliest_start, window.latest_start);
  };
  if (asked == Channel::kWeb) return free(Channel::kWeb);
  return std::ranges::any_of(
      std::array{Channel::kWeb, Channel::kPhone, Channel::kDesk, Channel::kPost}, free);
}

// What a receipt may say of a refusal: it names neither the channel nor how many seats were asked
// for, so it says of nobody's seats what is not so of everybody's. Nothing: there is no attempt.
std::optional<AttemptOutcome> Engine::Impl::WhatCanBeSigned(const AgendaInfo& agenda,
                                                            AttemptOutcome refused, Phase phase,
                                                            const Wanted& wanted,
                                                            Instant now) const {
  const bool web = wanted.channel == Channel::kWeb;
  // Openings do not bind the desk: its slot is beyond the horizon.
  if (!web && refused == AttemptOutcome::kNotOpenYet) return std::nullopt;
  // Of one seat of the web the ledger has just said it.
  const bool of_seats =
      refused == AttemptOutcome::kNothingLeft || refused == AttemptOutcome::kSlotTaken;
  if (of_seats && (!web || wanted.seats > 1) && AnyFree(agenda, wanted.channel, now))
    return std::nullopt;
  if (!web) return refused;
  if (AnotherCanBeHeld(agenda, refused, phase, now)) return std::nullopt;
  // A slot beyond the horizon, of an opening that is under way: what keeps from all the others.
  if (refused != AttemptOutcome::kNotOpenYet || agenda.rules.draw || phase == Phase::kClosed ||
      phase == Phase::kGathering)
    return refused;
  if (openings_->BriefAt(agenda, now).state.paused) return AttemptOutcome::kPaused;
  return LogRoom() == Room::kPlenty ? AttemptOutcome::kNothingLeft : AttemptOutcome::kReadOnly;
}

std::optional<AttemptText> Engine::Impl::AttemptAt(const AgendaInfo* agenda,
                                                   const rules::Applicant& applicant,
                                                   Outcome refusal, Instant received_at,
                                                   const Wanted& wanted) const {
  const std::optional<AttemptOutcome> refused = AttemptOf(refusal);
  if (agenda == nullptr || !refused) return std::nullopt;
  Phase phase = PhaseOf(*agenda, received_at);
  const auto outcome = WhatCanBeSigned(*agenda, *refused, phase, wanted, received_at);
  if (!outcome) return std::nullopt;
  // What a receipt says of the phase is of the opening, and so of web seats.
  if (wanted.channel == Channel::kWeb) phase = PhaseWith(*outcome, phase);
  rules::CanonicalIdentity who;
  CHECK(who.Read(agenda->rules, applicant, received_at));  // or it would have been refused for that
  return receipts_->Attempt(*agenda, &who, GivenIn(*agenda), *outcome, phase, received_at);
}

// What keeps somebody without a seat now, whatever seat; nothing: one can be held.
std::optional<AttemptOutcome> Engine::Impl::WhatKeepsFrom(
    const AgendaInfo& agenda, const OpeningView& opening, const std::optional<Subject>& derived,
    const std::optional<Subject>& subject, const std::optional<surge::Ticket>& ticket,
    Instant now) const {
  if (subject && !IsListed(agenda, *derived, *subject)) return AttemptOutcome::kNotListed;
  if (ticket && openings_->NotReached(agenda, *ticket, now).value_or(false))
    return AttemptOutcome::kNotReached;
  // Who can enter has found something.
  if (agenda.rules.draw) {
    if (draw_keeper_->TakesEntries(agenda, now)) return std::nullopt;
    return AttemptOutcome::kByDraw;
  }
  if (opening.phase == Phase::kClosed || opening.phase == Phase::kGathering)
    return AttemptOutcome::kNotOpenYet;
  if (opening.state.paused) return AttemptOutcome::kPaused;
  if (LogRoom() != Room::kPlenty) return AttemptOutcome::kReadOnly;
  const rules::BookableWindow window = rules::BookableAt(agenda.rules, agenda.zone, now);
  if (opening.phase == Phase::kExhausted ||
      !ledger_.AnyFree(agenda.id, Channel::kWeb, window.earliest_start, window.latest_start))
    return AttemptOutcome::kNothingLeft;
  if (agenda.rules.policy == rules::Policy::kQueue) {
    if (!ticket && opening.state.draining) return AttemptOutcome::kPaused;
    if (openings_->Judge(agenda, subject.value_or(Subject{}), ticket, now).outcome != Outcome::kOk)
      return AttemptOutcome::kNotAdmitted;
  }
  if (!openings_->RoomForHold()) return AttemptOutcome::kOverloaded;
  return std::nullopt;
}

AttemptAnswer Engine::Impl::Attempt(const AttemptRequest& request, Instant received_at) {
  AttemptAnswer answer;
  answer.agenda = registry_.Find(request.agenda);
  if (answer.agenda == nullptr) {
    answer.outcome = Outcome::kUnknownAgenda;
    return answer;
  }
  const AgendaInfo& agenda = *answer.agenda;
  const Identities::Reading reading = people_->identities.Read();
  std::optional<Subject> derived;
  std::optional<Subject> subject;
  rules::CanonicalIdentity who;
  if (request.applicant) {
    rules::Identity identity =
        rules::Identify(agenda.rules, *request.applicant, peppers_.Of(agenda.id), received_at);
    answer.problems = std::move(identity.problems);
    derived = identity.subject;
    subject = people_->identities.Of(*derived);
  } else if (!request.ticket.empty()) {
    answer.problems.push_back({"/applicant", "is missing: whose ticket is it?"});
  }
  if (!answer.problems.empty()) {
    answer.outcome = Outcome::kValidationFailed;
    return answer;
  }
  if (subject) {
    CHECK(who.Read(agenda.rules, *request.applicant, received_at));
    if (const auto later_s = proofs_->TooOften(*subject, clock_.MonotonicNs())) {
      answer.outcome = Outcome::kRateLimited;
      answer.poll_after_s = *later_s;
      return answer;
    }
  }
  std::optional<surge::Ticket> ticket;
  if (!request.ticket.empty()) {
    if (agenda.rules.policy == rules::Policy::kQueue)
      ticket = openings_->Verify(agenda, *subject, request.ticket);
    if (!ticket) {
      answer.outcome = Outcome::kValidationFailed;
      answer.problems = BadTicket(agenda).problems;
      return answer;
    }
  }
  const OpeningView opening = openings_->BriefAt(agenda, received_at);
  const auto outcome = WhatKeepsFrom(agenda, opening, derived, subject, ticket, received_at);
  if (!outcome) {
    answer.outcome = Outcome::kSeatsLeft;
    return answer;
  }
  answer.attempted = proof::AttemptOutcomeName(*outcome);
  answer.at = received_at;
  // No website vouches for whoever only says that he has found nothing.
  const proof::IdentityGiven given = agenda.rules.identity_proof == rules::IdentityProof::kAsserted
                                         ? proof::IdentityGiven::kDeclared
                                         : GivenIn(agenda);
  const Phase phase = agenda.rules.draw ? PhaseOf(agenda, received_at) : opening.phase;
  answer.attempt = receipts_->Attempt(agenda, subject ? &who : nullptr, given, *outcome,
                                      PhaseWith(*outcome, phase), received_at);
  return answer;
}

ReceiptAnswer Engine::Impl::SignAttempt(std::string_view text, Instant now) {
  ReceiptAnswer answer;
  const std::optional<proof::Attempt> attempt = receipts_->Read(text);
  if (attempt) answer.agenda = registry_.Find(attempt->agenda);
  if (answer.agenda == nullptr) {
    answer.outcome = Outcome::kValidationFailed;
    return answer;
  }
  if (now - attempt->at > limits::kAttemptLifeMs) {
    answer.outcome = Outcome::kAttemptExpired;
    return answer;
  }
  if (const auto later_s = receipts_->TooMany(clock_.MonotonicNs(), attempt->nonce[0])) {
    answer.outcome = Outcome::kOverloaded;
    answer.retry_after_s = *later_s;
    return answer;
  }
  answer.receipt = receipts_->Sign(*answer.agenda, *attempt);
  answer.week = WeekOf(*answer.agenda, attempt->at);
  answer.nonce = attempt->nonce;
  answer.attempted = proof::AttemptOutcomeName(attempt->outcome);
  answer.at = attempt->at;
  return answer;
}

PendingReceipt Engine::Impl::PrepareReceipt(Act& act, const HolderRequest& request,
                                            Instant received_at) {
  PendingReceipt pending;
  const ReservationAnswer read = Read(act, request, received_at);
  pending.outcome = read.outcome == Outcome::kOk ? OutcomeOf(read.reservation.state) : read.outcome;
  pending.agenda = read.agenda;
  if (pending.outcome != Outcome::kOk) return pending;
  const Reservation& reservation = read.reservation;
  const AgendaInfo& agenda = *reservation.agenda;
  if (const auto later_s = receipts_->TooMany(clock_.MonotonicNs(),
                                              static_cast<uint8_t>(reservation.name.text.back()))) {
    pending.outcome = Outcome::kOverloaded;
    pending.retry_after_s = *later_s;
    return pending;
  }
  proof::ConfirmationReceipt& receipt = pending.receipt;
  receipt.reservation = reservation.name.view();
  receipt.agenda = agenda.rules.name;
  receipt.title = agenda.rules.title;
  receipt.office = agenda.rules.office;
  receipt.timezone = agenda.rules.timezone;
  receipt.slot = FormatLocalMinute(reservation.slot);
  receipt.starts_at = reservation.starts_at;
  receipt.minutes = reservation.minutes;
  receipt.channel = ChannelName(reservation.channel);
  receipt.identity = GivenIn(agenda);
  receipt.holder = proof::HolderOf(reservation.name.view(), reservation.key.view());
  return pending;
}

std::string Engine::Impl::SignConfirmation(const PendingReceipt& pending, Instant now) {
  proof::ConfirmationReceipt receipt = pending.receipt;
  const wal::Head head = log_->head();
  receipt.batch = head.batch;
  receipt.lsn = head.lsn;
  receipt.epoch = head.epoch;
  receipt.chain = head.chain;
  return receipts_->Sign(receipt, now);
}

AttemptAnswer Engine::Attempt(const AttemptRequest& request, Instant received_at) {
  return impl_->Attempt(request, received_at);
}
ReceiptAnswer Engine::SignAttempt(std::string_view attempt, Instant now) {
  return impl_->SignAttempt(attempt, now);
}
PendingReceipt Engine::PrepareReceipt(Act& act, const HolderRequest& request, Instant received_at) {
  return impl_->PrepareReceipt(act, request, received_at);
}
std::string Engine::SignConfirmation(const PendingReceipt& pending, Instant now) {
  return impl_->SignConfirmation(pending, now);
}
ReceiptVerdict Engine::VerifyReceipt(std::string_view text) {
  const uint8_t salt = text.empty() ? uint8_t{0} : static_cast<uint8_t>(text.back());
  if (const auto later_s = impl_->receipts_->TooMany(impl_->clock_.MonotonicNs(), salt)) {
    ReceiptVerdict verdict;
    verdict.outcome = Outcome::kOverloaded;
    verdict.retry_after_s = *later_s;
    return verdict;
  }
  return impl_->receipts_->Verify(text);
}
const std::vector<PublishedKey>& Engine::PublicKeys() const { return impl_->receipts_->keys(); }

}  // namespace creneau::booking
