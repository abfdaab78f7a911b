// What is owed to those who come when there is more to do than can be done in time (design 6,
// lanes; P3, P4), held against every decision at the gates of the simulated I/O threads (crowd.h),
// and against the replies to those whose requests are real:
//
// - whoever holds a seat is never refused for load, and no operator is;
// - a few who arrive in each second are let in, whatever the lag; but for them:
// - nobody is let in for a lane at a lag at which, ever, a lane with a better claim was refused;
// - once requests wait for longer than half a second, none is let in that can be refused;
// - new holds wait while the log is behind or stands still, and nobody else does for that;
// - two seconds after a crowd has gone, or a thread stood still, nobody is refused for lag any
// more;
// - whoever is refused is told 503 overloaded, and when to come back: from one second to ten.
//
// That a refusal has no effect is seen by who compares what the engine was before (life.h), and by
// the other auditors, who are told nothing of it. Knows no threshold of the gate's but those above.
// Methods return "" or what is wrong.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <string>

#include "base/instant.h"
#include "base/limits.h"
#include "surge/shedding.h"
#include "tests/sim/told.h"

namespace creneau::sim {

inline constexpr int64_t kCalmAgainMs = 2'000;
// In proportion to the crowd's threads.
inline constexpr int64_t kArrivalFloorPerS = limits::kArrivalFloorPerS / 100;

// At a gate. `at`: the thread's time.
struct Decision {
  surge::Lane lane = surge::Lane::kOperator;
  surge::Load load;
  surge::Shed shed = surge::Shed::kNo;
  Instant at;
  // Which gate, and by its clock.
  size_t thread = 0;
  Instant decided_at{0};
};

class Lanes {
 public:
  explicit Lanes(std::map<std::string, uint64_t>& reached) : reached_(reached) { Forget(); }

  // There is a crowd, or a thread stands still, until then at most.
  void Expect(Instant until) { unquiet_until_ = std::max(unquiet_until_, until); }
  // Of a new process.
  void Begin(size_t thread) { floors_.erase(thread); }
  // Each decision, in the crowd as well.
  std::string Check(const Decision& decision);
  // Somebody's real request and the reply. `again`: refused before, they come as they were told to.
  std::string Answered(const Decision& decision, bool again, const Told& told);

  // As the paths say it, for those who know the table in design 7 and not the engine's.
  static surge::Lane LaneOf(const std::string& request);

 private:
  std::string CheckOrder(const Decision& decision);
  bool OnTheFloor(const Decision& decision);
  void Forget() {
    refused_from_us_.fill(INT64_MAX);
    let_in_until_us_.fill(-1);
  }

  struct Floor {
    Instant at{0};
    double left = kArrivalFloorPerS;
  };

  std::map<std::string, uint64_t>& reached_;
  Instant unquiet_until_{0};
  std::map<size_t, Floor> floors_;  // by thread
  // By lane: the least lag at which it was refused for lag, the most at which it was let in.
  std::array<int64_t, surge::kLanes> refused_from_us_;
  std::array<int64_t, surge::kLanes> let_in_until_us_;
};

}  // namespace creneau::sim
