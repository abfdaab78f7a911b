// A website's word for an applicant (identity_proof = "asserted"): a statement signed with the
// site's Ed25519 key, which says that whoever logged in there is who the request names. 169 octets,
// integers big endian, in base64url without padding 226 characters; one spelling only.
//
//   version      1       1
//   key id       8       of the site's key in KEYS/staff, as text
//   issued_at    8       milliseconds since 1970
//   expires_at   8       likewise, limits::kAssertionLifeMs later at most
//   nonce       16       random: another one for each request
//   audience    32       SHA-256 of the agenda's name, with its length before it
//   applicant   32       SHA-256 of the fields as they are sent, those that are not empty, in the
//   order
//                        of their names: name and value of each, each with its length before it
//   signature   64       over all before it
//
// Lengths are two octets, big endian. A version that is not known is refused; there is no algorithm
// field. Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/instant.h"
#include "base/limits.h"
#include "proof/checkpoint.h"

namespace creneau::proof {

inline constexpr size_t kAssertionChars = 226;

struct Assertion {
  std::array<char, limits::kStaffKeyIdChars> key{};
  Instant issued_at{};
  Instant expires_at{};
  std::array<uint8_t, 16> nonce{};
  std::array<uint8_t, 32> audience{};
  std::array<uint8_t, 32> applicant{};

  std::string_view key_id() const { return {key.data(), key.size()}; }
};

using NamedField = std::pair<std::string_view, std::string_view>;

std::array<uint8_t, 32> AudienceOf(std::string_view agenda);
// `fields`: in the order of their names.
std::array<uint8_t, 32> ApplicantDigest(std::span<const NamedField> fields);

// What it says, whoever has written it. Nothing: not of this form.
std::optional<Assertion> ReadAssertion(std::string_view text);
// Whether that text was signed with this key.
bool IsSignedBy(std::string_view text, const PublicKey& key);

std::string SignAssertion(const Assertion& assertion, const Seed& seed);

}  // namespace creneau::proof
