// Reads that return what stands elsewhere, or stood there before: pages and whole segments, for
// good or for the time of one start.
#include "tests/faults/small_log.h"
#include "tests/ledger/catch.h"

namespace creneau::faults {
namespace {

constexpr uint64_t kPage = limits::kPageBytes;

using Pages = std::vector<std::vector<uint8_t>>;

Pages PagesOf(const sim::Disk& disk, const std::string& path) {
  Pages pages;
  const auto files = disk.Files();
  const std::vector<uint8_t>& bytes = files.at(path);
  for (uint64_t at = 0; at < bytes.size(); at += kPage) {
    const auto begin = bytes.begin() + static_cast<ptrdiff_t>(at);
    pages.emplace_back(begin, begin + static_cast<ptrdiff_t>(std::min(kPage, bytes.size() - at)));
    pages.back().resize(kPage);
  }
  return pages;
}

// What a read of a page may return instead: zeros, as before anything was written, or any other
// page of the log or of a snapshot.
Pages Sources(const SmallLog& log) {
  Pages all = {std::vector<uint8_t>(kPage)};
  for (const auto& paths : {log.segments, log.snapshots}) {
    for (const std::string& path : paths) {
      for (std::vector<uint8_t>& page : PagesOf(log.disk, path)) all.push_back(std::move(page));
    }
  }
  return all;
}

void MisreadPages(const LogOptions& options, const std::string& what) {
  const SmallLog log(options);
  const Pages sources = Sources(log);
  Figures lasting;
  Figures passing;
  Patient patient(log);
  for (const std::string& path : log.segments) {
    for (uint64_t page = 0; page * kPage < log.options.segment_bytes; ++page) {
      const bool touches = !options.sealed && path == log.last_segment &&
                           page * kPage >= log.last_begin && page * kPage < log.last_end;
      for (size_t i = 0; i < sources.size(); ++i) {
        CAPTURE(path, page, i);
        patient.disk.ReadsAs(path, page, sources[i]);
        lasting.Add(patient.TryLog(touches));
        patient.Restore();
        patient.disk.ReadsAs(path, page, sources[i]);
        const bool end = path == log.last_segment && page * kPage >= log.last_begin;
        passing.Add(patient.TryPassing(touches, end));
        patient.Restore();
      }
    }
  }
  lasting.Print("a page read as another or as zeros, " + what);
  passing.Print("  by the whole engine, and right in its second start");
  CHECK(lasting.refused > 0);
}

TEST_CASE("every page of a log read as zeros and as every other page") {
  LogOptions options;
  MisreadPages(options, "unsealed");
  options.sealed = true;
  MisreadPages(options, "sealed");
}

TEST_CASE("every segment read as every other") {
  LogOptions options;
  options.segments = 4;
  const SmallLog log(options);
  Figures figures;
  Patient patient(log);
  for (const std::string& path : log.segments) {
    for (const std::string& other : log.segments) {
      if (path == other) continue;
      CAPTURE(path, other);
      const Pages pages = PagesOf(log.disk, other);
      for (int passing = 0; passing < 2; ++passing) {
        for (uint64_t page = 0; page < pages.size(); ++page)
          patient.disk.ReadsAs(path, page, pages[page]);
        figures.Add(passing == 0 ? patient.TryLog(false) : patient.TryPassing(false, false));
        patient.Restore();
      }
    }
  }
  figures.Print("a segment read as another");
  CHECK(figures.refused == figures.all());
}

// A segment as it was before its last pages were written. One that has a successor, or that a
// snapshot was taken of, must be as long as they say. Of the others no rule can tell: FORMAT.md
// names it, and checkpoints that were published show it.
TEST_CASE(
    "every segment read as it was earlier: refused, but for the last, where nobody can tell") {
  for (const bool snapshots : {false, true}) {
    LogOptions options;
    options.segments = 4;
    options.snapshots = snapshots;
    options.sealed = true;
    const SmallLog log(options);
    uint64_t refused = 0, exact = 0, untold = 0;
    Patient patient(log);
    for (const std::string& path : log.segments) {
      const uint64_t pages = log.options.segment_bytes / kPage;
      // Only its header is there, or one page more, ...
      for (uint64_t written = 1; written < pages; ++written) {
        CAPTURE(path, written, snapshots);
        for (uint64_t page = written; page < pages; ++page)
          patient.disk.ReadsAs(path, page, std::vector<uint8_t>(kPage));
        const Answer answer = patient.OpenEngine();
        patient.Restore();
        if (!answer.started) {
          ++refused;
          CHECK(answer.refusal.find("nothing on disk was changed") +
                    answer.refusal.find("Nothing on disk was changed") !=
                2 * std::string::npos);
        } else if (answer.state == log.state) {
          ++exact;
        } else {
          ++untold;
          CHECK(path == log.last_segment);
        }
      }
    }
    std::printf("a segment read as it was earlier%s: %llu refused, %llu exact, %llu not told\n",
                snapshots ? ", with snapshots" : "", static_cast<unsigned long long>(refused),
                static_cast<unsigned long long>(exact), static_cast<unsigned long long>(untold));
    CHECK(refused > 0);
  }
}

}  // namespace
}  // namespace creneau::faults
