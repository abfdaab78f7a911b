// The disk fails at the n-th operation, for all n of a short run: nothing that was acknowledged is
// ever missing afterwards, nothing is acknowledged after the failure, and it is told once.

#include "tests/wal/fixture.h"

namespace creneau::wal {
namespace {

// Starts, writes 14 records of 150 kB (a rollover among them), ends. How many were acknowledged.
int Run(Disk& disk, bool* started) {
  auto log = disk.Open();
  *started = log.ok();
  if (!log.ok()) return 0;
  Waiter waiter;
  int acknowledged = 0;
  for (int i = 0; i < 14; ++i) {
    if (!waiter.Write(**log, std::string(150'000, static_cast<char>('a' + i)))) break;
    ++acknowledged;
  }
  // After the first refusal everything is refused.
  if (acknowledged < 14) CHECK_FALSE(waiter.Write(**log, "later"));
  if (acknowledged < 14) CHECK((*log)->poisoned());
  (*log)->Drain();
  return acknowledged;
}

TEST_CASE("a disk that dies at its n-th operation loses nothing that was acknowledged") {
  bool started = false;
  Disk healthy;
  REQUIRE(Run(healthy, &started) == 14);
  int poisoned = 0;
  for (int n = 1; n <= healthy.files.operations + 4; ++n) {
    CAPTURE(n);
    Disk disk;
    disk.files.fail_at = n;
    const int acknowledged = Run(disk, &started);
    CHECK(disk.failures <= 1);
    poisoned += disk.failures;
    if (started && acknowledged < 14) CHECK(disk.failures == 1);
    disk.files.fail_at = 0;
    const auto again = disk.Open();
    INFO(again.status());
    REQUIRE(again.ok());
    REQUIRE(disk.records.size() >= static_cast<size_t>(acknowledged));
    for (int i = 0; i < acknowledged; ++i)
      CHECK(disk.records[static_cast<size_t>(i)][0] == static_cast<char>('a' + i));
  }
  CHECK(poisoned > 5);
}

TEST_CASE(
    "a start that fails at its n-th operation, on a log with a torn tail, can be tried again") {
  const auto torn = [](Disk& disk) {
    {
      auto log = disk.Open(limits::kMinSegmentBytes, kNeverSeal);
      REQUIRE(log.ok());
      Waiter waiter;
      REQUIRE(waiter.Write(**log, "one"));
      REQUIRE(waiter.Write(**log, "two"));
    }
    auto& bytes = disk.files.At(kFirst);
    std::fill(bytes.begin() + 3 * 4096, bytes.end(), uint8_t{0});  // the seal is gone
    bytes[2 * 4096 + 140] ^= 1;                                    // and "two" is torn
  };
  for (int n = 1; n < 40; ++n) {
    CAPTURE(n);
    Disk disk;
    torn(disk);
    disk.files.operations = 0;
    disk.files.fail_at = n;
    static_cast<void>(disk.Open());
    disk.files.fail_at = 0;
    const auto again = disk.Open();
    INFO(again.status());
    REQUIRE(again.ok());
    CHECK(disk.records == std::vector<std::string>{"one"});
  }
}

TEST_CASE("a full disk: said before it hurts, and fatal only when the last byte is used") {
  Disk disk;
  disk.files.available_bytes = 3 * limits::kMinSegmentBytes;
  auto log = disk.Open();
  REQUIRE(log.ok());
  Waiter waiter;
  int acknowledged = 0;
  bool warned = false;
  while (acknowledged < 200 && waiter.Write(**log, std::string(100'000, 'z'))) {
    ++acknowledged;
    warned = warned || !(*log)->space().can_grow;
  }
  CHECK(warned);
  CHECK(acknowledged < 200);
  log->reset();  // the failure is told after those who wait: seen for certain once the threads end
  CHECK(disk.failures == 1);
  disk.files.available_bytes = 10 * limits::kMinSegmentBytes;
  REQUIRE(disk.Open().ok());
  CHECK(disk.records.size() == static_cast<size_t>(acknowledged));
}

}  // namespace
}  // namespace creneau::wal
