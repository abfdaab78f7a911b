// What happens when: the profiles. A profile decides, for one thread, when journeys begin, which
// they are, and when each goes on; the worker carries it out and measures. Those that are to come
// (people who arrive before nine o'clock and refresh, bots, a hundred departments at once) are
// further implementations of this interface and further names in MakeProfile.
//
// Nanoseconds since the run began. One owner each.
#pragma once

#include <cstdint>
#include <memory>

#include "bench/creneau-bench/journey.h"
#include "bench/creneau-bench/options.h"

namespace creneau::bench {

class Profile {
 public:
  virtual ~Profile() = default;
  // When the next batch of --pipeline journeys begins; never decreasing. kNever: there is none.
  virtual int64_t NextArrivalNs() = 0;
  virtual JourneyKind Draw() = 0;
  // When a batch whose replies came at `now_ns` is to send its next requests; not before that.
  virtual int64_t NextStepNs(int64_t now_ns) = 0;
};

std::unique_ptr<Profile> MakeProfile(const Options& options, unsigned thread);

// What is measured: requests that are due from begin to end.
struct Window {
  int64_t begin_ns = 0;
  int64_t end_ns = 0;
  // The profile has a certain number of journeys: the window ends with the last reply.
  bool until_done = false;
};
Window WindowOf(const Options& options);

}  // namespace creneau::bench
