// Whether a history of overlapping operations can be told in one order, one after the other, in
// which a sequential object answers as it was seen to: linearizability (Herlihy & Wing 1990), by
// the search of Wing & Gong (1993) with Lowe's memory of where it has been ("Testing for
// linearizability", 2017): the set of steps already taken and the state reached.
//
// A step has a span of moments in which it must have happened. Beyond what Wing and Gong have:
//
//   kMay         it may never have happened: whoever asked got no answer (a crash), or what
//   happened
//                cannot be told from the answer
//   after        it comes after that step of the same operation; kIfFirst: it must, if that one did
//
// so that an operation which by its contract is not one moment (slot_model.h) is checked for what
// the contract still says. Plain functions; any thread.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"

namespace creneau::linear {

inline constexpr uint64_t kNever = ~uint64_t{0};
inline constexpr size_t kMaxSteps = 256;

enum class Duty : uint8_t { kMust, kMay, kIfFirst };

struct Span {
  uint64_t called = 0;
  uint64_t returned = kNever;
  Duty duty = Duty::kMust;
  int after = -1;  // index of the step that comes first
};

using StepSet = std::array<uint64_t, kMaxSteps / 64>;
inline bool Has(const StepSet& set, size_t i) { return (set[i / 64] >> i % 64 & 1) != 0; }
inline StepSet With(StepSet set, size_t i) {
  set[i / 64] |= uint64_t{1} << i % 64;
  return set;
}

struct Verdict {
  bool linearizable = false;
  bool gave_up = false;  // too much to search: neither
  uint64_t explored = 0;
  // Where it is not: the longest order found, and the steps of which one should have come next.
  std::vector<size_t> order;
  std::vector<size_t> stuck;
};

// Model: State (hashable, comparable); Step with a member `span`;
// void Next(const State&, const Step&, std::vector<State>*): the states after it; none: it cannot
// have answered so there.
template <typename Model>
class Checker {
  using State = typename Model::State;
  using Step = typename Model::Step;

 public:
  Checker(const Model& model, const std::vector<Step>& steps) : model_(model), steps_(steps) {}

  Verdict Check(const State& initial) {
    Verdict verdict;
    if (steps_.size() > kMaxSteps) {
      verdict.gave_up = true;
      return verdict;
    }
    verdict.linearizable = Search(StepSet{}, initial, 0);
    verdict.explored = seen_.size();
    if (!verdict.linearizable) {
      verdict.gave_up = seen_.size() >= kMost;
      verdict.order = best_;
      verdict.stuck = Candidates(best_set_, best_latest_);
    }
    return verdict;
  }

 private:
  static constexpr size_t kMost = 2'000'000;

  bool Due(const StepSet& taken, size_t i) const {
    const Span& span = steps_[i].span;
    if (span.duty == Duty::kIfFirst) return Has(taken, static_cast<size_t>(span.after));
    return span.duty == Duty::kMust;
  }

  // The steps that can come next: none that is still due has ended before they began, and they had
  // not ended when one that was taken began.
  std::vector<size_t> Candidates(const StepSet& taken, uint64_t latest_call) const {
    uint64_t bound = kNever;
    for (size_t i = 0; i < steps_.size(); ++i) {
      if (!Has(taken, i) && Due(taken, i)) bound = std::min(bound, steps_[i].span.returned);
    }
    std::vector<size_t> out;
    for (size_t i = 0; i < steps_.size(); ++i) {
      const Span& span = steps_[i].span;
      if (Has(taken, i) || span.called > bound || span.returned < latest_call) continue;
      if (span.after >= 0 && !Has(taken, static_cast<size_t>(span.after))) continue;
      out.push_back(i);
    }
    return out;
  }

  bool Search(const StepSet& taken, const State& state, uint64_t latest_call) {
    bool done = true;
    for (size_t i = 0; i < steps_.size() && done; ++i) done = Has(taken, i) || !Due(taken, i);
    if (done) return true;
    if (order_.size() >= best_.size()) {
      best_ = order_;
      best_set_ = taken;
      best_latest_ = latest_call;
    }
    for (const size_t i : Candidates(taken, latest_call)) {
      std::vector<State> next;
      model_.Next(state, steps_[i], &next);
      const StepSet with = With(taken, i);
      for (const State& one : next) {
        if (seen_.size() >= kMost) return false;
        if (!seen_.insert({with, one}).second) continue;
        order_.push_back(i);
        if (Search(with, one, std::max(latest_call, steps_[i].span.called))) return true;
        order_.pop_back();
      }
    }
    return false;
  }

  const Model& model_;
  const std::vector<Step>& steps_;
  absl::flat_hash_set<std::pair<StepSet, State>> seen_;
  std::vector<size_t> order_;
  std::vector<size_t> best_;
  StepSet best_set_{};
  uint64_t best_latest_ = 0;
};

}  // namespace creneau::linear
