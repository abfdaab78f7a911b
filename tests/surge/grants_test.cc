// Grants: whom they belong to, when they lapse, and how many are left at which age.
#include "surge/grants.h"

#include <string>

#include "catch2/catch.hpp"

namespace creneau::surge {
namespace {

constexpr Instant At(int64_t s) { return Instant{1'000'000} + s * kMsPerSecond; }

std::string Unused(const Grants& grants, Instant now) {
  std::string out;
  for (const uint32_t unused : grants.Ages(now).unused) out += std::to_string(unused) + " ";
  return out;
}

}  // namespace

TEST_CASE("a grant is everybody's up to the rank served, for two minutes and a second at most") {
  Grants grants(Rank{100});
  CHECK(!grants.Use(Rank{101}, At(0)));
  grants.Admit(Rank{200}, 10, At(0));
  grants.Admit(Rank{300}, 10, At(60));
  CHECK(!grants.Use(Rank{100}, At(60)));
  CHECK(grants.Use(Rank{101}, At(60)));
  CHECK(grants.Use(Rank{200}, At(120)));
  CHECK(!grants.Use(Rank{200}, At(121)));
  CHECK(grants.lapsed() == Rank{200});
  CHECK(grants.Use(Rank{201}, At(121)));
  CHECK(!grants.Use(Rank{301}, At(121)));
  CHECK(!grants.Use(Rank{300}, At(181)));
  CHECK(grants.lapsed() == grants.served());
}

TEST_CASE("what is unused is counted by age, and what is used by the age at which it was") {
  Grants grants;
  grants.Admit(Rank{200}, 20, At(0));
  grants.Admit(Rank{300}, 7, At(11));
  grants.Admit(Rank{310}, 1, At(11) + 500);  // of the same second
  CHECK(Unused(grants, At(11) + 500) == "8 20 0 0 0 0 0 0 0 0 0 0 ");
  CHECK(grants.Use(Rank{150}, At(12)));
  CHECK(grants.Use(Rank{305}, At(12)));
  CHECK(grants.Use(Rank{305}, At(35)));
  CHECK(Unused(grants, At(35)) == "0 0 6 19 0 0 0 0 0 0 0 0 ");
  CHECK(grants.Ages(At(35)).outstanding() == 25);
  CHECK(grants.Ages(At(35)).used == GrantAges{{}, {1, 1, 1}}.used);
  grants.Lapse(At(121));
  CHECK(Unused(grants, At(121)) == "0 0 0 0 0 0 0 0 0 0 0 6 ");
}

TEST_CASE("time in which nobody could use a grant is given back") {
  Grants grants;
  grants.Admit(Rank{100}, 1, At(0));
  grants.Admit(Rank{200}, 1, At(30));
  grants.Lengthen(60 * kMsPerSecond);
  grants.Admit(Rank{300}, 1, At(90));
  CHECK(Unused(grants, At(90)) == "2 0 0 1 0 0 0 0 0 0 0 0 ");
  CHECK(grants.Use(Rank{100}, At(180)));
  CHECK(!grants.Use(Rank{100}, At(181)));
  CHECK(grants.Use(Rank{101}, At(181)));
}

TEST_CASE("more may come than were estimated to be let in") {
  Grants grants;
  grants.Admit(Rank{200}, 1, At(0));
  CHECK(grants.Use(Rank{1}, At(1)));
  CHECK(grants.Use(Rank{2}, At(1)));
  CHECK(grants.Ages(At(1)).outstanding() == 0);
}

TEST_CASE("somebody may be let in at every step of an hour") {
  Grants grants;
  Instant now = At(0);
  for (uint64_t step = 1; step <= 4 * 3600; ++step, now = now + limits::kStewardTickMs) {
    grants.Admit(Rank{step}, 1, now);
    if (step > 4 * 122 + 1) REQUIRE(grants.lapsed() >= Rank{step - 4 * 122});
    if (step > 4 * 120) REQUIRE(grants.lapsed() < Rank{step - 4 * 120});
  }
}

}  // namespace creneau::surge
