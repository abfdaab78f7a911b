// How often an address asks, and whether that is too often. The address is the peer's; of a listed
// proxy's requests it is whom X-Forwarded-For names (Callers::Behind), and where that names nobody,
// the request is not counted. So the website's own server, which asks for many people, is best
// listed: what it sends without the header has no cap, and with it each browser has its own.
//
// One for all threads of a listener: SO_REUSEPORT spreads a client over them, and a cap that each
// counted for itself would be as many. It takes no lock (surge/rate_sketch.h); a request that is
// counted costs a look at the clock and a cache miss, one that has no address costs nothing.
#pragma once

#include <cstdint>
#include <string_view>

#include "http/callers.h"
#include "surge/rate_sketch.h"

namespace creneau {
class Clock;
}

namespace creneau::http {

class AddressRates {
 public:
  // `per_second`: 1 to limits::kRequestsPerAddressMax, of one address; as many as in
  // limits::kRequestsAtOnceMs at once. Counted in whole milliseconds, rounded in the address's
  // favour: up to a tenth more at 100, and 333 where 300 is said. `callers` and `clock` are not
  // owned.
  AddressRates(const Callers& callers, uint32_t per_second, const surge::Cells::Salt& salt,
               const Clock& clock);

  // The same for something else than requests, and with another limit.
  AddressRates(const Callers& callers, surge::RateLimit limit, const surge::Cells::Salt& salt,
               const Clock& clock)
      : callers_(callers), clock_(clock), limit_(limit), sketch_(salt) {}

  // Counts one more request. False: it is one too many, and is not counted. Any thread.
  bool Take(const Caller& caller, std::string_view forwarded_for) {
    if (caller.counted) return TakeOf(caller.network);
    return !caller.listed || forwarded_for.empty() || TakeBehind(forwarded_for);
  }

 private:
  bool TakeOf(uint64_t network);
  bool TakeBehind(std::string_view forwarded_for);

  const Callers& callers_;
  const Clock& clock_;
  const surge::RateLimit limit_;
  surge::RateSketch sketch_;
};

}  // namespace creneau::http
