#include "codec/snapshot.h"

#include "base/limits.h"
#include "creneau/v1/snapshot.pb.h"

namespace creneau::codec {

std::string EncodeSlot(const ledger::SlotRecord& slot) {
  v1::SnapshotSlot out;
  out.set_slot(slot.slot.value);
  out.set_agenda(slot.agenda.value);
  out.set_start(slot.start.value);
  out.set_starts_at(slot.starts_at.ms);
  out.set_minutes(slot.minutes);
  for (const uint32_t block : slot.blocks) out.add_blocks(block);
  for (uint32_t number = 0; number < slot.seats.size(); ++number) {
    const auto& [image, origin] = slot.seats[number];
    out.add_words(image.word.bits());
    if (image.subject == Subject{} && image.idempotency == 0 && image.word.moves() == 0) continue;
    v1::SeatHolder* holder = out.add_holders();
    holder->set_number(number);
    holder->set_subject_lo(image.subject.lo);
    holder->set_subject_hi(image.subject.hi);
    holder->set_idempotency(image.idempotency);
    if (image.word.moves() == 0) continue;
    holder->set_origin_seat(origin.seat.value);
    holder->set_origin_generation(origin.generation.value);
  }
  return out.SerializeAsString();
}

absl::StatusOr<ledger::SlotRecord> DecodeSlot(std::string_view bytes) {
  v1::SnapshotSlot in;
  if (!in.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    return absl::DataLossError("the bytes are no slot");
  ledger::SlotRecord slot{SlotId{in.slot()},
                          AgendaId{in.agenda()},
                          LocalMinute{in.start()},
                          Instant{in.starts_at()},
                          in.minutes(),
                          {in.blocks().begin(), in.blocks().end()},
                          {}};
  const size_t seats = static_cast<size_t>(in.words_size());
  if (seats > slot.blocks.size() * limits::kSeatsPerBlock)
    return absl::DataLossError("a slot with more seats than numbers for them");
  slot.seats.resize(seats);
  for (uint32_t number = 0; number < seats; ++number) {
    ledger::SeatImage& image = slot.seats[number].image;
    image.seat = SeatId{slot.blocks[number / limits::kSeatsPerBlock] * limits::kSeatsPerBlock +
                        number % limits::kSeatsPerBlock};
    image.word = ledger::SeatWord(in.words(static_cast<int>(number)));
  }
  for (const v1::SeatHolder& holder : in.holders()) {
    if (holder.number() >= seats) return absl::DataLossError("the holder of a seat that is not");
    auto& [image, origin] = slot.seats[holder.number()];
    image.subject = Subject{holder.subject_lo(), holder.subject_hi()};
    image.idempotency = holder.idempotency();
    origin = SeatRef{SeatId{holder.origin_seat()}, Generation{holder.origin_generation()}};
  }
  return slot;
}

std::string EncodePublishedPart(const PublishedPart& part) {
  v1::SnapshotCalendar out;
  out.set_published_at(part.published_at.ms);
  out.set_event(part.event);
  return out.SerializeAsString();
}

absl::StatusOr<PublishedPart> DecodePublishedPart(std::string_view bytes) {
  v1::SnapshotCalendar in;
  if (!in.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    return absl::DataLossError("the bytes are no part of a calendar");
  return PublishedPart{Instant{in.published_at()}, in.event()};
}

std::string EncodeState(std::string event) {
  v1::SnapshotState out;
  out.set_event(std::move(event));
  return out.SerializeAsString();
}

absl::StatusOr<std::string> DecodeState(std::string_view bytes) {
  v1::SnapshotState in;
  if (!in.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    return absl::DataLossError("the bytes are no state");
  return std::move(*in.mutable_event());
}

}  // namespace creneau::codec
