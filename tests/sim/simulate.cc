// creneau-simulate: many simulated lives, one seed each. tools/simulate builds and runs it.
#include <malloc.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/sim/run.h"

namespace creneau::sim {
namespace {

constexpr uint64_t kMostViolations = 10;

struct Wanted {
  uint64_t seed = 1;
  uint64_t seeds = 1;
  int steps = 2'000;
  unsigned jobs = 1;
  int seconds = 0;  // 0: until all are done
  bool twice = false;
  bool trace = false;
  bool lists = false;
  bool branches = false;
};

// What all lives came to. A life is one thread's; only the sums are shared.
class Summary {
 public:
  explicit Summary(const Wanted& wanted) : wanted_(wanted) {}

  // Until there are no more, or too many have failed.
  void Work() {
    for (;;) {
      const uint64_t i = next_.fetch_add(1);
      const auto worked = std::chrono::steady_clock::now() - begun_;
      if (wanted_.seconds > 0 && worked >= std::chrono::seconds(wanted_.seconds)) return;
      if (i >= wanted_.seeds || violations_.load() >= kMostViolations) return;
      const RunOptions options{wanted_.seed + i, wanted_.steps, wanted_.trace, wanted_.lists};
      RunReport report = Run(options);
      if (report.violation.empty() && wanted_.twice && Run(options).digest != report.digest)
        report.violation = "the same seed gave another digest the second time";
      Add(options, report);
    }
  }

  // 0, or 5 when there was a violation.
  int Print() {
    for (const std::string& branch : RareBranches(wanted_.lists)) {
      if (!wanted_.branches || reached_[branch] > 0) continue;
      ++violations_;
      std::printf("VIOLATION: no life reached %s\n", branch.c_str());
    }
    PrintGroup("faults that the disk met", {"met-"});
    PrintGroup("how the machine went down", {"killed", "stopped", "down-"});
    PrintGroup("recoveries, by answer",
               {"recovered-", "misread-", "fault-in-recovery", "power-loss-in-recovery",
                "start-needs-room", "undelivered-", "unanswered-"});
    PrintGroup("other branches", {""});
    const uint64_t crashes = Sum("killed") + Sum("down-") + Sum("power-loss-in-recovery");
    std::printf("seeds=%llu steps=%llu crashes=%llu faults=%llu recoveries=%llu violations=%llu\n",
                static_cast<unsigned long long>(done_),
                static_cast<unsigned long long>(done_ * static_cast<uint64_t>(wanted_.steps)),
                static_cast<unsigned long long>(crashes),
                static_cast<unsigned long long>(Sum("met-")),
                static_cast<unsigned long long>(Sum("recovered-clean") + Sum("recovered-torn")),
                static_cast<unsigned long long>(violations_.load()));
    return violations_.load() == 0 ? 0 : 5;
  }

 private:
  static bool Begins(const std::string& text, const std::string& with) {
    return text.compare(0, with.size(), with) == 0;
  }

  uint64_t Sum(const std::string& prefix) const {
    uint64_t sum = 0;
    for (const auto& [branch, count] : reached_) sum += Begins(branch, prefix) ? count : 0;
    return sum;
  }

  // Each branch once, in the first group that has it.
  void PrintGroup(const char* title, const std::vector<std::string>& prefixes) {
    std::printf("%s:\n", title);
    for (const auto& [branch, count] : reached_) {
      const bool here = std::any_of(prefixes.begin(), prefixes.end(),
                                    [&](const auto& prefix) { return Begins(branch, prefix); });
      if (!here || std::find(printed_.begin(), printed_.end(), branch) != printed_.end()) continue;
      printed_.push_back(branch);
      std::printf("%12llu %s\n", static_cast<unsigned long long>(count), branch.c_str());
    }
  }

  void Add(const RunOptions& options, const RunReport& report) {
    const std::lock_guard lock(mutex_);
    ++done_;
    for (const auto& [branch, count] : report.reached) reached_[branch] += count;
    const auto seed = static_cast<unsigned long long>(options.seed);
    if (wanted_.seeds <= 20) std::printf("seed=%llu digest=%s\n", seed, report.digest.c_str());
    if (done_ % 1000 == 0)
      std::fprintf(stderr, "%llu of %llu\n", static_cast<unsigned long long>(done_),
                   static_cast<unsigned long long>(wanted_.seeds));
    if (report.violation.empty()) return;
    ++violations_;
    std::printf("seed=%llu step=%d VIOLATION: %s\n  again: tools/simulate --seed %llu --steps %d\n",
                seed, report.step, report.violation.c_str(), seed, options.steps);
    std::fflush(stdout);
  }

  const Wanted& wanted_;
  const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
  std::atomic<uint64_t> next_{0};
  std::atomic<uint64_t> violations_{0};
  std::mutex mutex_;  // guards what follows
  uint64_t done_ = 0;
  std::map<std::string, uint64_t> reached_;
  std::vector<std::string> printed_;
};

}  // namespace
}  // namespace creneau::sim

int main(int argc, char** argv) {
  // Buffers of megabytes come and go with each start and snapshot: what is given back to the system
  // is zeroed for the next of them, which was up to a quarter of a life.
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 128 << 20);
  CLI::App app{
      "Examples:\n  creneau-simulate --seed 42 --steps 2000      one life, and its digest\n"
      "  creneau-simulate --seeds 100000 --jobs 2      many lives, from --seed on; a summary\n"
      "  creneau-simulate --seeds 100 --twice          each twice: the digests must agree\n\n"
      "Exit codes: 0 no violation, 2 usage, 5 a violation; its seed and the command that repeats "
      "it are printed.",
      "creneau-simulate"};
  creneau::sim::Wanted wanted;
  app.add_option("--seed", wanted.seed, "the first seed")->capture_default_str();
  app.add_option("--seeds", wanted.seeds, "how many")->capture_default_str();
  app.add_option("--steps", wanted.steps, "of each life")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000'000));
  app.add_option("--jobs", wanted.jobs, "lives at once, a thread each")
      ->capture_default_str()
      ->check(CLI::Range(1, 256))
      ->take_last();
  app.add_option("--seconds", wanted.seconds, "begin no life after so many; 0: until all are done")
      ->capture_default_str()
      ->check(CLI::Range(0, 1'000'000));
  app.add_flag("--branches", wanted.branches,
               "it is a violation when a rare branch was never reached");
  app.add_flag("--trace", wanted.trace, "tell on stderr all that happens");
  app.add_flag(
      "--lists", wanted.lists,
      "with people who wait and days that are closed, in every fourth life: not clean yet");
  app.add_flag("--twice", wanted.twice, "run each seed twice and compare");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  creneau::sim::Summary summary(wanted);
  std::vector<std::thread> threads;
  for (unsigned i = 1; i < wanted.jobs; ++i) threads.emplace_back([&] { summary.Work(); });
  summary.Work();
  for (std::thread& thread : threads) thread.join();
  return summary.Print();
}
