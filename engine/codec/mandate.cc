#include "codec/mandate.h"

#include "absl/strings/str_format.h"
#include "base/check.h"
#include "base/limits.h"
#include "base/text.h"
#include "codec/describe.h"
#include "codec/mandate_proto.h"

namespace creneau::codec {

std::string_view MandateStateName(MandateState state) {
  switch (state) {
    case MandateState::kProposed:
      return "proposed";
    case MandateState::kGiven:
      return "given";
    case MandateState::kWithdrawn:
      return "withdrawn";
    case MandateState::kVoid:
      return "void";
  }
  CHECK(false);
}

std::string_view MandateSeatName(MandateSeat seat) {
  switch (seat) {
    case MandateSeat::kNone:
      return "none";
    case MandateSeat::kShare:
      return "share";
    case MandateSeat::kAdded:
      return "added";
    case MandateSeat::kCounted:
      return "court-overflow";
  }
  CHECK(false);
}

std::string EncodeMandate(const Mandate& mandate) {
  v1::Event message;
  v1::MandateChanged& out = *message.mutable_mandate_changed();
  out.set_number(mandate.number);
  out.set_agenda(mandate.agenda.value);
  out.set_state(static_cast<uint32_t>(mandate.state));
  out.set_subject_lo(mandate.subject.lo);
  out.set_subject_hi(mandate.subject.hi);
  out.set_court(mandate.court);
  out.set_decision(mandate.decision);
  out.set_epoch(mandate.epoch);
  out.set_date(mandate.date);
  out.set_deadline(mandate.deadline);
  out.set_penalty_eur(mandate.penalty_eur);
  out.set_proposed_by(mandate.proposed_by);
  out.set_proposed_at(mandate.proposed_at.ms);
  out.set_settled_by(mandate.settled_by);
  out.set_settled_at(mandate.settled_at.ms);
  out.set_seat(mandate.origin.seat.value);
  out.set_generation(mandate.origin.generation.value);
  out.set_from(static_cast<uint32_t>(mandate.seat));
  out.set_told(mandate.told);
  out.set_given(mandate.given);
  out.set_added(mandate.added);
  out.set_counted(mandate.counted);
  return message.SerializeAsString();
}

absl::StatusOr<Mandate> FromProto(const v1::MandateChanged& in) {
  if (in.agenda() >= limits::kMaxAgendas ||
      in.state() < static_cast<uint32_t>(MandateState::kProposed) ||
      in.state() > static_cast<uint32_t>(MandateState::kVoid) ||
      in.from() > static_cast<uint32_t>(MandateSeat::kCounted))
    return absl::DataLossError("a mandate in a state that is none");
  if (in.epoch() == 0 || in.epoch() > limits::kPepperEpochs)
    return absl::DataLossError("a mandate of a pepper that is none");
  Mandate out;
  out.number = in.number();
  out.agenda = AgendaId{in.agenda()};
  out.state = static_cast<MandateState>(in.state());
  out.subject = Subject{in.subject_lo(), in.subject_hi()};
  out.court = in.court();
  out.decision = in.decision();
  out.epoch = in.epoch();
  out.date = in.date();
  out.deadline = in.deadline();
  out.penalty_eur = in.penalty_eur();
  out.proposed_by = in.proposed_by();
  out.proposed_at = Instant{in.proposed_at()};
  out.settled_by = in.settled_by();
  out.settled_at = Instant{in.settled_at()};
  out.origin = SeatRef{SeatId{in.seat()}, Generation{in.generation()}};
  out.seat = static_cast<MandateSeat>(in.from());
  out.told = in.told();
  out.given = in.given();
  out.added = in.added();
  out.counted = in.counted();
  return out;
}

namespace {

// Of a log that somebody else may have written: a day that no calendar has is told as a number.
std::string Day(int32_t day) {
  constexpr int32_t kLast = 2'932'896;  // 9999-12-31
  return day >= 0 && day <= kLast ? FormatDate(CivilFromDays(day)) : absl::StrFormat("day %d", day);
}

}  // namespace

std::string Describe(const Mandate& mandate, bool json) {
  const std::string state(MandateStateName(mandate.state));
  const std::string seat(MandateSeatName(mandate.seat));
  if (json) {
    return absl::StrFormat(
        R"({"event":"mandate","number":"%d","agenda":%d,"state":"%s","subject":"%016x%016x","court":"%s","date":"%s","deadline":"%s","penalty_eur":%d,"proposed_by":"%s","proposed_at":"%s","settled_by":"%s","settled_at":"%s","origin":{"seat":%d,"generation":%d},"seat":"%s","told":%s,"given":%d,"added":%d,"counted":%d})",
        mandate.number, mandate.agenda.value, state, mandate.subject.hi, mandate.subject.lo,
        Quotable(mandate.court), Day(mandate.date), Day(mandate.deadline), mandate.penalty_eur,
        Quotable(mandate.proposed_by), Utc(mandate.proposed_at), Quotable(mandate.settled_by),
        Utc(mandate.settled_at), mandate.origin.seat.value, mandate.origin.generation.value, seat,
        mandate.told ? "true" : "false", mandate.given, mandate.added, mandate.counted);
  }
  std::string out = absl::StrFormat(
      "mandate %d of agenda %d (%s, %s, deadline %s, %d EUR a day): %s, proposed by %s",
      mandate.number, mandate.agenda.value, Printable(mandate.court), Day(mandate.date),
      Day(mandate.deadline), mandate.penalty_eur, state, Printable(mandate.proposed_by));
  if (!mandate.settled_by.empty())
    absl::StrAppendFormat(&out, ", settled by %s", Printable(mandate.settled_by));
  if (mandate.state == MandateState::kGiven) {
    absl::StrAppendFormat(&out, ", seat %d generation %d (%s)", mandate.origin.seat.value,
                          mandate.origin.generation.value, seat);
  }
  if (mandate.told && mandate.state == MandateState::kProposed) out += ", due";
  return out;
}

}  // namespace creneau::codec
