#include "ledger/epochs.h"

#include <bit>
#include <cstdint>
#include <memory>
#include <thread>
#include <utility>

#include "base/check.h"

namespace creneau::ledger {
// Fibonacci hashing of what is an address or a small number: several times a request, so std::hash,
// which goes over bytes, is too slow.
size_t ThreadHash() {
  const std::thread::id thread = std::this_thread::get_id();
  static_assert(sizeof(thread) == sizeof(uint64_t));
  return std::bit_cast<uint64_t>(thread) * 0x9e3779b97f4a7c15 >> (64 - 7);
}

Epochs::Guard::Guard(Epochs& epochs) : note_(nullptr) {
  // Each thread tends to its own cache line.
  const size_t start = ThreadHash();
  for (size_t i = 0; i < kReaders; ++i) {
    Atomic<uint64_t>& note = epochs.notes_[(start + i) % kReaders].epoch;
    uint64_t idle = 0;
    if (note.load(std::memory_order_relaxed) == 0 &&
        note.compare_exchange_strong(idle, epochs.epoch_.load())) {
      note_ = &note;
      return;
    }
  }
  CHECK(note_ != nullptr);
}

Epochs::~Epochs() {
  Retired* chain = retired_.exchange(nullptr);
  while (chain != nullptr) {
    const std::unique_ptr<Retired> one(std::exchange(chain, chain->next));
    one->free();
  }
}

void Epochs::PushRetired(Retired* retired) {
  retired->next = retired_.load();
  while (!retired_.compare_exchange_weak(retired->next, retired)) {
  }
}

uint64_t Epochs::OldestReader() const {
  uint64_t oldest = ~uint64_t{0};
  for (const Note& note : notes_) {
    const uint64_t epoch = note.epoch.load();
    if (epoch != 0 && epoch < oldest) oldest = epoch;
  }
  return oldest;
}

void Epochs::Retire(std::function<void()> free) {
  auto retired = std::make_unique<Retired>(Retired{nullptr, epoch_.fetch_add(1), std::move(free)});
  PushRetired(retired.release());
  // Whoever takes the chain works on it alone; others find it empty and leave theirs for the next.
  Retired* chain = retired_.exchange(nullptr);
  const uint64_t oldest = OldestReader();
  while (chain != nullptr) {
    Retired* one = std::exchange(chain, chain->next);
    if (one->epoch < oldest) {
      const std::unique_ptr<Retired> owned(one);
      owned->free();
    } else {
      PushRetired(one);
    }
  }
}

}  // namespace creneau::ledger
