#include "env/posix/posix_entropy.h"

#include <sodium.h>

#include "base/check.h"

namespace creneau::env {

// May be called again and from any thread; fails only where the kernel gives no randomness.
PosixEntropy::PosixEntropy() { CHECK(::sodium_init() >= 0); }

void PosixEntropy::Fill(std::span<uint8_t> bytes) { ::randombytes_buf(bytes.data(), bytes.size()); }

}  // namespace creneau::env
