#include "ledger/calendar.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/prng.h"

namespace creneau::ledger {
namespace {

template <size_t... kNth>
std::array<Bitmap, sizeof...(kNth)> MakeSummaries(size_t items, std::index_sequence<kNth...>) {
  return {((void)kNth, Bitmap(items))...};
}

}  // namespace

Calendar::Calendar(AgendaId agenda, uint32_t version, std::vector<CalendarEntry> entries)
    : agenda_(agenda),
      version_(version),
      entries_(std::move(entries)),
      summaries_(MakeSummaries(entries_.size(), std::make_index_sequence<kChannels>())) {
  for (size_t i = 1; i < entries_.size(); ++i) {
    CHECK(entries_[i - 1].start < entries_[i].start);
    CHECK(entries_[i - 1].starts_at < entries_[i].starts_at);
  }
  HintAll();
}

void Calendar::HintAll() {
  for (Bitmap& summary : summaries_) summary.SetAll();
}

size_t Calendar::PositionOf(LocalMinute start) const {
  const auto at =
      std::lower_bound(entries_.begin(), entries_.end(), start,
                       [](const CalendarEntry& e, LocalMinute s) { return e.start < s; });
  if (at == entries_.end() || at->start != start) return kNone;
  return static_cast<size_t>(at - entries_.begin());
}

size_t Calendar::FirstFrom(Instant instant) const {
  const auto at =
      std::lower_bound(entries_.begin(), entries_.end(), instant,
                       [](const CalendarEntry& e, Instant t) { return e.starts_at < t; });
  return static_cast<size_t>(at - entries_.begin());
}

size_t Calendar::BeginOfSearch(Instant earliest) const {
  static_assert(limits::kSlotsPerAgenda <= uint64_t{1} << (64 - kStartBits));
  const size_t first = FirstFrom(earliest);
  const int64_t before = first == 0 ? 0 : entries_[first - 1].starts_at.ms;
  if (before >> kStartBits == 0)
    search_.store(first << kStartBits | static_cast<uint64_t>(before), std::memory_order_relaxed);
  return first;
}

size_t Calendar::Find(Channel channel, Instant earliest) const {
  const Bitmap& bits = summary(channel);
  // At or before the first slot from `earliest` on, if the one before it starts earlier: then what
  // is found from there and is not too early is what is found from that one on.
  const uint64_t search = search_.load(std::memory_order_relaxed);
  const auto before = static_cast<int64_t>(search & ((uint64_t{1} << kStartBits) - 1));
  if (search >> kStartBits == 0 || before < earliest.ms) {
    const size_t found = bits.Find(search >> kStartBits);
    if (found == kNone || entries_[found].starts_at >= earliest) return found;
  }
  return bits.Find(BeginOfSearch(earliest));
}

// Range and count in one word, so that one store notes both. A collision needs 2^-64 luck, and
// costs one refusal too many until the next freeing.
uint64_t Calendar::EmptyNote(size_t from, size_t until, uint64_t freeings) {
  return Mix64(Mix64(Mix64(freeings) ^ from) ^ until) | 1;
}

bool Calendar::KnownEmpty(Channel channel, size_t from, size_t until, uint64_t freeings) const {
  return empty_notes_[static_cast<size_t>(channel)].load() == EmptyNote(from, until, freeings);
}

void Calendar::NoteEmpty(Channel channel, size_t from, size_t until, uint64_t freeings) {
  empty_notes_[static_cast<size_t>(channel)].store(EmptyNote(from, until, freeings));
}

}  // namespace creneau::ledger
