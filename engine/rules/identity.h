// Who an applicant is to the engine: fields are normalised, hashed under a key, and forgotten
// (design 5 and 8).
//
// subject = first 128 bits of HMAC-SHA-256(pepper, "creneau subject v1" | group | alternative |
// fields), each part with its length before it, so that no two inputs run together. Nothing of the
// input is kept; callers must not log it. Pure; any thread.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/instant.h"
#include "base/keyed_hash.h"
#include "rules/agenda.h"

namespace creneau::rules {

using Pepper = KeyedHash::Key;

std::string_view IdentityFieldName(IdentityField field);
std::optional<IdentityField> IdentityFieldFromName(std::string_view name);

// An applicant as a request describes them; fields not sent are empty.
struct Applicant {
  std::array<std::string_view, kIdentityFields> fields;
};

struct IdentityProblem {
  std::string pointer;  // JSON pointer, e.g. "/applicant/birth_date"
  std::string message;
};

struct Identity {
  Subject subject;
  std::vector<IdentityProblem> problems;  // with any of these, subject is not to be used
};

// Chooses the first alternative of the agenda of which all fields were sent, checks and normalises
// each field, derives the subject. Fields beyond the chosen alternative are ignored. `today` bounds
// birth dates. Allocates nothing where nothing is wrong.
Identity Identify(const Agenda& agenda, const Applicant& applicant, const KeyedHash& pseudonyms,
                  Instant today);

// One field in its canonical form (IDENTITY.md), or nothing with a message that says what was
// expected.
std::optional<std::string> Normalise(IdentityField field, std::string_view text, Instant today,
                                     std::string* message);

}  // namespace creneau::rules
