#include "surge/polling.h"

#include <algorithm>

namespace creneau::surge {
namespace {

constexpr int64_t kLongestS = 60;
constexpr int64_t kLeastSpreadS = 10;
// So many a second are nothing to a proxy, and a grant lasts two minutes.
constexpr uint64_t kPollsPerSecond = 2'500;

}  // namespace

int64_t PollAfterS(uint64_t place, uint32_t rate_per_min, uint64_t random) {
  if (rate_per_min == 0) return kLongestS - static_cast<int64_t>(random % (kLongestS / 4));
  const double wait_s = static_cast<double>(place) * 60 / rate_per_min;
  const double fifth = static_cast<double>(random % 1000) / 1000 * 0.4 + 0.8;
  return std::clamp(static_cast<int64_t>(wait_s / 4 * fifth), int64_t{1}, kLongestS);
}

int64_t PollAtOpeningS(int64_t until_ms, uint64_t gathered, uint64_t random) {
  const int64_t until_s = std::max<int64_t>(0, until_ms + 999) / 1000;
  const auto spread_s = std::clamp(
      static_cast<int64_t>(std::min<uint64_t>(gathered / kPollsPerSecond, uint64_t{kLongestS})),
      kLeastSpreadS, kLongestS);
  return until_s + 1 + static_cast<int64_t>(random % static_cast<uint64_t>(spread_s));
}

}  // namespace creneau::surge
