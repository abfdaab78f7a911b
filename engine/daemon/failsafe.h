// What happens when the log fails: the process says so, gives those who wait a moment to be told
// that their outcome is unknown, and ends. It ends by itself, not by unwinding: other threads may
// be stuck for ever in a dead disk.
#pragma once

#include <atomic>
#include <semaphore>
#include <string>
#include <thread>

#include "absl/status/status.h"

namespace creneau::daemon {

class Failsafe {
 public:
  // `admin`: the socket's file, removed before the process ends.
  explicit Failsafe(std::string admin);
  // When the log has failed, the process ends here at the latest.
  ~Failsafe();
  Failsafe(const Failsafe&) = delete;
  Failsafe& operator=(const Failsafe&) = delete;

  // Any thread; called by the log, once. Does not wait.
  void Trip(const absl::Status& status);

 private:
  void Watch();

  std::string admin_;
  std::atomic<bool> tripped_{false};
  std::counting_semaphore<2> wake_{0};  // tripped, and the destructor: once each
  std::thread thread_;
};

}  // namespace creneau::daemon
