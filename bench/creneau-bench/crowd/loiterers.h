// Connections that take a place and give nothing: some say nothing at all, some send one byte of a
// request a second, of its head or of its body. Whoever is sent away comes again.
//
// One thread. Nanoseconds of NowNs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "bench/creneau-bench/sockets.h"

namespace creneau::bench {

class Loiterers : private Sockets::Handler {
 public:
  // Of the slow ones every other is slow with its head, the others with a body.
  Loiterers(const Address& server, uint32_t idle, uint32_t slow, const std::string& agenda);

  absl::Status Open() { return sockets_.Open(); }
  void Turn(int64_t wait_ns);
  uint32_t up() const { return sockets_.up(); }
  uint32_t wanted() const { return idle_ + static_cast<uint32_t>(said_.size()); }
  uint64_t sent_away() const { return sent_away_; }

 private:
  void OnUp(uint32_t connection) override;
  void OnReply(uint32_t, const Reply&) override {}
  void OnDown(uint32_t, uint32_t, std::string_view) override { ++sent_away_; }
  std::string_view TextOf(uint32_t slow) const { return slow % 2 == 0 ? head_ : body_; }

  const uint32_t idle_;
  std::string head_;
  std::string body_;
  std::vector<uint32_t> said_;  // of their text, by slow connection
  Sockets sockets_;
  int64_t next_ns_ = 0;
  uint64_t sent_away_ = 0;
};

}  // namespace creneau::bench
