#include "tests/sim/lanes.h"

namespace creneau::sim {
namespace {

using surge::Lane;
using surge::Shed;

constexpr int64_t kMostWaitUs = 500'000;
constexpr int64_t kLogStandsMs = 500;
// Of one arrival: what is added up in pieces is not quite whole.
constexpr double kLeastLeft = 1 - 1e-6;

bool LogInTrouble(const surge::Load& load) {
  return load.log_behind || load.log_in_flight_ms >= kLogStandsMs;
}

std::string Complaint(const std::string& what, const Decision& decision) {
  return what + ": lane " + std::string(LaneName(decision.lane)) + ", refused for " +
         std::string(ShedName(decision.shed)) + " at a lag of " +
         std::to_string(decision.load.lag_us) + " us, the log " +
         std::to_string(decision.load.log_in_flight_ms) + " ms under way" +
         (decision.load.log_behind ? " and behind" : "");
}

bool Has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

}  // namespace

surge::Lane Lanes::LaneOf(const std::string& request) {
  const std::string path = request.substr(0, request.find(" HTTP/"));
  if (path.starts_with("DELETE /v1/waitlist/")) return Lane::kHold;
  if (path.starts_with("POST ") && Has(path, "/waitlist")) return Lane::kArrival;
  if (Has(path, "/tickets") || Has(path, "/challenge") || Has(path, "/recoveries"))
    return Lane::kArrival;
  if (Has(path, "/attempts") || Has(path, "/receipt")) return Lane::kReceipt;
  if (Has(path, "/holds") || Has(path, "/move")) return Lane::kHold;
  if (Has(path, " /v1/reservations/")) return Lane::kConfirm;
  return Lane::kRead;
}

// Of all that was decided since the beginning: whoever has the better claim is refused later.
std::string Lanes::CheckOrder(const Decision& decision) {
  const auto own = static_cast<size_t>(decision.lane);
  const int64_t lag_us = decision.load.lag_us;
  if (decision.shed == Shed::kLag) {
    refused_from_us_[own] = std::min(refused_from_us_[own], lag_us);
  } else {
    let_in_until_us_[own] = std::max(let_in_until_us_[own], lag_us);
  }
  for (size_t better = 0; better < own; ++better) {
    if (refused_from_us_[better] <= let_in_until_us_[own])
      return Complaint("somebody with a better claim was refused at that lag", decision);
  }
  for (size_t worse = own + 1; worse < surge::kLanes; ++worse) {
    if (refused_from_us_[own] <= let_in_until_us_[worse])
      return Complaint("somebody with a worse claim was let in at that lag", decision);
  }
  return "";
}

// Every arrival has to be told, refused or not.
bool Lanes::OnTheFloor(const Decision& decision) {
  if (decision.lane != Lane::kArrival) return false;
  Floor& floor = floors_[decision.thread];
  const int64_t passed_ms = std::clamp<int64_t>(decision.decided_at - floor.at, 0, kMsPerSecond);
  floor.at = decision.decided_at;
  floor.left =
      std::min(floor.left + static_cast<double>(passed_ms * kArrivalFloorPerS) / kMsPerSecond,
               static_cast<double>(kArrivalFloorPerS));
  if (floor.left < kLeastLeft) return false;
  floor.left -= 1;
  return true;
}

std::string Lanes::Check(const Decision& decision) {
  const bool refused = decision.shed != Shed::kNo;
  if (OnTheFloor(decision)) {
    if (refused) return Complaint("one of the first few who arrive was refused", decision);
    if (decision.load.lag_us >= kMostWaitUs) ++reached_["arrived-on-the-floor"];
    return "";
  }
  if (decision.lane <= Lane::kConfirm)
    return refused ? Complaint("whoever holds a seat is never refused", decision) : "";
  const bool waits_for_log = decision.lane == Lane::kHold && LogInTrouble(decision.load);
  if (waits_for_log && !refused) return Complaint("new holds wait for the log", decision);
  if (decision.shed == Shed::kLog)
    return waits_for_log ? "" : Complaint("nothing waits for the log", decision);
  if (!refused && decision.load.lag_us >= kMostWaitUs)
    return Complaint("more is let in than can be answered in time", decision);
  if (refused && decision.at > unquiet_until_ + kCalmAgainMs)
    return Complaint("the crowd has gone since " + std::to_string(unquiet_until_.ms), decision);
  return CheckOrder(decision);
}

std::string Lanes::Answered(const Decision& decision, bool again, const Told& told) {
  const std::string lane(LaneName(decision.lane));
  if (decision.shed == Shed::kNo) {
    if (decision.load.lag_us >= kMostWaitUs / 10) ++reached_["let-in-under-load-" + lane];
    if (again) ++reached_["came-back-and-was-let-in"];
    return Check(decision);
  }
  ++reached_["shed-" + lane + "-for-" + std::string(ShedName(decision.shed))];
  if (told.status != 503 || told.code != "overloaded" || told.Member("retryable") != "true")
    return Complaint("a refusal says " + told.body, decision);
  if (told.retry_after_s < 1 || told.retry_after_s > 10)
    return Complaint("nobody was told when to come back", decision);
  return Check(decision);
}

}  // namespace creneau::sim
