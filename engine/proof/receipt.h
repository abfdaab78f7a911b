// Receipts: what the engine says of an attempt that failed, or of a reservation, signed, so that
// whoever has the public key can check it without the engine (design 5).
//
// The octets that are signed, and nothing else. Integers are big-endian; a text is its length
// (u16) and UTF-8 that can be printed (base/utf8.h).
//
//   "CRENRCPT" | version u8 = 1 | kind u8 | key id 8 | issued_at u64 | body | signature 64
//
// `key id` is the first 8 octets of SHA-256(public key); times are milliseconds since 1970; the
// signature is Ed25519 over everything before it. What is handed out is all of it in base64url
// without padding. There is one way only to write a receipt: what is cut short, goes on, or has a
// length or a value that it may not have is no receipt.
//
//   body of an attempt (kind 1): at u64 | agenda text | title text | office text | timezone text |
//     outcome text | phase text | iso year u16 | iso week u8 | identity u8 | count u8, and so many
//     names of fields, text | commitment 32
//   body of a confirmation (kind 2): reservation text | agenda text | title text | office text |
//     timezone text | slot text | starts_at u64 | minutes u16 | channel text | identity u8 |
//     holder 32 | batch u64 | lsn u64 | epoch u64 | chain 32
//   body of an inclusion in a draw (kind 4): agenda text | title text | office text | timezone text
//   |
//     draw text | closed_at u64 | round_at u64 | rules 32 | root 32 | tag 32 | entry text |
//     holder 32 | wishes text | index u32 | entries u32 | count u8, and so many hashes of 32 octets
//   body of one in a draw whose leaves have no holder (kind 3): the same without entry and holder
//
// Pure functions and values; any thread. Who calls SignReceipt spends 25 us and a few allocations.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "base/ids.h"
#include "base/instant.h"
#include "base/text.h"
#include "proof/checkpoint.h"
#include "proof/inclusion.h"

namespace creneau::proof {

using KeyId = std::array<uint8_t, 8>;
using Nonce = std::array<uint8_t, 16>;

// How sure it is who the applicant is. With kNone the engine never learned it: no field, no
// commitment.
enum class IdentityGiven : uint8_t { kNone = 0, kDeclared = 1, kListed = 2, kAsserted = 3 };

// Titles and offices are cut to limits::kReceiptTextBytes when they are signed; names and codes
// must be kReceiptNameBytes or shorter.
struct AttemptReceipt {
  Instant at;
  std::string agenda;  // its name
  std::string title;
  std::string office;
  std::string timezone;  // IANA
  std::string outcome;   // a code: "nothing-left"
  std::string phase;     // of the opening: "closed"; may be empty
  int iso_year = 0;      // IsoWeekOf the local date of `at`
  int iso_week = 0;
  IdentityGiven identity = IdentityGiven::kNone;
  std::vector<std::string> alternative;  // names of the fields that `commitment` is over
  Hash commitment{};                     // Commit(); all zero where no identity was given
};

struct ConfirmationReceipt {
  std::string reservation;  // its name
  std::string agenda;
  std::string title;
  std::string office;
  std::string timezone;
  std::string slot;  // FormatLocalMinute
  Instant starts_at;
  int minutes = 0;
  std::string channel;                            // ChannelName
  IdentityGiven identity = IdentityGiven::kNone;  // that the agenda asked for when it was signed
  Hash holder{};                                  // HolderOf()
  // The log's head when it was signed: the log up to there has the confirmation.
  uint64_t batch = 0;
  Lsn lsn;
  uint64_t epoch = 0;
  Hash chain{};
};

struct Receipt {
  KeyId key;
  Instant issued_at;
  std::variant<AttemptReceipt, ConfirmationReceipt, InclusionReceipt> body;
  std::string octets;  // all of them, the signature at the end
};

KeyId KeyIdOf(const PublicKey& key);

// What signs, with the key made ready: half of the time of SignReceipt.
class ReceiptSigner {
 public:
  explicit ReceiptSigner(const Seed& seed);
  ~ReceiptSigner();
  ReceiptSigner(const ReceiptSigner&) = delete;
  ReceiptSigner& operator=(const ReceiptSigner&) = delete;

  const PublicKey& public_key() const { return public_key_; }
  std::string Sign(const AttemptReceipt& attempt, Instant issued) const;
  std::string Sign(const ConfirmationReceipt& confirmation, Instant issued) const;
  std::string Sign(const InclusionReceipt& inclusion, Instant issued) const;

 private:
  std::string Sign(uint8_t kind, Instant issued, std::string_view body) const;

  std::array<uint8_t, 64> secret_;
  PublicKey public_key_;
};

std::string SignReceipt(const AttemptReceipt& attempt, Instant issued, const Seed& seed);
std::string SignReceipt(const ConfirmationReceipt& confirmation, Instant issued, const Seed& seed);
std::string SignReceipt(const InclusionReceipt& inclusion, Instant issued, const Seed& seed);

// InvalidArgument: it is no receipt of this form; says what is wrong. What it says is worth nothing
// before VerifyReceipt.
absl::StatusOr<Receipt> ReadReceipt(std::string_view text);

// Whether one of these keys signed it.
bool VerifyReceipt(const Receipt& receipt, std::span<const PublicKey> keys);

// What ties an attempt to a person without naming anybody: SHA-256 over the texts "creneau attempt
// v1" and the nonce, then name and value of each field. Fields in the order of
// rules::IdentityField, values as rules::Normalise makes them.
struct CommittedField {
  std::string_view name;
  std::string_view value;
};
Hash Commit(const Nonce& nonce, std::span<const CommittedField> fields);

// What ties a confirmation to whoever has the reservation's key, or an entry in a draw to whoever
// has that one's: SHA-256 over the texts "creneau holder v1", name and key.
Hash HolderOf(std::string_view name, std::string_view key);

// ISO 8601: weeks begin on Monday, and the first of a year is the one with its first Thursday.
struct IsoWeek {
  int year = 0;
  int week = 0;  // 1 to 53
  friend constexpr auto operator<=>(const IsoWeek&, const IsoWeek&) = default;
};
IsoWeek IsoWeekOf(CivilDate local);

}  // namespace creneau::proof
