// Seats that go from one channel to another (design 5): because the agenda says so (`flow`, the
// steward's), by an operator's hand, or for a court. Openly: each is a calendar version, with a
// record of what went where and why, and counts that everybody sees.
//
// How. Free seats leave the one channel first: withdrawn, like any claim, so that nobody has them.
// How many those were, the calendar that is then logged and put in force says, and they come back
// in the other channel. So no seat that somebody took meanwhile is counted, and no slot ever has
// more seats than it had. A crash before the calendar is durable leaves seats withdrawn that the
// calendar before it wants, one behind it seats that the new one wants: a start brings both back
// (Engine::Impl::TrimUnfinished).
//
// What was shifted is kept by slot and channel (ledger::CalendarEntry::shifted) and counts on top
// of what the agenda's file says, so the next publication of the same file takes nothing back.
// Shifting the other way does.
//
// A version costs a kB or two of memory until the process ends (registry.h): a flow that has
// something to do every half hour of an office's day, some 10 MB a year.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "booking/engine.h"

namespace creneau::booking {

struct ShiftRequest {
  std::string_view agenda{};
  Channel from = Channel::kWeb;
  Channel to = Channel::kWeb;
  std::optional<uint32_t> seats{};  // in each slot, at most; absent: all that are free
  // Which slots, of those that have not begun: one of these.
  std::optional<LocalMinute> slot{};
  std::optional<CivilDate> day{};
  std::optional<CivilDate> until{};  // from now on, inclusive
  bool dry_run = false;
};

struct ShiftAnswer {
  Outcome outcome = Outcome::kOk;
  const AgendaInfo* agenda = nullptr;            // where it is known
  std::vector<rules::IdentityProblem> problems;  // kValidationFailed: JSON pointer and message
  uint32_t seats = 0;                            // that went, or would
  uint32_t slots = 0;                            // of so many
  uint32_t version = 0;                          // of the calendar in force
};

// Blocks like Publish.
ShiftAnswer ShiftSeats(Engine& engine, const ShiftRequest& request, const Actor& actor);

// Waits until what was pushed is durable; false: the log has failed.
using FinishAct = std::function<bool()>;

// What agendas' flows have made due, looked for by the steward.
class Flows {
 public:
  void Look(Engine::Impl& in, Instant now, Act& act, const FinishAct& finish);

 private:
  Instant next_look_{0};
  std::map<AgendaId, Instant> not_before_;  // limits::kFlowSlotsPerLook
};

// With the publishing lock. One more court seat in a slot that has room for it, logged and counted.
// False: there is no room, or the log has failed.
bool AddCourtSeat(Engine::Impl& in, const AgendaInfo& agenda, LocalMinute slot, Instant now,
                  Act& act, const FinishAct& finish);

}  // namespace creneau::booking
