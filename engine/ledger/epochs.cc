#include "ledger/epochs.h"

#include <bit>
#include <cstdint>
#include <memory>
#include <utility>

#include "base/check.h"

namespace creneau::ledger {

[[gnu::noinline]] Epochs::Note* Epochs::BeginElsewhere(const Note* taken) {
  const auto first = static_cast<size_t>(taken - notes_.data());
  for (size_t i = 1; i < kReaders; ++i) {
    Note& note = notes_[(first + i) % kReaders];
    if (note.epoch.load(std::memory_order_relaxed) == 0 && note.Begin(*this)) return &note;
  }
  CHECK(false);
}

// Relaxed, as the counts: only their sum says something, and a sum of acts that have ended is asked
// for by whoever knows of them.
[[gnu::noinline]] void Epochs::BeginUse(Note* note) {
  const auto nth = static_cast<size_t>(note - notes_.data());
  note->used = true;
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
