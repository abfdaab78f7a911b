#include "booking/shares.h"

#include <algorithm>
#include <atomic>
#include <system_error>
#include <thread>
#include <vector>

namespace creneau::booking {

size_t ThreadsFor(uint64_t work, uint64_t least) {
  const uint64_t cores = std::max(1u, std::thread::hardware_concurrency());
  return static_cast<size_t>(std::clamp<uint64_t>(work / least, 1, cores));
}

void ShareOut(size_t threads, uint32_t count, uint32_t piece, Piece each) {
  std::atomic<uint32_t> next{0};
  const auto work = [&](size_t thread) {
    for (;;) {
      const uint32_t from = next.fetch_add(piece, std::memory_order_relaxed);
      if (from >= count) return;
      each(thread, from, std::min(count, from + piece));
    }
  };
  std::vector<std::thread> helpers;
  helpers.reserve(threads);
  try {
    for (size_t i = 1; i < threads; ++i) helpers.emplace_back(work, i);
  } catch (const std::system_error&) {
    // The machine has no more to give: those that there are do it all.
  }
  work(0);
  for (std::thread& helper : helpers) helper.join();
}

}  // namespace creneau::booking
