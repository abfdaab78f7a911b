#include "tests/sim/machine.h"

#include <algorithm>
#include <charconv>

#include "base/check.h"

namespace creneau::sim {

struct Machine::Connection {
  Connection(uint64_t number_in, http::SessionContext& context, booking::CommitPool& pool,
             wal::Log& log)
      : number(number_in), session(context, limits::kMaxAdminBodyBytes), act(pool, log) {}
  uint64_t number;
  http::Session session;
  booking::Act act;
};

Told::Told(std::string_view wire) {
  const auto digits = wire.substr(std::string_view("HTTP/1.1 ").size(), 3);
  std::from_chars(digits.data(), digits.data() + digits.size(), status);
  body = wire.substr(std::min(wire.size(), wire.find("\r\n\r\n") + 4));
  code = Member("code");
}

std::string Told::Member(std::string_view name) const {
  const std::string key = "\"" + std::string(name) + "\":";
  size_t at = body.find(key);
  if (at == std::string::npos) return "";
  at += key.size();
  if (body[at] == '"') return body.substr(at + 1, body.find('"', at + 1) - at - 1);
  return body.substr(at, body.find_first_of(",}]", at) - at);
}

Machine::Machine(uint64_t seed)
    : disk(seed ^ 0x5eed), entropy_(seed), counters_(telemetry_.AddThread("sim")) {}

Machine::~Machine() {
  if (up()) Kill();
}

absl::Status Machine::Start() {
  CHECK(!up());
  disk.Restart();
  failed_ = false;
  booking::EngineOptions options;
  options.data = "data";
  options.keys = "keys";
  options.segment_bytes = kSegmentBytes;
  options.max_batch_bytes = kBatchBytes;
  options.snapshot_bytes = kSnapshotBytes;
  options.steward_thread = false;
  options.log_threads = false;
  auto engine = booking::Engine::Open(options, disk, clock, entropy_,
                                      [this](const absl::Status&) { failed_ = true; });
  if (!engine.ok()) return engine.status();
  engine_ = *std::move(engine);
  for (const http::Audience audience : {http::Audience::kPublic, http::Audience::kAdmin}) {
    // A Target does not move, so the context is made in its place.
    auto& context = contexts_[audience == http::Audience::kAdmin];
    // tidy: owned by the unique_ptr
    context.reset(new http::SessionContext{.engine = *engine_,
                                           .telemetry = telemetry_,
                                           .counters = counters_,
                                           .audience = audience,
                                           .reply = {},
                                           .target = {},
                                           .date = {}});
  }
  return absl::OkStatus();
}

void Machine::Kill() {
  disk.Kill();
  Stop();
  ready_.clear();
}

void Machine::Stop() {
  if (up()) {
    ended_at_ = clock.now;
    engine_->Close();
  }
  // The log has given everything back: durable, or not.
  Leave();
  CHECK(connections_.empty());
  engine_.reset();
}

uint64_t Machine::Ask(std::string_view request, http::Audience audience, std::string* decided) {
  auto connection = std::make_unique<Connection>(
      next_number_++, *contexts_[audience == http::Audience::kAdmin], pool_, engine_->log());
  Connection& c = *connection;
  const http::Session::Round round = c.session.Serve(request, c.act, clock.now);
  CHECK(round.consumed == request.size());
  *decided = c.session.replies();
  const uint64_t number = c.number;
  if (round.waits && c.act.Barrier(this)) {
    connections_.push_back(std::move(connection));
    return number;
  }
  const bool refused = round.waits;  // the log is closed
  c.act.Release();
  c.session.Settle(!refused, clock.now);
  ready_.push_back({number, c.session.replies()});
  return number;
}

void Machine::Deliver(wal::Commit* chain) {
  for (const wal::Commit* commit = chain; commit != nullptr; commit = commit->next)
    delivered_.push_back(commit);
}

void Machine::Settle(Connection& c) {
  const bool durable = c.act.durable();
  c.act.Release();
  c.session.Settle(durable, clock.now);
  ready_.push_back({c.number, c.session.replies()});
}

std::vector<Machine::Answer> Machine::Leave() {
  for (const wal::Commit* commit : std::exchange(delivered_, {})) {
    const auto at = std::find_if(connections_.begin(), connections_.end(),
                                 [&](const auto& one) { return &one->act.barrier() == commit; });
    CHECK(at != connections_.end());
    Settle(**at);
    connections_.erase(at);
  }
  return std::exchange(ready_, {});
}

}  // namespace creneau::sim
