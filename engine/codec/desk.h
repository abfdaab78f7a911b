// What the log keeps of the desk (design 5), and its records (proto/creneau/v1/event.proto): how
// many reservations a helper has made in a week, and which were made by the staff, with how many
// there have been by then. Counts are told whole, so that reading a record twice changes nothing.
// Plain values; pure; any thread.
#pragma once

#include <cstdint>
#include <string>

#include "base/ids.h"
#include "base/instant.h"
#include "rules/iso_week.h"
#include "rules/roles.h"

namespace creneau::codec {

// The latest record of an agenda and person counts.
struct HelperCount {
  AgendaId agenda;
  std::string person;  // rules::IsPersonName
  rules::IsoWeek week;
  uint32_t made = 0;  // reservations, in that week; a try that came to nothing is taken back
  friend bool operator==(const HelperCount&, const HelperCount&) = default;
};

// A reservation that somebody of the staff made; who, says the StaffAct before it. The counts only
// grow: the larger is the later.
struct DeskNote {
  AgendaId agenda;
  Channel channel = Channel::kDesk;
  Instant at;
  SeatRef origin;  // what the reservation's name stands for
  bool by_helper = false;
  uint64_t by_agents = 0;   // in this agenda and channel, ever, this one included
  uint64_t by_helpers = 0;  // likewise
  friend bool operator==(const DeskNote&, const DeskNote&) = default;
};

// Both fit into CommitPool::Node::kRecordBytes.
std::string EncodeHelperCount(const HelperCount& count);
std::string EncodeDeskNote(const DeskNote& note);

}  // namespace creneau::codec
