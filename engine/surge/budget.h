// So much of something a second, for all threads together: what costs processor time and can wait,
// such as signatures. What was not used counts for later, up to so many at once (the generic cell
// rate algorithm, ITU-T I.371). Nobody waits: whoever finds nothing left is told so.
//
// Threads: any.
#pragma once

#include <atomic>
#include <cstdint>

namespace creneau::surge {

class Budget {
 public:
  Budget(int64_t per_s, int64_t at_once);
  Budget(const Budget&) = delete;
  Budget& operator=(const Budget&) = delete;

  // Takes one. False: there is none now. `now_ns` may go back.
  bool Takes(int64_t now_ns);

 private:
  const int64_t step_ns_;
  const int64_t slack_ns_;
  // Up to when what was taken uses up what there is; no other memory hangs on it: relaxed.
  std::atomic<int64_t> spent_until_ns_{0};
};

}  // namespace creneau::surge
