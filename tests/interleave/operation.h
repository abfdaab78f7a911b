// One access to an atomic, as the model sees it. A plain value.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <source_location>

namespace creneau::interleave {

enum class Kind : uint8_t { kLoad, kStore, kRmw, kCas };
enum class Change : uint8_t { kNone, kExchange, kAdd, kOr, kAnd };

struct Operation {
  Kind kind = Kind::kLoad;
  Change change = Change::kNone;
  std::memory_order order = std::memory_order_seq_cst;
  std::memory_order failure = std::memory_order_seq_cst;  // of a compare-exchange that fails
  void* address = nullptr;
  size_t bytes = 8;
  uint64_t operand = 0;
  uint64_t expected = 0;
  bool weak = false;
  // Set by the model from the place in the source (sites.h).
  int site = -1;
  bool commutes = false;  // with others of its kind: nobody looks at what it returns
};

constexpr bool Acquires(std::memory_order order) {
  return order == std::memory_order_acquire || order == std::memory_order_acq_rel ||
         order == std::memory_order_seq_cst;
}
constexpr bool Releases(std::memory_order order) {
  return order == std::memory_order_release || order == std::memory_order_acq_rel ||
         order == std::memory_order_seq_cst;
}
constexpr bool InTotalOrder(std::memory_order order) { return order == std::memory_order_seq_cst; }

// What the operation leaves where `before` was.
constexpr uint64_t Changed(const Operation& operation, uint64_t before) {
  const uint64_t mask =
      operation.bytes == 8 ? ~uint64_t{0} : (uint64_t{1} << operation.bytes * 8) - 1;
  switch (operation.change) {
    case Change::kNone:
      return before;
    case Change::kExchange:
      return operation.operand;
    case Change::kAdd:
      return (before + operation.operand) & mask;
    case Change::kOr:
      return before | operation.operand;
    case Change::kAnd:
      return before & operation.operand;
  }
  return before;
}

// Whether a modelled thread is running: only then are accesses scheduling points.
inline bool model_runs = false;
inline bool ModelRuns() { return model_runs; }

// The scheduling point (machine.cc). Returns what was read.
uint64_t Access(const Operation& operation, const std::source_location& place,
                bool* succeeded = nullptr);

}  // namespace creneau::interleave
