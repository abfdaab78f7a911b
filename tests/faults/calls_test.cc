// A fault at the n-th call to the disk, for all n: of a day of the office, and of the recovery from
// what it left. What was acknowledged is there, what is there was once in memory, and starts agree.
#include <array>
#include <cstdio>

#include "tests/faults/day.h"
#include "tests/ledger/catch.h"

namespace creneau::faults {
namespace {

using sim::Disk;
using sim::Fault;
using sim::Loss;
using sim::Machine;

constexpr Fault kFaults[] = {Fault::kIoError, Fault::kNoSpace, Fault::kSyncError,
                             Fault::kShortWrite, Fault::kPowerLoss};

// How a machine ends after its fault: its process only, or its power too, and what that takes.
enum class End : uint8_t { kKilled, kAllLost, kTorn };
constexpr End kEnds[] = {End::kKilled, End::kAllLost, End::kTorn};

void Finish(Disk& disk, End end) {
  disk.Forget();
  if (end == End::kKilled) disk.Kill();
  if (end == End::kAllLost) disk.PowerLoss(Loss::kAllLost);
  if (end == End::kTorn) disk.PowerLoss(Loss::kTorn);
  disk.Restart();
}

// One machine's files as they are after its end, and what had been promised.
struct Remains {
  Disk disk{kSeed};
  Instant now;
  Memory memory;
  std::string digest;  // of the state that a start comes to
};

// On a copy of the files, at the same time of day.
struct Successor {
  explicit Successor(const Remains& remains) : machine(kSeed + 1) {
    machine.disk.CopyFrom(remains.disk);
    machine.clock.now = remains.now;
  }
  Machine machine;
};

std::string CheckRemains(Remains& remains) {
  std::string wrong = remains.memory.Judge(remains.disk);
  if (!wrong.empty()) return wrong;
  Successor successor(remains);
  return StartsAgree(successor.machine, remains.memory, 2, &remains.digest);
}

struct Tally {
  uint64_t calls = 0;       // of the day that met a fault
  uint64_t days = 0;        // with a fault, each ended in several ways
  uint64_t survived = 0;    // that went on to their end
  uint64_t recoveries = 0;  // with a fault of their own
  uint64_t refused = 0;     // of those: starts that said no
  std::array<uint64_t, 6> met{};
};

// The fault comes at the m-th call of the start, for all m; the start after it is as if it had not.
std::string CheckRecoveries(const Remains& remains, bool all, uint64_t salt, Tally& tally) {
  for (uint64_t m = 1;; ++m) {
    bool met = false;
    for (size_t i = 0; i < std::size(kFaults); ++i) {
      if (!all && (m + salt) % std::size(kFaults) != i) continue;
      Successor successor(remains);
      Machine& machine = successor.machine;
      machine.disk.FailAt(m, kFaults[i], (m + salt) % 2 == 0 ? Loss::kTorn : Loss::kAllLost);
      const absl::Status started = machine.Start();
      met = met || machine.disk.calls() >= m;
      if (absl::IsDataLoss(started))
        return "a fault while it starts is taken for damage: " + std::string(started.message());
      tally.refused += started.ok() ? 0 : 1;
      if (machine.up()) machine.Kill();
      Finish(machine.disk, kEnds[(m + salt) % std::size(kEnds)]);
      // A start that failed may leave in a cache what was never acknowledged, and the power takes
      // it. One that did not has made sure of it.
      const bool other = !started.ok() && remains.memory.Judge(machine.disk).empty();
      std::string digest = other ? "" : remains.digest;
      std::string wrong = StartsAgree(machine, remains.memory, 1, &digest);
      if (!wrong.empty())
        return "recovery's call " + std::to_string(m) + ", " +
               std::string(sim::FaultName(kFaults[i])) + ": " + wrong;
      ++tally.recoveries;
    }
    if (!met) return "";
  }
}

// A read of the recovery fails, each in turn: a refusal that is not taken for damage, or none; and
// the next start knows nothing of it.
std::string CheckReads(const Remains& remains, Tally& tally) {
  for (uint64_t m = 1;; ++m) {
    Successor successor(remains);
    Machine& machine = successor.machine;
    machine.disk.FailReadAt(m);
    const absl::Status started = machine.Start();
    const bool met = machine.disk.reads() >= m;
    if (absl::IsDataLoss(started))
      return "a read that fails is taken for damage: " + std::string(started.message());
    tally.refused += started.ok() ? 0 : 1;
    if (machine.up()) machine.Kill();
    machine.disk.Forget();
    std::string digest = remains.digest;
    std::string wrong = StartsAgree(machine, remains.memory, 1, &digest);
    if (!wrong.empty()) return "recovery's read " + std::to_string(m) + ": " + wrong;
    if (!met) return "";
    ++tally.recoveries;
  }
}

// One day with a fault at its n-th call. False: there was no such call.
bool CheckCall(uint64_t n, Fault fault, bool deep, Tally& tally) {
  Machine machine(kSeed);
  Day day(machine);
  machine.disk.FailAt(n, fault, n % 2 == 0 ? Loss::kTorn : Loss::kAllLost);
  tally.survived += day.Live() ? 1 : 0;
  if (machine.disk.met() == Fault::kNone) return machine.disk.calls() >= n;
  ++tally.days;
  ++tally.met[static_cast<size_t>(fault)];
  Disk after(kSeed);
  after.CopyFrom(machine.disk);
  for (const End end : kEnds) {
    CAPTURE(n, sim::FaultName(fault), static_cast<int>(end));
    Remains remains;
    remains.disk.CopyFrom(after);
    remains.now = machine.clock.now + 20'000;
    remains.memory = day.memory();
    Finish(remains.disk, end);
    REQUIRE(CheckRemains(remains) == "");
    const bool chosen = (n + static_cast<uint64_t>(fault)) % std::size(kEnds) == size_t(end);
    if (deep || chosen) REQUIRE(CheckRecoveries(remains, deep, n, tally) == "");
    if (deep || (chosen && n % 5 == size_t(fault) - 1)) REQUIRE(CheckReads(remains, tally) == "");
    if (fault == Fault::kPowerLoss) break;
  }
  return true;
}

void CheckAll(bool deep) {
  Tally tally;
  for (uint64_t n = 1;; ++n) {
    bool any = false;
    for (const Fault fault : kFaults) any = CheckCall(n, fault, deep, tally) || any;
    if (!any) break;
    tally.calls = n;
  }
  std::printf(
      "%llu calls; %llu days with a fault, of which %llu went on; %llu recoveries with one, "
      "of which %llu did not start\n",
      static_cast<unsigned long long>(tally.calls), static_cast<unsigned long long>(tally.days),
      static_cast<unsigned long long>(tally.survived),
      static_cast<unsigned long long>(tally.recoveries),
      static_cast<unsigned long long>(tally.refused));
  for (const Fault fault : kFaults) {
    std::printf("  %s: %llu\n", std::string(sim::FaultName(fault)).c_str(),
                static_cast<unsigned long long>(tally.met[static_cast<size_t>(fault)]));
    CHECK(tally.met[static_cast<size_t>(fault)] > 100);
  }
  CHECK(tally.calls > 140);
  CHECK(tally.survived > 0);
  CHECK(tally.recoveries > 10 * tally.calls);
}

TEST_CASE("the day has in it what it should") {
  Machine machine(kSeed);
  Day day(machine);
  REQUIRE(day.Live());
  for (const char* verb : {"hold", "confirm", "move", "cancel", "extend", "publish"}) {
    CAPTURE(verb);
    CHECK(day.counts().answers.at(verb) >= 2);
  }
  CHECK(machine.engine().stats().expired > 0);
  CHECK(day.counts().snapshots == 3);
  CHECK(day.memory().settled.size() >= 2);
  const auto files = machine.disk.Files();
  CHECK(files.contains("data/archive/0000000000000001.seg.zst"));
  CHECK_FALSE(files.contains("data/log/0000000000000001.seg"));
  CHECK(files.contains("data/log/0000000000000003.seg"));
  CHECK_FALSE(files.contains("data/snapshots/0000000000000001.snap"));
  CHECK(files.contains("data/snapshots/0000000000000003.snap"));
}

TEST_CASE("a fault at every call of a day, and at every call of the recovery from it") {
  CheckAll(/*deep=*/false);
}

TEST_CASE("the same with every fault at every call of every recovery", "[.long]") {
  CheckAll(/*deep=*/true);
}

}  // namespace
}  // namespace creneau::faults
