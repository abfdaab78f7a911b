#include "codec/waitlist.h"

#include "base/check.h"
#include "base/limits.h"
#include "codec/day.h"
#include "codec/waitlist_proto.h"

namespace creneau::codec {

std::string_view PlaceStateName(PlaceState state) {
  switch (state) {
    case PlaceState::kWaiting:
      return "waiting";
    case PlaceState::kOffered:
      return "offered";
    case PlaceState::kServed:
      return "served";
    case PlaceState::kLeft:
      return "left";
    case PlaceState::kLapsed:
      return "lapsed";
  }
  CHECK(false);
}

std::string EncodePlace(const WaitlistPlace& place) {
  v1::Event message;
  v1::WaitlistPlace& out = *message.mutable_waitlist_place();
  out.set_number(place.number);
  out.set_agenda(place.agenda.value);
  out.set_subject_lo(place.subject.lo);
  out.set_subject_hi(place.subject.hi);
  out.set_channel(static_cast<uint32_t>(place.channel));
  out.set_day(place.day);
  out.set_rank(place.rank);
  out.set_idempotency(place.idempotency);
  out.set_joined_at(place.joined_at.ms);
  out.set_state(static_cast<uint32_t>(place.state));
  out.set_since(place.since.ms);
  out.set_offers(place.offers);
  out.set_seat(place.offer.seat.value);
  out.set_generation(place.offer.generation.value);
  return message.SerializeAsString();
}

std::string EncodeClosed(const DayClosed& closed) {
  v1::Event message;
  v1::DayClosed& out = *message.mutable_day_closed();
  out.set_agenda(closed.agenda.value);
  out.set_day(closed.day);
  out.set_closed(closed.closed);
  out.set_at(closed.at.ms);
  return message.SerializeAsString();
}

absl::StatusOr<WaitlistPlace> FromProto(const v1::WaitlistPlace& in) {
  if (in.agenda() >= limits::kMaxAgendas || in.channel() >= kChannels || in.number() == 0 ||
      in.state() > static_cast<uint32_t>(PlaceState::kLapsed) || !IsDay(in.day()) ||
      in.seat() >= limits::kMaxSeats || in.generation() > limits::kMaxGeneration)
    return absl::DataLossError("a place in a waitlist that none can have");
  WaitlistPlace out;
  out.number = in.number();
  out.agenda = AgendaId{in.agenda()};
  out.subject = Subject{in.subject_lo(), in.subject_hi()};
  out.channel = static_cast<Channel>(in.channel());
  out.day = in.day();
  out.rank = in.rank();
  out.idempotency = in.idempotency();
  out.joined_at = Instant{in.joined_at()};
  out.state = static_cast<PlaceState>(in.state());
  out.since = Instant{in.since()};
  out.offers = in.offers();
  out.offer = SeatRef{SeatId{in.seat()}, Generation{in.generation()}};
  if (out.subject == Subject{})
    return absl::DataLossError("a place in a waitlist that is nobody's");
  return out;
}

absl::StatusOr<DayClosed> FromProto(const v1::DayClosed& in) {
  if (in.agenda() >= limits::kMaxAgendas || !IsSaidDay(in.day()))
    return absl::DataLossError("a day that an agenda closed which there cannot be");
  return DayClosed{AgendaId{in.agenda()}, in.day(), in.closed(), Instant{in.at()}};
}

}  // namespace creneau::codec
