#include "ledger/bitmap.h"

#include <utility>

#include "base/check.h"

namespace creneau::ledger {
namespace {

// Words of a level, for that many items at level 0.
constexpr size_t Words(size_t items, size_t level) {
  size_t words = items;
  for (size_t i = 0; i <= level; ++i) words = (words + 63) / 64;
  return words == 0 ? 1 : words;
}

// Levels until one word holds a bit for each of the level below; two at least, so that small
// bitmaps are like large ones.
constexpr size_t Height(size_t items) {
  size_t height = 1;
  while (height < limits::kSummaryLevels && (height < 2 || Words(items, height - 1) > 1)) ++height;
  return height;
}

template <typename Levels, size_t... kNth>
Levels MakeLevels(size_t items, std::index_sequence<kNth...>) {
  return {typename Levels::value_type(Words(items, kNth))...};
}

}  // namespace

Bitmap::Bitmap(size_t items)
    : items_(items),
      height_(Height(items)),
      levels_(MakeLevels<decltype(levels_)>(items, std::make_index_sequence<kLevels>())) {
  CHECK(items <= size_t{1} << 6 * kLevels);
}

void Bitmap::SetAll() {
  for (size_t i = 0; i < items_; i += 64) {
    const size_t rest = items_ - i;
    levels_[0][i / 64].store(rest >= 64 ? ~uint64_t{0} : (uint64_t{1} << rest) - 1);
  }
  for (size_t level = 1; level < height_; ++level) {
    const size_t below = items_ == 0 ? 0 : Words(items_, level - 1);
    for (size_t i = 0; i < below; ++i) {
      levels_[level][i / 64].fetch_or(uint64_t{1} << (i % 64));
    }
  }
}

void Bitmap::Set(size_t i) {
  CHECK(i < items_);
  for (size_t level = 0; level < height_; ++level) {
    levels_[level][i / 64].fetch_or(uint64_t{1} << (i % 64));
    i /= 64;
  }
}

void Bitmap::ClearAt(size_t level, size_t i) {
  const uint64_t bit = uint64_t{1} << (i % 64);
  const uint64_t before = levels_[level][i / 64].fetch_and(~bit);
  if ((before & ~bit) == 0) ClearParents(level + 1, i / 64);
}

// Word `i` of the level below was seen empty: clears its bits upwards, and takes that back where a
// word is not empty any more.
void Bitmap::ClearParents(size_t level, size_t i) {
  for (; level < height_; ++level) {
    const uint64_t bit = uint64_t{1} << (i % 64);
    const uint64_t before = levels_[level][i / 64].fetch_and(~bit);
    if (levels_[level - 1][i].load() != 0) {
      for (size_t up = level; up < height_; ++up) {
        levels_[up][i / 64].fetch_or(uint64_t{1} << (i % 64));
        i /= 64;
      }
      return;
    }
    if ((before & ~bit) != 0) return;
    i /= 64;
  }
}

size_t Bitmap::Find(size_t from) const {
  size_t level = 0;
  size_t i = from;
  while (level < height_) {
    if (i / 64 >= levels_[level].size()) return kNone;
    const uint64_t bits = levels_[level][i / 64].load() & (~uint64_t{0} << (i % 64));
    if (bits == 0) {  // nothing here: go on with the next word, one level up
      i = i / 64 + 1;
      ++level;
      continue;
    }
    i = i / 64 * 64 + static_cast<size_t>(std::countr_zero(bits));
    if (level == 0) return i;
    --level;
    i *= 64;  // if that word has been emptied meanwhile, the loop goes up again, past it
  }
  return kNone;
}

}  // namespace creneau::ledger
