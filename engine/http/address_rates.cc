#include "http/address_rates.h"

#include <array>
#include <cstring>
#include <optional>

#include "base/check.h"
#include "base/instant.h"
#include "base/limits.h"
#include "booking/engine.h"

namespace creneau::http {
namespace {

static_assert(limits::kRequestsAtOnceMs <= limits::kRatePeriodMaxMs);
static_assert(limits::kRequestsPerAddressMax <= kMsPerSecond);

surge::RateLimit LimitOf(uint32_t per_second) {
  CHECK(per_second >= 1 && per_second <= limits::kRequestsPerAddressMax);
  constexpr auto kSeconds = static_cast<uint32_t>(limits::kRequestsAtOnceMs / kMsPerSecond);
  return {kSeconds * per_second, limits::kRequestsAtOnceMs};
}

}  // namespace

AddressRates::AddressRates(const Callers& callers, uint32_t per_second,
                           const surge::Cells::Salt& salt, const Clock& clock)
    : callers_(callers), clock_(clock), limit_(LimitOf(per_second)), sketch_(salt) {}

bool AddressRates::TakeOf(uint64_t network) {
  std::array<char, 1 + sizeof network> key{'a'};
  std::memcpy(key.data() + 1, &network, sizeof network);
  return sketch_.Take({key.data(), key.size()}, clock_.MonotonicNs() / 1'000'000, limit_).allowed;
}

bool AddressRates::TakeBehind(std::string_view forwarded_for) {
  const std::optional<uint64_t> network = callers_.Behind(forwarded_for);
  return !network || TakeOf(*network);
}

}  // namespace creneau::http
