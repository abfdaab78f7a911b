#include "codec/identity_acts.h"

#include "base/check.h"
#include "codec/identity_acts_proto.h"

namespace creneau::codec {
namespace {

template <typename Message>
void PutSeat(const SeatRef& seat, Message& out) {
  out.set_seat(seat.seat.value);
  out.set_generation(seat.generation.value);
}

template <typename Message>
SeatRef SeatOf(const Message& in) {
  return SeatRef{SeatId{in.seat()}, Generation{in.generation()}};
}

}  // namespace

std::string EncodeLinks(const SubjectsLinked& linked) {
  v1::Event message;
  v1::SubjectsLinked& out = *message.mutable_subjects_linked();
  out.set_agenda(linked.agenda.value);
  out.set_at(linked.at.ms);
  for (const SubjectLink& link : linked.links) {
    v1::SubjectsLinked::Link& to = *out.add_links();
    to.set_derived_lo(link.derived.lo);
    to.set_derived_hi(link.derived.hi);
    to.set_subject_lo(link.subject.lo);
    to.set_subject_hi(link.subject.hi);
  }
  return message.SerializeAsString();
}

std::string EncodeRekeyed(const Rekeyed& rekeyed) {
  v1::Event message;
  v1::Rekeyed& out = *message.mutable_rekeyed();
  PutSeat(rekeyed.origin, out);
  out.set_times(rekeyed.times);
  return message.SerializeAsString();
}

std::string EncodeProposed(const ActProposed& proposed) {
  v1::Event message;
  v1::ActProposed& out = *message.mutable_act_proposed();
  out.set_act(proposed.act);
  out.set_what(static_cast<uint32_t>(proposed.kind));
  out.set_agenda(proposed.agenda.value);
  PutSeat(proposed.origin, out);
  out.set_right_lo(proposed.right.lo);
  out.set_right_hi(proposed.right.hi);
  out.set_booked_lo(proposed.booked.lo);
  out.set_booked_hi(proposed.booked.hi);
  out.set_reason(proposed.reason);
  out.set_person(proposed.person);
  out.set_at(proposed.at.ms);
  return message.SerializeAsString();
}

std::string EncodeSettled(const ActSettled& settled) {
  v1::Event message;
  v1::ActSettled& out = *message.mutable_act_settled();
  out.set_act(settled.act);
  out.set_person(settled.person);
  out.set_at(settled.at.ms);
  out.set_withdrawn(settled.withdrawn);
  out.set_times(settled.times);
  return message.SerializeAsString();
}

std::string EncodeNotice(const HolderNotice& notice) {
  v1::Event message;
  v1::HolderNotice& out = *message.mutable_holder_notice();
  out.set_what(static_cast<uint32_t>(notice.kind));
  out.set_agenda(notice.agenda.value);
  PutSeat(notice.origin, out);
  out.set_at(notice.at.ms);
  return message.SerializeAsString();
}

std::string_view ActKindName(ActKind kind) {
  switch (kind) {
    case ActKind::kCorrection:
      return "correction";
    case ActKind::kRepair:
      return "repair";
    case ActKind::kLink:
      return "link";
  }
  CHECK(false);
}

std::string_view NoticeKindName(NoticeKind kind) {
  switch (kind) {
    case NoticeKind::kRecovery:
      return "recovery";
    case NoticeKind::kAskedAgain:
      return "asked-again";
    case NoticeKind::kSlotClosed:
      return "slot-closed";
  }
  CHECK(false);
}

absl::StatusOr<SubjectsLinked> FromProto(const v1::SubjectsLinked& in) {
  SubjectsLinked out{AgendaId{in.agenda()}, Instant{in.at()}, {}};
  for (const v1::SubjectsLinked::Link& link : in.links()) {
    out.links.push_back({Subject{link.derived_lo(), link.derived_hi()},
                         Subject{link.subject_lo(), link.subject_hi()}});
    if (out.links.back().derived == Subject{} || out.links.back().subject == Subject{})
      return absl::DataLossError("a link of nobody");
  }
  return out;
}

absl::StatusOr<Rekeyed> FromProto(const v1::Rekeyed& in) { return Rekeyed{SeatOf(in), in.times()}; }

absl::StatusOr<ActProposed> FromProto(const v1::ActProposed& in) {
  if (in.what() < static_cast<uint32_t>(ActKind::kCorrection) ||
      in.what() > static_cast<uint32_t>(ActKind::kLink))
    return absl::DataLossError("a proposal of an unknown kind");
  return ActProposed{in.act(),
                     static_cast<ActKind>(in.what()),
                     AgendaId{in.agenda()},
                     SeatOf(in),
                     Subject{in.right_lo(), in.right_hi()},
                     Subject{in.booked_lo(), in.booked_hi()},
                     in.reason(),
                     in.person(),
                     Instant{in.at()}};
}

absl::StatusOr<ActSettled> FromProto(const v1::ActSettled& in) {
  return ActSettled{in.act(), in.person(), Instant{in.at()}, in.withdrawn(), in.times()};
}

absl::StatusOr<HolderNotice> FromProto(const v1::HolderNotice& in) {
  if (in.what() < static_cast<uint32_t>(NoticeKind::kRecovery) ||
      in.what() > static_cast<uint32_t>(NoticeKind::kSlotClosed))
    return absl::DataLossError("a notice of an unknown kind");
  return HolderNotice{static_cast<NoticeKind>(in.what()), AgendaId{in.agenda()}, SeatOf(in),
                      Instant{in.at()}};
}

}  // namespace creneau::codec
