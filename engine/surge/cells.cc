#include "surge/cells.h"

#include <sys/mman.h>

#include <bit>

#include "base/check.h"

namespace creneau::surge {

Cells::Cells(const Salt& salt, size_t words)
    : salt_(salt), sets_(words / kWays), words_(Map(words)) {
  CHECK(std::has_single_bit(words) && sets_ >= 1);
  CHECK(std::countr_zero(sets_) <= 64 - kPrintBits);
}

Cells::Place Cells::Of(std::string_view key) const {
  std::array<uint8_t, crypto_shorthash_BYTES> bytes;
  crypto_shorthash(bytes.data(), reinterpret_cast<const uint8_t*>(key.data()), key.size(),
                   salt_.data());
  const auto hash = std::bit_cast<uint64_t>(bytes);
  const uint64_t print = hash >> (64 - kPrintBits);
  Word* const first = words_.get() + (hash & (sets_ - 1)) * kWays;
  return {std::span<Word, kWays>(first, kWays), print == 0 ? 1 : print};
}

Cells::Words Cells::Map(size_t words) {
  const size_t bytes = words * sizeof(Word);
  void* const memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  // Without address space there is nothing to serve from: start-up ends here, with the reason.
  CHECK(memory != MAP_FAILED);
  return Words(static_cast<Word*>(memory), Unmap{bytes});
}

void Cells::Unmap::operator()(Word* words) const { ::munmap(words, bytes); }

}  // namespace creneau::surge
