// The record that says who did what, to be pushed just before the act's own records, through the
// same Act and with the same barrier (codec/staff_act.h). Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/instant.h"
#include "booking/actor.h"
#include "codec/staff_act.h"

namespace creneau::booking {

struct Deed {
  std::string_view what;
  std::string_view agenda{};  // its name; empty: about none
  std::optional<SeatRef> reservation{};
  std::string_view reason{};
};

// Fits into a node of the commit pool: Act::PushCopy.
inline std::string Attribution(const Actor& actor, const Deed& deed, Instant at) {
  codec::StaffAct act{.at = at, .role = actor.role, .person = std::string(actor.person)};
  act.key = actor.key;
  act.what = deed.what;
  act.agenda = deed.agenda;
  act.reservation = deed.reservation;
  act.reason = deed.reason;
  return codec::EncodeStaffAct(act);
}

}  // namespace creneau::booking
