#include "daemon/descriptors.h"

#include <algorithm>

#include "base/check.h"
#include "base/limits.h"

namespace creneau::daemon {
namespace {

uint64_t Reserve(int threads) {
  return kReservedDescriptors + kDescriptorsPerThread * static_cast<uint64_t>(threads);
}

}  // namespace

uint64_t DescriptorsNeeded(int threads) { return Reserve(threads) + kLeastConnections; }

size_t ConnectionsFor(uint64_t descriptors, int threads) {
  CHECK(descriptors >= DescriptorsNeeded(threads));
  return std::min<uint64_t>(limits::kMaxConnections, descriptors - Reserve(threads));
}

}  // namespace creneau::daemon
