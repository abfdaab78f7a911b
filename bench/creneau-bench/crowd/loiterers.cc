#include "bench/creneau-bench/crowd/loiterers.h"

#include "bench/creneau-bench/now.h"
#include "bench/creneau-bench/schedule.h"

namespace creneau::bench {
namespace {

constexpr int kBodyBytes = 200;

}  // namespace

Loiterers::Loiterers(const Address& server, uint32_t idle, uint32_t slow, const std::string& agenda)
    : idle_(idle), said_(slow), sockets_(server, idle + slow, this) {
  const std::string hold = "POST /v1/agendas/" + agenda +
                           "/holds HTTP/1.1\r\nHost: creneau-bench\r\nContent-Type: "
                           "application/json\r\nContent-Length: " +
                           std::to_string(kBodyBytes) + "\r\n";
  head_ = hold + "X-Slow: " + std::string(kBodyBytes, 's');
  body_ = hold + "\r\n" + std::string(kBodyBytes, ' ');
}

// The head of those whose body is slow comes at once.
void Loiterers::OnUp(uint32_t connection) {
  if (connection < idle_) return;
  const uint32_t slow = connection - idle_;
  said_[slow] = 0;
  if (slow % 2 == 0) return;
  said_[slow] = static_cast<uint32_t>(body_.size()) - kBodyBytes;
  sockets_.Send(connection, TextOf(slow).substr(0, said_[slow]), 0);
}

void Loiterers::Turn(int64_t wait_ns) {
  const int64_t now = NowNs();
  if (now >= next_ns_) {
    next_ns_ = now + kNsPerSecond;
    for (uint32_t slow = 0; slow < said_.size(); ++slow) {
      const std::string_view text = TextOf(slow);
      if (!sockets_.usable(idle_ + slow) || said_[slow] == text.size()) continue;
      sockets_.Send(idle_ + slow, text.substr(said_[slow]++, 1), 0);
    }
  }
  sockets_.Poll(wait_ns);
}

}  // namespace creneau::bench
