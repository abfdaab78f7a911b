// What the front end counts, and the text of /metrics. Counting is one relaxed increment in memory
// of the counting thread's own; sums are made when somebody asks. No label ever holds an identity,
// a reference or a client's address.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "base/outcome.h"
#include "booking/engine.h"
#include "http/durations.h"
#include "http/reply.h"
#include "surge/shedding.h"

namespace creneau::http {

inline constexpr size_t kMaxRoutes = 96;  // what led nowhere included

// Why a connection was not served.
enum class TurnedAway : uint8_t {
  kFull,         // as many are open as may be
  kAddress,      // as many are open from its address as may be
  kDescriptors,  // the process or the system has no descriptor left
};
inline constexpr int kTurnedAways = static_cast<int>(TurnedAway::kDescriptors) + 1;
std::string_view TurnedAwayName(TurnedAway why);  // as in metrics

// One thread's counters. Written by that thread, read by any; relaxed, since no other memory hangs
// on them.
class alignas(64) Counters {
 public:
  void CountReply(size_t route, int status, Outcome outcome);
  // A confirm that was carried out: from its last byte until its answer could leave.
  void CountConfirm(int64_t ms) { confirms_.Count(ms); }
  void CountOpened() { connections_.fetch_add(1, std::memory_order_relaxed); }
  void CountClosed() { connections_.fetch_sub(1, std::memory_order_relaxed); }
  void CountTurnedAway(TurnedAway why) {
    turned_away_[static_cast<size_t>(why)].fetch_add(1, std::memory_order_relaxed);
  }
  void CountShed(surge::Lane lane, surge::Shed why) {
    shed_[static_cast<size_t>(lane)][static_cast<size_t>(why)].fetch_add(1,
                                                                         std::memory_order_relaxed);
  }
  // How long requests wait for their turn, and since when the latest probe of it waits; 0: it does
  // not.
  void SetLag(int64_t lag_us, int64_t waiting_since_ns) {
    lag_us_.store(lag_us, std::memory_order_relaxed);
    waiting_since_ns_.store(waiting_since_ns, std::memory_order_relaxed);
  }

  uint64_t replies(size_t route, size_t status) const { return Read(replies_[route][status]); }
  uint64_t outcomes(size_t outcome) const { return Read(outcomes_[outcome]); }
  const Durations& confirms() const { return confirms_; }
  int64_t connections() const { return Read(connections_); }
  uint64_t turned_away(TurnedAway why) const {
    return Read(turned_away_[static_cast<size_t>(why)]);
  }
  uint64_t shed(surge::Lane lane, surge::Shed why) const {
    return Read(shed_[static_cast<size_t>(lane)][static_cast<size_t>(why)]);
  }
  // More than was measured last, when it has been longer than that.
  int64_t lag_us(int64_t now_ns) const {
    const int64_t since_ns = Read(waiting_since_ns_);
    return std::max(Read(lag_us_), since_ns == 0 ? 0 : (now_ns - since_ns) / 1'000);
  }

 private:
  template <typename T>
  static T Read(const std::atomic<T>& counter) {
    return counter.load(std::memory_order_relaxed);
  }

  std::array<std::array<std::atomic<uint64_t>, kStatuses.size()>, kMaxRoutes> replies_{};
  std::array<std::atomic<uint64_t>, kOutcomes> outcomes_{};
  Durations confirms_;
  std::atomic<int64_t> connections_{0};
  std::array<std::atomic<uint64_t>, kTurnedAways> turned_away_{};
  std::array<std::array<std::atomic<uint64_t>, surge::kSheds>, surge::kLanes> shed_{};
  std::atomic<int64_t> lag_us_{0};
  std::atomic<int64_t> waiting_since_ns_{0};
};

class Telemetry {
 public:
  struct Thread {
    std::string listener;
    std::unique_ptr<Counters> counters;
  };

  // Before the threads start. The reference lives as long as this.
  Counters& AddThread(std::string_view listener);

  // Text format 0.0.4. Any thread.
  std::string Render(const booking::Engine& engine, Instant now) const;

  // For the service record. Any thread.
  booking::EdgeRefused Refused() const;

  const std::vector<Thread>& threads() const { return threads_; }

 private:
  std::vector<Thread> threads_;
};

}  // namespace creneau::http
