// Identifiers: distinct types, never bare integers. Plain values; any thread.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace creneau {

// An agenda's number in this engine: given at its first publication, logged, never given again.
struct AgendaId {
  uint32_t value = 0;
  friend constexpr auto operator<=>(const AgendaId&, const AgendaId&) = default;
};

// A slot's number in the ledger, over all agendas.
struct SlotId {
  uint32_t value = 0;
  friend constexpr auto operator<=>(const SlotId&, const SlotId&) = default;
};

// A seat's number in the ledger, over all agendas.
struct SeatId {
  uint32_t value = 0;
  friend constexpr auto operator<=>(const SeatId&, const SeatId&) = default;
};

// How many times a seat has been given out. A reference to a seat names its generation too, so that
// a reference from before never reaches the next holder.
struct Generation {
  uint32_t value = 0;
  friend constexpr auto operator<=>(const Generation&, const Generation&) = default;
};

// A seat in one of its generations: what a reservation's name stands for.
struct SeatRef {
  SeatId seat;
  Generation generation;
  friend constexpr auto operator<=>(const SeatRef&, const SeatRef&) = default;
};

// A record's position in the log, counted from 1. 0: nothing yet.
struct Lsn {
  uint64_t value = 0;
  friend constexpr auto operator<=>(const Lsn&, const Lsn&) = default;
};

// The 128-bit keyed pseudonym of an applicant within one agenda group (design 5 and 8). All zero
// names nobody.
struct Subject {
  uint64_t lo = 0;
  uint64_t hi = 0;
  friend constexpr auto operator<=>(const Subject&, const Subject&) = default;
};

// Local wall-clock time of an office, in whole minutes since 1970-01-01T00:00 on that wall clock.
// Unique for each slot of an agenda, since an agenda has no slot in a skipped or repeated minute.
struct LocalMinute {
  int32_t value = 0;
  friend constexpr auto operator<=>(const LocalMinute&, const LocalMinute&) = default;
};

// Every free seat belongs to exactly one channel.
enum class Channel : uint8_t { kWeb = 0, kPhone = 1, kDesk = 2, kPost = 3, kCourt = 4 };
inline constexpr size_t kChannels = 5;
inline constexpr std::array<Channel, kChannels> kAllChannels = {
    Channel::kWeb, Channel::kPhone, Channel::kDesk, Channel::kPost, Channel::kCourt};

std::string_view ChannelName(Channel channel);
std::optional<Channel> ChannelFromName(std::string_view name);

}  // namespace creneau
