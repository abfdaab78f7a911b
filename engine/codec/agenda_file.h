// Agenda files as people write them: TOML (design 9), and CSV of slots from a spreadsheet. Whatever
// is wrong is said with line, column and what was expected; a key that does nothing yet is refused,
// never ignored. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/agenda.h"
#include "rules/diagnostic.h"

namespace creneau::codec {

struct AgendaFile {
  rules::Agenda agenda;
  std::vector<rules::CalendarSlot>
      slots;                    // sessions expanded, by start; empty when the file has no session
  rules::Diagnostics errors;    // with any of these, agenda and slots are not to be used
  rules::Diagnostics warnings;  // worth a person's look: shown, not fatal
};

// Reads, checks each value and the whole (time zone exists, seats outside the web or an
// alternative, openings possible...).
AgendaFile ReadAgendaToml(std::string_view text);

struct SlotsFile {
  std::vector<rules::CalendarSlot> slots;  // by start
  rules::Diagnostics errors;
};

// Columns by header: slot (2026-12-01T09:20) or date and time (2026-12-01 or 01/12/2026; 09:20),
// minutes, web, phone, desk, post, court. Comma, semicolon or tab; a byte order mark and CRLF are
// fine. Times are those of the agenda's zone.
SlotsFile ReadSlotsCsv(std::string_view text, const rules::Agenda& agenda);

}  // namespace creneau::codec
