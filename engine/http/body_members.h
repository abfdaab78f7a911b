// What body.cc and body_json.cc say of members. Not for others.
#pragma once

#include <array>
#include <string_view>

#include "booking/answers.h"

namespace creneau::http {

inline constexpr std::string_view kStringExpected = "a string is expected";
inline constexpr std::string_view kNumberExpected = "a whole number is expected";
inline constexpr std::string_view kObjectExpected = "an object is expected";
inline constexpr std::string_view kListExpected = "a list is expected";
inline constexpr std::string_view kTwice = "stands twice";

struct FieldPointer {
  rules::IdentityField field;
  std::string_view pointer;
};
// In the order of their numbers in api.proto, from 1.
inline constexpr std::array<FieldPointer, rules::kIdentityFields> kFieldPointers = {{
    {rules::IdentityField::kDossier, "/applicant/dossier"},
    {rules::IdentityField::kPassport, "/applicant/passport"},
    {rules::IdentityField::kForeignerNumber, "/applicant/foreigner_number"},
    {rules::IdentityField::kBirthDate, "/applicant/birth_date"},
}};

inline std::string_view PointerOf(rules::IdentityField field) {
  for (const FieldPointer& entry : kFieldPointers) {
    if (entry.field == field) return entry.pointer;
  }
  return "/applicant";
}

}  // namespace creneau::http
