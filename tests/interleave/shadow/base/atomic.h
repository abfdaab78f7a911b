// Stands before engine/base/atomic.h in the include path of this one build: the ledger and the
// commit queue, unchanged, get atomics whose every access the checker decides.
#pragma once

#include "tests/interleave/atomic.h"

namespace creneau {

template <typename T>
using Atomic = interleave::Atomic<T>;

}  // namespace creneau
