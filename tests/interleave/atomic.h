// What the engine's atomics are in this build: the newest value lies in the object itself, so that
// zeroed memory is a valid one and its size stays; everything else the model keeps by address
// (model.h). While no modelled thread runs (a case's setting up, its checks), accesses are plain.
// Each operation knows where in the source it stands, so that it can be weakened there (sites.h).
#pragma once

#include <atomic>
#include <cstdint>
#include <cstring>
#include <source_location>
#include <type_traits>

#include "tests/interleave/operation.h"

namespace creneau::interleave {

template <typename T>
class Atomic {
  static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= sizeof(uint64_t));
  using Order = std::memory_order;
  using Place = std::source_location;

 public:
  Atomic() = default;
  constexpr explicit(false) Atomic(T value) : value_(value) {}
  Atomic(const Atomic&) = delete;
  Atomic& operator=(const Atomic&) = delete;

  T load(Order order = Order::seq_cst, Place place = Place::current()) const {
    if (!ModelRuns()) return value_;
    return Decode(Access({Kind::kLoad, Change::kNone, order, order, address(), sizeof(T)}, place));
  }
  void store(T value, Order order = Order::seq_cst, Place place = Place::current()) {
    if (ModelRuns()) {
      Modify(Kind::kStore, Change::kExchange, value, order, place);
    } else {
      value_ = value;
    }
  }
  T exchange(T value, Order order = Order::seq_cst, Place place = Place::current()) {
    return Modify(Kind::kRmw, Change::kExchange, value, order, place);
  }
  T fetch_add(T value, Order order = Order::seq_cst, Place place = Place::current()) {
    return Modify(Kind::kRmw, Change::kAdd, value, order, place);
  }
  T fetch_or(T value, Order order = Order::seq_cst, Place place = Place::current()) {
    return Modify(Kind::kRmw, Change::kOr, value, order, place);
  }
  T fetch_and(T value, Order order = Order::seq_cst, Place place = Place::current()) {
    return Modify(Kind::kRmw, Change::kAnd, value, order, place);
  }
  bool compare_exchange_strong(T& expected, T desired, Order order = Order::seq_cst,
                               Place place = Place::current()) {
    return Exchange(expected, desired, order, FailureOrder(order), false, place);
  }
  bool compare_exchange_strong(T& expected, T desired, Order order, Order failure,
                               Place place = Place::current()) {
    return Exchange(expected, desired, order, failure, false, place);
  }
  bool compare_exchange_weak(T& expected, T desired, Order order = Order::seq_cst,
                             Place place = Place::current()) {
    return Exchange(expected, desired, order, FailureOrder(order), true, place);
  }
  bool compare_exchange_weak(T& expected, T desired, Order order, Order failure,
                             Place place = Place::current()) {
    return Exchange(expected, desired, order, failure, true, place);
  }

 private:
  static uint64_t Encode(T value) {
    uint64_t bits = 0;
    std::memcpy(&bits, &value, sizeof value);
    return bits;
  }
  static T Decode(uint64_t bits) {
    T value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
  }
  static constexpr Order FailureOrder(Order order) {
    if (order == Order::acq_rel) return Order::acquire;
    if (order == Order::release) return Order::relaxed;
    return order;
  }
  void* address() const { return const_cast<T*>(&value_); }

  T Modify(Kind kind, Change change, T operand, Order order, Place place) {
    Operation operation{kind, change, order, order, address(), sizeof(T), Encode(operand)};
    if (ModelRuns()) return Decode(Access(operation, place));
    const T before = value_;
    value_ = Decode(Changed(operation, Encode(before)));
    return before;
  }
  bool Exchange(T& expected, T desired, Order order, Order failure, bool weak, Place place) {
    Operation operation{Kind::kCas,      Change::kExchange, order, failure, address(), sizeof(T),
                        Encode(desired), Encode(expected),  weak};
    if (!ModelRuns()) {
      if (Encode(value_) == operation.expected) {
        value_ = desired;
        return true;
      }
      expected = value_;
      return false;
    }
    bool succeeded = false;
    const uint64_t read = Access(operation, place, &succeeded);
    if (!succeeded) expected = Decode(read);
    return succeeded;
  }

  T value_;
};

}  // namespace creneau::interleave
