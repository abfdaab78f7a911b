#include "codec/draw.h"

#include <algorithm>

#include "base/check.h"
#include "base/limits.h"
#include "base/limits_draw.h"
#include "codec/draw_proto.h"
#include "rules/agenda.h"
#include "rules/wishes.h"

namespace creneau::codec {
namespace {

// A place in the list of slots takes three octets at most; a slot five, and its seats one.
constexpr size_t kGivenPerPart = 40'000;
static_assert(limits::kDrawSlots < 1u << 21);
static_assert(3 * kGivenPerPart + 6 * limits::kDrawSlots + 100 < limits::kMaxRecordBytes);
constexpr uint32_t kSeatsOfSlot = 64;

std::string Bytes(const std::array<uint8_t, 32>& hash) {
  return hash == std::array<uint8_t, 32>{} ? std::string() : std::string(hash.begin(), hash.end());
}

// All zero where there are no bytes. False: of another length.
bool Take(const std::string& bytes, std::array<uint8_t, 32>* hash) {
  if (bytes.empty()) return true;
  if (bytes.size() != hash->size()) return false;
  std::copy(bytes.begin(), bytes.end(), hash->begin());
  return true;
}

template <typename Message>
void PutSlots(const std::vector<rules::DrawSlot>& slots, Message* out,
              void (Message::*seats)(uint32_t)) {
  for (const rules::DrawSlot& slot : slots) {
    out->add_slots(slot.start.value);
    (out->*seats)(slot.seats);
  }
}

// False: nobody would say that. Pairs of a repeated field each.
template <typename Starts, typename Seats>
bool TakeSlots(const Starts& starts, const Seats& seats, std::vector<rules::DrawSlot>* out) {
  if (starts.size() != seats.size() || static_cast<size_t>(starts.size()) > limits::kDrawSlots)
    return false;
  for (int i = 0; i < starts.size(); ++i) {
    const rules::DrawSlot slot{LocalMinute{starts[i]}, seats[i]};
    if (slot.seats == 0 || slot.seats > kSeatsOfSlot ||
        (!out->empty() && !(out->back().start < slot.start)))
      return false;
    out->push_back(slot);
  }
  return true;
}

bool IsLine(const std::string& text) {
  return text.size() <= limits::kDrawTextBytes &&
         std::none_of(text.begin(), text.end(),
                      [](unsigned char c) { return c < ' ' || c == 127; });
}

}  // namespace

std::string_view DrawStepName(DrawStep step) {
  switch (step) {
    case DrawStep::kAnnounced:
      return "announced";
    case DrawStep::kClosed:
      return "closed";
    case DrawStep::kSeeded:
      return "seeded";
    case DrawStep::kDone:
      return "done";
    case DrawStep::kAbandoned:
      return "abandoned";
  }
  CHECK(false);
}

void ToProto(const rules::DrawRules& rules, v1::Draw* out) {
  out->set_id(rules.id);
  out->set_beacon(rules.beacon);
  out->set_round(rules.round);
  out->set_entries_from(rules.entries_from.value);
  out->set_entries_until(rules.entries_until.value);
  out->set_round_at(rules.round_at.value);
  out->set_seats_from(DaysFromCivil(rules.seats_from));
  out->set_seats_until(DaysFromCivil(rules.seats_until));
}

rules::DrawRules FromProto(const v1::Draw& in) {
  return {in.id(),
          in.beacon(),
          in.round(),
          LocalMinute{in.entries_from()},
          LocalMinute{in.entries_until()},
          LocalMinute{in.round_at()},
          CivilFromDays(in.seats_from()),
          CivilFromDays(in.seats_until())};
}

bool IsSound(const rules::DrawRules& rules) {
  return rules::IsName(rules.id) && IsLine(rules.beacon) && IsLine(rules.round);
}

std::string EncodeDraw(const DrawState& state) {
  v1::Event message;
  v1::DrawChanged& out = *message.mutable_draw_changed();
  out.set_agenda(state.agenda.value);
  out.set_draw(state.draw);
  ToProto(state.rules, out.mutable_rules());
  out.set_step(static_cast<uint32_t>(state.step));
  out.set_announced_at(state.announced_at.ms);
  out.set_closed_at(state.closed_at.ms);
  out.set_entries(state.entries);
  out.set_root(Bytes(state.root));
  out.set_closed_lsn(state.closed_lsn.value);
  out.set_value(state.value);
  out.set_seeded_at(state.seeded_at.ms);
  out.set_seed(Bytes(state.seed));
  out.set_done_at(state.done_at.ms);
  out.set_seats(Bytes(state.seats));
  out.set_allocation(Bytes(state.allocation));
  out.set_surprise_tags(state.surprise_tags);
  out.set_surprise_entries(state.surprise_entries);
  out.set_crowded(state.crowded);
  out.set_first_name(state.first_name);
  out.set_holders(state.holders);
  PutSlots(state.slots, &out, &v1::DrawChanged::add_slot_seats);
  return message.SerializeAsString();
}

absl::StatusOr<DrawState> FromProto(const v1::DrawChanged& in) {
  DrawState out;
  out.agenda = AgendaId{in.agenda()};
  out.draw = in.draw();
  out.rules = FromProto(in.rules());
  out.step = static_cast<DrawStep>(in.step());
  out.announced_at = Instant{in.announced_at()};
  out.closed_at = Instant{in.closed_at()};
  out.entries = in.entries();
  out.closed_lsn = Lsn{in.closed_lsn()};
  out.value = in.value();
  out.seeded_at = Instant{in.seeded_at()};
  out.done_at = Instant{in.done_at()};
  out.surprise_tags = in.surprise_tags();
  out.surprise_entries = in.surprise_entries();
  out.crowded = in.crowded();
  out.first_name = in.first_name();
  out.holders = in.holders();
  if (in.step() < 1 || in.step() > static_cast<uint32_t>(DrawStep::kAbandoned))
    return absl::DataLossError("a draw at a step that this version does not know");
  // Replies and files write these as they are.
  if (out.draw == 0 || !IsSound(out.rules) || !IsLine(out.value) || !IsLine(out.surprise_tags) ||
      !IsLine(out.surprise_entries))
    return absl::DataLossError("a draw with a text that none can have");
  if (!Take(in.root(), &out.root) || !Take(in.seed(), &out.seed) || !Take(in.seats(), &out.seats) ||
      !Take(in.allocation(), &out.allocation))
    return absl::DataLossError("a draw with a hash that is none");
  if (!TakeSlots(in.slots(), in.slot_seats(), &out.slots))
    return absl::DataLossError("a draw with seats that none can have");
  return out;
}

std::string EncodeDrawEntry(const DrawEntry& entry) {
  v1::Event message;
  v1::DrawEntry& out = *message.mutable_draw_entry();
  out.set_agenda(entry.agenda.value);
  out.set_draw(entry.draw);
  out.set_number(entry.number);
  out.set_name(entry.name);
  out.set_subject_lo(entry.subject.lo);
  out.set_subject_hi(entry.subject.hi);
  out.set_idempotency(entry.idempotency);
  out.set_at(entry.at.ms);
  out.set_wishes(entry.wishes);
  out.set_state(static_cast<uint32_t>(entry.state));
  if (entry.offer) {
    out.set_offer_seat(entry.offer->seat.value);
    out.set_offer_generation(entry.offer->generation.value);
  }
  return message.SerializeAsString();
}

absl::StatusOr<DrawEntry> FromProto(const v1::DrawEntry& in) {
  DrawEntry out;
  out.agenda = AgendaId{in.agenda()};
  out.draw = in.draw();
  out.number = in.number();
  out.name = in.name();
  out.subject = {in.subject_lo(), in.subject_hi()};
  out.idempotency = in.idempotency();
  out.at = Instant{in.at()};
  out.wishes = in.wishes();
  out.state = static_cast<EntryState>(in.state());
  // No seat is given out in generation 0.
  if (in.offer_generation() != 0)
    out.offer = SeatRef{SeatId{in.offer_seat()}, Generation{in.offer_generation()}};
  if (out.draw == 0 || out.number == 0 || out.number > limits::kDrawEntries ||
      in.state() >= kEntryStates || (!out.offer && in.offer_seat() != 0))
    return absl::DataLossError("an entry of a draw that none can be");
  if (!rules::ParseWishesText(out.wishes))
    return absl::DataLossError("an entry of a draw with wishes that are none");
  return out;
}

std::string EncodeDrawPart(const DrawResult& part) {
  v1::Event message;
  v1::DrawResult& out = *message.mutable_draw_result();
  out.set_agenda(part.agenda.value);
  out.set_draw(part.draw);
  out.set_part(part.part);
  out.set_parts(part.parts);
  PutSlots(part.slots, &out, &v1::DrawResult::add_seats);
  for (const uint32_t given : part.given) out.add_given(given == rules::kNoSlot ? 0 : given + 1);
  std::string record = message.SerializeAsString();
  CHECK(record.size() <= limits::kMaxRecordBytes);
  return record;
}

std::vector<std::string> EncodeDrawResult(AgendaId agenda, uint32_t draw,
                                          const std::vector<rules::DrawSlot>& slots,
                                          const std::vector<uint32_t>& given) {
  DrawResult part;
  part.agenda = agenda;
  part.draw = draw;
  part.parts = static_cast<uint32_t>(
      std::max<size_t>(1, (given.size() + kGivenPerPart - 1) / kGivenPerPart));
  part.slots = slots;
  std::vector<std::string> records;
  for (; part.part < part.parts; ++part.part) {
    const size_t from = part.part * kGivenPerPart;
    const size_t until = std::min(given.size(), from + kGivenPerPart);
    part.given.assign(given.begin() + static_cast<ptrdiff_t>(from),
                      given.begin() + static_cast<ptrdiff_t>(until));
    records.push_back(EncodeDrawPart(part));
    part.slots.clear();
  }
  return records;
}

absl::StatusOr<DrawResult> FromProto(const v1::DrawResult& in) {
  const auto wrong = [] { return absl::DataLossError("a result of a draw that none can be"); };
  DrawResult out;
  out.agenda = AgendaId{in.agenda()};
  out.draw = in.draw();
  out.part = in.part();
  out.parts = in.parts();
  if (out.draw == 0 || out.part >= out.parts || (out.part > 0 && in.slots_size() > 0) ||
      !TakeSlots(in.slots(), in.seats(), &out.slots))
    return wrong();
  for (const uint32_t given : in.given()) {
    if (given > limits::kDrawSlots) return wrong();
    out.given.push_back(given == 0 ? rules::kNoSlot : given - 1);
  }
  return out;
}

}  // namespace creneau::codec
