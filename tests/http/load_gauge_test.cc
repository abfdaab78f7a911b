// What a thread's gauge says of it, on sockets that are ready whenever the test says so and a clock
// that moves while they are served.
#include "http/load_gauge.h"

#include <sys/eventfd.h>

#include <deque>
#include <functional>
#include <vector>

#include "base/limits.h"
#include "tests/booking/fixture.h"

namespace creneau::http {
namespace {

constexpr size_t kAtOnce = 256;  // Readiness::Look

// Takes a millisecond whenever it is served.
class Slow final : public Readiness::Watcher {
 public:
  Slow(Readiness& readiness, booking::ManualClock& clock) : clock_(clock) {
    REQUIRE(readiness.Watch(event_.get(), *this));
  }
  void Ask() {
    asked = true;
    REQUIRE(eventfd_write(event_.get(), 1) == 0);
  }
  bool Ready(uint32_t) noexcept override { return true; }
  void GoOn() noexcept override {
    if (at_turn) at_turn();
    clock_.now = clock_.now + 1;
    asked = false;
  }
  bool asked = false;
  std::function<void()> at_turn;

 private:
  booking::ManualClock& clock_;
  Descriptor event_{eventfd(0, EFD_CLOEXEC)};
};

struct Thread {
  Thread(booking::World& world, size_t connections)
      : clock(world.clock), gauge(readiness, world.engine->log(), clock, counters) {
    for (size_t i = 0; i < connections; ++i) all.emplace_back(readiness, clock);
  }
  // Whoever has been served asks again.
  size_t Round() {
    for (Slow& one : all) {
      if (!one.asked) one.Ask();
    }
    return readiness.Look();
  }
  int64_t lag_ms() { return gauge.load().lag_us / 1'000; }

  booking::ManualClock& clock;
  Readiness readiness;
  Counters counters;
  LoadGauge gauge;
  std::deque<Slow> all;
};

}  // namespace

TEST_CASE("a request waits for all that one look brings, and for several where there are more") {
  booking::World world;
  struct Case {
    size_t connections;
    int64_t least_ms;
    int64_t most_ms;
  };
  // Five are served in five milliseconds, and the probe behind them waits as long.
  for (const Case& c : {Case{5, 4, 5}, Case{100, 99, 100}, Case{3 * kAtOnce, 767, 769}}) {
    INFO(c.connections);
    Thread thread(world, c.connections);
    for (int round = 0; round < 20; ++round) thread.Round();
    CHECK(thread.lag_ms() >= c.least_ms);
    CHECK(thread.lag_ms() <= c.most_ms);
    if (c.least_ms < limits::kLagProbeMs) continue;  // no probe is under way, perhaps
    // Nobody has looked for a while: what is measured so far is not all of it.
    const int64_t now_ns = thread.clock.MonotonicNs();
    CHECK(thread.counters.lag_us(now_ns + 60'000'000'000) >= 59'000'000);
  }
}

TEST_CASE("who is at the end of a long look is known to have waited for its beginning") {
  booking::World world;
  Thread thread(world, 200);
  std::vector<int64_t> lags_ms;
  thread.all[100].at_turn = [&] { lags_ms.push_back(thread.lag_ms()); };
  for (int round = 0; round < 3; ++round) thread.Round();
  CHECK(lags_ms == std::vector<int64_t>{0, 100, 200});
}

TEST_CASE("when everybody has gone, the gauge says so by itself, and then rests") {
  booking::World world;
  Thread thread(world, 100);
  for (int round = 0; round < 10; ++round) thread.Round();
  REQUIRE(thread.lag_ms() == 100);
  // The probe behind the last who had asked, and one or two more.
  int looks = 0;
  while (thread.readiness.Look() > 0) REQUIRE(++looks < 5);
  CHECK(thread.lag_ms() == 0);
  CHECK(thread.counters.lag_us(thread.clock.MonotonicNs() + 60'000'000'000) == 0);
}

}  // namespace creneau::http
