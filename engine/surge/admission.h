// The admission controller of a queue (design 6, P3): how many people to let in now. Pure: numbers,
// `now` and the controller's own memory in, a verdict and that memory out. Any thread.
//
// The steward calls Admit four times a second for each agenda whose opening is open, and lets in as
// many people as it says (grants.h): whom, is the rank's business. Three things bound them:
//
// - Seats: no more people are let in than are expected to find a seat. How many come is learnt from
//   those who did: for each age of a grant, how many of those still unused were used at that age (a
//   life table; Kaplan and Meier, 1958). So people who do not come stand in nobody's way once it is
//   known at what age people come, long before their grants lapse. Until something is known, all
//   are expected to come, so that the first find a seat; no-shows of 10 to 60 % are known within a
//   minute where people notice their turn within twenty seconds.
// - The engine's bound on live holds (capacity.h): every grant outstanding counts as a hold there,
//   as if all of them came, and they are shared evenly among the queues that could let people in.
//   Admission alone never exceeds the bound. When the bound falls below what has been let in
//   already, nobody is let in until it fits again.
// - What an operator says: a rate, a pause.
//
// The way to a bound is not a jump: a fifth of the missing people each second where seats bound
// them, a thirtieth where holds do. Else all would ask, hold and confirm at once, and come back at
// once as grants that lapse two minutes later.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/instant.h"
#include "surge/capacity.h"
#include "surge/grants.h"

namespace creneau::surge {

// What keeps more people from being let in now.
enum class Limit : uint8_t {
  kNobodyWaits,
  kSeats,     // those let in are expected to take all that are free
  kConfirms,  // live holds and grants fill the bound, which is as high as it can be
  kDisk,      // they fill it, and it is lower because the disk is slow
  kRateCap,
  kPaused,
};
inline constexpr int kLimits = 6;
// "nobody-waits", "seats", "confirms", "disk", "rate", "paused".
std::string_view NameOf(Limit limit);

// What all queues of the engine share: taken once a step, and but for `let_in` the same for all.
// Grants are counted before holds, or one that becomes the other meanwhile is in neither.
struct EngineLoad {
  Capacity capacity;
  uint64_t live_holds = 0;  // of all agendas, whatever their policy
  uint64_t grants = 0;      // outstanding in all queues, the one in question included
  uint64_t let_in = 0;      // in this step so far, by all queues
  // How many queues wanted more people at their last step (Admission::wants_more): each gets its
  // share of what is left of the bound. What is left over in whole numbers goes to those who are
  // called first, so each step begins with another queue.
  uint32_t queues = 1;
};

struct QueueLoad {
  uint64_t free_seats = 0;  // neither held nor confirmed, of the queue's channel
  uint64_t waiting = 0;     // not yet let in
  GrantAges grants;
  uint32_t rate_cap_per_min = 0;  // 0: none
  // Paused or draining: nobody is let in, and that nobody comes means nothing.
  bool halted = false;
};

// What the controller knows from the steps before; the default is the first step of an opening.
// `seen` may be taken over from an earlier opening of the same agenda: people are much the same.
struct AdmissionState {
  // Those who came, and how long grants waited for it, by age: both fade within some minutes.
  struct Seen {
    std::array<double, kGrantAges> used{};
    std::array<double, kGrantAges> waited_s{};
  };
  Seen seen;
  std::array<uint64_t, kGrantAges> used_before{};  // QueueLoad::grants.used at the last step
  Instant last_step;                               // 0: there was none
  double carried = 0;                              // the part of a person, below 1
  double last_minute = 0;
};

struct Admission {
  uint32_t people = 0;  // to let in now
  // People let in per minute, to be shown: over about the last minute. It begins at 0, so that
  // nobody is promised a wait that only the first burst bears out.
  double rate_per_min = 0;
  Limit limit = Limit::kNobodyWaits;
  // Whether it would let in people as far as the engine's bound allows: whether it counts among
  // EngineLoad::queues in the next step.
  bool wants_more = false;
  // The share of people let in now of whom it is expected that they come, for metrics: at least a
  // fifth (limits::kGrantsPerSeat).
  double shown_up = 1;
  // How many of the grants outstanding, without `people`, are expected to be used yet.
  double expected = 0;
  AdmissionState next;
};

Admission Admit(const QueueLoad& queue, const EngineLoad& engine, Instant now,
                const AdmissionState& state);

}  // namespace creneau::surge
