// What the log costs beside the disk it writes to. Each case runs blocks of log and blocks of its
// twin, the bare device write of as many bytes in the same mode, in turn, so that both meet the
// same moments of a shared disk.
//
//   bench_log                    the figures
//   bench_log --tiny             a quick run that only shows that it works (for the test suite)
//   bench_log --write=buffered   buffered writes and fdatasync; otherwise O_DIRECT|O_DSYNC
//
//   log/lone      one commit at a time, as an I/O thread pushes it: from before its push until the
//                 thread can go on. `lone_ratio` = p50 / the bare write's p50
//   log/paced     the same with a millisecond of silence before each commit and each bare write
//   log/handed    log/lone written by the log thread: from before the push until the waiter, which
//                 sleeps, is awake
//   log/waiting   so many commits wait together for one barrier, as the requests of a round do, and
//                 are pushed again as soon as that is durable. `throughput_ratio` = acknowledged
//                 records/s / (bare writes/s * records in a batch). It goes on for as long as it
//                 takes to write a segment and to zero the next one, which every segment costs:
//                 that is in the log's time
//
// Each run checks its own result: every commit delivered durable, and found again by Verify. A
// wrong one ends with exit 1.
#include <benchmark/benchmark.h>
#include <stdlib.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <semaphore>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "env/posix/posix_clock.h"
#include "env/posix/posix_file.h"
#include "wal/format.h"
#include "wal/log.h"

namespace creneau {
namespace {

constexpr size_t kRecordBytes = 64;
constexpr uint64_t kFileBytes = limits::kDefaultSegmentBytes;
constexpr int kBlock = 32;  // lone commits, and bare writes, in a row
// Of a crowd in a row, at most: a small crowd takes seconds to fill a segment.
constexpr uint64_t kMostBatches = 4096;
constexpr uint64_t kTinyBatches = 4;  // in the test suite

struct Settings {
  bool tiny = false;
  env::WriteMode mode = env::WriteMode::kDirect;
};
Settings settings;  // set by main, before anything runs

[[noreturn]] void Wrong(const std::string& what) {
  std::fprintf(stderr, "bench_log: wrong result: %s\n", what.c_str());
  std::exit(1);
}

void MustBeOk(const absl::Status& status) {
  if (!status.ok()) Wrong(status.ToString());
}

// Middle of `values`, in microseconds.
double MedianUs(std::vector<int64_t>& values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return static_cast<double>(*middle) / 1000;
}

// A directory of its own under TMPDIR, gone afterwards.
class Scratch {
 public:
  Scratch() : path_((std::filesystem::temp_directory_path() / "creneau-bench-XXXXXX").string()) {
    if (::mkdtemp(path_.data()) == nullptr) Wrong("no scratch directory at " + path_);
  }
  ~Scratch() { std::filesystem::remove_all(path_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// The twin: durable writes into a file of zeros, one after the other, and nothing else.
class BareDisk {
 public:
  BareDisk(env::FileSystem& files, const Clock& clock, const std::string& path)
      : clock_(clock), memory_(limits::kMaxBatchBytes + limits::kPageBytes, uint8_t{'w'}) {
    auto made = files.Open(path, env::OpenMode::kCreate);
    MustBeOk(made.status());
    MustBeOk((*made)->ZeroFill(kFileBytes));
    auto file = files.Open(path, env::OpenMode::kDurable);
    MustBeOk(file.status());
    file_ = *std::move(file);
    const auto address = reinterpret_cast<uintptr_t>(memory_.data());
    aligned_ =
        memory_.data() + (limits::kPageBytes - address % limits::kPageBytes) % limits::kPageBytes;
  }

  // How long it took, in nanoseconds. `bytes` are whole pages.
  int64_t Write(uint64_t bytes) {
    if (offset_ + bytes > kFileBytes) offset_ = 0;
    const int64_t started_ns = clock_.MonotonicNs();
    MustBeOk(file_->WriteAt(offset_, {aligned_, static_cast<size_t>(bytes)}));
    const int64_t took_ns = clock_.MonotonicNs() - started_ns;
    offset_ += bytes;
    return took_ns;
  }

 private:
  const Clock& clock_;
  std::vector<uint8_t> memory_;
  uint8_t* aligned_ = nullptr;
  std::unique_ptr<env::File> file_;
  uint64_t offset_ = 0;
};

class CountingReader final : public wal::RecordReader {
 public:
  absl::Status Read(Lsn, Instant, std::string_view record) override {
    if (record.size() != kRecordBytes) Wrong("a record of another size");
    ++records;
    return absl::OkStatus();
  }
  uint64_t records = 0;
};

// A log in a directory of its own, and the bare disk beside it.
class Rig {
 public:
  Rig() : bare_(files_, clock_, scratch_.path() + "/bare") {
    std::filesystem::create_directory(directory_);
    CountingReader before;
    const auto recovery = wal::Recover(files_, directory_, before);
    MustBeOk(recovery.status());
    auto log =
        wal::Log::Open(files_, clock_, {directory_, kFileBytes, limits::kSealAfterMs}, *recovery,
                       [](const absl::Status& status) { Wrong(status.ToString()); });
    MustBeOk(log.status());
    log_ = *std::move(log);
    Rest();
  }

  wal::Log& log() { return *log_; }
  BareDisk& bare() { return bare_; }
  const Clock& clock() const { return clock_; }

  // The next segment is there, and nobody but the log writes.
  bool HasSpare() const { return log_->space().ready_bytes >= kFileBytes - limits::kPageBytes; }

  // Until the log has its next spare: what is measured then has the disk for itself.
  void Rest() {
    while (!HasSpare()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }

  // Ends the log and looks whether all that was pushed is in it.
  void Check(uint64_t pushed) {
    log_->Drain();
    const uint64_t written = log_->stats().records;
    log_.reset();
    CountingReader after;
    MustBeOk(wal::Verify(files_, directory_, after).status());
    if (after.records != pushed || written != pushed) Wrong("records are missing in the log");
  }

 private:
  const Scratch scratch_;
  const std::string directory_ = scratch_.path() + "/log";
  env::PosixFileSystem files_{settings.mode};
  const env::PosixClock clock_;
  BareDisk bare_;
  std::unique_ptr<wal::Log> log_;
};

enum class By { kWaiter, kLogThread };

// Waits for its commits as an I/O thread does: asleep, woken once for all that were delivered since
// it last looked; and where it has nothing else to do it may write them itself.
class Crowd final : public wal::Completions {
 public:
  Crowd(Rig& rig, size_t width) : rig_(rig), record_(kRecordBytes, 'r'), commits_(width) {}

  void Deliver(wal::Commit* chain) override {
    wal::Commit* last = chain;
    while (last->next != nullptr) last = last->next;
    wal::Commit* head = delivered_.load(std::memory_order_relaxed);
    do {
      last->next = head;
    } while (!delivered_.compare_exchange_weak(head, chain, std::memory_order_release,
                                               std::memory_order_relaxed));
    if (head == nullptr) wake_.release();
  }

  // How long one commit took, in nanoseconds.
  int64_t One(By by) {
    const int64_t started_ns = rig_.clock().MonotonicNs();
    Made(commits_.front(), this);
    if (by == By::kWaiter) {
      WaitFor(commits_.front());
    } else {
      Push(commits_.front());
      Sleep();
    }
    return rig_.clock().MonotonicNs() - started_ns;
  }

  // Keeps all of the crowd waiting until a segment's worth has been written and the zeros that it
  // costs, too.
  void Press(uint64_t most_batches) {
    const wal::LogStats before = rig_.log().stats();
    const auto enough = [&] {
      const wal::LogStats now = rig_.log().stats();
      if (now.batches - before.batches >= most_batches) return true;
      return now.written_bytes - before.written_bytes >= kFileBytes && rig_.HasSpare();
    };
    do {
      for (wal::Commit& commit : commits_) Push(*Made(commit, nullptr));
      barrier_ = {};
      barrier_.owner = this;
      WaitFor(barrier_);
    } while (!enough());
  }

  uint64_t pushed() const { return pushed_; }

 private:
  wal::Commit* Made(wal::Commit& commit, wal::Completions* owner) {
    commit.bytes = record_;
    commit.owner = owner;
    commit.durable = false;
    ++pushed_;
    return &commit;
  }
  void Push(wal::Commit& commit) {
    if (!rig_.log().Push(&commit)) Wrong("a commit was refused");
  }
  void WaitFor(wal::Commit& commit) {
    wal::Commit* finished = nullptr;
    if (!rig_.log().PushAndWrite(&commit, &finished)) Wrong("a commit was refused");
    finished == nullptr ? Sleep() : MustBeDurable(finished);
  }
  void Sleep() {
    wake_.acquire();
    MustBeDurable(delivered_.exchange(nullptr, std::memory_order_acquire));
  }
  static void MustBeDurable(const wal::Commit* chain) {
    for (; chain != nullptr; chain = chain->next) {
      if (!chain->durable) Wrong("a commit came back not durable");
    }
  }

  Rig& rig_;
  const std::string record_;
  std::vector<wal::Commit> commits_;
  wal::Commit barrier_;
  std::atomic<wal::Commit*> delivered_{nullptr};
  std::counting_semaphore<> wake_{0};
  uint64_t pushed_ = 0;
};

void LoneCommits(benchmark::State& state, By by, std::chrono::milliseconds silence) {
  Rig rig;
  Crowd crowd(rig, 1);
  std::vector<int64_t> commit_ns, bare_ns;
  const auto pause = [silence] {
    if (silence.count() > 0) std::this_thread::sleep_for(silence);
  };
  for ([[maybe_unused]] auto _ : state) {
    for (int i = 0; i < kBlock; ++i) {
      pause();
      bare_ns.push_back(rig.bare().Write(limits::kPageBytes));
    }
    int64_t sum_ns = 0;
    for (int i = 0; i < kBlock; ++i) {
      pause();
      commit_ns.push_back(crowd.One(by));
      sum_ns += commit_ns.back();
    }
    state.SetIterationTime(static_cast<double>(sum_ns) / 1e9);
  }
  rig.Check(crowd.pushed());
  const double bare_us = MedianUs(bare_ns), commit_us = MedianUs(commit_ns);
  state.SetItemsProcessed(static_cast<int64_t>(crowd.pushed()));
  state.counters["p50_us"] = commit_us;
  state.counters["bare_p50_us"] = bare_us;
  state.counters["lone_ratio"] = commit_us / bare_us;
}

void WaitingCommits(benchmark::State& state) {
  Rig rig;
  Crowd crowd(rig, static_cast<size_t>(state.range(0)));
  std::vector<int64_t> bare_ns;
  int64_t log_ns = 0, bare_sum_ns = 0;
  uint64_t bare_bytes = 0;
  for ([[maybe_unused]] auto _ : state) {
    const wal::LogStats before = rig.log().stats();
    const int64_t started_ns = rig.clock().MonotonicNs();
    crowd.Press(settings.tiny ? kTinyBatches : kMostBatches);
    const int64_t took_ns = rig.clock().MonotonicNs() - started_ns;
    state.SetIterationTime(static_cast<double>(took_ns) / 1e9);
    log_ns += took_ns;
    rig.Rest();
    const wal::LogStats after = rig.log().stats();
    const uint64_t batches = after.batches - before.batches;
    const uint64_t body = (after.record_bytes - before.record_bytes) / batches;
    bare_bytes = wal::BatchHeader::PaddedBytes(body);
    for (uint64_t i = 0; i < batches; ++i) {
      bare_ns.push_back(rig.bare().Write(bare_bytes));
      bare_sum_ns += bare_ns.back();
    }
  }
  const wal::LogStats stats = rig.log().stats();
  const auto writes = static_cast<double>(bare_ns.size());
  rig.Check(crowd.pushed());
  const double batch = static_cast<double>(crowd.pushed()) / static_cast<double>(stats.batches);
  const double per_second = static_cast<double>(crowd.pushed()) / static_cast<double>(log_ns) * 1e9;
  const double bare_per_second = writes / static_cast<double>(bare_sum_ns) * 1e9;
  state.SetItemsProcessed(static_cast<int64_t>(crowd.pushed()));
  state.counters["batch"] = batch;
  state.counters["bare_bytes"] = static_cast<double>(bare_bytes);
  state.counters["bare_per_s"] = bare_per_second;
  state.counters["bare_p50_us"] = MedianUs(bare_ns);
  state.counters["throughput_ratio"] = per_second / (bare_per_second * batch);
}

void Register() {
  std::vector<benchmark::internal::Benchmark*> all;
  const auto lone = [&all](const char* name, By by, int silence_ms) {
    all.push_back(
        benchmark::RegisterBenchmark(name, LoneCommits, by, std::chrono::milliseconds(silence_ms)));
  };
  lone("log/lone", By::kWaiter, 0);
  lone("log/paced", By::kWaiter, 1);
  lone("log/handed", By::kLogThread, 0);
  for (const int64_t width : {64, 1024}) {
    all.push_back(benchmark::RegisterBenchmark("log/waiting", WaitingCommits)->Arg(width));
  }
  for (benchmark::internal::Benchmark* each : all) {
    each->UseManualTime()->Unit(benchmark::kMicrosecond);
    if (settings.tiny) each->Iterations(2);
  }
}

}  // namespace
}  // namespace creneau

int main(int argc, char** argv) {
  const auto ours = [](const char* arg) {
    if (std::strcmp(arg, "--tiny") == 0) return creneau::settings.tiny = true;
    if (std::strcmp(arg, "--write=buffered") != 0) return false;
    creneau::settings.mode = creneau::env::WriteMode::kBuffered;
    return true;
  };
  argc = static_cast<int>(std::remove_if(argv + 1, argv + argc, ours) - argv);
  creneau::Register();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::AddCustomContext("records", "64 bytes");
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
