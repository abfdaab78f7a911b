// Writes the seeds that are no text, from the engine's own encoders, so that they follow its
// formats: creneau-fuzz-seeds DIRECTORY makes DIRECTORY/{record,history,snapshot}/....

#include <filesystem>
#include <fstream>

#include "booking/registry.h"
#include "codec/agenda_file.h"
#include "codec/event.h"
#include "codec/snapshot.h"
#include "ledger/ledger.h"
#include "rules/calendar.h"
#include "tests/fuzz/fuzz.h"

namespace creneau {
namespace {

constexpr Instant kNow{1'796'083'200'000};  // 2026-12-01

// As an engine numbers its first agenda.
const AgendaId kAgendaId = booking::Registry().NextId();

constexpr char kAgenda[] = R"(agenda = "93-titres"
title = "Titres"
office = "Bobigny"
timezone = "Europe/Paris"
policy = "direct"
identity = [["dossier", "birth_date"]]
identity_proof = "declared"
alternative = "guichet"
[[session]]
weekdays = ["tue"]
from = 2026-12-08
until = 2026-12-08
hours = ["09:00-10:00"]
minutes = 30
seats = { web = 2 }
)";

class Recorder final : public ledger::EventSink {
 public:
  void Push(const ledger::Event& event) override {
    char bytes[codec::kMaxEventBytes];
    records.emplace_back(bytes, codec::EncodeEvent(event, bytes));
  }
  void PushParty(const ledger::PartyHeld& party) override {
    char bytes[codec::kMaxEventBytes];
    records.emplace_back(bytes, codec::EncodeParty(party, bytes));
  }
  std::vector<std::string> records;
};

void Write(const std::filesystem::path& path, const std::string& bytes) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
}

std::string Framed(const std::string& record) {
  return std::string{static_cast<char>(record.size() >> 8), static_cast<char>(record.size())} +
         record;
}

// An agenda of two slots: published, held, confirmed, cancelled, moved.
struct Life {
  Life() {
    const codec::AgendaFile file = codec::ReadAgendaToml(kAgenda);
    CHECK(file.errors.empty() && file.slots.size() == 2);
    std::vector<ledger::SlotTarget> targets;
    for (const rules::CalendarSlot& slot : file.slots)
      targets.push_back(
          {slot.start, slot.starts_at, static_cast<uint16_t>(slot.minutes), slot.seats.of, false});
    const auto plan = ledger.Plan(kAgendaId, 1, targets, kNow);
    for (const std::string& record : codec::EncodeCalendar(plan.change, file.agenda))
      recorder.records.push_back(record);
    ledger.Apply(plan.change);
    rules = file.agenda;
  }
  ledger::Ledger ledger;
  Recorder recorder;
  rules::Agenda rules;
};

constexpr Subject kAda{11, 12};
constexpr Subject kBert{21, 22};
const Instant kDeadline = kNow + 300'000;

// Holds that are confirmed, moved, given up, extended, lengthened, lapsed and cooled.
void Live(Life& life) {
  ledger::Ledger& ledger = life.ledger;
  ledger::EventSink& sink = life.recorder;
  ledger::HoldArgs args;
  args.agenda = kAgendaId;
  args.latest = kNow + 60 * kMsPerDay;
  args.deadline = kDeadline;
  args.subject = kAda;
  args.idempotency = 0x1234'5678'9abc'def0;
  const ledger::Result ada = ledger.Hold(args, sink);
  CHECK(ada.outcome == Outcome::kOk);
  CHECK(ledger.Confirm(ada.seat.ref, kNow, sink).outcome == Outcome::kOk);
  ledger::MoveArgs move;
  move.name = ada.seat.ref;
  move.slot = LocalMinute{ada.seat.start.value + 30};
  move.latest = args.latest;
  move.received_at = kNow;
  move.cooling_until = kDeadline;
  CHECK(ledger.Move(move, sink).outcome == Outcome::kOk);
  args.subject = kBert;
  const ledger::Result bert = ledger.Hold(args, sink);
  CHECK(bert.outcome == Outcome::kOk);
  CHECK(ledger.Extend(bert.seat.ref, kNow, 300'000, sink).outcome == Outcome::kOk);
  CHECK(ledger.Lengthen(bert.seat.ref.seat, 5'000, sink));
  CHECK(ledger.Expire(bert.seat.ref.seat, kNow + kMsPerHour, kNow + 2 * kMsPerHour, sink));
  CHECK(ledger.Free(ada.seat.ref.seat, kNow + 2 * kMsPerHour, sink));
  CHECK(ledger.Cancel(ada.seat.ref, kNow, kDeadline, sink).outcome == Outcome::kOk);
  args.subject = Subject{31, 32};
  CHECK(ledger.Hold(args, sink).outcome == Outcome::kOk);
  ledger.TakeTouched(
      [&](SeatId seat, ledger::SeatWord) { ledger.Free(seat, kNow + 3 * kMsPerHour, sink); });
  ledger::PartyArgs party;
  party.agenda = kAgendaId;
  party.latest = args.latest;
  party.deadline = kDeadline;
  party.members = {{{kAda, 7}, {kBert, 7}}};
  party.count = 2;
  CHECK(ledger.HoldParty(party, sink).outcome == Outcome::kOk);
  life.recorder.records.push_back(codec::EncodeOutage({kNow, false}));
  life.recorder.records.push_back(codec::EncodeOutage({kNow, true}));
  life.recorder.records.push_back(codec::EncodeStaffAct({.at = kNow,
                                                         .role = rules::Role::kAgent,
                                                         .person = "a.dupont",
                                                         .key = "7K3M9QXA",
                                                         .what = "correct",
                                                         .agenda = "93-titres",
                                                         .reservation = ada.seat.ref,
                                                         .reason = "wrong-digit"}));
  life.recorder.records.push_back(
      codec::EncodeHelperCount({kAgendaId, "l.bernard", rules::IsoWeek{2026, 49}, 3}));
  life.recorder.records.push_back(codec::EncodeDeskNote(
      {kAgendaId, Channel::kDesk, kNow, ada.seat.ref, /*by_helper=*/true, 7, 3}));
  codec::Mandate mandate{.number = 1, .agenda = kAgendaId};
  mandate.subject = Subject{31, 32};
  mandate.court = "TA Montreuil";
  mandate.date = mandate.deadline = 20'780;
  mandate.proposed_by = "a.dupont";
  life.recorder.records.push_back(codec::EncodeMandate(mandate));
  life.recorder.records.push_back(codec::EncodeShift(
      {kAgendaId, 1, codec::ShiftCause::kFlow, kNow, {{Channel::kPhone, Channel::kWeb, 2, 1, 5}}}));
}

// The records of a snapshot of that life, framed as the target takes them: the slots, and the
// calendar.
std::vector<std::string> Photograph(Life& life, const std::filesystem::path& records) {
  std::vector<std::string> out;
  const std::vector<uint8_t> seats = life.ledger.SeatsBySlot();
  for (uint32_t slot = 0; slot < seats.size(); ++slot) {
    ledger::SlotRecord record;
    life.ledger.Scan(SlotId{slot}, seats[slot], life.recorder, &record);
    const std::string bytes = codec::EncodeSlot(record);
    Write(records / ("slot" + std::to_string(slot)), "s" + bytes);
    out.push_back('\0' + Framed(bytes));
  }
  for (const std::string& event :
       codec::EncodeCalendar(life.ledger.InForce(kAgendaId), life.rules)) {
    const std::string bytes = codec::EncodePublishedPart({kNow, event});
    Write(records / "calendar", "c" + bytes);
    out.push_back('\1' + Framed(bytes));
  }
  return out;
}

void WriteAll(const std::filesystem::path& directory) {
  Life life;
  Live(life);
  std::string history;
  size_t number = 0;
  for (const std::string& record : life.recorder.records) {
    Write(directory / "record" / ("event" + std::to_string(number)), "e" + record);
    history += Framed(record);
    if (number % 4 == 0) Write(directory / "history" / std::to_string(number), history);
    ++number;
  }
  Write(directory / "history" / "whole", history);
  const std::string pepper = codec::EncodePepper({2, kNow, life.rules.group, 1});
  Write(directory / "record" / "pepper-of-a-group", "e" + pepper);
  Write(directory / "record" / "pepper-retired",
        "e" + codec::EncodePepper({1, kNow, "", 0, /*retired=*/true, 7}));
  Write(directory / "history" / "pepper", history + Framed(pepper));
  codec::DrawState draw;
  draw.agenda = kAgendaId;
  draw.rules.id = "2026-12";
  const std::string announced = codec::EncodeDraw(draw);
  draw.step = codec::DrawStep::kClosed;
  draw.slots = {{LocalMinute{5}, 2}};
  Write(directory / "record" / "draw-closed", "e" + codec::EncodeDraw(draw));
  codec::DrawEntry entry;
  entry.agenda = kAgendaId;
  entry.name = 1;
  entry.wishes = "mon,tue morning 2026-12-01";
  const std::string entered = codec::EncodeDrawEntry(entry);
  const std::string result =
      codec::EncodeDrawResult(kAgendaId, 1, {{LocalMinute{5}, 2}}, {0, rules::kNoSlot}).front();
  Write(directory / "record" / "draw", "e" + announced);
  Write(directory / "record" / "draw-entry", "e" + entered);
  Write(directory / "record" / "draw-result", "e" + result);
  Write(directory / "history" / "draw",
        history + Framed(announced) + Framed(entered) + Framed(result));
  const std::string place =
      codec::EncodePlace({1, AgendaId{0}, Subject{1, 2}, Channel::kPhone, 20'800, 7, 9, kNow,
                          codec::PlaceState::kOffered, kNow, 1, SeatRef{SeatId{0}, Generation{1}}});
  Write(directory / "record" / "waitlist-place", "e" + place);
  Write(directory / "history" / "waitlist", history + Framed(place));
  const std::string closed = codec::EncodeClosed({AgendaId{0}, 20'800, true, kNow});
  Write(directory / "record" / "day-closed", "e" + closed);
  Write(directory / "history" / "closed", history + Framed(closed));
  const std::vector<std::string> records = Photograph(life, directory / "record");
  const std::string as_written(5, '\0');
  Write(directory / "snapshot" / "empty", as_written);
  Write(directory / "snapshot" / "slot", as_written + records[0]);
  Write(directory / "snapshot" / "slots", as_written + records[0] + records[1]);
  const std::string whole = records[0] + records[1] + records[2];
  Write(directory / "snapshot" / "whole", as_written + whole);
  Write(directory / "snapshot" / "changed", std::string("\x01\0\0\x10\x09", 5) + whole);
  Write(directory / "snapshot" / "cut", std::string("\x01\0\0\xff\x00", 5) + whole);
}

}  // namespace
}  // namespace creneau

int main(int count, char** arguments) {
  if (count != 2) return 2;
  creneau::WriteAll(arguments[1]);
  return 0;
}
