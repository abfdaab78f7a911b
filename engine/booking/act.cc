#include "booking/act.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "codec/event.h"

namespace creneau::booking {

static_assert(CommitPool::Node::kRecordBytes == codec::kMaxEventBytes);

namespace {

// One request pushes its own events and those of the half-done acts it meets. More than these are
// possible, and then cost an allocation.
constexpr size_t kUsualPushes = 8;

// Room for `more` beside what is there: at least twice as much as before where there is too little,
// so that a round of many requests is not copied once for each of them.
template <typename T>
void Widen(std::vector<T>& list, size_t more) {
  if (list.capacity() - list.size() >= more) return;
  list.reserve(std::max(list.size() + more, 2 * list.capacity()));
}

}  // namespace

void CommitPool::Reserve(size_t count) {
  while (free_.size() < count) {
    auto node = std::make_unique<Node>();
    Widen(owned_, 1);
    // All of them come back to it, and there must be room for them then.
    free_.reserve(owned_.capacity());
    owned_.push_back(std::move(node));
    free_.push_back(owned_.back().get());
  }
}

CommitPool::Node* CommitPool::Take() {
  if (free_.empty()) Reserve(kUsualPushes);
  Node* node = free_.back();
  free_.pop_back();
  node->owner = nullptr;
  return node;
}

void CommitPool::Give(Node* node) { free_.push_back(node); }

void CommitPool::Keep(std::vector<std::unique_ptr<const std::string>> records) {
  for (auto& record : records) kept_.push_back(std::move(record));
}

Act::~Act() {
  if (!pushed() || awaited_) return;
  BlockingWait wait;
  wait.Finish(*this);
}

void Act::Begin() {
  pool_.Reserve(kUsualPushes);
  Widen(used_, kUsualPushes);
}

void Act::Push(const ledger::Event& event) {
  CommitPool::Node* node = pool_.Take();
  node->bytes = std::string_view(node->record.data(), codec::EncodeEvent(event, node->record));
  used_.push_back(node);
  if (!log_.Push(node)) refused_ = true;
}

void Act::PushParty(const ledger::PartyHeld& party) {
  CommitPool::Node* node = pool_.Take();
  node->bytes = std::string_view(node->record.data(), codec::EncodeParty(party, node->record));
  used_.push_back(node);
  if (!log_.Push(node)) refused_ = true;
}

void Act::PushBytes(std::string_view record) {
  CommitPool::Node* node = pool_.Take();
  node->bytes = record;
  used_.push_back(node);
  if (!log_.Push(node)) refused_ = true;
}

void Act::PushCopy(std::string_view record) {
  CommitPool::Node* node = pool_.Take();
  CHECK(record.size() <= node->record.size());
  std::copy(record.begin(), record.end(), node->record.begin());
  node->bytes = {node->record.data(), record.size()};
  used_.push_back(node);
  if (!log_.Push(node)) refused_ = true;
}

void Act::PushOwned(std::string record) {
  kept_.push_back(std::make_unique<const std::string>(std::move(record)));
  PushBytes(*kept_.back());
}

void Act::PushAll(const std::vector<std::string>& records) {
  pool_.Reserve(records.size());
  Widen(used_, records.size());
  for (const std::string& record : records) PushBytes(record);
}

void Act::MakeBarrier(wal::Completions* owner) {
  CHECK(owner != nullptr);
  barrier_ = wal::Commit{};
  barrier_.owner = owner;
  awaited_ = true;
}

bool Act::Barrier(wal::Completions* owner) {
  MakeBarrier(owner);
  if (!refused_ && log_.Push(&barrier_)) return true;
  refused_ = true;
  return false;
}

bool Act::BarrierAndWrite(wal::Completions* owner, wal::Commit** finished) {
  *finished = nullptr;
  MakeBarrier(owner);
  if (!refused_ && log_.PushAndWrite(&barrier_, finished)) return true;
  refused_ = true;
  return false;
}

void Act::Release() {
  // Whoever pushed must have waited: the log reads a node's bytes until its batch is written.
  CHECK(awaited_ || used_.empty());
  // A log that has failed may still have some of these in the queue that its thread is emptying:
  // they are its, and the pool only keeps them until its own end.
  if (!refused_) {
    for (CommitPool::Node* node : used_) pool_.Give(node);
  }
  // Their bytes likewise stay with the pool where the log may still read them.
  if (refused_) pool_.Keep(std::move(kept_));
  used_.clear();
  kept_.clear();
  refused_ = false;
  awaited_ = false;
}

void BlockingWait::Deliver(wal::Commit*) { delivered_.release(); }

bool BlockingWait::Finish(Act& act) {
  if (act.Barrier(this)) {
    act.HelpLog();
    delivered_.acquire();
  }
  const bool durable = act.durable();
  act.Release();
  return durable;
}

}  // namespace creneau::booking
