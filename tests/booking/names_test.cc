#include "booking/names.h"

#include <sodium.h>
#include <string.h>

#include <array>
#include <set>
#include <string>

#include "base/prng.h"
#include "booking/siphash.h"
#include "catch2/catch.hpp"

namespace creneau::booking {
namespace {

Names::Secret SecretOf(uint8_t byte) {
  Names::Secret secret;
  secret.fill(byte);
  return secret;
}

TEST_CASE("a name leads back to its seat and generation, in either case, and to nobody else's") {
  const Names names(SecretOf(1));
  std::set<std::string> seen;
  for (uint32_t seat = 0; seat < 500; ++seat) {
    const SeatRef ref{SeatId{seat * 131'071}, Generation{seat % 7 + 1}};
    const ReservationName name = names.NameOf(ref);
    CHECK(names.Parse(name.view()) == ref);
    std::string lower(name.view());
    for (char& c : lower) c = static_cast<char>(tolower(c));
    ReservationName spelt;
    CHECK(names.Parse(lower, &spelt) == ref);
    CHECK(spelt.view() == name.view());
    CHECK(seen.insert(std::string(name.view())).second);
  }
}

TEST_CASE("what is no name of ours is seen as such") {
  const Names names(SecretOf(1));
  const Names others(SecretOf(2));
  const ReservationName foreign = others.NameOf(SeatRef{SeatId{3}, Generation{1}});
  for (const std::string_view text :
       {std::string_view(""), std::string_view("7K2M9QWFZ3MD"), std::string_view("UUUUUUUUUUUUU"),
        std::string_view("ZZZZZZZZZZZZZ"), foreign.view()}) {
    CAPTURE(text);
    CHECK_FALSE(names.Parse(text).has_value());
  }
}

TEST_CASE("a key belongs to one name, subject and idempotency key") {
  const Names names(SecretOf(1));
  const SeatRef ref{SeatId{9}, Generation{2}};
  const Subject ada{1, 2};
  const ReservationKey key = names.KeyOf(ref, ada, 7);
  CHECK(Names::Same(key, names.KeyOf(ref, ada, 7).view()));
  CHECK_FALSE(Names::Same(key, names.KeyOf(ref, Subject{1, 3}, 7).view()));
  CHECK_FALSE(Names::Same(key, names.KeyOf(ref, ada, 8).view()));
  CHECK_FALSE(Names::Same(key, names.KeyOf(SeatRef{SeatId{9}, Generation{3}}, ada, 7).view()));
  CHECK_FALSE(Names::Same(key, Names(SecretOf(2)).KeyOf(ref, ada, 7).view()));
  CHECK_FALSE(Names::Same(key, key.view().substr(1)));
}

TEST_CASE("the same idempotency key with another body is told from another key") {
  const Names names(SecretOf(1));
  const uint64_t first = names.IdempotencyOf("0123456789abcdefghijkl", 1);
  CHECK(Names::SameKey(first, names.IdempotencyOf("0123456789abcdefghijkl", 2)));
  CHECK(first != names.IdempotencyOf("0123456789abcdefghijkl", 2));
  CHECK_FALSE(Names::SameKey(first, names.IdempotencyOf("0123456789abcdefghijkm", 1)));
}

TEST_CASE("no two requests without a key are the same, also in one millisecond") {
  const Names names(SecretOf(1));
  std::set<uint64_t> seen;
  for (int i = 0; i < 100; ++i) {
    const uint64_t drawn = names.NoIdempotency(Subject{1, 2}, 1'796'029'200'000);
    CHECK(seen.insert(drawn).second);
    for (const uint64_t other : seen) CHECK((drawn == other || !Names::SameKey(drawn, other)));
  }
}

TEST_CASE("what is numbered has names of its own") {
  const Names names(SecretOf(1));
  using Kind = Names::Kind;
  for (const Kind kind : {Kind::kPlace, Kind::kEntry, Kind::kMandate}) {
    for (const uint64_t number :
         {uint64_t{1}, uint64_t{77}, (uint64_t{limits::kMaxEra} << 32) + 5}) {
      const std::string name = names.NameOf(kind, number);
      CHECK(name.size() == 14);
      CHECK(names.Parse(kind, name) == number);
      CHECK_FALSE(names.Parse(name));
      std::string lower = name;
      for (char& c : lower) c = static_cast<char>(std::tolower(c));
      CHECK(names.Parse(kind, lower) == number);
      for (const Kind other : {Kind::kPlace, Kind::kEntry, Kind::kMandate}) {
        if (other == kind) continue;
        CHECK_FALSE(names.Parse(other, name));
        // Nor with that one's letter.
        CHECK_FALSE(names.Parse(other, names.NameOf(other, 1).substr(0, 1) + name.substr(1)));
      }
    }
  }
  CHECK_FALSE(names.Parse(Kind::kPlace, ""));
  CHECK_FALSE(names.Parse(Kind::kPlace, "W"));
  const ReservationKey key = names.KeyOf(Kind::kPlace, 9, Subject{1, 2}, 7);
  CHECK_FALSE(Names::Same(key, names.KeyOf(Kind::kEntry, 9, Subject{1, 2}, 7).view()));
  CHECK_FALSE(Names::Same(key, names.KeyOf(Kind::kPlace, 8, Subject{1, 2}, 7).view()));
  CHECK_FALSE(
      Names::Same(key, names.KeyOf(SeatRef{SeatId{0}, Generation{9}}, Subject{1, 2}, 7).view()));
}

TEST_CASE("after a loss, numbers begin where none can have been") {
  CHECK(Names(SecretOf(1)).NextNumber(0) == 1);
  CHECK(Names(SecretOf(1)).NextNumber(41) == 42);
  const Names after(SecretOf(1), {{Generation{50}, 3}});
  CHECK(after.NextNumber(41) == (uint64_t{3} << 32) + 1);
  CHECK(after.NextNumber((uint64_t{3} << 32) + 1) == (uint64_t{3} << 32) + 2);
}

TEST_CASE("our SipHash says what libsodium's does") {
  uint64_t drawn = 1;
  for (int i = 0; i < 200; ++i) {
    uint64_t words[8];
    for (uint64_t& word : words) word = drawn = Mix64(drawn);
    std::array<uint8_t, 16> key;
    static_assert(crypto_shorthash_KEYBYTES == sizeof key);
    memcpy(key.data(), words + 6, sizeof key);
    SipHash ours(key);
    for (size_t count = 0; count <= 6; ++count) {
      uint64_t expected = 0;
      crypto_shorthash(reinterpret_cast<uint8_t*>(&expected),
                       reinterpret_cast<const uint8_t*>(words), count * sizeof words[0],
                       key.data());
      REQUIRE(SipHash(ours).Finish() == expected);
      ours.Add(words[count]);
    }
  }
}

TEST_CASE("a key is another's if a single bit differs, wherever it stands") {
  const Names names(SecretOf(1));
  const ReservationKey key = names.KeyOf(SeatRef{SeatId{9}, Generation{2}}, Subject{1, 2}, 7);
  for (size_t at = 0; at < key.text.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      ReservationKey other = key;
      other.text[at] = static_cast<char>(other.text[at] ^ 1 << bit);
      REQUIRE_FALSE(Names::Same(key, other.view()));
    }
  }
}

TEST_CASE(
    "names, keys and what a seat keeps stay what they are: people hold them, and the log does") {
  const Names names(SecretOf(1));
  CHECK(names.NameOf(SeatRef{SeatId{0}, Generation{1}}).view() == "6YTCDES18HBZV");
  CHECK(names.NameOf(SeatRef{SeatId{67'108'863}, Generation{131'071}}).view() == "F9KWWESK2J94N");
  CHECK(names.KeyOf(SeatRef{SeatId{9}, Generation{2}}, Subject{1, 2}, 7).view() ==
        "lEaL54nJjoh39wAuiURnrw");
  CHECK(names.KeyOf(SeatRef{SeatId{67'108'863}, Generation{131'071}}, Subject{~uint64_t{0}, 5}, 0)
            .view() == "fSJBWef-hv_KqI_WJBtB8Q");
  CHECK(names.IdempotencyOf("0123456789abcdefghijkl", 1) == 0xa67ed74894e90001);
  CHECK(names.Random(Subject{1, 2}, 1'796'029'200'000, 3) == 0xd6518ece12996d0e);
}

}  // namespace
}  // namespace creneau::booking
