// The service record and the counts that outlive their seats, as the log keeps them. Plain values,
// and their records (proto/creneau/v1/event.proto). Pure; any thread.
//
// How the record is read. Each ServiceMinute tells of the time from `from` until `until`, a minute
// mostly: how many were refused in it, and how an agenda stood when it ended. An agenda of which it
// says nothing stood as the record before it that names it says, and nobody was refused there. From
// `quiet_since` until `from` that holds for all agendas and for the engine itself. Of time that no
// record tells of nobody knows anything; the first record of a start says so: `down_since` is when
// the engine wrote its last word before it, from then until `from` it was away or could do nothing,
// and from `unknown_since` until `down_since` it was there, and what it counted is lost. Of several
// records with the same `until` the first tells of the engine, and all of them of agendas.
//
// Outcomes, lanes and phases are names: those of another version can still be read.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/instant.h"

namespace creneau::codec {

struct NamedCount {
  std::string name;
  uint64_t count = 0;
  friend bool operator==(const NamedCount&, const NamedCount&) = default;
};

struct AgendaMinute {
  AgendaId agenda;
  std::string phase;
  bool paused = false;
  std::array<uint32_t, kChannels> free{};
  uint32_t waiting = 0;
  std::vector<NamedCount> refused;
  friend bool operator==(const AgendaMinute&, const AgendaMinute&) = default;
};

struct ServiceMinute {
  Instant from;
  Instant until;
  Instant quiet_since;
  std::vector<NamedCount> shed;
  uint64_t over_rate = 0;
  uint64_t turned_away = 0;
  int64_t stalled_ms = 0;  // of that time, in which nobody can have been served
  std::optional<Instant> down_since;
  std::optional<Instant> unknown_since;
  std::vector<AgendaMinute> agendas;
  friend bool operator==(const ServiceMinute&, const ServiceMinute&) = default;
};

// An after-image that only grows: the larger of two is the later.
struct ChannelTotals {
  AgendaId agenda;
  Channel channel = Channel::kWeb;
  uint64_t cancelled = 0;
  friend bool operator==(const ChannelTotals&, const ChannelTotals&) = default;
};

std::string EncodeService(const ServiceMinute& minute);
// False: whatever these bytes are, EncodeService has not written them.
bool MayBeService(std::string_view record);

// Without allocating: a cancellation pushes one. Returns the bytes used; `out` has at least
// kMaxTotalsBytes.
inline constexpr size_t kMaxTotalsBytes = 32;
size_t EncodeTotals(const ChannelTotals& totals, std::span<char> out);

}  // namespace creneau::codec
