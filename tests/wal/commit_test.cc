#include "wal/commit.h"

#include <thread>
#include <vector>

#include "catch2/catch.hpp"

namespace creneau::wal {
namespace {

TEST_CASE("the queue gives back what was pushed, oldest first, and says who came first") {
  CommitQueue queue;
  Commit a, b, c;
  CHECK(queue.empty());
  CHECK(queue.Push(&a) == CommitQueue::Pushed::kQueuedFirst);
  CHECK(queue.Push(&b) == CommitQueue::Pushed::kQueued);
  CHECK(queue.TakeAll() == &a);
  CHECK(a.next == &b);
  CHECK(b.next == nullptr);
  CHECK(queue.TakeAll() == nullptr);
  CHECK(queue.Push(&c) == CommitQueue::Pushed::kQueuedFirst);
  CHECK(queue.Close() == &c);
  CHECK(queue.Push(&a) == CommitQueue::Pushed::kClosed);
  CHECK(queue.Close() == nullptr);
}

TEST_CASE("eight producers: every commit comes out once, each producer's in its order") {
  constexpr size_t kProducers = 8;
  constexpr size_t kEach = 5'000;
  CommitQueue queue;
  std::vector<std::vector<Commit>> commits(kProducers);
  for (auto& of_one : commits) of_one = std::vector<Commit>(kEach);
  std::vector<std::thread> threads;
  for (auto& of_one : commits) {
    threads.emplace_back([&queue, &of_one] {
      for (Commit& commit : of_one) static_cast<void>(queue.Push(&commit));
    });
  }
  std::vector<size_t> next(kProducers, 0);
  for (size_t seen = 0; seen < kProducers * kEach;) {
    for (Commit* commit = queue.TakeAll(); commit != nullptr; commit = commit->next, ++seen) {
      for (size_t p = 0; p < kProducers; ++p) {
        if (commit < commits[p].data() || commit >= commits[p].data() + kEach) continue;
        REQUIRE(commit == &commits[p][next[p]++]);
      }
    }
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(queue.empty());
}

}  // namespace
}  // namespace creneau::wal
