#include "wal/log.h"

#include <deque>
#include <filesystem>
#include <thread>

#include "env/posix/posix_file.h"
#include "tests/wal/fixture.h"
#include "wal/format.h"

namespace creneau::wal {
namespace {

// Waits for many: what a loop's completions do, without a loop.
class Crowd final : public Completions {
 public:
  void Deliver(Commit* chain) override {
    ptrdiff_t delivered = 0;
    for (Commit* commit = chain; commit != nullptr;) {
      Commit* const next = commit->next;
      Must(commit->durable);
      Must(commit->lsn.value >= last.value);  // in the order they were pushed
      last = commit->lsn;
      ++delivered;
      commit = next;
    }
    finished.release(delivered);
  }
  Lsn last;
  std::counting_semaphore<> finished{0};
};

TEST_CASE("what was acknowledged is read back, in order, over segments and restarts") {
  Disk disk;
  Waiter waiter;
  std::vector<std::string> written;
  for (int start = 0; start < 3; ++start) {
    auto log = disk.Open();
    REQUIRE(log.ok());
    CHECK(disk.records == written);
    CHECK_FALSE(disk.recovery.torn);
    CHECK(disk.recovery.epoch == static_cast<uint64_t>(start));
    for (int i = 0; i < 40; ++i) {
      written.push_back(
          std::string(static_cast<size_t>(i * 4'000 + 1), static_cast<char>('a' + start)));
      REQUIRE(waiter.Write(**log, written.back()));
      CHECK(waiter.lsn.value == written.size());
    }
    CHECK((*log)->durable_lsn().value == written.size());
  }
  Collector collector;
  const auto verified = Verify(disk.files, kDirectory, collector);
  REQUIRE(verified.ok());
  CHECK(collector.records == written);
  CHECK(verified->segments > 3);
}

TEST_CASE("a barrier waits for what was pushed before it, and costs no write") {
  Disk disk;
  auto log = disk.Open();
  REQUIRE(log.ok());
  Waiter waiter;
  REQUIRE(waiter.Write(**log, "one"));
  Commit silent;
  silent.bytes = "two";
  REQUIRE((*log)->Push(&silent));
  REQUIRE(waiter.Write(**log, ""));
  CHECK(waiter.lsn.value == 2);
  (*log)->Drain();
  const uint64_t batches = (*log)->stats().batches - (*log)->stats().seals;
  CHECK(batches <= 2);
  Commit late;
  late.bytes = "late";
  CHECK_FALSE((*log)->Push(&late));
}

TEST_CASE("the log is behind while more is waiting than the batch that is written has taken") {
  // Looks when what it waited for has been written.
  class Watching final : public Completions {
   public:
    void Deliver(Commit*) override { seen.push_back(log->behind()); }
    Log* log = nullptr;
    std::vector<bool> seen;
  };
  MemoryFiles files;
  const env::PosixClock clock;
  Collector nothing;
  const auto recovery = Recover(files, kDirectory, nothing);
  REQUIRE(recovery.ok());
  LogOptions options{kDirectory, 2 * limits::kMinSegmentBytes};
  options.threads = false;
  auto log = Log::Open(files, clock, options, *recovery, [](const absl::Status&) { std::abort(); });
  REQUIRE(log.ok());
  Watching watching;
  watching.log = log->get();
  const std::string quarter(limits::kMaxBatchBytes / 4, 'x');  // with its header, three to a batch
  std::vector<Commit> commits(7);
  for (Commit& commit : commits) {
    commit.bytes = quarter;
    commit.owner = &watching;
    REQUIRE((*log)->Push(&commit));
  }
  CHECK(!(*log)->behind());
  (*log)->Turn();
  CHECK(watching.seen == std::vector<bool>{true, true, false});
  CHECK(!(*log)->behind());
}

TEST_CASE("eight producers on a real disk: all delivered once, in order, all there afterwards") {
  std::string path = (std::filesystem::temp_directory_path() / "creneau-wal-XXXXXX").string();
  REQUIRE(mkdtemp(path.data()) != nullptr);
  env::PosixFileSystem files;
  env::PosixClock clock;
  Collector nothing;
  auto recovery = Recover(files, path, nothing);
  REQUIRE(recovery.ok());
  auto log = Log::Open(files, clock, {path, limits::kMinSegmentBytes, 1}, *recovery,
                       [](const absl::Status&) { std::abort(); });
  REQUIRE(log.ok());
  constexpr size_t kProducers = 8;
  constexpr size_t kEach = 3'000;
  std::deque<Crowd> crowds(kProducers);  // they outlive the log's last look at them
  std::vector<std::thread> threads;
  for (size_t p = 0; p < kProducers; ++p) {
    threads.emplace_back([&log, &crowd = crowds[p], p] {
      std::deque<Commit> commits;
      std::deque<std::string> records;
      size_t owned = 0;
      for (size_t i = 0; i < kEach; ++i) {
        Commit& commit = commits.emplace_back();
        // Every third is silent, every fifth a barrier; the last is waited for.
        if (i % 5 != 1)
          commit.bytes = records.emplace_back(absl::StrCat(p, ":", i, std::string(i % 300, '.')));
        if (i % 3 != 0 || i + 1 == kEach) {
          commit.owner = &crowd;
          ++owned;
        }
        Must((*log)->Push(&commit));
        if (i % 64 == 63) std::this_thread::yield();
      }
      for (size_t i = 0; i < owned; ++i) crowd.finished.acquire();
    });
  }
  for (std::thread& thread : threads) thread.join();
  (*log)->Drain();
  CHECK((*log)->stats().records == kProducers * kEach * 4 / 5);
  log->reset();
  Collector collector;
  const auto verified = Verify(files, path, collector);
  REQUIRE(verified.ok());
  std::vector<int> last(kProducers, -1);
  for (const std::string& record : collector.records) {
    const size_t p = static_cast<size_t>(record[0] - '0');
    const int i = std::stoi(record.substr(2));
    CHECK(i > last[p]);
    last[p] = i;
  }
  CHECK(collector.records.size() == kProducers * kEach * 4 / 5);
  std::filesystem::remove_all(path);
}

TEST_CASE("silence seals the last batch, once") {
  Disk disk;
  auto log = disk.Open();
  REQUIRE(log.ok());
  Waiter waiter;
  REQUIRE(waiter.Write(**log, "one"));
  for (int i = 0; i < 400 && (*log)->stats().seals == 0; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  CHECK((*log)->stats().seals == 1);
  CHECK((*log)->stats().batches == 2);
}

}  // namespace
}  // namespace creneau::wal
