#include "http/staff_rule.h"

#include <algorithm>

namespace creneau::http {
namespace {

// "an agent or a helper"
std::string NamesOf(unsigned roles) {
  std::string names;
  for (const rules::Role role : rules::kAllRoles) {
    if ((roles & static_cast<unsigned>(role)) == 0) continue;
    if (!names.empty()) names += " or ";
    const std::string_view name = rules::RoleName(role);
    names += std::string_view("aeiou").find(name.front()) == std::string_view::npos ? "a " : "an ";
    names += name;
  }
  return names;
}

bool Forbid(Exchange& exchange, const std::string& detail) {
  exchange.Refuse({.outcome = Outcome::kForbidden, .detail = detail});
  return false;
}

bool InScope(const Exchange& exchange, Scope scope, const booking::Actor& actor) {
  switch (scope) {
    case Scope::kNamed:
      return booking::Covers(actor, exchange.name);
    case Scope::kWhole:
      return actor.agendas.empty();
    case Scope::kInside:
      break;
  }
  return true;
}

}  // namespace

bool MayCall(Exchange& exchange, const StaffRule& rule) {
  if (rule.roles == 0) return true;
  const booking::Actor actor{.role = rules::Role::kOperator, .person = exchange.admin_user};
  if ((rule.roles & static_cast<unsigned>(actor.role)) == 0) {
    return Forbid(exchange, "This is done by " + NamesOf(rule.roles) + "; whoever asks is " +
                                NamesOf(RolesOf(actor.role)) + ".");
  }
  if (!InScope(exchange, rule.scope, actor))
    return Forbid(exchange, "The key is for other agendas than what is asked for is about.");
  exchange.actor = actor;
  return true;
}

}  // namespace creneau::http
