// Proof of work in ALTCHA's format (version 1 of its challenges, https://altcha.org; checked
// against altcha-lib from npm in tests/surge/altcha). Whoever is shown a challenge looks for the
// number, from 0 to maxnumber, for which SHA-256(salt + number) is the challenge; on average
// half of them are tried.
//
//   salt       32 hex digits of randomness, and what the proof is bound to, in this one spelling:
//              "?agenda=" name "&expires=" seconds since 1970 "&"
//              The last "&" keeps the number from being read as part of the time, or the other way
//              round (ALTCHA's security advisory of December 2025).
//   challenge  SHA-256(salt, number in decimal), hex
//   signature  HMAC-SHA-256(key, challenge), hex
//
// The server keeps nothing of a challenge. The number follows from the salt by the key: the same
// randomness gives the same challenge. Hex is in lower case. A key made anew at each start is best:
// what was spent before it is forgotten then (spent_proofs.h), and worth nothing either.
//
// Pure; any thread; allocates nothing. A check takes five blocks of SHA-256: about 2 us.
#pragma once

#include <sodium.h>

#include <array>
#include <cstdint>
#include <string_view>

#include "base/instant.h"
#include "base/keyed_hash.h"
#include "base/limits.h"

namespace creneau::surge {

inline constexpr std::string_view kProofAlgorithm = "SHA-256";

// What a client is given, beside kProofAlgorithm.
struct Challenge {
  using Hex = std::array<char, 64>;
  static constexpr size_t kRandomBytes = 16;

  std::string_view salt() const { return {salt_text.data(), salt_size}; }
  std::string_view challenge() const { return {challenge_text.data(), challenge_text.size()}; }
  std::string_view signature() const { return {signature_text.data(), signature_text.size()}; }

  uint32_t max_number = 0;
  // Randomness, names of parameters, a time of any size.
  static constexpr size_t kSaltMax = 2 * kRandomBytes + 8 + limits::kProofAgendaChars + 9 + 20 + 1;
  std::array<char, kSaltMax> salt_text{};
  size_t salt_size = 0;
  Hex challenge_text{};
  Hex signature_text{};
};

// What a client sends back: the fields of the payload, decoded and unescaped.
struct Proof {
  std::string_view algorithm;
  std::string_view challenge;
  uint64_t number = 0;
  std::string_view salt;
  std::string_view signature;
};

// For the metrics. Whoever sent it learns nothing but that it will not do, whichever it is.
enum class ProofVerdict : uint8_t {
  kOk,
  kOtherAlgorithm,
  kMalformed,    // the salt is of another form
  kOtherAgenda,  // it was made for another one
  kExpired,      // or will expire later than any of ours
  kWrongNumber,
  kForged,
};
inline constexpr int kProofVerdicts = static_cast<int>(ProofVerdict::kForged) + 1;
std::string_view ProofVerdictName(ProofVerdict verdict);

// When the salt of a proof says that it expires, in seconds since 1970; -1 where it is of another
// form. Nothing is checked.
int64_t ProofExpiresAt(std::string_view salt);

class ProofOfWork {
 public:
  using Random = std::array<uint8_t, Challenge::kRandomBytes>;

  explicit ProofOfWork(const KeyedHash::Key& key);
  ~ProofOfWork();
  ProofOfWork(const ProofOfWork&) = delete;
  ProofOfWork& operator=(const ProofOfWork&) = delete;

  // `random` must never come twice. `agenda` is an agenda's name: lower-case letters, digits, "-".
  // `max_number`, the difficulty, is 1 to kProofNumberMax. Valid to the end of `expires_at_s`,
  // which is to be kProofLifetimeMaxS from now at most.
  Challenge Make(std::string_view agenda, const Random& random, int64_t expires_at_s,
                 uint32_t max_number) const;

  // Whether it was made with this key for this agenda and is solved. Not whether it was used
  // before: that is SpentProofs.
  ProofVerdict Check(std::string_view agenda, const Proof& proof, Instant now) const;

 private:
  Challenge::Hex Signed(std::string_view challenge) const;

  const KeyedHash numbers_;
  crypto_auth_hmacsha256_state signatures_;  // after the key's block
};

}  // namespace creneau::surge
