// Slots from a spreadsheet: one line a slot, columns by name.

#include <algorithm>
#include <array>
#include <map>

#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "base/text.h"
#include "codec/agenda_file.h"
#include "codec/csv.h"
#include "rules/calendar.h"

namespace creneau::codec {
namespace {

enum Column { kSlot, kDate, kTime, kMinutes, kFirstSeats, kColumns = kFirstSeats + kChannels };

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
  const CsvCell* At(const std::vector<CsvCell>& cells, int column) const {
    const int place = places_[static_cast<size_t>(column)];
    return place >= 0 && static_cast<size_t>(place) < cells.size()
               ? &cells[static_cast<size_t>(place)]
               : nullptr;
  }
  std::optional<LocalMinute> Start(const std::vector<CsvCell>& cells);

  SlotsFile& out_;
  absl::TimeZone zone_;
  char separator_ = ',';
  std::array<int, kColumns> places_;
  size_t columns_ = 0;
  std::map<LocalMinute, int> lines_;  // of each start, to name the other one
};

bool Reader::Header(std::string_view text) {
  separator_ = SeparatorOfCsv(text);
  places_.fill(-1);
  const auto cells = SplitCsv(text, separator_);
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

std::optional<LocalMinute> Reader::Start(const std::vector<CsvCell>& cells) {
  const CsvCell* slot = At(cells, kSlot);
  if (slot != nullptr) {
    const auto start = ParseLocalMinute(slot->text);
    if (!start) Wrong(slot->column, "slot must be a local time that exists, like 2026-12-01T09:20");
    return start;
  }
  const CsvCell* date = At(cells, kDate);
  const CsvCell* time = At(cells, kTime);
  const auto day = date != nullptr ? AnyCsvDate(date->text) : std::nullopt;
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
  const auto cells = SplitCsv(text, separator_);
  if (!cells) return Wrong(0, "a quote is left open");
  for (size_t i = columns_; i < cells->size(); ++i) {
    if (!(*cells)[i].text.empty()) return Wrong((*cells)[i].column, "this cell has no column name");
  }
  const auto start = Start(*cells);
  if (!start) return;
  rules::CalendarSlot slot;
  slot.start = *start;
  const CsvCell* minutes = At(*cells, kMinutes);
  const auto length = minutes != nullptr ? Whole(minutes->text, 480) : std::nullopt;
  if (!length || *length < 5) {
    return Wrong(minutes != nullptr ? minutes->column : 0,
                 "minutes must be a whole number from 5 to 480");
  }
  slot.minutes = *length;
  for (size_t c = 0; c < kChannels; ++c) {
    const CsvCell* seats = At(*cells, kFirstSeats + static_cast<int>(c));
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
  bool named = true;
  const auto header = [&](std::string_view line, int number) {
    reader.line = number;
    return named = reader.Header(line);
  };
  const auto each = [&](std::string_view line, int number) {
    reader.line = number;
    reader.Line(line);
  };
  if (!ForEachCsvLine(text, header, each)) {
    out.errors.push_back(
        {0, 0, "the file is empty: expected a line that names the columns, then a line a slot"});
  }
  if (!named) return out;
  std::sort(out.slots.begin(), out.slots.end(),
            [](const auto& a, const auto& b) { return a.start < b.start; });
  reader.CheckSpan();
  return out;
}

}  // namespace creneau::codec
