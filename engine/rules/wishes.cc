#include "rules/wishes.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "base/check.h"

namespace creneau::rules {
namespace {

constexpr std::string_view kAny = "any";
constexpr std::array<std::string_view, 7> kDays = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
constexpr uint8_t kAllDays = 0x7f;
constexpr int32_t kMinutesPerDay = 24 * 60;

// What stands before the first `c`, which is taken off; all, where there is none.
std::string_view TakeUntil(char c, std::string_view* text) {
  const size_t at = std::min(text->find(c), text->size());
  const std::string_view before = text->substr(0, at);
  text->remove_prefix(std::min(at + 1, text->size()));
  return before;
}

bool AddDay(std::string_view name, Weekdays* weekdays) {
  const auto* const day = std::find(kDays.begin(), kDays.end(), name);
  if (day == kDays.end()) return false;
  weekdays->bits = static_cast<uint8_t>(weekdays->bits | 1u << (day - kDays.begin()));
  return true;
}

bool AddHalf(std::string_view name, Wishes* wishes) {
  if (name == "morning") return wishes->morning = true;
  if (name == "afternoon") return wishes->afternoon = true;
  return false;
}

}  // namespace

bool Wishes::Take(LocalMinute start) const {
  const int32_t day = start.value / kMinutesPerDay;
  const int32_t weekday = (day + 3) % 7;  // 0 is Monday; 1970 began on a Thursday
  const bool before_noon = start.value % kMinutesPerDay < kNoon;
  return weekdays.Has(weekday) && (before_noon ? morning : afternoon) &&
         (dates.empty() || std::binary_search(dates.begin(), dates.end(), CivilFromDays(day)));
}

std::string WishesText(const Wishes& wishes) {
  CHECK(wishes.weekdays.bits != 0 && (wishes.morning || wishes.afternoon));
  CHECK(wishes.dates.size() <= limits::kDrawDates);
  std::string text;
  if (wishes.weekdays.bits == kAllDays) {
    text = kAny;
  } else {
    for (int day = 0; day < 7; ++day) {
      if (wishes.weekdays.Has(day))
        absl::StrAppend(&text, text.empty() ? "" : ",", std::string(kDays[day]));
    }
  }
  const bool any_half = wishes.morning && wishes.afternoon;
  absl::StrAppend(&text, " ", any_half ? "any" : wishes.morning ? "morning" : "afternoon", " ");
  if (wishes.dates.empty()) text += kAny;
  for (size_t i = 0; i < wishes.dates.size(); ++i)
    absl::StrAppend(&text, i == 0 ? "" : ",", FormatDate(wishes.dates[i]));
  CHECK(text.size() <= limits::kWishesChars);
  return text;
}

std::optional<Wishes> ParseWishesText(std::string_view text) {
  if (text.size() > limits::kWishesChars) return std::nullopt;
  std::string_view rest = text;
  std::string_view days = TakeUntil(' ', &rest);
  const std::string_view half = TakeUntil(' ', &rest);
  Wishes wishes;
  if (days != kAny) {
    wishes.weekdays = {};
    while (!days.empty()) {
      if (!AddDay(TakeUntil(',', &days), &wishes.weekdays)) return std::nullopt;
    }
  }
  if (half != kAny) {
    wishes.morning = wishes.afternoon = false;
    if (!AddHalf(half, &wishes)) return std::nullopt;
  }
  for (std::string_view dates = rest == kAny ? "" : rest; !dates.empty();) {
    const std::optional<CivilDate> date = ParseDate(TakeUntil(',', &dates));
    if (!date || wishes.dates.size() == limits::kDrawDates) return std::nullopt;
    wishes.dates.push_back(*date);
  }
  if (wishes.weekdays.bits == 0 || !std::is_sorted(wishes.dates.begin(), wishes.dates.end()) ||
      std::adjacent_find(wishes.dates.begin(), wishes.dates.end()) != wishes.dates.end() ||
      WishesText(wishes) != text)
    return std::nullopt;
  return wishes;
}

Wishes ReadWishes(std::span<const std::string_view> weekdays,
                  std::span<const std::string_view> halves, std::span<const std::string_view> dates,
                  std::vector<IdentityProblem>* problems) {
  Wishes wishes;
  if (!weekdays.empty()) wishes.weekdays = {};
  for (const std::string_view name : weekdays) {
    if (!AddDay(name, &wishes.weekdays)) {
      problems->push_back({"/weekdays", "holds mon, tue, wed, thu, fri, sat, sun"});
      break;
    }
  }
  if (!halves.empty()) wishes.morning = wishes.afternoon = false;
  for (const std::string_view name : halves) {
    if (!AddHalf(name, &wishes)) {
      problems->push_back({"/halves", "holds morning, afternoon"});
      break;
    }
  }
  for (const std::string_view text : dates) {
    const std::optional<CivilDate> date = ParseDate(text);
    if (!date) {
      problems->push_back({"/dates", "holds dates as 2026-12-01"});
      break;
    }
    wishes.dates.push_back(*date);
  }
  std::sort(wishes.dates.begin(), wishes.dates.end());
  wishes.dates.erase(std::unique(wishes.dates.begin(), wishes.dates.end()), wishes.dates.end());
  if (wishes.dates.size() > limits::kDrawDates) {
    problems->push_back(
        {"/dates", absl::StrCat("names ", wishes.dates.size(), " dates, and ", limits::kDrawDates,
                                " are the most; weekdays and halves may say the same")});
  }
  return wishes;
}

}  // namespace creneau::rules
