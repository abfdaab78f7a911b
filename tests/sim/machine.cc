#include "tests/sim/machine.h"

#include <algorithm>

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
  contexts_.clear();
  const size_t threads = crowd_ == nullptr ? 1 : Crowd::kThreads;
  for (size_t i = 0; i < threads; ++i) {
    http::SessionContext& context = NewContext(http::Audience::kPublic);
    if (crowd_ != nullptr) crowd_->thread(i).Begin(context.gate, engine_->log());
  }
  NewContext(http::Audience::kAdmin);
  NewContext(http::Audience::kStaff);
  return absl::OkStatus();
}

http::SessionContext& Machine::NewContext(http::Audience audience) {
  // A Target does not move, so the context is made in its place.
  // tidy: owned by the unique_ptr
  std::unique_ptr<http::SessionContext> context(new http::SessionContext{.engine = *engine_,
                                                                         .telemetry = telemetry_,
                                                                         .counters = counters_,
                                                                         .audience = audience,
                                                                         .reply = {},
                                                                         .target = {},
                                                                         .date = {}});
  contexts_.push_back(std::move(context));
  return *contexts_.back();
}

void Machine::Kill() {
  disk.Kill();
  Stop();
  ready_.clear();
}

void Machine::Stop() {
  if (up()) {
    for (size_t i = 0; crowd_ != nullptr && i < Crowd::kThreads; ++i) crowd_->thread(i).End();
    ended_at_ = clock.now;
    engine_->Close();
  }
  // The log has given everything back: durable, or not.
  Leave();
  CHECK(connections_.empty());
  engine_.reset();
}

// How many were refused so far, by reason.
std::array<uint64_t, surge::kSheds> Machine::CountShed() const {
  std::array<uint64_t, surge::kSheds> shed{};
  for (size_t lane = 0; lane < surge::kLanes; ++lane) {
    for (size_t why = 0; why < surge::kSheds; ++why)
      shed[why] += counters_.shed(static_cast<surge::Lane>(lane), static_cast<surge::Shed>(why));
  }
  return shed;
}

// Of the thread's latest request. Its lane is for whoever sent it to say.
Decision Machine::DecisionOf(IoThread& thread,
                             const std::array<uint64_t, surge::kSheds>& shed_before) const {
  Decision decision{
      .load = thread.load(), .at = thread.at(), .thread = thread.number(), .decided_at = clock.now};
  const auto shed = CountShed();
  for (size_t why = 0; why < surge::kSheds; ++why) {
    if (shed[why] != shed_before[why]) decision.shed = static_cast<surge::Shed>(why);
  }
  return decision;
}

uint64_t Machine::Ask(std::string_view request, http::Audience audience, std::string* decided) {
  const size_t public_threads = contexts_.size() - 2;
  const bool is_public = audience == http::Audience::kPublic;
  const size_t thread = is_public                            ? next_number_ % public_threads
                        : audience == http::Audience::kAdmin ? public_threads
                                                             : public_threads + 1;
  auto connection =
      std::make_unique<Connection>(next_number_++, *contexts_[thread], pool_, engine_->log());
  Connection& c = *connection;
  const auto shed = CountShed();
  const http::Session::Round round = c.session.Serve(request, c.act, clock.now);
  decision_.reset();
  if (crowd_ != nullptr && is_public) decision_ = DecisionOf(crowd_->thread(thread), shed);
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
