// What the log costs beside the disk it writes to: a lone commit, and 64 and 1,024 of them waiting
// at once, each beside its twin, the bare device write of as many bytes in the same mode.
//
//   bench_log            the figures
//   bench_log --tiny     a quick run that only shows that it works (for the test suite)
//
// `items_per_second` counts acknowledged commits, or bare writes. Each run checks its own result:
// every commit delivered once and durable, and found again by Verify. A wrong one ends with exit 1.
#include <benchmark/benchmark.h>
#include <stdlib.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <semaphore>
#include <string>
#include <vector>

#include "base/limits.h"
#include "env/posix/posix_clock.h"
#include "env/posix/posix_file.h"
#include "wal/log.h"

namespace creneau {
namespace {

constexpr size_t kRecordBytes = 64;
constexpr uint64_t kFileBytes = limits::kDefaultSegmentBytes;
// As FORMAT.md: a batch has a header of 128 bytes, a record one of 4.
constexpr size_t kBatchOverheadBytes = 128;
constexpr size_t kRecordOverheadBytes = 4;

[[noreturn]] void Wrong(const std::string& what) {
  std::fprintf(stderr, "bench_log: wrong result: %s\n", what.c_str());
  std::exit(1);
}

void MustBeOk(const absl::Status& status) {
  if (!status.ok()) Wrong(status.ToString());
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

class CountingReader final : public wal::RecordReader {
 public:
  absl::Status Read(Lsn, Instant, std::string_view record) override {
    if (record.size() != kRecordBytes) Wrong("a record of another size");
    ++records;
    return absl::OkStatus();
  }
  uint64_t records = 0;
};

// Pushes `width` records at once and waits for all of them, again and again.
class Crowd final : public wal::Completions {
 public:
  explicit Crowd(size_t width) : record_(kRecordBytes, 'r'), commits_(width) {}

  void Deliver(wal::Commit* chain) override {
    ptrdiff_t count = 0;
    for (; chain != nullptr; chain = chain->next, ++count) {
      if (!chain->durable) Wrong("a commit came back not durable");
    }
    arrived_.release(count);
  }

  void Round(wal::Log& log) {
    for (wal::Commit& commit : commits_) {
      commit = wal::Commit{};
      commit.bytes = record_;
      commit.owner = this;
      if (!log.Push(&commit)) Wrong("a commit was refused");
    }
    for (size_t i = 0; i < commits_.size(); ++i) arrived_.acquire();
    if (arrived_.try_acquire()) Wrong("a commit was delivered twice");
  }

 private:
  const std::string record_;
  std::vector<wal::Commit> commits_;
  std::counting_semaphore<> arrived_{0};
};

void Log(benchmark::State& state) {
  const Scratch scratch;
  env::PosixFileSystem files;
  const env::PosixClock clock;
  CountingReader before;
  const auto recovery = wal::Recover(files, scratch.path(), before);
  MustBeOk(recovery.status());
  auto log =
      wal::Log::Open(files, clock, {scratch.path(), kFileBytes, limits::kSealAfterMs}, *recovery,
                     [](const absl::Status& status) { Wrong(status.ToString()); });
  MustBeOk(log.status());
  const auto width = static_cast<size_t>(state.range(0));
  Crowd crowd(width);
  uint64_t pushed = 0;
  for ([[maybe_unused]] auto _ : state) {
    crowd.Round(**log);
    pushed += width;
  }
  (*log)->Drain();
  const wal::LogStats stats = (*log)->stats();
  log->reset();
  CountingReader after;
  MustBeOk(wal::Verify(files, scratch.path(), after).status());
  if (after.records != pushed || stats.records != pushed) Wrong("records are missing in the log");
  state.SetItemsProcessed(static_cast<int64_t>(pushed));
  state.counters["batch"] =
      static_cast<double>(pushed) / static_cast<double>(stats.batches - stats.seals);
}

// What the log would have to write for as many records in one batch, and nothing else.
void BareWrite(benchmark::State& state) {
  const Scratch scratch;
  env::PosixFileSystem files;
  const std::string path = scratch.path() + "/bare";
  {
    auto made = files.Open(path, env::OpenMode::kCreate);
    MustBeOk(made.status());
    MustBeOk((*made)->ZeroFill(kFileBytes));
  }
  auto file = files.Open(path, env::OpenMode::kDurable);
  MustBeOk(file.status());
  const size_t bytes = kBatchOverheadBytes +
                       static_cast<size_t>(state.range(0)) * (kRecordOverheadBytes + kRecordBytes);
  const size_t padded = (bytes + limits::kPageBytes - 1) / limits::kPageBytes * limits::kPageBytes;
  const std::vector<uint8_t> memory(padded + limits::kPageBytes, uint8_t{'w'});
  const auto address = reinterpret_cast<uintptr_t>(memory.data());
  const std::span<const uint8_t> page(
      memory.data() + (limits::kPageBytes - address % limits::kPageBytes) % limits::kPageBytes,
      padded);
  uint64_t offset = 0;
  int64_t writes = 0;
  for ([[maybe_unused]] auto _ : state) {
    if (offset + padded > kFileBytes) offset = 0;
    MustBeOk((*file)->WriteAt(offset, page));
    offset += padded;
    ++writes;
  }
  if (writes > 0) {
    std::vector<uint8_t> read(padded);
    auto again = files.Open(path, env::OpenMode::kRead);
    MustBeOk(again.status());
    const auto length = (*again)->ReadAt(offset - padded, read);
    MustBeOk(length.status());
    if (*length != padded || !std::equal(read.begin(), read.end(), page.begin())) {
      Wrong("the bare write is not in the file");
    }
  }
  state.SetItemsProcessed(writes);
  state.counters["bytes"] = static_cast<double>(padded);
}

void Register(bool tiny) {
  for (const int64_t width : {1, 64, 1024}) {
    auto* const log = benchmark::RegisterBenchmark("log/waiting", Log)->Arg(width)->UseRealTime();
    auto* const twin =
        benchmark::RegisterBenchmark("twin/bare_write", BareWrite)->Arg(width)->UseRealTime();
    log->Unit(benchmark::kMicrosecond);
    twin->Unit(benchmark::kMicrosecond);
    if (tiny) {
      log->Iterations(20);
      twin->Iterations(20);
    }
  }
}

}  // namespace
}  // namespace creneau

int main(int argc, char** argv) {
  bool tiny = false;
  for (int i = 1; i < argc; ++i) tiny = tiny || std::strcmp(argv[i], "--tiny") == 0;
  argc = static_cast<int>(
      std::remove_if(argv + 1, argv + argc,
                     [](const char* arg) { return std::strcmp(arg, "--tiny") == 0; }) -
      argv);
  creneau::Register(tiny);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::AddCustomContext("records", "64 bytes");
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
