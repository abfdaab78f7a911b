// What a person can know: the status document of an opening (design 6), and what one reply said.
// Read in place from what the server wrote. Nanoseconds of the run's clock.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "surge/key_chain.h"
#include "surge/rank.h"

namespace creneau::bench {

enum class Phase : uint8_t { kClosed, kGathering, kOpen, kExhausted };

struct Sight {
  Phase phase = Phase::kClosed;
  bool paused = false;
  bool known = false;      // one has been read
  int32_t day = 0;         // of the opening that it is about: once that is over, the next one
  int64_t fetched_ns = 0;  // when it came
  int64_t gathers_ns = 0;  // by the server's clock, moved to ours
  int64_t opens_ns = 0;
  int64_t closes_ns = 0;
  uint64_t served_rank = 0;  // 0: nobody yet
  uint64_t served = 0;
  uint64_t gathered = 0;
  uint64_t waiting = 0;
  uint64_t free = 0;
  uint32_t rate_per_min = 0;
  std::optional<surge::ChainValue> k;  // once open
};

// 64 hex digits; nothing where they are none.
std::optional<surge::ChainValue> ReadChainValue(std::string_view hex);

// Nothing where it is no status document. `now_ns` is when it came.
std::optional<Sight> ReadSight(std::string_view body, int64_t now_ns);

// The reckoning that the API's documentation gives: how many are before somebody with that rank, of
// whom `before` others had come in earlier buckets. Never below 0.
uint64_t PlaceOf(const Sight& sight, surge::Rank rank, uint32_t before);

// When somebody at that place looks again: a quarter of the wait, within reason.
int64_t PollAfterNs(const Sight& sight, uint64_t place);

struct Heard {
  enum class What : uint8_t {
    kTicket,
    kSlots,
    kHeld,
    kConfirmed,
    kNotOpenYet,
    kNotAdmitted,
    kNothingLeft,
    kPaused,
    kSlotTaken,
    kHoldExpired,
    kNotListed,
    kRefused,  // 503 or 429: come back later, and no word about the queue
    kLost,     // no reply, or one that nobody can know the outcome from
    kWrong,    // none of what can be said to that
  };
  What what = What::kLost;
  bool admitted = false;      // beside a ticket
  int64_t after_ns = 0;       // to come back: poll_after_s, or Retry-After; 0: not said
  int64_t expires_in_ns = 0;  // of a hold
  bool cut_off = false;       // beside a loss: by the person's own phone
};

}  // namespace creneau::bench
