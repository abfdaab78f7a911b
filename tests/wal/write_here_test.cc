// Whoever waits writes the log, where the device is quick and nobody else is writing; and nothing
// of what the log promises depends on who it was.

#include <array>
#include <chrono>
#include <deque>
#include <filesystem>
#include <thread>

#include "env/posix/posix_file.h"
#include "tests/loaded_clock.h"
#include "tests/wal/fixture.h"

namespace creneau::wal {
namespace {

// Room for a few of the largest batch, of which one must fit for anybody but the log thread.
constexpr uint64_t kSegmentBytes = 2 * limits::kMinSegmentBytes;

size_t LengthOf(const Commit* chain) {
  size_t length = 0;
  for (; chain != nullptr; chain = chain->next) ++length;
  return length;
}

// Waits as an I/O thread does: by writing, and else asleep.
class Writer final : public Completions {
 public:
  void Deliver(Commit* chain) override {
    Take(chain);
    delivered_by = std::this_thread::get_id();
    done_.release(static_cast<ptrdiff_t>(LengthOf(chain)));
  }
  // Pushes `silent` records and, behind them, one that is waited for. Whether it was acknowledged.
  bool Write(Log& log, std::string_view record, size_t silent = 0) {
    // A log that refuses the last may have taken those before it, and read them still: all stay.
    std::vector<Commit>& commits = kept_.emplace_back(silent + 1);
    for (Commit& commit : commits) commit.bytes = record;
    for (size_t i = 0; i < silent; ++i) {
      if (!log.Push(&commits[i])) return false;
    }
    Commit& last = commits.back();
    last.owner = this;
    Commit* finished = nullptr;
    if (!log.PushAndWrite(&last, &finished)) return false;
    if (finished == nullptr) {
      Sleep();
    } else {
      ++here;
      Must(finished == &last && finished->next == nullptr);
      Take(finished);
    }
    return durable;
  }
  void Sleep() { Must(done_.try_acquire_for(std::chrono::minutes(2))); }

  uint64_t here = 0;  // how many it wrote by itself
  bool durable = false;
  Lsn lsn;
  std::thread::id delivered_by;

 private:
  void Take(const Commit* chain) {
    for (; chain != nullptr; chain = chain->next) {
      durable = chain->durable;
      Must(!durable || chain->lsn.value > lsn.value);  // in the order they were pushed
      lsn = chain->lsn;
    }
  }
  std::deque<std::vector<Commit>> kept_;
  std::counting_semaphore<> done_{0};
};

TEST_CASE("a waiter writes what is waiting, and all of it is there") {
  Disk disk;
  auto log = disk.Open(kSegmentBytes, kNeverSeal);
  REQUIRE(log.ok());
  Writer writer;
  for (uint64_t i = 1; i <= 200; ++i) {
    REQUIRE(writer.Write(**log, "record", 4));
    CHECK(writer.lsn.value == 5 * i);
    CHECK((*log)->durable_lsn() == writer.lsn);
  }
  CHECK(writer.here > 100);  // the log thread may have been looking, but not always
  CHECK((*log)->stats().records == 1'000);
  log->reset();
  REQUIRE(disk.Open(kSegmentBytes).ok());
  CHECK(disk.records == std::vector<std::string>(1'000, "record"));
}

TEST_CASE("what others wait for is delivered to them by whoever writes it") {
  Disk disk;
  auto log = disk.Open(kSegmentBytes, kNeverSeal);
  REQUIRE(log.ok());
  Writer writer, other;
  int by_writer = 0, by_log_thread = 0;
  // Pushing for the other one wakes the log thread, and it is a race from there.
  for (int i = 0; i < 1'000; ++i) {
    Commit commit;
    commit.bytes = "other";
    commit.owner = &other;
    REQUIRE((*log)->Push(&commit));
    REQUIRE(writer.Write(**log, "mine"));
    other.Sleep();
    REQUIRE(other.durable);
    CHECK(other.lsn.value == writer.lsn.value - 1);
    ++(other.delivered_by == std::this_thread::get_id() ? by_writer : by_log_thread);
  }
  CHECK(by_writer > 0);
  CHECK(by_writer + by_log_thread == 1'000);
}

TEST_CASE("while the device is slow the log thread writes, and afterwards waiters again") {
  MemoryFiles files;
  tests::LoadedClock clock;
  Collector nothing;
  const auto recovery = Recover(files, kDirectory, nothing);
  REQUIRE(recovery.ok());
  auto log = Log::Open(files, clock, {kDirectory, kSegmentBytes, kNeverSeal}, *recovery,
                       [](const absl::Status&) { std::abort(); });
  REQUIRE(log.ok());
  Writer writer;
  const auto write = [&](int times) {
    const uint64_t before = writer.here;
    for (int i = 0; i < times; ++i) REQUIRE(writer.Write(**log, "record"));
    return writer.here - before;
  };
  CHECK(write(50) > 0);
  CHECK((*log)->quick());
  clock.step_ns = 2'000'000;
  write(50);
  CHECK_FALSE((*log)->quick());
  CHECK(write(50) == 0);
  clock.step_ns = 1'000;
  write(50);
  CHECK((*log)->quick());
  CHECK(write(50) > 0);
}

TEST_CASE(
    "a waiter whose write fails is told by delivery, and the log thread tells of the failure") {
  for (int n = 1; n <= 12; ++n) {
    CAPTURE(n);
    MemoryFiles files;
    env::PosixClock clock;
    Collector nothing;
    const auto recovery = Recover(files, kDirectory, nothing);
    REQUIRE(recovery.ok());
    std::thread::id told_by;
    std::atomic<int> told{0};
    auto log = Log::Open(files, clock, {kDirectory, kSegmentBytes, kNeverSeal}, *recovery,
                         [&](const absl::Status&) {
                           told_by = std::this_thread::get_id();
                           ++told;
                         });
    REQUIRE(log.ok());
    {
      const std::lock_guard lock(files.mutex);
      files.fail_at = files.operations + n;
    }
    Writer writer;
    uint64_t acknowledged = 0;
    while (writer.Write(**log, "record")) acknowledged = writer.lsn.value;
    CHECK((*log)->poisoned());
    CHECK_FALSE(writer.Write(**log, "later"));
    log->reset();
    CHECK(told == 1);
    CHECK(told_by != std::this_thread::get_id());
    files.fail_at = 0;
    Collector collector;
    REQUIRE(Verify(files, kDirectory, collector).ok());
    CHECK(collector.records.size() >= acknowledged);
  }
}

TEST_CASE("a failure that comes late refuses whoever comes after it, or tells him") {
  for (int n = 1; n <= 4; ++n) {
    CAPTURE(n);
    Disk disk;
    auto log = disk.Open(kSegmentBytes, kNeverSeal);
    REQUIRE(log.ok());
    {
      const std::lock_guard lock(disk.files.mutex);
      disk.files.fail_at = disk.files.operations + n;
      disk.files.stall_ms = 30;  // the log thread looks meanwhile, and waits for its turn
    }
    Writer writer;
    while (writer.Write(**log, "record", 1)) {
    }
    for (int i = 0; i < 3; ++i) CHECK_FALSE(writer.Write(**log, "later"));
    log->reset();
    CHECK(disk.failures == 1);
  }
}

TEST_CASE(
    "more than fits into the segment is left to the log thread, which may wait for the next") {
  Disk disk;
  auto log = disk.Open(kSegmentBytes, kNeverSeal);
  REQUIRE(log.ok());
  const auto clear = [&] {
    const std::lock_guard lock(disk.files.mutex);
    disk.files.made_segments.clear();
  };
  clear();
  const std::string large(limits::kMaxRecordBytes - 100, 'l');
  const auto write = [&] {
    Writer writer;
    for (int i = 0; i < 6; ++i) Must(writer.Write(**log, large, 29));
  };
  std::thread beside(write);
  const std::thread::id other = beside.get_id();
  write();
  beside.join();
  CHECK((*log)->current_segment().segment > 10);
  log->reset();
  CHECK(disk.files.made_segments.size() == 1);  // the log thread
  CHECK_FALSE(disk.files.made_segments.contains(std::this_thread::get_id()));
  CHECK_FALSE(disk.files.made_segments.contains(other));
  REQUIRE(disk.Open(kSegmentBytes).ok());
  CHECK(disk.records == std::vector<std::string>(360, large));
}

TEST_CASE("waiters that write, others, and the end of the log: what was acknowledged is there") {
  std::string path = (std::filesystem::temp_directory_path() / "creneau-wal-XXXXXX").string();
  REQUIRE(mkdtemp(path.data()) != nullptr);
  env::PosixFileSystem files;
  env::PosixClock clock;
  Collector nothing;
  const auto recovery = Recover(files, path, nothing);
  REQUIRE(recovery.ok());
  auto log = Log::Open(files, clock, {path, 2 * limits::kMinSegmentBytes, 1}, *recovery,
                       [](const absl::Status&) { std::abort(); });
  REQUIRE(log.ok());
  constexpr size_t kThreads = 6;
  std::array<uint64_t, kThreads> acknowledged{};
  std::array<uint64_t, kThreads> here{};
  std::atomic<uint64_t> all{0};
  std::vector<std::thread> threads;
  // What a log that is being drained has taken it reads until its end.
  std::array<Writer, kThreads> writers;
  std::array<std::string, kThreads> records;
  for (size_t t = 0; t < kThreads; ++t) records[t] = std::to_string(t) + std::string(200 * t, '.');
  for (size_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      Writer& writer = writers[t];
      Waiter waiter;
      const std::string& record = records[t];
      // Until the log refuses: it is drained in the middle of this.
      for (size_t i = 0;; ++i) {
        if (!(t % 3 == 2 ? waiter.Write(**log, record) : writer.Write(**log, record, i % 3))) break;
        acknowledged[t] += t % 3 == 2 ? 1 : 1 + i % 3;
        ++all;
      }
      here[t] = writer.here;
    });
  }
  while (all.load() < 6'000) std::this_thread::yield();
  (*log)->Drain();
  for (std::thread& thread : threads) thread.join();
  uint64_t written_here = 0;
  for (const uint64_t each : here) written_here += each;
  CHECK(written_here > 0);
  log->reset();
  Collector collector;
  REQUIRE(Verify(files, path, collector).ok());
  std::array<uint64_t, kThreads> found{};
  for (const std::string& record : collector.records) ++found[static_cast<size_t>(record[0] - '0')];
  for (size_t t = 0; t < kThreads; ++t) {
    CAPTURE(t);
    CHECK(found[t] >= acknowledged[t]);
    CHECK(found[t] <= acknowledged[t] + 3);  // of the last round some may have been taken
  }
  std::filesystem::remove_all(path);
}

}  // namespace
}  // namespace creneau::wal
