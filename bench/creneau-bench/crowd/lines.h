// Who waits for which connection: askers by their number, connections in lanes of their own
// (people, confirms, bots, probes, the cache's fetches), each with a queue of those who are due and
// a ring of connections that are idle. No lane waits for another. Fixed memory: an asker is in one
// queue at most. One owner.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace creneau::bench {

enum class Lane : uint8_t { kPeople, kConfirms, kBots, kProbes, kFetches };
inline constexpr size_t kLanes = 5;
inline constexpr uint32_t kNobody = UINT32_MAX;

struct Line {
  uint32_t asker = kNobody;
  Lane lane = Lane::kPeople;
  bool in_ring = false;
  bool dropping = false;  // is hung up after what was sent
  bool in_time = false;   // a confirm that was sent before its deadline
  int64_t idle_ns = 0;    // since when, while in the ring
};

class Lines {
 public:
  Lines(const std::array<uint32_t, kLanes>& connections, uint32_t askers);

  uint32_t connections() const { return static_cast<uint32_t>(lines_.size()); }
  uint32_t first_of(Lane lane) const { return lane_of(lane).first; }
  uint32_t count_of(Lane lane) const { return static_cast<uint32_t>(lane_of(lane).ring.size()); }
  Line& at(uint32_t connection) { return lines_[connection]; }

  void Wait(uint32_t asker, Lane lane);
  void Idle(uint32_t connection, int64_t now_ns);
  // Both, or false.
  bool Pair(Lane lane, uint32_t* connection, uint32_t* asker);
  // The connection was of no use after all.
  void WaitFirst(uint32_t asker, Lane lane);
  bool CanPair(Lane lane) const {
    return lane_of(lane).ring_size > 0 && lane_of(lane).first_ready != kNobody;
  }
  uint64_t waiting() const { return waiting_; }

 private:
  struct OneLane {
    uint32_t first = 0;
    std::vector<uint32_t> ring;
    size_t ring_first = 0;
    size_t ring_size = 0;
    uint32_t first_ready = kNobody;
    uint32_t last_ready = kNobody;
  };
  OneLane& lane_of(Lane lane) { return lanes_[static_cast<size_t>(lane)]; }
  const OneLane& lane_of(Lane lane) const { return lanes_[static_cast<size_t>(lane)]; }

  std::array<OneLane, kLanes> lanes_;
  std::vector<Line> lines_;
  std::vector<uint32_t> next_;  // by asker
  uint64_t waiting_ = 0;
};

}  // namespace creneau::bench
