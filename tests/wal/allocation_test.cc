// The log thread allocates nothing between one segment and the next (style, habit 15): operator new
// is counted by thread, and the log thread reads its own count when it delivers. Sanitizers bring
// an operator new of their own; under them the commits are written uncounted.
#include "tests/operator_new.h"
#include "tests/wal/fixture.h"

namespace {

thread_local uint64_t allocations = 0;

}  // namespace

void creneau::tests::BeforeAllocation() { ++allocations; }

namespace creneau::wal {
namespace {

// Notes what the log thread had allocated, and how often it was woken for.
class CountingWaiter final : public Completions {
 public:
  void Deliver(Commit* chain) override {
    ++deliveries;
    allocated = allocations;
    ptrdiff_t count = 0;
    for (; chain != nullptr; chain = chain->next) ++count;
    arrived.release(count);
  }
  uint64_t allocated = 0;  // written before `arrived` is released, read after it is acquired
  uint64_t deliveries = 0;
  std::counting_semaphore<> arrived{0};
};

TEST_CASE("the log thread allocates nothing once it has started") {
  Disk disk;
  auto log = disk.Open(16 * limits::kMinSegmentBytes);
  REQUIRE(log.ok());
  CountingWaiter first, second;
  const std::string record(100, 'r');
  std::vector<Commit> commits(2 * 300);
  const auto round = [&] {
    for (size_t i = 0; i < commits.size(); ++i) {
      commits[i] = Commit{};
      if (i % 7 != 0) commits[i].bytes = record;
      commits[i].owner = i % 2 == 0 ? &first : &second;
      REQUIRE((*log)->Push(&commits[i]));
    }
    for (size_t i = 0; i < commits.size() / 2; ++i) {
      first.arrived.acquire();
      second.arrived.acquire();
    }
  };
  round();
  const uint64_t before = std::max(first.allocated, second.allocated);
  for (int i = 0; i < 20; ++i) round();
  CHECK(std::max(first.allocated, second.allocated) == before);
  (*log)->Drain();
  CHECK((*log)->stats().records > 20 * 500);
  CHECK((*log)->current_segment().segment == 1);  // all of it in one
}

TEST_CASE("a waiter that writes allocates nothing either") {
  Disk disk;
  auto log = disk.Open(16 * limits::kMinSegmentBytes);
  REQUIRE(log.ok());
  CountingWaiter mine, other;
  const std::string record(100, 'r');
  std::vector<Commit> commits(100);
  const auto round = [&] {
    for (Commit& commit : commits) {
      commit = Commit{};
      commit.bytes = record;
    }
    commits.front().owner = &other;
    commits.back().owner = &mine;
    for (size_t i = 0; i + 1 < commits.size(); ++i) Must((*log)->Push(&commits[i]));
    Commit* finished = nullptr;
    Must((*log)->PushAndWrite(&commits.back(), &finished));
    if (finished == nullptr) mine.arrived.acquire();
    other.arrived.acquire();
    return finished != nullptr;
  };
  round();
  const uint64_t before = allocations;
  int here = 0;
  for (int i = 0; i < 100; ++i) here += round() ? 1 : 0;
  CHECK(allocations == before);
  CHECK(here > 0);
}

TEST_CASE("whoever waits is woken once for each batch, not for each commit") {
  Disk disk;
  Collector nothing;
  const auto recovery = Recover(disk.files, kDirectory, nothing);
  REQUIRE(recovery.ok());
  LogOptions options{kDirectory, limits::kMinSegmentBytes, kNeverSeal};
  options.threads = false;
  auto log = Log::Open(disk.files, disk.clock, options, *recovery,
                       [](const absl::Status&) { std::abort(); });
  REQUIRE(log.ok());
  CountingWaiter first, second;
  std::vector<Commit> commits(600);
  for (uint64_t batch = 1; batch <= 3; ++batch) {
    for (size_t i = 0; i < commits.size(); ++i) {
      commits[i] = Commit{};
      commits[i].bytes = "record";
      commits[i].owner = i % 2 == 0 ? &first : &second;
      REQUIRE((*log)->Push(&commits[i]));
    }
    (*log)->Turn();
    CHECK((*log)->stats().batches == batch);
    CHECK(first.deliveries == batch);
    CHECK(second.deliveries == batch);
    for (size_t i = 0; i < commits.size() / 2; ++i) REQUIRE(first.arrived.try_acquire());
  }
}

}  // namespace
}  // namespace creneau::wal
