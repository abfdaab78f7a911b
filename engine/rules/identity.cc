#include "rules/identity.h"

#include <string.h>

#include <algorithm>

#include "base/check.h"
#include "base/text.h"
#include "rules/fold.h"

namespace creneau::rules {
namespace {

constexpr std::string_view kNames[kIdentityFields] = {"dossier", "passport", "foreigner_number",
                                                      "birth_date"};

// What becomes of an octet of a number: letters and digits in upper case. What is not ASCII is
// rare, and rules/fold.h knows it.
constexpr char kBad = 0;
constexpr char kSeparator = ' ';
constexpr char kBeyondAscii = 1;
constexpr std::array<char, 256> MakeCanonical() {
  std::array<char, 256> canonical{};
  for (unsigned char c = '0'; c <= '9'; ++c) canonical[c] = static_cast<char>(c);
  for (unsigned char c = 'A'; c <= 'Z'; ++c) {
    canonical[c] = static_cast<char>(c);
    canonical[c - 'A' + 'a'] = static_cast<char>(c);
  }
  for (const unsigned char c : {' ', '-', '.', '/'}) canonical[c] = kSeparator;
  for (size_t c = 0x80; c < canonical.size(); ++c) canonical[c] = kBeyondAscii;
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

// What may stand in a number, and what is said where it is not that.
struct NumberRule {
  size_t least;  // characters
  size_t most;
  bool letters;  // or digits alone
  Complaint expected;
};
constexpr NumberRule kDossier = {
    4, 32, true,
    "must be 4 to 32 letters and digits; spaces, hyphens, dots and slashes do not count"};
constexpr NumberRule kPassport = {
    5, 20, true,
    "must be 5 to 20 letters and digits; spaces, hyphens, dots and slashes do not count"};
constexpr NumberRule kForeignerNumber = {
    10, 10, false, "must be ten digits; spaces, hyphens, dots and slashes do not count"};
constexpr Complaint kAccented =
    "must not have a letter with an accent: on some keyboards that is the key of a digit, with "
    "Shift or without. Type the number again as it is printed";

// Letters and digits in upper case, without what people put between them.
Complaint ReadNumber(std::string_view text, const NumberRule& rule, Canonical& out) {
  while (!text.empty()) {
    char c = kCanonical[static_cast<unsigned char>(text.front())];
    size_t octets = 1;
    if (c == kBeyondAscii) {
      const Folded folded = FoldBeyondAscii(text);
      if (folded.is == Folded::Is::kAccented) return kAccented;
      c = folded.is == Folded::Is::kCharacter ? folded.character
          : folded.is == Folded::Is::kNothing ? kSeparator
                                              : kBad;
      octets = folded.octets;
    }
    text.remove_prefix(octets);
    if (c == kSeparator) continue;
    if (c == kBad || (c > '9' && !rule.letters) || out.size == rule.most) return rule.expected;
    out.text[out.size++] = c;
  }
  return out.size < rule.least ? rule.expected : nullptr;
}

Complaint ReadBirthDate(std::string_view text, Instant today, Canonical& out) {
  const std::optional<CivilDate> date = ParseDate(text);
  if (!date) {
    return "must be a date that exists, as YYYY-MM-DD, from 1900 on: for 17 May 1990, 1990-05-17";
  }
  // A day of grace: somewhere on Earth it is tomorrow already.
  if (DaysFromCivil(*date) > today.ms / kMsPerDay + 1) return "must not be in the future";
  // There is one way only to write what ParseDate reads.
  out.size = text.copy(out.text.data(), out.text.size());
  return nullptr;
}

Complaint ReadField(IdentityField field, std::string_view text, Instant today, Canonical& out) {
  switch (field) {
    case IdentityField::kDossier:
      return ReadNumber(text, kDossier, out);
    case IdentityField::kPassport:
      return ReadNumber(text, kPassport, out);
    case IdentityField::kForeignerNumber:
      return ReadNumber(text, kForeignerNumber, out);
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

CanonicalIdentity::~CanonicalIdentity() { explicit_bzero(text_.data(), sizeof text_); }

bool CanonicalIdentity::Read(const Agenda& agenda, const Applicant& applicant, Instant today) {
  const auto chosen = std::find_if(
      agenda.identity.begin(), agenda.identity.end(),
      [&](const IdentityAlternative& alternative) { return IsComplete(alternative, applicant); });
  if (chosen == agenda.identity.end()) return false;
  for (const IdentityField field : *chosen) {
    const auto at = static_cast<size_t>(field);
    Canonical canonical;
    if (ReadField(field, applicant.fields[at], today, canonical) != nullptr) return false;
    static_assert(sizeof canonical.text == sizeof text_[0]);
    size_[at] = static_cast<uint8_t>(canonical.view().copy(text_[at].data(), text_[at].size()));
  }
  return true;
}

}  // namespace creneau::rules
