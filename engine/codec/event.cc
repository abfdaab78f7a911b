#include "codec/event.h"

#include <google/protobuf/arena.h>

#include <bit>
#include <cstring>

#include "absl/strings/str_format.h"
#include "base/check.h"
#include "base/limits.h"
#include "codec/agenda_proto.h"
#include "codec/desk_proto.h"
#include "codec/draw_proto.h"
#include "codec/identity_acts_proto.h"
#include "codec/loss_proto.h"
#include "codec/mandate_proto.h"
#include "codec/pepper_proto.h"
#include "codec/seats_shifted_proto.h"
#include "codec/service_proto.h"
#include "codec/state_proto.h"
#include "codec/waitlist_proto.h"
#include "creneau/v1/event.pb.h"

namespace creneau::codec {
namespace {

// A slot takes at most 68 bytes encoded: a part stays well below limits::kMaxRecordBytes.
constexpr size_t kSlotsPerPart = 3000;
static_assert(kSlotsPerPart * 68 + 16 * 1024 < limits::kMaxRecordBytes);

// Writes the wire format of what every hold and confirm says, SeatChanged and SeatMoved, as
// protobuf itself would, byte for byte (a test compares them): an arena and two passes over a
// message cost as much as the hold. All else is protobuf's own.
// Each function writes at `at` and returns where it ended: a place kept in an object would be read
// and written again for every byte, since bytes may alias it.
char* PutBare(char* at, uint32_t value) {
  for (; value >= 0x80; value >>= 7) *at++ = static_cast<char>(value | 0x80);
  *at++ = static_cast<char>(value);
  return at;
}

char* PutVarint(char* at, int field, uint32_t value) {
  if (value == 0) return at;
  *at++ = static_cast<char>(field << 3);
  return PutBare(at, value);
}

char* PutFixed64(char* at, int field, uint64_t value) {
  if (value == 0) return at;
  *at++ = static_cast<char>(field << 3 | 1);
  static_assert(std::endian::native == std::endian::little);
  std::memcpy(at, &value, sizeof value);
  return at + sizeof value;
}

// The head of a message within this one: its length is one byte, and EndMessage writes it.
char* BeginMessage(char* at, int field) {
  *at = static_cast<char>(field << 3 | 2);
  return at + 2;
}

void EndMessage(char* begin, const char* at) {
  CHECK(at - begin < 0x80);
  begin[-1] = static_cast<char>(at - begin);
}

char* PutImage(char* at, int field, const ledger::SeatImage& image) {
  using v1::SeatImage;
  char* const begin = at = BeginMessage(at, field);
  at = PutVarint(at, SeatImage::kSeatFieldNumber, image.seat.value);
  at = PutFixed64(at, SeatImage::kWordFieldNumber, image.word.bits());
  at = PutFixed64(at, SeatImage::kSubjectLoFieldNumber, image.subject.lo);
  at = PutFixed64(at, SeatImage::kSubjectHiFieldNumber, image.subject.hi);
  at = PutFixed64(at, SeatImage::kIdempotencyFieldNumber, image.idempotency);
  EndMessage(begin, at);
  return at;
}

ledger::SeatImage FromProto(const v1::SeatImage& in) {
  return ledger::SeatImage{SeatId{in.seat()}, ledger::SeatWord(in.word()),
                           Subject{in.subject_lo(), in.subject_hi()}, in.idempotency()};
}

std::array<uint8_t, kChannels> Counts(const std::string& bytes) {
  std::array<uint8_t, kChannels> counts{};
  for (size_t i = 0; i < kChannels && i < bytes.size(); ++i)
    counts[i] = static_cast<uint8_t>(bytes[i]);
  return counts;
}

std::string Bytes(const std::array<uint8_t, kChannels>& counts) {
  return std::string(counts.begin(), counts.end());
}

std::array<int8_t, kChannels> Differences(const std::string& bytes) {
  return std::bit_cast<std::array<int8_t, kChannels>>(Counts(bytes));
}

std::string Bytes(const std::array<int8_t, kChannels>& differences) {
  return std::string(differences.begin(), differences.end());
}

void ToProto(const ledger::SlotChange& slot, v1::CalendarSlot* out) {
  out->set_slot(slot.slot.value);
  out->set_start(slot.start.value);
  out->set_starts_at(slot.starts_at.ms);
  out->set_minutes(slot.minutes);
  out->set_seats(Bytes(slot.seats));
  out->set_listed(slot.listed);
  if (slot.fresh != decltype(slot.fresh){}) {
    out->set_fresh(Bytes(slot.fresh));
    out->set_first_block(slot.first_block);
  }
  if (slot.shifted != decltype(slot.shifted){}) out->set_shifted(Bytes(slot.shifted));
}

// Its own slots go behind those.
absl::StatusOr<Record> FromProto(const v1::CalendarPart& in,
                                 std::vector<ledger::SlotChange> slots = {}) {
  CalendarPart part;
  part.change.slots = std::move(slots);
  part.part = in.part();
  part.parts = in.parts();
  part.change.agenda = AgendaId{in.agenda()};
  part.change.version = in.version();
  if (in.has_rules()) {
    absl::StatusOr<rules::Agenda> rules = codec::FromProto(in.rules());
    if (!rules.ok()) return rules.status();
    part.rules = *std::move(rules);
  }
  for (const v1::CalendarSlot& slot : in.slots()) {
    part.change.slots.push_back(ledger::SlotChange{
        SlotId{slot.slot()}, LocalMinute{slot.start()}, Instant{slot.starts_at()},
        static_cast<uint16_t>(slot.minutes()), Counts(slot.seats()), Counts(slot.fresh()),
        slot.first_block(), slot.listed(), Differences(slot.shifted())});
  }
  return Record(std::move(part));
}

template <typename Message>
absl::StatusOr<Record> Stated(const Message& message) {
  auto state = codec::FromProto(message);
  if (!state.ok()) return state.status();
  return Record(*std::move(state));
}

absl::StatusOr<Record> Checked(const ledger::Event& event) {
  if (event.seat.word.IsImage() && (!event.is_move || event.from.word.IsImage()))
    return Record(event);
  return absl::DataLossError(
      "a seat in a state or channel that this version does not know; start the version that wrote "
      "it");
}

absl::StatusOr<Record> FromProto(const v1::SeatChanged& changed) {
  return Checked(ledger::Event(FromProto(changed.image())));
}

absl::StatusOr<Record> FromProto(const v1::SeatMoved& moved) {
  ledger::Event event;
  event.is_move = true;
  event.seat = FromProto(moved.to());
  event.from = FromProto(moved.from());
  event.origin = SeatRef{SeatId{moved.origin_seat()}, Generation{moved.origin_generation()}};
  return Checked(event);
}

absl::StatusOr<Record> Checked(const v1::PartyHeld& in) {
  ledger::PartyHeld party;
  const auto seats = static_cast<size_t>(in.seats_size());
  bool fine = seats >= 2 && seats <= party.seats.size();
  for (const v1::SeatImage& seat : in.seats()) {
    if (!fine) break;
    const ledger::SeatImage image = FromProto(seat);
    fine = image.word.IsImage() && IsReserved(image.word.state());
    party.seats[party.count++] = image;
  }
  if (fine) return Record(party);
  return absl::DataLossError("a party's record that says what none can hold");
}

}  // namespace

size_t EncodeEvent(const ledger::Event& event, std::span<char> out) {
  CHECK(out.size() >= kMaxEventBytes);
  using v1::SeatMoved;
  char* const begin = BeginMessage(out.data(), event.is_move ? v1::Event::kSeatMovedFieldNumber
                                                             : v1::Event::kSeatChangedFieldNumber);
  char* at = begin;
  if (event.is_move) {
    at = PutImage(at, SeatMoved::kToFieldNumber, event.seat);
    at = PutImage(at, SeatMoved::kFromFieldNumber, event.from);
    at = PutVarint(at, SeatMoved::kOriginSeatFieldNumber, event.origin.seat.value);
    at = PutVarint(at, SeatMoved::kOriginGenerationFieldNumber, event.origin.generation.value);
  } else {
    at = PutImage(at, v1::SeatChanged::kImageFieldNumber, event.seat);
  }
  EndMessage(begin, at);
  return static_cast<size_t>(at - out.data());
}

size_t EncodeParty(const ledger::PartyHeld& party, std::span<char> out) {
  CHECK(out.size() >= kMaxEventBytes);
  // The head's length is known last: one byte more where the seats take 128 or more.
  constexpr uint32_t kTag = v1::Event::kPartyHeldFieldNumber << 3 | 2;
  static_assert(kTag >= 0x80 && kTag < 0x4000);
  char* const body = out.data() + 4;
  char* at = body;
  for (size_t i = 0; i < party.count; ++i)
    at = PutImage(at, v1::PartyHeld::kSeatsFieldNumber, party.seats[i]);
  const auto size = static_cast<size_t>(at - body);
  char* head = out.data();
  head = PutBare(head, kTag);
  head = PutBare(head, static_cast<uint32_t>(size));
  if (head != body) std::memmove(head, body, size);
  return static_cast<size_t>(head - out.data()) + size;
}

std::vector<std::string> EncodeCalendar(const ledger::CalendarChange& change,
                                        const rules::Agenda& rules) {
  const size_t parts =
      change.slots.empty() ? 1 : (change.slots.size() + kSlotsPerPart - 1) / kSlotsPerPart;
  std::vector<std::string> records;
  for (size_t i = 0; i < parts; ++i) {
    v1::Event message;
    v1::CalendarPart* part = message.mutable_calendar_part();
    part->set_agenda(change.agenda.value);
    part->set_version(change.version);
    part->set_part(static_cast<uint32_t>(i));
    part->set_parts(static_cast<uint32_t>(parts));
    if (i == 0) ToProto(rules, part->mutable_rules());
    const size_t end = std::min(change.slots.size(), (i + 1) * kSlotsPerPart);
    for (size_t s = i * kSlotsPerPart; s < end; ++s) ToProto(change.slots[s], part->add_slots());
    records.push_back(message.SerializeAsString());
    CHECK(records.back().size() <= limits::kMaxRecordBytes);
  }
  return records;
}

std::string EncodeOutage(const Outage& outage) {
  v1::Event message;
  message.mutable_outage()->set_since(outage.since.ms);
  message.mutable_outage()->set_settled(outage.settled);
  return message.SerializeAsString();
}

namespace {

// What the parts of the fair rules tell: waitlist, desk, draws.
absl::StatusOr<Record> OfParts(const v1::Event& message) {
  switch (message.what_case()) {
    case v1::Event::kWaitlistPlace:
      return Stated(message.waitlist_place());
    case v1::Event::kDayClosed:
      return Stated(message.day_closed());
    case v1::Event::kMandateChanged:
      return Stated(message.mandate_changed());
    case v1::Event::kSeatsShifted:
      return Stated(message.seats_shifted());
    case v1::Event::kHelperCount:
      return Stated(message.helper_count());
    case v1::Event::kDeskNote:
      return Stated(message.desk_note());
    case v1::Event::kDrawChanged:
      return Stated(message.draw_changed());
    case v1::Event::kDrawEntry:
      return Stated(message.draw_entry());
    case v1::Event::kDrawResult:
      return Stated(message.draw_result());
    default:
      break;
  }
  return absl::DataLossError(
      "a record of a kind that this version does not know; start the version that wrote it");
}

}  // namespace

absl::StatusOr<Record> DecodeRecord(std::string_view bytes) {
  // A calendar's part is a thousand messages: in an arena they come and go as one.
  google::protobuf::Arena arena;
  std::string_view rest;
  if (std::vector<ledger::SlotChange> slots; DecodeSlots(bytes, &rest, &slots)) {
    auto& part = *google::protobuf::Arena::CreateMessage<v1::CalendarPart>(&arena);
    if (part.ParseFromArray(rest.data(), static_cast<int>(rest.size())))
      return FromProto(part, std::move(slots));
  }
  v1::Event& message = *google::protobuf::Arena::CreateMessage<v1::Event>(&arena);
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::DataLossError("not a record of creneau.v1: the bytes are no Event");
  }
  switch (message.what_case()) {
    case v1::Event::kSeatChanged:
      return FromProto(message.seat_changed());
    case v1::Event::kSeatMoved:
      return FromProto(message.seat_moved());
    case v1::Event::kPartyHeld:
      return Checked(message.party_held());
    case v1::Event::kCalendarPart:
      return FromProto(message.calendar_part());
    case v1::Event::kOutage:
      return Record(Outage{Instant{message.outage().since()}, message.outage().settled()});
    case v1::Event::kOpeningChanged:
      return Stated(message.opening_changed());
    case v1::Event::kTurnLapsed:
      return Stated(message.turn_lapsed());
    case v1::Event::kRosterPart:
      return Stated(message.roster_part());
    case v1::Event::kProbe:
      return Record(Probe{Instant{message.probe().at()}});
    case v1::Event::kSubjectsLinked:
      return Stated(message.subjects_linked());
    case v1::Event::kRekeyed:
      return Stated(message.rekeyed());
    case v1::Event::kActProposed:
      return Stated(message.act_proposed());
    case v1::Event::kActSettled:
      return Stated(message.act_settled());
    case v1::Event::kHolderNotice:
      return Stated(message.holder_notice());
    case v1::Event::kStaffAct:
      return Stated(message.staff_act());
    case v1::Event::kServiceMinute:
      return Stated(message.service_minute());
    case v1::Event::kChannelTotals:
      return Stated(message.channel_totals());
    case v1::Event::kLossAccepted:
      return Stated(message.loss_accepted());
    case v1::Event::kPepperEpoch:
      return Stated(message.pepper_epoch());
    default:
      return OfParts(message);
  }
}

}  // namespace creneau::codec
