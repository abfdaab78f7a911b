// More people than a machine has time for. The life's own few clients do not load a thread; crowds
// do, whose requests go no further than its gate.
//
// Each I/O thread serves what waits for it in the order it came, on the simulated clock, and a
// probe of its LagMeter waits with it, as in http::LoadGauge; the Gate is that of the thread's real
// SessionContext, which refuses real requests by what it learns here. The proportions are those of
// this project's machines (engine/http/README.md), a hundred times slower so that a crowd is some
// thousand requests: a hold or confirm takes 1.8 ms, a read 1.2, a refusal 0.9. Nobody waits where
// as many do already as there are connections, in proportion.
//
// A storm lasts some seconds, and is: too many of one lane or of all; a machine that does
// everything up to four times slower, which makes them wait as long as gates are made for; or other
// threads, whose pushes put the log behind. A thread can also stand still. What the real log says
// of itself counts in any case.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <string>

#include "base/instant.h"
#include "base/limits.h"
#include "base/prng.h"
#include "http/gate.h"
#include "surge/lag_meter.h"
#include "surge/shedding.h"
#include "tests/sim/lanes.h"

namespace creneau::wal {
class Log;
}

namespace creneau::sim {

class SimClock;

struct Storm {
  Instant until{0};
  std::array<int64_t, surge::kLanes> per_s{};
  int64_t times_slower = 1;
  bool log_behind = false;
};

class IoThread final : public http::LoadSource {
 public:
  IoThread(size_t number, const SimClock& clock, Lanes& lanes)
      : number_(number), clock_(clock), lanes_(lanes) {}

  // Of a new process: nobody waits yet.
  void Begin(http::Gate& gate, const wal::Log& log);
  // Its process has ended. Whoever comes finds nobody.
  void End() { gate_ = nullptr; }
  void Face(const Storm& storm) { storm_ = storm; }
  void StandStill(int64_t ms) { at_us_ += 1'000 * ms; }
  // All that it does until now. What is wrong with it, or "".
  std::string Work();

  const surge::Load& load() noexcept override;
  Instant at() const { return Instant{at_us_ / 1'000}; }
  size_t number() const { return number_; }

 private:
  struct Waiting {
    surge::Lane lane;
    bool probe;
  };
  static constexpr size_t kConnections = limits::kMaxConnections / 100;

  bool Quiet() const;
  void Arrive();
  std::string Serve();

  const size_t number_;
  const SimClock& clock_;
  Lanes& lanes_;
  http::Gate* gate_ = nullptr;
  const wal::Log* log_ = nullptr;
  Storm storm_;
  int64_t at_us_ = 0;       // done up to here; where it stands still, or is in a request, ahead
  int64_t arrived_us_ = 0;  // who came by then is in the queue
  std::array<int64_t, surge::kLanes> due_{};  // in requests · 10^6
  std::deque<Waiting> queue_;
  surge::LagMeter meter_;
  surge::Load load_;
};

// A machine's threads, and what comes over them.
class Crowd {
 public:
  static constexpr size_t kThreads = 2;

  Crowd(uint64_t seed, const SimClock& clock, Lanes& lanes)
      : clock_(clock),
        lanes_(lanes),
        prng_(seed),
        threads_{{{0, clock, lanes}, {1, clock, lanes}}} {}

  IoThread& thread(size_t i) { return threads_[i]; }
  // Once in a while something begins; what, or "".
  std::string Come();
  // All threads, until now. What is wrong, or "".
  std::string Work();

 private:
  Storm SomeStorm();

  const SimClock& clock_;
  Lanes& lanes_;
  Prng prng_;
  std::array<IoThread, kThreads> threads_;
};

}  // namespace creneau::sim
