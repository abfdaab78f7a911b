#include "surge/proof_of_work.h"

#include <string.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

#include "base/check.h"

namespace creneau::surge {
namespace {

constexpr std::string_view kAgendaParameter = "?agenda=";
constexpr std::string_view kExpiresParameter = "&expires=";
constexpr std::string_view kEnd = "&";
constexpr size_t kRandomChars = 2 * Challenge::kRandomBytes;
constexpr size_t kNumberMax = 20;  // digits of 64 bits

bool IsHex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool IsAgendaName(std::string_view text) {
  return !text.empty() && text.size() <= limits::kProofAgendaChars &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

template <size_t kBytes>
void WriteHex(const std::array<uint8_t, kBytes>& bytes, char* to) {
  // It writes a zero behind the last digit.
  std::array<char, 2 * kBytes + 1> hex;
  sodium_bin2hex(hex.data(), hex.size(), bytes.data(), bytes.size());
  std::memcpy(to, hex.data(), 2 * kBytes);
}

Challenge::Hex Solved(std::string_view salt, uint64_t number) {
  CHECK(salt.size() <= Challenge::kSaltMax);
  std::array<char, Challenge::kSaltMax + kNumberMax> text;
  char* const digits = std::copy(salt.begin(), salt.end(), text.data());
  const char* const end = std::to_chars(digits, text.data() + text.size(), number).ptr;
  std::array<uint8_t, crypto_hash_sha256_BYTES> digest;
  crypto_hash_sha256(digest.data(), reinterpret_cast<const uint8_t*>(text.data()),
                     static_cast<size_t>(end - text.data()));
  Challenge::Hex hex;
  WriteHex(digest, hex.data());
  return hex;
}

bool Same(const Challenge::Hex& ours, std::string_view theirs) {
  return theirs.size() == ours.size() &&
         sodium_memcmp(ours.data(), theirs.data(), ours.size()) == 0;
}

struct Salt {
  std::string_view agenda;
  int64_t expires_at_s;
};

std::optional<Salt> ReadSalt(std::string_view text) {
  if (text.size() < kRandomChars || !IsHex(text.substr(0, kRandomChars))) return std::nullopt;
  text.remove_prefix(kRandomChars);
  if (!text.starts_with(kAgendaParameter)) return std::nullopt;
  text.remove_prefix(kAgendaParameter.size());
  const size_t name_size = text.find(kExpiresParameter);
  if (name_size == std::string_view::npos) return std::nullopt;
  Salt salt{text.substr(0, name_size), 0};
  if (!IsAgendaName(salt.agenda)) return std::nullopt;
  text.remove_prefix(name_size + kExpiresParameter.size());
  if (!text.ends_with(kEnd)) return std::nullopt;
  text.remove_suffix(kEnd.size());
  if (text.empty() || text.front() < '1' || text.front() > '9') return std::nullopt;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), salt.expires_at_s);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return salt;
}

}  // namespace

std::string_view ProofVerdictName(ProofVerdict verdict) {
  switch (verdict) {
    case ProofVerdict::kOk:
      return "ok";
    case ProofVerdict::kOtherAlgorithm:
      return "other-algorithm";
    case ProofVerdict::kMalformed:
      return "malformed";
    case ProofVerdict::kOtherAgenda:
      return "other-agenda";
    case ProofVerdict::kExpired:
      return "expired";
    case ProofVerdict::kWrongNumber:
      return "wrong-number";
    case ProofVerdict::kForged:
      return "forged";
  }
  CHECK(false);
}

int64_t ProofExpiresAt(std::string_view salt) {
  const std::optional<Salt> read = ReadSalt(salt);
  return read ? read->expires_at_s : -1;
}

ProofOfWork::ProofOfWork(const KeyedHash::Key& key) : numbers_(key) {
  crypto_auth_hmacsha256_init(&signatures_, key.data(), key.size());
}

ProofOfWork::~ProofOfWork() { explicit_bzero(&signatures_, sizeof signatures_); }

Challenge::Hex ProofOfWork::Signed(std::string_view challenge) const {
  crypto_auth_hmacsha256_state state = signatures_;
  std::array<uint8_t, crypto_auth_hmacsha256_BYTES> digest;
  crypto_auth_hmacsha256_update(&state, reinterpret_cast<const uint8_t*>(challenge.data()),
                                challenge.size());
  crypto_auth_hmacsha256_final(&state, digest.data());
  Challenge::Hex hex;
  WriteHex(digest, hex.data());
  return hex;
}

Challenge ProofOfWork::Make(std::string_view agenda, const Random& random, int64_t expires_at_s,
                            uint32_t max_number) const {
  CHECK(IsAgendaName(agenda));
  CHECK(max_number >= 1 && max_number <= limits::kProofNumberMax);
  CHECK(expires_at_s > 0);
  Challenge made;
  made.max_number = max_number;
  char* at = made.salt_text.data();
  WriteHex(random, at);
  at += kRandomChars;
  for (const std::string_view part : {kAgendaParameter, agenda, kExpiresParameter})
    at = std::copy(part.begin(), part.end(), at);
  at = std::to_chars(at, made.salt_text.data() + made.salt_text.size(), expires_at_s).ptr;
  at = std::copy(kEnd.begin(), kEnd.end(), at);
  made.salt_size = static_cast<size_t>(at - made.salt_text.data());

  KeyedHash::Run run(numbers_);
  run.Add("creneau proof of work v1");
  run.Add(made.salt());
  const KeyedHash::Digest digest = run.Finish();
  uint64_t drawn;
  std::memcpy(&drawn, digest.data(), sizeof drawn);
  const uint64_t number = drawn % (uint64_t{max_number} + 1);
  made.challenge_text = Solved(made.salt(), number);
  made.signature_text = Signed(made.challenge());
  return made;
}

ProofVerdict ProofOfWork::Check(std::string_view agenda, const Proof& proof, Instant now) const {
  if (proof.algorithm != kProofAlgorithm) return ProofVerdict::kOtherAlgorithm;
  const std::optional<Salt> salt = ReadSalt(proof.salt);
  if (!salt) return ProofVerdict::kMalformed;
  if (salt->agenda != agenda) return ProofVerdict::kOtherAgenda;
  const int64_t now_s = now.ms / kMsPerSecond;
  if (salt->expires_at_s < now_s || salt->expires_at_s > now_s + limits::kProofLifetimeMaxS)
    return ProofVerdict::kExpired;
  if (!Same(Solved(proof.salt, proof.number), proof.challenge)) return ProofVerdict::kWrongNumber;
  if (!Same(Signed(proof.challenge), proof.signature)) return ProofVerdict::kForged;
  return ProofVerdict::kOk;
}

}  // namespace creneau::surge
