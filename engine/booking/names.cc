#include "booking/names.h"

#include <sodium.h>

#include "base/check.h"

namespace creneau::booking {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";  // Crockford's base32
constexpr int kGenerationBits = 17;
constexpr int kSeatBits = 26;
constexpr int kRounds = 4;

// As Crockford says: people may read O for 0 and I or L for 1, in either case. -1: no digit.
constexpr std::array<int8_t, 256> MakeDigits() {
  std::array<int8_t, 256> digits{};
  digits.fill(-1);
  const auto both = [&digits](char c, int8_t value) {
    digits[static_cast<unsigned char>(c)] = value;
    if (c >= 'A') digits[static_cast<unsigned char>(c - 'A' + 'a')] = value;
  };
  for (size_t i = 0; i < kAlphabet.size(); ++i) both(kAlphabet[i], static_cast<int8_t>(i));
  both('O', 0);
  both('I', 1);
  both('L', 1);
  return digits;
}
constexpr std::array<int8_t, 256> kDigits = MakeDigits();

// RFC 4648 section 5, without padding. One cache line, so that which characters are looked up
// cannot be seen from outside.
alignas(64) constexpr char kBase64[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

ReservationKey Base64(const rules::KeyedHash::Digest& bytes) {
  ReservationKey key;
  size_t at = 0;
  uint32_t bits = 0;
  int held = 0;
  for (const uint8_t byte : bytes) {
    bits = bits << 8 | byte;
    for (held += 8; held >= 6; held -= 6) key.text[at++] = kBase64[bits >> (held - 6) & 63];
  }
  key.text[at++] = kBase64[bits << (6 - held) & 63];
  CHECK(at == key.text.size());
  return key;
}

Names::Secret Derive(const Names::Secret& secret, uint64_t id) {
  Names::Secret out;
  static_assert(crypto_kdf_KEYBYTES == 32);
  crypto_kdf_derive_from_key(out.data(), out.size(), id, "creneau1", secret.data());
  return out;
}

}  // namespace

Names::Names(const Secret& secret) : name_secret_(Derive(secret, 1)), keys_(Derive(secret, 3)) {}

uint64_t Names::Siphash(uint8_t purpose, uint64_t a, uint64_t b, uint64_t c) const {
  uint64_t input[4] = {purpose, a, b, c};
  uint64_t out = 0;
  static_assert(crypto_shorthash_BYTES == sizeof out);
  crypto_shorthash(reinterpret_cast<uint8_t*>(&out), reinterpret_cast<const uint8_t*>(input),
                   sizeof input, name_secret_.data());
  return out;
}

uint64_t Names::Permute(uint64_t block, bool forward) const {
  uint32_t left = static_cast<uint32_t>(block >> 32);
  uint32_t right = static_cast<uint32_t>(block);
  for (int i = 0; i < kRounds; ++i) {
    const uint64_t round = static_cast<uint64_t>(forward ? i : kRounds - 1 - i);
    if (forward) {
      const uint32_t next = left ^ static_cast<uint32_t>(Siphash(1, round, right, 0));
      left = right;
      right = next;
    } else {
      const uint32_t before = right ^ static_cast<uint32_t>(Siphash(1, round, left, 0));
      right = left;
      left = before;
    }
  }
  return static_cast<uint64_t>(left) << 32 | right;
}

ReservationName Names::NameOf(SeatRef origin) const {
  uint64_t block = Permute(
      static_cast<uint64_t>(origin.seat.value) << kGenerationBits | origin.generation.value, true);
  ReservationName name;
  for (size_t i = name.text.size(); i-- > 0; block >>= 5) name.text[i] = kAlphabet[block & 31];
  return name;
}

std::optional<SeatRef> Names::Parse(std::string_view text, ReservationName* spelt) const {
  if (text.size() != ReservationName{}.text.size()) return std::nullopt;
  uint64_t block = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const int digit = kDigits[static_cast<unsigned char>(text[i])];
    if (digit < 0 || (i == 0 && digit > 15)) return std::nullopt;  // 13 digits hold 65 bits
    block = block << 5 | static_cast<uint64_t>(digit);
    if (spelt != nullptr) spelt->text[i] = kAlphabet[static_cast<size_t>(digit)];
  }
  block = Permute(block, false);
  if (block >> (kSeatBits + kGenerationBits) != 0) return std::nullopt;
  return SeatRef{SeatId{static_cast<uint32_t>(block >> kGenerationBits)},
                 Generation{static_cast<uint32_t>(block & ((1u << kGenerationBits) - 1))}};
}

ReservationKey Names::KeyOf(SeatRef origin, const Subject& subject, uint64_t idempotency) const {
  const uint64_t input[4] = {
      static_cast<uint64_t>(origin.seat.value) << 32 | origin.generation.value, subject.lo,
      subject.hi, idempotency};
  rules::KeyedHash::Run run(keys_);
  run.Add({reinterpret_cast<const char*>(input), sizeof input});
  return Base64(run.Finish());
}

bool Names::Same(const ReservationKey& key, std::string_view text) {
  return text.size() == key.text.size() &&
         sodium_memcmp(key.text.data(), text.data(), key.text.size()) == 0;
}

uint64_t Names::IdempotencyOf(std::string_view idempotency_key, uint64_t body_hash) const {
  uint64_t hash = 0;
  crypto_shorthash(reinterpret_cast<uint8_t*>(&hash),
                   reinterpret_cast<const uint8_t*>(idempotency_key.data()), idempotency_key.size(),
                   name_secret_.data());
  return (hash & ~uint64_t{0xffff}) | (body_hash & 0xffff);
}

uint64_t Names::Random(const Subject& subject, int64_t moment, uint64_t salt) const {
  return Siphash(2, subject.lo ^ subject.hi, static_cast<uint64_t>(moment), salt);
}

}  // namespace creneau::booking
