// Replaces operator new in a test program, so that the test counts allocations or has one fail.
// Included by one source of a program, which defines BeforeAllocation. Sanitizers bring an operator
// new of their own: under them this replaces nothing, and BeforeAllocation is never called.
#pragma once

#include <cstddef>
#include <cstdlib>
// tidy: owned by whoever called operator new
#include <new>

namespace creneau::tests {

// Called before each allocation, on the thread that allocates. May throw std::bad_alloc; must not
// allocate.
void BeforeAllocation();

#ifndef CRENEAU_SANITIZED
inline void* Allocate(size_t bytes) {
  BeforeAllocation();
  // tidy: owned by whoever called operator new
  if (void* memory = std::malloc(bytes == 0 ? 1 : bytes)) return memory;
  throw std::bad_alloc();
}

inline void* AllocateAligned(size_t bytes, std::align_val_t alignment) {
  BeforeAllocation();
  const auto step = static_cast<size_t>(alignment);
  // tidy: owned by whoever called operator new
  if (void* memory = std::aligned_alloc(step, (bytes + step - 1) / step * step)) return memory;
  throw std::bad_alloc();
}
#endif

}  // namespace creneau::tests

#ifndef CRENEAU_SANITIZED
void* operator new(size_t bytes) { return creneau::tests::Allocate(bytes); }
void* operator new[](size_t bytes) { return creneau::tests::Allocate(bytes); }
void* operator new(size_t bytes, std::align_val_t alignment) {
  return creneau::tests::AllocateAligned(bytes, alignment);
}
void* operator new[](size_t bytes, std::align_val_t alignment) {
  return creneau::tests::AllocateAligned(bytes, alignment);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, size_t, std::align_val_t) noexcept { std::free(memory); }
#endif
