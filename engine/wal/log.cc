#include "wal/log.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <mutex>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/instant.h"
#include "wal/bell.h"
#include "wal/deliveries.h"
#include "wal/spares.h"
#include "wal/tally.h"
#include "wal/writer.h"

namespace creneau::wal {
namespace {

// The longest sleep. A producer that stops between its push and its wake-up holds up those behind
// it no longer than this, and a failure of the helper is noticed no later.
constexpr int64_t kLongestSleepNs = 10 * kNsPerMs;
// After a batch the thread looks for the next push for as long before it sleeps, giving way to
// whoever wants the processor: about what falling asleep and being woken cost, so that at worst it
// spends that twice, and the commit that follows at once finds it awake. Where there is one
// processor, who would push has to run first: there it sleeps.
constexpr int64_t kAwakeNs = 50'000;
constexpr int kMostLooks = 1'000;
// A device that takes no longer than this for a batch, on average, is quick: whoever waits may as
// well write. To decide a round of 128 requests takes an I/O thread three times as long.
constexpr int64_t kQuickNs = kNsPerMs / 2;
constexpr int64_t kAveragedBatches = 8;

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
  bool Push(Commit* commit, Commit** finished);
  void Turn();
  void Drain();

  LogSpace Space() const {
    const uint64_t spare = spares_.ready() ? options_.segment_bytes - limits::kPageBytes : 0;
    return LogSpace{rest_bytes_.load(std::memory_order_relaxed) + spare, spares_.room(),
                    spares_.growable_bytes()};
  }
  LogStats Stats() const { return tally_.Stats(); }
  StartPoint CurrentSegment() const { return writer_.current_segment(); }
  Head CurrentHead() const { return writer_.head(); }
  Lsn DurableLsn() const { return Lsn{durable_lsn_.load(std::memory_order_acquire)}; }
  int64_t InFlightMs() const {
    const int64_t since = in_flight_since_ns_.load(std::memory_order_relaxed);
    return since == 0 ? 0 : (clock_.MonotonicNs() - since) / kNsPerMs;
  }
  bool Behind() const { return behind_.load(std::memory_order_relaxed); }
  bool Poisoned() const { return poisoned_.load(std::memory_order_acquire); }
  bool Quick() const { return quick_.load(std::memory_order_relaxed); }

 private:
  void Run();
  bool WriteHere(const Completions* mine, Commit** finished);
  // The next segment may have to be waited for.
  bool FitsHere() const { return Quick() && writer_.rest_bytes() >= options_.max_batch_bytes; }
  void WriteWaiting();
  void Finish();
  void Tell();
  bool Wait(int64_t sleep_ns);  // false: it has slept its time out
  bool Wanted();
  absl::Status Tend();
  int64_t SealDueNs() const { return last_write_ns_ + options_.seal_after_ms * kNsPerMs; }
  int64_t SleepNs() const {
    return sealed_ ? kLongestSleepNs
                   : std::min(kLongestSleepNs, SealDueNs() - clock_.MonotonicNs());
  }
  absl::Status WriteNext(const Completions* mine, Commit** finished);
  size_t FillBatch(uint32_t* records);
  absl::Status Write(uint32_t records, size_t body_bytes, uint32_t flags);
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

  // Held by whoever takes the queue, writes and delivers: the log thread, or one that pushed and
  // would only wait. Guards the writer and what follows.
  std::mutex writing_;
  Commit* waiting_ = nullptr;  // taken and not yet in a batch, oldest first
  Deliveries deliveries_;
  bool sealed_ = true;  // nothing has been written since the last seal
  int64_t last_write_ns_ = 0;
  int64_t average_ns_ = 0;  // of the latest batches
  absl::Status failure_;    // why the log is poisoned

  // The log thread's own.
  bool delivered_ = false;  // something, since it last had nothing to do
  bool timed_ = false;      // delivered_ns_ is when, and nobody has waited since
  int64_t delivered_ns_ = 0;
  bool soon_ = true;  // after the delivery before, the next one was wanted within kAwakeNs or so
  const unsigned processors_ = std::thread::hardware_concurrency();

  std::atomic<bool> poisoned_{false};
  // Hints, which nothing rests on: relaxed.
  std::atomic<bool> quick_{true};
  std::atomic<bool> behind_{false};
  std::atomic<uint64_t> durable_lsn_{0};
  std::atomic<int64_t> in_flight_since_ns_{0};
  std::atomic<uint64_t> rest_bytes_{0};
  Tally tally_;
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

// `finished`: null where this thread must not write.
bool Log::Impl::Push(Commit* commit, Commit** finished) {
  CHECK(commit->bytes.size() <= limits::kMaxRecordBytes);
  CHECK(commit->bytes.size() + kRecordHeaderBytes <= writer_.body().size());
  const Completions* const owner = commit->owner;  // once pushed it may be gone
  if (queue_.Push(commit) == CommitQueue::Pushed::kClosed) return false;
  if (owner == nullptr || (finished != nullptr && WriteHere(owner, finished))) return true;
  if (!wanted_.exchange(true)) wake_.Ring();
  return true;
}

// In the thread of `mine`, which has pushed and would only wait. False: the log thread must write,
// all of it or the rest.
bool Log::Impl::WriteHere(const Completions* mine, Commit** finished) {
  if (!options_.threads || !Quick()) return false;
  const std::unique_lock writing(writing_, std::try_to_lock);
  if (!writing.owns_lock() || Poisoned() || draining_.load()) return false;
  // What somebody has left to the log thread comes first.
  if (waiting_ != nullptr || !FitsHere()) return false;
  waiting_ = queue_.TakeAll();
  while (waiting_ != nullptr && FitsHere()) {
    const absl::Status status = WriteNext(mine, finished);
    if (status.ok()) continue;
    Poison(status);
    wake_.Ring();  // the log thread tells of it
  }
  return waiting_ == nullptr;
}

bool Log::Impl::Wait(int64_t sleep_ns) {
  if (std::exchange(delivered_, false) && soon_ && processors_ > 1) {
    const int64_t until_ns = clock_.MonotonicNs() + kAwakeNs;
    // Counted as well: a test's clock may stand still.
    for (int look = 0; look < kMostLooks && clock_.MonotonicNs() < until_ns; ++look) {
      if (wanted_.load(std::memory_order_relaxed)) return true;
      std::this_thread::yield();
    }
  }
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
  uint64_t seen = 0;  // batches that had been written at the last look
  while (!Poisoned()) {
    // At most one release comes between two takings of the queue; using it up here keeps them from
    // adding up. Its push came before it, so the taking below finds it.
    static_cast<void>(wake_.Take());
    int64_t sleep_ns = 0;
    {
      const std::lock_guard writing(writing_);
      // What nobody waits for yet will be followed by what somebody does: one batch for both. Not
      // for longer than two sleeps; where others have written meanwhile, they took it with them.
      const bool overdue = !rung && seen == tally_.batches();
      if (Poisoned()) break;  // meanwhile, and the queue is closed
      if (waiting_ == nullptr && (Wanted() || overdue || draining_.load()))
        waiting_ = queue_.TakeAll();
      if (waiting_ == nullptr && draining_.load()) break;
      rung = waiting_ != nullptr;
      WriteWaiting();
      seen = tally_.batches();
      if (!rung) sleep_ns = SleepNs();
    }
    if (!rung) rung = Wait(sleep_ns);
  }
  Finish();
}

void Log::Impl::WriteWaiting() {
  while (waiting_ != nullptr && !Poisoned()) {
    if (const absl::Status status = WriteNext(nullptr, nullptr); !status.ok()) {
      Poison(status);
      return;
    }
    delivered_ = timed_ = true;
    delivered_ns_ = clock_.MonotonicNs();
  }
  if (Poisoned()) return;
  if (const absl::Status status = Tend(); !status.ok()) Poison(status);
}

void Log::Impl::Turn() {
  if (options_.threads || Poisoned() || draining_.load()) return;
  static_cast<void>(wake_.Take());
  spares_.Turn();
  {
    const std::lock_guard writing(writing_);
    waiting_ = queue_.TakeAll();
    WriteWaiting();
  }
  Tell();
}

void Log::Impl::Finish() {
  {
    const std::lock_guard writing(writing_);
    CHECK(waiting_ == nullptr);
    // Closed before the last look: what was pushed until then is written, what comes later is
    // refused.
    if (!Poisoned()) waiting_ = queue_.Close();
    absl::Status status;
    while (waiting_ != nullptr && status.ok()) status = WriteNext(nullptr, nullptr);
    if (status.ok() && !sealed_ && !Poisoned()) status = Write(0, 0, kSealFlag);
    if (!status.ok()) Poison(status);
  }
  Tell();
}

// Of a failure, once: by the log thread, since an I/O thread has the waiting to answer, and who is
// told may write to a pipe that nobody reads.
void Log::Impl::Tell() {
  std::unique_lock writing(writing_);
  const absl::Status failure = std::exchange(failure_, absl::OkStatus());
  writing.unlock();
  if (failure.ok()) return;
  failed_(absl::Status(failure.code(),
                       absl::StrCat("the log has failed: ", std::string(failure.message()))));
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

absl::Status Log::Impl::WriteNext(const Completions* mine, Commit** finished) {
  uint32_t records = 0;
  const size_t body_bytes = FillBatch(&records);
  behind_.store(waiting_ != nullptr, std::memory_order_relaxed);
  // Barriers alone: all that was pushed before them is durable already.
  if (records > 0) {
    if (absl::Status status = Write(records, body_bytes, 0); !status.ok()) return status;
  }
  deliveries_.Deliver(mine, finished);
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
  const int64_t took_ns = last_write_ns_ - started_ns;
  average_ns_ += (took_ns - average_ns_) / kAveragedBatches;
  quick_.store(average_ns_ < kQuickNs, std::memory_order_relaxed);
  tally_.Count(records, body_bytes, took_ns, sealed_);
  return status;
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
  failure_ = status;
}

void Log::Impl::Drain() {
  const bool first = !draining_.exchange(true);
  wake_.Ring();
  if (thread_.joinable()) thread_.join();
  if (first && !options_.threads) Finish();
  spares_.Stop();
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
bool Log::Push(Commit* commit) { return impl_->Push(commit, nullptr); }
bool Log::PushAndWrite(Commit* commit, Commit** finished) noexcept {
  *finished = nullptr;
  return impl_->Push(commit, finished);
}
bool Log::quick() const { return impl_->Quick(); }
void Log::Turn() { impl_->Turn(); }
void Log::Drain() { impl_->Drain(); }
Head Log::head() const { return impl_->CurrentHead(); }
LogSpace Log::space() const { return impl_->Space(); }
LogStats Log::stats() const { return impl_->Stats(); }
Lsn Log::durable_lsn() const { return impl_->DurableLsn(); }
StartPoint Log::current_segment() const { return impl_->CurrentSegment(); }
int64_t Log::in_flight_ms() const { return impl_->InFlightMs(); }
bool Log::behind() const { return impl_->Behind(); }
bool Log::poisoned() const { return impl_->Poisoned(); }

}  // namespace creneau::wal
