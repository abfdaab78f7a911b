#include "http/gate.h"

#include "base/limits.h"

namespace creneau::http {

Gate::Gate()
    : busy_({.outcome = Outcome::kOverloaded}, limits::kRetryFirstS, limits::kRetryLastS),
      too_often_({.outcome = Outcome::kRateLimited,
                  .detail = "More requests come from this network address than one may send, "
                            "perhaps from other people who share it. Nothing was done; try again "
                            "after the time in Retry-After."},
                 limits::kAddressRetryFirstS, limits::kAddressRetryLastS) {}

}  // namespace creneau::http
