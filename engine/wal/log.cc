#include "wal/log.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "wal/bell.h"
#include "wal/spares.h"
#include "wal/writer.h"

namespace creneau::wal {
namespace {

constexpr int64_t kNsPerMs = 1'000'000;
// The longest sleep. A producer that stops between its push and its wake-up holds up those behind
// it no longer than this, and a failure of the helper is noticed no later.
constexpr int64_t kLongestSleepNs = 10 * kNsPerMs;
// After a batch the thread looks for the next push for as long before it sleeps, giving way to
// whoever wants the processor: about what falling asleep and being woken cost, so that at worst it
// spends that twice, and the commit that follows at once finds it awake. Where there is one
// processor, who would push has to run first: there it sleeps.
constexpr int64_t kAwakeNs = 50'000;
constexpr int kMostLooks = 1'000;

// The finished commits of one batch, by owner, each owner's in the order they were pushed.
class Deliveries {
 public:
  // A few I/O threads, the steward, operators' acts: the log thread need not allocate for them.
  Deliveries() { chains_.reserve(64); }

  void Add(Commit* commit, bool durable) {
    commit->next = nullptr;
    commit->durable = durable;
    for (Chain& chain : chains_) {
      if (chain.owner != commit->owner) continue;
      chain.last->next = commit;
      chain.last = commit;
      return;
    }
    chains_.push_back({commit->owner, commit, commit});
  }

  void Deliver() {
    for (const Chain& chain : chains_) chain.owner->Deliver(chain.first);
    chains_.clear();
  }

  // What was added as durable is not.
  void Fail() {
    for (const Chain& chain : chains_) {
      for (Commit* commit = chain.first; commit != nullptr; commit = commit->next)
        commit->durable = false;
    }
  }

 private:
  struct Chain {
    Completions* owner;
    Commit* first;
    Commit* last;
  };
  std::vector<Chain> chains_;  // as many as there are I/O threads; keeps its capacity
};

}  // namespace

class Log::Impl {
 public:
  Impl(env::FileSystem& files, const Clock& clock, LogOptions options, const Recovery& recovery,
       std::function<void(const absl::Status&)> failed)
      : files_(files),
        clock_(clock),
        options_(std::move(options)),
        failed_(std::move(failed)),
        spares_(files, options_.directory, options_.segment_bytes, options_.threads),
        writer_(files, clock, spares_, options_, recovery) {
    durable_lsn_.store(recovery.last_lsn.value);
  }

  absl::Status Start();
  bool Push(Commit* commit);
  void Turn();
  void Drain();

  LogSpace Space() const {
    const uint64_t spare = spares_.ready() ? options_.segment_bytes - limits::kPageBytes : 0;
    return LogSpace{rest_bytes_.load(std::memory_order_relaxed) + spare, spares_.room(),
                    spares_.growable_bytes()};
  }
  LogStats Stats() const;
  StartPoint CurrentSegment() const { return writer_.current_segment(); }
  Head CurrentHead() const { return writer_.head(); }
  Lsn DurableLsn() const { return Lsn{durable_lsn_.load(std::memory_order_acquire)}; }
  int64_t InFlightMs() const {
    const int64_t since = in_flight_since_ns_.load(std::memory_order_relaxed);
    return since == 0 ? 0 : (clock_.MonotonicNs() - since) / kNsPerMs;
  }
  bool Poisoned() const { return poisoned_.load(std::memory_order_acquire); }

 private:
  void Run();
  void WriteWaiting();
  void Finish();
  bool Wait();  // false: it has slept its time out
  bool Wanted();
  absl::Status Tend();
  int64_t SealDueNs() const { return last_write_ns_ + options_.seal_after_ms * kNsPerMs; }
  absl::Status WriteNext();
  size_t FillBatch(uint32_t* records);
  absl::Status Write(uint32_t records, size_t body_bytes, uint32_t flags);
  void Count(uint32_t records, size_t body_bytes, int64_t duration_ns, bool seal);
  void Poison(const absl::Status& status);
  void FailAll(Commit* chain);

  env::FileSystem& files_;
  const Clock& clock_;
  const LogOptions options_;
  const std::function<void(const absl::Status&)> failed_;
  Spares spares_;
  Writer writer_;
  CommitQueue queue_;
  // Somebody waits for what was pushed. Set after the push, taken back before the queue is taken:
  // each by an exchange, so that who finds it set, or takes it back, knows of the push.
  std::atomic<bool> wanted_{false};
  // Released by whoever sets wanted_; a release too many costs one look at the queue.
  Bell wake_;
  std::atomic<bool> draining_{false};
  std::thread thread_;

  // The log thread's own.
  Commit* waiting_ = nullptr;  // taken and not yet in a batch, oldest first
  Deliveries deliveries_;
  bool sealed_ = true;  // nothing has been written since the last seal
  int64_t last_write_ns_ = 0;
  bool delivered_ = false;  // something, since it last had nothing to do
  bool timed_ = false;      // delivered_ns_ is when, and nobody has waited since
  int64_t delivered_ns_ = 0;
  bool soon_ = true;  // after the delivery before, the next one was wanted within kAwakeNs or so
  const unsigned processors_ = std::thread::hardware_concurrency();

  std::atomic<bool> poisoned_{false};
  std::atomic<uint64_t> durable_lsn_{0};
  std::atomic<int64_t> in_flight_since_ns_{0};
  std::atomic<uint64_t> rest_bytes_{0};
  // Written by the log thread only.
  std::atomic<uint64_t> batches_{0}, seals_{0}, records_{0}, record_bytes_{0}, written_bytes_{0},
      duration_us_sum_{0};
  std::array<std::atomic<uint64_t>, LogStats::kBuckets> by_duration_{};
};

absl::Status Log::Impl::Start() {
  // Before the helper has anything to fill: what is measured beside a fill is the fill.
  if (const absl::Status status = files_.PrepareDurable(options_.directory); !status.ok())
    return status;
  if (const absl::Status status = spares_.Adopt(); !status.ok()) return status;
  spares_.Start();
  if (const absl::Status status = writer_.OpenSegment(); !status.ok()) return status;
  rest_bytes_.store(writer_.rest_bytes());
  if (options_.threads) thread_ = std::thread([this] { Run(); });
  return absl::OkStatus();
}

bool Log::Impl::Push(Commit* commit) {
  CHECK(commit->bytes.size() <= limits::kMaxRecordBytes);
  CHECK(commit->bytes.size() + kRecordHeaderBytes <= writer_.body().size());
  const bool waited_for = commit->owner != nullptr;  // once pushed it may be gone
  if (queue_.Push(commit) == CommitQueue::Pushed::kClosed) return false;
  if (waited_for && !wanted_.exchange(true)) wake_.Ring();
  return true;
}

bool Log::Impl::Wait() {
  if (std::exchange(delivered_, false) && soon_ && processors_ > 1) {
    const int64_t until_ns = clock_.MonotonicNs() + kAwakeNs;
    // Counted as well: a test's clock may stand still.
    for (int look = 0; look < kMostLooks && clock_.MonotonicNs() < until_ns; ++look) {
      if (wanted_.load(std::memory_order_relaxed)) return true;
      std::this_thread::yield();
    }
  }
  int64_t sleep_ns = kLongestSleepNs;
  if (!sealed_) sleep_ns = std::min(sleep_ns, SealDueNs() - clock_.MonotonicNs());
  return sleep_ns <= 0 || wake_.WaitFor(sleep_ns);
}

// Whether somebody waits for what was pushed. Learns how soon after a delivery that is: a thread
// with many connections sends their replies first, and to stay awake meanwhile would take the
// processor from it.
bool Log::Impl::Wanted() {
  if (!wanted_.exchange(false)) return false;
  if (std::exchange(timed_, false)) soon_ = clock_.MonotonicNs() - delivered_ns_ < 2 * kAwakeNs;
  return true;
}

// What is due whether commits come or not. Barriers write nothing, so they do not put off a seal.
absl::Status Log::Impl::Tend() {
  if (absl::Status status = spares_.failure(); !status.ok()) return status;
  if (sealed_ || clock_.MonotonicNs() < SealDueNs()) return absl::OkStatus();
  return Write(0, 0, kSealFlag);
}

void Log::Impl::Run() {
  bool rung = true;
  while (!Poisoned()) {
    // At most one release comes between two takings of the queue; using it up here keeps them from
    // adding up. Its push came before it, so the taking below finds it.
    static_cast<void>(wake_.Take());
    // What nobody waits for yet will be followed by what somebody does: one batch for both. Not for
    // longer than a sleep.
    if (Wanted() || !rung || draining_.load()) waiting_ = queue_.TakeAll();
    if (waiting_ == nullptr && draining_.load()) break;
    rung = waiting_ != nullptr || Wait();
    WriteWaiting();
  }
  Finish();
}

void Log::Impl::WriteWaiting() {
  while (waiting_ != nullptr && !Poisoned()) {
    if (const absl::Status status = WriteNext(); !status.ok()) Poison(status);
  }
  if (Poisoned()) return;
  if (const absl::Status status = Tend(); !status.ok()) Poison(status);
}

void Log::Impl::Turn() {
  if (options_.threads || Poisoned() || draining_.load()) return;
  static_cast<void>(wake_.Take());
  spares_.Turn();
  waiting_ = queue_.TakeAll();
  WriteWaiting();
}

void Log::Impl::Finish() {
  if (Poisoned()) return;
  // Closed before the last look: what was pushed until then is written, what comes later is
  // refused.
  waiting_ = queue_.Close();
  absl::Status status;
  while (waiting_ != nullptr && status.ok()) status = WriteNext();
  if (status.ok() && !sealed_) status = Write(0, 0, kSealFlag);
  if (!status.ok()) Poison(status);
}

// Copies as many waiting commits as one batch takes. After its bytes are copied, a commit without
// owner is not ours any more.
size_t Log::Impl::FillBatch(uint32_t* records) {
  const std::span<uint8_t> body = writer_.body();
  size_t used = 0;
  *records = 0;
  while (waiting_ != nullptr) {
    Commit* const commit = waiting_;
    const size_t size = commit->bytes.size();
    if (size > 0 && used + kRecordHeaderBytes + size > body.size()) break;
    waiting_ = commit->next;
    if (size > 0) {
      PutU32(body.data() + used, static_cast<uint32_t>(size));
      std::memcpy(body.data() + used + kRecordHeaderBytes, commit->bytes.data(), size);
      used += kRecordHeaderBytes + size;
      ++*records;
    }
    if (commit->owner == nullptr) continue;
    commit->lsn = Lsn{writer_.next_lsn() + *records - 1};
    // Nobody sees it before it is delivered, and then it is so: a second pass over all of them,
    // once the write is done, would make them wait.
    deliveries_.Add(commit, /*durable=*/true);
  }
  return used;
}

absl::Status Log::Impl::WriteNext() {
  uint32_t records = 0;
  const size_t body_bytes = FillBatch(&records);
  // Barriers alone: all that was pushed before them is durable already.
  if (records > 0) {
    if (absl::Status status = Write(records, body_bytes, 0); !status.ok()) return status;
  }
  deliveries_.Deliver();
  delivered_ = timed_ = true;
  delivered_ns_ = clock_.MonotonicNs();
  return absl::OkStatus();
}

absl::Status Log::Impl::Write(uint32_t records, size_t body_bytes, uint32_t flags) {
  const int64_t started_ns = clock_.MonotonicNs();
  in_flight_since_ns_.store(started_ns, std::memory_order_relaxed);
  absl::Status status = writer_.WriteBatch(records, body_bytes, flags);
  in_flight_since_ns_.store(0, std::memory_order_relaxed);
  if (!status.ok()) return status;
  sealed_ = flags == kSealFlag;
  last_write_ns_ = clock_.MonotonicNs();
  rest_bytes_.store(writer_.rest_bytes(), std::memory_order_relaxed);
  durable_lsn_.store(writer_.next_lsn() - 1, std::memory_order_release);
  Count(records, body_bytes, clock_.MonotonicNs() - started_ns, sealed_);
  return status;
}

void Log::Impl::Count(uint32_t records, size_t body_bytes, int64_t duration_ns, bool seal) {
  const auto add = [](std::atomic<uint64_t>& counter, uint64_t more) {
    counter.fetch_add(more, std::memory_order_relaxed);
  };
  const auto us = static_cast<uint64_t>(duration_ns / 1000);
  add(batches_, 1);
  add(seals_, seal ? 1 : 0);
  add(records_, records);
  add(record_bytes_, body_bytes);
  add(written_bytes_, Writer::WrittenBytes(body_bytes));
  add(duration_us_sum_, us);
  int bucket = 0;
  while (bucket + 1 < LogStats::kBuckets && us > uint64_t{64} << bucket) ++bucket;
  add(by_duration_[static_cast<size_t>(bucket)], 1);
}

void Log::Impl::FailAll(Commit* chain) {
  while (chain != nullptr) {
    Commit* const next = chain->next;
    if (chain->owner != nullptr) deliveries_.Add(chain, /*durable=*/false);
    chain = next;
  }
}

void Log::Impl::Poison(const absl::Status& status) {
  poisoned_.store(true, std::memory_order_release);
  deliveries_.Fail();
  FailAll(std::exchange(waiting_, nullptr));
  FailAll(queue_.Close());
  deliveries_.Deliver();
  failed_(absl::Status(status.code(),
                       absl::StrCat("the log has failed: ", std::string(status.message()))));
}

void Log::Impl::Drain() {
  const bool first = !draining_.exchange(true);
  wake_.Ring();
  if (thread_.joinable()) thread_.join();
  if (first && !options_.threads) Finish();
  spares_.Stop();
}

LogStats Log::Impl::Stats() const {
  LogStats stats;
  stats.batches = batches_.load(std::memory_order_relaxed);
  stats.seals = seals_.load(std::memory_order_relaxed);
  stats.records = records_.load(std::memory_order_relaxed);
  stats.record_bytes = record_bytes_.load(std::memory_order_relaxed);
  stats.written_bytes = written_bytes_.load(std::memory_order_relaxed);
  stats.duration_us_sum = duration_us_sum_.load(std::memory_order_relaxed);
  for (size_t i = 0; i < stats.by_duration.size(); ++i) {
    stats.by_duration[i] = by_duration_[i].load(std::memory_order_relaxed);
  }
  return stats;
}

absl::StatusOr<std::unique_ptr<Log>> Log::Open(env::FileSystem& files, const Clock& clock,
                                               LogOptions options, const Recovery& recovery,
                                               std::function<void(const absl::Status&)> failed) {
  // A header, the largest batch, and the page that is left for a seal.
  const uint64_t least = options.max_batch_bytes + 2 * limits::kPageBytes;
  if (options.segment_bytes < least || options.segment_bytes % limits::kPageBytes != 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "segments must be a multiple of ", limits::kPageBytes, " bytes and at least ", least));
  }
  auto impl = std::make_unique<Impl>(files, clock, std::move(options), recovery, std::move(failed));
  if (absl::Status status = impl->Start(); !status.ok()) return status;
  return std::unique_ptr<Log>(
      new Log(std::move(impl)));  // tidy: owned by the unique_ptr; the constructor is private
}

Log::Log(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Log::~Log() { Drain(); }
bool Log::Push(Commit* commit) { return impl_->Push(commit); }
void Log::Turn() { impl_->Turn(); }
void Log::Drain() { impl_->Drain(); }
Head Log::head() const { return impl_->CurrentHead(); }
LogSpace Log::space() const { return impl_->Space(); }
LogStats Log::stats() const { return impl_->Stats(); }
Lsn Log::durable_lsn() const { return impl_->DurableLsn(); }
StartPoint Log::current_segment() const { return impl_->CurrentSegment(); }
int64_t Log::in_flight_ms() const { return impl_->InFlightMs(); }
bool Log::poisoned() const { return impl_->Poisoned(); }

}  // namespace creneau::wal
