#include "tests/interleave/runs.h"

#include <algorithm>
#include <cstdio>

#include "tests/interleave/sites.h"

namespace creneau::interleave {
namespace {

// A publication of two slots takes about two hundred steps alone, and what it helps with adds to
// it; whoever waits for a thread that has stopped takes any number.
constexpr uint32_t kMostOwnSteps = 400;

bool Chosen(const Trial& trial, const Wishes& wishes) {
  if (!wishes.without.empty() && trial.name.find(wishes.without) != std::string::npos) return false;
  return wishes.only.empty() || trial.name.find(wishes.only) != std::string::npos;
}

int BoundOf(const Trial& trial, const Wishes& wishes) {
  if (wishes.preemptions != -2) return wishes.preemptions;
  return wishes.longer ? trial.long_preemptions : trial.preemptions;
}

std::string HowFar(const Report& report, int bound) {
  if (!report.finished) return "stopped";
  if (!report.bound_was_met) return "all";
  return "<= " + std::to_string(bound) + " preemptions";
}

class Script final : public Strategy {
 public:
  explicit Script(std::vector<Step> steps) : steps_(std::move(steps)) {}

  bool Next(Machine& machine, Step* step) override {
    if (at_ == steps_.size()) return false;
    *step = steps_[at_++];
    const Operation& operation = machine.pending(step->thread);
    const Location& location = machine.memory().At(operation);
    const Site& site = sites().all()[static_cast<size_t>(operation.site)];
    const auto read =
        step->choice == kWrites ? location.stores.size() - 1 : static_cast<size_t>(step->choice);
    std::printf("%*sthread %d  %s:%u  %s  %#lx  reads %#lx (store %zu of %zu)%s\n",
                step->thread * 4, "", step->thread, site.file.c_str(), site.line,
                site.function.c_str(), reinterpret_cast<unsigned long>(operation.address),
                static_cast<unsigned long>(location.stores[read].value), read + 1,
                location.stores.size(), step->choice == kWrites ? ", writes" : "");
    return true;
  }

 private:
  std::vector<Step> steps_;
  size_t at_ = 0;
};

}  // namespace

std::string CommandFor(const Trial& trial, const Report& report, int suspended, uint32_t after) {
  std::string command = "interleave repeat --only \"" + trial.name + "\"";
  if (suspended >= 0)
    command += " --suspend " + std::to_string(suspended) + " --after " + std::to_string(after);
  return command + " --schedule " + report.schedule;
}

bool RunTrials(const std::vector<Trial>& trials, const Wishes& wishes) {
  bool good = true;
  uint64_t executions = 0;
  double seconds = 0;
  std::printf("%-40s %10s %10s %6s  %-16s %s\n", "case", "executions", "cut short", "steps",
              "interleavings", "seconds");
  for (const Trial& trial : trials) {
    if (!Chosen(trial, wishes)) continue;
    const auto program = trial.make();
    Limits limits;
    limits.preemptions = BoundOf(trial, wishes);
    limits.executions = wishes.executions;
    const Report report = Explorer(limits).Run(*program);
    executions += report.executions;
    seconds += report.seconds;
    std::printf("%-40s %10lu %10lu %6lu  %-16s %.2f\n", trial.name.c_str(), report.executions,
                report.cut, report.longest, HowFar(report, limits.preemptions).c_str(),
                report.seconds);
    if (!report.failure.empty()) {
      good = false;
      std::printf("  FAILED: %s\n  again: %s\n", report.failure.c_str(),
                  CommandFor(trial, report, -1, 0).c_str());
    }
    std::fflush(stdout);
  }
  std::printf("%lu executions, %.1f s\n", executions, seconds);
  return good;
}

bool RunSuspended(const std::vector<Trial>& trials, const Wishes& wishes) {
  bool good = true;
  std::printf("%-40s %8s %10s %6s  %s\n", "case", "points", "executions", "own", "interleavings");
  for (const Trial& trial : trials) {
    if (!Chosen(trial, wishes) || !trial.suspends) continue;
    const auto program = trial.make();
    uint64_t points = 0, executions = 0, partly = 0;
    uint32_t own = 0;
    bool failed = false;
    const int threads = program->Begin();
    program->End();
    for (int thread = 0; thread < threads && !failed; ++thread) {
      // Until it comes to its end in every execution before it would be stopped.
      for (uint32_t after = 0; !failed; ++after) {
        Limits limits;
        limits.preemptions = BoundOf(trial, wishes);
        limits.executions = wishes.longer ? 20'000 : 70;
        machine().Suspend(thread, after);
        const Report report = Explorer(limits).Run(*program);
        machine().Suspend(-1, 0);
        executions += report.executions;
        partly += report.finished ? 0 : 1;
        ++points;
        own = std::max(own, report.most_own_steps);
        if (!report.failure.empty() || own > kMostOwnSteps) {
          failed = true;
          std::printf("  FAILED: %s\n  again: %s\n",
                      report.failure.empty() ? "too many steps" : report.failure.c_str(),
                      CommandFor(trial, report, thread, after).c_str());
        }
        if (!report.somebody_stopped) break;
      }
    }
    good &= !failed;
    std::printf("%-40s %8lu %10lu %6u  all at %lu points, the first ones at %lu\n",
                trial.name.c_str(), points, executions, own, points - partly, partly);
    std::fflush(stdout);
  }
  return good;
}

bool Repeat(const Trial& trial, const Wishes& wishes) {
  const auto program = trial.make();
  Script script(ScheduleFromText(wishes.schedule));
  machine().Suspend(wishes.suspended, wishes.after);
  const Machine::Ending ending = machine().Execute(*program, script);
  machine().Suspend(-1, 0);
  std::printf("%s: %s\n", trial.name.c_str(),
              ending == Machine::Ending::kFailed     ? machine().failure().c_str()
              : ending == Machine::Ending::kComplete ? "nothing is wrong"
                                                     : "the schedule ends before the threads do");
  return ending == Machine::Ending::kComplete;
}

}  // namespace creneau::interleave
