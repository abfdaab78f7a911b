#include "tools/creneauctl/receipt_check.h"

#include <sodium.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cctype>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/text.h"
#include "rules/identity.h"
#include "tools/creneauctl/secrets.h"

namespace creneau::ctl {
namespace {

namespace json = boost::json;

std::string_view View(const json::string& text) { return {text.data(), text.size()}; }

const json::object* MemberObject(const json::object& object, const char* name) {
  const json::value* const member = object.if_contains(name);
  return member == nullptr ? nullptr : member->if_object();
}

std::string_view MemberText(const json::object& object, const char* name) {
  const json::value* const member = object.if_contains(name);
  const json::string* const text = member == nullptr ? nullptr : member->if_string();
  return text == nullptr ? std::string_view() : View(*text);
}

// Of GET /v1/keys, those that sign receipts.
absl::StatusOr<std::vector<proof::PublicKey>> KeysOfDocument(const json::object& document) {
  const json::value* const list = document.if_contains("keys");
  if (list == nullptr || !list->is_array())
    return absl::InvalidArgumentError("has no `keys`: expected what GET /v1/keys answers");
  std::vector<proof::PublicKey> keys;
  for (const json::value& entry : list->as_array()) {
    const json::object* const object = entry.if_object();
    if (object == nullptr || MemberText(*object, "use") != "receipt") continue;
    const auto key = proof::ParsePublicKey(MemberText(*object, "public_key"));
    if (!key) return absl::InvalidArgumentError("has a public_key that is none");
    if (MemberText(*object, "id") != Hex(proof::KeyIdOf(*key)))
      return absl::InvalidArgumentError("has a key whose id is another one's");
    keys.push_back(*key);
  }
  if (keys.empty()) return absl::InvalidArgumentError("has no key for receipts");
  return keys;
}

}  // namespace

std::string WithoutSpaces(std::string_view text) {
  std::string out(text);
  std::erase_if(out, [](unsigned char c) { return std::isspace(c) != 0; });
  return out;
}

CheckedReceipt CheckReceipt(std::string_view text, const std::vector<proof::PublicKey>& keys) {
  CheckedReceipt checked;
  absl::StatusOr<proof::Receipt> receipt = proof::ReadReceipt(WithoutSpaces(text));
  if (!receipt.ok()) {
    checked.why = std::string(receipt.status().message());
    return checked;
  }
  const bool known = std::any_of(keys.begin(), keys.end(), [&](const proof::PublicKey& key) {
    return proof::KeyIdOf(key) == receipt->key;
  });
  checked.verdict = !known                                 ? Verdict::kUnknownKey
                    : proof::VerifyReceipt(*receipt, keys) ? Verdict::kValid
                                                           : Verdict::kForged;
  checked.receipt = *std::move(receipt);
  return checked;
}

absl::StatusOr<std::vector<proof::PublicKey>> KeysOf(std::string_view text) {
  if (const auto key = proof::ParsePublicKey(Stripped(text))) return std::vector{*key};
  json::error_code failed;
  const json::value document = json::parse(json::string_view(text.data(), text.size()), failed);
  if (failed || !document.is_object()) {
    return absl::InvalidArgumentError(
        "is no key: expected 64 hexadecimal digits, or what GET /v1/keys answers");
  }
  return KeysOfDocument(document.as_object());
}

absl::StatusOr<std::vector<proof::PublicKey>> ReadKeys(const std::vector<std::string>& files) {
  std::vector<proof::PublicKey> all;
  for (const std::string& file : files) {
    const absl::StatusOr<std::string> text = ReadInput(file);
    if (!text.ok()) return text.status();
    const absl::StatusOr<std::vector<proof::PublicKey>> keys = KeysOf(*text);
    if (!keys.ok())
      return absl::InvalidArgumentError(
          absl::StrCat(file, " ", std::string(keys.status().message())));
    all.insert(all.end(), keys->begin(), keys->end());
  }
  return all;
}

std::string_view WhoseName(Whose whose) {
  switch (whose) {
    case Whose::kUnchecked:
      return "unchecked";
    case Whose::kNobody:
      return "nobody";
    case Whose::kMissing:
      return "missing";
    case Whose::kPerson:
      return "person";
    case Whose::kOtherPerson:
      return "other-person";
    case Whose::kHolder:
      return "holder";
    case Whose::kOtherHolder:
      return "other-holder";
    case Whose::kEntrant:
      return "entrant";
    case Whose::kOtherEntrant:
      return "other-entrant";
    case Whose::kAnybody:
      return "anybody";
  }
  return "unchecked";
}

absl::StatusOr<Whose> WhoseAttempt(const proof::Receipt& receipt, std::string_view nonce_hex,
                                   std::string_view applicant) {
  const auto& attempt = std::get<proof::AttemptReceipt>(receipt.body);
  if (attempt.identity == proof::IdentityGiven::kNone) return Whose::kNobody;
  if (nonce_hex.empty() || applicant.empty()) return Whose::kMissing;
  const std::optional<std::string> octets = FromHex(Stripped(nonce_hex));
  proof::Nonce nonce{};
  if (!octets || octets->size() != nonce.size())
    return absl::InvalidArgumentError("the nonce is 32 hexadecimal digits");
  std::copy(octets->begin(), octets->end(), nonce.begin());
  json::error_code failed;
  const json::value given =
      json::parse(json::string_view(applicant.data(), applicant.size()), failed);
  if (failed || !given.is_object())
    return absl::InvalidArgumentError("the applicant is a JSON object of strings");
  const json::object* const inner = MemberObject(given.as_object(), "applicant");
  const json::object& fields = inner == nullptr ? given.as_object() : *inner;
  std::vector<std::string> values;
  for (const std::string& name : attempt.alternative) {
    const std::string_view text = MemberText(fields, name.c_str());
    const std::optional<rules::IdentityField> field = rules::IdentityFieldFromName(name);
    if (text.empty() || !field) return Whose::kMissing;
    std::string complaint;
    std::optional<std::string> canonical =
        rules::Normalise(*field, text, receipt.issued_at, &complaint);
    if (!canonical) return absl::InvalidArgumentError(absl::StrCat(name, " ", complaint));
    values.push_back(*std::move(canonical));
  }
  std::vector<proof::CommittedField> committed;
  for (size_t i = 0; i < values.size(); ++i)
    committed.push_back({attempt.alternative[i], values[i]});
  const bool theirs = proof::Commit(nonce, committed) == attempt.commitment;
  return theirs ? Whose::kPerson : Whose::kOtherPerson;
}

Whose WhoseConfirmation(const proof::Receipt& receipt, std::string_view key) {
  if (key.empty()) return Whose::kUnchecked;
  const auto& confirmation = std::get<proof::ConfirmationReceipt>(receipt.body);
  return proof::HolderOf(confirmation.reservation, Stripped(key)) == confirmation.holder
             ? Whose::kHolder
             : Whose::kOtherHolder;
}

Whose WhoseEntry(const proof::Receipt& receipt, std::string_view key) {
  if (key.empty()) return Whose::kUnchecked;
  const auto& inclusion = std::get<proof::InclusionReceipt>(receipt.body);
  if (inclusion.entry.empty()) return Whose::kAnybody;
  return proof::HolderOf(inclusion.entry, Stripped(key)) == inclusion.holder ? Whose::kEntrant
                                                                             : Whose::kOtherEntrant;
}

}  // namespace creneau::ctl
