// Reads what EncodeEvent writes, byte for byte, without protobuf: a start reads millions of these,
// and an arena, a tree of messages and two passes over them cost more than applying them. Anything
// else (another order of fields, fields of a newer version, a calendar) is left to protobuf.

#include <bit>
#include <cstring>

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

  // The shortest form, of at most 32 bits, as PutVarint writes it.
  bool Varint(int field, uint32_t* value) {
    *value = 0;
    if (!Is(field, 0)) return true;
    ++at;
    for (int shift = 0; shift < 35 && at != end; shift += 7) {
      const auto byte = static_cast<uint8_t>(*at++);
      if (shift == 28 && byte > 0x0f) return false;
      *value |= static_cast<uint32_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return byte != 0;
    }
    return false;
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

}  // namespace creneau::codec
