// The one name under which the ledger and the commit queue use atomics. In the shipped program it
// is std::atomic; the interleaving tests replace it by a type in which every access is a scheduling
// point. Use it for whatever two threads of the ledger or the commit queue share; statistics may
// use std::atomic.
#pragma once

#include <atomic>

namespace creneau {

template <typename T>
using Atomic = std::atomic<T>;

}  // namespace creneau
