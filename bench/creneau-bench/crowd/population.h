// Who comes when, and how they are: a function of the seed and a number, nothing else. People,
// watchers, bots with identities that exist and with invented ones, in this order. Any thread.
#pragma once

#include <cstdint>

#include "bench/creneau-bench/crowd/crowd_options.h"
#include "bench/creneau-bench/crowd/person.h"

namespace creneau::bench {

// Of the run's clock.
struct Timeline {
  int64_t arrivals_ns = 0;  // nobody comes before
  int64_t opens_ns = 0;
  int64_t closes_ns = 0;
};

class Population {
 public:
  Population(const CrowdOptions& options, const Timeline& timeline)
      : options_(options), timeline_(timeline) {}

  uint32_t size() const { return options_.identities(); }
  Person Make(uint32_t number) const;

 private:
  Group GroupOf(uint32_t number) const;
  int64_t ArrivalNs(Prng* prng) const;
  uint16_t AgendaOf(Prng* prng) const;
  void MakePerson(Prng* prng, Traits* traits) const;

  const CrowdOptions& options_;
  const Timeline timeline_;
};

// Of a lognormal distribution: half are below the median; sigma is of the logarithm.
double LogNormal(double median, double sigma, Prng* prng);

}  // namespace creneau::bench
