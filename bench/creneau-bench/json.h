// JSON for programs, written member by member. A member whose value spans lines is not indented
// further. The schema is documented in README.md and stays: members are added, never changed. Pure;
// any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "bench/creneau-bench/histogram.h"
#include "bench/creneau-bench/report.h"

namespace creneau::bench {

inline constexpr const char* kSchema = "creneau-bench/1";

std::string Quoted(std::string_view text);
std::string Number(double number);  // null where it is none

// Members in the order in which they are added.
class Object {
 public:
  Object& Add(std::string_view name, std::string value) {
    text_ += text_.empty() ? "" : ", ";
    text_ += Quoted(name) + ": " + std::move(value);
    return *this;
  }
  Object& Text(std::string_view name, std::string_view value) { return Add(name, Quoted(value)); }
  Object& Count(std::string_view name, uint64_t value) { return Add(name, std::to_string(value)); }
  Object& Real(std::string_view name, double value) { return Add(name, Number(value)); }
  Object& Truth(std::string_view name, bool value) { return Add(name, value ? "true" : "false"); }
  std::string Done() const { return "{" + text_ + "}"; }

 private:
  std::string text_;
};

class Array {
 public:
  void Add(std::string value) {
    text_ += text_.empty() ? "\n  " : ",\n  ";
    text_ += std::move(value);
  }
  std::string Done() const { return text_.empty() ? "[]" : "[" + text_ + "]"; }

 private:
  std::string text_;
};

// In microseconds, of nanoseconds.
std::string Latency(const Histogram& histogram);
std::string MachineOf(const Machine& machine);
std::string BuildOf(const Machine& machine);

}  // namespace creneau::bench
