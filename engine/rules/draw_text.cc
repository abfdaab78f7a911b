#include "rules/draw_text.h"

#include <array>

#include "absl/strings/str_cat.h"
#include "base/limits_draw.h"
#include "base/utf8.h"
#include "rules/agenda.h"
#include "rules/calendar.h"

namespace creneau::rules {
namespace {

constexpr std::string_view kFirstLine = "creneau draw rules 1";

// False: nobody would say that.
bool Take(std::string_view text, LocalMinute* minute) {
  const std::optional<LocalMinute> read = ParseLocalMinute(text);
  if (read) *minute = *read;
  return read.has_value();
}
bool Take(std::string_view text, CivilDate* date) {
  const std::optional<CivilDate> read = ParseDate(text);
  if (read) *date = *read;
  return read.has_value();
}

// In the order of the file.
constexpr std::array<std::string_view, 10> kNames = {
    "agenda", "draw",  "timezone", "entries_from", "entries_until",
    "beacon", "round", "round_at", "seats_from",   "seats_until"};

bool Take(size_t name, std::string_view value, PublishedDraw* draw) {
  DrawRules& rules = draw->rules;
  absl::TimeZone zone;
  switch (name) {
    case 0:
      draw->agenda = value;
      return IsName(draw->agenda);
    case 1:
      rules.id = value;
      return IsName(rules.id);
    case 2:
      draw->timezone = value;
      return LoadZone(draw->timezone, &zone);
    case 3:
      return Take(value, &rules.entries_from);
    case 4:
      return Take(value, &rules.entries_until);
    case 5:
      rules.beacon = value;
      return IsDrawLine(value);
    case 6:
      rules.round = value;
      return IsDrawLine(value);
    case 7:
      return Take(value, &rules.round_at);
    case 8:
      return Take(value, &rules.seats_from);
    default:
      return Take(value, &rules.seats_until);
  }
}

}  // namespace

std::string DrawRulesText(std::string_view agenda, std::string_view timezone,
                          const DrawRules& rules) {
  return absl::StrCat(
      std::string(kFirstLine), "\nagenda ", std::string(agenda), "\ndraw ", rules.id, "\ntimezone ",
      std::string(timezone), "\nentries_from ", FormatLocalMinute(rules.entries_from),
      "\nentries_until ", FormatLocalMinute(rules.entries_until), "\nbeacon ", rules.beacon,
      "\nround ", rules.round, "\nround_at ", FormatLocalMinute(rules.round_at), "\nseats_from ",
      FormatDate(rules.seats_from), "\nseats_until ", FormatDate(rules.seats_until), "\n");
}

std::optional<PublishedDraw> ReadDrawRules(std::string_view text, size_t* line, std::string* what) {
  PublishedDraw draw;
  for (*line = 1; *line <= kNames.size() + 1; ++*line) {
    const bool first = *line == 1;
    const std::string_view name = first ? kFirstLine : kNames[*line - 2];
    *what = first ? absl::StrCat("expected \"", std::string(name), "\"")
                  : absl::StrCat("expected \"", std::string(name), " VALUE\" with such a value");
    const size_t end = text.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    std::string_view value = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (first) {
      if (value != name) return std::nullopt;
      continue;
    }
    if (value.size() <= name.size() || value.substr(0, name.size()) != name ||
        value[name.size()] != ' ')
      return std::nullopt;
    value.remove_prefix(name.size() + 1);
    if (!Take(*line - 2, value, &draw)) return std::nullopt;
  }
  *what = "the file should have ended";
  return text.empty() ? std::optional(std::move(draw)) : std::nullopt;
}

bool IsDrawLine(std::string_view text) {
  if (text.empty() || text.size() > limits::kDrawTextBytes) return false;
  while (!text.empty()) {
    const CodePoint point = FirstCodePoint(text);
    if (point.octets == 0 || !IsPrintable(point.value)) return false;
    text.remove_prefix(point.octets);
  }
  return true;
}

bool IsInOrder(const DrawRules& rules) {
  const CivilDate round_day = CivilFromDays(rules.round_at.value / (24 * 60));
  return rules.entries_from < rules.entries_until && rules.entries_until < rules.round_at &&
         round_day < rules.seats_from && rules.seats_from <= rules.seats_until;
}

}  // namespace creneau::rules
