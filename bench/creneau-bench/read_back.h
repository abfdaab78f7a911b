// Was it true? After the measured time every reservation that the server gave is read again, at
// full speed over several connections, and the seats are counted:
//
//   - no name was given to two journeys;
//   - what was confirmed is confirmed, in the same slot; what was cancelled is not somebody's;
//   - in no slot more were confirmed than it has seats that are not free.
//
// What cannot be read counts as wrong: a confirmation that nobody can show is lost. One thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "bench/creneau-bench/journal.h"
#include "bench/creneau-bench/sockets.h"

namespace creneau::bench {

struct Findings {
  uint64_t reservations = 0;      // that were given
  uint64_t confirmed = 0;         // of these, read back and found confirmed
  uint64_t cancelled = 0;         // read back and found gone
  uint64_t slots = 0;             // whose seats were counted
  uint64_t slots_not_listed = 0;  // begun meanwhile, or not bookable: the server shows no count
  uint64_t wrong = 0;
  struct Example {
    std::string what;
    uint64_t times = 1;
    std::string Text() const;
  };
  std::vector<Example> examples;  // the first that were wrong, each named, and once

  void Blame(std::string what);
  uint64_t not_shown() const;  // wrong, and not among the examples
};

// Unavailable when no connection can be made, Cancelled once `stop` is set.
absl::StatusOr<Findings> ReadBack(const Address& server, const std::vector<std::string>& agendas,
                                  const std::vector<const Journal*>& journals,
                                  const std::atomic<bool>& stop);

}  // namespace creneau::bench
