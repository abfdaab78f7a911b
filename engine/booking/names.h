// Reservation names and keys (design 7 and 8).
//
// A name stands for a seat and generation, enciphered so that names tell nothing about how many
// there are or which seats are next to each other: four rounds of Feistel over 64 bits with
// SipHash-2-4 (Luby and Rackoff, 1988). 21 of the 64 bits are zero inside, so a name that was made
// up is nearly always seen as such at once. A name is no secret.
//
// Of those 21 bits, a reservation that was made after a loss that somebody accepted (loss.h) has
// the era it was made in. What was lost had an earlier one, or another, so that no name that was
// ever given out stands for somebody else's reservation, whatever was lost; and one that was lost
// stands for none. Which era a reservation is of, its generation tells.
//
// A key is: HMAC-SHA-256, its first 128 bits, over name, subject and idempotency hash, and how
// often it was replaced. So it needs no memory, a repeated hold gets the same one, and the next
// holder of the seat gets another.
// Compared in constant time.
//
// Threads: any; immutable once made, but for a count of requests.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/keyed_hash.h"
#include "booking/answers.h"
#include "booking/siphash.h"

namespace creneau::booking {

class Names {
 public:
  using Secret = std::array<uint8_t, 32>;

  // Reservations of seats in this generation or a later one were made in this era.
  struct Era {
    Generation first;
    uint64_t number = 0;
  };
  // `eras`: in their order; before the first of them is era 0.
  explicit Names(const Secret& secret, std::vector<Era> eras = {});

  ReservationName NameOf(SeatRef origin) const;
  // Upper or lower case; nothing when the text is no name of ours. `spelt`, where it is wanted, is
  // then what NameOf says, for less.
  std::optional<SeatRef> Parse(std::string_view text, ReservationName* spelt = nullptr) const;

  // What is numbered and not a seat: a place in a waitlist, an entry of a draw, a mandate. Its name
  // is a letter, so that nobody takes it for a reservation's, and its number enciphered like those;
  // 14 characters. The number has the era in its upper bits (kNumberBits): whoever counts begins
  // anew after a loss, so that a name from before stands for nothing.
  enum class Kind : uint8_t { kPlace = 1, kEntry = 2, kMandate = 3, kParty = 4 };
  static constexpr int kNumberBits = 32;
  std::string NameOf(Kind kind, uint64_t number) const;
  std::optional<uint64_t> Parse(Kind kind, std::string_view text) const;
  // As a reservation's, below.
  ReservationKey KeyOf(Kind kind, uint64_t number, const Subject& subject,
                       uint64_t idempotency) const;
  // The first number of this kind that nobody can have had, if `last` was the last one.
  uint64_t NextNumber(uint64_t last) const;

  // `rekeyed`: how often the reservation has got another key.
  ReservationKey KeyOf(SeatRef origin, const Subject& subject, uint64_t idempotency,
                       uint32_t rekeyed = 0) const;
  static bool Same(const ReservationKey& key, std::string_view text);

  // What a seat keeps of a request's Idempotency-Key: 48 bits of its keyed hash, and 16 of what was
  // asked for.
  uint64_t IdempotencyOf(std::string_view idempotency_key, uint64_t body_hash) const;
  // Of a request without one: what no key has but by luck, and no other request of that person's,
  // if it comes in the same millisecond.
  uint64_t NoIdempotency(const Subject& subject, int64_t moment) const;
  static bool SameKey(uint64_t a, uint64_t b) {
    const uint64_t bits = IsOfParty(a) || IsOfParty(b) ? kPartyBits : ~uint64_t{0};
    return ((a ^ b) & bits) >> 16 == 0;
  }
  // That of a family, which all its seats keep: twelve of the 48 bits say that it is one, and no
  // other request's does. (Before there were families, one in 4,096 did.)
  static uint64_t OfParty(uint64_t idempotency) { return kPartyMark | (idempotency & kPartyBits); }
  static bool IsOfParty(uint64_t idempotency) { return (idempotency & ~kPartyBits) == kPartyMark; }
  // The family that a reservation is of, by what its seat keeps; nothing: of none.
  std::optional<PartyName> PartyOf(uint64_t idempotency) const;

  // Not to be guessed, and different for each subject and moment: for picking seats and cooling
  // times without shared state.
  uint64_t Random(const Subject& subject, int64_t moment, uint64_t salt) const;

 private:
  static constexpr size_t kRounds = 4;
  static constexpr uint64_t kPartyBits = (uint64_t{1} << 52) - 1;
  static constexpr uint64_t kPartyMark = uint64_t{0xfa3} << 52;
  static uint64_t OfOne(uint64_t idempotency);

  uint64_t Encipher(uint64_t block) const;
  uint64_t Decipher(uint64_t block) const;
  uint64_t EraOf(Generation generation) const;

  Secret name_secret_;
  // Each kept after what is always the same: what it is for, and which round.
  std::array<SipHash, kRounds> rounds_;
  SipHash draws_;
  KeyedHash keys_;
  std::vector<Era> eras_;
  mutable std::atomic<uint64_t> keyless_{0};  // requests without a key: no other memory hangs on it
};

}  // namespace creneau::booking
