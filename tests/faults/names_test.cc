// Every sync of a directory left out in turn, and the power gone at every call after it until the
// next sync of that directory: the omission must be noticed, or stand below with the reason why
// nothing can be lost by it. So a sync that goes missing from the engine does not go unnoticed, and
// a reason that has become wrong does not either.
#include <cstdio>
#include <functional>
#include <map>
#include <set>
#include <span>

#include "tests/faults/day.h"
#include "tests/ledger/catch.h"

namespace creneau::faults {
namespace {

using sim::Disk;
using sim::Fault;
using sim::Loss;
using sim::Machine;

// "data/log: spare > 0000000000000002.seg," → "data/log: spare > #.seg,"
std::string KindOf(const std::string& what) {
  std::string kind;
  bool digits = false;
  for (const char c : what) {
    const bool digit = c >= '0' && c <= '9';
    if (digit && !digits) kind += '#';
    if (!digit) kind += c;
    digits = digit;
  }
  return kind;
}

std::string DirectoryOf(const std::string& what) { return what.substr(0, what.find(':')); }

// Leaves syncs of directories out, and has the power go some calls after the first that it left
// out.
struct Omission {
  std::function<bool(uint64_t number, const std::string& what)> leaves_out;
  uint64_t power_after = 1;  // calls

  void Put(Disk& disk) {
    disk.skip_directory_sync = [this, &disk](const std::string& what) {
      const bool out = leaves_out(++number, what);
      if (out && left_out.empty()) {
        left_out = what;
        disk.FailAt(power_after, Fault::kPowerLoss, Loss::kAllLost);
      } else if (!out && DirectoryOf(what) == DirectoryOf(left_out)) {
        covered = true;
      }
      return out;
    };
  }
  uint64_t number = 0;
  std::string left_out = "";
  bool covered = false;  // by a later sync of the same directory
};

struct Verdict {
  bool more = false;  // the power went before the omission was made good
  std::string noticed;
};

Verdict Try(const std::function<bool(uint64_t, const std::string&)>& leaves_out,
            uint64_t power_after, std::string* left_out) {
  Machine machine(kSeed);
  Day day(machine);
  Omission omission{leaves_out, power_after};
  omission.Put(machine.disk);
  const bool lived = day.Live();
  *left_out = omission.left_out;
  if (omission.left_out.empty() || (omission.covered && !machine.disk.dead())) return {};
  Verdict verdict{!lived && !omission.covered, ""};
  if (omission.covered) return verdict;
  machine.disk.PowerLoss(Loss::kAllLost);
  if (machine.up()) machine.Kill();
  machine.disk.Forget();
  machine.disk.skip_directory_sync = nullptr;
  machine.disk.Restart();
  verdict.noticed = day.memory().Judge(machine.disk);
  std::string digest;
  if (verdict.noticed.empty()) verdict.noticed = StartsAgree(machine, day.memory(), 2, &digest);
  return verdict;
}

using Noticed = std::map<std::string, std::string>;  // by kind: how, or ""

void Note(const std::string& kind, const std::string& how, Noticed& noticed) {
  std::string& known = noticed[kind];
  if (known.empty()) known = how;
}

// Whether leaving out a sync of this kind loses something, and if not, why not.
struct Expected {
  const char* kind;
  bool needed;
  const char* reason;
};
constexpr Expected kOfADay[] = {
    {"data/archive: #.seg.zst.new, #.seg.zst.new > #.seg.zst,", true, ""},
    {"data/log: spare > #.seg,", true, ""},
    {"data/log: - #.seg,", false, "it is in the archive as well: a segment may be in both places"},
    {"data/log: spare.new, spare.new > spare,", false,
     "taking the spare syncs the same directory before anything rests on it"},
    {"data/snapshots: #.snap.new, #.snap.new > #.snap,", false,
     "a snapshot only saves reading; the archive keeps what an older one needs"},
    {"data/snapshots: - #.snap,", false, "it was whole, and leads to the same state"},
    {"keys:", false, "said twice: each key's own sync came before it"},
    {"keys: chain.key.new, chain.key.new > chain.key,", false,
     "the last sync of the keys; and made anew while no queue is published"},
    {"keys: mac.key.new, mac.key.new > mac.key,", false, "the same; and lost, it is made anew"},
    {"keys: checkpoint.key.new, checkpoint.key.new > checkpoint.key,", false,
     "the last sync of the keys"},
    {"keys: checkpoint.pub.new, checkpoint.pub.new > checkpoint.pub,", false, "the same"},
    {"keys: receipt.key.new, receipt.key.new > receipt.key,", false,
     "the same; nothing is signed before it"},
    {"keys: receipt.pub.new, receipt.pub.new > receipt.pub,", false, "the same"},
    {"keys: names.key.new, names.key.new > names.key,", false, "the same"},
    {"keys: pepper.#.new, pepper.#.new > pepper.#,", false, "the same"},
};
constexpr Expected kOfADirectory[] = {
    {"data/log", true, ""},
    {"data/archive", true, ""},
    {"keys", true, ""},
    {"data/snapshots", false, "the log and its archive are the truth"},
};
constexpr char kTaken[] = "the next segment's sync comes before anything rests on this start";
constexpr Expected kOfARecovery[] = {
    {"data/log:", false, "nothing waits for it"},
    {"data/log: - #.seg,", false, "it is in the archive as well"},
    {"data/log: - spare.new, spare.new, spare.new > spare,", false, kTaken},
    {"data/log: #.seg.torn,", false, "the copy of a tail that was never acknowledged"},
    {"data/log: #.seg.torn, #.seg > #.seg.torn,", false, "nothing was ever written to it"},
    {"data/log: spare > #.seg,", false, kTaken},
    {"data/log: spare > #.seg, #.seg.torn, #.seg > #.seg.torn,", false, kTaken},
    {"data/log: spare.new,", false, kTaken},
    {"data/log: spare.new, spare.new > spare,", false, kTaken},
    {"keys:", false, "they were durable when the log was begun"},
};

void Compare(const Noticed& noticed, std::span<const Expected> expected) {
  std::set<std::string> known;
  for (const Expected& one : expected) {
    CAPTURE(one.kind, one.reason);
    known.insert(one.kind);
    const auto at = noticed.find(one.kind);
    REQUIRE(at != noticed.end());
    CHECK(!at->second.empty() == one.needed);
    std::printf("  %s: %s\n", one.kind, one.needed ? "noticed" : one.reason);
  }
  for (const auto& [kind, how] : noticed) {
    CAPTURE(kind, how);
    CHECK(known.contains(kind));
  }
}

TEST_CASE("each sync of a directory, left out of a day, is noticed or argued") {
  Noticed noticed;
  for (uint64_t n = 1;; ++n) {
    std::string left_out;
    Verdict verdict{true, ""};
    for (uint64_t after = 1; verdict.more; ++after) {
      verdict =
          Try([n](uint64_t number, const std::string&) { return number == n; }, after, &left_out);
      if (!left_out.empty()) Note(KindOf(left_out), verdict.noticed, noticed);
    }
    if (left_out.empty()) break;
  }
  Compare(noticed, kOfADay);
}

TEST_CASE("all syncs of one directory, left out of a day, are noticed or argued") {
  Noticed noticed;
  for (const Expected& one : kOfADirectory) {
    std::string left_out;
    Verdict verdict{true, ""};
    for (uint64_t after = 1; verdict.more; ++after) {
      verdict =
          Try([&](uint64_t, const std::string& what) { return DirectoryOf(what) == one.kind; },
              after, &left_out);
      Note(one.kind, verdict.noticed, noticed);
    }
  }
  Compare(noticed, kOfADirectory);
}

// A start on the files of a process that was killed, without its n-th sync of a directory.
void TryRecovery(const Machine& dead, const Memory& memory, const std::string& digest, uint64_t n,
                 std::string* left_out, Noticed& noticed) {
  for (uint64_t after = 1;; ++after) {
    Machine machine(kSeed);
    machine.disk.CopyFrom(dead.disk);
    machine.clock.now = dead.clock.now;
    Omission omission{[n](uint64_t number, const std::string&) { return number == n; }, after};
    omission.Put(machine.disk);
    const absl::Status started = machine.Start();
    *left_out = omission.left_out;
    const bool more = machine.disk.dead() && !omission.covered;
    if (omission.left_out.empty() || omission.covered) return;
    machine.disk.PowerLoss(Loss::kAllLost);
    if (machine.up()) machine.Kill();
    machine.disk.Forget();
    machine.disk.skip_directory_sync = nullptr;
    machine.disk.Restart();
    std::string same = started.ok() || !memory.Judge(machine.disk).empty() ? digest : "";
    Note(KindOf(omission.left_out), StartsAgree(machine, memory, 1, &same), noticed);
    if (!more) return;
  }
}

TEST_CASE("each sync of a directory, left out of a recovery, is noticed or argued") {
  Noticed noticed;
  for (uint64_t call = 1;; ++call) {
    Machine dead(kSeed);
    Day day(dead);
    dead.disk.FailAt(call, Fault::kIoError);
    day.Live();
    if (dead.disk.met() == Fault::kNone) break;
    dead.Kill();
    dead.disk.Forget();
    dead.disk.Restart();
    if (day.memory().states.empty()) continue;  // its first start, which makes keys
    Machine first(kSeed);
    first.disk.CopyFrom(dead.disk);
    first.clock.now = dead.clock.now;
    std::string digest;
    REQUIRE(StartsAgree(first, day.memory(), 1, &digest) == "");
    std::string left_out = "?";
    for (uint64_t n = 1; !left_out.empty(); ++n)
      TryRecovery(dead, day.memory(), digest, n, &left_out, noticed);
  }
  Compare(noticed, kOfARecovery);
}

}  // namespace
}  // namespace creneau::faults
