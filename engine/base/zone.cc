#include "base/zone.h"

#include <algorithm>
#include <optional>

namespace creneau {
namespace {

constexpr int64_t kBegin = 946'684'800;  // 2000-01-01T00:00:00Z
constexpr int64_t kEnd = 4'102'444'800;  // 2100-01-01T00:00:00Z
// Nowhere do clocks jump as far: a time that far from every change is unambiguous.
constexpr int64_t kFar = 2 * 86'400;
// Steps of 2^23 seconds, 97 days.
constexpr int kStepBits = 23;

// Of a moment before the table's beginning, a step beyond its end.
uint64_t StepOf(int64_t unix_s) {
  return (static_cast<uint64_t>(unix_s) - static_cast<uint64_t>(kBegin)) >> kStepBits;
}

int AbslOffset(const absl::TimeZone& zone, int64_t unix_s) {
  return zone.At(absl::FromUnixSeconds(unix_s)).offset;
}

// The first change of offset after a moment; nothing where there is none. absl tells a transition
// in wall clock time: clocks that go forward skip its `from`, and those that go back come to its
// `to` twice, and of both it knows the moment. A transition of the name alone is neither.
std::optional<int64_t> ChangeAfter(const absl::TimeZone& zone, int64_t at) {
  absl::TimeZone::CivilTransition transition;
  while (zone.NextTransition(absl::FromUnixSeconds(at), &transition)) {
    for (const absl::CivilSecond& told : {transition.from, transition.to}) {
      const absl::TimeZone::TimeInfo info = zone.At(told);
      if (info.kind != absl::TimeZone::TimeInfo::UNIQUE) return absl::ToUnixSeconds(info.trans);
      at = std::max(at + 1, absl::ToUnixSeconds(info.pre));
    }
  }
  return std::nullopt;
}

}  // namespace

Zone::Zone(const absl::TimeZone& zone) : zone_(zone) {
  changes_.push_back({kBegin, AbslOffset(zone, kBegin)});
  for (auto at = ChangeAfter(zone, kBegin); at && *at < kEnd; at = ChangeAfter(zone, *at))
    changes_.push_back({*at, AbslOffset(zone, *at)});
  changes_.push_back({kEnd, AbslOffset(zone, kEnd)});
  size_t last = 0;
  before_.reserve(StepOf(kEnd) + 1);
  for (uint64_t step = 0; step <= StepOf(kEnd); ++step) {
    const int64_t begin = kBegin + static_cast<int64_t>(step << kStepBits);
    while (last + 1 < changes_.size() && changes_[last + 1].unix_s <= begin) ++last;
    before_.push_back(static_cast<uint16_t>(last));
  }
}

bool Zone::Find(int64_t unix_s, const Change** last, const Change** next) const {
  const uint64_t step = StepOf(unix_s);
  if (step >= before_.size()) return false;
  const Change* const end = changes_.data() + changes_.size();
  const Change* change = changes_.data() + before_[step];
  while (change + 1 != end && (change + 1)->unix_s <= unix_s) ++change;
  if (change + 1 == end) return false;
  *last = change;
  *next = change + 1;
  return true;
}

int Zone::OffsetAt(int64_t unix_s) const {
  const Change* last;
  const Change* next;
  if (!Find(unix_s, &last, &next)) return AbslOffset(zone_, unix_s);
  return static_cast<int>(last->offset_s);
}

int64_t Zone::MomentOf(int64_t local_s) const {
  const Change* last;
  const Change* next;
  if (Find(local_s, &last, &next) && last->unix_s + kFar <= local_s &&
      local_s < next->unix_s - kFar) {
    return local_s - last->offset_s;
  }
  const absl::TimeZone::TimeInfo info = zone_.At(absl::CivilSecond() + local_s);
  const bool skipped = info.kind == absl::TimeZone::TimeInfo::SKIPPED;
  return absl::ToUnixSeconds(skipped ? info.trans : info.pre);
}

}  // namespace creneau
