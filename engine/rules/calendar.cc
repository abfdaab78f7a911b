#include "rules/calendar.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "rules/holidays.h"

namespace creneau::rules {
namespace {

constexpr int kMinutesPerDay = 24 * 60;

absl::CivilMinute CivilOf(LocalMinute minute) {
  return absl::CivilMinute(1970, 1, 1, 0, 0) + minute.value;
}

// Monday is 0; 1970-01-01 was a Thursday.
int WeekdayOf(int32_t day) { return ((day + 3) % 7 + 7) % 7; }

bool IsExcepted(const Session& session, CivilDate date) {
  return std::find(session.except.begin(), session.except.end(), date) != session.except.end();
}

struct Builder {
  const Agenda& agenda;
  absl::TimeZone zone;
  Calendar calendar;
  std::map<LocalMinute, CalendarSlot> slots;

  void Wrong(const Session& session, std::string message) {
    calendar.diagnostics.push_back({session.line, session.column, std::move(message)});
  }

  // False once something is so wrong that going on would only repeat it.
  bool Add(const Session& session, LocalMinute start) {
    CalendarSlot slot{start, {}, session.minutes, session.seats};
    std::string error;
    slot.starts_at = InstantOf(start, zone, &error);
    if (!error.empty()) {
      Wrong(session, error);
      return false;
    }
    const auto [at, fresh] = slots.emplace(start, slot);
    if (fresh) return true;
    CalendarSlot& known = at->second;
    if (known.minutes != slot.minutes) {
      Wrong(session, absl::StrCat("another session makes the slot ", FormatLocalMinute(start),
                                  " with ", known.minutes, " minutes, this one with ", slot.minutes,
                                  ": they must agree"));
      return false;
    }
    for (size_t c = 0; c < kChannels; ++c) {
      known.seats.of[c] = static_cast<uint8_t>(std::min(255, known.seats.of[c] + slot.seats.of[c]));
    }
    if (known.seats.total() <= static_cast<int>(limits::kSeatsPerSlot)) return true;
    Wrong(session, absl::StrCat("sessions add up to ", known.seats.total(), " seats in the slot ",
                                FormatLocalMinute(start), ": at most ", limits::kSeatsPerSlot));
    return false;
  }

  bool AddDay(const Session& session, int32_t day) {
    const CivilDate date = CivilFromDays(day);
    if (!session.weekdays.Has(WeekdayOf(day)) || IsExcepted(session, date)) return true;
    if (session.skip_holidays && IsPublicHoliday(date, agenda.timezone)) return true;
    for (const Hours& hours : session.hours) {
      for (int at = hours.from; at + session.minutes <= hours.until; at += session.minutes) {
        if (!Add(session, LocalMinute{day * kMinutesPerDay + at})) return false;
      }
    }
    return true;
  }
};

}  // namespace

bool LoadZone(const std::string& name, absl::TimeZone* zone) {
  // Abseil also takes paths and the machine's own zone: a file that means something else elsewhere.
  const bool is_name = !name.empty() && name.front() != '/' && name != "localtime" &&
                       name.find_first_of(".:") == std::string::npos;
  return is_name && absl::LoadTimeZone(name, zone);
}

Instant InstantOf(LocalMinute minute, const absl::TimeZone& zone, std::string* error) {
  const absl::TimeZone::TimeInfo info = zone.At(absl::CivilSecond(CivilOf(minute)));
  error->clear();
  if (info.kind == absl::TimeZone::TimeInfo::SKIPPED) {
    *error = absl::StrCat(FormatLocalMinute(minute), " does not exist in ", zone.name(),
                          ": clocks go forward over it. Choose other hours or except this day");
  } else if (info.kind == absl::TimeZone::TimeInfo::REPEATED) {
    *error = absl::StrCat(FormatLocalMinute(minute), " comes twice in ", zone.name(),
                          ": clocks go back over it. Choose other hours or except this day");
  }
  return Instant{absl::ToUnixMillis(info.pre)};
}

LocalMinute LocalMinuteAt(Instant instant, const absl::TimeZone& zone) {
  const absl::CivilMinute minute(zone.At(absl::FromUnixMillis(instant.ms)).cs);
  return LocalMinute{static_cast<int32_t>(minute - absl::CivilMinute(1970, 1, 1, 0, 0))};
}

std::string FormatRfc3339(Instant instant, const absl::TimeZone& zone) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%S%Ez", absl::FromUnixMillis(instant.ms), zone);
}

Calendar ExpandSessions(const Agenda& agenda) {
  Builder builder{agenda, {}, {}, {}};
  if (!LoadZone(agenda.timezone, &builder.zone)) {
    builder.calendar.diagnostics.push_back(
        {0, 0, absl::StrCat("unknown time zone \"", agenda.timezone, "\"")});
    return builder.calendar;
  }
  for (const Session& session : agenda.sessions) {
    for (int32_t day = DaysFromCivil(session.from); day <= DaysFromCivil(session.until); ++day) {
      if (!builder.AddDay(session, day)) break;
    }
    if (builder.slots.size() > limits::kSlotsPerAgenda) {
      builder.Wrong(session, absl::StrCat("more than ", limits::kSlotsPerAgenda, " slots"));
      break;
    }
  }
  for (const auto& [start, slot] : builder.slots) builder.calendar.slots.push_back(slot);
  return builder.calendar;
}

}  // namespace creneau::rules
