// Bytes of a log flipped, its files cut, its pages zeroed, swapped and doubled: what every start
// makes of it (small_log.h says what it may).
#include <cstdio>

#include "tests/faults/small_log.h"
#include "tests/ledger/catch.h"

namespace creneau::faults {
namespace {

constexpr uint8_t kFlips[] = {0x01, 0x80, 0xff};
constexpr uint64_t kPage = limits::kPageBytes;
// Every so many variants also go through the whole engine.
constexpr uint64_t kEngineEvery = 301;

bool TouchesLast(const SmallLog& log, const std::string& path, uint64_t begin, uint64_t end) {
  return !log.options.sealed && path == log.last_segment && begin < log.last_end &&
         end > log.last_begin;
}

// Every `step`-th byte of all segments, flipped three ways.
void FlipBytes(const SmallLog& log, uint64_t step, const std::string& what) {
  Figures figures;
  Figures by_engine;
  Patient patient(log);
  for (const std::string& path : log.segments) {
    const uint64_t bytes = patient.Bytes(path).size();
    for (uint64_t at = 0; at < bytes; at += step) {
      for (const uint8_t flip : kFlips) {
        const bool touches = TouchesLast(log, path, at, at + 1);
        CAPTURE(path, at, static_cast<int>(flip));
        uint8_t& byte = patient.Bytes(path)[at];
        byte ^= flip;
        figures.Add(patient.TryLog(touches));
        if (patient.mended) {
          patient.Restore();
        } else {
          byte ^= flip;
        }
        if (figures.all() % kEngineEvery != 0) continue;
        patient.Bytes(path)[at] ^= flip;
        by_engine.Add(patient.TryEngine(touches));
        patient.Restore();
      }
    }
  }
  figures.Print(what);
  by_engine.Print("  of these by the whole engine");
  CHECK(figures.refused > 0);
  CHECK((figures.torn > 0) == !log.options.sealed);
  CHECK(by_engine.all() > 0);
}

LogOptions Sealed() {
  LogOptions sealed;
  sealed.sealed = true;
  return sealed;
}

TEST_CASE("every byte of a small log flipped three ways") {
  FlipBytes(SmallLog({}), 1, "a byte of 60 KiB flipped, last batch unsealed");
  FlipBytes(SmallLog(Sealed()), 29, "a byte of 60 KiB flipped, sealed, a sample");
}

TEST_CASE("every byte of a small sealed log flipped three ways", "[.long]") {
  FlipBytes(SmallLog(Sealed()), 1, "a byte of 60 KiB flipped, sealed");
}

LogOptions Large() {
  LogOptions large;
  large.segment_bytes = 24 * kPage;
  large.segments = 3;
  return large;
}

TEST_CASE("bytes of a log of 288 KiB flipped three ways: a sample") {
  FlipBytes(SmallLog(Large()), 397, "a byte of 288 KiB flipped, a sample");
}

TEST_CASE("bytes of a log of 288 KiB flipped three ways: every one", "[.long]") {
  FlipBytes(SmallLog(Large()), 1, "a byte of 288 KiB flipped");
}

// No crash changes the length of a segment.
TEST_CASE("every segment cut at every length, and longer than it was") {
  for (const bool sealed : {false, true}) {
    LogOptions options;
    options.sealed = sealed;
    const SmallLog log(options);
    Figures figures;
    Figures by_engine;
    Patient patient(log);
    for (const std::string& path : log.segments) {
      const std::vector<uint8_t> whole = patient.Bytes(path);
      for (uint64_t bytes = 0; bytes <= whole.size() + kPage;
           bytes += bytes < whole.size() ? 1 : 97) {
        if (bytes == whole.size()) continue;
        CAPTURE(path, bytes);
        std::vector<uint8_t>& cut = patient.Bytes(path);
        cut = whole;
        cut.resize(bytes);
        figures.Add(patient.TryLog(false));
        if (figures.all() % kEngineEvery == 0) by_engine.Add(patient.TryEngine(false));
      }
      patient.Restore();
    }
    figures.Print(sealed ? "a segment of another length, sealed" : "a segment of another length");
    by_engine.Print("  of these by the whole engine");
    CHECK(figures.refused == figures.all());
  }
}

struct Page {
  std::string path;
  uint64_t number;
};

std::vector<Page> PagesOf(const SmallLog& log) {
  std::vector<Page> pages;
  for (const std::string& path : log.segments) {
    for (uint64_t i = 0; i * kPage < log.options.segment_bytes; ++i) pages.push_back({path, i});
  }
  return pages;
}

bool IsOfLast(const SmallLog& log, const Page& page) {
  return TouchesLast(log, page.path, page.number * kPage, (page.number + 1) * kPage);
}

// The seal that a stop in peace has written and signed. It holds no record: the log alone is exact
// without it, but does not come to what was signed.
bool IsOfSeal(const SmallLog& log, const Page& page) {
  return log.options.sealed && page.path == log.last_segment && page.number * kPage == log.last_end;
}

std::vector<uint8_t> BytesOf(const SmallLog& log, const Page& page) {
  const auto files = log.disk.Files();
  const std::vector<uint8_t>& all = files.at(page.path);
  const auto begin = all.begin() + static_cast<ptrdiff_t>(page.number * kPage);
  return {begin, begin + kPage};
}

void Put(Patient& patient, const Page& page, const std::vector<uint8_t>& bytes) {
  std::copy(bytes.begin(), bytes.end(),
            patient.Bytes(page.path).begin() + static_cast<ptrdiff_t>(page.number * kPage));
}

TEST_CASE("pages zeroed, swapped and doubled: every one, every pair") {
  for (const bool sealed : {false, true}) {
    LogOptions options;
    options.sealed = sealed;
    options.segments = 3;
    const SmallLog log(options);
    const std::vector<Page> pages = PagesOf(log);
    Figures zeroed, swapped, doubled;
    Patient patient(log);
    uint64_t by_seal = 0;
    const auto both = [&](Figures& figures, bool touches, bool of_seal, const auto& damage) {
      damage();
      const Kind kind = patient.TryLog(touches);
      patient.Restore();
      damage();
      const Kind by_engine = patient.TryEngine(touches);
      if (of_seal && by_engine != kind) {
        CHECK((kind == Kind::kExact && by_engine == Kind::kRefused));
        ++by_seal;
      } else {
        CHECK(by_engine == kind);
      }
      patient.Restore();
      figures.Add(kind);
    };
    for (size_t i = 0; i < pages.size(); ++i) {
      const std::vector<uint8_t> mine = BytesOf(log, pages[i]);
      const bool of_seal = IsOfSeal(log, pages[i]);
      both(zeroed, IsOfLast(log, pages[i]), of_seal,
           [&] { Put(patient, pages[i], std::vector<uint8_t>(kPage)); });
      for (size_t j = 0; j < pages.size(); ++j) {
        if (i == j) continue;
        CAPTURE(pages[i].path, pages[i].number, pages[j].path, pages[j].number);
        const std::vector<uint8_t> other = BytesOf(log, pages[j]);
        both(doubled, IsOfLast(log, pages[i]), of_seal, [&] { Put(patient, pages[i], other); });
        if (j < i) continue;
        both(swapped, IsOfLast(log, pages[i]) || IsOfLast(log, pages[j]),
             of_seal || IsOfSeal(log, pages[j]), [&] {
               Put(patient, pages[i], other);
               Put(patient, pages[j], mine);
             });
      }
    }
    zeroed.Print(sealed ? "a page zeroed, sealed" : "a page zeroed");
    swapped.Print("two pages swapped");
    doubled.Print("a page in the place of another");
    if (!sealed) continue;
    CHECK(by_seal > 0);
    std::printf("  of these exact by the log alone, refused by what was signed: %llu\n",
                static_cast<unsigned long long>(by_seal));
  }
}

}  // namespace
}  // namespace creneau::faults
