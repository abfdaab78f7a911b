// Who of the staff does something: what the log attributes an act to (design 8). The text belongs
// to whoever asks and outlives the call.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <string_view>

#include "rules/roles.h"

namespace creneau::booking {

struct Actor {
  rules::Role role = rules::Role::kOperator;
  // Of one person or one site; where two people are needed, these are compared. Of the admin
  // socket: "uid:1000", the user at its other end.
  std::string_view person{};
  std::string_view key{};  // the id of the bearer key; empty: came by the admin socket
  std::span<const std::string> agendas{};  // that the key is for; empty: all
};

// A site's key is held by a machine, and counts as nobody where people are counted.
inline bool IsPerson(const Actor& actor) { return actor.role != rules::Role::kSite; }

// Persons are compared, not keys, roles or connections.
inline bool SamePerson(const Actor& one, const Actor& other) {
  return one.person == other.person && IsPerson(one) == IsPerson(other);
}

// For acts that name no agenda in their path: whoever carries them out asks for the one they are
// about.
inline bool Covers(const Actor& actor, std::string_view agenda) {
  return actor.agendas.empty() ||
         std::find(actor.agendas.begin(), actor.agendas.end(), agenda) != actor.agendas.end();
}

}  // namespace creneau::booking
