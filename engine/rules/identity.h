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

// The fields that Identify goes by, in canonical form: what commitments are over
// (proof/receipt.h). Wiped when it goes.
class CanonicalIdentity {
 public:
  CanonicalIdentity() = default;
  ~CanonicalIdentity();
  CanonicalIdentity(const CanonicalIdentity&) = delete;
  CanonicalIdentity& operator=(const CanonicalIdentity&) = delete;

  // False where Identify finds something wrong. Once; allocates nothing.
  bool Read(const Agenda& agenda, const Applicant& applicant, Instant today);

  bool Has(IdentityField field) const { return size_[static_cast<size_t>(field)] > 0; }
  std::string_view Value(IdentityField field) const {
    return {text_[static_cast<size_t>(field)].data(), size_[static_cast<size_t>(field)]};
  }

 private:
  std::array<std::array<char, 32>, kIdentityFields> text_;
  std::array<uint8_t, kIdentityFields> size_{};
};

// One field in its canonical form (IDENTITY.md), or nothing with a message that says what was
// expected.
std::optional<std::string> Normalise(IdentityField field, std::string_view text, Instant today,
                                     std::string* message);

}  // namespace creneau::rules
