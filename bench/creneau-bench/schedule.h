// When things are due, decided before anything is measured: the moments at which journeys begin and
// how long people think. An open loop keeps to them whatever the server does; what is late is late
// from the moment it was due. Seeded; one owner each; nanoseconds since the run began.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "base/prng.h"

namespace creneau::bench {

inline constexpr int64_t kNever = std::numeric_limits<int64_t>::max();
inline constexpr int64_t kNsPerSecond = 1'000'000'000;

enum class Spacing {
  kEven,     // the same distance between all
  kPoisson,  // as people arrive who do not know of each other: exponential distances
};

// The moments of one of `threads` generators that keep to one rate together.
class Arrivals {
 public:
  // `per_s` above 0 counts all generators; they take turns when the spacing is even.
  Arrivals(double per_s, Spacing spacing, unsigned thread, unsigned threads, uint64_t seed);
  int64_t NextNs();

 private:
  double per_s_;
  Spacing spacing_;
  unsigned thread_;
  unsigned threads_;
  uint64_t made_ = 0;
  double at_s_ = 0;
  Prng prng_;
};

// How long people think between two requests: "200", "1000-60000" (uniform), "exp:5000"
// (exponential with that mean), in milliseconds.
class Think {
 public:
  static std::optional<Think> Parse(std::string_view text, std::string* error);

  bool none() const { return max_ms_ == 0; }
  int64_t DrawNs(Prng* prng) const;
  double MeanMs() const { return exponential_ ? max_ms_ : (min_ms_ + max_ms_) / 2; }
  std::string Text() const;

 private:
  bool exponential_ = false;
  double min_ms_ = 0;
  double max_ms_ = 0;  // the mean when exponential
};

// Uniform in (0, 1].
double UnitOf(Prng* prng);

}  // namespace creneau::bench
