#include "proof/attempt.h"

#include <sodium.h>

#include <algorithm>
#include <cstring>
#include <span>

#include "base/check.h"

namespace creneau::proof {
namespace {

constexpr uint8_t kVersion = 1;
constexpr size_t kSignedBytes = kAttemptBytes - std::tuple_size_v<KeyedHash::Digest>;
constexpr std::array<uint8_t, 3> kZero{};

using Bytes = std::array<uint8_t, kAttemptBytes>;

// Fields, one behind the other.
class Writer {
 public:
  explicit Writer(Bytes& bytes) : at_(bytes.data()) {}
  template <typename T>
  void Number(T value) {
    for (int shift = 8 * (sizeof value - 1); shift >= 0; shift -= 8)
      *at_++ = static_cast<uint8_t>(value >> shift);
  }
  void Octets(std::span<const uint8_t> bytes) { at_ = std::copy(bytes.begin(), bytes.end(), at_); }

 private:
  uint8_t* at_;
};

class Reader {
 public:
  explicit Reader(const Bytes& bytes) : at_(bytes.data()) {}
  uint8_t Octet() { return *at_++; }
  uint64_t Number(size_t octets) {
    uint64_t value = 0;
    for (; octets > 0; --octets) value = value << 8 | *at_++;
    return value;
  }
  template <size_t kSize>
  void Octets(std::array<uint8_t, kSize>& out) {
    std::copy_n(at_, kSize, out.begin());
    at_ += kSize;
  }

 private:
  const uint8_t* at_;
};

KeyedHash::Digest MacOf(const KeyedHash& secret, const Bytes& bytes) {
  KeyedHash::Run run(secret);
  run.Add("creneau attempt v1");
  run.Add({reinterpret_cast<const char*>(bytes.data()), kSignedBytes});
  return run.Finish();
}

std::optional<Bytes> Decode(std::string_view text) {
  Bytes bytes;
  if (text.size() != kAttemptChars) return std::nullopt;
  // libsodium takes some octets beyond ASCII for digits.
  if (std::any_of(text.begin(), text.end(), [](char c) { return static_cast<uint8_t>(c) > 0x7f; }))
    return std::nullopt;
  size_t size = 0;
  const char* end = nullptr;
  if (sodium_base642bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &size, &end,
                        sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
      size != bytes.size() || end != text.data() + text.size())
    return std::nullopt;
  return bytes;
}

}  // namespace

std::string_view AttemptOutcomeName(AttemptOutcome outcome) {
  switch (outcome) {
    case AttemptOutcome::kNothingLeft:
      return "nothing-left";
    case AttemptOutcome::kNotOpenYet:
      return "not-open-yet";
    case AttemptOutcome::kPaused:
      return "paused";
    case AttemptOutcome::kNotAdmitted:
      return "not-admitted";
    case AttemptOutcome::kNotReached:
      return "not-reached";
    case AttemptOutcome::kOverloaded:
      return "overloaded";
    case AttemptOutcome::kReadOnly:
      return "read-only";
    case AttemptOutcome::kSlotTaken:
      return "slot-taken";
    case AttemptOutcome::kNotListed:
      return "not-listed";
    case AttemptOutcome::kByDraw:
      return "by-draw";
  }
  CHECK(false);
}

std::string_view AttemptPhaseName(AttemptPhase phase) {
  switch (phase) {
    case AttemptPhase::kNone:
      return "";
    case AttemptPhase::kClosed:
      return "closed";
    case AttemptPhase::kGathering:
      return "gathering";
    case AttemptPhase::kOpen:
      return "open";
    case AttemptPhase::kExhausted:
      return "exhausted";
  }
  CHECK(false);
}

AttemptText WriteAttempt(const KeyedHash& secret, const Attempt& attempt) {
  CHECK((attempt.identity == IdentityGiven::kNone) == (attempt.fields == 0));
  Bytes bytes;
  Writer writer(bytes);
  writer.Number(kVersion);
  writer.Number(static_cast<uint8_t>(attempt.outcome));
  writer.Number(static_cast<uint8_t>(attempt.phase));
  writer.Number(static_cast<uint8_t>(attempt.identity));
  writer.Number(attempt.fields);
  writer.Octets(kZero);
  writer.Number(attempt.agenda.value);
  writer.Number(static_cast<uint64_t>(attempt.at.ms));
  writer.Octets(attempt.nonce);
  writer.Octets(attempt.commitment);
  writer.Octets(MacOf(secret, bytes));
  std::array<char, kAttemptChars + 1> text;
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(),
                    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  AttemptText out;
  std::memcpy(out.text.data(), text.data(), out.text.size());
  return out;
}

std::optional<Attempt> ReadAttempt(const KeyedHash& secret, std::string_view text) {
  const std::optional<Bytes> bytes = Decode(text);
  if (!bytes) return std::nullopt;
  const KeyedHash::Digest mac = MacOf(secret, *bytes);
  if (sodium_memcmp(mac.data(), bytes->data() + kSignedBytes, mac.size()) != 0) return std::nullopt;
  Reader reader(*bytes);
  Attempt attempt;
  const uint8_t version = reader.Octet();
  const uint8_t outcome = reader.Octet();
  const uint8_t phase = reader.Octet();
  const uint8_t identity = reader.Octet();
  attempt.fields = reader.Octet();
  // What a later version may have written under the same key.
  if (version != kVersion || outcome == 0 || outcome > kAttemptOutcomes || phase > kAttemptPhases ||
      identity > static_cast<uint8_t>(IdentityGiven::kAsserted) ||
      (identity == 0) != (attempt.fields == 0) || reader.Number(kZero.size()) != 0)
    return std::nullopt;
  attempt.outcome = static_cast<AttemptOutcome>(outcome);
  attempt.phase = static_cast<AttemptPhase>(phase);
  attempt.identity = static_cast<IdentityGiven>(identity);
  attempt.agenda.value = static_cast<uint32_t>(reader.Number(sizeof attempt.agenda.value));
  attempt.at.ms = static_cast<int64_t>(reader.Number(sizeof attempt.at.ms));
  reader.Octets(attempt.nonce);
  reader.Octets(attempt.commitment);
  return attempt;
}

}  // namespace creneau::proof
