#include "booking/families.h"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/prng.h"
#include "booking/engine_impl.h"
#include "rules/identity.h"

namespace creneau::booking {
namespace {

constexpr size_t kAlternatives = 5;
// Slots with a free seat that are looked at for alternatives with enough of them.
constexpr size_t kLookedAt = 50;
constexpr std::string_view kSlotTooSmall =
    "This slot has no free seats for so many people together. `alternatives` lists slots near it "
    "that have, if there are any; hold one of these.";
constexpr std::string_view kNoneTogether =
    "No slot that can be booked now has free seats for so many people together. GET the agenda's "
    "slots for what each of them has: fewer together, or each alone, may find seats. `opens_at` "
    "says when the next opening begins, where one is known.";

// One request of a family.
class ForParty {
 public:
  ForParty(Engine::Impl& in, Act& act, const PartyRequest& request, Instant now)
      : in_(in), act_(act), request_(request), now_(now) {}

  PartyAnswer Do() {
    PartyAnswer& answer = answer_;
    agenda_ = in_.registry_.Find(request_.agenda);
    if (agenda_ == nullptr) return Refused(Outcome::kUnknownAgenda);
    answer.about.agenda = agenda_;
    const auto most = static_cast<size_t>(agenda_->rules.party_max);
    if (request_.applicants.size() < 2 || request_.applicants.size() > most) {
      return Wrong("/applicants",
                   most < 2 ? "here everybody books for themselves: send `applicant`"
                            : absl::StrCat("has 2 to ", most, " people; one alone is `applicant`"));
    }
    const Identities::Reading reading = in_.people_->identities.Read();
    if (!Identify()) return std::move(answer);
    Engine::Impl::Entry entry;
    const HoldRequest first = FirstsRequest();
    entry.derived = derived_.front();
    if (!in_.ReadEntry(*agenda_, first, subjects_.front(), &entry)) {
      answer.about = Engine::Impl::BadTicket(*agenda_);
      return std::move(answer);
    }
    has_key_ = !entry.key.empty();
    if (!Vouched(entry)) return std::move(answer);
    // A part of the family under the same key is another request. Goes into the log, so it must
    // never change; who they are does not.
    const uint64_t asked = Mix64(request_.body_hash + subjects_.size());
    idempotency_ = Names::OfParty(has_key_ ? in_.names_->IdempotencyOf(entry.key, asked)
                                           : in_.names_->NoIdempotency(subjects_.front(), now_.ms));
    // A repeat is answered whatever the hour, the slot or the disk.
    if (Existing()) return std::move(answer);
    if (IsTwice()) return Refused(Outcome::kAlreadyReserved);
    if (!MayHold(first, &entry)) return std::move(answer);
    return Hold(entry);
  }

 private:
  PartyAnswer Refused(Outcome outcome) {
    answer_.about.outcome = outcome;
    return std::move(answer_);
  }

  PartyAnswer Wrong(std::string pointer, std::string message) {
    answer_.about.problems.push_back({std::move(pointer), std::move(message)});
    return Refused(Outcome::kValidationFailed);
  }

  static std::string Pointer(size_t i) { return absl::StrCat("/applicants/", i); }

  HoldRequest FirstsRequest() const {
    HoldRequest first;
    first.agenda = request_.agenda;
    first.applicant = request_.applicants.front();
    first.ticket = request_.ticket;
    first.slot = request_.slot;
    first.idempotency_key = request_.idempotency_key;
    first.body_hash = request_.body_hash;
    return first;
  }

  // False: somebody's fields are no identity, or two are the same.
  bool Identify() {
    std::vector<rules::IdentityProblem>& problems = answer_.about.problems;
    constexpr std::string_view kOne = "/applicant";
    for (size_t i = 0; i < request_.applicants.size(); ++i) {
      rules::Identity identity = rules::Identify(agenda_->rules, request_.applicants[i],
                                                 in_.peppers_.Of(agenda_->id), now_);
      for (rules::IdentityProblem& problem : identity.problems) {
        CHECK(problem.pointer.starts_with(kOne));
        problems.push_back({absl::StrCat(Pointer(i), problem.pointer.substr(kOne.size())),
                            std::move(problem.message)});
      }
      const Subject derived = identity.problems.empty() ? identity.subject : Subject{};
      if (derived != Subject{} &&
          std::find(derived_.begin(), derived_.end(), derived) != derived_.end())
        problems.push_back({Pointer(i), "is somebody who is named before: each person once"});
      derived_.push_back(derived);
      subjects_.push_back(in_.people_->identities.Of(derived));
    }
    if (!problems.empty()) answer_.about.outcome = Outcome::kValidationFailed;
    return problems.empty();
  }

  // False: the website's word is missing for somebody. A repeat shows the same statements.
  bool Vouched(const Engine::Impl::Entry& entry) {
    if (agenda_->rules.identity_proof != rules::IdentityProof::kAsserted) return true;
    const std::string purpose =
        "H" + (has_key_ ? std::string(entry.key) : std::to_string(request_.body_hash));
    std::string_view rest = request_.assertion;
    for (const rules::Applicant& applicant : request_.applicants) {
      const size_t space = std::min(rest.find(' '), rest.size());
      answer_.about.problems =
          in_.NotVouchedFor(*agenda_, applicant, rest.substr(0, space), purpose, now_);
      if (!answer_.about.problems.empty()) {
        answer_.about.outcome = Outcome::kValidationFailed;
        return false;
      }
      rest.remove_prefix(std::min(space + 1, rest.size()));
    }
    return true;
  }

  bool IsTwice() const {
    std::vector<Subject> sorted = subjects_;
    std::sort(sorted.begin(), sorted.end());
    return std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end();
  }

  // Whether somebody of them has a reservation; the answer then.
  bool Existing() {
    std::vector<ledger::SeatView> seats;
    bool ours = has_key_;
    for (const Subject& subject : subjects_) {
      const auto seat = in_.LiveOf(act_, subject, now_);
      if (!seat) continue;
      seats.push_back(*seat);
      ours = ours && Names::SameKey(seat->idempotency, idempotency_) &&
             in_.people_->identities.TimesRekeyed(seat->origin) == 0;
    }
    if (seats.empty()) return false;
    if (!ours) {
      // As one who asks without the key. Nobody is told whose it is.
      const auto other =
          std::find_if(seats.begin(), seats.end(), [&](const ledger::SeatView& seat) {
            return !has_key_ || !Names::SameKey(seat.idempotency, idempotency_);
          });
      answer_.about = in_.AnswerExisting(act_, other != seats.end() ? *other : seats.front(),
                                         *agenda_, idempotency_, /*has_key=*/false, now_);
      return true;
    }
    const auto same = [&](const ledger::SeatView& seat) {
      return seat.idempotency == idempotency_ && seat.agenda == agenda_->id;
    };
    if (!std::all_of(seats.begin(), seats.end(), same)) {
      answer_.about.outcome = Outcome::kIdempotencyMismatch;
    } else if (seats.size() < subjects_.size()) {
      answer_.about.outcome = Outcome::kAlreadyReserved;  // somebody has given theirs up
    } else if (std::any_of(seats.begin(), seats.end(), [&](const auto& s) { return Lapsed(s); })) {
      answer_.about.outcome = Outcome::kHoldExpired;
    } else {
      Show(seats, /*existed=*/true);
    }
    return true;
  }

  bool Lapsed(const ledger::SeatView& seat) const {
    return ledger::AwaitsConfirm(seat.word.state()) &&
           in_.DeadlineTime(now_) > ledger::InstantOfDeadline(seat.word.deadline_s());
  }

  void Show(std::span<const ledger::SeatView> seats, bool existed) {
    answer_.about.existed = existed;
    answer_.count = seats.size();
    for (size_t i = 0; i < seats.size(); ++i)
      answer_.reservations[i] = in_.Describe(seats[i], in_.HandleOf(seats[i]));
  }

  bool MayHold(const HoldRequest& first, Engine::Impl::Entry* entry) {
    for (size_t i = 1; i < subjects_.size(); ++i) {
      if (!in_.IsListed(*agenda_, derived_[i], subjects_[i])) {
        answer_.about.problems.push_back({Pointer(i), "the office does not know this person"});
        answer_.about.outcome = Outcome::kNotListed;
        answer_.of_the_first = !in_.IsListed(*agenda_, derived_.front(), subjects_.front());
        return false;
      }
    }
    if (auto refusal = in_.MayHold(*agenda_, first, subjects_.front(), entry, now_)) {
      answer_.about = *std::move(refusal);
      return false;
    }
    const bool queue = agenda_->rules.policy == rules::Policy::kQueue;
    for (size_t i = 1; queue && i < subjects_.size(); ++i) {
      if (!in_.openings_->IsOver(*agenda_, subjects_[i])) continue;
      answer_.about.outcome = Outcome::kNotAdmitted;
      answer_.about.turn = Turn::kUsed;
      answer_.of_the_first = false;
      return false;
    }
    if (in_.openings_->RoomForHold(subjects_.size())) return true;
    answer_.about.outcome = Outcome::kOverloaded;
    return false;
  }

  PartyAnswer Hold(const Engine::Impl::Entry& entry) {
    const ledger::PartyResult result = TakeSeats(
        in_, act_,
        {agenda_, Channel::kWeb, request_.slot, subjects_, idempotency_, ledger::SeatState::kHeld},
        now_);
    if (result.outcome == Outcome::kAlreadyReserved) {
      if (!Existing()) answer_.about.outcome = Outcome::kAlreadyReserved;
      return std::move(answer_);
    }
    if (result.outcome != Outcome::kOk) return NoSeats(result.outcome);
    if (entry.rank) in_.openings_->NoteHeld(*agenda_, *entry.rank);
    Show({result.seats.data(), subjects_.size()}, /*existed=*/false);
    return std::move(answer_);
  }

  PartyAnswer NoSeats(Outcome outcome) {
    answer_.about = in_.Refuse(outcome, *agenda_, Channel::kWeb, request_.slot, now_);
    if (outcome == Outcome::kSlotTaken) answer_.about.detail = kSlotTooSmall;
    if (outcome == Outcome::kNothingLeft) answer_.about.detail = kNoneTogether;
    std::vector<LocalMinute>& slots = answer_.about.alternatives;
    if (outcome != Outcome::kSlotTaken || !request_.slot) return std::move(answer_);
    const rules::BookableWindow window = rules::BookableAt(agenda_->rules, agenda_->zone, now_);
    slots = in_.ledger_.FreeNear(agenda_->id, Channel::kWeb, *request_.slot, window.earliest_start,
                                 window.latest_start, kLookedAt);
    std::erase_if(slots, [&](LocalMinute slot) {
      const std::optional<Instant> at = in_.ledger_.StartOf(agenda_->id, slot);
      if (!at) return true;
      const auto counts = in_.ledger_.Slots(agenda_->id, *at, *at, 1);
      return counts.empty() || counts[0].free[0] < subjects_.size();
    });
    // Those nearest, by time.
    const auto distance = [&](LocalMinute slot) {
      return std::abs(slot.value - request_.slot->value);
    };
    std::stable_sort(slots.begin(), slots.end(),
                     [&](LocalMinute a, LocalMinute b) { return distance(a) < distance(b); });
    if (slots.size() > kAlternatives) slots.resize(kAlternatives);
    std::sort(slots.begin(), slots.end());
    return std::move(answer_);
  }

  Engine::Impl& in_;
  Act& act_;
  const PartyRequest& request_;
  const Instant now_;
  const AgendaInfo* agenda_ = nullptr;
  std::vector<Subject> derived_;
  std::vector<Subject> subjects_;
  bool has_key_ = false;
  uint64_t idempotency_ = 0;
  PartyAnswer answer_;
};

}  // namespace

PartyAnswer HoldForParty(Engine& engine, Act& act, const PartyRequest& request,
                         Instant received_at) {
  Engine::Impl& in = engine.inside();
  PartyAnswer answer = ForParty(in, act, request, received_at).Do();
  ReservationAnswer& about = answer.about;
  in.refusals_.Count(about.agenda, about.outcome);
  if (about.outcome != Outcome::kOk && answer.of_the_first && !request.applicants.empty())
    about.attempt = in.AttemptAt(about.agenda, request.applicants.front(), about.outcome,
                                 received_at, {.seats = request.applicants.size()});
  return answer;
}

ledger::PartyResult TakeSeats(Engine::Impl& in, Act& act, const PartySeats& seats, Instant now) {
  const AgendaInfo& agenda = *seats.agenda;
  const rules::BookableWindow window = rules::BookableAt(agenda.rules, agenda.zone, now);
  ledger::PartyArgs args;
  args.agenda = agenda.id;
  args.channel = seats.channel;
  args.slot = seats.slot;
  args.earliest = window.earliest_start;
  args.latest = window.latest_start;
  args.deadline = now + agenda.rules.hold_s * kMsPerSecond;
  args.into = seats.into;
  args.random = in.names_->Random(seats.subjects.front(), now.ms, 2);
  CHECK(Names::IsOfParty(seats.idempotency));
  CHECK(seats.subjects.size() <= args.members.size());
  for (const Subject& subject : seats.subjects)
    args.members[args.count++] = {subject, seats.idempotency};
  return in.ledger_.HoldParty(args, act);
}

}  // namespace creneau::booking
