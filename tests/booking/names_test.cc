#include "booking/names.h"

#include <set>
#include <string>

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

}  // namespace
}  // namespace creneau::booking
