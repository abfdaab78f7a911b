#include "tests/interleave/explorer.h"

#include <algorithm>
#include <chrono>

#include "base/check.h"

namespace creneau::interleave {
namespace {

std::memory_order OrderOf(const Operation& operation, Choice choice) {
  return operation.kind == Kind::kCas && choice != kWrites ? operation.failure : operation.order;
}

bool IsStale(const Location& location, Choice choice) {
  return choice != kWrites && static_cast<size_t>(choice) + 1 != location.stores.size();
}

// Whether a transition that sleeps, of another thread, is the same after that one was run.
bool Commute(const Operation& asleep, Choice asleep_choice, const Operation& run,
             Choice run_choice) {
  if (asleep.address != run.address) return true;
  const bool both_write = asleep_choice == kWrites && run_choice == kWrites;
  if (both_write) return asleep.commutes && run.commutes && asleep.change == run.change;
  return !InTotalOrder(OrderOf(asleep, asleep_choice)) || !InTotalOrder(OrderOf(run, run_choice)) ||
         (asleep_choice != kWrites && asleep_choice == run_choice);
}

}  // namespace

// Preemptions up to and with the switch to the node's thread.
int Explorer::Spent(const Node& node) {
  return node.preemptions + (node.before >= 0 && node.before != node.thread ? 1 : 0);
}

bool Explorer::Allowed(const Node& node, int thread) {
  if (limits_.preemptions < 0 || node.before < 0 || node.before == thread) return true;
  if (node.preemptions < limits_.preemptions) return true;
  bound_was_met_ = true;
  return false;
}

bool Explorer::Asleep(const std::vector<Step>& set, int thread, Choice choice) const {
  return std::any_of(set.begin(), set.end(), [&](const Step& step) {
    return step.thread == thread && step.choice == choice;
  });
}

// What the node's thread can do there and nobody has gone through yet.
void Explorer::Resolve(Machine& machine, Node& node) {
  machine.memory().Choices(machine.pending(node.thread), node.thread, node.choices);
  std::erase_if(node.choices, [&](Choice choice) {
    return Asleep(sleep_, node.thread, choice) || Asleep(node.done, node.thread, choice);
  });
  if (limits_.preemptions >= 0 && Spent(node) >= limits_.preemptions) {
    const Location& location = machine.memory().At(machine.pending(node.thread));
    const size_t all = node.choices.size();
    std::erase_if(node.choices, [&](Choice choice) { return IsStale(location, choice); });
    bound_was_met_ |= node.choices.size() < all;
  }
  node.at = 0;
  node.resolved = true;
  node.tried |= 1u << node.thread;
}

bool Explorer::NewNode(Machine& machine) {
  Node node;
  if (!nodes_.empty()) {
    const Node& last = nodes_.back();
    node.preemptions = Spent(last) + (last.stale ? 1 : 0);
    if (machine.Runnable(last.thread)) node.before = last.thread;
  }
  // Whoever ran goes on; otherwise the first who can.
  for (int turn = -1; turn < machine.threads(); ++turn) {
    const int thread = turn < 0 ? node.before : turn;
    if (thread < 0 || !machine.Runnable(thread) || (node.tried >> thread & 1) != 0) continue;
    if (!Allowed(node, thread)) continue;
    node.thread = thread;
    Resolve(machine, node);
    if (node.choices.empty()) continue;
    node.wanted |= 1u << thread;
    for (int other = 0; !limits_.reduce && other < machine.threads(); ++other) {
      if (machine.Runnable(other)) node.wanted |= 1u << other;
    }
    nodes_.push_back(std::move(node));
    return true;
  }
  return false;
}

// `thread` races with an earlier event, having `past` behind it. Who must go first there for the
// other order? Not always `thread`: what it reads may have been written since. So: whoever made the
// first step after the event that `thread` has behind it and that does not have the event behind
// it.
void Explorer::Want(const Touch& touch, int thread, const Clock& past) {
  const uint32_t event = touch.event;
  for (uint32_t later = event + 1; later < position_; ++later) {
    const Node& node = nodes_[later];
    if (past.Knows(node.thread, node.time) && !node.past.Knows(touch.thread, touch.time)) {
      thread = node.thread;
      break;
    }
  }
  nodes_[event].wanted |= 1u << thread;
  if (limits_.preemptions < 0) return;
  // Where the thread that ran there had been switched to.
  uint32_t start = event;
  while (start > 0 && nodes_[start - 1].thread == nodes_[event].thread) --start;
  nodes_[start].wanted |= 1u << thread;
}

// Every earlier event whose order with this one could have been the other.
void Explorer::NoteRaces(Machine& machine, int thread, bool may_write, Choice choice,
                         const Clock& past) {
  const Operation& operation = machine.pending(thread);
  const Clock& before = machine.memory().clock(thread).trace;
  const bool in_s = InTotalOrder(OrderOf(operation, choice));
  for (const Touch& touch : machine.memory().At(operation).touches) {
    if (touch.thread == thread || before.Knows(touch.thread, touch.time)) continue;
    bool races = false;
    if (may_write) {
      races = !(touch.writes && touch.commutes && operation.commutes);
    } else if (touch.writes) {
      races = (touch.total_order && in_s) || operation.kind == Kind::kCas;
    } else {
      races = touch.total_order && in_s && !machine.memory().At(operation).all_in_s;
    }
    if (races) Want(touch, thread, past);
  }
}

// The sleep set of what follows.
void Explorer::GoOn(Machine& machine, const Node& node) {
  const Choice choice = node.choices[node.at];
  sleep_.insert(sleep_.end(), node.done.begin(), node.done.end());
  const Operation& run = machine.pending(node.thread);
  std::erase_if(sleep_, [&](const Step& step) {
    return step.thread == node.thread ||
           !Commute(machine.pending(step.thread), step.choice, run, choice);
  });
}

bool Explorer::Next(Machine& machine, Step* step) {
  const bool known = position_ < nodes_.size();
  if (known && !nodes_[position_].resolved) Resolve(machine, nodes_[position_]);
  if ((known && nodes_[position_].choices.empty()) || (!known && !NewNode(machine))) {
    for (int thread = 0; thread < machine.threads(); ++thread) {
      if (machine.Runnable(thread))
        NoteRaces(machine, thread, machine.pending(thread).kind != Kind::kLoad, kWrites,
                  machine.memory().clock(thread).trace);
    }
    return false;
  }
  Node& node = nodes_[position_];
  node.time = machine.memory().clock(node.thread).time + 1;
  step->thread = node.thread;
  step->choice = node.choices[node.at];
  node.stale = IsStale(machine.memory().At(machine.pending(node.thread)), step->choice);
  node.past = machine.memory().Past(machine.pending(node.thread), node.thread, step->choice);
  NoteRaces(machine, step->thread, step->choice == kWrites, step->choice, node.past);
  if (limits_.reduce) GoOn(machine, node);
  ++position_;
  return true;
}

// To the last place where something is left. False: nowhere.
bool Explorer::Backtrack() {
  for (; !nodes_.empty(); nodes_.pop_back()) {
    Node& node = nodes_.back();
    if (!node.choices.empty()) {
      if (limits_.reduce) node.done.push_back(Step{node.thread, node.choices[node.at]});
      if (++node.at < node.choices.size()) return true;
    }
    for (int thread = 0; thread < kMaxThreads; ++thread) {
      if ((node.wanted & ~node.tried) >> thread & 1) {
        if (!Allowed(node, thread)) continue;
        node.thread = thread;
        node.resolved = false;
        node.choices.clear();
        return true;
      }
    }
  }
  return false;
}

Report Explorer::Run(Program& program) {
  Report report;
  const auto start = std::chrono::steady_clock::now();
  Machine& machine = interleave::machine();
  do {
    position_ = 0;
    sleep_.clear();
    const Machine::Ending ending = machine.Execute(program, *this);
    report.longest = std::max<uint64_t>(report.longest, machine.event());
    for (int thread = 0; thread < machine.threads(); ++thread)
      report.most_own_steps = std::max(report.most_own_steps, machine.StepsOf(thread));
    report.somebody_stopped |= ending == Machine::Ending::kComplete && machine.somebody_stopped();
    if (ending == Machine::Ending::kFailed) {
      report.failure = machine.failure();
      report.schedule = machine.Schedule();
      break;
    }
    ++(ending == Machine::Ending::kComplete ? report.executions : report.cut);
    report.finished = !Backtrack();
  } while (!report.finished &&
           (limits_.executions == 0 || report.executions + report.cut < limits_.executions));
  report.bound_was_met = bound_was_met_;
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return report;
}

}  // namespace creneau::interleave
