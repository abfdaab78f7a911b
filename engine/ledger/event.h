// What happened, as the ledger tells it: after-images, so that applying one twice changes nothing
// (design 3). The ledger knows neither protobuf nor the log; codec/ writes events down, booking/
// pushes them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/ids.h"
#include "base/limits.h"
#include "ledger/seat_word.h"

namespace creneau::ledger {

// One seat after a transition.
struct SeatImage {
  SeatId seat;
  SeatWord word;  // never pending
  Subject subject;
  uint64_t idempotency = 0;
};

// A transition of one seat, or a move: two seats in one record, decided by one CAS.
struct Event {
  Event() = default;
  explicit Event(const SeatImage& of) : seat(of) {}

  SeatImage seat;  // of a move: the seat moved to
  bool is_move = false;
  SeatImage from;  // of a move: the seat moved away from
  SeatRef origin;  // of a move: the seat and generation of the first hold, which the reservation's
                   // name stands for
};

// What a party got, in one record: the first is its leader's.
struct PartyHeld {
  std::array<SeatImage, limits::kPartyMax> seats;
  size_t count = 0;
};

class EventSink {
 public:
  virtual ~EventSink() = default;
  // Takes the event into the log's queue before it returns. Never waits, throws or allocates in
  // normal service.
  virtual void Push(const Event& event) = 0;
  virtual void PushParty(const PartyHeld& party) = 0;
};

}  // namespace creneau::ledger
