// What somebody of the staff is (design 8). Plain values; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace creneau::rules {

// Each is a bit, so that an act can name those who may do it.
enum class Role : uint8_t {
  kSite = 1,      // the website's server
  kAgent = 2,     // of the office, at the desk or on the phone
  kHelper = 4,    // of an association, or a lawyer
  kOperator = 8,  // of the machine and the agendas; what the admin socket grants
  kAuditor = 16,  // sees, and changes nothing
};
inline constexpr std::array<Role, 5> kAllRoles = {Role::kSite, Role::kAgent, Role::kHelper,
                                                  Role::kOperator, Role::kAuditor};

std::string_view RoleName(Role role);  // "site", …
std::optional<Role> RoleFromName(std::string_view name);

// What a person, or a site, is called where acts are attributed: lower-case letters, digits and
// ._@- , a letter or digit first, limits::kStaffPersonChars at most. One spelling each, since two
// persons are told apart by it; and never what a user of the admin socket is called.
bool IsPersonName(std::string_view text);

// What a key of the staff is called: limits::kStaffKeyIdChars of Crockford's digits, in capitals.
inline constexpr std::string_view kKeyIdDigits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
bool IsKeyId(std::string_view text);

}  // namespace creneau::rules
