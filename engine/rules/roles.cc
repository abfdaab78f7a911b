#include "rules/roles.h"

#include <algorithm>

#include "base/check.h"
#include "base/limits.h"

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

bool IsPersonName(std::string_view text) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  if (text.empty() || text.size() > limits::kStaffPersonChars || !plain(text.front())) return false;
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return plain(c) || c == '.' || c == '_' || c == '@' || c == '-';
  });
}

bool IsKeyId(std::string_view text) {
  return text.size() == limits::kStaffKeyIdChars &&
         text.find_first_not_of(kKeyIdDigits) == std::string_view::npos;
}

}  // namespace creneau::rules
