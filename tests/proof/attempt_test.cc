#include "proof/attempt.h"

#include <sodium.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>
#include <string>

namespace creneau::proof {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

KeyedHash::Key KeyOf(uint8_t octet) {
  KeyedHash::Key key;
  key.fill(octet);
  return key;
}

Attempt Sample() {
  Attempt attempt;
  attempt.outcome = AttemptOutcome::kNotReached;
  attempt.phase = AttemptPhase::kClosed;
  attempt.identity = IdentityGiven::kListed;
  attempt.fields = 0b1001;
  attempt.agenda = AgendaId{0x01020304};
  attempt.at = Instant{1'796'029'200'123};
  for (size_t i = 0; i < attempt.nonce.size(); ++i) attempt.nonce[i] = static_cast<uint8_t>(i + 1);
  attempt.commitment.fill(0xc5);
  return attempt;
}

TEST_CASE("an attempt comes back as it was written, whatever it says") {
  const KeyedHash secret(KeyOf(7));
  std::set<std::string> texts;
  for (uint8_t outcome = 1; outcome <= kAttemptOutcomes; ++outcome) {
    for (uint8_t phase = 0; phase <= kAttemptPhases; ++phase) {
      for (uint8_t identity = 0; identity <= 3; ++identity) {
        Attempt attempt = Sample();
        attempt.outcome = static_cast<AttemptOutcome>(outcome);
        attempt.phase = static_cast<AttemptPhase>(phase);
        attempt.identity = static_cast<IdentityGiven>(identity);
        if (identity == 0) attempt.fields = 0;
        const AttemptText text = WriteAttempt(secret, attempt);
        CHECK(ReadAttempt(secret, text.view()) == attempt);
        CHECK(texts.insert(std::string(text.view())).second);
        CHECK(AttemptPhaseName(attempt.phase).empty() == (phase == 0));
      }
    }
  }
  std::set<std::string_view> names;
  for (uint8_t outcome = 1; outcome <= kAttemptOutcomes; ++outcome)
    CHECK(names.insert(AttemptOutcomeName(static_cast<AttemptOutcome>(outcome))).second);
}

TEST_CASE("its octets are where the header says") {
  const KeyedHash secret(KeyOf(7));
  const AttemptText text = WriteAttempt(secret, Sample());
  std::array<uint8_t, kAttemptBytes> bytes;
  size_t size = 0;
  REQUIRE(sodium_base642bin(bytes.data(), bytes.size(), text.text.data(), text.text.size(), nullptr,
                            &size, nullptr, sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0);
  const uint8_t head[] = {1, 5, 1, 2, 0b1001, 0,    0,    0,    1,    2,
                          3, 4, 0, 0, 1,      0xa2, 0x2b, 0x9a, 0x9c, 0xfb};
  CHECK(std::equal(bytes.begin(), bytes.begin() + 12, head));
  uint64_t at = 0;
  for (size_t i = 12; i < 20; ++i) at = at << 8 | bytes[i];
  CHECK(at == 1'796'029'200'123);
  CHECK(bytes[20] == 1);
  CHECK(bytes[35] == 16);
  CHECK(bytes[36] == 0xc5);
  CHECK(bytes[67] == 0xc5);
}

TEST_CASE("every character changed, every length and every other key is refused") {
  const KeyedHash secret(KeyOf(7));
  const std::string text(WriteAttempt(secret, Sample()).view());
  REQUIRE(ReadAttempt(secret, text));
  for (size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    for (const char c : kAlphabet) {
      if (c == text[i]) continue;
      changed[i] = c;
      REQUIRE_FALSE(ReadAttempt(secret, changed));
    }
    for (int c = 0; c < 256; ++c) {
      if (kAlphabet.find(static_cast<char>(c)) != std::string_view::npos) continue;
      changed[i] = static_cast<char>(c);
      REQUIRE_FALSE(ReadAttempt(secret, changed));
    }
    REQUIRE_FALSE(ReadAttempt(secret, text.substr(0, i)));
  }
  CHECK_FALSE(ReadAttempt(secret, text + "A"));
  CHECK_FALSE(ReadAttempt(secret, text + "===="));
  CHECK_FALSE(ReadAttempt(KeyedHash(KeyOf(8)), text));
}

// Made with the right key, of octets that no version of ours has written.
TEST_CASE("what nobody writes is not read") {
  const KeyedHash secret(KeyOf(7));
  const std::string good(WriteAttempt(secret, Sample()).view());
  struct Case {
    size_t at;
    uint8_t octet;
  };
  const Case cases[] = {{0, 0}, {0, 2}, {1, 0}, {1, 11}, {2, 5}, {3, 4},
                        {3, 0}, {4, 0}, {5, 1}, {6, 1},  {7, 1}};
  for (const Case& c : cases) {
    INFO(c.at << " " << static_cast<int>(c.octet));
    std::array<uint8_t, kAttemptBytes> bytes;
    size_t size = 0;
    REQUIRE(sodium_base642bin(bytes.data(), bytes.size(), good.data(), good.size(), nullptr, &size,
                              nullptr, sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0);
    bytes[c.at] = c.octet;
    KeyedHash::Run run(secret);
    run.Add("creneau attempt v1");
    run.Add({reinterpret_cast<const char*>(bytes.data()), 68});
    const KeyedHash::Digest mac = run.Finish();
    std::copy(mac.begin(), mac.end(), bytes.begin() + 68);
    std::array<char, kAttemptChars + 1> text;
    sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(),
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    CHECK_FALSE(ReadAttempt(secret, {text.data(), kAttemptChars}));
  }
}

}  // namespace
}  // namespace creneau::proof
