// Waitlists and closed days, for people and for programs.

#include "absl/strings/str_format.h"
#include "base/text.h"
#include "codec/describe.h"

namespace creneau::codec {

std::string Describe(const WaitlistPlace& place, bool json) {
  const std::string state(PlaceStateName(place.state));
  const std::string channel(ChannelName(place.channel));
  const std::string day = FormatDate(CivilFromDays(place.day));
  if (json) {
    return absl::StrFormat(
        R"({"event":"waitlist-place","number":%d,"agenda":%d,"subject":"%016x%016x","channel":"%s","day":"%s","rank":"%d","state":"%s","since":"%s","offers":%d,"offer":{"seat":%d,"generation":%d}})",
        place.number, place.agenda.value, place.subject.hi, place.subject.lo, channel, day,
        place.rank, state, Utc(place.since), place.offers, place.offer.seat.value,
        place.offer.generation.value);
  }
  std::string out = absl::StrFormat(
      "agenda %d: place %d in the waitlist (%s, since %s) of subject %s: %s", place.agenda.value,
      place.number, channel, day, SubjectTag(place.subject), state);
  if (place.state == PlaceState::kOffered) {
    absl::StrAppendFormat(&out, " seat %d generation %d", place.offer.seat.value,
                          place.offer.generation.value);
  }
  return out;
}

std::string Describe(const DayClosed& closed, bool json) {
  const std::string day = FormatDate(CivilFromDays(closed.day));
  if (json) {
    return absl::StrFormat(R"({"event":"day-closed","agenda":%d,"day":"%s","closed":%s,"at":"%s"})",
                           closed.agenda.value, day, closed.closed ? "true" : "false",
                           Utc(closed.at));
  }
  return absl::StrFormat("agenda %d: %s is %s", closed.agenda.value, day,
                         closed.closed ? "closed" : "no longer closed");
}

}  // namespace creneau::codec
