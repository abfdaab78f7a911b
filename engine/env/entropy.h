// The only source of randomness that must not be guessed. Any thread.
#pragma once

#include <cstdint>
#include <span>

namespace creneau {

class Entropy {
 public:
  virtual ~Entropy() = default;
  virtual void Fill(std::span<uint8_t> bytes) = 0;
};

}  // namespace creneau
