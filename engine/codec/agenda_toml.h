// The parts of reading an agenda file that agenda_toml.cc and agenda_sessions.cc share. Not for
// others.
#pragma once

#include "codec/agenda_file.h"
#include "codec/toml_reader.h"

namespace creneau::codec {

// [[session]] tables into agenda.sessions; then what they say together.
void ReadSessions(TomlReader& file, AgendaFile& out);
// How seats are shared, after the rules that it depends on: flow, offer_hours, [draw], ...
void ReadFairness(TomlReader& file, AgendaFile& out);
// Once policy, opening and sessions are read: whether freed seats are for who asks most.
void WarnOfPolling(TomlReader& file, AgendaFile& out);
// What a citizen without a computer would ask: where are the seats that need none?
void CheckChannels(TomlReader& file, AgendaFile& out);
// Seats of one slot: { web = 4, phone = 1 }.
std::optional<rules::SeatCounts> ReadSeats(TomlReader& table);

}  // namespace creneau::codec
