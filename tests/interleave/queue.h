// The commit queue: producers that push, a log thread that takes and closes.
#pragma once

#include <array>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "tests/interleave/machine.h"
#include "wal/commit.h"

namespace creneau::interleave {

// Each thread is a string of letters: p pushes the thread's next commit, t takes all there is, c
// closes. After every execution: each commit that was taken in was delivered once, in the order in
// which its producer pushed; none that was refused; whoever pushed to an empty queue was told so,
// once for each batch; and whoever looks into a commit knows what its producer wrote there.
class QueueProgram final : public Program {
 public:
  explicit QueueProgram(std::vector<std::string> threads) : threads_(std::move(threads)) {}

  int Begin() override;
  void Run(int thread) override;
  void Check(int suspended) override;
  void End() override { world_.reset(); }

 private:
  struct Node {
    wal::Commit commit;
    int thread = 0;
    size_t nth = 0;
    uint32_t written = 0;  // the producer's time when it had filled the commit
    bool refused = false;
    bool pushed = false;
    int delivered = 0;
  };
  struct World {
    wal::CommitQueue queue;
    std::deque<Node> nodes;
    std::array<size_t, kMaxThreads> last{};
    int batches = 0;
    int firsts = 0;
    bool closed = false;
  };

  void Push(Node& node);
  void Deliver(wal::Commit* chain);

  std::vector<std::string> threads_;
  std::unique_ptr<World> world_;
};

}  // namespace creneau::interleave
