// What the log says of draws (design 5), and its records (proto/creneau/v1/event.proto): a draw's
// steps, its entries, and what it gave. Each tells its state whole, so that reading one twice, or
// an earlier one again before the later, changes nothing. Plain values; pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/instant.h"
#include "rules/draw_allocation.h"
#include "rules/draw_rules.h"

namespace creneau::codec {

// Numbers are for ever. In their order, but for the last.
enum class DrawStep : uint8_t {
  kAnnounced = 1,  // its rules are published; between their times people enter
  kClosed = 2,     // the entries are committed to
  kSeeded = 3,     // the round's value is known, and with it every rank
  kDone = 4,       // seats are given: offers are made, and roll on
  kAbandoned = 5,  // it was not closed before its round was public, or the agenda went on to
                   // another one before this one was done
};
std::string_view DrawStepName(DrawStep step);  // "announced"

struct DrawState {
  AgendaId agenda;
  uint32_t draw = 1;  // which of the agenda's
  rules::DrawRules rules;
  DrawStep step = DrawStep::kAnnounced;
  Instant announced_at;
  Instant closed_at;
  uint32_t entries = 0;
  std::array<uint8_t, 32> root{};
  std::vector<rules::DrawSlot> slots;  // from the closing on: what is given
  Lsn closed_lsn;                      // zero in the record that closes
  std::string value;
  Instant seeded_at;
  std::array<uint8_t, 32> seed{};
  Instant done_at;
  std::array<uint8_t, 32> seats{};
  std::array<uint8_t, 32> allocation{};
  std::string surprise_tags;
  std::string surprise_entries;
  uint64_t crowded = 0;
  uint64_t first_name = 0;
  bool holders = false;  // its leaves have one (proof/draw.h); false before the closing
  friend bool operator==(const DrawState&, const DrawState&) = default;
};

// Numbers are for ever.
enum class EntryState : uint8_t {
  kEntered = 0,
  kWithdrawn = 1,   // before the closing: it takes no part
  kDeclined = 2,    // after it: it keeps its rank and wants no seat
  kOffered = 3,     // a seat, which may be confirmed
  kTaken = 4,       // which was confirmed
  kPassed = 5,      // its turn is over: the offer was declined or lapsed, or could not be made,
                    // since the person had a reservation
  kSamePerson = 6,  // at the closing: by then it was known that an earlier entry is the same
                    // person's. It takes no part
};
inline constexpr uint8_t kEntryStates = 7;
// Whether it is one of those that a draw is closed with.
constexpr bool TakesPart(EntryState state) {
  return state != EntryState::kWithdrawn && state != EntryState::kSamePerson;
}

struct DrawEntry {
  AgendaId agenda;
  uint32_t draw = 1;
  uint32_t number = 1;  // which of the draw's, in the order in which they came
  uint64_t name = 0;
  Subject subject;
  uint64_t idempotency = 0;
  Instant at;
  std::string wishes;  // rules/wishes.h
  EntryState state = EntryState::kEntered;
  std::optional<SeatRef> offer;  // the reservation's name
  friend bool operator==(const DrawEntry&, const DrawEntry&) = default;
};

struct DrawResult {
  AgendaId agenda;
  uint32_t draw = 1;
  uint32_t part = 0;
  uint32_t parts = 1;
  std::vector<rules::DrawSlot> slots;  // in part 0
  std::vector<uint32_t> given;         // by rank: place in slots, or rules::kNoSlot
  friend bool operator==(const DrawResult&, const DrawResult&) = default;
};

std::string EncodeDraw(const DrawState& state);
std::string EncodeDrawEntry(const DrawEntry& entry);
std::string EncodeDrawPart(const DrawResult& part);
// In as many parts as the log's records ask for.
std::vector<std::string> EncodeDrawResult(AgendaId agenda, uint32_t draw,
                                          const std::vector<rules::DrawSlot>& slots,
                                          const std::vector<uint32_t>& given);

}  // namespace creneau::codec
