#include "tests/surge/plant.h"

#include <algorithm>

namespace creneau::surge {
namespace {

constexpr uint64_t kThinkLeastMs = 20'000;
constexpr uint64_t kThinkMostMs = 200'000;
constexpr int64_t kHoldMs = 300'000;

template <typename From>
From Latest(const std::vector<From>& all, int64_t at_ms, From latest = {}) {
  for (const From& one : all)
    if (one.at_s * kMsPerSecond <= at_ms) latest = one;
  return latest;
}

// Everyone in the order in which they are let in.
Rank RankOfPerson(uint32_t number) { return Rank{uint64_t{number} + 1}; }

}  // namespace

Result Plant::Run() {
  for (const Opening& opening : plan_.openings) {
    Queue queue;
    queue.opening = opening;
    queue.free = opening.seats;
    queues_.push_back(queue);
  }
  result_.queues.resize(queues_.size());
  const auto steps = static_cast<uint64_t>(plan_.run_s * kMsPerSecond / limits::kStewardTickMs);
  for (uint64_t step = 0; step < steps; ++step) {
    const Instant until = start_ + static_cast<int64_t>(step) * limits::kStewardTickMs;
    while (!events_.empty() && events_.top().at <= until) {
      const Event event = events_.top();
      events_.pop();
      now_ = event.at;
      Happen(event);
    }
    now_ = until;
    if (plan_.storm_s && *plan_.storm_s * kMsPerSecond == now_ - start_) Storm();
    StepAll(step);
  }
  return std::move(result_);
}

void Plant::Happen(const Event& event) {
  switch (event.what) {
    case What::kComes:
      return Come(event.queue, event.who);
    case What::kConfirms:
      return Confirm(event.who);
    case What::kLapses:
      if (holds_[event.who].live) {
        holds_[event.who].live = false;
        --live_;
        ++queues_[event.queue].free;
      }
      return;
    case What::kBatchEnds:
      return EndBatch(event.who);
  }
}

void Plant::Come(uint32_t index, uint32_t person) {
  Queue& queue = queues_[index];
  QueueResult& result = result_.queues[index];
  ++result.came;
  if (!queue.grants.Use(RankOfPerson(person), now_)) {
    ++result.came_late;
    return;
  }
  if (queue.free == 0) {
    ++result.nothing_left;
    return;
  }
  --queue.free;
  ++live_;
  Write(false);
  const auto hold = static_cast<uint32_t>(holds_.size());
  holds_.push_back({index, true, Percent(plan_.dies_percent)});
  At(now_ + kHoldMs + limits::kExpiryGraceMs, What::kLapses, index, hold);
  const auto think_ms = static_cast<int64_t>(Between(kThinkLeastMs, kThinkMostMs));
  if (!holds_.back().dead) At(now_ + think_ms, What::kConfirms, index, hold);
  if (queue.free == 0 && !result.all_taken_s)
    result.all_taken_s =
        static_cast<double>(now_ - start_) / kMsPerSecond - static_cast<double>(queue.opening.at_s);
}

void Plant::Confirm(uint32_t hold) {
  if (!holds_[hold].live) return;
  holds_[hold].live = false;
  --live_;
  Write(true);
  Queue& queue = queues_[holds_[hold].queue];
  if (++queue.confirmed == queue.opening.seats)
    result_.queues[holds_[hold].queue].all_confirmed_s =
        static_cast<double>(now_ - start_) / kMsPerSecond - static_cast<double>(queue.opening.at_s);
}

void Plant::Storm() {
  for (uint32_t hold = 0; hold < holds_.size(); ++hold)
    if (!holds_[hold].dead) Confirm(hold);
}

void Plant::Write(bool confirm) {
  waiting_.push({now_, confirm});
  if (!batch_since_) BeginBatch();
}

// With no record: a probe.
void Plant::BeginBatch() {
  while (!waiting_.empty() && batch_.size() < limits::kRecordsPerBatch) {
    batch_.push_back(waiting_.front());
    waiting_.pop();
  }
  batch_since_ = now_;
  const auto most = static_cast<uint64_t>(Latest(plan_.disk, now_ - start_).batch_us);
  const uint64_t took_us = Between(most / 2, most);
  At(now_ + static_cast<int64_t>(took_us + 999) / 1000, What::kBatchEnds, 0,
     static_cast<uint32_t>(took_us));
}

void Plant::EndBatch(uint32_t took_us) {
  size_t bucket = 0;
  while (bucket + 1 < BatchCounts::kBuckets && took_us > uint64_t{64} << bucket) ++bucket;
  ++counts_.by_duration[bucket];
  counts_.duration_us_sum += took_us;
  for (const Record& record : batch_) {
    if (!record.confirm) continue;
    const double waited_s = static_cast<double>(now_ - record.since) / kMsPerSecond;
    result_.slowest_confirm_s = std::max(result_.slowest_confirm_s, waited_s);
  }
  batch_.clear();
  batch_since_.reset();
  if (!waiting_.empty()) BeginBatch();
}

void Plant::StepAll(uint64_t step) {
  EngineLoad engine;
  engine.capacity = window_.Look(counts_, batch_since_ ? now_ - *batch_since_ : 0, now_);
  if (engine.capacity.probe_wanted && !batch_since_) BeginBatch();
  engine.live_holds = live_;
  std::vector<uint32_t> open;
  engine.queues = 0;
  for (uint32_t i = 0; i < queues_.size(); ++i) {
    if (now_ - start_ < queues_[i].opening.at_s * kMsPerSecond) continue;
    open.push_back(i);
    queues_[i].grants.Lapse(now_);
    engine.grants += queues_[i].grants.Ages(now_).outstanding();
    engine.queues += queues_[i].wants_more ? 1 : 0;
  }
  if (!open.empty())
    std::rotate(open.begin(), open.begin() + static_cast<int64_t>(step % open.size()), open.end());
  const Order order = Latest(plan_.orders, now_ - start_);
  for (const uint32_t i : open) StepOne(i, engine, order);
  result_.bounds.push_back(engine.capacity.hold_bound);
  result_.live.push_back(live_);
}

void Plant::StepOne(uint32_t index, EngineLoad& engine, const Order& order) {
  Queue& queue = queues_[index];
  QueueLoad load;
  load.free_seats = queue.free;
  load.waiting = queue.opening.people - queue.let_in;
  load.grants = queue.grants.Ages(now_);
  load.rate_cap_per_min = order.rate_cap_per_min;
  load.halted = order.halted;
  const Admission admission = Admit(load, engine, now_, queue.state);
  queue.state = admission.next;
  queue.wants_more = admission.wants_more;

  if (admission.people > 0) {
    engine.let_in += admission.people;
    const uint64_t holds = engine.live_holds + engine.grants + engine.let_in;
    result_.beyond_bound += holds > engine.capacity.hold_bound ? 1 : 0;
    result_.beyond_seats +=
        admission.expected + (admission.people - 1) * admission.shown_up > queue.free ? 1 : 0;
    for (uint32_t i = 0; i < admission.people; ++i) {
      const uint32_t person = queue.let_in++;
      if (Percent(queue.opening.no_show_percent)) continue;
      At(now_ + static_cast<int64_t>(Between(plan_.notices_after_ms, plan_.notices_within_ms)),
         What::kComes, index, person);
    }
    queue.grants.Admit(RankOfPerson(queue.let_in - 1), admission.people, now_);
  }
  QueueResult& result = result_.queues[index];
  result.let_in = queue.let_in;
  result.steps.push_back(
      {admission.people, admission.limit, admission.rate_per_min, admission.shown_up});
}

}  // namespace creneau::surge
