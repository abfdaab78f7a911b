// Seeded randomness that repeats: xoshiro256** (Blackman and Vigna, 2018) seeded by SplitMix64. Not
// for secrets (env/entropy.h is). One owner per instance; not for sharing between threads.
#pragma once

#include <cstdint>

namespace creneau {

// SplitMix64's finaliser: a bijection on 64 bits that mixes well.
constexpr uint64_t Mix64(uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

class Prng {
 public:
  explicit Prng(uint64_t seed) {
    for (uint64_t& word : state_) word = Mix64(seed++ * 0x9e3779b97f4a7c15ULL);
  }

  uint64_t Next() {
    const uint64_t result = Rotate(state_[1] * 5, 7) * 9;
    const uint64_t t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = Rotate(state_[3], 45);
    return result;
  }

  // Uniform in [0, bound); bound > 0. Lemire's multiplication; its bias below 2^-32 for bounds of
  // 32 bits does not matter for load and tests, and draws that must be exact do not use this class.
  uint64_t Below(uint64_t bound) {
    return static_cast<uint64_t>((static_cast<Wide>(Next()) * bound) >> 64);
  }

 private:
  __extension__ using Wide = unsigned __int128;

  static constexpr uint64_t Rotate(uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }

  uint64_t state_[4];
};

}  // namespace creneau
