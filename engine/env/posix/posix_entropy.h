// The kernel's random bytes, by way of libsodium. Any thread.
#pragma once

#include <cstdint>
#include <span>

#include "env/entropy.h"

namespace creneau::env {

class PosixEntropy : public Entropy {
 public:
  PosixEntropy();
  void Fill(std::span<uint8_t> bytes) override;
};

}  // namespace creneau::env
