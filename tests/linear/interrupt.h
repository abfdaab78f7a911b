// One thread, and others that come in the middle: before the n-th access of the calling thread to
// an atomic of the ledger, something else is done, from beginning to end. In the build with shadow/
// only: elsewhere no access is told of.
#pragma once

#include <cstdint>
#include <functional>

namespace creneau::linear {

class Interrupt {
 public:
  // each(n) is called before the n-th access from here on, not before those of its own.
  explicit Interrupt(std::function<void(uint64_t)> each);
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;
  void Access();
  uint64_t accesses() const { return accesses_; }

 private:
  const std::function<void(uint64_t)> each_;
  uint64_t accesses_ = 0;
  bool within_ = false;
};

}  // namespace creneau::linear
