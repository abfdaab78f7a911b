// What the log says of waitlists, and of days that an office closes: plain values, and their
// records (proto/creneau/v1/event.proto). Each tells its state whole, so that reading one twice, or
// an earlier one again before the later, changes nothing. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/instant.h"

namespace creneau::codec {

enum class PlaceState : uint8_t {
  kWaiting = 0,
  kOffered = 1,  // a seat is kept for them
  kServed = 2,   // they have one, by an offer or otherwise
  kLeft = 3,     // by themselves
  kLapsed = 4,   // as many offers as a place gets were not taken
};
std::string_view PlaceStateName(PlaceState state);  // "waiting"
constexpr bool IsEnded(PlaceState state) {
  return state != PlaceState::kWaiting && state != PlaceState::kOffered;
}

struct WaitlistPlace {
  uint64_t number = 0;  // what it is called (booking/names.h)
  AgendaId agenda;
  Subject subject;
  Channel channel = Channel::kWeb;
  // The order: by the day on which it was taken, at the office, then as drawn within that day.
  int32_t day = 0;
  uint64_t rank = 0;
  uint64_t idempotency = 0;
  Instant joined_at;
  PlaceState state = PlaceState::kWaiting;
  Instant since;        // of that state
  uint32_t offers = 0;  // by now
  SeatRef offer;        // the latest of them
  friend bool operator==(const WaitlistPlace&, const WaitlistPlace&) = default;
};

// No slot of the agenda on that day is given out; or, where it is not closed, it was.
struct DayClosed {
  AgendaId agenda;
  int32_t day = 0;  // at the office: days since 1970-01-01
  bool closed = true;
  Instant at;
  friend bool operator==(const DayClosed&, const DayClosed&) = default;
};

// Both fit into CommitPool::Node::kRecordBytes.
std::string EncodePlace(const WaitlistPlace& place);
std::string EncodeClosed(const DayClosed& closed);

}  // namespace creneau::codec
