// The sessions of an agenda file, and the calendar they make.

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "codec/agenda_toml.h"
#include "rules/calendar.h"

namespace creneau::codec {
namespace {

constexpr int kShortestSlot = 5;
constexpr int kLongestSlot = 480;

// "09:00-12:00"
std::optional<rules::Hours> ParseHours(std::string_view text) {
  if (text.size() != 11 || text[5] != '-') return std::nullopt;
  const auto from = ParseTimeOfDay(text.substr(0, 5));
  const auto until = ParseTimeOfDay(text.substr(6));
  if (!from || !until || *from >= *until) return std::nullopt;
  return rules::Hours{*from, *until};
}

std::vector<rules::Hours> ReadHours(TomlReader& table) {
  const toml::node* node =
      table.Need("hours", "expected a list like [\"09:00-12:00\", \"13:30-16:00\"]");
  if (node == nullptr) return {};
  std::vector<rules::Hours> hours;
  const toml::array* array = node->as_array();
  if (array == nullptr || array->empty()) {
    table.Error(*node, "`hours` must be a list like [\"09:00-12:00\", \"13:30-16:00\"]");
    return {};
  }
  for (const toml::node& item : *array) {
    const auto one = ParseHours(item.value_exact<std::string>().value_or(""));
    if (!one) {
      table.Error(item, "`hours` takes texts like \"09:00-12:00\", the earlier time first");
      return {};
    }
    for (const rules::Hours& other : hours) {
      if (one->from < other.until && other.from < one->until) {
        table.Error(item, "`hours` of one session must not overlap");
        return {};
      }
    }
    hours.push_back(*one);
  }
  return hours;
}

bool ReadHolidays(TomlReader& table) {
  const toml::node* node = table.Find("holidays");
  if (node == nullptr) return true;
  const auto text = node->value_exact<std::string>().value_or("");
  if (text != "skip" && text != "open") {
    table.Error(*node,
                "`holidays` must be \"skip\" (closed on French public holidays) or \"open\"");
  }
  return text != "open";
}

std::vector<CivilDate> ReadExcept(TomlReader& table, const rules::Session& session,
                                  rules::Diagnostics& warnings) {
  std::vector<CivilDate> dates;
  const toml::node* node = table.Find("except");
  if (node == nullptr) return dates;
  const toml::array* array = node->as_array();
  if (array == nullptr) {
    table.Error(*node, "`except` must be a list of dates like [2026-12-24]");
    return dates;
  }
  for (const toml::node& item : *array) {
    const auto written = item.value_exact<toml::date>();
    const auto date = written ? CivilOf(*written) : std::nullopt;
    if (!date) {
      table.Error(item, "`except` takes dates without quotes, like 2026-12-24");
      continue;
    }
    dates.push_back(*date);
    if (dates.back() < session.from || session.until < dates.back()) {
      const toml::source_position at = item.source().begin;
      warnings.push_back({static_cast<int>(at.line), static_cast<int>(at.column),
                          absl::StrCat("`except` has ", FormatDate(dates.back()),
                                       ", which the session does not reach")});
    }
  }
  return dates;
}

void CheckDates(TomlReader& table, const rules::Session& session) {
  const int days = DaysFromCivil(session.until) - DaysFromCivil(session.from);
  if (days < 0) {
    table.Error(*table.Find("until"), "`until` must not be before `from`");
  } else if (days > limits::kCalendarDaysMax) {
    table.Error(*table.Find("until"),
                absl::StrCat("a session reaches at most ", limits::kCalendarDaysMax,
                             " days: split it, or correct the year"));
  }
}

void WarnOfRests(const rules::Session& session, rules::Diagnostics& warnings) {
  for (const rules::Hours& hours : session.hours) {
    const int rest = (hours.until - hours.from) % session.minutes;
    if (rest != 0) {
      warnings.push_back({session.line, session.column,
                          absl::StrCat("slots of ", session.minutes, " minutes leave ", rest,
                                       " minutes of an opening period unused")});
    }
  }
}

// Nothing when something in it is wrong; what, is among the errors.
std::optional<rules::Session> ReadSession(const toml::table& table, AgendaFile& out) {
  const size_t errors_before = out.errors.size();
  TomlReader reader(table, "[[session]]", out.errors);
  rules::Session session;
  session.line = static_cast<int>(table.source().begin.line);
  session.column = static_cast<int>(table.source().begin.column);
  session.weekdays = reader.Days("weekdays").value_or(rules::Weekdays{});
  const auto from = reader.Date("from", /*needed=*/true);
  const auto until = reader.Date("until", /*needed=*/true);
  session.hours = ReadHours(reader);
  if (reader.Need("minutes", "expected the length of a slot, like 20") != nullptr) {
    session.minutes = reader.Number("minutes", kShortestSlot, kLongestSlot, "minutes").value_or(0);
  }
  session.skip_holidays = ReadHolidays(reader);
  const toml::node* seats =
      reader.Need("seats", "expected seats by channel, like { web = 4, desk = 1 }");
  if (seats != nullptr && seats->as_table() != nullptr) {
    TomlReader counts(*seats->as_table(), "`seats`", out.errors);
    session.seats = ReadSeats(counts).value_or(rules::SeatCounts{});
  } else if (seats != nullptr) {
    reader.Error(*seats, "`seats` must be a table by channel, like { web = 4, desk = 1 }");
  }
  if (from && until) {
    session.from = *from;
    session.until = *until;
    CheckDates(reader, session);
    session.except = ReadExcept(reader, session, out.warnings);
  } else {
    reader.Find("except");
  }
  reader.RefuseUnknown();
  if (out.errors.size() != errors_before) return std::nullopt;
  WarnOfRests(session, out.warnings);
  return session;
}

}  // namespace

std::optional<rules::SeatCounts> ReadSeats(TomlReader& table) {
  rules::SeatCounts seats;
  for (const Channel channel : kAllChannels) {
    const auto count = table.Number(ChannelName(channel), 0, limits::kSeatsPerSlot, "seats");
    seats.of[static_cast<size_t>(channel)] = static_cast<uint8_t>(count.value_or(0));
  }
  table.RefuseUnknown();
  if (seats.total() >= 1 && seats.total() <= static_cast<int>(limits::kSeatsPerSlot)) return seats;
  table.ErrorHere(
      absl::StrCat("`seats` must add up to 1 to ", limits::kSeatsPerSlot, " in one slot"));
  return std::nullopt;
}

void ReadSessions(TomlReader& file, AgendaFile& out) {
  const toml::node* node = file.Find("session");
  if (node == nullptr) return;
  const toml::array* array = node->as_array();
  if (array == nullptr || !array->is_array_of_tables()) {
    file.Error(*node, "sessions are written as [[session]] tables");
    return;
  }
  for (const toml::node& item : *array) {
    const auto session = ReadSession(*item.as_table(), out);
    if (session) out.agenda.sessions.push_back(*session);
  }
}

}  // namespace creneau::codec
