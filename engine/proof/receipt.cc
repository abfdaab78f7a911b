#include "proof/receipt.h"

#include <openssl/sha.h>
#include <sodium.h>

#include <algorithm>
#include <optional>

#include "base/check.h"
#include "base/limits.h"
#include "proof/receipt_octets.h"

namespace creneau::proof {
namespace {

constexpr std::string_view kMagic = "CRENRCPT";
constexpr uint8_t kVersion = 1;
constexpr uint8_t kAttempt = 1;
constexpr uint8_t kConfirmation = 2;
constexpr uint8_t kInclusionOfBefore = 3;
constexpr uint8_t kInclusion = 4;
constexpr size_t kSignature = crypto_sign_BYTES;
constexpr int kBase64 = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
constexpr uint64_t kMinutesOfDay = 24 * 60;

static_assert(crypto_sign_SECRETKEYBYTES == 64);

using Writer = ReceiptWriter;
using Reader = ReceiptReader;

bool IsZero(const Hash& hash) {
  return std::all_of(hash.begin(), hash.end(), [](uint8_t octet) { return octet == 0; });
}

// With an identity there are fields and a commitment to them, else neither.
bool GoTogether(const AttemptReceipt& attempt) {
  const bool given = attempt.identity != IdentityGiven::kNone;
  return given != attempt.alternative.empty() && given != IsZero(attempt.commitment);
}

AttemptReceipt ReadAttempt(Reader& in) {
  AttemptReceipt attempt;
  attempt.at = in.Time("the time of the attempt is out of range");
  attempt.agenda = in.Name("the agenda's name is none");
  attempt.title = in.Words("the title is no text");
  attempt.office = in.Words("the office is no text");
  attempt.timezone = in.Name("the time zone is none");
  attempt.outcome = in.Name("the outcome is none");
  attempt.phase = in.Name("the phase is none");
  attempt.iso_year = static_cast<int>(in.Number(2, 1970, 9999, "the year of the week is none"));
  attempt.iso_week = static_cast<int>(in.Number(1, 1, 53, "the week is none"));
  attempt.identity = static_cast<IdentityGiven>(in.Number(1, 0, 3, "the identity is unknown"));
  const uint64_t fields = in.Number(1, 0, limits::kReceiptFields, "there are too many fields");
  for (uint64_t i = 0; i < fields && in.ok(); ++i) {
    attempt.alternative.push_back(in.Name("a field's name is none"));
  }
  in.Fill(&attempt.commitment);
  in.Expect(GoTogether(attempt), "identity, fields and commitment contradict each other");
  return attempt;
}

ConfirmationReceipt ReadConfirmation(Reader& in) {
  ConfirmationReceipt confirmation;
  confirmation.reservation = in.Name("the reservation's name is none");
  confirmation.agenda = in.Name("the agenda's name is none");
  confirmation.title = in.Words("the title is no text");
  confirmation.office = in.Words("the office is no text");
  confirmation.timezone = in.Name("the time zone is none");
  confirmation.slot = in.Name("the slot is none");
  in.Expect(ParseLocalMinute(confirmation.slot).has_value(), "the slot is no local time");
  confirmation.starts_at = in.Time("the time of the slot is out of range");
  confirmation.minutes = static_cast<int>(in.Number(2, 1, kMinutesOfDay, "the minutes are none"));
  confirmation.channel = in.Name("the channel is none");
  in.Expect(ChannelFromName(confirmation.channel).has_value(), "the channel is unknown");
  confirmation.identity = static_cast<IdentityGiven>(in.Number(1, 0, 3, "the identity is unknown"));
  in.Fill(&confirmation.holder);
  confirmation.batch = in.Number(8, 0, UINT64_MAX, "");
  confirmation.lsn = Lsn{in.Number(8, 0, UINT64_MAX, "")};
  confirmation.epoch = in.Number(8, 0, UINT64_MAX, "");
  in.Fill(&confirmation.chain);
  return confirmation;
}

std::string ToBase64(std::string_view octets) {
  std::string text(sodium_base64_encoded_len(octets.size(), kBase64), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(octets.data()),
                    octets.size(), kBase64);
  text.pop_back();  // its zero
  return text;
}

std::optional<std::string> FromBase64(std::string_view text) {
  std::string octets(text.size() / 4 * 3 + 3, '\0');
  size_t size = 0;
  const char* end = nullptr;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(octets.data()), octets.size(), text.data(),
                        text.size(), nullptr, &size, &end, kBase64) != 0 ||
      end != text.data() + text.size())
    return std::nullopt;
  octets.resize(size);
  // libsodium 1.0.18 takes some octets above 127 for what they are not.
  if (ToBase64(octets) != text) return std::nullopt;
  return octets;
}

Hash Sha256(std::string_view octets) {
  Hash hash;
  SHA256(reinterpret_cast<const unsigned char*>(octets.data()), octets.size(), hash.data());
  return hash;
}

std::string_view AsText(std::span<const uint8_t> octets) {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

}  // namespace

KeyId KeyIdOf(const PublicKey& key) {
  const Hash hash = Sha256(AsText(key));
  KeyId id;
  std::copy_n(hash.begin(), id.size(), id.begin());
  return id;
}

ReceiptSigner::ReceiptSigner(const Seed& seed) {
  CHECK(crypto_sign_seed_keypair(public_key_.data(), secret_.data(), seed.data()) == 0);
}

ReceiptSigner::~ReceiptSigner() { sodium_memzero(secret_.data(), secret_.size()); }

std::string ReceiptSigner::Sign(uint8_t kind, Instant issued, std::string_view body) const {
  Writer out;
  out.Raw(kMagic);
  out.Number(kVersion, 1);
  out.Number(kind, 1);
  out.Raw(KeyIdOf(public_key_));
  out.Time(issued);
  out.Raw(body);
  const std::string message = out.octets();
  std::array<uint8_t, kSignature> signature;
  CHECK(crypto_sign_detached(signature.data(), nullptr,
                             reinterpret_cast<const unsigned char*>(message.data()), message.size(),
                             secret_.data()) == 0);
  out.Raw(signature);
  CHECK(out.octets().size() <= limits::kReceiptBytes);
  return ToBase64(out.octets());
}

std::string ReceiptSigner::Sign(const AttemptReceipt& attempt, Instant issued) const {
  CHECK(attempt.iso_year >= 1970 && attempt.iso_week >= 1 && attempt.iso_week <= 53);
  CHECK(attempt.alternative.size() <= limits::kReceiptFields);
  CHECK(GoTogether(attempt));
  Writer body;
  body.Time(attempt.at);
  body.Name(attempt.agenda);
  body.Words(attempt.title);
  body.Words(attempt.office);
  body.Name(attempt.timezone);
  body.Name(attempt.outcome);
  body.Name(attempt.phase);
  body.Number(static_cast<uint64_t>(attempt.iso_year), 2);
  body.Number(static_cast<uint64_t>(attempt.iso_week), 1);
  body.Number(static_cast<uint64_t>(attempt.identity), 1);
  body.Number(attempt.alternative.size(), 1);
  for (const std::string& field : attempt.alternative) body.Name(field);
  body.Raw(attempt.commitment);
  return Sign(kAttempt, issued, body.octets());
}

std::string ReceiptSigner::Sign(const ConfirmationReceipt& confirmation, Instant issued) const {
  CHECK(ParseLocalMinute(confirmation.slot).has_value());
  CHECK(confirmation.minutes >= 1 && static_cast<uint64_t>(confirmation.minutes) <= kMinutesOfDay);
  CHECK(ChannelFromName(confirmation.channel).has_value());
  Writer body;
  body.Name(confirmation.reservation);
  body.Name(confirmation.agenda);
  body.Words(confirmation.title);
  body.Words(confirmation.office);
  body.Name(confirmation.timezone);
  body.Name(confirmation.slot);
  body.Time(confirmation.starts_at);
  body.Number(static_cast<uint64_t>(confirmation.minutes), 2);
  body.Name(confirmation.channel);
  body.Number(static_cast<uint64_t>(confirmation.identity), 1);
  body.Raw(confirmation.holder);
  body.Number(confirmation.batch, 8);
  body.Number(confirmation.lsn.value, 8);
  body.Number(confirmation.epoch, 8);
  body.Raw(confirmation.chain);
  return Sign(kConfirmation, issued, body.octets());
}

std::string ReceiptSigner::Sign(const InclusionReceipt& inclusion, Instant issued) const {
  Writer body;
  WriteInclusion(body, inclusion);
  return Sign(inclusion.entry.empty() ? kInclusionOfBefore : kInclusion, issued, body.octets());
}

std::string SignReceipt(const AttemptReceipt& attempt, Instant issued, const Seed& seed) {
  return ReceiptSigner(seed).Sign(attempt, issued);
}

std::string SignReceipt(const ConfirmationReceipt& confirmation, Instant issued, const Seed& seed) {
  return ReceiptSigner(seed).Sign(confirmation, issued);
}

std::string SignReceipt(const InclusionReceipt& inclusion, Instant issued, const Seed& seed) {
  return ReceiptSigner(seed).Sign(inclusion, issued);
}

absl::StatusOr<Receipt> ReadReceipt(std::string_view text) {
  if (text.size() > limits::kReceiptBytes / 3 * 4)
    return absl::InvalidArgumentError("it is longer than a receipt can be");
  std::optional<std::string> octets = FromBase64(text);
  if (!octets)
    return absl::InvalidArgumentError("it is not base64url without padding, or is cut short");
  if (octets->size() < kSignature) return absl::InvalidArgumentError("it is cut short");
  Reader in(std::string_view(*octets).substr(0, octets->size() - kSignature));
  in.Expect(in.Raw(kMagic.size()) == kMagic, "it does not begin as a receipt does");
  in.Number(1, kVersion, kVersion, "it is of a version that this program does not know");
  const uint64_t kind = in.Number(1, kAttempt, kInclusion, "it is of an unknown kind");
  Receipt receipt;
  in.Fill(&receipt.key);
  receipt.issued_at = in.Time("the time of issue is out of range");
  if (in.ok() && kind == kAttempt) receipt.body = ReadAttempt(in);
  if (in.ok() && kind == kConfirmation) receipt.body = ReadConfirmation(in);
  if (in.ok() && kind == kInclusionOfBefore) receipt.body = ReadInclusionOfBefore(in);
  if (in.ok() && kind == kInclusion) receipt.body = ReadInclusion(in);
  in.Expect(in.done(), "there is more than belongs to it");
  if (!in.ok()) return absl::InvalidArgumentError(in.wrong());
  receipt.octets = *std::move(octets);
  return receipt;
}

bool VerifyReceipt(const Receipt& receipt, std::span<const PublicKey> keys) {
  CHECK(receipt.octets.size() >= kSignature);
  const auto* octets = reinterpret_cast<const unsigned char*>(receipt.octets.data());
  const size_t signed_size = receipt.octets.size() - kSignature;
  return std::any_of(keys.begin(), keys.end(), [&](const PublicKey& key) {
    return KeyIdOf(key) == receipt.key &&
           crypto_sign_verify_detached(octets + signed_size, octets, signed_size, key.data()) == 0;
  });
}

Hash Commit(const Nonce& nonce, std::span<const CommittedField> fields) {
  Writer all;
  all.Text("creneau attempt v1");
  all.Text(AsText(nonce));
  for (const CommittedField& field : fields) {
    all.Text(field.name);
    all.Text(field.value);
  }
  return Sha256(all.octets());
}

Hash HolderOf(std::string_view name, std::string_view key) {
  Writer all;
  all.Text("creneau holder v1");
  all.Text(name);
  all.Text(key);
  return Sha256(all.octets());
}

IsoWeek IsoWeekOf(CivilDate local) {
  const int32_t day = DaysFromCivil(local);
  const int32_t weekday = ((day + 3) % 7 + 7) % 7;  // 0 is Monday; 1970 began on a Thursday
  const int32_t thursday = day - weekday + 3;
  const int year = CivilFromDays(thursday).year;
  return {year, 1 + (thursday - DaysFromCivil({year, 1, 1})) / 7};
}

}  // namespace creneau::proof
