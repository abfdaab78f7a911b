// What becomes of a body, in one word: for the tests of either form of it.
#pragma once

#include <string>

#include "http/body.h"

namespace creneau::http {

// "read", "malformed", "too large", or the pointers of the problems, each with a blank after it.
inline std::string Word(const Body& body, Body::Verdict verdict) {
  switch (verdict) {
    case Body::Verdict::kRead:
      return "read";
    case Body::Verdict::kMalformed:
      return "malformed";
    case Body::Verdict::kTooLarge:
      return "too large";
    case Body::Verdict::kInvalid:
      break;
  }
  std::string pointers;
  for (size_t i = 0; i < body.problem_count(); ++i) {
    pointers += body.problem(i).pointer.empty() ? "(whole)" : body.problem(i).pointer;
    pointers += ' ';
  }
  return pointers;
}

inline std::string_view FieldOf(const Body& body, rules::IdentityField field) {
  return body.applicant().fields[static_cast<size_t>(field)];
}

}  // namespace creneau::http
