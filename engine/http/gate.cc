#include "http/gate.h"

#include "base/limits.h"

namespace creneau::http {

Gate::Gate()
    : busy_({.outcome = Outcome::kOverloaded}, limits::kRetryFirstS, limits::kRetryLastS) {}

}  // namespace creneau::http
