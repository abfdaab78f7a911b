// Records histories of real threads on a real ledger. Each history has a ledger of its own, a small
// office (two or three slots, one or two seats each, a few people who all act on each other's
// reservations) and lasts some tens of operations; who does what is drawn from the seed, who comes
// first is the machine's affair. At the end, when all is quiet, everybody is looked for and
// strangers take every seat that is left: a seat that got lost is missed there.
//
// The recording disturbs as little as it can: two increments of one counter for each operation, and
// a buffer of the thread's own, allocated before.
#pragma once

#include <memory>
#include <thread>
#include <vector>

#include "tests/linear/desk.h"
#include "tests/linear/flaw.h"

namespace creneau::linear {

struct Scene {
  uint64_t seed = 1;
  int threads = 3;
  int operations = 7;  // of each thread
  Size size;
  bool publish = false;  // one more thread publishes calendars
  Lie lie = Lie::kNone;
};

// A scene from a seed: threads, slots, seats, people, and every fourth time a publisher.
Scene SceneOf(uint64_t seed);

// Asks the same of one thread, one operation after the other.
History RecordAlone(const Scene& scene);

class Recorder {
 public:
  Recorder();
  ~Recorder();
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  History Record(const Scene& scene);

 private:
  friend History RecordAlone(const Scene& scene);
  static constexpr int kMostThreads = 5;
  struct Office;

  void Work(int thread);

  std::unique_ptr<Office> office_;
  std::atomic<uint64_t> round_{0};
  std::atomic<int> ready_{0};
  std::atomic<int> busy_{0};
  std::atomic<bool> over_{false};
  std::vector<std::thread> threads_;
};

}  // namespace creneau::linear
