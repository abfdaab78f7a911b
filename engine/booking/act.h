// An Act is what one request, or a group of pipelined requests, or one round of the steward pushes
// to the log. The ledger's events go through it; when all of a reply's decisions are made, one
// barrier tells when everything they rest on is durable (design 3.4). No reply leaves before that.
//
// Commit nodes come from a pool that belongs to one thread, so that no memory is allocated between
// claiming a seat and publishing it: Begin makes sure that enough nodes are at hand. An Act belongs
// to one thread; its nodes return to the pool in Release, which must not be called before the
// barrier was delivered (or refused). A log that has failed may refuse a barrier while it still
// walks over what was pushed before: where the process goes on after that, the pool must end after
// the log.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <semaphore>
#include <string>
#include <vector>

#include "ledger/event.h"
#include "wal/log.h"

namespace creneau::booking {

class CommitPool {
 public:
  struct Node : wal::Commit {
    static constexpr size_t kRecordBytes =
        352;  // the largest ledger event, encoded; checked in codec
    std::array<char, kRecordBytes> record;
  };

  CommitPool() = default;
  CommitPool(const CommitPool&) = delete;
  CommitPool& operator=(const CommitPool&) = delete;

  // Makes sure that `count` nodes can be taken without allocating.
  void Reserve(size_t count);
  Node* Take();
  void Give(Node* node);
  // What a log that has failed may still read, until the pool's end.
  void Keep(std::vector<std::unique_ptr<const std::string>> records);

 private:
  std::vector<std::unique_ptr<Node>> owned_;
  std::vector<Node*> free_;
  std::vector<std::unique_ptr<const std::string>> kept_;
};

class Act final : public ledger::EventSink {
 public:
  Act(CommitPool& pool, wal::Log& log) : pool_(pool), log_(log) {}
  // Waits for what was pushed and never awaited: an exception came between. What the log still has
  // to read must not go before.
  ~Act() override;
  Act(const Act&) = delete;
  Act& operator=(const Act&) = delete;

  // Before each request: makes room for the pushes it may make.
  void Begin();

  void Push(const ledger::Event& event) override;
  void PushParty(const ledger::PartyHeld& party) override;
  // A record that is not the ledger's; the bytes must live until Release. A log that refuses
  // because it is being drained may read what it took before for longer: whoever pushes has ended
  // by then (the daemon joins its workers, and the engine its steward and keeper, before Drain).
  void PushBytes(std::string_view record);
  // The same of a short one, of which a copy is kept until then.
  void PushCopy(std::string_view record);
  // The same of one of any length, which is kept until then.
  void PushOwned(std::string record);
  // All of them or, where memory ends, none.
  void PushAll(const std::vector<std::string>& records);

  // Pushes the barrier. True: `owner` will get barrier() delivered. False: the log is closed,
  // nothing will come.
  [[nodiscard]] bool Barrier(wal::Completions* owner);
  // The same, and this thread writes what is waiting where it can (wal::Log::PushAndWrite).
  [[nodiscard]] bool BarrierAndWrite(wal::Completions* owner, wal::Commit** finished);
  const wal::Commit& barrier() const { return barrier_; }
  // Where the log has no threads, its work is done by those who wait for it (wal::Log::Turn).
  // What it throws ends the process, as it would on the log's own thread.
  void HelpLog() noexcept { log_.Turn(); }
  // Whether anything was pushed since the last Release: then a barrier must be waited for before
  // the next.
  bool pushed() const { return !used_.empty(); }
  // After delivery, or after Barrier returned false: whether everything is durable. Before Release.
  bool durable() const { return !refused_ && barrier_.durable; }

  // Gives the nodes back; the Act can be used again.
  void Release();

 private:
  void MakeBarrier(wal::Completions* owner);

  CommitPool& pool_;
  wal::Log& log_;
  std::vector<CommitPool::Node*> used_;
  std::vector<std::unique_ptr<const std::string>> kept_;  // of PushOwned, until Release
  wal::Commit barrier_;
  bool refused_ = false;
  bool awaited_ = false;
};

// Waits by blocking its thread: for the steward and for operators' acts, never for I/O threads. One
// act at a time.
class BlockingWait final : public wal::Completions {
 public:
  void Deliver(wal::Commit* chain) override;
  // Barrier, wait, Release. True when durable.
  bool Finish(Act& act);

 private:
  std::binary_semaphore delivered_{0};
};

}  // namespace creneau::booking
