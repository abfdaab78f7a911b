// What attributes an act of the staff (design 8): who did what, as whom, with which key. Stands in
// the log just before the records of the act, in the same batch or an earlier one, so that an
// attribution without effect is possible after a crash, and an effect without attribution is not.
// It changes nothing by itself. Names nobody but the staff. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/instant.h"
#include "rules/roles.h"

namespace creneau::codec {

struct StaffAct {
  Instant at{};
  rules::Role role = rules::Role::kOperator;
  std::string person{};                  // rules::IsPersonName, or "uid:1000" of the admin socket
  std::string key{};                     // the id of the bearer key; empty: by the admin socket
  std::string what{};                    // lower-case letters, digits and hyphens
  std::string agenda{};                  // its name; empty: about none
  std::optional<SeatRef> reservation{};  // that it is about, by the seat of its name
  std::string reason{};                  // a code, as `what`; empty: the act asks for none
  friend bool operator==(const StaffAct&, const StaffAct&) = default;
};

// Whether an act can have that for its reason. Whoever takes one from outside asks this first.
bool IsActReason(std::string_view text);

// Whether the record can be read back: the texts are what they are said to be, and no longer than
// base/limits.h allows.
bool IsStaffAct(const StaffAct& act);

// Of an act that IsStaffAct. Fits into CommitPool::Node::kRecordBytes.
std::string EncodeStaffAct(const StaffAct& act);

}  // namespace creneau::codec
