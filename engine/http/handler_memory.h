// Room for one operation of Asio: what waits for a socket or is posted to a loop. Asio asks a
// handler for its allocator; with this one, an operation that is begun again and again allocates
// nothing and cannot fail for want of memory.
//
// One operation at a time: the room is given back before its handler is called, so the handler may
// begin the next one. It outlives the operation.
#pragma once

#include <array>
#include <cstddef>
#include <utility>

#include "base/check.h"

namespace creneau::http {

class HandlerMemory {
 public:
  HandlerMemory() = default;
  HandlerMemory(const HandlerMemory&) = delete;
  HandlerMemory& operator=(const HandlerMemory&) = delete;

  void* Take(size_t bytes) {
    CHECK(!taken_ && bytes <= room_.size());
    taken_ = true;
    return room_.data();
  }
  void Give() { taken_ = false; }

 private:
  alignas(std::max_align_t) std::array<std::byte, 256> room_;
  bool taken_ = false;
};

template <typename T>
class HandlerAllocator {
 public:
  using value_type = T;

  explicit HandlerAllocator(HandlerMemory& memory) : memory_(&memory) {}
  template <typename Other>
  HandlerAllocator(const HandlerAllocator<Other>& other) : memory_(other.memory_) {}  // NOLINT

  T* allocate(size_t count) { return static_cast<T*>(memory_->Take(count * sizeof(T))); }
  void deallocate(T*, size_t) { memory_->Give(); }

  friend bool operator==(const HandlerAllocator& a, const HandlerAllocator& b) {
    return a.memory_ == b.memory_;
  }

 private:
  template <typename>
  friend class HandlerAllocator;

  HandlerMemory* memory_;
};

// A handler, and the room for the operation that calls it.
template <typename Call>
class Handler {
 public:
  using allocator_type = HandlerAllocator<void>;

  Handler(HandlerMemory& memory, Call call) : memory_(&memory), call_(std::move(call)) {}

  allocator_type get_allocator() const noexcept { return allocator_type(*memory_); }

  template <typename... Arguments>
  void operator()(Arguments&&... arguments) {
    call_(std::forward<Arguments>(arguments)...);
  }

 private:
  HandlerMemory* memory_;
  Call call_;
};

}  // namespace creneau::http
