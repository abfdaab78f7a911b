#include "tests/interleave/queue.h"

#include "base/check.h"
#include "tests/interleave/trial.h"

namespace creneau::interleave {

int QueueProgram::Begin() {
  world_ = std::make_unique<World>();
  for (size_t thread = 0; thread < threads_.size(); ++thread) {
    size_t nth = 0;
    for (const char act : threads_[thread]) {
      if (act != 'p') continue;
      Node& node = world_->nodes.emplace_back();
      node.thread = static_cast<int>(thread);
      node.nth = ++nth;
    }
  }
  return static_cast<int>(threads_.size());
}

void QueueProgram::Push(Node& node) {
  node.written = machine().StepsOf(node.thread);
  const wal::CommitQueue::Pushed pushed = world_->queue.Push(&node.commit);
  node.refused = pushed == wal::CommitQueue::Pushed::kClosed;
  node.pushed = true;
  if (pushed == wal::CommitQueue::Pushed::kQueuedFirst) ++world_->firsts;
}

void QueueProgram::Deliver(wal::Commit* chain) {
  if (chain != nullptr) ++world_->batches;
  for (; chain != nullptr; chain = chain->next) {
    for (Node& node : world_->nodes) {
      if (&node.commit != chain) continue;
      ++node.delivered;
      size_t& last = world_->last[static_cast<size_t>(node.thread)];
      if (node.nth != last + 1) machine().Fail("a producer's commits come out of order");
      last = node.nth;
      const Clock& known = machine().memory().clock(machine().current()).happens_before;
      if (ModelRuns() && node.thread != machine().current() &&
          !known.Knows(node.thread, node.written + 1))
        machine().Fail("the log thread reads a commit without knowing what is in it");
    }
  }
}

void QueueProgram::Run(int thread) {
  size_t nth = 0;
  for (const char act : threads_[static_cast<size_t>(thread)]) {
    if (act == 'p') {
      ++nth;
      for (Node& node : world_->nodes) {
        if (node.thread == thread && node.nth == nth) Push(node);
      }
    } else if (act == 't') {
      Deliver(world_->queue.TakeAll());
    } else {
      CHECK(act == 'c');
      Deliver(world_->queue.Close());
      world_->closed = true;
    }
  }
}

void QueueProgram::Check(int suspended) {
  if (!world_->closed) Deliver(world_->queue.Close());
  if (world_->queue.Close() != nullptr) machine().Fail("a closed queue took a commit in");
  for (const Node& node : world_->nodes) {
    // Whoever was stopped may have pushed and not come back.
    if (!node.pushed && node.thread == suspended && node.delivered <= 1) continue;
    if (node.delivered != (node.refused ? 0 : 1)) machine().Fail("a commit is not delivered once");
  }
  if (suspended < 0 && world_->firsts != world_->batches)
    machine().Fail("not one producer a batch was told to wake the log thread");
}

std::vector<Trial> QueueTrials() {
  std::vector<Trial> trials;
  for (const char* text : {"p|p", "pp|t", "pp|tt", "p|c", "pp|c", "pp|tc", "p|p|t", "p|p|c",
                           "p|p|tc", "pp|p|tt", "pp|pp|tc"}) {
    std::vector<std::string> threads(1);
    for (const char* at = text; *at != '\0'; ++at) {
      if (*at == '|') {
        threads.emplace_back();
      } else {
        threads.back() += *at;
      }
    }
    trials.push_back(Trial{std::string("queue ") + text,
                           [threads] { return std::make_unique<QueueProgram>(threads); }});
  }
  return trials;
}

}  // namespace creneau::interleave
