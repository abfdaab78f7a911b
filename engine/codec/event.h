// The log's records: events <-> protobuf bytes (proto/creneau/v1/event.proto). Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "base/ids.h"
#include "base/instant.h"
#include "codec/desk.h"
#include "codec/draw.h"
#include "codec/identity_acts.h"
#include "codec/loss.h"
#include "codec/mandate.h"
#include "codec/pepper.h"
#include "codec/seats_shifted.h"
#include "codec/service.h"
#include "codec/staff_act.h"
#include "codec/state.h"
#include "codec/waitlist.h"
#include "ledger/event.h"
#include "ledger/publication.h"
#include "rules/agenda.h"

namespace creneau::codec {

// Room for any ledger event, encoded: a party of eight takes 349.
inline constexpr size_t kMaxEventBytes = 352;

// Writes the event into `out` without allocating; returns the bytes used. `out` has at least
// kMaxEventBytes.
size_t EncodeEvent(const ledger::Event& event, std::span<char> out);
size_t EncodeParty(const ledger::PartyHeld& party, std::span<char> out);

// One part of a calendar version.
struct CalendarPart {
  uint32_t part = 0;  // from 0
  uint32_t parts = 1;
  std::optional<rules::Agenda> rules;  // in part 0
  ledger::CalendarChange change;       // this part's slots
};

// A calendar version as records, each small enough for the log.
std::vector<std::string> EncodeCalendar(const ledger::CalendarChange& change,
                                        const rules::Agenda& rules);

// Nobody could confirm since that moment, and live holds are owed the time; or have all got it.
struct Outage {
  Instant since;
  bool settled = false;
};

std::string EncodeOutage(const Outage& outage);

using Record = std::variant<ledger::Event, ledger::PartyHeld, CalendarPart, Outage, OpeningState,
                            TurnLapsed, RosterPart, Probe, StaffAct, SubjectsLinked, Rekeyed,
                            ActProposed, ActSettled, HolderNotice, ServiceMinute, ChannelTotals,
                            LossAccepted, PepperEpoch, WaitlistPlace, DayClosed, HelperCount,
                            DeskNote, SeatsShifted, DrawState, DrawEntry, DrawResult, Mandate>;

// DataLoss when the bytes are not a record this program knows: a log written by a newer one, or not
// by us.
absl::StatusOr<Record> DecodeRecord(std::string_view bytes);

// The fast way for what nearly all records are: true, and the event, only of bytes that EncodeEvent
// would write for it and DecodeRecord would take. False says nothing about them.
bool DecodeSeatEvent(std::string_view bytes, ledger::Event* event);

// The fast way for a calendar's part: true, its slots, and in `rest` the bytes of the CalendarPart
// message before them, only of bytes that EncodeCalendar would write. False says nothing about
// them.
bool DecodeSlots(std::string_view bytes, std::string_view* rest,
                 std::vector<ledger::SlotChange>* slots);

// For people (one line) or programs (one JSON object): what the record says happened.
std::string DescribeRecord(std::string_view record, bool json);

}  // namespace creneau::codec
