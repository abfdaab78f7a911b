#include "surge/lag_meter.h"

#include <algorithm>

#include "base/check.h"

namespace creneau::surge {

bool LagMeter::Due(int64_t now_ns, bool busy) const {
  return !under_way_ && now_ns - sent_ns_ >= kEveryNs && (busy || LagNs(now_ns) >= kEveryNs);
}

void LagMeter::Sent(int64_t now_ns) {
  CHECK(!under_way_);
  under_way_ = true;
  sent_ns_ = now_ns;
}

void LagMeter::Met(int64_t now_ns) {
  CHECK(under_way_);
  under_way_ = false;
  before_ns_ = latest_ns_;
  latest_ns_ = now_ns - sent_ns_;
}

int64_t LagMeter::LagNs(int64_t now_ns) const {
  const int64_t waiting_ns = under_way_ ? now_ns - sent_ns_ : 0;
  return std::min(latest_ns_, std::max(before_ns_, waiting_ns));
}

}  // namespace creneau::surge
