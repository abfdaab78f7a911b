// What the targets of both kinds of agenda files assert of the slots that were read.
#pragma once

#include <string>
#include <vector>

#include "base/limits.h"
#include "base/text.h"
#include "codec/agenda_file.h"
#include "rules/calendar.h"
#include "tests/fuzz/fuzz.h"

namespace creneau::fuzz {

// Each says where and what: a line that the file has, and words.
inline void CheckDiagnostics(const rules::Diagnostics& all, std::string_view text) {
  const auto lines = std::count(text.begin(), text.end(), '\n') + 1;
  for (const rules::Diagnostic& one : all) {
    CHECK(one.line >= 0 && one.line <= lines);
    CHECK(one.column >= 0 && !one.message.empty());
  }
}

inline std::string AsCsv(const std::vector<rules::CalendarSlot>& slots) {
  std::string out = "slot;minutes;web;phone;desk;post;court\r\n";
  for (const rules::CalendarSlot& slot : slots) {
    out += FormatLocalMinute(slot.start) + ";" + std::to_string(slot.minutes);
    for (const uint8_t count : slot.seats.of) out += ";" + std::to_string(count);
    out += "\r\n";
  }
  return out;
}

// In order, each a time that exists once in its zone, with seats; and the same when written as CSV.
inline void CheckSlots(const std::vector<rules::CalendarSlot>& slots, const rules::Agenda& agenda) {
  absl::TimeZone zone;
  CHECK(rules::LoadZone(agenda.timezone, &zone));
  for (size_t i = 0; i < slots.size(); ++i) {
    const rules::CalendarSlot& slot = slots[i];
    CHECK(i == 0 || slots[i - 1].start < slot.start);
    CHECK(slot.seats.total() >= 1);
    CHECK(slot.seats.total() <= static_cast<int>(limits::kSeatsPerSlot));
    std::string error;
    CHECK(rules::InstantOf(slot.start, zone, &error) == slot.starts_at && error.empty());
    CHECK(rules::LocalMinuteAt(slot.starts_at, zone) == slot.start);
  }
  if (slots.empty() || slots.size() > 200) return;
  const codec::SlotsFile again = codec::ReadSlotsCsv(AsCsv(slots), agenda);
  CHECK(again.errors.empty());
  CHECK(again.slots == slots);
}

}  // namespace creneau::fuzz
