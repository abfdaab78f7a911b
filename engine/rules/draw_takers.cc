#include "rules/draw_takers.h"

#include <unordered_map>

#include "base/check.h"

namespace creneau::rules {

static_assert(24 * 60 == 2 * kNoon, "a half of a day is the same for all who wish for it");

DrawTakers::DrawTakers(std::span<const std::string_view> wishes) {
  std::unordered_map<std::string_view, uint32_t> known;
  kind_of_.reserve(wishes.size());
  for (const std::string_view text : wishes) {
    const auto [at, fresh] = known.try_emplace(text, static_cast<uint32_t>(kinds_.size()));
    if (fresh) {
      std::optional<Wishes> read = ParseWishesText(text);
      CHECK(read.has_value());
      kinds_.push_back(*std::move(read));
    }
    kind_of_.push_back(at->second);
  }
}

void DrawTakers::LookOn(LocalMinute slot, HalfDay* half) {
  half->can_take.clear();
  half->at = 0;
  for (; half->next < kind_of_.size() && half->can_take.size() < kAskedAtOnce; ++half->next) {
    ++looks_;
    if (kinds_[kind_of_[half->next]].Take(slot)) half->can_take.push_back(half->next);
  }
}

std::optional<uint32_t> DrawTakers::First(LocalMinute slot, const FirstWaiting& first_waiting) {
  HalfDay& half = halves_[slot.value / kNoon];
  for (;;) {
    const std::span<const uint32_t> left = std::span(half.can_take).subspan(half.at);
    const size_t found = first_waiting(left);
    CHECK(found <= left.size());
    half.at += found;
    if (found < left.size()) return left[found];
    if (half.next == kind_of_.size()) return std::nullopt;
    LookOn(slot, &half);
  }
}

}  // namespace creneau::rules
