// Requests on top of what people do, so many a second whatever the server does: seven reads of
// the slots for each hold of an applicant whom nobody has seen, without a ticket. So do pages that
// reload, before a server with a queue as before one without. What the connections do not take,
// since each has as many requests under way as it may, is due and is not sent: it is told apart.
//
// One thread. Nanoseconds of NowNs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "bench/creneau-bench/requests.h"
#include "bench/creneau-bench/sockets.h"

namespace creneau::bench {

struct FloodCount {
  uint64_t due = 0;
  uint64_t sent = 0;
  uint64_t served = 0;   // 2xx, and the refusals that say something about the request
  uint64_t refused = 0;  // for load: 503, 429
  uint64_t lost = 0;     // no reply
  double seconds = 0;

  FloodCount operator-(const FloodCount& other) const {
    return {due - other.due,         sent - other.sent, served - other.served,
            refused - other.refused, lost - other.lost, seconds - other.seconds};
  }
};

class Flood : private Sockets::Handler {
 public:
  // Of each connection at most `under_way` requests: 1 as behind a website, more as a storm.
  Flood(const Address& server, const std::vector<std::string>& agendas, uint64_t seed,
        uint64_t under_way);
  static constexpr uint64_t kStormUnderWay = 16;

  absl::Status Open() { return sockets_.Open(); }
  // From now on, so many a second; 0: none.
  void SetRate(double per_s);
  // Sends what is due, and hears what comes within `wait_ns`.
  void Turn(int64_t wait_ns);
  const FloodCount& count() const { return count_; }
  uint32_t up() const { return sockets_.up(); }
  static uint32_t Connections();

 private:
  void OnUp(uint32_t) override {}
  void OnReply(uint32_t connection, const Reply& reply) override;
  void OnDown(uint32_t connection, uint32_t lost, std::string_view why) override;
  void SendSome(uint32_t connection, uint64_t requests);

  RequestWriter requests_;
  const uint64_t agendas_;
  const uint64_t under_way_;
  Sockets sockets_;
  FloodCount count_;
  double per_s_ = 0;
  int64_t last_ns_ = 0;
  double owed_ = 0;  // the part of a request that is due
  uint64_t backlog_ = 0;
  uint64_t written_ = 0;
  uint32_t next_ = 0;
  std::string out_;
};

}  // namespace creneau::bench
