// Histories of real threads on the real ledger, each checked by subject, slot and seat.
//
//     test_linear_ledger [--histories N] [--seed N]     (from --seed on; 1)
//
// The same sources are built twice: with the ledger as it is shipped, and with atomics that give
// way now and then (shadow/), which meet more. A failure prints the scene's seed and the operations
// of the projection that has no order; the schedule is the machine's, so try the seed a few times.
#include <cstdio>
#include <cstring>
#include <string>

#include "tests/linear/recorder.h"

namespace creneau::linear {
namespace {

int Run(uint64_t first, uint64_t histories) {
  Recorder recorder;
  Tally tally;
  for (uint64_t seed = first; seed < first + histories; ++seed) {
    const Scene scene = SceneOf(seed);
    const History history = recorder.Record(scene);
    const std::string flaw = Flaw(history, scene.size, Place::kKnown, &tally);
    if (flaw.empty()) continue;
    std::printf("seed %llu, %d threads%s: %s\nagain: --seed %llu --histories 1\n",
                static_cast<unsigned long long>(seed), scene.threads,
                scene.publish ? " and a publisher" : "", flaw.c_str(),
                static_cast<unsigned long long>(seed));
    return 1;
  }
  std::printf("%s\n", tally.Told().c_str());
  // Histories without anything at the same time, or whose search was given up, show nothing.
  if (tally.overlaps < tally.histories || tally.given_up > 0) return 1;
  return 0;
}

}  // namespace
}  // namespace creneau::linear

int main(int argc, char** argv) {
  uint64_t first = 1;
  uint64_t histories = 1'000;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (std::strcmp(argv[i], "--seed") == 0) first = std::stoull(argv[i + 1]);
    if (std::strcmp(argv[i], "--histories") == 0) histories = std::stoull(argv[i + 1]);
  }
  return creneau::linear::Run(first, histories);
}
