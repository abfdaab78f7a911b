// Slots from a spreadsheet: one line a slot, columns by name.

#include <algorithm>
#include <array>
#include <map>

#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "base/text.h"
#include "codec/agenda_file.h"
#include "rules/calendar.h"

namespace creneau::codec {
namespace {

enum Column { kSlot, kDate, kTime, kMinutes, kFirstSeats, kColumns = kFirstSeats + kChannels };

struct Cell {
  std::string text;
  int column = 0;  // in the line, from 1
};

std::string Trimmed(std::string_view text) {
  const size_t from = text.find_first_not_of(" \t");
  if (from == std::string_view::npos) return "";
  return std::string(text.substr(from, text.find_last_not_of(" \t") - from + 1));
}

// Cells of a line (RFC 4180 quotes); nothing when a quote is left open.
std::optional<std::vector<Cell>> Split(std::string_view line, char separator) {
  std::vector<Cell> cells(1, Cell{"", 1});
  bool quoted = false;
  for (size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quoted && c == '"' && i + 1 < line.size() && line[i + 1] == '"') {
      cells.back().text.push_back(line[++i]);
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && c == separator) {
      cells.push_back(Cell{"", static_cast<int>(i) + 2});
    } else {
      cells.back().text.push_back(c);
    }
  }
  if (quoted) return std::nullopt;
  for (Cell& cell : cells) cell.text = Trimmed(cell.text);
  return cells;
}

char SeparatorOf(std::string_view header) {
  char best = ',';
  for (const char c : {';', '\t'}) {
    if (std::count(header.begin(), header.end(), c) >
        std::count(header.begin(), header.end(), best))
      best = c;
  }
  return best;
}

// 01/12/2026, as French spreadsheets write it, or 2026-12-01.
std::optional<CivilDate> AnyDate(std::string_view text) {
  if (text.size() == 10 && text[2] == '/' && text[5] == '/') {
    return ParseDate(absl::StrCat(std::string(text.substr(6)), "-", std::string(text.substr(3, 2)),
                                  "-", std::string(text.substr(0, 2))));
  }
  return ParseDate(text);
}

std::optional<int> Whole(std::string_view text, int most) {
  if (text.empty() || text.size() > 4) return std::nullopt;
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value <= most ? std::optional<int>(value) : std::nullopt;
}

class Reader {
 public:
  Reader(const absl::TimeZone& zone, SlotsFile& out) : out_(out), zone_(zone) {}

  bool Header(std::string_view line);
  void Line(std::string_view line);
  void CheckSpan();  // last: slots are sorted
  int line = 0;

 private:
  void Wrong(int column, std::string message) {
    out_.errors.push_back({line, column, std::move(message)});
  }
  const Cell* At(const std::vector<Cell>& cells, int column) const {
    const int place = places_[static_cast<size_t>(column)];
    return place >= 0 && static_cast<size_t>(place) < cells.size()
               ? &cells[static_cast<size_t>(place)]
               : nullptr;
  }
  std::optional<LocalMinute> Start(const std::vector<Cell>& cells);

  SlotsFile& out_;
  absl::TimeZone zone_;
  char separator_ = ',';
  std::array<int, kColumns> places_;
  size_t columns_ = 0;
  std::map<LocalMinute, int> lines_;  // of each start, to name the other one
};

bool Reader::Header(std::string_view text) {
  separator_ = SeparatorOf(text);
  places_.fill(-1);
  const auto cells = Split(text, separator_);
  columns_ = cells ? cells->size() : 0;
  for (size_t i = 0; cells && i < cells->size(); ++i) {
    std::string name = (*cells)[i].text;
    std::transform(name.begin(), name.end(), name.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    int column = -1;
    if (name == "slot") column = kSlot;
    if (name == "date") column = kDate;
    if (name == "time") column = kTime;
    if (name == "minutes") column = kMinutes;
    if (const auto channel = ChannelFromName(name))
      column = kFirstSeats + static_cast<int>(*channel);
    if (column < 0 || places_[static_cast<size_t>(column)] >= 0) {
      Wrong((*cells)[i].column,
            "the first line names the columns, each once: slot (or date and time), minutes, web, "
            "phone, desk, post, court");
      return false;
    }
    places_[static_cast<size_t>(column)] = static_cast<int>(i);
  }
  const bool has_start = places_[kSlot] >= 0 || (places_[kDate] >= 0 && places_[kTime] >= 0);
  if (has_start && places_[kMinutes] >= 0) return true;
  Wrong(0, "the first line must name the columns slot (or date and time) and minutes");
  return false;
}

std::optional<LocalMinute> Reader::Start(const std::vector<Cell>& cells) {
  const Cell* slot = At(cells, kSlot);
  if (slot != nullptr) {
    const auto start = ParseLocalMinute(slot->text);
    if (!start) Wrong(slot->column, "slot must be a local time that exists, like 2026-12-01T09:20");
    return start;
  }
  const Cell* date = At(cells, kDate);
  const Cell* time = At(cells, kTime);
  const auto day = date != nullptr ? AnyDate(date->text) : std::nullopt;
  if (!day) {
    Wrong(date != nullptr ? date->column : 0,
          "date must be one that exists, like 2026-12-01 or 01/12/2026");
    return std::nullopt;
  }
  std::string clock = time != nullptr ? time->text : "";
  if (clock.size() == 4) clock = "0" + clock;  // 9:20
  const auto start = ParseLocalMinute(FormatDate(*day) + "T" + clock);
  if (!start) Wrong(time != nullptr ? time->column : 0, "time must be like 09:20");
  return start;
}

void Reader::Line(std::string_view text) {
  const auto cells = Split(text, separator_);
  if (!cells) return Wrong(0, "a quote is left open");
  for (size_t i = columns_; i < cells->size(); ++i) {
    if (!(*cells)[i].text.empty()) return Wrong((*cells)[i].column, "this cell has no column name");
  }
  const auto start = Start(*cells);
  if (!start) return;
  rules::CalendarSlot slot;
  slot.start = *start;
  const Cell* minutes = At(*cells, kMinutes);
  const auto length = minutes != nullptr ? Whole(minutes->text, 480) : std::nullopt;
  if (!length || *length < 5) {
    return Wrong(minutes != nullptr ? minutes->column : 0,
                 "minutes must be a whole number from 5 to 480");
  }
  slot.minutes = *length;
  for (size_t c = 0; c < kChannels; ++c) {
    const Cell* seats = At(*cells, kFirstSeats + static_cast<int>(c));
    if (seats == nullptr || seats->text.empty()) continue;
    const auto count = Whole(seats->text, limits::kSeatsPerSlot);
    if (!count)
      return Wrong(seats->column,
                   absl::StrCat("seats must be a whole number from 0 to ", limits::kSeatsPerSlot));
    slot.seats.of[c] = static_cast<uint8_t>(*count);
  }
  if (slot.seats.total() < 1 || slot.seats.total() > static_cast<int>(limits::kSeatsPerSlot)) {
    return Wrong(0,
                 absl::StrCat("the seats of a slot must add up to 1 to ", limits::kSeatsPerSlot));
  }
  std::string error;
  slot.starts_at = rules::InstantOf(*start, zone_, &error);
  if (!error.empty()) return Wrong(0, error);
  const auto [at, fresh] = lines_.emplace(*start, line);
  if (!fresh)
    return Wrong(0, absl::StrCat("the slot ", FormatLocalMinute(*start), " stands in line ",
                                 at->second, " already"));
  out_.slots.push_back(slot);
}

void Reader::CheckSpan() {
  constexpr int kMinutesPerDay = 24 * 60;
  if (out_.slots.empty()) return;
  const LocalMinute last = out_.slots.back().start;
  const int days = (last.value - out_.slots.front().start.value) / kMinutesPerDay;
  if (days <= limits::kCalendarDaysMax) return;
  line = lines_.at(last);
  Wrong(0, absl::StrCat("this slot is ", days, " days after the first: at most ",
                        limits::kCalendarDaysMax, "; correct the year"));
}

}  // namespace

SlotsFile ReadSlotsCsv(std::string_view text, const rules::Agenda& agenda) {
  SlotsFile out;
  absl::TimeZone zone;
  if (!rules::LoadZone(agenda.timezone, &zone)) {
    out.errors.push_back({0, 0, "the agenda's time zone is unknown: its slots have no instant"});
    return out;
  }
  Reader reader(zone, out);
  if (text.substr(0, 3) == "\xef\xbb\xbf")
    text.remove_prefix(3);  // what spreadsheets put before UTF-8
  bool has_header = false;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    ++reader.line;
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.find_first_not_of(" \t,;") == std::string_view::npos) continue;
    if (has_header) {
      reader.Line(line);
    } else if (!reader.Header(line)) {
      return out;
    }
    has_header = true;
  }
  if (!has_header)
    out.errors.push_back(
        {0, 0, "the file is empty: expected a line that names the columns, then a line a slot"});
  std::sort(out.slots.begin(), out.slots.end(),
            [](const auto& a, const auto& b) { return a.start < b.start; });
  reader.CheckSpan();
  return out;
}

}  // namespace creneau::codec
