// Reads what EncodeEvent writes, and the slots of what EncodeCalendar writes, byte for byte and
// without protobuf: a start reads millions of these, and an arena, a tree of messages and two
// passes over them cost more than applying them. Anything else (another order of fields, fields of
// a newer version, a calendar's rules) is left to protobuf.

#include <array>
#include <bit>
#include <cstring>
#include <vector>

#include "codec/event.h"
#include "creneau/v1/event.pb.h"

namespace creneau::codec {
namespace {

static_assert(std::endian::native == std::endian::little);

// A place in the bytes. Fields that are absent are zero, as protobuf writes them; a field that is
// there is not zero.
struct Cursor {
  const char* at;
  const char* end;

  bool Done() const { return at == end; }
  bool Is(int field, int wire) const {
    return at != end && *at == static_cast<char>(field << 3 | wire);
  }

  // The shortest form, of at most as many bits as the number has, as PutVarint writes it.
  template <typename Number>
  bool Varint(int field, Number* value) {
    *value = 0;
    if (!Is(field, 0)) return true;
    ++at;
    return Bare(value) && *value != 0;
  }

  template <typename Number>
  bool Bare(Number* value) {
    constexpr int kBits = 8 * sizeof(Number);
    *value = 0;
    for (int shift = 0; shift < kBits && at != end; shift += 7) {
      const auto byte = static_cast<uint8_t>(*at++);
      const auto bits = static_cast<Number>(byte & 0x7f);
      if (shift + 7 > kBits && bits >> (kBits - shift) != 0) return false;
      *value |= static_cast<Number>(bits << shift);
      if (byte < 0x80) return byte != 0 || shift == 0;
    }
    return false;
  }

  // A number that may be negative.
  bool Signed(int field, int64_t* value) {
    uint64_t bits = 0;
    const bool fine = Varint(field, &bits);
    *value = static_cast<int64_t>(bits >> 1 ^ (0 - (bits & 1)));
    return fine;
  }

  bool Fixed64(int field, uint64_t* value) {
    *value = 0;
    if (!Is(field, 1)) return true;
    if (end - at < 9) return false;
    std::memcpy(value, at + 1, sizeof *value);
    at += 9;
    return *value != 0;
  }

  // The bytes of a message within this one, of less than 128 bytes; this goes behind them.
  bool Message(int field, Cursor* inner) {
    if (!Is(field, 2) || end - at < 2) return false;
    const auto length = static_cast<uint8_t>(at[1]);
    if (length >= 0x80 || end - at - 2 < length) return false;
    *inner = Cursor{at + 2, at + 2 + length};
    at = inner->end;
    return true;
  }

  // The same of any length.
  bool LongMessage(int field, Cursor* inner) {
    if (!Is(field, 2)) return false;
    ++at;
    uint32_t length = 0;
    if (!Bare(&length) || static_cast<size_t>(end - at) < length) return false;
    *inner = Cursor{at, at + length};
    at = inner->end;
    return true;
  }

  bool Counts(int field, std::array<uint8_t, kChannels>* counts) {
    Cursor in{};
    if (!Is(field, 2)) return true;
    if (!Message(field, &in) || in.end - in.at != kChannels) return false;
    std::memcpy(counts->data(), in.at, kChannels);
    return true;
  }

  // Of which one at least is not zero.
  bool Differences(int field, std::array<int8_t, kChannels>* differences) {
    std::array<uint8_t, kChannels> bytes{};
    if (!Is(field, 2)) return true;
    if (!Counts(field, &bytes)) return false;
    *differences = std::bit_cast<std::array<int8_t, kChannels>>(bytes);
    return bytes != std::array<uint8_t, kChannels>{};
  }

  bool Slot(int field, ledger::SlotChange* slot) {
    using v1::CalendarSlot;
    Cursor in{};
    int64_t start = 0;
    uint32_t minutes = 0;
    uint32_t listed = 0;
    if (!Message(field, &in) || !in.Varint(CalendarSlot::kSlotFieldNumber, &slot->slot.value) ||
        !in.Signed(CalendarSlot::kStartFieldNumber, &start) ||
        !in.Signed(CalendarSlot::kStartsAtFieldNumber, &slot->starts_at.ms) ||
        !in.Varint(CalendarSlot::kMinutesFieldNumber, &minutes) ||
        !in.Counts(CalendarSlot::kSeatsFieldNumber, &slot->seats) ||
        !in.Counts(CalendarSlot::kFreshFieldNumber, &slot->fresh) ||
        !in.Varint(CalendarSlot::kFirstBlockFieldNumber, &slot->first_block) ||
        !in.Varint(CalendarSlot::kListedFieldNumber, &listed) ||
        !in.Differences(CalendarSlot::kShiftedFieldNumber, &slot->shifted))
      return false;
    slot->start.value = static_cast<int32_t>(start);
    slot->minutes = static_cast<uint16_t>(minutes);
    slot->listed = listed != 0;
    return in.Done() && slot->start.value == start && slot->minutes == minutes && listed <= 1;
  }

  bool Image(int field, ledger::SeatImage* image) {
    using v1::SeatImage;
    Cursor in{};
    uint64_t word = 0;
    if (!Message(field, &in) || !in.Varint(SeatImage::kSeatFieldNumber, &image->seat.value) ||
        !in.Fixed64(SeatImage::kWordFieldNumber, &word) ||
        !in.Fixed64(SeatImage::kSubjectLoFieldNumber, &image->subject.lo) ||
        !in.Fixed64(SeatImage::kSubjectHiFieldNumber, &image->subject.hi) ||
        !in.Fixed64(SeatImage::kIdempotencyFieldNumber, &image->idempotency))
      return false;
    image->word = ledger::SeatWord(word);
    return in.Done();
  }
};

}  // namespace

bool DecodeSeatEvent(std::string_view bytes, ledger::Event* event) {
  using v1::SeatMoved;
  Cursor all{bytes.data(), bytes.data() + bytes.size()};
  Cursor in{};
  *event = {};
  if (all.Message(v1::Event::kSeatChangedFieldNumber, &in)) {
    return all.Done() && in.Image(v1::SeatChanged::kImageFieldNumber, &event->seat) && in.Done() &&
           event->seat.word.IsImage();
  }
  event->is_move = true;
  return all.Message(v1::Event::kSeatMovedFieldNumber, &in) && all.Done() &&
         in.Image(SeatMoved::kToFieldNumber, &event->seat) &&
         in.Image(SeatMoved::kFromFieldNumber, &event->from) &&
         in.Varint(SeatMoved::kOriginSeatFieldNumber, &event->origin.seat.value) &&
         in.Varint(SeatMoved::kOriginGenerationFieldNumber, &event->origin.generation.value) &&
         in.Done() && event->seat.word.IsImage() && event->from.word.IsImage();
}

bool DecodeSlots(std::string_view bytes, std::string_view* rest,
                 std::vector<ledger::SlotChange>* slots) {
  using v1::CalendarPart;
  // Shorter are none: what is asked for at once is bounded by the bytes there are.
  constexpr size_t kLeastSlotBytes = 16;
  Cursor all{bytes.data(), bytes.data() + bytes.size()};
  Cursor in{};
  if (!all.LongMessage(v1::Event::kCalendarPartFieldNumber, &in) || !all.Done()) return false;
  const char* const begin = in.at;
  uint32_t number = 0;
  Cursor rules{};
  for (const int field : {CalendarPart::kAgendaFieldNumber, CalendarPart::kVersionFieldNumber,
                          CalendarPart::kPartFieldNumber, CalendarPart::kPartsFieldNumber}) {
    if (!in.Varint(field, &number)) return false;
  }
  if (in.Is(CalendarPart::kRulesFieldNumber, 2) &&
      !in.LongMessage(CalendarPart::kRulesFieldNumber, &rules))
    return false;
  *rest = {begin, static_cast<size_t>(in.at - begin)};
  slots->clear();
  slots->reserve(static_cast<size_t>(in.end - in.at) / kLeastSlotBytes);
  while (!in.Done()) {
    if (!in.Slot(CalendarPart::kSlotsFieldNumber, &slots->emplace_back())) return false;
  }
  return true;
}

}  // namespace creneau::codec
