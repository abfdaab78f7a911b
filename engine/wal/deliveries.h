// What a batch hands back, and to whom. Belongs to whoever writes.
#pragma once

#include <vector>

#include "wal/commit.h"

namespace creneau::wal {

// The finished commits of one batch, by owner, each owner's in the order they were pushed.
class Deliveries {
 public:
  // A few I/O threads, the steward, operators' acts: no batch need allocate for them.
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

  // Each owner gets its own; but those of `mine`, whose thread this is, are appended to
  // `*finished`.
  void Deliver(const Completions* mine = nullptr, Commit** finished = nullptr) {
    for (const Chain& chain : chains_) {
      if (chain.owner != mine) {
        chain.owner->Deliver(chain.first);
        continue;
      }
      while (*finished != nullptr) finished = &(*finished)->next;
      *finished = chain.first;
    }
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

}  // namespace creneau::wal
