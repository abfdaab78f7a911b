// Who of the staff does something: what the log attributes an act to (design 8). The text belongs
// to whoever asks and outlives the call.
#pragma once

#include <string_view>

#include "rules/roles.h"

namespace creneau::booking {

struct Actor {
  rules::Role role = rules::Role::kOperator;
  // Of one person or one site; where two people are needed, these are compared. Of the admin
  // socket: "uid:1000", the user at its other end.
  std::string_view person;
  std::string_view key{};  // the id of the bearer key; empty: came by the admin socket
};

}  // namespace creneau::booking
