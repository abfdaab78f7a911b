#include "tests/interleave/litmus.h"

#include <array>
#include <memory>
#include <sstream>

#include "base/check.h"
#include "tests/interleave/atomic.h"

namespace creneau::interleave {
namespace {

std::memory_order OrderNamed(const std::string& name) {
  if (name == "rlx") return std::memory_order_relaxed;
  if (name == "acq") return std::memory_order_acquire;
  if (name == "rel") return std::memory_order_release;
  if (name == "ar") return std::memory_order_acq_rel;
  CHECK(name == "sc");
  return std::memory_order_seq_cst;
}

class Litmus final : public Program {
 public:
  Litmus(const std::vector<LitmusThread>& threads, std::set<std::string>& outcomes)
      : threads_(threads), outcomes_(outcomes) {}

  int Begin() override {
    world_ = std::make_unique<World>();
    for (const LitmusThread& thread : threads_)
      world_->read.emplace_back(std::vector<uint64_t>(thread.size()));
    return static_cast<int>(threads_.size());
  }
  void Run(int thread) override {
    const LitmusThread& acts = threads_[static_cast<size_t>(thread)];
    for (size_t i = 0; i < acts.size(); ++i)
      world_->read[static_cast<size_t>(thread)][i] = Do(acts[i]);
  }
  void Check(int) override {
    std::ostringstream out;
    for (const auto& thread : world_->read) {
      for (const uint64_t read : thread) out << read << ' ';
      out << '|';
    }
    for (Atomic<uint64_t>& variable : world_->variables) out << variable.load();
    outcomes_.insert(out.str());
  }
  void End() override { world_.reset(); }

 private:
  struct World {
    std::array<Atomic<uint64_t>, 3> variables{};
    std::vector<std::vector<uint64_t>> read;
  };

  uint64_t Do(const LitmusAct& act) {
    Atomic<uint64_t>& variable = world_->variables[static_cast<size_t>(act.variable)];
    switch (act.what) {
      case LitmusAct::What::kStore:
        variable.store(act.value, act.order);
        return 0;
      case LitmusAct::What::kLoad:
        return variable.load(act.order);
      case LitmusAct::What::kAdd:
        return variable.fetch_add(act.value, act.order);
      case LitmusAct::What::kExchange: {
        uint64_t expected = act.expected;
        variable.compare_exchange_strong(expected, act.value, act.order);
        return expected;
      }
    }
    return 0;
  }

  const std::vector<LitmusThread>& threads_;
  std::set<std::string>& outcomes_;
  std::unique_ptr<World> world_;
};

}  // namespace

std::vector<LitmusThread> LitmusFromText(const std::vector<std::string>& threads) {
  std::vector<LitmusThread> out;
  for (const std::string& text : threads) {
    LitmusThread thread;
    std::istringstream in(text);
    std::string what, order;
    while (in >> what >> order) {
      if (order.back() == ';') order.pop_back();
      LitmusAct act;
      act.variable = what[0] - 'x';
      act.order = OrderNamed(order);
      if (what.size() == 3 && what[1] == '=') {
        act.what = LitmusAct::What::kStore;
        act.value = static_cast<uint64_t>(what[2] - '0');
      } else if (what.size() == 3 && what[1] == '+') {
        act.what = LitmusAct::What::kAdd;
        act.value = static_cast<uint64_t>(what[2] - '0');
      } else if (what.size() == 5 && what[1] == '?') {
        act.what = LitmusAct::What::kExchange;
        act.expected = static_cast<uint64_t>(what[2] - '0');
        act.value = static_cast<uint64_t>(what[4] - '0');
      } else {
        CHECK(what.size() == 1);
      }
      thread.push_back(act);
    }
    out.push_back(thread);
  }
  return out;
}

std::set<std::string> Outcomes(const std::vector<LitmusThread>& threads, bool reduce,
                               Report* report) {
  std::set<std::string> outcomes;
  Litmus program(threads, outcomes);
  Limits limits;
  limits.reduce = reduce;
  *report = Explorer(limits).Run(program);
  CHECK(report->finished && report->failure.empty());
  return outcomes;
}

}  // namespace creneau::interleave
