// Where a search for a free seat begins.
#include "ledger/calendar.h"

#include <vector>

#include "base/prng.h"
#include "tests/ledger/catch.h"

namespace creneau::ledger {
namespace {

constexpr int64_t kStep = 20 * kMsPerMinute;

Calendar Every20Minutes(int64_t first_ms, size_t slots) {
  std::vector<CalendarEntry> entries;
  for (size_t i = 0; i < slots; ++i) {
    const auto minute = static_cast<int32_t>(20 * i);
    CalendarEntry entry;
    entry.start = LocalMinute{minute};
    entry.starts_at = Instant{first_ms + static_cast<int64_t>(i) * kStep};
    entry.slot = SlotId{static_cast<uint32_t>(i)};
    entries.push_back(entry);
  }
  return Calendar(AgendaId{1}, 1, std::move(entries));
}

}  // namespace

// The guess of where the last search began must never hide a slot, nor give one that is too early.
// Before 1970 and beyond 2^42 ms it has no room for a start.
TEST_CASE("a search finds the first slot from a moment on, whatever was searched for before") {
  constexpr size_t kSlots = 200;
  for (const int64_t first_ms : {int64_t{1'796'083'200'000}, int64_t{0}, -int64_t{100} * kStep,
                                 (int64_t{1} << 42) - 100 * kStep}) {
    Calendar calendar = Every20Minutes(first_ms, kSlots);
    Prng prng(7);
    for (int round = 0; round < 20'000; ++round) {
      const auto channel = static_cast<Channel>(prng.Below(kChannels));
      if (round % 100 == 0) calendar.HintAll();
      if (round % 100 < 60)
        calendar.summary(channel).Clear(prng.Below(kSlots), [] { return false; });
      // On a start, just before, just after; before the first slot and behind the last.
      const int64_t slot = static_cast<int64_t>(prng.Below(kSlots + 4)) - 2;
      const Instant earliest{first_ms + slot * kStep + static_cast<int64_t>(prng.Below(3)) - 1};
      const size_t expected = calendar.summary(channel).Find(calendar.FirstFrom(earliest));
      REQUIRE(calendar.Find(channel, earliest) == expected);
      REQUIRE(calendar.Find(channel, earliest) == expected);
    }
  }
}

}  // namespace creneau::ledger
