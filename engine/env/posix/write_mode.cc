#include "env/posix/write_mode.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <span>
#include <vector>

#include "absl/strings/str_format.h"
#include "base/check.h"

namespace creneau::env {
namespace {

constexpr int64_t kLongestNs = 100'000'000;
constexpr size_t kMostRounds = 20;
// A lone commit, and a batch of some hundred.
constexpr std::array<size_t, 2> kSizes = {kAlignment, 16 * kAlignment};
// Each way has places of its own, which it writes in turn: a direct write over a cached page has to
// drop that first. Once round is to warm up, and drops those that the zeros left.
constexpr size_t kPlaces = 4;
constexpr uint64_t kWayBytes = kPlaces * kSizes.back();
// Buffered writes must be so much faster: what they leave in the page cache is nobody's gain, and a
// few writes on a disk that others use as well do not tell a tenth from chance.
constexpr int64_t kPercentOfDirect = 75;
// A start waits for this: after so many rounds that count it ends, if one way is clearly the faster
// one: buffered writes not faster at all, or in two thirds of the time that would do.
constexpr size_t kLeastRounds = 6;
constexpr int64_t kClearlyNotPercent = 100;
constexpr int64_t kClearlyPercent = 50;

class Pages {
 public:
  explicit Pages(size_t bytes)
      // tidy: owned by the unique_ptr
      : memory_(static_cast<uint8_t*>(std::aligned_alloc(kAlignment, bytes)), &std::free) {
    CHECK(memory_ != nullptr);
    std::fill_n(memory_.get(), bytes, uint8_t{'w'});
  }
  std::span<const uint8_t> first(size_t bytes) const { return {memory_.get(), bytes}; }

 private:
  const std::unique_ptr<uint8_t, decltype(&std::free)> memory_;
};

int64_t Median(std::vector<int64_t> values) {
  const auto middle = values.begin() + static_cast<ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// One way of writing, and how long each size took with it.
struct Candidate {
  std::unique_ptr<File> file;  // null: it does not work
  uint64_t begin = 0;          // of its places
  std::array<std::vector<int64_t>, kSizes.size()> took_ns;

  bool works() const { return file != nullptr; }
  int64_t MedianNs() const {
    int64_t sum = 0;
    for (const std::vector<int64_t>& each : took_ns) sum += Median(each);
    return sum;
  }
};

using Candidates = std::array<Candidate, 2>;  // direct, buffered

// A file of zeros for both, with what needs no O_DIRECT.
absl::Status MakeProbe(FileSystem& buffered, const std::string& path) {
  const absl::Status removed = buffered.Remove(path);
  if (!removed.ok() && !absl::IsNotFound(removed)) return removed;
  auto made = buffered.Open(path, OpenMode::kCreate);
  return made.ok() ? (*made)->ZeroFill(2 * kWayBytes) : made.status();
}

void WriteOnce(const Clock& clock, size_t round, Candidate* way, const Pages& pages) {
  for (size_t size = 0; size < kSizes.size() && way->works(); ++size) {
    const uint64_t offset = way->begin + round % kPlaces * kSizes.back();
    const int64_t started_ns = clock.MonotonicNs();
    const absl::Status status = way->file->WriteAt(offset, pages.first(kSizes[size]));
    if (!status.ok()) way->file = nullptr;
    // What warms up counts only if it takes all the time there is.
    if (round <= kPlaces) way->took_ns[size].clear();
    way->took_ns[size].push_back(clock.MonotonicNs() - started_ns);
  }
}

bool IsClear(const Candidates& both) {
  const auto& [direct, buffered] = both;
  if (!direct.works() || !buffered.works()) return false;
  const int64_t percent = buffered.MedianNs() * 100;
  return percent >= direct.MedianNs() * kClearlyNotPercent ||
         percent < direct.MedianNs() * kClearlyPercent;
}

void WriteInTurn(const Clock& clock, Candidates* both) {
  const Pages pages(kSizes.back());
  const int64_t until_ns = clock.MonotonicNs() + kLongestNs;
  for (size_t round = 0; round <= kPlaces + kMostRounds; ++round) {
    for (Candidate& way : *both) WriteOnce(clock, round, &way, pages);
    if (clock.MonotonicNs() >= until_ns) break;
    if (round >= kPlaces + kLeastRounds && IsClear(*both)) break;
  }
}

}  // namespace

WriteModeReport MeasureWriteModes(FileSystem& direct, FileSystem& buffered, const Clock& clock,
                                  const std::string& directory) {
  WriteModeReport report;
  report.mode = WriteMode::kDirect;
  const std::string path = directory + "/" + kProbeName;
  Candidates both;
  // An error here is none of the log's: its own files meet it where it counts.
  if (MakeProbe(buffered, path).ok()) {
    const std::array<FileSystem*, 2> systems = {&direct, &buffered};
    for (size_t i = 0; i < both.size(); ++i) {
      auto file = systems[i]->Open(path, OpenMode::kDurable);
      if (file.ok()) both[i].file = *std::move(file);
      both[i].begin = i * kWayBytes;
    }
    WriteInTurn(clock, &both);
  }
  // Not before: what a removal leaves to be written would be in what is timed.
  static_cast<void>(buffered.Remove(path));
  const auto& [past_cache, through_cache] = both;
  if (!through_cache.works()) return report;
  if (!past_cache.works()) {
    report.mode = WriteMode::kBuffered;
    report.refused = true;
    return report;
  }
  report.direct_ns = past_cache.MedianNs();
  report.buffered_ns = through_cache.MedianNs();
  if (report.buffered_ns * 100 < report.direct_ns * kPercentOfDirect)
    report.mode = WriteMode::kBuffered;
  return report;
}

std::string Describe(const WriteModeReport& report) {
  std::string text = report.mode == WriteMode::kBuffered ? "fdatasync" : "O_DIRECT|O_DSYNC";
  if (report.refused) return text + " (the file system refuses O_DIRECT)";
  if (report.direct_ns == 0) return text;
  return text + absl::StrFormat(" (measured: O_DIRECT|O_DSYNC %d us, fdatasync %d us)",
                                report.direct_ns / 1000, report.buffered_ns / 1000);
}

}  // namespace creneau::env
