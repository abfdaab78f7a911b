#include "codec/event.h"

#include <google/protobuf/arena.h>

#include "absl/strings/str_format.h"
#include "base/check.h"
#include "base/limits.h"
#include "codec/agenda_proto.h"
#include "creneau/v1/event.pb.h"

namespace creneau::codec {
namespace {

// A slot takes at most 60 bytes encoded: a part stays well below limits::kMaxRecordBytes.
constexpr size_t kSlotsPerPart = 3000;
static_assert(kSlotsPerPart * 60 + 16 * 1024 < limits::kMaxRecordBytes);

void ToProto(const ledger::SeatImage& image, v1::SeatImage* out) {
  out->set_seat(image.seat.value);
  out->set_word(image.word.bits());
  out->set_subject_lo(image.subject.lo);
  out->set_subject_hi(image.subject.hi);
  out->set_idempotency(image.idempotency);
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
}

absl::StatusOr<Record> FromProto(const v1::CalendarPart& in) {
  CalendarPart part;
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
        slot.first_block(), slot.listed()});
  }
  return Record(std::move(part));
}

absl::StatusOr<Record> Checked(const ledger::Event& event) {
  if (event.seat.word.IsImage() && (!event.is_move || event.from.word.IsImage()))
    return Record(event);
  return absl::DataLossError(
      "a seat in a state or channel that this version does not know; start the version that wrote "
      "it");
}

}  // namespace

size_t EncodeEvent(const ledger::Event& event, std::span<char> out) {
  // The arena's first block is on the stack: nothing is allocated between claiming a seat and
  // publishing it.
  alignas(8) char block[1024];
  google::protobuf::ArenaOptions options;
  options.initial_block = block;
  options.initial_block_size = sizeof block;
  google::protobuf::Arena arena(options);
  auto* message = google::protobuf::Arena::CreateMessage<v1::Event>(&arena);
  if (event.is_move) {
    v1::SeatMoved* moved = message->mutable_seat_moved();
    ToProto(event.seat, moved->mutable_to());
    ToProto(event.from, moved->mutable_from());
    moved->set_origin_seat(event.origin.seat.value);
    moved->set_origin_generation(event.origin.generation.value);
  } else {
    ToProto(event.seat, message->mutable_seat_changed()->mutable_image());
  }
  const size_t size = message->ByteSizeLong();
  CHECK(size <= out.size());
  CHECK(message->SerializeToArray(out.data(), static_cast<int>(out.size())));
  return size;
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

absl::StatusOr<Record> DecodeRecord(std::string_view bytes) {
  v1::Event message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::DataLossError("not a record of creneau.v1: the bytes are no Event");
  }
  switch (message.what_case()) {
    case v1::Event::kSeatChanged: {
      ledger::Event event;
      event.seat = FromProto(message.seat_changed().image());
      return Checked(event);
    }
    case v1::Event::kSeatMoved: {
      const v1::SeatMoved& moved = message.seat_moved();
      ledger::Event event;
      event.is_move = true;
      event.seat = FromProto(moved.to());
      event.from = FromProto(moved.from());
      event.origin = SeatRef{SeatId{moved.origin_seat()}, Generation{moved.origin_generation()}};
      return Checked(event);
    }
    case v1::Event::kCalendarPart:
      return FromProto(message.calendar_part());
    case v1::Event::kOutage:
      return Record(Outage{Instant{message.outage().since()}, message.outage().settled()});
    case v1::Event::WHAT_NOT_SET:
      break;
  }
  return absl::DataLossError(
      "a record of a kind that this version does not know; start the version that wrote it");
}

}  // namespace creneau::codec
