#include "surge/budget.h"

#include <algorithm>

namespace creneau::surge {
namespace {

constexpr int64_t kNsPerSecond = 1'000'000'000;

}  // namespace

Budget::Budget(int64_t per_s, int64_t at_once)
    : step_ns_(kNsPerSecond / per_s), slack_ns_(step_ns_ * (at_once - 1)) {}

bool Budget::Takes(int64_t now_ns) {
  int64_t before_ns = spent_until_ns_.load(std::memory_order_relaxed);
  for (;;) {
    const int64_t from_ns = std::max(before_ns, now_ns - slack_ns_);
    if (from_ns > now_ns) return false;
    if (spent_until_ns_.compare_exchange_weak(before_ns, from_ns + step_ns_,
                                              std::memory_order_relaxed))
      return true;
  }
}

}  // namespace creneau::surge
