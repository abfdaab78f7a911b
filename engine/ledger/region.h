// A large array of zero bytes whose memory is used only where it is touched: address space from
// mmap, so that reserving room for 64 million seats costs nothing and nothing ever moves under a
// reader. Small ones come from the heap: a calendar has 25 bitmap levels, and a mapping costs a
// page and a system call each. What is read at random asks for huge pages: fewer misses of the
// translation cache, and 512 times fewer page faults while a table fills. Elements must be fine as
// all zero bytes. Any thread may read and write elements as their own type allows.
#pragma once

#include <sys/mman.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <type_traits>

#include "base/check.h"

namespace creneau::ledger {

enum class Pages { kSmall, kHuge };

template <typename T>
class Region {
  static_assert(std::is_trivially_destructible_v<T> && alignof(T) <= alignof(std::max_align_t));

 public:
  explicit Region(size_t count, Pages pages = Pages::kSmall) : count_(count) {
    if (count == 0) return;
    if (!mapped()) {
      // tidy: owned by this region, to its end
      data_ = static_cast<T*>(std::calloc(count, sizeof(T)));
      CHECK(data_ != nullptr);
      return;
    }
    void* memory = ::mmap(nullptr, count * sizeof(T), PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    // Without address space there is nothing to serve from: start-up ends here, with the reason.
    CHECK(memory != MAP_FAILED);
    data_ = static_cast<T*>(memory);
    if (pages == Pages::kHuge) Want(pages);
  }
  ~Region() {
    if (!mapped()) {
      std::free(data_);
    } else {
      ::munmap(data_, count_ * sizeof(T));
    }
  }
  Region(const Region&) = delete;
  Region& operator=(const Region&) = delete;

  // What memory that is touched from now on comes in. Advice, here and below: where the kernel has
  // none, small pages serve, each when it is first touched. A small region has what it needs.
  void Want(Pages pages) {
    if (mapped())
      ::madvise(data_, count_ * sizeof(T), pages == Pages::kHuge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
  }
  // While others use them: has the system give the memory of `count` elements from `from` on where
  // it has not, and make huge pages of small ones if `pages` says so.
  void Touch(size_t from, size_t count, Pages pages) {
    if (!mapped()) return;
    const uintptr_t begin = reinterpret_cast<uintptr_t>(data_ + from) & ~(kLeastPageBytes - 1);
    const uintptr_t end = reinterpret_cast<uintptr_t>(data_ + from + count);
    // In steps: the kernel lets nobody map memory, and may let nobody fault, during one.
    for (uintptr_t at = begin; at < end; at += kStepBytes) {
      const auto memory = reinterpret_cast<void*>(at);
      const size_t bytes = std::min(kStepBytes, end - at);
      ::madvise(memory, bytes, MADV_POPULATE_WRITE);
      if (pages == Pages::kHuge) ::madvise(memory, bytes, kCollapse);
    }
  }

  T& operator[](size_t i) { return data_[i]; }
  const T& operator[](size_t i) const { return data_[i]; }
  size_t size() const { return count_; }

 private:
  static constexpr size_t kMappedBytes = 64 * 1024;
  static constexpr uintptr_t kLeastPageBytes = 4096;
  static constexpr size_t kStepBytes = size_t{2} << 20;
  static constexpr int kCollapse = 25;  // MADV_COLLAPSE, which Debian 12's headers do not have
  bool mapped() const { return count_ * sizeof(T) >= kMappedBytes; }

  T* data_ = nullptr;
  size_t count_;
};

}  // namespace creneau::ledger
