// Threads that give way now and then, so that operations meet in the middle of one another.
#pragma once

#include <cstdint>

namespace creneau::linear {

// From here on the calling thread gives its core away in one of some calls of Hesitate, as drawn
// from the seed; 0: in none, as before the first call.
void Seed(uint64_t seed);
void Hesitate();

}  // namespace creneau::linear
