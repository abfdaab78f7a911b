// What the front end counts, and the text of /metrics. Counting is one relaxed increment in memory
// of the counting thread's own; sums are made when somebody asks. No label ever holds an identity,
// a reference or a client's address.
#pragma once

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
#include "http/reply.h"

namespace creneau::http {

inline constexpr size_t kMaxRoutes = 32;  // what led nowhere included

// One thread's counters. Written by that thread, read by any; relaxed, since no other memory hangs
// on them.
class alignas(64) Counters {
 public:
  void CountReply(size_t route, int status, Outcome outcome);
  void CountOpened() { connections_.fetch_add(1, std::memory_order_relaxed); }
  void CountClosed() { connections_.fetch_sub(1, std::memory_order_relaxed); }
  void CountTurnedAway() { turned_away_.fetch_add(1, std::memory_order_relaxed); }

  uint64_t replies(size_t route, size_t status) const { return Read(replies_[route][status]); }
  uint64_t outcomes(size_t outcome) const { return Read(outcomes_[outcome]); }
  int64_t connections() const { return Read(connections_); }
  uint64_t turned_away() const { return Read(turned_away_); }

 private:
  template <typename T>
  static T Read(const std::atomic<T>& counter) {
    return counter.load(std::memory_order_relaxed);
  }

  std::array<std::array<std::atomic<uint64_t>, kStatuses.size()>, kMaxRoutes> replies_{};
  std::array<std::atomic<uint64_t>, kOutcomes> outcomes_{};
  std::atomic<int64_t> connections_{0};
  std::atomic<uint64_t> turned_away_{0};
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

  const std::vector<Thread>& threads() const { return threads_; }

 private:
  std::vector<Thread> threads_;
};

}  // namespace creneau::http
