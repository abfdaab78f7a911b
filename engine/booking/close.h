// Closing a day of an agenda, and taking that back (design 5).
#pragma once

#include <string>
#include <string_view>

#include "booking/actor.h"
#include "booking/answers.h"
#include "booking/engine.h"

namespace creneau::booking {

struct CloseRequest {
  std::string_view agenda;
  CivilDate day;            // at the office
  std::string_view reason;  // a short word for the log; may be empty
  bool closed = true;       // false: it is not closed any more
  bool dry_run = false;
};

struct CloseAnswer {
  Outcome outcome = Outcome::kOk;
  const AgendaInfo* agenda = nullptr;
  bool existed = false;          // it was so
  uint32_t slots = 0;            // that leave the calendar
  uint32_t seats_withdrawn = 0;  // that nobody had
  // Whose holders get another one: each is offered to them, as near in time as there is a free one
  // of their channel, before anybody else gets it.
  uint32_t displaced = 0;
  std::string error;  // kValidationFailed: what is wrong with the day
};

// "strike"; or none.
bool IsCloseReason(std::string_view text);

// Blocks until its records are durable, like Engine::Publish. Slots of that day that have begun are
// left alone. A day that is no longer closed has its slots again when its agenda is published the
// next time. kValidationFailed: the day is over, or the calendar without it cannot be.
CloseAnswer CloseDay(Engine& engine, const CloseRequest& request, const Actor& actor);

// Start-up: has the steward look for people on that agenda's closed days.
void WatchClosed(Engine::Impl& in, const AgendaInfo& agenda);

}  // namespace creneau::booking
