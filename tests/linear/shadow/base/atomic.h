// Stands before engine/base/atomic.h in the include path of one build of the tests: the ledger,
// unchanged, on atomics that give way now and then before an access. Operations of real threads
// then meet in the middle of one another, on two cores as on many, and not only where the scheduler
// happens to take a thread off its core.
#pragma once

#include <atomic>

namespace creneau::linear {

// Gives the core away, once in so many calls by a thread (hesitant.cc).
void Hesitate();

template <typename T>
class HesitantAtomic {
  using Order = std::memory_order;

 public:
  HesitantAtomic() = default;
  constexpr explicit(false) HesitantAtomic(T value) : value_(value) {}
  HesitantAtomic(const HesitantAtomic&) = delete;
  HesitantAtomic& operator=(const HesitantAtomic&) = delete;

  T load(Order order = Order::seq_cst) const {
    Hesitate();
    return value_.load(order);
  }
  void store(T value, Order order = Order::seq_cst) {
    Hesitate();
    value_.store(value, order);
  }
  T exchange(T value, Order order = Order::seq_cst) {
    Hesitate();
    return value_.exchange(value, order);
  }
  T fetch_add(T value, Order order = Order::seq_cst) {
    Hesitate();
    return value_.fetch_add(value, order);
  }
  T fetch_sub(T value, Order order = Order::seq_cst) {
    Hesitate();
    return value_.fetch_sub(value, order);
  }
  T fetch_or(T value, Order order = Order::seq_cst) {
    Hesitate();
    return value_.fetch_or(value, order);
  }
  T fetch_and(T value, Order order = Order::seq_cst) {
    Hesitate();
    return value_.fetch_and(value, order);
  }
  bool compare_exchange_strong(T& expected, T desired, Order order = Order::seq_cst) {
    Hesitate();
    return value_.compare_exchange_strong(expected, desired, order);
  }
  bool compare_exchange_strong(T& expected, T desired, Order order, Order failure) {
    Hesitate();
    return value_.compare_exchange_strong(expected, desired, order, failure);
  }
  bool compare_exchange_weak(T& expected, T desired, Order order = Order::seq_cst) {
    Hesitate();
    return value_.compare_exchange_weak(expected, desired, order);
  }
  bool compare_exchange_weak(T& expected, T desired, Order order, Order failure) {
    Hesitate();
    return value_.compare_exchange_weak(expected, desired, order, failure);
  }
  explicit(false) operator T() const { return load(); }

 private:
  std::atomic<T> value_;
};

}  // namespace creneau::linear

namespace creneau {

template <typename T>
using Atomic = linear::HesitantAtomic<T>;

}  // namespace creneau
