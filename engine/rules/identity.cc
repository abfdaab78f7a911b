#include "rules/identity.h"

#include <sodium.h>

#include <algorithm>

#include "base/check.h"
#include "base/text.h"

namespace creneau::rules {
namespace {

constexpr std::string_view kNames[kIdentityFields] = {"dossier", "passport", "foreigner_number",
                                                      "birth_date"};

bool IsSeparator(char c) { return c == ' ' || c == '-' || c == '.' || c == '/'; }

// Letters and digits in upper case, without what people put between them; nothing when something
// else is there.
std::optional<std::string> Alphanumeric(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (IsSeparator(c)) continue;
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    const bool fits = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!fits) return std::nullopt;
    out.push_back(c);
  }
  return out;
}

std::optional<std::string> Number(std::string_view text, size_t least, size_t most,
                                  const char* expected, std::string* message) {
  const std::optional<std::string> out = Alphanumeric(text);
  if (out && out->size() >= least && out->size() <= most) return out;
  *message = expected;
  return std::nullopt;
}

std::optional<std::string> BirthDate(std::string_view text, Instant today, std::string* message) {
  const std::optional<CivilDate> date = ParseDate(text);
  if (!date) {
    *message = "must be a date that exists, as YYYY-MM-DD, from 1900 on";
    return std::nullopt;
  }
  // A day of grace: somewhere on Earth it is tomorrow already.
  if (DaysFromCivil(*date) > today.ms / kMsPerDay + 1) {
    *message = "must not be in the future";
    return std::nullopt;
  }
  return FormatDate(*date);
}

// HMAC-SHA-256 over parts, each with its length before it.
class Pseudonym {
 public:
  explicit Pseudonym(const Pepper& pepper) {
    crypto_auth_hmacsha256_init(&state_, pepper.data(), pepper.size());
  }
  void Add(std::string_view part) {
    const uint8_t length[4] = {
        static_cast<uint8_t>(part.size()), static_cast<uint8_t>(part.size() >> 8),
        static_cast<uint8_t>(part.size() >> 16), static_cast<uint8_t>(part.size() >> 24)};
    crypto_auth_hmacsha256_update(&state_, length, sizeof length);
    crypto_auth_hmacsha256_update(&state_, reinterpret_cast<const uint8_t*>(part.data()),
                                  part.size());
  }
  Subject Finish() {
    uint8_t mac[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_final(&state_, mac);
    Subject subject;
    for (int i = 0; i < 8; ++i) {
      subject.hi = subject.hi << 8 | mac[i];
      subject.lo = subject.lo << 8 | mac[8 + i];
    }
    return subject;
  }

 private:
  crypto_auth_hmacsha256_state state_;
};

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
  switch (field) {
    case IdentityField::kDossier:
      return Number(
          text, 4, 32,
          "must be 4 to 32 letters and digits; spaces, hyphens, dots and slashes do not count",
          message);
    case IdentityField::kPassport:
      return Number(
          text, 5, 20,
          "must be 5 to 20 letters and digits; spaces, hyphens, dots and slashes do not count",
          message);
    case IdentityField::kForeignerNumber: {
      auto out = Number(text, 10, 10, "must be ten digits; spaces do not count", message);
      if (out && text.find_first_not_of(" 0123456789") != std::string_view::npos) {
        *message = "must be ten digits; spaces do not count";
        return std::nullopt;
      }
      return out;
    }
    case IdentityField::kBirthDate:
      return BirthDate(text, today, message);
  }
  CHECK(false);
}

Identity Identify(const Agenda& agenda, const Applicant& applicant, const Pepper& pepper,
                  Instant today) {
  Identity identity;
  for (IdentityAlternative alternative : agenda.identity) {
    if (!IsComplete(alternative, applicant)) continue;
    // Agendas of one group may list the fields in another order: the person stays one subject.
    std::sort(alternative.begin(), alternative.end());
    Pseudonym pseudonym(pepper);
    pseudonym.Add("creneau subject v1");
    pseudonym.Add(agenda.group);
    for (const IdentityField field : alternative) {
      const std::string name(IdentityFieldName(field));
      std::string message;
      const auto value =
          Normalise(field, applicant.fields[static_cast<size_t>(field)], today, &message);
      if (!value) {
        identity.problems.push_back({"/applicant/" + name, message});
        continue;
      }
      pseudonym.Add(name);
      pseudonym.Add(*value);
    }
    identity.subject = pseudonym.Finish();
    return identity;
  }
  identity.problems.push_back({"/applicant", Accepted(agenda)});
  return identity;
}

}  // namespace creneau::rules
