#include "http/time_cache.h"

#include <array>
#include <cstdlib>
#include <cstring>
#include <string>

#include "base/check.h"
#include "http/text.h"

namespace creneau::http {
namespace {

constexpr int64_t kSecondsPerDay = 86'400;
constexpr int kMinutesPerDay = 24 * 60;

// "00" to "99", one behind the other.
constexpr auto kTwoDigits = [] {
  std::array<char, 200> digits{};
  for (size_t i = 0; i < 100; ++i) {
    digits[2 * i] = static_cast<char>('0' + i / 10);
    digits[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return digits;
}();

// Towards the past, also before 1970.
constexpr int64_t Floor(int64_t value, int64_t unit) {
  return (value >= 0 ? value : value - (unit - 1)) / unit;
}

// `before`, then two digits: "T09" or ":20".
char* Put(char* at, char before, uint32_t number) {
  *at = before;
  std::memcpy(at + 1, kTwoDigits.data() + 2 * number, 2);
  return at + 3;
}

}  // namespace

char* TimeCache::PutDay(char* at, int32_t number) {
  Day& day = days_[static_cast<uint32_t>(number) % kPlaces];
  if (day.number != number || day.size == 0) {
    std::string text;  // short enough to need no memory of its own
    AppendDay(text, number);
    CHECK(text.size() <= day.text.size());
    day.size = text.copy(day.text.data(), day.text.size());
    day.number = number;
  }
  std::memcpy(at, day.text.data(), day.text.size());
  return at + day.size;
}

char* TimeCache::Rfc3339(char* at, Instant instant, const Zone& zone) {
  const int64_t second = Floor(instant.ms, kMsPerSecond);
  const int offset = zone.OffsetAt(second);
  const int64_t local = second + offset;
  const int64_t day = Floor(local, kSecondsPerDay);
  const auto of_day = static_cast<uint32_t>(local - day * kSecondsPerDay);
  const auto ahead = static_cast<uint32_t>(std::abs(offset)) / 60;
  at = PutDay(at, static_cast<int32_t>(day));
  at = Put(at, 'T', of_day / 3600);
  at = Put(at, ':', of_day / 60 % 60);
  at = Put(at, ':', of_day % 60);
  at = Put(at, offset < 0 ? '-' : '+', ahead / 60);
  return Put(at, ':', ahead % 60);
}

char* TimeCache::Slot(char* at, LocalMinute minute) {
  const auto day = static_cast<int32_t>(Floor(minute.value, kMinutesPerDay));
  const auto of_day = static_cast<uint32_t>(minute.value - day * kMinutesPerDay);
  at = PutDay(at, day);
  at = Put(at, 'T', of_day / 60);
  return Put(at, ':', of_day % 60);
}

}  // namespace creneau::http
