// How long a request waits for its turn on an I/O thread: as long as a probe does that joins the
// same queue, one at a time. Measuring how long a round takes would not do: where more connections
// have something to say than one round takes, they wait for several. Pure: moments in, a duration
// out.
//
// What counts is what two probes in a row agree on. A thread that stood still for a moment, since
// the disk or the machine did, has a long queue once, and works it off sooner than anybody who is
// refused would come again; the second probe waits for what is left. A queue that stands is met by
// both (CoDel: Nichols and Jacobson, "Controlling Queue Delay", 2012).
//
// One thread. Nanoseconds of a clock that only grows.
#pragma once

#include <cstdint>

#include "base/limits.h"

namespace creneau::surge {

class LagMeter {
 public:
  // Whether to send a probe now. `busy`: somebody else is in the queue. Without anybody it is sent
  // only as long as the lag that was found last is too long to be left standing.
  bool Due(int64_t now_ns, bool busy) const;
  void Sent(int64_t now_ns);
  // It has had its turn.
  void Met(int64_t now_ns);

  int64_t LagNs(int64_t now_ns) const;
  // It is not more than this before another probe is met.
  int64_t most_ns() const { return latest_ns_; }
  // When the probe under way was sent; 0: there is none.
  int64_t under_way_since_ns() const { return under_way_ ? sent_ns_ : 0; }

 private:
  static constexpr int64_t kEveryNs = limits::kLagProbeMs * 1'000'000;

  bool under_way_ = false;
  int64_t sent_ns_ = -kEveryNs;
  int64_t latest_ns_ = 0;
  int64_t before_ns_ = 0;
};

}  // namespace creneau::surge
