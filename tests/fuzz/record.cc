// codec: the records of the log and of snapshots. The first byte says which kind: `e` Event, `s`
// SnapshotSlot, `c` SnapshotCalendar; the rest are its bytes. Asserted: what decodes, encoded, is a
// canonical form that decodes to itself; and every event can be told to people and to programs.

#include <boost/json/parse.hpp>

#include "codec/event.h"
#include "codec/snapshot.h"
#include "tests/fuzz/fuzz.h"

namespace creneau::codec {
namespace {

// Of what comes in parts the first stands for all: the others differ in their number.
std::string Encoded(const Record& record) {
  if (const auto* part = std::get_if<CalendarPart>(&record))
    return EncodeCalendar(part->change, part->rules.value_or(rules::Agenda{})).front();
  if (const auto* outage = std::get_if<Outage>(&record)) return EncodeOutage(*outage);
  if (const auto* opening = std::get_if<OpeningState>(&record)) return EncodeOpening(*opening);
  if (const auto* turn = std::get_if<TurnLapsed>(&record)) return EncodeTurn(*turn);
  if (const auto* act = std::get_if<StaffAct>(&record)) return EncodeStaffAct(*act);
  if (const auto* probe = std::get_if<Probe>(&record)) return EncodeProbe(*probe);
  if (const auto* pepper = std::get_if<PepperEpoch>(&record)) return EncodePepper(*pepper);
  if (const auto* loss = std::get_if<LossAccepted>(&record)) return EncodeLoss(*loss);
  if (const auto* roster = std::get_if<RosterPart>(&record))
    return EncodeRoster(roster->agenda, roster->version, roster->adds, roster->subjects).front();
  if (const auto* linked = std::get_if<SubjectsLinked>(&record)) return EncodeLinks(*linked);
  if (const auto* rekeyed = std::get_if<Rekeyed>(&record)) return EncodeRekeyed(*rekeyed);
  if (const auto* proposed = std::get_if<ActProposed>(&record)) return EncodeProposed(*proposed);
  if (const auto* settled = std::get_if<ActSettled>(&record)) return EncodeSettled(*settled);
  if (const auto* notice = std::get_if<HolderNotice>(&record)) return EncodeNotice(*notice);
  if (const auto* minute = std::get_if<ServiceMinute>(&record)) return EncodeService(*minute);
  if (const auto* draw = std::get_if<DrawState>(&record)) return EncodeDraw(*draw);
  if (const auto* entry = std::get_if<DrawEntry>(&record)) return EncodeDrawEntry(*entry);
  if (const auto* result = std::get_if<DrawResult>(&record)) return EncodeDrawPart(*result);
  if (const auto* place = std::get_if<WaitlistPlace>(&record)) return EncodePlace(*place);
  if (const auto* closed = std::get_if<DayClosed>(&record)) return EncodeClosed(*closed);
  if (const auto* count = std::get_if<HelperCount>(&record)) return EncodeHelperCount(*count);
  if (const auto* note = std::get_if<DeskNote>(&record)) return EncodeDeskNote(*note);
  if (const auto* mandate = std::get_if<Mandate>(&record)) return EncodeMandate(*mandate);
  if (const auto* shifted = std::get_if<SeatsShifted>(&record)) return EncodeShift(*shifted);
  if (const auto* totals = std::get_if<ChannelTotals>(&record)) {
    char text[kMaxTotalsBytes];
    return std::string(text, EncodeTotals(*totals, text));
  }
  char bytes[kMaxEventBytes];
  if (const auto* party = std::get_if<ledger::PartyHeld>(&record))
    return std::string(bytes, EncodeParty(*party, bytes));
  return std::string(bytes, EncodeEvent(std::get<ledger::Event>(record), bytes));
}

void FuzzEvent(std::string_view bytes) {
  const std::string told = DescribeRecord(bytes, /*json=*/true);
  boost::json::error_code ec;
  boost::json::parse({told.data(), told.size()}, ec);
  CHECK(!ec);
  const std::string line = DescribeRecord(bytes, /*json=*/false);
  CHECK(!line.empty() &&
        std::all_of(line.begin(), line.end(), [](char c) { return c >= ' ' && c <= '~'; }));
  const absl::StatusOr<Record> record = DecodeRecord(bytes);
  if (!record.ok()) return CHECK(absl::IsDataLoss(record.status()));
  const std::string canonical = Encoded(*record);
  const absl::StatusOr<Record> again = DecodeRecord(canonical);
  CHECK(again.ok() && again->index() == record->index());
  CHECK(Encoded(*again) == canonical);
  CHECK(DecodeRecord(bytes).ok());
}

void FuzzSlot(std::string_view bytes) {
  const absl::StatusOr<ledger::SlotRecord> slot = DecodeSlot(bytes);
  if (!slot.ok()) return CHECK(absl::IsDataLoss(slot.status()));
  const std::string canonical = EncodeSlot(*slot);
  const absl::StatusOr<ledger::SlotRecord> again = DecodeSlot(canonical);
  CHECK(again.ok() && EncodeSlot(*again) == canonical);
  CHECK(again->seats.size() == slot->seats.size() && again->blocks == slot->blocks);
}

void FuzzCalendar(std::string_view bytes) {
  const absl::StatusOr<PublishedPart> part = DecodePublishedPart(bytes);
  if (!part.ok()) return CHECK(absl::IsDataLoss(part.status()));
  const absl::StatusOr<PublishedPart> again = DecodePublishedPart(EncodePublishedPart(*part));
  CHECK(again.ok() && again->published_at == part->published_at && again->event == part->event);
  FuzzEvent(part->event);
}

}  // namespace
}  // namespace creneau::codec

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace creneau;
  if (size == 0) return 0;
  const fuzz::Copy bytes(fuzz::Text(data + 1, size - 1));
  if (data[0] == 's')
    codec::FuzzSlot(bytes.view());
  else if (data[0] == 'c')
    codec::FuzzCalendar(bytes.view());
  else
    codec::FuzzEvent(bytes.view());
  return 0;
}
