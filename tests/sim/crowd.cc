#include "tests/sim/crowd.h"

#include <algorithm>

#include "tests/sim/machine.h"
#include "wal/log.h"

namespace creneau::sim {
namespace {

using surge::Lane;
using surge::Shed;

constexpr int64_t kNsPerUs = 1'000;
constexpr int64_t kUsPerMs = 1'000;
constexpr int64_t kUsPerS = 1'000'000;
constexpr int64_t kIdleUs = 2'000;  // between looks where nobody waits

int64_t CostUs(Lane lane, Shed shed) {
  if (shed != Shed::kNo) return 900;
  return lane >= Lane::kRead ? 1'200 : 1'800;
}

}  // namespace

void IoThread::Begin(http::Gate& gate, const wal::Log& log) {
  gate_ = &gate;
  log_ = &log;
  at_us_ = kUsPerMs * clock_.now.ms;
  arrived_us_ = at_us_;
  due_ = {};
  queue_.clear();
  meter_ = surge::LagMeter();
  gate.Follow(*this, kArrivalFloorPerS);
  lanes_.Begin(number_);
}

const surge::Load& IoThread::load() noexcept {
  load_.lag_us = meter_.LagNs(kNsPerUs * at_us_) / kNsPerUs;
  load_.log_in_flight_ms = log_->in_flight_ms();
  load_.log_behind = log_->behind() || (storm_.log_behind && at() < storm_.until);
  return load_;
}

// As long as no storm begins, nothing will happen here.
bool IoThread::Quiet() const {
  const int64_t now_ns = kNsPerUs * at_us_;
  return queue_.empty() && at() >= storm_.until && meter_.under_way_since_ns() == 0 &&
         meter_.LagNs(now_ns) < limits::kLagProbeMs * kNsPerUs * kUsPerMs;
}

void IoThread::Arrive() {
  const int64_t until_us = std::min(at_us_, kUsPerMs * storm_.until.ms);
  const int64_t for_us = std::max<int64_t>(0, until_us - arrived_us_);
  arrived_us_ = at_us_;
  // By their claims: where connections run out, it is the others who find none.
  for (size_t lane = 0; lane < surge::kLanes; ++lane) {
    due_[lane] += storm_.per_s[lane] * for_us;
    for (; due_[lane] >= kUsPerS && queue_.size() < kConnections; due_[lane] -= kUsPerS)
      queue_.push_back({static_cast<Lane>(lane), false});
    due_[lane] %= kUsPerS;  // the rest finds no connection
  }
  if (!meter_.Due(kNsPerUs * at_us_, !queue_.empty())) return;
  meter_.Sent(kNsPerUs * at_us_);
  queue_.push_back({Lane::kOperator, true});
}

std::string IoThread::Serve() {
  if (queue_.empty()) {
    at_us_ += kIdleUs;
    return "";
  }
  const Waiting next = queue_.front();
  queue_.pop_front();
  if (next.probe) {
    meter_.Met(kNsPerUs * at_us_);
    return "";
  }
  const Shed shed = gate_->Decide(next.lane, {}, "", at());
  std::string wrong = lanes_.Check({next.lane, load_, shed, at(), number_, at()});
  at_us_ += CostUs(next.lane, shed) * (at() < storm_.until ? storm_.times_slower : 1);
  return wrong;
}

std::string IoThread::Work() {
  const int64_t now_us = kUsPerMs * clock_.now.ms;
  std::string wrong;
  while (gate_ != nullptr && at_us_ < now_us && !Quiet() && wrong.empty()) {
    Arrive();
    wrong = Serve();
  }
  // What came while nothing did counts no more.
  if (at_us_ < now_us) arrived_us_ = at_us_ = now_us;
  return wrong;
}

Storm Crowd::SomeStorm() {
  // Requests a second; one thread does some 800 reads.
  static constexpr std::array<int64_t, surge::kLanes> kKinds[] = {
      {0, 20, 20, 100, 800, 20}, {0, 20, 20, 800, 100, 20}, {0, 20, 650, 10, 10, 10},
      {0, 60, 60, 900, 900, 90}, {0, 400, 20, 50, 50, 50},  {0, 20, 20, 50, 50, 800},
  };
  Storm storm;
  storm.until = clock_.now + 500 + static_cast<int64_t>(prng_.Below(4'000));
  storm.per_s = kKinds[prng_.Below(std::size(kKinds))];
  storm.times_slower = static_cast<int64_t>(1 + prng_.Below(4));
  storm.log_behind = prng_.Below(4) == 0;
  return storm;
}

std::string Crowd::Come() {
  const uint64_t what = prng_.Below(400);
  if (what > 1) return "";
  IoThread& one = threads_[prng_.Below(kThreads)];
  if (what == 1) {
    const int64_t ms = 50 + static_cast<int64_t>(prng_.Below(1'500));
    one.StandStill(ms);
    lanes_.Expect(one.at());
    return "thread-stood-still";
  }
  const Storm storm = SomeStorm();
  const bool all = prng_.Below(2) == 0;
  for (IoThread& thread : threads_) {
    if (all || &thread == &one) thread.Face(storm);
  }
  lanes_.Expect(storm.until);
  return "storm";
}

std::string Crowd::Work() {
  for (IoThread& thread : threads_) {
    if (std::string wrong = thread.Work(); !wrong.empty()) return wrong;
  }
  return "";
}

}  // namespace creneau::sim
