// One published version of an agenda's calendar: its slots by start time, and for each channel a
// bitmap of where seats may be free. Immutable but for the bitmaps; replaced as a whole by the next
// version, and retired through Epochs. The free words themselves belong to the slots (ledger.h), so
// they outlive versions.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/atomic.h"
#include "base/ids.h"
#include "base/instant.h"
#include "ledger/bitmap.h"

namespace creneau::ledger {

struct CalendarEntry {
  LocalMinute start;
  SlotId slot;
  Instant starts_at;
  uint16_t minutes = 0;
  std::array<uint8_t, kChannels>
      seats{};          // as published; what exists beyond that is on its way out
  bool listed = false;  // publication.h
  std::array<int8_t, kChannels> shifted{};  // likewise
};
static_assert(sizeof(CalendarEntry) == 32);

class Calendar {
 public:
  // `entries` by start, unique. Every summary bit starts set: bits are hints, and seats freed
  // before this version was seen are found that way.
  Calendar(AgendaId agenda, uint32_t version, std::vector<CalendarEntry> entries);

  AgendaId agenda() const { return agenda_; }
  uint32_t version() const { return version_; }
  const std::vector<CalendarEntry>& entries() const { return entries_; }

  static constexpr size_t kNone = ~size_t{0};
  // Position of the slot that starts at that minute, or kNone.
  size_t PositionOf(LocalMinute start) const;
  // First position that starts at or after the instant; entries().size() when none does.
  size_t FirstFrom(Instant instant) const;

  // The first position from the instant on whose summary bit is set, or kNone. Who asks at the same
  // moment asks for the same: the last search's beginning is looked at first, and no entry but the
  // one that is found.
  size_t Find(Channel channel, Instant earliest) const;

  // All summary bits set again, as in the beginning.
  void HintAll();
  const Bitmap& summary(Channel channel) const { return summaries_[static_cast<size_t>(channel)]; }
  Bitmap& summary(Channel channel) { return summaries_[static_cast<size_t>(channel)]; }

  // For "nothing left" (design 3.6): the number of freeings at which all words of the range [from,
  // until) were last seen empty.
  bool KnownEmpty(Channel channel, size_t from, size_t until, uint64_t freeings) const;
  void NoteEmpty(Channel channel, size_t from, size_t until, uint64_t freeings);

 private:
  static constexpr int kStartBits = 42;
  size_t BeginOfSearch(Instant earliest) const;
  static uint64_t EmptyNote(size_t from, size_t until, uint64_t freeings);

  AgendaId agenda_;
  uint32_t version_;
  std::vector<CalendarEntry> entries_;
  std::array<Bitmap, kChannels> summaries_;
  std::array<Atomic<uint64_t>, kChannels> empty_notes_{};
  // Where a search began: position << 42 | the start, in ms, of the slot before it. Both are facts
  // of a calendar that does not change, so it needs no order. 0: at the first slot, whenever that
  // is.
  mutable std::atomic<uint64_t> search_{0};
};

}  // namespace creneau::ledger
