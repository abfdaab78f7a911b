#include "booking/opening_orders.h"

#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "booking/registry.h"
#include "rules/beacon.h"

namespace creneau::booking {
namespace {

using What = OpeningOrder::What;

// A day is more than any opening has, and an operator who means it can say it twice.
constexpr int64_t kMostMinutes = 24 * 60;
constexpr int64_t kHighestRate = 1'000'000;

// What its beacon gave is said once, before it begins: who could say it again could choose.
std::string ObjectionToBeacon(const OpeningOrder& order, const AgendaInfo& agenda,
                              const OpeningView& opening, Instant now) {
  const codec::OpeningState& state = opening.state;
  if (agenda.rules.beacon.empty()) return "this agenda names no beacon";
  // Said again, since the answer was lost.
  if (order.what == What::kBeacon ? !state.beacon.empty() && order.text == state.beacon
                                  : state.without_beacon)
    return "";
  if (state.opened_at) return "the opening has begun, and its K does not change any more";
  if (!state.beacon.empty())
    return absl::StrCat("its beacon gave ", state.beacon, ": that was said already, and stays");
  if (state.without_beacon)
    return "it was said already that this opening begins without its beacon";
  // Whoever comes until then has his place by it.
  if (now < opening.times->opens_at)
    return "the opening is not due yet: its beacon is told from its hour on";
  if (order.what == What::kBeacon && !rules::IsBeaconValue(order.text)) {
    return absl::StrCat(
        "value: numbers without leading zeros, one space between, or 16 and more lower-case "
        "hexadecimal digits; at most ",
        limits::kBeaconChars, " characters");
  }
  return "";
}

}  // namespace

std::string ObjectionTo(const OpeningOrder& order, const AgendaInfo& agenda,
                        const OpeningView& opening, Instant now) {
  const bool queue = agenda.rules.policy == rules::Policy::kQueue;
  const bool under_way = opening.times && opening.phase != Phase::kClosed;
  if (order.what == What::kPause || order.what == What::kResume) return "";
  if (order.what != What::kExtend && !queue) return "this agenda has no queue";
  if (!under_way) return "no opening of this agenda is under way";
  switch (order.what) {
    case What::kRate:
      if (order.value < 0 || order.value > kHighestRate)
        return absl::StrCat("people a minute: 0 (no cap) to ", kHighestRate);
      return "";
    case What::kExtend:
      if (order.value < 1 || order.value > kMostMinutes)
        return absl::StrCat("minutes: 1 to ", kMostMinutes);
      return "";
    case What::kBeacon:
    case What::kWithoutBeacon:
      return ObjectionToBeacon(order, agenda, opening, now);
    case What::kPause:
    case What::kResume:
    case What::kDrain:
      return "";
  }
  return "";
}

}  // namespace creneau::booking
