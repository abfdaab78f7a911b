// Who asks too often: a sketch of fixed memory that answers "more than `count` in `per_ms`?" for
// whatever is worth a limit, of which there may be more than could ever be kept: addresses,
// subjects.
//
// Each key has a leaky bucket, which holds `count` and drains in `per_ms`. Whoever keeps to the
// limit in any period is never refused; whoever does not gets what drains: about twice the limit
// in a period, and the limit in those after it. What is refused does not count. The bucket is one
// moment, that at which it will be empty (GCRA; ITU-T I.371): it decays by the passing of time, and
// an empty one is a free place.
//
// It lies in a set of eight (cells.h), beside 32 bits of the key's hash. Where a set is full of
// buckets that are not empty, the newcomer gets the place of the one that would be empty soonest.
// So under a flood of invented keys those who ask seldom are forgotten, and start again; a key that
// asks again before as many new ones have come as there are places is held to its limit, since its
// bucket is soon among the fullest. At 100,000 new keys a second that is one request in 2.6
// seconds.
//
// Why not count-min: its error is to refuse. In the same memory, four rows of 65,536, 100,000 keys
// at their limit would have everybody else refused more than one time in three, and a million
// always; keys are to be had for nothing. Here the error is to forget who asks seldom. Others'
// requests refuse nobody unless the hash agrees as well: one key in 500 million at most (eight
// entries, 32 bits), until the other's bucket is empty.
//
// Lock-free and for all threads, since a connection may come to any of them, and a limit that each
// counted for itself would be as many limits. Two that ask for one key at the same moment may be
// counted as one where their set is being written by others too. An answer costs one cache miss.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/limits.h"
#include "surge/cells.h"

namespace creneau::surge {

// 1 <= count <= per_ms <= kRatePeriodMaxMs. What drains is one in so many whole milliseconds,
// rounded down: up to a tenth too fast at a hundred a second.
struct RateLimit {
  uint32_t count = 0;
  int64_t per_ms = 0;
};

class RateSketch {
 public:
  // The salt must be secret.
  explicit RateSketch(const Cells::Salt& salt, size_t entries = limits::kRates)
      : cells_(salt, entries) {}

  struct Verdict {
    bool allowed;
    int64_t retry_after_ms;  // 0 if allowed; else when it will be, if nothing is asked until then
  };
  // Counts one for the key unless it is too many. `key` says for whom and for what the limit is:
  // the octets of an address (of IPv6 the first eight: the rest is its owner's to choose) or of a
  // subject, with one before them for the kind. A kind has one limit.
  // `now_ms` is Clock::MonotonicNs in milliseconds.
  Verdict Take(std::string_view key, int64_t now_ms, RateLimit limit);

 private:
  Cells cells_;
};

}  // namespace creneau::surge
