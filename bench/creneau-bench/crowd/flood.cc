#include "bench/creneau-bench/crowd/flood.h"

#include <algorithm>

#include "bench/creneau-bench/now.h"

namespace creneau::bench {
namespace {

constexpr const char* kHost = "creneau-bench";
constexpr uint32_t kConnections = 4096;
constexpr uint64_t kHoldOf = 8;  // requests
// What could not be sent for so long is not made up for later: nobody reloads a page that often.
constexpr double kBacklogS = 0.1;
// No dossier of these is one of the people's, whatever their seed.
constexpr uint64_t kOtherSeed = 0xf100d;

}  // namespace

uint32_t Flood::Connections() { return kConnections; }

Flood::Flood(const Address& server, const std::vector<std::string>& agendas, uint64_t seed,
             uint64_t under_way)
    : requests_(agendas, kHost, seed ^ kOtherSeed, 0, 1),
      agendas_(agendas.size()),
      under_way_(under_way),
      sockets_(server, kConnections, this) {}

void Flood::SetRate(double per_s) {
  per_s_ = per_s;
  last_ns_ = NowNs();
  owed_ = 0;
  backlog_ = 0;
}

void Flood::Turn(int64_t wait_ns) {
  const int64_t now = NowNs();
  if (per_s_ > 0) {
    const double passed_s = static_cast<double>(now - last_ns_) / 1e9;
    owed_ += passed_s * per_s_;
    const auto due = static_cast<uint64_t>(owed_);
    owed_ -= static_cast<double>(due);
    count_.due += due;
    count_.seconds += passed_s;
    backlog_ = std::min(backlog_ + due, static_cast<uint64_t>(kBacklogS * per_s_) + 1);
    last_ns_ = now;
  }
  // Over the connections in turn, until nothing is due or none takes more.
  for (uint32_t passed = 0; backlog_ > 0 && passed < kConnections; ++passed) {
    const uint32_t connection = next_++ % kConnections;
    if (!sockets_.usable(connection)) continue;
    const uint64_t room =
        under_way_ - std::min<uint64_t>(under_way_, sockets_.awaiting(connection));
    if (const uint64_t some = std::min(room, backlog_); some > 0) {
      SendSome(connection, some);
    }
  }
  sockets_.Poll(wait_ns);
}

void Flood::SendSome(uint32_t connection, uint64_t requests) {
  out_.clear();
  for (uint64_t i = 0; i < requests; ++i, ++written_) {
    const size_t agenda = written_ / kHoldOf % agendas_;
    if (written_ % kHoldOf == 0) {
      requests_.Hold(agenda, &out_);
    } else {
      requests_.Read(agenda, &out_);
    }
  }
  backlog_ -= requests;
  count_.sent += requests;
  sockets_.Send(connection, out_, static_cast<uint32_t>(requests));
}

void Flood::OnReply(uint32_t, const Reply& reply) {
  ++(reply.status == 503 || reply.status == 429 ? count_.refused : count_.served);
}

void Flood::OnDown(uint32_t, uint32_t lost, std::string_view) { count_.lost += lost; }

}  // namespace creneau::bench
