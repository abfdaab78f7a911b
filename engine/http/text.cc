#include "http/text.h"

#include <array>
#include <charconv>
#include <cstdlib>

#include "base/text.h"

namespace creneau::http {
namespace {

// At least `width` digits, zeros before them.
void AppendPadded(std::string& out, int64_t number, int width) {
  char digits[20];
  const std::to_chars_result end = std::to_chars(digits, digits + sizeof(digits), number);
  for (int64_t missing = width - (end.ptr - digits); missing > 0; --missing) out += '0';
  out.append(digits, end.ptr);
}

void AppendDate(std::string& out, CivilDate date, std::string_view separator) {
  AppendPadded(out, date.year, 4);
  out += separator;
  AppendPadded(out, date.month, 2);
  out += separator;
  AppendPadded(out, date.day, 2);
}

void AppendClock(std::string& out, int64_t second_of_day, std::string_view separator) {
  AppendPadded(out, second_of_day / 3600, 2);
  out += separator;
  AppendPadded(out, second_of_day / 60 % 60, 2);
  out += separator;
  AppendPadded(out, second_of_day % 60, 2);
}

struct DaySecond {
  int32_t day = 0;  // since 1970-01-01
  int64_t second = 0;
};

// Rounds towards the past, also before 1970.
DaySecond Split(int64_t seconds) {
  constexpr int64_t kDay = 86400;
  const int64_t day = (seconds >= 0 ? seconds : seconds - (kDay - 1)) / kDay;
  return {static_cast<int32_t>(day), seconds - day * kDay};
}

int64_t FloorSeconds(Instant instant) {
  return (instant.ms >= 0 ? instant.ms : instant.ms - (kMsPerSecond - 1)) / kMsPerSecond;
}

}  // namespace

void AppendNumber(std::string& out, int64_t number) { AppendPadded(out, number, 1); }

void AppendRfc3339(std::string& out, Instant instant, const absl::TimeZone& zone) {
  const int64_t seconds = FloorSeconds(instant);
  const int offset = zone.At(absl::FromUnixSeconds(seconds)).offset;
  const DaySecond local = Split(seconds + offset);
  AppendDate(out, CivilFromDays(local.day), "-");
  out += 'T';
  AppendClock(out, local.second, ":");
  out += offset < 0 ? '-' : '+';
  AppendTimeOfDay(out, std::abs(offset) / 60);
}

void AppendHttpDate(std::string& out, Instant instant) {
  constexpr std::array<std::string_view, 7> kDays = {"Thu", "Fri", "Sat", "Sun",
                                                     "Mon", "Tue", "Wed"};
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const DaySecond utc = Split(FloorSeconds(instant));
  const CivilDate date = CivilFromDays(utc.day);
  out += kDays[static_cast<size_t>((utc.day % 7 + 7) % 7)];
  out += ", ";
  AppendPadded(out, date.day, 2);
  out += ' ';
  out += kMonths[static_cast<size_t>(date.month - 1)];
  out += ' ';
  AppendPadded(out, date.year, 4);
  out += ' ';
  AppendClock(out, utc.second, ":");
  out += " GMT";
}

void AppendCalendarUtc(std::string& out, Instant instant) {
  const DaySecond utc = Split(FloorSeconds(instant));
  AppendDate(out, CivilFromDays(utc.day), "");
  out += 'T';
  AppendClock(out, utc.second, "");
  out += 'Z';
}

void AppendLocalMinute(std::string& out, LocalMinute minute) {
  const DaySecond local = Split(static_cast<int64_t>(minute.value) * 60);
  AppendDate(out, CivilFromDays(local.day), "-");
  out += 'T';
  AppendTimeOfDay(out, static_cast<int>(local.second / 60));
}

void AppendTimeOfDay(std::string& out, int minutes) {
  AppendPadded(out, minutes / 60, 2);
  out += ':';
  AppendPadded(out, minutes % 60, 2);
}

uint64_t Fingerprint(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return hash;
}

}  // namespace creneau::http
