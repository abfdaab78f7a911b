#include "rules/roles.h"

#include "base/check.h"

namespace creneau::rules {

std::string_view RoleName(Role role) {
  switch (role) {
    case Role::kSite:
      return "site";
    case Role::kAgent:
      return "agent";
    case Role::kHelper:
      return "helper";
    case Role::kOperator:
      return "operator";
    case Role::kAuditor:
      return "auditor";
  }
  CHECK(false);
}

std::optional<Role> RoleFromName(std::string_view name) {
  for (const Role role : kAllRoles) {
    if (RoleName(role) == name) return role;
  }
  return std::nullopt;
}

}  // namespace creneau::rules
