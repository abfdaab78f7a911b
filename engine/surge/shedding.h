// Who is refused when there is more to do than can be done in time (design 6, lanes): what costs
// people least to ask for again, first. Pure: numbers in, a verdict out.
//
// A lane is refused by degrees: none of it at one threshold, all of it at the next, and in between
// the share that lies behind. So the load settles where what is let in can be done; one threshold
// alone would let in everybody and nobody in turn. The thresholds are in base/limits.h.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/instant.h"

namespace creneau::surge {

// What a request asks for, from what is never refused for load to what is refused first.
enum class Lane : uint8_t {
  kOperator,  // operators and machines
  kConfirm,   // what the holder of a seat does: confirm, cancel, extend, read
  kHold,      // a claim on another seat: hold, move
  kRead,      // what is the same for everyone
  kArrival,   // a place in the queue
  kReceipt,   // proof of what was, which can wait: attempts, receipts
};
inline constexpr int kLanes = static_cast<int>(Lane::kReceipt) + 1;
std::string_view LaneName(Lane lane);  // as in metrics

// Why a request is refused.
enum class Shed : uint8_t {
  kNo,
  kLag,      // requests wait too long for their turn on this thread
  kLog,      // what is pushed to the log now waits for more than the batch after this one
  kAddress,  // its address asks too often: not Decide's to say, but http/address_rates.h's
};
inline constexpr int kSheds = static_cast<int>(Shed::kAddress) + 1;
std::string_view ShedName(Shed shed);  // as in metrics

// How busy an I/O thread and the log are.
struct Load {
  int64_t lag_us = 0;            // how long a request waits for its turn (surge/lag_meter.h)
  int64_t log_in_flight_ms = 0;  // how long the log's batch has been under way
  bool log_behind = false;       // and more is waiting than the next one holds
};

// `draw`: uniform over all of its values, another one for each request. Where people wait for the
// log in memory, it is for their own requests, sixteen for each connection at most; while the log
// is behind or stands still, nobody is added who does not hold a seat.
Shed Decide(const Load& load, Lane lane, uint32_t draw);

// Arrivals are refused before those who hold and look since in a crowd they are the most. Where
// they are few it is others who make a thread lag, such as a flood of reads, and refusing them
// would free nothing: so many a second are let in, as many at once as in a second, since a thread
// that lags hears them in clumps. A token bucket. One for each thread.
class ArrivalFloor {
 public:
  explicit ArrivalFloor(int64_t per_s) : per_s_(per_s), credit_(kMsPerSecond * per_s) {}
  // Whether whoever arrives now is one of them; also to be asked for those who would be let in
  // anyway. `now` may go back.
  bool Takes(Instant now);

 private:
  int64_t per_s_;
  int64_t credit_;  // thousandths of arrivals
  Instant filled_at_{0};
};

}  // namespace creneau::surge
