#include "tests/linear/hesitant.h"

#include <thread>
#include <utility>

#include "base/prng.h"
#include "tests/linear/interrupt.h"

namespace creneau::linear {
namespace {

thread_local uint64_t state = 0;
thread_local Interrupt* interrupt = nullptr;

}  // namespace

void Seed(uint64_t seed) { state = seed == 0 ? 0 : Mix64(seed) | 1; }

Interrupt::Interrupt(std::function<void(uint64_t)> each) : each_(std::move(each)) {
  interrupt = this;
}

Interrupt::~Interrupt() { interrupt = nullptr; }

void Interrupt::Access() {
  if (within_) return;
  within_ = true;
  each_(++accesses_);
  within_ = false;
}

void Hesitate() {
  if (interrupt != nullptr) return interrupt->Access();
  if (state == 0) return;
  // xorshift64: a few instructions, so that the ledger keeps its pace.
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  if (state % 16 == 0) std::this_thread::yield();
}

}  // namespace creneau::linear
