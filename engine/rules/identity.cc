#include "rules/identity.h"

#include <string.h>

#include <algorithm>

#include "base/check.h"
#include "base/text.h"

namespace creneau::rules {
namespace {

constexpr std::string_view kNames[kIdentityFields] = {"dossier", "passport", "foreigner_number",
                                                      "birth_date"};

// What becomes of a character of a number: letters and digits in upper case.
constexpr char kBad = 0;
constexpr char kSeparator = ' ';
constexpr std::array<char, 256> MakeCanonical() {
  std::array<char, 256> canonical{};
  for (unsigned char c = '0'; c <= '9'; ++c) canonical[c] = static_cast<char>(c);
  for (unsigned char c = 'A'; c <= 'Z'; ++c) {
    canonical[c] = static_cast<char>(c);
    canonical[c - 'A' + 'a'] = static_cast<char>(c);
  }
  for (const unsigned char c : {' ', '-', '.', '/'}) canonical[c] = kSeparator;
  return canonical;
}
constexpr std::array<char, 256> kCanonical = MakeCanonical();

// One field in its canonical form, wiped when it goes. The longest is a dossier's number.
struct Canonical {
  Canonical() = default;
  ~Canonical() { explicit_bzero(text.data(), size); }
  Canonical(const Canonical&) = delete;
  Canonical& operator=(const Canonical&) = delete;

  std::array<char, 32> text;
  size_t size = 0;
  std::string_view view() const { return {text.data(), size}; }
};

// What was expected of a field, where it is not that; null where it is.
using Complaint = const char*;

// Letters and digits in upper case, without what people put between them: `least` to `most`.
Complaint ReadNumber(std::string_view text, size_t least, size_t most, Complaint expected,
                     Canonical& out) {
  for (const char given : text) {
    const char c = kCanonical[static_cast<unsigned char>(given)];
    if (c == kSeparator) continue;
    if (c == kBad || out.size == most) return expected;
    out.text[out.size++] = c;
  }
  return out.size < least ? expected : nullptr;
}

Complaint ReadBirthDate(std::string_view text, Instant today, Canonical& out) {
  const std::optional<CivilDate> date = ParseDate(text);
  if (!date) return "must be a date that exists, as YYYY-MM-DD, from 1900 on";
  // A day of grace: somewhere on Earth it is tomorrow already.
  if (DaysFromCivil(*date) > today.ms / kMsPerDay + 1) return "must not be in the future";
  // There is one way only to write what ParseDate reads.
  out.size = text.copy(out.text.data(), out.text.size());
  return nullptr;
}

Complaint ReadField(IdentityField field, std::string_view text, Instant today, Canonical& out) {
  constexpr Complaint kTenDigits = "must be ten digits; spaces do not count";
  switch (field) {
    case IdentityField::kDossier:
      return ReadNumber(
          text, 4, 32,
          "must be 4 to 32 letters and digits; spaces, hyphens, dots and slashes do not count",
          out);
    case IdentityField::kPassport:
      return ReadNumber(
          text, 5, 20,
          "must be 5 to 20 letters and digits; spaces, hyphens, dots and slashes do not count",
          out);
    case IdentityField::kForeignerNumber:
      if (text.find_first_not_of(" 0123456789") != std::string_view::npos) return kTenDigits;
      return ReadNumber(text, 10, 10, kTenDigits, out);
    case IdentityField::kBirthDate:
      return ReadBirthDate(text, today, out);
  }
  CHECK(false);
}

bool IsComplete(const IdentityAlternative& alternative, const Applicant& applicant) {
  for (const IdentityField field : alternative) {
    if (applicant.fields[static_cast<size_t>(field)].empty()) return false;
  }
  return true;
}

std::string Accepted(const Agenda& agenda) {
  std::string text = "send ";
  for (size_t i = 0; i < agenda.identity.size(); ++i) {
    if (i > 0) text += ", or ";
    for (size_t f = 0; f < agenda.identity[i].size(); ++f) {
      if (f > 0) text += " and ";
      text += IdentityFieldName(agenda.identity[i][f]);
    }
  }
  return text;
}

}  // namespace

std::string_view IdentityFieldName(IdentityField field) {
  return kNames[static_cast<size_t>(field)];
}

std::optional<IdentityField> IdentityFieldFromName(std::string_view name) {
  for (size_t i = 0; i < kIdentityFields; ++i) {
    if (kNames[i] == name) return static_cast<IdentityField>(i);
  }
  return std::nullopt;
}

std::optional<std::string> Normalise(IdentityField field, std::string_view text, Instant today,
                                     std::string* message) {
  Canonical canonical;
  if (const Complaint complaint = ReadField(field, text, today, canonical)) {
    *message = complaint;
    return std::nullopt;
  }
  return std::string(canonical.view());
}

namespace {

Subject SubjectOf(const KeyedHash::Digest& digest) {
  Subject subject;
  for (size_t i = 0; i < 8; ++i) {
    subject.hi = subject.hi << 8 | digest[i];
    subject.lo = subject.lo << 8 | digest[8 + i];
  }
  return subject;
}

}  // namespace

Identity Identify(const Agenda& agenda, const Applicant& applicant, const KeyedHash& pseudonyms,
                  Instant today) {
  Identity identity;
  for (const IdentityAlternative& alternative : agenda.identity) {
    if (!IsComplete(alternative, applicant)) continue;
    KeyedHash::Run hash(pseudonyms);
    hash.Add("creneau subject v1");
    hash.Add(agenda.group);
    // Agendas of one group may list the fields in another order: the person stays one subject.
    for (size_t f = 0; f < kIdentityFields; ++f) {
      const auto field = static_cast<IdentityField>(f);
      for (auto left = std::count(alternative.begin(), alternative.end(), field); left > 0;
           --left) {
        const std::string_view name = IdentityFieldName(field);
        Canonical canonical;
        if (const Complaint complaint = ReadField(field, applicant.fields[f], today, canonical)) {
          identity.problems.push_back({"/applicant/" + std::string(name), complaint});
          continue;
        }
        hash.Add(name);
        hash.Add(canonical.view());
      }
    }
    identity.subject = SubjectOf(hash.Finish());
    return identity;
  }
  identity.problems.push_back({"/applicant", Accepted(agenda)});
  return identity;
}

}  // namespace creneau::rules
