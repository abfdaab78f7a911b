#include "booking/record_lines.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "rules/calendar.h"

namespace creneau::booking {
namespace {

constexpr std::string_view kBegin = "{\"lsn\":\"";
constexpr int32_t kMinutesPerDay = 24 * 60;
// A year and a bit: whoever was away for longer is looked for in the log.
constexpr size_t kMostWeeks = 60;

class Line {
 public:
  Line(Lsn lsn, const Zone& zone) : zone_(zone) {
    absl::StrAppend(&text_, "{\"lsn\":\"", lsn.value, "\"");
  }
  Line& Time(const char* name, Instant instant) {
    absl::StrAppend(&text_, ",\"", name, "\":\"", rules::FormatRfc3339(instant, zone_.absl()),
                    "\"");
    return *this;
  }
  Line& Count(const char* name, uint64_t count) {
    if (count > 0) absl::StrAppend(&text_, ",\"", name, "\":", count);
    return *this;
  }
  // Names are lower-case letters and hyphens (codec/service.h).
  Line& Counts(const char* name, const std::vector<codec::NamedCount>& counts) {
    if (counts.empty()) return *this;
    absl::StrAppend(&text_, ",\"", name, "\":{");
    for (const codec::NamedCount& count : counts) {
      absl::StrAppend(&text_, &count == &counts.front() ? "\"" : ",\"", count.name,
                      "\":", count.count);
    }
    text_ += '}';
    return *this;
  }
  Line& Raw(std::string_view text) {
    text_ += text;
    return *this;
  }
  std::string End() { return text_ + "}\n"; }

 private:
  const Zone& zone_;
  std::string text_;
};

}  // namespace

std::string AgendaLine(Lsn lsn, const codec::ServiceMinute& minute,
                       const codec::AgendaMinute& agenda, const Zone& zone) {
  Line line(lsn, zone);
  line.Time("from", minute.from).Time("until", minute.until);
  line.Raw(",\"phase\":\"").Raw(agenda.phase).Raw("\"");
  if (agenda.paused) line.Raw(",\"paused\":true");
  line.Raw(",\"free\":{");
  for (const Channel channel : kAllChannels) {
    const uint32_t free = agenda.free[static_cast<size_t>(channel)];
    line.Raw(channel == Channel::kWeb ? "\"" : ",\"").Raw(ChannelName(channel)).Raw("\":");
    line.Raw(std::to_string(free));
  }
  line.Raw("}").Count("waiting", agenda.waiting).Counts("refused", agenda.refused);
  return line.End();
}

std::string EngineLine(Lsn lsn, const codec::ServiceMinute& minute, const Zone& zone) {
  const bool says = minute.down_since || !minute.shed.empty() || minute.over_rate > 0 ||
                    minute.turned_away > 0 || minute.stalled_ms > 0;
  if (!says) return "";
  Line line(lsn, zone);
  line.Time("from", minute.from).Time("until", minute.until);
  if (minute.unknown_since) line.Time("unknown_since", *minute.unknown_since);
  if (minute.down_since) line.Time("down_since", *minute.down_since);
  line.Counts("shed", minute.shed).Count("over_rate", minute.over_rate);
  line.Count("turned_away", minute.turned_away);
  line.Count("stalled_s", static_cast<uint64_t>((minute.stalled_ms + 999) / 1000));
  return line.End();
}

std::optional<Lsn> LsnOfLine(std::string_view line) {
  if (!line.starts_with(kBegin) || !line.ends_with("}\n")) return std::nullopt;
  line.remove_prefix(kBegin.size());
  const std::string_view digits = line.substr(0, line.find('"'));
  uint64_t lsn = 0;
  if (!absl::SimpleAtoi(absl::string_view(digits.data(), digits.size()), &lsn)) return std::nullopt;
  // Bytes that a power cut left out are zeros.
  if (line.find('\0') != std::string_view::npos) return std::nullopt;
  return Lsn{lsn};
}

rules::IsoWeek WeekAt(Instant instant, const Zone& zone) {
  const int32_t minute = rules::LocalMinuteAt(instant, zone.absl()).value;
  const int32_t day = (minute >= 0 ? minute : minute - (kMinutesPerDay - 1)) / kMinutesPerDay;
  return rules::IsoWeekOf(day);
}

std::vector<rules::IsoWeek> WeeksOf(const codec::ServiceMinute& minute, const Zone& zone) {
  std::vector<rules::IsoWeek> weeks = {WeekAt(minute.from, zone)};
  const Instant since =
      std::min(minute.unknown_since.value_or(minute.from), minute.down_since.value_or(minute.from));
  const rules::IsoWeek first = WeekAt(since, zone);
  while (first < weeks.back() && weeks.size() < kMostWeeks)
    weeks.push_back(rules::IsoWeekOf(rules::FirstDayOf(weeks.back()) - 1));
  std::reverse(weeks.begin(), weeks.end());
  return weeks;
}

}  // namespace creneau::booking
