#include "daemon/descriptors.h"

#include <algorithm>

#include "base/check.h"
#include "base/limits.h"

namespace creneau::daemon {
namespace {

// As many of five as there are where everybody has what is foreseen.
constexpr uint64_t kConfirmShare = 5;
static_assert(limits::kMaxConnections == (kConfirmShare - 1) * limits::kMaxConfirmConnections);

uint64_t Reserve(const Served& served) {
  const auto threads = static_cast<uint64_t>(served.threads) + (served.confirm_listener ? 1 : 0) +
                       (served.staff ? 1 : 0);
  return kReservedDescriptors + kDescriptorsPerThread * threads;
}

}  // namespace

uint64_t DescriptorsNeeded(const Served& served) {
  return Reserve(served) + kLeastConnections +
         (served.confirm_listener ? kLeastConfirmConnections : 0);
}

uint64_t DescriptorsForeseen(const Served& served) {
  return Reserve(served) + limits::kMaxConnections +
         (served.confirm_listener ? limits::kMaxConfirmConnections : 0);
}

Connections ConnectionsFor(uint64_t descriptors, const Served& served) {
  CHECK(descriptors >= DescriptorsNeeded(served));
  const uint64_t left = descriptors - Reserve(served);
  Connections connections;
  if (served.confirm_listener) {
    connections.confirms = std::clamp<uint64_t>(left / kConfirmShare, kLeastConfirmConnections,
                                                limits::kMaxConfirmConnections);
  }
  connections.citizens = std::min<uint64_t>(limits::kMaxConnections, left - connections.confirms);
  return connections;
}

}  // namespace creneau::daemon
