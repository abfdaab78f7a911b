// Work of a start shared out among threads: what comes of it must not depend on how many there are.
#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/functional/function_ref.h"

namespace creneau::booking {

// How many threads are worth their start for so much work, the caller's included: one for each core
// and each `least`, and never none.
size_t ThreadsFor(uint64_t work, uint64_t least);

// Calls each(thread, from, until) for consecutive pieces of [0, count), from `threads` threads, the
// caller's included; `thread` counts from 0. Returns when all have returned.
using Piece = absl::FunctionRef<void(size_t thread, uint32_t from, uint32_t until)>;
void ShareOut(size_t threads, uint32_t count, uint32_t piece, Piece each);

}  // namespace creneau::booking
