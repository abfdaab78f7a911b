// Damage to snapshots and to archived segments. With an older snapshot the state is exact; without
// one it is what the whole log says; without its beginning too, the start is refused.
#include <cstdio>

#include "booking/recovery.h"
#include "tests/faults/small_log.h"
#include "tests/ledger/catch.h"

namespace creneau::faults {
namespace {

constexpr uint8_t kFlips[] = {0x01, 0x80, 0xff};
// From the end of the header's fields to the end of its page there are zeros: a sample will do.
constexpr uint64_t kHeaderBytes = 184;

struct Said {
  absl::Status status;
  uint64_t snapshot = 0;  // that it began with
  std::string state;
  friend bool operator==(const Said& a, const Said& b) {
    return a.status == b.status && a.snapshot == b.snapshot && a.state == b.state;
  }
};

Said Recover(sim::Disk& disk) {
  ledger::Ledger ledger;
  booking::Registry registry;
  booking::Rosters rosters;
  const auto recovered = booking::RecoverState(disk, "data", "keys", ledger, registry, rosters);
  if (!recovered.ok()) return {recovered.status(), 0, ""};
  return {absl::OkStatus(), recovered->snapshot ? recovered->snapshot->number : 0, ledger.Digest()};
}

struct Fixture {
  Fixture() : log(Options()) {
    REQUIRE(log.snapshots.size() == 2);
    disk.CopyFrom(log.disk);
    newest = log.snapshots.back();
    whole = disk.Bytes(newest);
    number = Recover(disk).snapshot;
    for (const auto& [path, bytes] : disk.Files()) {
      if (path.ends_with(".zst")) archived.push_back(path);
    }
    REQUIRE(!archived.empty());
  }
  static LogOptions Options() {
    LogOptions options;
    options.segments = 5;
    options.snapshots = true;
    return options;
  }

  // Every `step`-th byte of the file flipped, and the file cut at every `step`-th length.
  template <typename Check>
  uint64_t Damage(const std::string& path, uint64_t step, Check check) {
    const std::vector<uint8_t> before = disk.Bytes(path);
    uint64_t variants = 0;
    const auto look = [&] {
      ++variants;
      const uint64_t calls = disk.calls();
      const Said first = Recover(disk);
      if (!first.status.ok() && disk.calls() != calls) FAIL("refused, and something was changed");
      check(first);
      if (!(Recover(disk) == first)) FAIL("the second start says something else");
    };
    for (uint64_t at = 0; at < before.size(); at += step) {
      const bool zeros = path == newest && at >= kHeaderBytes && at < limits::kPageBytes;
      if (zeros && at % 64 != 0) continue;
      for (const uint8_t flip : kFlips) {
        CAPTURE(path, at, static_cast<int>(flip));
        disk.Bytes(path)[at] ^= flip;
        look();
        disk.Bytes(path)[at] ^= flip;
      }
    }
    for (uint64_t bytes = 0; bytes < before.size(); bytes += 3 * step) {
      CAPTURE(path, bytes);
      disk.Bytes(path).resize(bytes);
      look();
      disk.Bytes(path) = before;
    }
    disk.Bytes(path).push_back(0);
    look();
    disk.Bytes(path) = before;
    return variants;
  }

  SmallLog log;
  sim::Disk disk{7};
  std::string newest;
  std::vector<uint8_t> whole;
  uint64_t number = 0;
  std::vector<std::string> archived;
};

void Report(const char* what, uint64_t variants) {
  std::printf("%s: %llu\n", what, static_cast<unsigned long long>(variants));
}

void NewestDamaged(Fixture& f, uint64_t step) {
  Report("the newest snapshot damaged, exact by the older one",
         f.Damage(f.newest, step, [&](const Said& said) {
           if (!said.status.ok() || said.snapshot != f.number - 1 || said.state != f.log.state)
             FAIL("not what the older snapshot and the log say: " << said.status);
         }));
}

TEST_CASE_METHOD(Fixture, "a newest snapshot that is damaged anywhere: the older one serves") {
  NewestDamaged(*this, 7);
}

TEST_CASE_METHOD(Fixture, "the same, every byte and length", "[.long]") { NewestDamaged(*this, 1); }

TEST_CASE_METHOD(Fixture, "a snapshot read as the one before it is seen to be that") {
  disk.Bytes(newest) = disk.Bytes(log.snapshots.front());
  const Said said = Recover(disk);
  CHECK(said.status.ok());
  CHECK(said.snapshot == number - 1);
  CHECK(said.state == log.state);
}

TEST_CASE_METHOD(Fixture, "the only snapshot damaged: the whole log, with its archive, is exact") {
  REQUIRE(disk.Remove(log.snapshots.front()).ok());
  Report("the only snapshot damaged, exact by the whole log",
         Damage(newest, 23, [&](const Said& said) {
           if (!said.status.ok() || said.snapshot != 0 || said.state != log.state)
             FAIL("not what the whole log says: " << said.status);
         }));
}

TEST_CASE_METHOD(Fixture, "the only snapshot damaged and the log's beginning gone: refused") {
  REQUIRE(disk.Remove(log.snapshots.front()).ok());
  for (const std::string& path : archived) REQUIRE(disk.Remove(path).ok());
  Report("the only snapshot damaged, no archive, refused",
         Damage(newest, 23, [&](const Said& said) {
           const std::string text(said.status.message());
           if (!absl::IsDataLoss(said.status) || text.find(newest) == std::string::npos ||
               text.find(".seg, offset ") == std::string::npos ||
               text.find("Restore this file") == std::string::npos)
             FAIL("not a refusal with file, offset and remedy: " << said.status);
         }));
}

TEST_CASE_METHOD(Fixture, "an archived segment damaged anywhere: refused where it is needed") {
  const std::string path = archived.front();
  Report("an archived segment damaged, not needed", Damage(path, 97, [&](const Said& said) {
           if (!said.status.ok() || said.state != log.state) FAIL("it was not needed");
         }));
  for (const std::string& snapshot : log.snapshots) REQUIRE(disk.Remove(snapshot).ok());
  uint64_t exact = 0;
  const uint64_t all = Damage(path, 3, [&](const Said& said) {
    if (said.status.ok() && said.state == log.state) {
      ++exact;
      return;
    }
    const std::string text(said.status.message());
    if (!absl::IsDataLoss(said.status) || text.find(path + ", offset ") == std::string::npos)
      FAIL("not a refusal with file, offset and remedy: " << said.status);
  });
  Report("an archived segment damaged, needed", all);
  Report("  of these exact all the same", exact);
}

}  // namespace
}  // namespace creneau::faults
