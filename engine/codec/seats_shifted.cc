#include "codec/seats_shifted.h"

#include "absl/strings/str_format.h"
#include "base/check.h"
#include "base/limits.h"
#include "codec/describe.h"
#include "codec/seats_shifted_proto.h"

namespace creneau::codec {

std::string_view ShiftCauseName(ShiftCause cause) {
  switch (cause) {
    case ShiftCause::kFlow:
      return "flow";
    case ShiftCause::kByHand:
      return "by-hand";
    case ShiftCause::kCourt:
      return "court";
  }
  CHECK(false);
}

std::string EncodeShift(const SeatsShifted& shifted) {
  v1::Event message;
  v1::SeatsShifted& out = *message.mutable_seats_shifted();
  out.set_agenda(shifted.agenda.value);
  out.set_version(shifted.version);
  out.set_cause(static_cast<uint32_t>(shifted.cause));
  out.set_at(shifted.at.ms);
  for (const SeatsShifted::Moved& moved : shifted.moved) {
    v1::SeatsShifted::Moved& one = *out.add_moved();
    if (moved.from) one.set_from(static_cast<uint32_t>(*moved.from));
    one.set_to(static_cast<uint32_t>(moved.to));
    one.set_seats(moved.seats);
    one.set_slots(moved.slots);
    one.set_ever(moved.ever);
  }
  return message.SerializeAsString();
}

absl::StatusOr<SeatsShifted> FromProto(const v1::SeatsShifted& in) {
  if (in.agenda() >= limits::kMaxAgendas || in.cause() < static_cast<uint32_t>(ShiftCause::kFlow) ||
      in.cause() > static_cast<uint32_t>(ShiftCause::kCourt))
    return absl::DataLossError("seats that were shifted nobody knows why");
  SeatsShifted out{AgendaId{in.agenda()},
                   in.version(),
                   static_cast<ShiftCause>(in.cause()),
                   Instant{in.at()},
                   {}};
  for (const v1::SeatsShifted::Moved& one : in.moved()) {
    if (one.to() >= kChannels ||
        (one.has_from() && (one.from() >= kChannels || one.from() == one.to())))
      return absl::DataLossError("seats that were shifted between channels that are none");
    SeatsShifted::Moved moved;
    if (one.has_from()) moved.from = static_cast<Channel>(one.from());
    moved.to = static_cast<Channel>(one.to());
    moved.seats = one.seats();
    moved.slots = one.slots();
    moved.ever = one.ever();
    out.moved.push_back(moved);
  }
  return out;
}

std::string Describe(const SeatsShifted& shifted, bool json) {
  std::string all;
  for (const SeatsShifted::Moved& moved : shifted.moved) {
    const std::string from(moved.from ? ChannelName(*moved.from) : "none");
    const std::string to(ChannelName(moved.to));
    if (!all.empty()) all += json ? "," : "; ";
    all += json ? absl::StrFormat(R"({"from":"%s","to":"%s","seats":%d,"slots":%d,"ever":%d})",
                                  from, to, moved.seats, moved.slots, moved.ever)
                : absl::StrFormat("%d seats of %d slots from %s to %s, %d ever", moved.seats,
                                  moved.slots, from, to, moved.ever);
  }
  const std::string cause(ShiftCauseName(shifted.cause));
  if (json) {
    return absl::StrFormat(
        R"({"event":"seats-shifted","agenda":%d,"version":%d,"cause":"%s","at":"%s","moved":[%s]})",
        shifted.agenda.value, shifted.version, cause, Utc(shifted.at), all);
  }
  return absl::StrFormat("agenda %d, with version %d (%s): %s", shifted.agenda.value,
                         shifted.version, cause, all.empty() ? "no seats" : all);
}

}  // namespace creneau::codec
