#include "surge/arrivals.h"

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

#include "base/check.h"

namespace creneau::surge {
namespace {

constexpr int kBucketBits = 16;
constexpr int kDayBits = 8;
constexpr uint64_t kDays = uint64_t{1} << kDayBits;
static_assert(kMaxBucket == (1u << kBucketBits) - 1);
static_assert(Cells::kPrintBits + kDayBits + kBucketBits == 64);

constexpr Bucket BucketOf(uint64_t entry) {
  return Bucket{static_cast<uint32_t>(entry & kMaxBucket)};
}
constexpr uint64_t NameOf(uint64_t entry) { return entry >> kBucketBits; }

// What would be lost with it, to somebody who comes to an opening on `day`.
constexpr uint64_t WorthOf(uint64_t entry, int32_t day) {
  const uint64_t days_on = (NameOf(entry) - static_cast<uint64_t>(day)) % kDays;
  if (days_on == kDays - 1) return 1;
  if (days_on > 1) return 0;
  return 2 + kMaxBucket - BucketOf(entry).value;
}

Cells::Place PlaceOf(const Cells& cells, OpeningId opening, const Tag& tag) {
  struct Key {
    OpeningId opening;
    Tag tag;
  };
  static_assert(std::has_unique_object_representations_v<Key>, "or padding would be hashed");
  const Key key{opening, tag};
  return cells.Of({reinterpret_cast<const char*>(&key), sizeof key});
}

}  // namespace

Arrivals::Seen Arrivals::FirstSeen(OpeningId opening, const Tag& tag, Bucket now) {
  CHECK(now.value <= kMaxBucket);
  const Cells::Place place = PlaceOf(cells_, opening, tag);
  const uint64_t name = place.print << kDayBits | static_cast<uint64_t>(opening.day) % kDays;
  const uint64_t entry = name << kBucketBits | now.value;
  for (;;) {
    const Cells::Found found = Cells::Find(
        place.set, [&](uint64_t other) { return NameOf(other) == name; },
        [&](uint64_t other) { return WorthOf(other, opening.day); });
    if (found.mine) return {BucketOf(found.value), false};
    const bool worthy = found.worth < WorthOf(entry, opening.day);
    if (!worthy || Cells::Replace(found, entry)) return {now, true};
  }
}

}  // namespace creneau::surge
