#include "surge/shedding.h"

#include <algorithm>

#include "base/check.h"
#include "base/limits.h"

namespace creneau::surge {
namespace {

// None of a lane is refused at `none` and below, all of it at `all` and above.
struct Range {
  int64_t none_ms = 0;
  int64_t all_ms = 0;
};

constexpr Range RangeOf(Lane lane) {
  if (lane == Lane::kReceipt) return {limits::kReceiptLagMs, limits::kArrivalLagMs};
  if (lane == Lane::kArrival) return {limits::kArrivalLagMs, limits::kReadLagMs};
  if (lane == Lane::kRead) return {limits::kReadLagMs, limits::kHoldLagMs};
  return {limits::kHoldLagMs, limits::kMostLagMs};
}

// Whether the draw falls into the share of the range that lies behind.
bool Falls(int64_t lag_us, const Range& range, uint32_t draw) {
  const int64_t behind_us = lag_us - 1'000 * range.none_ms;
  const int64_t whole_us = 1'000 * (range.all_ms - range.none_ms);
  if (behind_us <= 0) return false;
  if (behind_us >= whole_us) return true;
  return draw < (static_cast<uint64_t>(behind_us) << 32) / static_cast<uint64_t>(whole_us);
}

}  // namespace

std::string_view LaneName(Lane lane) {
  switch (lane) {
    case Lane::kOperator:
      return "operator";
    case Lane::kConfirm:
      return "confirm";
    case Lane::kHold:
      return "hold";
    case Lane::kRead:
      return "read";
    case Lane::kArrival:
      return "arrival";
    case Lane::kReceipt:
      return "receipt";
  }
  CHECK(false);
}

std::string_view ShedName(Shed shed) {
  switch (shed) {
    case Shed::kNo:
      return "none";
    case Shed::kLag:
      return "lag";
    case Shed::kLog:
      return "log";
    case Shed::kAddress:
      return "address";
  }
  CHECK(false);
}

Shed Decide(const Load& load, Lane lane, uint32_t draw) {
  if (lane <= Lane::kConfirm) return Shed::kNo;
  if (lane == Lane::kHold && (load.log_behind || load.log_in_flight_ms >= limits::kHoldLogMs)) {
    return Shed::kLog;
  }
  return Falls(load.lag_us, RangeOf(lane), draw) ? Shed::kLag : Shed::kNo;
}

bool ArrivalFloor::Takes(Instant now) {
  const int64_t passed_ms = std::clamp<int64_t>(now - filled_at_, 0, kMsPerSecond);
  filled_at_ = now;
  credit_ = std::min(credit_ + passed_ms * per_s_, kMsPerSecond * per_s_);
  if (credit_ < kMsPerSecond) return false;
  credit_ -= kMsPerSecond;
  return true;
}

}  // namespace creneau::surge
