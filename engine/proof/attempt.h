// An attempt: what somebody gets with a refusal, in place of the seat, to be turned into a signed
// receipt within thirty days (design 5). It holds all that the receipt will say but the texts, so
// the engine keeps nothing of those who failed, and signs nothing until it is asked to.
//
// 84 octets, integers big-endian, in base64url without padding 112 characters; one spelling only.
//
//   0  1   version, 1
//   1  1   outcome, a number below
//   2  1   phase of the opening, a number below; 0: nothing is said of one
//   3  1   how sure the identity is (receipt.h)
//   4  1   which fields the commitment is over: bit n for the n-th of rules::IdentityField
//   5  3   zero
//   8  4   agenda
//   12 8   when, in milliseconds since 1970-01-01
//   20 16  nonce
//   36 32  commitment (receipt.h); zero where nobody was named
//   68 16  MAC over what stands before it
//
// Whoever has it can ask for the receipt, which comes with the nonce: it belongs to the person who
// was refused, and to no log. Making one costs a keyed hash and no memory. Pure; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/ids.h"
#include "base/instant.h"
#include "base/keyed_hash.h"
#include "proof/receipt.h"

namespace creneau::proof {

// Why there was no seat. Numbers are for ever.
enum class AttemptOutcome : uint8_t {
  kNothingLeft = 1,
  kNotOpenYet = 2,
  kPaused = 3,
  kNotAdmitted = 4,
  kNotReached = 5,  // the opening closed before a ticket's turn came
  kOverloaded = 6,
  kReadOnly = 7,
  kSlotTaken = 8,
  kNotListed = 9,
  kByDraw = 10,  // seats are drawn, and not held; the phase is that of the entries
};
inline constexpr uint8_t kAttemptOutcomes = 10;
std::string_view AttemptOutcomeName(AttemptOutcome outcome);  // "nothing-left"

enum class AttemptPhase : uint8_t {
  kNone = 0,
  kClosed = 1,
  kGathering = 2,
  kOpen = 3,
  kExhausted = 4
};
inline constexpr uint8_t kAttemptPhases = 4;
std::string_view AttemptPhaseName(AttemptPhase phase);  // "closed"; empty for kNone

struct Attempt {
  AttemptOutcome outcome = AttemptOutcome::kNothingLeft;
  AttemptPhase phase = AttemptPhase::kNone;
  IdentityGiven identity = IdentityGiven::kNone;
  uint8_t fields = 0;
  AgendaId agenda;
  Instant at;
  Nonce nonce{};
  Hash commitment{};
  friend bool operator==(const Attempt&, const Attempt&) = default;
};

inline constexpr size_t kAttemptBytes = 84;
inline constexpr size_t kAttemptChars = kAttemptBytes / 3 * 4;
static_assert(kAttemptBytes % 3 == 0, "or a last character would have spare bits");

struct AttemptText {
  std::array<char, kAttemptChars> text;
  std::string_view view() const { return {text.data(), text.size()}; }
};

AttemptText WriteAttempt(const KeyedHash& secret, const Attempt& attempt);

// Nothing unless WriteAttempt wrote it with the same secret, whatever is wrong with it; the MAC is
// compared in constant time.
std::optional<Attempt> ReadAttempt(const KeyedHash& secret, std::string_view text);

}  // namespace creneau::proof
