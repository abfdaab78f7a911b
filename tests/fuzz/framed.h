// A mutator for inputs that are a head of some octets and then records: each has `kind` octets of
// its own and two of length. Every other time one record alone is mutated and its length written
// anew, so that most inputs are still whole.
#pragma once

#include <cstring>

#include "base/prng.h"
#include "tests/fuzz/fuzz.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace creneau::fuzz {

// `data` has room for max_size octets; the new size, at most that.
inline size_t MutateFramed(uint8_t* data, size_t size, size_t max_size, unsigned seed, size_t head,
                           size_t kind) {
  Prng chance(seed);
  const std::string before(Text(data, size));
  Source source(before);
  std::vector<std::string> parts = {std::string(source.Take(head))};
  while (!source.empty()) {
    std::string part(source.Take(kind));
    const size_t length = source.Number(2);
    part += source.Take(length);
    if (part.size() >= kind) parts.push_back(part);
  }
  if (parts.size() == 1 || chance.Below(2) == 0) return LLVMFuzzerMutate(data, size, max_size);
  std::string& part = parts[1 + chance.Below(parts.size() - 1)];
  const size_t room = std::min<size_t>(part.size() - kind + 32, 0xffff);
  std::vector<uint8_t> record(part.begin() + static_cast<ptrdiff_t>(kind), part.end());
  const size_t length = record.size();
  record.resize(std::max<size_t>(room, 1));
  record.resize(LLVMFuzzerMutate(record.data(), length, record.size()));
  part.resize(kind);
  part.append(record.begin(), record.end());
  std::string after = parts[0];
  for (size_t i = 1; i < parts.size(); ++i) {
    const size_t bytes = parts[i].size() - kind;
    after += parts[i].substr(0, kind);
    after += {static_cast<char>(bytes >> 8), static_cast<char>(bytes)};
    after += parts[i].substr(kind);
  }
  const size_t fits = std::min(after.size(), max_size);
  std::memcpy(data, after.data(), fits);
  return fits;
}

}  // namespace creneau::fuzz
