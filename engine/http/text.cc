#include "http/text.h"

#include <array>
#include <charconv>
#include <cstdlib>

#include "base/text.h"

namespace creneau::http {
namespace {

// Spelled out in a small buffer and appended at once.
class Spelling {
 public:
  Spelling& Put(std::string_view text) {
    size_ += text.copy(text_.data() + size_, text.size());
    return *this;
  }
  // Of 0 to 99.
  Spelling& Two(int64_t number) {
    text_[size_++] = static_cast<char>('0' + number / 10);
    text_[size_++] = static_cast<char>('0' + number % 10);
    return *this;
  }
  // In four digits or, where it has more or is before the first one, as it is.
  Spelling& Year(int64_t year) {
    if (year >= 0 && year <= 9999) return Two(year / 100).Two(year % 100);
    char* const end = text_.data() + text_.size();
    size_ = static_cast<size_t>(std::to_chars(text_.data() + size_, end, year).ptr - text_.data());
    return *this;
  }
  Spelling& Date(CivilDate date, std::string_view separator) {
    return Year(date.year).Put(separator).Two(date.month).Put(separator).Two(date.day);
  }
  Spelling& HourMinute(int64_t minutes, std::string_view separator) {
    return Two(minutes / 60).Put(separator).Two(minutes % 60);
  }
  Spelling& Clock(int64_t second_of_day, std::string_view separator) {
    return HourMinute(second_of_day / 60, separator).Put(separator).Two(second_of_day % 60);
  }
  void AppendTo(std::string& out) const { out.append(text_.data(), size_); }

 private:
  std::array<char, 64> text_;
  size_t size_ = 0;
};

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

void AppendNumber(std::string& out, int64_t number) {
  char digits[20];
  out.append(digits, std::to_chars(digits, digits + sizeof(digits), number).ptr);
}

void AppendRfc3339(std::string& out, Instant instant, const Zone& zone) {
  const int64_t seconds = FloorSeconds(instant);
  const int offset = zone.OffsetAt(seconds);
  const DaySecond local = Split(seconds + offset);
  Spelling()
      .Date(CivilFromDays(local.day), "-")
      .Put("T")
      .Clock(local.second, ":")
      .Put(offset < 0 ? "-" : "+")
      .HourMinute(std::abs(offset) / 60, ":")
      .AppendTo(out);
}

void AppendHttpDate(std::string& out, Instant instant) {
  constexpr std::array<std::string_view, 7> kDays = {"Thu", "Fri", "Sat", "Sun",
                                                     "Mon", "Tue", "Wed"};
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const DaySecond utc = Split(FloorSeconds(instant));
  const CivilDate date = CivilFromDays(utc.day);
  Spelling()
      .Put(kDays[static_cast<size_t>((utc.day % 7 + 7) % 7)])
      .Put(", ")
      .Two(date.day)
      .Put(" ")
      .Put(kMonths[static_cast<size_t>(date.month - 1)])
      .Put(" ")
      .Year(date.year)
      .Put(" ")
      .Clock(utc.second, ":")
      .Put(" GMT")
      .AppendTo(out);
}

void AppendCalendarUtc(std::string& out, Instant instant) {
  const DaySecond utc = Split(FloorSeconds(instant));
  Spelling().Date(CivilFromDays(utc.day), "").Put("T").Clock(utc.second, "").Put("Z").AppendTo(out);
}

void AppendLocalMinute(std::string& out, LocalMinute minute) {
  const DaySecond local = Split(static_cast<int64_t>(minute.value) * 60);
  Spelling()
      .Date(CivilFromDays(local.day), "-")
      .Put("T")
      .HourMinute(local.second / 60, ":")
      .AppendTo(out);
}

void AppendDay(std::string& out, int32_t day) {
  Spelling().Date(CivilFromDays(day), "-").AppendTo(out);
}

void AppendTimeOfDay(std::string& out, int minutes) {
  Spelling().HourMinute(minutes, ":").AppendTo(out);
}

uint64_t Fingerprint(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return hash;
}

}  // namespace creneau::http
