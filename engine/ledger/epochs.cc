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
    const size_t nth = (start + i) % kReaders;
    Note& note = epochs.notes_[nth];
    uint64_t idle = 0;
    if (note.epoch.load(std::memory_order_relaxed) == 0 &&
        note.epoch.compare_exchange_strong(idle, epochs.epoch_.load())) {
      note_ = &note;
      if (!note.used) epochs.BeginUse(nth);
      return;
    }
  }
  CHECK(note_ != nullptr);
}

// Relaxed, as the counts: only their sum says something, and a sum of acts that have ended is asked
// for by whoever knows of them.
void Epochs::BeginUse(size_t nth) {
  notes_[nth].used = true;
  used_[nth / 64].fetch_or(uint64_t{1} << (nth % 64), std::memory_order_relaxed);
}

int64_t Epochs::counted() const {
  int64_t sum = 0;
  for (size_t i = 0; i < used_.size(); ++i) {
    for (uint64_t bits = used_[i].load(std::memory_order_relaxed); bits != 0; bits &= bits - 1)
      sum += notes_[i * 64 + static_cast<size_t>(std::countr_zero(bits))].count.load(
          std::memory_order_relaxed);
  }
  return sum;
}

void Epochs::ForgetCount() {
  for (Note& note : notes_) note.count.store(0, std::memory_order_relaxed);
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
