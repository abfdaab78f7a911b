// Who has been let in, when, and how many of them have come (design 6). A grant is the right to ask
// for a hold: of every rank in (lapsed, served]. It lapses 120 s after it was given, a second later
// at most, unless it is used: by the first hold its holder asks for, whatever the answer.
//
// Nothing is kept of single people: ranks are let in up to a threshold, so how many are behind it
// is the caller's estimate, and uses are counted by the second in which the grant was given. Fixed
// memory.
//
// A value; one thread at a time. Times must not run backwards.
#pragma once

#include <array>
#include <cstdint>

#include "base/instant.h"
#include "base/limits.h"
#include "surge/rank.h"

namespace creneau::surge {

inline constexpr size_t kGrantAges = 12;
inline constexpr int64_t kGrantAgeMs = limits::kGrantLifeMs / kGrantAges;

// Grants by age, youngest first: 0 to 10 s, 10 to 20 s, and so on.
struct GrantAges {
  // Given, and neither used nor lapsed.
  std::array<uint32_t, kGrantAges> unused{};
  // How many have been used at that age, since the opening began.
  std::array<uint64_t, kGrantAges> used{};

  uint64_t outstanding() const;
};

class Grants {
 public:
  // Up to there all were let in and have lapsed, as after a restart.
  explicit Grants(Rank lapsed = {}) : served_(lapsed), lapsed_(lapsed) {}

  // Lets in everybody up to `served`, about `people` more than before; never less far than before.
  void Admit(Rank served, uint32_t people, Instant now);
  // Takes back what is old enough. At every step, before what follows is looked at.
  void Lapse(Instant now);

  // All live longer by that: for as long as nobody could have used them, paused or away. At most
  // the time since the last Admit.
  void Lengthen(int64_t ms);

  // False: it has not been given, or has lapsed. The caller knows who uses a grant for the first
  // time, and asks only then.
  bool Use(Rank rank, Instant now);

  Rank served() const { return served_; }
  Rank lapsed() const { return lapsed_; }
  GrantAges Ages(Instant now) const;

 private:
  static constexpr int64_t kCohortMs = 1'000;
  // Those that live, and one that has just begun.
  static constexpr size_t kCohorts = limits::kGrantLifeMs / kCohortMs + 2;

  // Let in within the same second.
  struct Cohort {
    Instant from;
    Rank to;
    uint32_t people = 0;
    uint32_t used = 0;
  };

  Cohort& At(size_t i) { return cohorts_[(first_ + i) % kCohorts]; }
  const Cohort& At(size_t i) const { return cohorts_[(first_ + i) % kCohorts]; }
  static size_t AgeOf(const Cohort& cohort, Instant now);

  std::array<Cohort, kCohorts> cohorts_{};  // a ring, oldest first
  size_t first_ = 0;
  size_t size_ = 0;
  Rank served_;
  Rank lapsed_;
  std::array<uint64_t, kGrantAges> used_{};
};

}  // namespace creneau::surge
