// The status document of one agenda as everybody sees it: fetched once for all who look within a
// second, as nginx's micro-cache does it, and held against what it said before. One owner.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "bench/creneau-bench/crowd/sight.h"

namespace creneau::bench {

class SharedDocument {
 public:
  // For as long as `max-age=1` lets a cache keep it.
  bool Fresh(int64_t now_ns) const {
    return sight_.known && now_ns < sight_.fetched_ns + 1'000'000'000;
  }
  const Sight& sight() const { return sight_; }

  // A reply. False: it is none, and the last one stays. `*untrue`: what in it cannot be true, since
  // the served rank only grows, K stays, and is of the chain whose end was published.
  bool Take(int status, std::string_view body, int64_t now_ns, std::string* untrue);

 private:
  Sight sight_;
  std::string chain_end_;
};

}  // namespace creneau::bench
