#include "booking/names.h"

#include <sodium.h>

#include <algorithm>
#include <span>
#include <utility>

#include "base/check.h"
#include "base/limits.h"

namespace creneau::booking {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";  // Crockford's base32
constexpr int kGenerationBits = 17;
constexpr int kSeatBits = 26;
static_assert(limits::kMaxEra >> (64 - kGenerationBits - kSeatBits) == 0);

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

ReservationKey Base64(const KeyedHash::Digest& bytes) {
  ReservationKey key;
  static_assert(sizeof bytes == 5 * 3 + 1 && sizeof key.text == 5 * 4 + 2);
  char* at = key.text.data();
  for (size_t i = 0; i < 5; ++i, at += 4) {
    const uint32_t bits = uint32_t{bytes[3 * i]} << 16 | bytes[3 * i + 1] << 8 | bytes[3 * i + 2];
    at[0] = kBase64[bits >> 18];
    at[1] = kBase64[bits >> 12 & 63];
    at[2] = kBase64[bits >> 6 & 63];
    at[3] = kBase64[bits & 63];
  }
  at[0] = kBase64[bytes[15] >> 2];
  at[1] = kBase64[bytes[15] << 4 & 63];
  return key;
}

ReservationName WriteDigits(uint64_t block) {
  ReservationName name;
  for (size_t i = name.text.size(); i-- > 0; block >>= 5) name.text[i] = kAlphabet[block & 31];
  return name;
}

std::optional<uint64_t> ReadDigits(std::string_view text, ReservationName* spelt) {
  if (text.size() != ReservationName{}.text.size()) return std::nullopt;
  uint64_t block = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const int digit = kDigits[static_cast<unsigned char>(text[i])];
    if (digit < 0 || (i == 0 && digit > 15)) return std::nullopt;  // 13 digits hold 65 bits
    block = block << 5 | static_cast<uint64_t>(digit);
    if (spelt != nullptr) spelt->text[i] = kAlphabet[static_cast<size_t>(digit)];
  }
  return block;
}

// Above a number and its era. Of a seat's name these bits are its era's: a kind is in no era.
constexpr int kKindShift = 56;

char LetterOf(Names::Kind kind) {
  switch (kind) {
    case Names::Kind::kPlace:
      return 'W';
    case Names::Kind::kEntry:
      return 'E';
    case Names::Kind::kMandate:
      return 'M';
    case Names::Kind::kParty:
      return 'F';
  }
  return '?';
}

Names::Secret Derive(const Names::Secret& secret, uint64_t id) {
  Names::Secret out;
  static_assert(crypto_kdf_KEYBYTES == 32);
  crypto_kdf_derive_from_key(out.data(), out.size(), id, "creneau1", secret.data());
  return out;
}

// What a hash is for is its first word, so that no two uses meet. IdempotencyOf has none: what it
// hashes is 22 printable characters or more, which begin with no such word.
enum Purpose : uint64_t { kNaming = 1, kDrawing = 2 };

SipHash HashFor(const Names::Secret& secret, Purpose purpose) {
  return SipHash(std::span(secret).first<16>()).Add(purpose);
}

uint32_t Scramble(SipHash round, uint32_t half) {
  return static_cast<uint32_t>(round.Add(half).Add(0).Finish());
}

}  // namespace

Names::Names(const Secret& secret, std::vector<Era> eras)
    : name_secret_(Derive(secret, 1)),
      rounds_{HashFor(name_secret_, kNaming).Add(0), HashFor(name_secret_, kNaming).Add(1),
              HashFor(name_secret_, kNaming).Add(2), HashFor(name_secret_, kNaming).Add(3)},
      draws_(HashFor(name_secret_, kDrawing)),
      keys_(Derive(secret, 3)),
      eras_(std::move(eras)) {}

// Hardly ever is there any.
uint64_t Names::EraOf(Generation generation) const {
  for (auto era = eras_.rbegin(); era != eras_.rend(); ++era) {
    if (generation >= era->first) return era->number;
  }
  return 0;
}

uint64_t Names::Encipher(uint64_t block) const {
  uint32_t left = static_cast<uint32_t>(block >> 32);
  uint32_t right = static_cast<uint32_t>(block);
  for (const SipHash& round : rounds_) {
    left ^= Scramble(round, right);
    std::swap(left, right);
  }
  return static_cast<uint64_t>(left) << 32 | right;
}

uint64_t Names::Decipher(uint64_t block) const {
  uint32_t left = static_cast<uint32_t>(block >> 32);
  uint32_t right = static_cast<uint32_t>(block);
  for (auto round = rounds_.rbegin(); round != rounds_.rend(); ++round) {
    std::swap(left, right);
    left ^= Scramble(*round, right);
  }
  return static_cast<uint64_t>(left) << 32 | right;
}

ReservationName Names::NameOf(SeatRef origin) const {
  return WriteDigits(Encipher(EraOf(origin.generation) << (kSeatBits + kGenerationBits) |
                              static_cast<uint64_t>(origin.seat.value) << kGenerationBits |
                              origin.generation.value));
}

std::optional<SeatRef> Names::Parse(std::string_view text, ReservationName* spelt) const {
  const std::optional<uint64_t> digits = ReadDigits(text, spelt);
  if (!digits) return std::nullopt;
  const uint64_t block = Decipher(*digits);
  const Generation generation{static_cast<uint32_t>(block & ((1u << kGenerationBits) - 1))};
  if (block >> (kSeatBits + kGenerationBits) != EraOf(generation)) return std::nullopt;
  return SeatRef{SeatId{static_cast<uint32_t>(block >> kGenerationBits & ((1u << kSeatBits) - 1))},
                 generation};
}

std::string Names::NameOf(Kind kind, uint64_t number) const {
  static_assert(limits::kMaxEra >> (kKindShift - kNumberBits) == 0);
  std::string name(1, LetterOf(kind));
  const ReservationName digits =
      WriteDigits(Encipher(static_cast<uint64_t>(kind) << kKindShift | number));
  return name.append(digits.view());
}

std::optional<uint64_t> Names::Parse(Kind kind, std::string_view text) const {
  if (text.empty() || (text.front() | 0x20) != (LetterOf(kind) | 0x20)) return std::nullopt;
  const std::optional<uint64_t> digits = ReadDigits(text.substr(1), nullptr);
  if (!digits) return std::nullopt;
  const uint64_t block = Decipher(*digits);
  if (block >> kKindShift != static_cast<uint64_t>(kind)) return std::nullopt;
  return block & ((uint64_t{1} << kKindShift) - 1);
}

ReservationKey Names::KeyOf(Kind kind, uint64_t number, const Subject& subject,
                            uint64_t idempotency) const {
  const uint64_t input[4] = {number, subject.lo, subject.hi, idempotency};
  KeyedHash::Run run(keys_);
  run.Add({reinterpret_cast<const char*>(input), sizeof input});
  // No reservation's key is made of so many octets: Rekeyed.times are four.
  const auto what = static_cast<char>(kind);
  run.Add({&what, 1});
  return Base64(run.Finish());
}

uint64_t Names::NextNumber(uint64_t last) const {
  const uint64_t era = eras_.empty() ? 0 : eras_.back().number;
  return std::max(last, era << kNumberBits) + 1;
}

ReservationKey Names::KeyOf(SeatRef origin, const Subject& subject, uint64_t idempotency,
                            uint32_t rekeyed) const {
  const uint64_t input[4] = {
      static_cast<uint64_t>(origin.seat.value) << 32 | origin.generation.value, subject.lo,
      subject.hi, idempotency};
  KeyedHash::Run run(keys_);
  run.Add({reinterpret_cast<const char*>(input), sizeof input});
  if (rekeyed > 0) run.Add({reinterpret_cast<const char*>(&rekeyed), sizeof rekeyed});
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
  return OfOne((hash & ~uint64_t{0xffff}) | (body_hash & 0xffff));
}

uint64_t Names::OfOne(uint64_t idempotency) {
  return IsOfParty(idempotency) ? idempotency ^ uint64_t { 1 } << 63 : idempotency;
}

uint64_t Names::NoIdempotency(const Subject& subject, int64_t moment) const {
  constexpr uint64_t kSalt = uint64_t{1} << 63;  // no other use of Random has it
  return OfOne(Random(subject, moment, kSalt | keyless_.fetch_add(1, std::memory_order_relaxed)));
}

std::optional<PartyName> Names::PartyOf(uint64_t idempotency) const {
  if (!IsOfParty(idempotency)) return std::nullopt;
  const std::string name = NameOf(Kind::kParty, idempotency & kPartyBits);
  PartyName party;
  CHECK(name.size() == party.text.size());
  std::copy(name.begin(), name.end(), party.text.begin());
  return party;
}

uint64_t Names::Random(const Subject& subject, int64_t moment, uint64_t salt) const {
  return SipHash(draws_)
      .Add(subject.lo ^ subject.hi)
      .Add(static_cast<uint64_t>(moment))
      .Add(salt)
      .Finish();
}

}  // namespace creneau::booking
