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

// Beside the segments: FORMAT.md names it. Only a process that was killed while it measured leaves
// it.
constexpr char kProbeName[] = "write.probe";
constexpr int64_t kLongestNs = 100'000'000;
constexpr size_t kMostRounds = 16;
// A lone commit, and a batch of some hundred.
constexpr std::array<size_t, 2> kSizes = {kAlignment, 16 * kAlignment};
constexpr uint64_t kProbeBytes = 4 * kSizes.back();
// Buffered writes must be so much faster: what they leave in the page cache is nobody's gain, and a
// few writes on a disk that others use as well do not tell a tenth from chance.
constexpr int64_t kPercentOfDirect = 75;

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
  std::unique_ptr<File> file;
  std::array<std::vector<int64_t>, kSizes.size()> took_ns;

  int64_t MedianNs() const {
    int64_t sum = 0;
    for (const std::vector<int64_t>& each : took_ns) sum += Median(each);
    return sum;
  }
};

using Candidates = std::array<Candidate, 2>;  // direct, buffered

absl::Status OpenBoth(FileSystem& direct, FileSystem& buffered, const std::string& path,
                      Candidates* both) {
  absl::Status removed = direct.Remove(path);
  if (!removed.ok() && !absl::IsNotFound(removed)) return removed;
  auto made = direct.Open(path, OpenMode::kCreate);
  if (!made.ok()) return made.status();
  absl::Status status = (*made)->ZeroFill(kProbeBytes);
  const std::array<FileSystem*, 2> systems = {&direct, &buffered};
  for (size_t i = 0; status.ok() && i < both->size(); ++i) {
    auto file = systems[i]->Open(path, OpenMode::kDurable);
    status = file.status();
    if (status.ok()) (*both)[i].file = *std::move(file);
  }
  // Its name is not needed any more: what is open stays.
  removed = direct.Remove(path);
  return status.ok() ? removed : status;
}

absl::Status WriteInTurn(const Clock& clock, Candidates* both) {
  const Pages pages(kSizes.back());
  const int64_t until_ns = clock.MonotonicNs() + kLongestNs;
  // The first round only warms up, unless it takes all the time there is.
  for (size_t round = 0; round <= kMostRounds; ++round) {
    for (size_t size = 0; size < kSizes.size(); ++size) {
      for (Candidate& each : *both) {
        const int64_t started_ns = clock.MonotonicNs();
        const uint64_t offset = round % (kProbeBytes / kSizes.back()) * kSizes.back();
        const absl::Status status = each.file->WriteAt(offset, pages.first(kSizes[size]));
        if (!status.ok()) return status;
        if (round == 1) each.took_ns[size].clear();
        each.took_ns[size].push_back(clock.MonotonicNs() - started_ns);
      }
    }
    if (clock.MonotonicNs() >= until_ns) break;
  }
  return absl::OkStatus();
}

}  // namespace

WriteModeReport MeasureWriteModes(FileSystem& direct, FileSystem& buffered, const Clock& clock,
                                  const std::string& directory) {
  WriteModeReport report;
  report.mode = WriteMode::kDirect;
  Candidates both;
  // An error here is none of the log's: its own files meet it where it counts.
  if (!OpenBoth(direct, buffered, directory + "/" + kProbeName, &both).ok() ||
      !WriteInTurn(clock, &both).ok())
    return report;
  report.direct_ns = both[0].MedianNs();
  report.buffered_ns = both[1].MedianNs();
  if (report.buffered_ns * 100 < report.direct_ns * kPercentOfDirect)
    report.mode = WriteMode::kBuffered;
  return report;
}

std::string Describe(const WriteModeReport& report) {
  std::string text = report.mode == WriteMode::kBuffered ? "fdatasync" : "O_DIRECT|O_DSYNC";
  if (report.refused) return text + " (the file system has no O_DIRECT)";
  if (report.direct_ns == 0) return text;
  return text + absl::StrFormat(" (measured: O_DIRECT|O_DSYNC %d us, fdatasync %d us)",
                                report.direct_ns / 1000, report.buffered_ns / 1000);
}

}  // namespace creneau::env
