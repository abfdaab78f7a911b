// What the log keeps of seats that went from one channel to another (design 5), and its record
// (proto/creneau/v1/event.proto). It stands just before the calendar that has them, and counts with
// that one only. Plain values; pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/instant.h"

namespace creneau::codec {

enum class ShiftCause : uint8_t {
  kFlow = 1,    // the agenda says so (rules::Flow)
  kByHand = 2,  // an operator did
  kCourt = 3,   // a mandate had to have a seat
};
std::string_view ShiftCauseName(ShiftCause cause);  // "flow", "by-hand", "court"

struct SeatsShifted {
  struct Moved {
    std::optional<Channel> from{};  // nothing: seats that were added
    Channel to = Channel::kWeb;
    uint32_t seats = 0;
    uint32_t slots = 0;  // in so many
    uint64_t ever = 0;   // seats of this agenda that have gone that way, these included; only grows
    friend bool operator==(const Moved&, const Moved&) = default;
  };
  AgendaId agenda{};
  uint32_t version = 0;  // of the calendar; 0: a snapshot's, which tells what has been ever
  ShiftCause cause = ShiftCause::kFlow;
  Instant at{};
  std::vector<Moved> moved{};
  friend bool operator==(const SeatsShifted&, const SeatsShifted&) = default;
};

std::string EncodeShift(const SeatsShifted& shifted);

}  // namespace creneau::codec
