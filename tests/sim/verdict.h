// What the auditor's two files share: how a reply is read, and how a complaint is put.
#pragma once

#include <string>

#include "base/check.h"
#include "base/text.h"
#include "tests/sim/auditor.h"

namespace creneau::sim {

inline std::string Wrong(const std::string& what, const Told& told) {
  return what + ", but the answer is " + std::to_string(told.status) + " " + told.body;
}

inline bool Lapsed(const Booking& booking, Instant now) {
  return booking.state == Booking::State::kHeld && now.ms > booking.deadline_s * kMsPerSecond;
}

// Whole seconds, a begun one counting.
inline int64_t Later(int64_t deadline_s, int64_t by_ms) {
  return (deadline_s * kMsPerSecond + by_ms + kMsPerSecond - 1) / kMsPerSecond;
}

// "2026-11-30T10:05:00+01:00" in seconds since 1970; the office's offset is what the text says.
inline int64_t Seconds(const std::string& rfc3339) {
  const auto minute = ParseLocalMinute(rfc3339.substr(0, 16));
  CHECK(minute.has_value());
  const int64_t offset = std::stoll(rfc3339.substr(19, 3)) * 3600;
  return int64_t{minute->value} * 60 + std::stoll(rfc3339.substr(17, 2)) - offset;
}

// "sim/2027-06-01T09:00" is of the agenda "sim/".
inline std::string AgendaOf(const std::string& slot) { return slot.substr(0, slot.find('/') + 1); }
inline std::string TimeOf(const std::string& slot) {
  return BareSlot(slot).substr(slot.find('/') + 1);
}

inline std::string Expected(const char* code, const std::string& why, const Told& told) {
  return told.code == code ? "" : Wrong(why + ": expected " + code, told);
}

inline std::string InSlot(const Told& told) {
  return told.Member("agenda") + "/" + told.Member("slot");
}

}  // namespace creneau::sim
