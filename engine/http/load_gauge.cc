#include "http/load_gauge.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/check.h"
#include "base/limits.h"

namespace creneau::http {
namespace {

constexpr int64_t kNsPerUs = 1'000;
constexpr int64_t kLongNs = limits::kArrivalLagMs * 1'000'000;

}  // namespace

LoadGauge::LoadGauge(Readiness& readiness, const wal::Log& log, const Clock& clock,
                     Counters& counters)
    : log_(log), clock_(clock), counters_(counters), probe_(eventfd(0, EFD_CLOEXEC)) {
  if (probe_.get() < 0 || !readiness.Watch(probe_.get(), *this)) {
    throw std::system_error(errno, std::system_category(), "eventfd");
  }
  readiness.Observe(*this);
}

// The end of a look that takes long has waited for its beginning. Where the latest probe has not
// waited for long, that is all there is to know, and the clock need not be asked.
const surge::Load& LoadGauge::load() noexcept {
  if (meter_.most_ns() >= kLongNs) load_.lag_us = meter_.LagNs(clock_.MonotonicNs()) / kNsPerUs;
  return load_;
}

bool LoadGauge::Ready(uint32_t) noexcept {
  met_ = true;
  return false;
}

// Requests of this look are decided with what it brings, and the next probe goes off before they
// are: it waits as long as bytes that come meanwhile.
void LoadGauge::TakenIn(size_t told) noexcept {
  const int64_t now_ns = clock_.MonotonicNs();
  const bool busy = told > (met_ ? 1 : 0);
  if (met_) meter_.Met(now_ns);
  met_ = false;
  if (meter_.Due(now_ns, busy)) {
    // Its counter has room for more of these than there will be.
    CHECK(eventfd_write(probe_.get(), 1) == 0);
    meter_.Sent(now_ns);
  }
  load_ = {.lag_us = meter_.LagNs(now_ns) / kNsPerUs,
           .log_in_flight_ms = log_.in_flight_ms(),
           .log_behind = log_.behind()};
  counters_.SetLag(load_.lag_us, meter_.under_way_since_ns());
}

}  // namespace creneau::http
