#include "booking/mandates.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/limits_shares.h"
#include "booking/engine_impl.h"
#include "booking/mandate_seal.h"
#include "booking/mandate_view.h"
#include "booking/shift.h"
#include "rules/identity.h"
#include "rules/opening.h"

namespace creneau::booking {
namespace {

using codec::Mandate;
using codec::MandateSeat;
using codec::MandateState;
using Lock = MandateTable::Turn;

constexpr std::string_view kEnter = "enter-mandate";
constexpr std::string_view kApprove = "approve-mandate";
constexpr std::string_view kWithdraw = "withdraw-mandate";
constexpr int64_t kSecondsPerDay = 24 * 60 * 60;
// Tells an approval's own reservation from others of the same person.
constexpr uint64_t kBodyHash = 1;

Instant EndOf(const AgendaInfo& agenda, int32_t day) {
  const int64_t local_s = (int64_t{day} + 1) * kSecondsPerDay;
  return Instant{agenda.zone.MomentOf(local_s) * kMsPerSecond - 1};
}

MandateAnswer Refused(Outcome outcome, const AgendaInfo* agenda = nullptr) {
  MandateAnswer answer;
  answer.outcome = outcome;
  answer.agenda = agenda;
  return answer;
}

std::vector<rules::IdentityProblem> ProblemsOf(const MandateRequest& request, int32_t today) {
  std::vector<rules::IdentityProblem> problems;
  const auto text = [&](const char* pointer, std::string_view value, size_t most) {
    if (!value.empty() && value.size() <= most) return;
    problems.push_back({pointer, absl::StrCat("a text of at most ", most, " octets is expected")});
  };
  text("/court", request.court, limits::kMandateCourtBytes);
  text("/decision", request.decision, limits::kMandateDecisionBytes);
  const int32_t date = DaysFromCivil(request.date);
  const int32_t deadline = DaysFromCivil(request.deadline);
  if (date > today)
    problems.push_back(
        {"/date", "must be the day of a decision that has been made: not after today"});
  if (deadline < date)
    problems.push_back({"/deadline", "must not be before the decision, which is of `date`"});
  if (deadline - today > limits::kCalendarDaysMax)
    problems.push_back({"/deadline", "is years ahead: correct the year"});
  if (request.penalty_eur < 0 || request.penalty_eur > limits::kMandatePenaltyMaxEur) {
    problems.push_back({"/penalty_eur", absl::StrCat("0 to ", limits::kMandatePenaltyMaxEur,
                                                     ": euros for each day after the deadline")});
  }
  return problems;
}

// The same again: its reply was lost.
bool IsRepeat(const Mandate& waiting, const MandateRequest& request, const Actor& actor) {
  return waiting.proposed_by == actor.person && waiting.court == request.court &&
         waiting.date == DaysFromCivil(request.date) &&
         waiting.deadline == DaysFromCivil(request.deadline) &&
         waiting.penalty_eur == static_cast<uint32_t>(request.penalty_eur);
}

// The second person's act, with the publishing lock, a Reading and the Turn.
class Approval {
 public:
  Approval(Engine::Impl& in, Act& act, const Lock& turn, const AgendaInfo& agenda, Mandate mandate,
           const Actor& actor, Instant now)
      : in_(in),
        act_(act),
        turn_(turn),
        agenda_(agenda),
        mandate_(std::move(mandate)),
        actor_(actor),
        now_(now),
        idempotency_(in.names_->IdempotencyOf(
            in.names_->NameOf(Names::Kind::kMandate, mandate_.number), kBodyHash)) {}

  MandateAnswer Do() {
    if (mandate_.state == MandateState::kGiven) return Repeat();
    // Another pepper's subject is nobody's.
    if (mandate_.state != MandateState::kProposed ||
        mandate_.epoch != in_.people_->peppers.Of(agenda_.rules.group))
      return Refused(Outcome::kActSettled, &agenda_);
    const Subject subject = in_.people_->identities.Of(mandate_.subject);
    if (const auto existing = in_.LiveOf(act_, subject, now_)) {
      // A crash came between the seat and what the log says of the mandate.
      if (existing->idempotency != idempotency_) return Reserved();
      const bool court = existing->word.channel() == Channel::kCourt;
      return Settle(*existing, court ? MandateSeat::kShare : MandateSeat::kCounted);
    }
    if (in_.LogRoom() != Room::kPlenty) return Refused(Outcome::kReadOnly, &agenda_);
    in_.Attribute(act_, actor_, kApprove, agenda_, std::nullopt, "", now_);
    Seek(subject);
    if (result_.outcome == Outcome::kAlreadyReserved) return Reserved();
    if (result_.outcome != Outcome::kOk) return Refused(result_.outcome, &agenda_);
    return Settle(result_.seat, seat_);
  }

 private:
  MandateAnswer Reserved() { return Refused(Outcome::kAlreadyReserved, &agenda_); }

  // What was approved is shown again to whoever did it, until its holder has got another key.
  MandateAnswer Repeat() {
    const auto seat = in_.LiveByName(act_, in_.names_->NameOf(mandate_.origin).view(), now_);
    if (mandate_.settled_by != actor_.person || !seat ||
        in_.people_->identities.TimesRekeyed(mandate_.origin) != 0)
      return Refused(Outcome::kActSettled, &agenda_);
    if (in_.LogRoom() != Room::kPlenty) return Refused(Outcome::kReadOnly, &agenda_);
    in_.Attribute(act_, actor_, kApprove, agenda_, mandate_.origin, "", now_);
    return Answer(*seat, /*existed=*/true);
  }

  MandateAnswer Answer(const ledger::SeatView& seat, bool existed) {
    MandateAnswer answer;
    answer.agenda = in_.registry_.Find(agenda_.id);
    answer.existed = existed;
    answer.mandate = ViewOf(in_, mandate_, actor_, now_);
    answer.reservation = in_.Describe(seat, in_.HandleOf(seat));
    return answer;
  }

  MandateAnswer Settle(const ledger::SeatView& seat, MandateSeat from) {
    const MandateTable::Shares shares = in_.people_->mandates.Of(agenda_.id);
    mandate_.state = MandateState::kGiven;
    mandate_.settled_by = std::string(actor_.person);
    mandate_.settled_at = now_;
    mandate_.origin = seat.origin;
    mandate_.seat = from;
    mandate_.given = shares.given + 1;
    mandate_.added = shares.added + (from == MandateSeat::kAdded ? 1 : 0);
    mandate_.counted = shares.counted + (from == MandateSeat::kCounted ? 1 : 0);
    PutMandate(in_, turn_, mandate_, act_);
    return Answer(seat, /*existed=*/false);
  }

  void Hold(const Subject& subject, Channel channel, std::optional<LocalMinute> slot) {
    ledger::HoldArgs args;
    args.agenda = agenda_.id;
    args.channel = channel;
    args.slot = slot;
    args.earliest = earliest_;
    args.latest = latest_;
    args.subject = subject;
    args.idempotency = idempotency_;
    args.into = ledger::SeatState::kConfirmed;
    args.random = in_.names_->Random(subject, now_.ms, 2);
    result_ = in_.ledger_.Hold(args, act_);
  }

  bool IsTaken() const {
    return result_.outcome == Outcome::kNothingLeft || result_.outcome == Outcome::kSlotTaken;
  }

  // The court's share, then what the agenda says.
  void Seek(const Subject& subject) {
    earliest_ = rules::BookableAt(agenda_.rules, agenda_.zone, now_).earliest_start;
    latest_ = EndOf(agenda_, mandate_.deadline);
    if (latest_ < earliest_)
      latest_ = EndOf(agenda_, DayAt(agenda_, earliest_) + limits::kMandateLateDays);
    seat_ = MandateSeat::kShare;
    Hold(subject, Channel::kCourt, std::nullopt);
    if (!IsTaken()) return;
    switch (agenda_.rules.court_overflow) {
      case rules::CourtOverflow::kAdd:
        return AddSeat(subject);
      case rules::CourtOverflow::kCount:
        return CountSeat(subject);
    }
  }

  void AddSeat(const Subject& subject) {
    seat_ = MandateSeat::kAdded;
    Act own(in_.publisher_pool_, *in_.log_);
    BlockingWait wait;
    for (const auto& slot : in_.ledger_.Slots(agenda_.id, earliest_, latest_, SIZE_MAX)) {
      int seats = std::accumulate(slot.seats.begin(), slot.seats.end(), 0);
      // More than one where what is added is a seat that somebody has: one that was to go once its
      // holder leaves, and now stays.
      for (; seats < static_cast<int>(limits::kSeatsPerSlot); ++seats) {
        own.Begin();
        // A slot may have no room although it has few seats: others are on their way out.
        if (!AddCourtSeat(in_, *in_.registry_.Find(agenda_.id), slot.start, now_, own,
                          [&] { return wait.Finish(own); }))
          break;
        Hold(subject, Channel::kCourt, slot.start);
        if (!IsTaken()) return;
      }
    }
    result_.outcome = Outcome::kNothingLeft;
  }

  void CountSeat(const Subject& subject) {
    seat_ = MandateSeat::kCounted;
    std::array<uint32_t, kChannels> free{};
    for (const auto& slot : in_.ledger_.Slots(agenda_.id, earliest_, latest_, SIZE_MAX)) {
      for (size_t c = 0; c < kChannels; ++c) free[c] += slot.free[c];
    }
    const auto most = std::max_element(free.begin(), free.end());
    if (*most > 0) Hold(subject, static_cast<Channel>(most - free.begin()), std::nullopt);
  }

  Engine::Impl& in_;
  Act& act_;
  const Lock& turn_;
  const AgendaInfo& agenda_;
  Mandate mandate_;
  const Actor& actor_;
  const Instant now_;
  const uint64_t idempotency_;
  Instant earliest_;
  Instant latest_;
  ledger::Result result_;
  MandateSeat seat_ = MandateSeat::kNone;
};

// That of the name, if it is of an agenda of the actor's.
std::optional<Mandate> Named(Engine::Impl& in, const Lock& turn, std::string_view name,
                             const Actor& actor) {
  const std::optional<uint64_t> number = in.names_->Parse(Names::Kind::kMandate, name);
  if (!number) return std::nullopt;
  std::optional<Mandate> mandate = in.people_->mandates.Find(turn, *number);
  if (mandate && !Covers(actor, in.registry_.Find(mandate->agenda)->rules.name)) mandate.reset();
  return mandate;
}

}  // namespace

MandateAnswer EnterMandate(Engine& engine, Act& act, const MandateRequest& request,
                           const Actor& actor, Instant now) {
  Engine::Impl& in = engine.inside();
  const std::lock_guard publishing(in.publishing_);
  const AgendaInfo* const agenda = in.registry_.Find(request.agenda);
  if (agenda == nullptr || !Covers(actor, request.agenda)) return Refused(Outcome::kUnknownAgenda);
  MandateAnswer answer;
  answer.agenda = agenda;
  const Identities::Reading reading = in.people_->identities.Read();
  const KeyedHash& pepper = in.peppers_.Of(agenda->id);
  rules::Identity identity = rules::Identify(agenda->rules, request.applicant, pepper, now);
  answer.problems = ProblemsOf(request, DayAt(*agenda, now));
  std::move(identity.problems.begin(), identity.problems.end(),
            std::back_inserter(answer.problems));
  MandateTable& table = in.people_->mandates;
  const Lock turn = table.Begin();
  std::optional<Mandate> waiting;
  if (answer.problems.empty()) waiting = table.WaitingOf(turn, agenda->id, identity.subject);
  answer.existed = waiting && IsRepeat(*waiting, request, actor);
  if (waiting && !answer.existed) {
    answer.problems.push_back({"/applicant",
                               "has a mandate that waits in this agenda: have it approved, or "
                               "withdraw it first"});
  }
  if (!answer.problems.empty()) {
    answer.outcome = Outcome::kValidationFailed;
    return answer;
  }
  if (!answer.existed) {
    if (in.LogRoom() != Room::kPlenty) return Refused(Outcome::kReadOnly, agenda);
    if (!table.HasRoom(turn)) return Refused(Outcome::kOverloaded, agenda);
    Mandate mandate;
    mandate.number = in.names_->NextNumber(table.last_number(turn));
    mandate.agenda = agenda->id;
    mandate.subject = identity.subject;
    mandate.court = std::string(request.court);
    mandate.decision = SealDecision(pepper, mandate.number, request.decision, in.entropy_);
    mandate.epoch = in.people_->peppers.Of(agenda->rules.group);
    mandate.date = DaysFromCivil(request.date);
    mandate.deadline = DaysFromCivil(request.deadline);
    mandate.penalty_eur = static_cast<uint32_t>(request.penalty_eur);
    mandate.proposed_by = std::string(actor.person);
    mandate.proposed_at = now;
    in.Attribute(act, actor, kEnter, *agenda, std::nullopt, "", now);
    PutMandate(in, turn, mandate, act);
    waiting = std::move(mandate);
  }
  answer.mandate = ViewOf(in, *waiting, actor, now);
  return answer;
}

MandateAnswer ApproveMandate(Engine& engine, Act& act, std::string_view name, const Actor& actor,
                             Instant now) {
  Engine::Impl& in = engine.inside();
  const std::lock_guard publishing(in.publishing_);
  const Identities::Reading reading = in.people_->identities.Read();
  const Lock turn = in.people_->mandates.Begin();
  const std::optional<Mandate> mandate = Named(in, turn, name, actor);
  if (!mandate) return Refused(Outcome::kUnknownMandate);
  const AgendaInfo& agenda = *in.registry_.Find(mandate->agenda);
  // Persons are compared, not keys: whoever has two is one. A site is nobody here.
  if (!IsPerson(actor) || mandate->proposed_by == actor.person)
    return Refused(Outcome::kSecondPersonNeeded, &agenda);
  return Approval(in, act, turn, agenda, *mandate, actor, now).Do();
}

MandateAnswer WithdrawMandate(Engine& engine, Act& act, std::string_view name, const Actor& actor,
                              Instant now) {
  Engine::Impl& in = engine.inside();
  const std::lock_guard publishing(in.publishing_);
  const Lock turn = in.people_->mandates.Begin();
  std::optional<Mandate> mandate = Named(in, turn, name, actor);
  if (!mandate) return Refused(Outcome::kUnknownMandate);
  MandateAnswer answer;
  answer.agenda = in.registry_.Find(mandate->agenda);
  if (mandate->state == MandateState::kGiven)
    return Refused(Outcome::kActSettled, answer.agenda);  // its holder gives the seat up
  answer.existed = mandate->state == MandateState::kWithdrawn;
  if (!answer.existed) {
    if (in.LogRoom() != Room::kPlenty) return Refused(Outcome::kReadOnly, answer.agenda);
    mandate->state = MandateState::kWithdrawn;
    mandate->settled_by = std::string(actor.person);
    mandate->settled_at = now;
    in.Attribute(act, actor, kWithdraw, *answer.agenda, std::nullopt, "", now);
    PutMandate(in, turn, *mandate, act);
  }
  answer.mandate = ViewOf(in, *mandate, actor, now);
  return answer;
}

}  // namespace creneau::booking
