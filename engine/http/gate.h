// Lets a thread's requests through to their handlers, or refuses them, as soon as it is known what
// is asked for, before anything is read of a body: by lane when there is more to do than can be
// done in time (surge/shedding.h), and by address where one asks too often (address_rates.h). What
// the holder of a seat does is refused for neither. A refusal is bytes that were put together at
// the start.
//
// One for each I/O thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/instant.h"
#include "base/limits.h"
#include "http/address_rates.h"
#include "http/ready_replies.h"
#include "surge/shedding.h"

namespace creneau::http {

// Who knows how busy the thread is.
class LoadSource {
 public:
  // At this moment. Must not throw.
  virtual const surge::Load& load() noexcept = 0;

 protected:
  ~LoadSource() = default;
};

class Gate {
 public:
  Gate();

  // From now on requests are refused as these say; before that nobody is. Not owned.
  void Follow(LoadSource& source, int64_t arrival_floor_per_s = limits::kArrivalFloorPerS) {
    source_ = &source;
    floor_ = surge::ArrivalFloor(arrival_floor_per_s);
  }
  void Limit(AddressRates& rates) { rates_ = &rates; }

  // Whoever is refused for load is not counted for his address, but for those who arrive.
  surge::Shed Decide(surge::Lane lane, const Caller& caller, std::string_view forwarded_for,
                     Instant now) {
    // An address that asks too often takes no part of the floor from others.
    if (lane == surge::Lane::kArrival && !MayAsk(caller, forwarded_for))
      return surge::Shed::kAddress;
    const bool on_the_floor = lane == surge::Lane::kArrival && floor_.Takes(now);
    if (source_ != nullptr && !on_the_floor) {
      draw_ += kGoldenRatio;
      const surge::Shed why = surge::Decide(source_->load(), lane, draw_);
      if (why != surge::Shed::kNo) return why;
    }
    const bool asked = lane <= surge::Lane::kConfirm || lane == surge::Lane::kArrival;
    return asked || MayAsk(caller, forwarded_for) ? surge::Shed::kNo : surge::Shed::kAddress;
  }
  // What AppendRefusal says: 429 rate-limited for an address, else 503 overloaded.
  static Outcome OutcomeOf(surge::Shed why) {
    return why == surge::Shed::kAddress ? Outcome::kRateLimited : Outcome::kOverloaded;
  }
  void AppendRefusal(std::string& out, surge::Shed why, const Framing& framing) {
    (why == surge::Shed::kAddress ? too_often_ : busy_).Append(out, framing);
  }

 private:
  bool MayAsk(const Caller& caller, std::string_view forwarded_for) {
    return rates_ == nullptr || rates_->Take(caller, forwarded_for);
  }

  // Steps that spread over all of the numbers as evenly as any do (Weyl): of few requests already,
  // as many are refused as should be.
  static constexpr uint32_t kGoldenRatio = 0x9e3779b9;

  LoadSource* source_ = nullptr;
  AddressRates* rates_ = nullptr;
  uint32_t draw_ = 0;
  surge::ArrivalFloor floor_{limits::kArrivalFloorPerS};
  ReadyReplies busy_;
  ReadyReplies too_often_;
};

}  // namespace creneau::http
