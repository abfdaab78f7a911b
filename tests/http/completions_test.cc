// Rounds are written by the I/O thread where the device is quick, by the log thread where it is
// slow, and everybody who waits goes on once either way.

#include "http/completions.h"

#include <catch2/catch.hpp>
#include <deque>
#include <memory>
#include <optional>
#include <thread>

#include "base/limits.h"
#include "tests/loaded_clock.h"
#include "tests/wal/memory_files.h"

namespace creneau::http {
namespace {

constexpr int64_t kSlowNs = 2'000'000;

class Nothing final : public wal::RecordReader {
 public:
  absl::Status Read(Lsn, Instant, std::string_view) override { return absl::OkStatus(); }
};

// A log in memory.
struct Disk {
  Disk() {
    Nothing nothing;
    const auto recovery = wal::Recover(files, "log", nothing);
    REQUIRE(recovery.ok());
    auto opened = wal::Log::Open(files, clock, {"log", 2 * limits::kMinSegmentBytes}, *recovery,
                                 [](const absl::Status&) {});
    REQUIRE(opened.ok());
    log = *std::move(opened);
  }

  wal::MemoryFiles files;
  tests::LoadedClock clock;
  std::unique_ptr<wal::Log> log;
};

// One I/O thread, without sockets.
struct Loop {
  explicit Loop(Disk& disk) : clock(disk.clock), log(disk.log.get()) {
    completions.emplace(context, pool, *log);
  }
  ~Loop() { completions->WaitUntilQuiet(); }

  // As many requests as there are waiters, which one look at the sockets has brought.
  template <typename Waiters>
  void Look(Waiters& waiters) {
    completions->Expect(waiters.size());
    completions->BeginLooks();
    for (auto& waiter : waiters) waiter.Ask();
    completions->LookAgain();
    completions->EndLooks();
  }
  // Until so many have gone on.
  void RunUntil(size_t count) {
    while (resumed < count) context.run_one();
  }
  // The device's pace is an average: it takes a few batches to be learnt.
  void Learn(int64_t step_ns);

  tests::LoadedClock& clock;
  wal::Log* const log;
  net::io_context context{1};
  const net::executor_work_guard<net::io_context::executor_type> work{context.get_executor()};
  booking::CommitPool pool;
  std::optional<ThreadCompletions> completions;
  size_t resumed = 0;
  size_t durable = 0;
};

// A connection with so many requests, each of which waits.
class Asker final : public ThreadCompletions::Waiter {
 public:
  explicit Asker(Loop& loop, int requests = 1) : loop_(loop), left_(requests) {}

  void Ask() {
    --left_;
    loop_.completions->act().Begin();
    loop_.completions->act().PushBytes("record");
    loop_.completions->Wait(*this);
  }
  void Resume(bool durable) noexcept override {
    ++loop_.resumed;
    loop_.durable += durable ? 1 : 0;
    if (left_ > 0) Ask();
  }

 private:
  Loop& loop_;
  int left_;
};

std::deque<Asker> Askers(Loop& loop, size_t count, int requests = 1) {
  std::deque<Asker> askers;
  for (size_t i = 0; i < count; ++i) askers.emplace_back(loop, requests);
  return askers;
}

void Loop::Learn(int64_t step_ns) {
  clock.step_ns = step_ns;
  const bool quick = step_ns < kSlowNs;
  for (size_t i = 1; i <= 100 && log->quick() != quick; ++i) {
    auto one = Askers(*this, 1);
    Look(one);
    RunUntil(i);
  }
  REQUIRE(log->quick() == quick);
  resumed = durable = 0;
}

TEST_CASE("where the device is quick a round goes on without another turn of the loop") {
  Disk disk;
  Loop loop(disk);
  int at_once = 0, whole = 0;
  for (size_t i = 1; i <= 100; ++i) {
    auto askers = Askers(loop, 64);
    const wal::LogStats before = loop.log->stats();
    loop.Look(askers);
    at_once += loop.resumed == 64 * i ? 1 : 0;
    loop.RunUntil(64 * i);
    whole += loop.log->stats().batches == before.batches + 1 ? 1 : 0;
  }
  CHECK(whole > 50);
  CHECK(at_once > 50);  // the log thread may have been looking, but not always
  CHECK(loop.durable == 6'400);
  CHECK(loop.log->stats().records == 6'400);
}

TEST_CASE("where the device is slow nobody goes on before the loop is woken, and all do then") {
  Disk disk;
  Loop loop(disk);
  loop.Learn(kSlowNs);
  for (size_t i = 1; i <= 20; ++i) {
    auto askers = Askers(loop, 64);
    loop.Look(askers);
    CHECK(loop.resumed == 64 * (i - 1));
    loop.RunUntil(64 * i);
  }
  CHECK(loop.durable == 20 * 64);
}

TEST_CASE("who waits again when it goes on is in another round, whoever writes it") {
  const int64_t step_ns = GENERATE(int64_t{1'000}, kSlowNs);
  CAPTURE(step_ns);
  Disk disk;
  Loop loop(disk);
  loop.Learn(step_ns);
  auto askers = Askers(loop, 40, 10);
  loop.Look(askers);
  loop.RunUntil(400);
  CHECK(loop.durable == 400);
}

TEST_CASE("a device that becomes slow and quick again loses nobody") {
  Disk disk;
  Loop loop(disk);
  size_t expected = 0;
  for (int i = 0; i < 200; ++i) {
    loop.clock.step_ns = i / 20 % 2 == 0 ? 1'000 : kSlowNs;
    auto askers = Askers(loop, 20, 2);
    loop.Look(askers);
    loop.RunUntil(expected += 40);
  }
  CHECK(loop.durable == expected);
  CHECK(loop.resumed == expected);
}

TEST_CASE("two threads on one log: each goes on with its own, whoever wrote it") {
  Disk disk;
  Loop first(disk), second(disk);
  const auto run = [](Loop& loop) {
    for (size_t i = 1; i <= 300; ++i) {
      auto askers = Askers(loop, 8, 2);
      loop.Look(askers);
      loop.RunUntil(16 * i);
    }
  };
  std::thread beside([&] { run(second); });
  run(first);
  beside.join();
  CHECK(first.durable == 4'800);
  CHECK(second.durable == 4'800);
  CHECK(disk.log->stats().records == 9'600);
}

TEST_CASE("when the device fails everybody goes on once, and learns that it is not durable") {
  Disk disk;
  Loop loop(disk);
  auto before = Askers(loop, 10);
  loop.Look(before);
  loop.RunUntil(10);
  CHECK(loop.durable == 10);
  {
    const std::lock_guard lock(disk.files.mutex);
    disk.files.fail_at = disk.files.operations + 1;
    disk.files.stall_ms = 30;
  }
  auto askers = Askers(loop, 40, 2);  // the second time the log refuses them
  loop.Look(askers);
  loop.RunUntil(90);
  CHECK(loop.resumed == 90);
  CHECK(loop.durable == 10);
}

TEST_CASE("what a closed log refuses goes on at once, and is not durable") {
  Disk disk;
  Loop loop(disk);
  loop.log->Drain();
  auto askers = Askers(loop, 20);
  loop.Look(askers);
  CHECK(loop.resumed == 20);
  CHECK(loop.durable == 0);
}

}  // namespace
}  // namespace creneau::http
