// What a calendar has for people without a computer (design 5): seats on the phone, at the desk or
// by post that they can still take before a flow gives them away, or else a named substitute. Pure;
// any thread.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/ids.h"
#include "base/instant.h"
#include "base/limits_shares.h"
#include "rules/agenda.h"

namespace creneau::rules {

using ChannelSeats = std::array<uint8_t, kChannels>;

// Court seats are for whom a court sends.
constexpr bool NeedsNoComputer(Channel channel) {
  return channel == Channel::kPhone || channel == Channel::kDesk || channel == Channel::kPost;
}

// Whether somebody without a computer can have one of these seats.
constexpr bool NeedNoComputer(const ChannelSeats& seats) {
  for (const Channel channel : kAllChannels) {
    if (NeedsNoComputer(channel) && seats[static_cast<size_t>(channel)] > 0) return true;
  }
  return false;
}

// Whether that flow takes seats from those without a computer before they could have had them: such
// as are given out `before_ms` before their slot begins.
constexpr bool TakesAtOnce(const Flow& flow, int64_t before_ms) {
  return NeedsNoComputer(flow.from) && !NeedsNoComputer(flow.to) &&
         before_ms - flow.hours_before * kMsPerHour < limits::kLeastInChannelMs;
}

// Of a slot's seats, given out so long before it begins, those that no flow takes at once.
constexpr ChannelSeats SeatsThatStay(ChannelSeats seats, std::span<const Flow> flows,
                                     int64_t before_ms) {
  for (const Flow& flow : flows) {
    if (TakesAtOnce(flow, before_ms)) seats[static_cast<size_t>(flow.from)] = 0;
  }
  return seats;
}

// What is said of an agenda none of whose seats needs no computer, and that names no substitute;
inline constexpr std::string_view kWebOnly =
    "every seat is on the web: give seats to phone, desk or post, or say in the TOML file's "
    "`alternative` where the substitute for those without a computer is";
// of one where such seats are there, and gone before anybody could have had them;
inline constexpr std::string_view kFlowsAtOnce =
    "every seat that needs no computer flows to another channel within a day of being given out, "
    "so that nobody without one can have it: lower `hours_before` in [[flow]] of the TOML file, or "
    "say in its `alternative` where the substitute for those without a computer is";
// and where an operator would give away the last of them.
inline constexpr std::string_view kLastThatIsFree =
    "then no seat that needs no computer would be free any more (what is taken does not count): "
    "leave one free on the phone, at the desk or by post in a slot that can still be booked, or "
    "say in the TOML file's `alternative` where the substitute for those without a computer is";

// All slots of a calendar, one after the other.
class WithoutComputer {
 public:
  explicit WithoutComputer(const Agenda& agenda) : agenda_(agenda) {}

  int64_t horizon_ms() const { return agenda_.horizon_days * kMsPerDay; }

  // `before_ms`: how long before it begins its seats can be had, at most horizon_ms(); 0 or less:
  // no more.
  void Add(const ChannelSeats& seats, int64_t before_ms) {
    any_slot_ = true;
    any_ = any_ || NeedNoComputer(seats);
    if (before_ms <= 0) return;
    given_out_ = given_out_ || NeedNoComputer(seats);
    stays_ = stays_ || NeedNoComputer(SeatsThatStay(seats, agenda_.flow, before_ms));
  }

  // Empty: nothing is wrong.
  std::string_view Wrong() const {
    if (!any_slot_ || !agenda_.alternative.empty()) return {};
    if (!any_) return kWebOnly;
    return given_out_ && !stays_ ? kFlowsAtOnce : std::string_view();
  }

 private:
  const Agenda& agenda_;
  bool any_slot_ = false;
  bool any_ = false;
  bool given_out_ = false;
  bool stays_ = false;
};

}  // namespace creneau::rules
