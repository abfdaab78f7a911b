#include "codec/desk.h"

#include "absl/strings/str_format.h"
#include "base/check.h"
#include "base/limits.h"
#include "codec/describe.h"
#include "codec/desk_proto.h"

namespace creneau::codec {

std::string EncodeHelperCount(const HelperCount& count) {
  CHECK(rules::IsPersonName(count.person));
  v1::Event message;
  v1::HelperCount& out = *message.mutable_helper_count();
  out.set_agenda(count.agenda.value);
  out.set_person(count.person);
  out.set_monday(rules::FirstDayOf(count.week));
  out.set_made(count.made);
  return message.SerializeAsString();
}

absl::StatusOr<HelperCount> FromProto(const v1::HelperCount& in) {
  HelperCount out{AgendaId{in.agenda()}, in.person(), rules::IsoWeekOf(in.monday()), in.made()};
  if (out.agenda.value >= limits::kMaxAgendas || !rules::IsPersonName(out.person) ||
      rules::FirstDayOf(out.week) != in.monday())
    return absl::DataLossError("a count of what nobody of the staff can have made");
  return out;
}

std::string EncodeDeskNote(const DeskNote& note) {
  v1::Event message;
  v1::DeskNote& out = *message.mutable_desk_note();
  out.set_agenda(note.agenda.value);
  out.set_channel(static_cast<uint32_t>(note.channel));
  out.set_at(note.at.ms);
  out.set_seat(note.origin.seat.value);
  out.set_generation(note.origin.generation.value);
  out.set_by_helper(note.by_helper);
  out.set_by_agents(note.by_agents);
  out.set_by_helpers(note.by_helpers);
  return message.SerializeAsString();
}

absl::StatusOr<DeskNote> FromProto(const v1::DeskNote& in) {
  if (in.agenda() >= limits::kMaxAgendas || in.channel() >= kChannels)
    return absl::DataLossError("a reservation by the staff in a channel that is none");
  return DeskNote{AgendaId{in.agenda()}, static_cast<Channel>(in.channel()),
                  Instant{in.at()},      SeatRef{SeatId{in.seat()}, Generation{in.generation()}},
                  in.by_helper(),        in.by_agents(),
                  in.by_helpers()};
}

std::string Describe(const HelperCount& count, bool json) {
  const std::string week = rules::FormatIsoWeek(count.week);
  return json ? absl::StrFormat(
                    R"({"event":"helper-count","agenda":%d,"person":"%s","week":"%s","made":%d})",
                    count.agenda.value, Quotable(count.person), week, count.made)
              : absl::StrFormat("helper %s has made %d reservations of agenda %d in %s",
                                Printable(count.person), count.made, count.agenda.value, week);
}

std::string Describe(const DeskNote& note, bool json) {
  const std::string channel(ChannelName(note.channel));
  if (json) {
    return absl::StrFormat(
        R"({"event":"desk-note","agenda":%d,"channel":"%s","at":"%s","seat":%d,"generation":%d,"by_helper":%s,"by_agents":%d,"by_helpers":%d})",
        note.agenda.value, channel, Utc(note.at), note.origin.seat.value,
        note.origin.generation.value, note.by_helper ? "true" : "false", note.by_agents,
        note.by_helpers);
  }
  return absl::StrFormat(
      "seat %d generation %d was booked in %s by %s; in agenda %d, agents have booked %d there, "
      "and helpers %d",
      note.origin.seat.value, note.origin.generation.value, channel,
      note.by_helper ? "a helper" : "an agent", note.agenda.value, note.by_agents, note.by_helpers);
}

}  // namespace creneau::codec
