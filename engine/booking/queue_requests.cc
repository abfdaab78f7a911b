// What applicants do in the queue of an opening: take a ticket, and show it for a hold.

#include "booking/attribution.h"
#include "booking/engine_impl.h"
#include "rules/identity.h"

namespace creneau::booking {

// By whichever of their identities the office knows them.
bool Engine::Impl::IsListed(const AgendaInfo& agenda, const Subject& derived,
                            const Subject& subject) const {
  return (agenda.rules.identity_proof == rules::IdentityProof::kListed &&
          rosters_.Lists(agenda.id, derived)) ||
         IsListed(agenda, subject);
}

bool Engine::Impl::IsListed(const AgendaInfo& agenda, const Subject& subject) const {
  if (agenda.rules.identity_proof != rules::IdentityProof::kListed) return true;
  const std::vector<Subject> all = people_->identities.AllOf(subject);
  return std::any_of(all.begin(), all.end(),
                     [&](const Subject& one) { return rosters_.Lists(agenda.id, one); });
}

// Empty: where the agenda asks for it, the website vouches for them. Whatever is wrong with what
// was sent, the words are the same: who forges statements learns nothing.
std::vector<rules::IdentityProblem> Engine::Impl::NotVouchedFor(const AgendaInfo& agenda,
                                                                const rules::Applicant& applicant,
                                                                std::string_view assertion,
                                                                std::string_view purpose,
                                                                Instant now) {
  if (agenda.rules.identity_proof != rules::IdentityProof::kAsserted) return {};
  if (assertion.empty())
    return {{"/assertion", "is missing: here the website vouches for whom it asks for"}};
  if (assertions_->Accepts(agenda.rules, applicant, assertion, purpose, now)) return {};
  return {{"/assertion",
           "is no statement of a website that this applicant is who they say, for this agenda and "
           "this request, now: ask it for another one"}};
}

// False: its ticket is none of theirs.
bool Engine::Impl::ReadEntry(const AgendaInfo& agenda, const HoldRequest& request,
                             const Subject& subject, Entry* entry) const {
  entry->key = request.idempotency_key;
  if (agenda.rules.policy != rules::Policy::kQueue) return true;
  entry->key = {};
  if (request.ticket.empty()) return true;
  entry->ticket = openings_->Verify(agenda, subject, request.ticket);
  if (!entry->ticket) return false;
  // It is as random as a key has to be, and who has the ticket may have the hold.
  const surge::Nonce& nonce = entry->ticket->nonce;
  entry->key = {reinterpret_cast<const char*>(nonce.data()), nonce.size()};
  return true;
}

// Whatever is wrong with it, the answer is the same: who forges tickets learns nothing.
ReservationAnswer Engine::Impl::BadTicket(const AgendaInfo& agenda) {
  ReservationAnswer answer;
  answer.outcome = Outcome::kValidationFailed;
  answer.agenda = &agenda;
  answer.problems.push_back(
      {"/ticket", "is no ticket of this applicant for this opening: ask for a new one"});
  return answer;
}

std::optional<Instant> Engine::Impl::NextOpening(const AgendaInfo& agenda, Instant now) const {
  const OpeningView opening = openings_->At(agenda, now);
  if (!opening.times) return std::nullopt;
  if (opening.phase == Phase::kClosed || opening.phase == Phase::kGathering)
    return opening.times->opens_at;
  // Open now: the next one is after this one has closed.
  const auto next = rules::OpeningAfter(agenda.rules, agenda.zone, opening.times->closes_at);
  return next ? std::optional(next->opens_at) : std::nullopt;
}

// Nothing when it is their turn.
std::optional<ReservationAnswer> Engine::Impl::MayQueue(const AgendaInfo& agenda,
                                                        const Subject& subject, Entry* entry,
                                                        Instant now) {
  const Openings::Judgement judged = openings_->Judge(agenda, subject, entry->ticket, now);
  if (judged.outcome == Outcome::kOk) {
    entry->rank = judged.rank;
    return std::nullopt;
  }
  ReservationAnswer answer;
  answer.agenda = &agenda;
  if (const auto later_s = proofs_->TooOften(subject, clock_.MonotonicNs())) {
    answer.outcome = Outcome::kRateLimited;
    answer.poll_after_s = *later_s;
    return answer;
  }
  if (judged.foreign) return BadTicket(agenda);
  answer.outcome = judged.outcome;
  answer.opens_at = judged.opens_at;
  answer.turn = judged.turn;
  answer.poll_after_s = judged.poll_after_s;
  return answer;
}

TicketAnswer Engine::Impl::Ticket(const TicketRequest& request, Instant received_at) {
  TicketAnswer answer;
  answer.agenda = registry_.Find(request.agenda);
  if (answer.agenda == nullptr) {
    answer.outcome = Outcome::kUnknownAgenda;
    return answer;
  }
  const AgendaInfo& agenda = *answer.agenda;
  if (agenda.rules.policy != rules::Policy::kQueue) {
    answer.outcome = Outcome::kUnknownRoute;
    return answer;
  }
  const Identities::Reading reading = people_->identities.Read();
  rules::Identity identity =
      rules::Identify(agenda.rules, request.applicant, peppers_.Of(agenda.id), received_at);
  if (!identity.problems.empty()) {
    answer.outcome = Outcome::kValidationFailed;
    answer.problems = std::move(identity.problems);
    return answer;
  }
  const Subject subject = people_->identities.Of(identity.subject);
  if (const auto later_s = proofs_->TooOften(subject, clock_.MonotonicNs())) {
    answer.outcome = Outcome::kRateLimited;
    answer.poll_after_s = *later_s;
    return answer;
  }
  answer.problems = NotVouchedFor(agenda, request.applicant, request.assertion, "T", received_at);
  if (!answer.problems.empty()) {
    answer.outcome = Outcome::kValidationFailed;
    return answer;
  }
  if (!IsListed(agenda, identity.subject, subject)) {
    answer.outcome = Outcome::kNotListed;
    return answer;
  }
  std::optional<surge::Ticket> before;
  if (!request.ticket.empty()) {
    before = openings_->Verify(agenda, subject, request.ticket);
    if (!before) {
      answer.outcome = Outcome::kValidationFailed;
      answer.problems = BadTicket(agenda).problems;
      return answer;
    }
  }
  proofs_->NoteArrival(received_at);
  // Whoever has a ticket has passed already.
  if (!before && proofs_->IsShut(agenda, received_at) &&
      !proofs_->Accepts(agenda, subject, request.pass, received_at) &&
      !(request.proof && proofs_->Accepts(agenda, *request.proof, received_at))) {
    answer.outcome = Outcome::kProofOfWorkRequired;
    answer.challenge = proofs_->Challenge(agenda, received_at);
    return answer;
  }
  surge::Nonce nonce;
  entropy_.Fill(nonce);
  openings_->Issue(agenda, subject, before, nonce, received_at, &answer);
  return answer;
}

std::optional<ChallengeText> Engine::Impl::Challenge(std::string_view name, Instant now) {
  const AgendaInfo* const agenda = registry_.Find(name);
  if (agenda == nullptr || agenda->rules.policy == rules::Policy::kDirect) return std::nullopt;
  return proofs_->Challenge(*agenda, now);
}

PassAnswer Engine::Impl::GrantPass(Act& act, std::string_view name,
                                   const rules::Applicant& applicant, const Actor& actor,
                                   Instant now) {
  PassAnswer answer;
  answer.agenda = registry_.Find(name);
  if (answer.agenda == nullptr) {
    answer.outcome = Outcome::kUnknownAgenda;
    return answer;
  }
  const Identities::Reading reading = people_->identities.Read();
  rules::Identity identity =
      rules::Identify(answer.agenda->rules, applicant, peppers_.Of(answer.agenda->id), now);
  if (!identity.problems.empty()) {
    answer.outcome = Outcome::kValidationFailed;
    answer.problems = std::move(identity.problems);
    return answer;
  }
  if (LogRoom() != Room::kPlenty) {
    answer.outcome = Outcome::kReadOnly;
    return answer;
  }
  act.PushCopy(Attribution(actor, {"pass", name}, now));
  answer.expires_at = now + limits::kPassLifeMs;
  peppers_.NotePass(answer.agenda->id, answer.expires_at);
  answer.pass =
      proofs_->Grant(*answer.agenda, people_->identities.Of(identity.subject), answer.expires_at);
  return answer;
}

QueueAnswer Engine::Impl::ReadQueue(std::string_view name, Instant now) const {
  QueueAnswer answer;
  answer.agenda = registry_.Find(name);
  if (answer.agenda == nullptr) return answer;
  const AgendaInfo& agenda = *answer.agenda;
  answer.opening = openings_->At(agenda, now);
  const rules::BookableWindow window = rules::BookableAt(agenda.rules, agenda.zone, now);
  answer.opening.free = ledger_
                            .Count(agenda.id, window.earliest_start,
                                   window.latest_start)[static_cast<size_t>(Channel::kWeb)]
                            .free;
  return answer;
}

}  // namespace creneau::booking
