// Memory that modelled threads allocate and free. What they free stays mapped to the end of the
// execution, so that a late access is seen for what it is and no address is used twice; what they
// allocate may only be touched, or freed, by threads that the allocation happens before. Threads
// that are suspended for ever or cut short leave theirs behind, and it is taken back here. (heap.cc
// replaces operator new and wraps calloc and free: the ledger's own sources stay as they are.)
#pragma once

#include <cstddef>
#include <cstdint>

namespace creneau::interleave {

// The allocation that the address lies in, or -1: made before the model ran, and still there.
int AllocationOf(uintptr_t address);

// Empty, or what is wrong with `thread` touching something in that allocation.
const char* WrongTouch(int allocation, int thread);

// After an execution, once its world is gone: nothing of it may be referred to any more.
void TakeBackHeap();

}  // namespace creneau::interleave
