#include "bench/creneau-bench/crowd/lines.h"

#include "base/check.h"

namespace creneau::bench {

Lines::Lines(const std::array<uint32_t, kLanes>& connections, uint32_t askers)
    : next_(askers, kNobody) {
  for (size_t i = 0; i < kLanes; ++i) {
    lanes_[i].first = static_cast<uint32_t>(lines_.size());
    lanes_[i].ring.resize(connections[i]);
    Line line;
    line.lane = static_cast<Lane>(i);
    lines_.resize(lines_.size() + connections[i], line);
  }
}

void Lines::Wait(uint32_t asker, Lane lane) {
  OneLane& one = lane_of(lane);
  next_[asker] = kNobody;
  (one.last_ready == kNobody ? one.first_ready : next_[one.last_ready]) = asker;
  one.last_ready = asker;
  ++waiting_;
}

void Lines::WaitFirst(uint32_t asker, Lane lane) {
  OneLane& one = lane_of(lane);
  next_[asker] = one.first_ready;
  one.first_ready = asker;
  if (one.last_ready == kNobody) one.last_ready = asker;
  ++waiting_;
}

void Lines::Idle(uint32_t connection, int64_t now_ns) {
  Line& line = lines_[connection];
  if (line.in_ring) return;
  OneLane& lane = lane_of(line.lane);
  CHECK(lane.ring_size < lane.ring.size());
  line.asker = kNobody;
  line.in_ring = true;
  line.idle_ns = now_ns;
  lane.ring[(lane.ring_first + lane.ring_size++) % lane.ring.size()] = connection;
}

bool Lines::Pair(Lane lane, uint32_t* connection, uint32_t* asker) {
  if (!CanPair(lane)) return false;
  OneLane& one = lane_of(lane);
  *connection = one.ring[one.ring_first];
  one.ring_first = (one.ring_first + 1) % one.ring.size();
  --one.ring_size;
  lines_[*connection].in_ring = false;
  *asker = one.first_ready;
  one.first_ready = next_[*asker];
  if (one.first_ready == kNobody) one.last_ready = kNobody;
  --waiting_;
  lines_[*connection].asker = *asker;
  return true;
}

}  // namespace creneau::bench
