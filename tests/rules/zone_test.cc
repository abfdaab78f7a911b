// Zone against absl, which it must not differ from: the moments around every change of clocks, and
// many others, in zones whose clocks change in all sorts of ways.
#include "base/zone.h"

#include <catch2/catch.hpp>

#include "base/prng.h"
#include "rules/calendar.h"

namespace creneau {
namespace {

void CheckMoment(const absl::TimeZone& zone, const Zone& fast, int64_t unix_s) {
  CAPTURE(zone.name(), unix_s);
  REQUIRE(fast.OffsetAt(unix_s) == zone.At(absl::FromUnixSeconds(unix_s)).offset);
  const absl::TimeZone::TimeInfo info = zone.At(absl::CivilSecond() + unix_s);
  const bool skipped = info.kind == absl::TimeZone::TimeInfo::SKIPPED;
  REQUIRE(fast.MomentOf(unix_s) == absl::ToUnixSeconds(skipped ? info.trans : info.pre));
}

}  // namespace

TEST_CASE("a zone's table says what absl says") {
  for (const char* name :
       {"Europe/Paris", "Indian/Reunion", "America/Guadeloupe", "Pacific/Apia",
        "Australia/Lord_Howe", "Africa/Casablanca", "America/Sao_Paulo", "UTC"}) {
    absl::TimeZone zone;
    REQUIRE(rules::LoadZone(name, &zone));
    const Zone fast(zone);
    Prng prng(7);
    for (int i = 0; i < 20'000; ++i) {
      // 1990 to 2110: also where the table does not reach.
      CheckMoment(zone, fast, 631'152'000 + static_cast<int64_t>(prng.Below(3'786'912'000)));
    }
    absl::TimeZone::CivilTransition change;
    absl::Time at = absl::FromUnixSeconds(900'000'000);
    while (at < absl::FromUnixSeconds(1'900'000'000) && zone.NextTransition(at, &change)) {
      at = zone.At(change.to).pre + absl::Hours(1);
      const int64_t about = absl::ToUnixSeconds(at);
      for (int64_t quarter = -130; quarter < 130; ++quarter) {
        CheckMoment(zone, fast, about + quarter * 900);
        CheckMoment(zone, fast, about + quarter * 900 - 1);
      }
    }
  }
}

TEST_CASE("a zone that was never set is UTC") {
  CHECK(Zone().OffsetAt(1'796'029'200) == 0);
  CHECK(Zone().MomentOf(1'796'029'200) == 1'796'029'200);
}

}  // namespace creneau
