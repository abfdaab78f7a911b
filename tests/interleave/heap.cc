#include "tests/interleave/heap.h"

#include <malloc.h>
#include <pthread.h>

#include <cstdlib>
#include <new>
#include <vector>

#include "tests/interleave/machine.h"

extern "C" {
void* __real_calloc(size_t count, size_t size);
void __real_free(void* memory);
void* __wrap_calloc(size_t count, size_t size);
void __wrap_free(void* memory);
pthread_t __real_pthread_self(void);
pthread_t __wrap_pthread_self(void);
}

namespace creneau::interleave {
namespace {

struct Allocation {
  uintptr_t begin = 0;
  uintptr_t end = 0;
  int thread = -1;  // -1: made before the model ran
  uint32_t time = 0;
  bool freed = false;
};

// A plain array: what keeps the heap's books must not use the heap. An execution that needs more
// ends the test.
constexpr int kMost = 4096;
Allocation allocations[kMost];
int count = 0;

int Find(uintptr_t address) {
  for (int i = 0; i < count; ++i) {
    if (address >= allocations[i].begin && address < allocations[i].end) return i;
  }
  return -1;
}

Allocation& Add(void* memory) {
  if (count == kMost) std::abort();
  Allocation& made = allocations[count++];
  made.begin = reinterpret_cast<uintptr_t>(memory);
  made.end = made.begin + malloc_usable_size(memory);
  return made;
}

void* Made(void* memory) {
  if (memory == nullptr) std::abort();
  if (ModelRuns()) {
    Allocation& made = Add(memory);
    made.thread = machine().current();
    made.time = machine().memory().clock(made.thread).time;
    made.freed = false;
  }
  return memory;
}

// Whether the thread knows of something that the maker did after making it.
bool KnowsOf(const Allocation& made, int thread) {
  return made.thread < 0 || made.thread == thread ||
         machine().memory().clock(thread).happens_before.Knows(made.thread, made.time + 1);
}

// True when the memory must stay for now.
bool Kept(void* memory) {
  if (memory == nullptr) return true;
  int at = count == 0 ? -1 : Find(reinterpret_cast<uintptr_t>(memory));
  if (!ModelRuns()) {
    if (at >= 0) allocations[at] = allocations[--count];
    return false;
  }
  if (at < 0) {
    Allocation& old = Add(memory);
    old.thread = -1;
    at = count - 1;
  }
  allocations[at].freed = true;
  // What lies in it is read by whoever frees it: a retired thing, say, with what is to be done.
  if (!KnowsOf(allocations[at], machine().current()))
    machine().Fail("memory is freed by a thread that does not know it was made");
  if (const char* wrong = machine().memory().Freed(allocations[at].begin, allocations[at].end,
                                                   machine().current(), at)) {
    machine().Fail(wrong);
  }
  return true;
}

}  // namespace

int AllocationOf(uintptr_t address) { return count == 0 ? -1 : Find(address); }

const char* WrongTouch(int allocation, int thread) {
  const Allocation& touched = allocations[allocation];
  if (touched.freed) return "memory is touched after it was freed";
  if (!KnowsOf(touched, thread))
    return "memory is touched by a thread that does not know it was made";
  return nullptr;
}

void TakeBackHeap() {
  for (int i = 0; i < count; ++i) __real_free(reinterpret_cast<void*>(allocations[i].begin));
  count = 0;
}

}  // namespace creneau::interleave

using creneau::interleave::Kept;
using creneau::interleave::Made;
using creneau::interleave::ModelRuns;

void* __wrap_calloc(size_t count, size_t size) { return Made(__real_calloc(count, size)); }
void __wrap_free(void* memory) {
  if (!Kept(memory)) __real_free(memory);
}

// The ledger spreads its readers' notes by thread id: fibers have each their own, unless a case
// wants them to meet.
pthread_t __wrap_pthread_self() {
  if (!ModelRuns()) return __real_pthread_self();
  return static_cast<pthread_t>(creneau::interleave::machine().ThreadId());
}

// tidy: owned by whoever asks, as ever
void* operator new(size_t bytes) { return Made(std::malloc(bytes == 0 ? 1 : bytes)); }
void* operator new(size_t bytes, std::align_val_t alignment) {
  const size_t step = static_cast<size_t>(alignment);
  // tidy: owned by whoever asks
  return Made(std::aligned_alloc(step, (bytes + step - 1) / step * step));
}
void operator delete(void* memory) noexcept { __wrap_free(memory); }
void operator delete(void* memory, size_t) noexcept { __wrap_free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { __wrap_free(memory); }
void operator delete(void* memory, size_t, std::align_val_t) noexcept { __wrap_free(memory); }
