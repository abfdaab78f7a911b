// A ticket: a signed place in the queue of one opening, bound to a subject by its tag (design 6).
// It holds all there is to know: the server keeps nothing of those who wait.
//
// 66 octets, integers big endian, in base64url without padding 88 characters; one spelling only.
//
//   0  1   version, 1
//   1  1   zero
//   2  4   agenda
//   6  4   day of the opening, since 1970-01-01
//   10 4   bucket (rank.h)
//   14 4   how many people had come in earlier buckets, for the client's reckoning
//   18 16  tag
//   34 16  nonce: random; it is the Idempotency-Key of the hold
//   50 16  MAC over what stands before it
//
// Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/keyed_hash.h"
#include "surge/rank.h"

namespace creneau::surge {

using Nonce = std::array<uint8_t, 16>;

struct Ticket {
  OpeningId opening;
  Bucket bucket;
  uint32_t before = 0;
  Tag tag{};
  Nonce nonce{};
  friend bool operator==(const Ticket&, const Ticket&) = default;
};

inline constexpr size_t kTicketBytes = 66;
inline constexpr size_t kTicketChars = kTicketBytes / 3 * 4;
static_assert(kTicketBytes % 3 == 0, "or a last character would have spare bits");

struct TicketText {
  std::array<char, kTicketChars> text;
  std::string_view view() const { return {text.data(), text.size()}; }
};

TicketText Sign(const KeyedHash& secret, const Ticket& ticket);

// Nothing unless Sign wrote it with the same secret, whatever is wrong with it; the MAC is compared
// in constant time.
std::optional<Ticket> Verify(const KeyedHash& secret, std::string_view text);

// What it says, whoever wrote it: for checks from outside, which have no secret. Nothing where the
// form is wrong.
std::optional<Ticket> ReadUnverified(std::string_view text);

}  // namespace creneau::surge
