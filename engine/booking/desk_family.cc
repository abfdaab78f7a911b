#include "booking/desk_family.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/prng.h"
#include "booking/desk.h"
#include "booking/desk_act.h"
#include "booking/engine_impl.h"
#include "booking/helper_turn.h"
#include "rules/desk.h"
#include "rules/identity.h"

namespace creneau::booking {
namespace {

class FamilyAtDesk {
 public:
  FamilyAtDesk(Engine::Impl& in, Act& act, const DeskFamilyRequest& request, const Actor& actor,
               const AgendaInfo& agenda, Instant now)
      : in_(in),
        act_(act),
        request_(request),
        actor_(actor),
        agenda_(agenda),
        now_(now),
        desk_(in, act, agenda, request.channel, actor, now) {}

  PartyAnswer Do() {
    if (const std::string_view why = rules::WhyNotAtDesk(actor_.role, request_.channel);
        !why.empty())
      return About(DeskProblem(agenda_, "/channel", why));
    const size_t count = request_.applicants.size();
    if (count < 2 || count > limits::kPartyMax) {
      return About(DeskProblem(
          agenda_, "/applicants",
          absl::StrCat("has 2 to ", limits::kPartyMax, " people; one alone is `applicant`")));
    }
    const Identities::Reading reading = in_.people_->identities.Read();
    if (auto problems = Identify(); !problems.problems.empty()) return About(std::move(problems));
    const bool has_key = !request_.idempotency_key.empty();
    // A part of the family under the same key is another request. Goes into the log, so it must
    // never change; who they are does not.
    idempotency_ =
        Names::OfParty(has_key ? in_.names_->IdempotencyOf(request_.idempotency_key,
                                                           Mix64(request_.body_hash + count))
                               : in_.names_->NoIdempotency(people_.front().subject, now_.ms));
    // A repeat is answered whatever the disk or the slot.
    if (auto existing = Existing()) return *std::move(existing);
    if (IsTwice()) return About(desk_.Tell(Outcome::kAlreadyReserved, people_));
    if (auto refusal = desk_.MayBook(people_, request_.slot)) {
      PartyAnswer answer = About(*std::move(refusal));
      const DeskPerson& first = people_.front();
      answer.of_the_first = answer.about.outcome != Outcome::kNotListed ||
                            !in_.IsListed(agenda_, first.derived, first.subject);
      return answer;
    }
    // No week would have room for them.
    const auto cap = static_cast<size_t>(agenda_.rules.helper_cap);
    if (actor_.role == rules::Role::kHelper && count > cap) {
      return About(DeskProblem(
          agenda_, "/applicants",
          absl::StrCat("has more people than the ", cap,
                       " that a helper may book for in a week here; ask the office's desk")));
    }
    return Book();
  }

 private:
  static PartyAnswer About(ReservationAnswer about) {
    PartyAnswer answer;
    answer.about = std::move(about);
    return answer;
  }

  // With problems: somebody's fields are no identity, or two are the same.
  ReservationAnswer Identify() {
    ReservationAnswer wrong = DeskRefusal(Outcome::kValidationFailed, agenda_);
    constexpr std::string_view kOne = "/applicant";
    for (size_t i = 0; i < request_.applicants.size(); ++i) {
      const std::string pointer = absl::StrCat("/applicants/", i);
      rules::Identity identity =
          rules::Identify(agenda_.rules, request_.applicants[i], in_.peppers_.Of(agenda_.id), now_);
      for (rules::IdentityProblem& problem : identity.problems) {
        CHECK(problem.pointer.starts_with(kOne));
        wrong.problems.push_back(
            {pointer + problem.pointer.substr(kOne.size()), std::move(problem.message)});
      }
      const auto same = [&](const DeskPerson& one) { return one.derived == identity.subject; };
      if (identity.problems.empty() && std::any_of(people_.begin(), people_.end(), same))
        wrong.problems.push_back({pointer, "is somebody who is named before: each person once"});
      people_.push_back({identity.subject, in_.people_->identities.Of(identity.subject)});
    }
    return wrong;
  }

  bool IsTwice() const {
    const std::vector<Subject> sorted = Sorted();
    return std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end();
  }
  std::vector<Subject> Subjects() const {
    std::vector<Subject> subjects;
    for (const DeskPerson& person : people_) subjects.push_back(person.subject);
    return subjects;
  }
  std::vector<Subject> Sorted() const {
    std::vector<Subject> subjects = Subjects();
    std::sort(subjects.begin(), subjects.end());
    return subjects;
  }

  // Whether somebody of them has a reservation; the answer then.
  std::optional<PartyAnswer> Existing() {
    std::vector<ledger::SeatView> seats;
    bool ours = !request_.idempotency_key.empty();
    bool same = true;
    for (const DeskPerson& person : people_) {
      const auto seat = in_.LiveOf(act_, person.subject, now_);
      if (!seat) continue;
      ours = ours && Names::SameKey(seat->idempotency, idempotency_) &&
             in_.people_->identities.TimesRekeyed(seat->origin) == 0;
      same = same && seat->idempotency == idempotency_ && seat->agenda == agenda_.id;
      seats.push_back(*seat);
    }
    if (seats.empty()) return std::nullopt;
    if (ours && !same) return About(DeskRefusal(Outcome::kIdempotencyMismatch, agenda_));
    // Somebody has given theirs up: who asked may know that, since it was theirs to give.
    if (!ours || seats.size() < people_.size())
      return About(desk_.Tell(Outcome::kAlreadyReserved, people_));
    return Show(seats, /*existed=*/true);
  }

  PartyAnswer Show(std::span<const ledger::SeatView> seats, bool existed) {
    PartyAnswer answer;
    answer.about.agenda = &agenda_;
    answer.about.existed = existed;
    answer.count = seats.size();
    for (size_t i = 0; i < seats.size(); ++i)
      answer.reservations[i] = in_.Describe(seats[i], in_.HandleOf(seats[i]));
    return answer;
  }

  PartyAnswer Book() {
    const auto count = static_cast<uint32_t>(people_.size());
    desk_.Attribute();
    HelperTurn turn(in_.people_->desk, agenda_, actor_, now_);
    if (const auto until = turn.CappedUntil(count)) return About(desk_.Capped(*until));
    turn.Count(act_, count);
    const std::vector<Subject> subjects = Subjects();
    const ledger::PartyResult result =
        TakeSeats(in_, act_,
                  {&agenda_, request_.channel, request_.slot, subjects, idempotency_,
                   ledger::SeatState::kConfirmed},
                  now_);
    if (result.outcome == Outcome::kOk) {
      const std::span<const ledger::SeatView> seats(result.seats.data(), people_.size());
      for (const ledger::SeatView& seat : seats) desk_.Note(turn, seat);
      return Show(seats, /*existed=*/false);
    }
    turn.TakeBack(act_, count);
    if (result.outcome == Outcome::kAlreadyReserved) {
      if (auto existing = Existing()) return *std::move(existing);
      return About(desk_.Tell(Outcome::kAlreadyReserved, people_));
    }
    return About(desk_.NoSeat(result.outcome, request_.slot, count));
  }

  Engine::Impl& in_;
  Act& act_;
  const DeskFamilyRequest& request_;
  const Actor& actor_;
  const AgendaInfo& agenda_;
  const Instant now_;
  DeskAct desk_;
  std::vector<DeskPerson> people_;
  uint64_t idempotency_ = 0;
};

}  // namespace

PartyAnswer BookFamilyAtDesk(Engine& engine, Act& act, const DeskFamilyRequest& request,
                             const Actor& actor, Instant now) {
  Engine::Impl& in = engine.inside();
  const AgendaInfo* const agenda = in.registry_.Find(request.agenda);
  PartyAnswer answer;
  answer.about.outcome = Outcome::kUnknownAgenda;
  if (agenda != nullptr) answer = FamilyAtDesk(in, act, request, actor, *agenda, now).Do();
  ReservationAnswer& about = answer.about;
  in.refusals_.Count(about.agenda, about.outcome);
  if (about.outcome != Outcome::kOk && answer.of_the_first && !request.applicants.empty())
    about.attempt = in.AttemptAt(about.agenda, request.applicants.front(), about.outcome, now,
                                 {.channel = request.channel, .seats = request.applicants.size()});
  return answer;
}

std::string LetterForFamily(std::span<const Reservation> reservations, Channel asked) {
  std::string letters;
  for (const Reservation& reservation : reservations)
    absl::StrAppend(&letters, letters.empty() ? "" : "\f", LetterFor(reservation, asked));
  return letters;
}

}  // namespace creneau::booking
