#include "bench/creneau-bench/worker.h"

#include <sys/prctl.h>

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "bench/creneau-bench/now.h"

namespace creneau::bench {
namespace {

constexpr int64_t kConnectNs = 60 * kNsPerSecond;
constexpr int64_t kLongestWaitNs = 10'000'000;  // then look whether to stop
// Then look what came back: replies that wait here would count as the server's time.
constexpr int kSendsAtOnce = 64;
constexpr const char* kHostHeader = "creneau-bench";

unsigned ShareOf(unsigned connections, unsigned thread, unsigned threads) {
  return connections / threads + (thread < connections % threads ? 1 : 0);
}

}  // namespace

Worker::Worker(const Options& options, const Address& server, unsigned thread)
    : options_(options),
      profile_(MakeProfile(options, thread)),
      window_(WindowOf(options)),
      requests_(options.agendas, kHostHeader, options.seed, thread, options.threads),
      sockets_(server, ShareOf(options.connections, thread, options.threads), this),
      lines_(ShareOf(options.connections, thread, options.threads)),
      ring_(lines_.size()),
      next_agenda_(thread) {}

absl::Status Worker::Connect() {
  // Sleeping to the microsecond, not to the fifty that the kernel adds otherwise.
  prctl(PR_SET_TIMERSLACK, 1);
  if (absl::Status opened = sockets_.Open(); !opened.ok()) return opened;
  const int64_t deadline = NowNs() + kConnectNs;
  while (sockets_.up() < lines_.size()) {
    sockets_.Poll(kLongestWaitNs);
    if (stop_.load(std::memory_order_relaxed)) return absl::CancelledError("interrupted");
    const int error = sockets_.last_connect_error();
    if (NowNs() > deadline || error == EMFILE || (error != 0 && sockets_.up() == 0)) {
      return absl::UnavailableError(
          std::to_string(sockets_.up()) + " of " + std::to_string(lines_.size()) +
          " connections could be made: " + (error == 0 ? "no answer" : std::strerror(error)));
    }
  }
  return absl::OkStatus();
}

void Worker::Run(int64_t start_ns) {
  start_ns_ = start_ns;
  begin_ns_ = start_ns + window_.begin_ns;
  end_ns_ = start_ns + window_.end_ns;
  const auto on_clock = [this](int64_t at_ns) {
    return at_ns == kNever ? kNever : start_ns_ + at_ns;
  };
  while (NowNs() < start_ns) sockets_.Poll(std::min(start_ns - NowNs(), kLongestWaitNs));
  running_ = true;
  next_arrival_ns_ = on_clock(profile_->NextArrivalNs());
  for (int64_t now = NowNs(); !Finished(now); now = NowNs()) {
    while (next_arrival_ns_ <= now && next_arrival_ns_ < end_ns_) {
      Due(NewBatch(), next_arrival_ns_);
      next_arrival_ns_ = on_clock(profile_->NextArrivalNs());
    }
    Turn(now);
    ShowProgress();
  }
  GiveUpRest();
  running_ = false;
  ShowProgress();
}

void Worker::Turn(int64_t now) {
  while (!thinking_.empty() && thinking_.top().due_ns <= now) {
    const Thinking done = thinking_.top();
    thinking_.pop();
    Due(done.batch, done.due_ns);
  }
  Dispatch();
  int64_t next = now + kLongestWaitNs;
  if (CanSend()) next = now;
  if (next_arrival_ns_ < end_ns_) next = std::min(next, next_arrival_ns_);
  if (!thinking_.empty()) next = std::min(next, thinking_.top().due_ns);
  sockets_.Poll(next - NowNs());
}

bool Worker::Finished(int64_t now) const {
  if (stop_.load(std::memory_order_relaxed)) return true;
  if (window_.until_done && next_arrival_ns_ == kNever && live_ == 0) return true;
  if (now < end_ns_) return false;
  // Those who think beyond the end are not waited for.
  return live_ == thinking_.size() || now >= end_ns_ + static_cast<int64_t>(options_.drain_s * 1e9);
}

void Worker::Due(Batch* batch, int64_t due_ns) {
  batch->due_ns = due_ns;
  batch->next = nullptr;
  (ready_last_ == nullptr ? ready_first_ : ready_last_->next) = batch;
  ready_last_ = batch;
  ++ready_;
}

Worker::Batch* Worker::TakeReady() {
  Batch* const batch = ready_first_;
  if (batch == nullptr) return nullptr;
  ready_first_ = batch->next;
  if (ready_first_ == nullptr) ready_last_ = nullptr;
  --ready_;
  return batch;
}

bool Worker::CanSend() const {
  return ring_size_ > 0 && (ready_ > 0 || (options_.closed_loop() && NowNs() < end_ns_));
}

void Worker::Dispatch() {
  for (int sent = 0; sent < kSendsAtOnce && CanSend(); ++sent) {
    const uint32_t connection = ring_[ring_first_];
    lines_[connection].in_ring = false;
    ring_first_ = (ring_first_ + 1) % ring_.size();
    --ring_size_;
    if (!sockets_.usable(connection)) continue;
    Batch* const ready = TakeReady();
    SendStep(connection, ready != nullptr ? ready : NewBatch());
  }
}

void Worker::SendStep(uint32_t connection, Batch* batch) {
  const size_t requests = WriteStep(batch);
  CHECK(requests > 0 && lines_[connection].batch == nullptr);
  const int64_t now = NowNs();
  if (options_.closed_loop()) batch->due_ns = now;
  if (batch->due_ns >= begin_ns_ && batch->due_ns < end_ns_) {
    measured_.send_lag.Record(static_cast<uint64_t>(now - batch->due_ns), requests);
    const int64_t idle_ns = std::max(lines_[connection].idle_ns, start_ns_);
    const int64_t could_ns = options_.closed_loop() ? idle_ns : std::max(batch->due_ns, idle_ns);
    measured_.own_lag.Record(static_cast<uint64_t>(now - could_ns));
  }
  lines_[connection].batch = batch;
  sockets_.Send(connection, out_, static_cast<uint32_t>(requests));
}

void Worker::Idle(uint32_t connection) {
  Line& line = lines_[connection];
  if (line.in_ring) return;
  line.in_ring = true;
  line.idle_ns = sockets_.now_ns();
  ring_[(ring_first_ + ring_size_++) % ring_.size()] = connection;
}

void Worker::OnUp(uint32_t connection) {
  Idle(connection);
  if (running_) Dispatch();
}

void Worker::OnReply(uint32_t connection, const Reply& reply) {
  Batch* const batch = lines_[connection].batch;
  CHECK(batch != nullptr);
  while (!batch->journeys[batch->next_reply].awaiting) ++batch->next_reply;
  Journey& journey = batch->journeys[batch->next_reply];
  journey.awaiting = false;
  const Kind kind = StepOf(journey.kind, batch->step);
  const Verdict verdict = Judge(kind, reply, &journey);
  journey.going = verdict.success;
  const int64_t now = sockets_.now_ns();
  Count(kind, reply.status, verdict, batch->due_ns, now);
  if (!reply.last) return;
  lines_[connection].batch = nullptr;
  Stepped(batch, now);
  if (sockets_.usable(connection)) Idle(connection);
  Dispatch();
}

void Worker::OnDown(uint32_t connection, uint32_t lost, std::string_view why) {
  ++measured_.reconnects;
  Batch* const batch = lines_[connection].batch;
  lines_[connection].batch = nullptr;
  if (batch == nullptr) return;
  CHECK(lost > 0);
  CountLost(batch, why, sockets_.now_ns());
  Stepped(batch, sockets_.now_ns());
}

void Worker::GiveUpRest() {
  const int64_t now = NowNs();
  while (Batch* batch = TakeReady()) {
    WriteStep(batch);  // only to know what it would have sent
    CountLost(batch, "not-sent", now);
  }
  for (Line& line : lines_) {
    if (line.batch != nullptr) CountLost(line.batch, "no-reply", now);
    line.batch = nullptr;
  }
  for (Batch& batch : batches_) {
    if (batch.live) Retire(&batch);
  }
}

void Worker::ShowProgress() {
  shown_replies_.store(replies_, std::memory_order_relaxed);
  shown_errors_.store(errors_, std::memory_order_relaxed);
  shown_waiting_.store(ready_, std::memory_order_relaxed);
}

}  // namespace creneau::bench
