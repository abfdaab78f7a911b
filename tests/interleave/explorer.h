// Goes through the executions of a program: every one that differs from the others, or those with
// at most so many preemptions.
//
// Dynamic partial-order reduction (Flanagan and Godefroid, 2005): an execution is run to its end;
// wherever two of its events race (neither comes before the other by what lies between, and their
// order makes a difference), the other order is noted at the earlier one, to be run later. Sleep
// sets (Godefroid, 1996) leave out what would only repeat an execution in another order.
//
// A transition is a thread and what it reads. A load that returns store k commutes with every other
// store, before it or after it, except where both are seq_cst; so it races only with stores that
// come later (it could have returned them), and what else it can return where it stands is gone
// through on the spot. A failed compare-exchange races with stores before it too: it might have
// succeeded.
//
// With a bound on preemptions (a stale read counts as one), races also note the place where the
// thread that ran at the earlier event was switched to (Coons, Musuvathi and McKinley, 2013), so
// that an order which the bound forbids there may be found nearby. Sleep sets stay on, so a bounded
// exploration is a sample of what the bound allows, if a large one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/interleave/machine.h"

namespace creneau::interleave {

struct Limits {
  int preemptions = -1;     // -1: any number
  uint64_t executions = 0;  // 0: to the end
  bool reduce = true;       // false: every order, for checking the reduction itself
};

struct Report {
  uint64_t executions = 0;        // complete ones
  uint64_t cut = 0;               // cut short as repetitions
  uint64_t longest = 0;           // steps
  uint32_t most_own_steps = 0;    // of one thread
  bool somebody_stopped = false;  // for ever (Machine::Suspend), in some execution
  bool finished = false;          // nothing was left within the bound
  bool bound_was_met = false;     // the bound on preemptions left something out
  double seconds = 0;
  std::string failure;  // with its schedule
  std::string schedule;
};

class Explorer final : public Strategy {
 public:
  explicit Explorer(const Limits& limits) : limits_(limits) {}

  // Up to the first failure.
  Report Run(Program& program);
  bool Next(Machine& machine, Step* step) override;

 private:
  struct Node {
    int before = -1;      // who ran last; -1: nobody, or one that has ended
    int preemptions = 0;  // before it
    bool stale = false;   // what it reads is not the newest store
    int thread = -1;
    uint32_t time = 0;  // of its step here
    Clock past;
    bool resolved = false;
    std::vector<Choice> choices;  // of `thread`, left to be run
    size_t at = 0;
    uint32_t wanted = 0;  // threads
    uint32_t tried = 0;
    std::vector<Step> done;
  };

  static int Spent(const Node& node);
  bool Allowed(const Node& node, int thread);
  void Resolve(Machine& machine, Node& node);
  bool NewNode(Machine& machine);
  bool Asleep(const std::vector<Step>& set, int thread, Choice choice) const;
  void GoOn(Machine& machine, const Node& node);
  void NoteRaces(Machine& machine, int thread, bool may_write, Choice choice, const Clock& past);
  void Want(const Touch& touch, int thread, const Clock& past);
  bool Backtrack();

  Limits limits_;
  std::vector<Node> nodes_;
  size_t position_ = 0;
  std::vector<Step> sleep_;
  std::vector<Choice> scratch_;
  bool bound_was_met_ = false;
};

}  // namespace creneau::interleave
