#include "http/time_cache.h"

#include "http/text.h"

namespace creneau::http {
namespace {

constexpr size_t kLongest = 32;  // "2026-12-01T09:20:00+01:00", and years of more digits

}  // namespace

TimeCache::TimeCache() {
  for (Place& place : times_) place.text.reserve(kLongest);
  for (Place& place : slots_) place.text.reserve(kLongest);
}

std::string_view TimeCache::Rfc3339(Instant instant, const Zone& zone) {
  // Whole seconds, towards the past, as they are spelled.
  const int64_t second =
      (instant.ms >= 0 ? instant.ms : instant.ms - (kMsPerSecond - 1)) / kMsPerSecond;
  // Slots begin at whole minutes, holds end at any second.
  Place& place = times_[static_cast<uint64_t>(second / 60 * 7 + second) % kPlaces];
  if (!place.is_set || place.moment != second || place.zone != &zone) {
    place.is_set = false;
    place.text.clear();
    AppendRfc3339(place.text, instant, zone);
    place.moment = second;
    place.zone = &zone;
    place.is_set = true;
  }
  return place.text;
}

std::string_view TimeCache::Slot(LocalMinute minute) {
  Place& place = slots_[static_cast<uint32_t>(minute.value / 5) % kPlaces];
  if (!place.is_set || place.moment != minute.value) {
    place.is_set = false;
    place.text.clear();
    AppendLocalMinute(place.text, minute);
    place.moment = minute.value;
    place.is_set = true;
  }
  return place.text;
}

}  // namespace creneau::http
