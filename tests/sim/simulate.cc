// creneau-simulate: many simulated lives, one seed each. tools/simulate builds and runs it.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "tests/sim/run.h"

int main(int argc, char** argv) {
  CLI::App app{
      "Examples:\n  creneau-simulate --seed 42 --steps 2000      one life, and its digest\n"
      "  creneau-simulate --seeds 100000               many lives, from --seed on; a summary\n"
      "  creneau-simulate --seeds 100 --twice          each twice: the digests must agree\n\n"
      "Exit codes: 0 no violation, 2 usage, 5 a violation; its seed and the command that repeats "
      "it are printed.",
      "creneau-simulate"};
  uint64_t seed = 1;
  uint64_t seeds = 1;
  int steps = 2'000;
  bool twice = false;
  bool trace = false;
  bool branches = false;
  app.add_option("--seed", seed, "the first seed")->capture_default_str();
  app.add_option("--seeds", seeds, "how many")->capture_default_str();
  app.add_option("--steps", steps, "of each life")->capture_default_str();
  app.add_flag("--branches", branches, "it is a violation when a rare branch was never reached");
  app.add_flag("--trace", trace, "tell on stderr all that happens");
  app.add_flag("--twice", twice, "run each seed twice and compare");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  std::map<std::string, uint64_t> reached;
  uint64_t violations = 0;
  for (uint64_t i = 0; i < seeds; ++i) {
    const creneau::sim::RunOptions options{seed + i, steps, trace};
    const creneau::sim::RunReport report = creneau::sim::Run(options);
    for (const auto& [branch, count] : report.reached) reached[branch] += count;
    std::string violation = report.violation;
    if (violation.empty() && twice && creneau::sim::Run(options).digest != report.digest)
      violation = "the same seed gave another digest the second time";
    if (seeds <= 20) {
      std::printf("seed=%llu digest=%s\n", static_cast<unsigned long long>(options.seed),
                  report.digest.c_str());
    }
    if (violation.empty()) {
      if ((i + 1) % 1000 == 0)
        std::fprintf(stderr, "%llu of %llu\n", static_cast<unsigned long long>(i + 1),
                     static_cast<unsigned long long>(seeds));
      continue;
    }
    ++violations;
    std::printf("seed=%llu step=%d VIOLATION: %s\n  again: tools/simulate --seed %llu --steps %d\n",
                static_cast<unsigned long long>(options.seed), report.step, violation.c_str(),
                static_cast<unsigned long long>(options.seed), steps);
    if (violations >= 10) break;
  }
  for (const std::string& branch : creneau::sim::RareBranches()) {
    if (!branches || reached[branch] > 0) continue;
    ++violations;
    std::printf("VIOLATION: no life reached %s\n", branch.c_str());
  }
  for (const auto& [branch, count] : reached)
    std::printf("%12llu %s\n", static_cast<unsigned long long>(count), branch.c_str());
  std::printf("seeds=%llu steps=%llu violations=%llu\n", static_cast<unsigned long long>(seeds),
              static_cast<unsigned long long>(seeds * static_cast<uint64_t>(steps)),
              static_cast<unsigned long long>(violations));
  return violations == 0 ? 0 : 5;
}
