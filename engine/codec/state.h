// What the log keeps beside seats and calendars: openings, turns that lapsed, rosters. Plain
// values, and their records (proto/creneau/v1/event.proto). Each tells its state whole, so applying
// one twice, or an earlier one again before the later, changes nothing. Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/instant.h"

namespace creneau::codec {

// An agenda's opening. Ranks are those of surge/rank.h; counts of people are estimates.
struct OpeningState {
  AgendaId agenda;
  int32_t day = 0;                   // days since 1970-01-01, at the office
  std::optional<Instant> opened_at;  // of a queue
  std::optional<Instant> closes_at;  // where it is not as the rules say
  std::array<uint8_t, 32> k{};       // of the chain; of a queue that has opened
  uint64_t lapsed_rank = 0;
  uint64_t served_rank = 0;
  uint32_t gathered = 0;
  uint32_t late = 0;
  uint32_t served = 0;
  uint32_t rate_cap_per_min = 0;
  bool paused = false;
  bool draining = false;
  std::string beacon;           // what is mixed into K: rules::IsBeaconValue; empty: nothing
  bool without_beacon = false;  // by an operator: nothing is to be
  friend bool operator==(const OpeningState&, const OpeningState&) = default;
};

// Of one subject in one opening.
struct TurnLapsed {
  AgendaId agenda;
  int32_t day = 0;
  Subject subject;
  uint32_t times = 0;
  SeatRef latest;  // the hold
  friend bool operator==(const TurnLapsed&, const TurnLapsed&) = default;
};

// A part of a version of a roster.
struct RosterPart {
  AgendaId agenda;
  uint32_t version = 0;
  uint32_t part = 0;
  uint32_t parts = 1;
  bool adds = false;
  std::vector<Subject> subjects;
  friend bool operator==(const RosterPart&, const RosterPart&) = default;
};

// Nothing: the log was written to see how long that takes.
struct Probe {
  Instant at;
  friend bool operator==(const Probe&, const Probe&) = default;
};

// All but rosters fit into CommitPool::Node::kRecordBytes.
std::string EncodeOpening(const OpeningState& opening);
std::string EncodeTurn(const TurnLapsed& turn);
std::string EncodeProbe(const Probe& probe);
// A version in as many parts as the log's records ask for. `subjects` in the order given.
std::vector<std::string> EncodeRoster(AgendaId agenda, uint32_t version, bool adds,
                                      const std::vector<Subject>& subjects);

}  // namespace creneau::codec
