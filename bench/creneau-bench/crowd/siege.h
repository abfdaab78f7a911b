// What besets the server beside the people: the flood and those who loiter, on a thread of their
// own, so that people are not late because of them.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>

#include "absl/status/status.h"
#include "bench/creneau-bench/crowd/crowd_options.h"
#include "bench/creneau-bench/crowd/flood.h"
#include "bench/creneau-bench/crowd/loiterers.h"

namespace creneau::bench {

struct SiegeCount {
  FloodCount flood;
  uint32_t loiterers = 0;  // connected at most
  uint64_t sent_away = 0;
};

class Siege {
 public:
  Siege(const CrowdOptions& options, const Address& server);
  ~Siege();
  Siege(const Siege&) = delete;
  Siege& operator=(const Siege&) = delete;

  // Returns when those who loiter are there, or cannot be. Nothing to do where there are none and
  // no flood.
  absl::Status Start(const std::function<bool()>& go_on);
  // Whether the flood is to run.
  void Storm(bool storm) { storm_.store(storm, std::memory_order_relaxed); }
  // Ends it.
  SiegeCount Stop();
  // Connections that it takes.
  static uint32_t ConnectionsOf(const Adversity& adversity);

 private:
  void Run();

  const Adversity adversity_;
  Loiterers loiterers_;
  Flood flood_;
  std::thread thread_;
  std::atomic<bool> storm_{false};
  std::atomic<bool> stop_{false};
  std::atomic<uint32_t> there_{0};
  uint32_t most_there_ = 0;
};

}  // namespace creneau::bench
