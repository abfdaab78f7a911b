// A prefecture's nine o'clock in numbers, for the admission controller: openings, the people who
// wait for them, one disk, and the engine that gives out the seats, on a simulated clock.
//
// What goes wrong here: people who were let in and do not come; people who hold a seat and are
// never heard of again; a disk that becomes slow, with batches that hold no more than is counted
// upon (limits::kRecordsPerBatch); many openings in the same second, and one that begins later;
// everybody confirming in the same instant. What does not: a person who comes notices within 0 to
// 20 s, unless the plan says otherwise, that it is their turn, and confirms 20 to 200 s later; how
// many people are behind a rank is known exactly; the engine itself takes no time.
//
// The plant does not refuse a hold beyond the engine's bound, so that admission alone has to keep
// it.
#pragma once

#include <cstdint>
#include <optional>
#include <queue>
#include <string>
#include <vector>

#include "base/prng.h"
#include "surge/admission.h"
#include "surge/capacity.h"
#include "surge/grants.h"

namespace creneau::surge {

struct Opening {
  int64_t at_s = 0;
  uint32_t seats = 500;
  uint32_t people = 50'000;
  uint32_t no_show_percent = 20;
};

// From then on batches take half of that at least and all of it at most.
struct DiskFrom {
  int64_t at_s = 0;
  int64_t batch_us = 300;
};

// What an operator says to all queues.
struct Order {
  int64_t at_s = 0;
  uint32_t rate_cap_per_min = 0;
  bool halted = false;
};

struct Plan {
  std::vector<Opening> openings{Opening{}};
  std::vector<DiskFrom> disk{DiskFrom{}};
  std::vector<Order> orders;
  uint32_t dies_percent = 5;  // of those who hold
  uint64_t notices_after_ms = 0;
  uint64_t notices_within_ms = 20'000;
  std::optional<int64_t> storm_s;
  int64_t run_s = 600;
};

struct Step {
  uint32_t people = 0;
  Limit limit = Limit::kPaused;
  double rate_per_min = 0;
  double shown_up = 0;
};

struct QueueResult {
  std::vector<Step> steps;  // one each 250 ms from the opening on
  // Seconds after its opening; nothing: never.
  std::optional<double> all_taken_s;  // held or confirmed, for the first time
  std::optional<double> all_confirmed_s;
  uint64_t let_in = 0;
  uint64_t came = 0;
  uint64_t came_late = 0;  // the grant had lapsed
  uint64_t nothing_left = 0;
};

struct Result {
  std::vector<QueueResult> queues;
  std::vector<uint64_t> bounds;  // at each step since the start
  std::vector<uint64_t> live;
  uint64_t beyond_bound = 0;  // steps that let in people whose holds might not have fitted
  uint64_t beyond_seats = 0;  // steps that let in people for whom no seat was to be expected
  double slowest_confirm_s = 0;
};

class Plant {
 public:
  Plant(const Plan& plan, uint64_t seed) : plan_(plan), prng_(seed) {}
  Result Run();

 private:
  enum class What : uint8_t { kComes, kConfirms, kLapses, kBatchEnds };
  struct Event {
    Instant at;
    uint64_t order;  // of two at the same moment
    What what;
    uint32_t who;  // the person, the hold, or how long the batch took, in us
    uint32_t queue;
    bool operator>(const Event& other) const {
      return at == other.at ? order > other.order : at > other.at;
    }
  };
  struct Hold {
    uint32_t queue;
    bool live = true;
    bool dead = false;
  };
  struct Record {
    Instant since;
    bool confirm;
  };
  struct Queue {
    Opening opening;
    Grants grants;
    AdmissionState state;
    uint32_t free = 0;
    uint32_t confirmed = 0;
    uint32_t let_in = 0;
    bool wants_more = false;
  };

  void At(Instant at, What what, uint32_t queue, uint32_t who) {
    events_.push({at, order_++, what, who, queue});
  }
  uint64_t Between(uint64_t least, uint64_t most) { return least + prng_.Below(most - least + 1); }
  bool Percent(uint32_t percent) { return prng_.Below(100) < percent; }

  void Happen(const Event& event);
  void Come(uint32_t queue, uint32_t rank);
  void Confirm(uint32_t hold);
  void Write(bool confirm);
  void BeginBatch();
  void EndBatch(uint32_t took_us);
  void Storm();
  void StepAll(uint64_t step);
  void StepOne(uint32_t queue, EngineLoad& engine, const Order& order);

  const Plan& plan_;
  Prng prng_;
  Result result_;
  Instant start_{1'000'000};
  Instant now_{start_};
  uint64_t order_ = 0;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
  std::vector<Queue> queues_;
  std::vector<Hold> holds_;
  uint64_t live_ = 0;

  BatchWindow window_;
  BatchCounts counts_;
  std::queue<Record> waiting_;
  std::vector<Record> batch_;
  std::optional<Instant> batch_since_;
};

}  // namespace creneau::surge
