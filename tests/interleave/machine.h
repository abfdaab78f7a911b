// Runs one execution: the modelled threads are fibers on one OS thread, and at every access to an
// atomic a strategy says who goes on, and which store a load returns. Not for threads; one machine
// a process, since Access has nothing to find it by.
#pragma once

#include <ucontext.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/interleave/memory.h"
#include "tests/interleave/operation.h"

namespace creneau::interleave {

// What is run: the same every time, but for what the strategy decides.
class Program {
 public:
  virtual ~Program() = default;
  // A fresh world. Returns the number of threads.
  virtual int Begin() = 0;
  // The body of one thread.
  virtual void Run(int thread) = 0;
  // The world when all threads that were to end have ended; reports by Machine::Fail. `suspended`:
  // the thread that was stopped for ever, or -1.
  virtual void Check(int suspended) = 0;
  // The world goes.
  virtual void End() = 0;
};

struct Step {
  int thread = 0;
  Choice choice = kWrites;
};

class Machine;

class Strategy {
 public:
  virtual ~Strategy() = default;
  // False: the execution stops here.
  virtual bool Next(Machine& machine, Step* step) = 0;
};

class Machine {
 public:
  enum class Ending { kComplete, kStopped, kFailed };

  Machine();
  Ending Execute(Program& program, Strategy& strategy);

  // --- for strategies --------------------------------------------------------------------------
  int threads() const { return threads_; }
  bool Runnable(int thread) const {
    return !At(thread).ended && (thread != suspended_ || StepsOf(thread) < steps_before_);
  }
  bool AnyRunnable() const;
  const Operation& pending(int thread) const { return At(thread).pending; }
  Memory& memory() { return memory_; }
  int current() const { return current_; }
  // What the running thread gets for std::this_thread::get_id: its own, or the same as the others.
  uint64_t ThreadId() const { return same_ids_ ? 1 : 0x1000 + static_cast<uint64_t>(current_); }
  void SameIds(bool same) { same_ids_ = same; }
  uint32_t event() const { return static_cast<uint32_t>(history_.size()); }
  // From the next execution on, the thread stops for ever after so many steps; -1: nobody does.
  void Suspend(int thread, uint32_t steps) {
    suspended_ = thread;
    steps_before_ = steps;
  }

  bool somebody_stopped() const {
    return suspended_ >= 0 && suspended_ < threads_ && !At(suspended_).ended;
  }

  // --- for what is run ---------------------------------------------------------------------------
  // Ends the execution. From a modelled thread it does not return; from a check it throws.
  [[noreturn]] void Fail(const std::string& why);
  const std::string& failure() const { return failure_; }
  const std::vector<Step>& history() const { return history_; }
  std::string Schedule() const;
  // Steps that the thread has made.
  uint32_t StepsOf(int thread) const { return memory_.clock(thread).time; }

  uint64_t Arrive(const Operation& operation, bool* succeeded);

  struct Failure {};

 private:
  struct Fiber {
    ucontext_t context;
    std::unique_ptr<char[]> stack;
    Operation pending;
    bool ended = false;
    Choice choice = kWrites;
    uint64_t read = 0;
  };
  static constexpr size_t kStackBytes = 256 * 1024;
  // More steps than any case takes: a thread that waits for another one.
  static constexpr uint32_t kMostSteps = 5'000;

  static void Entry(int thread);
  Fiber& At(int thread) { return fibers_[static_cast<size_t>(thread)]; }
  const Fiber& At(int thread) const { return fibers_[static_cast<size_t>(thread)]; }
  void Start(int thread);
  bool Decide();
  void Leave(ucontext_t* from);

  Memory memory_;
  std::array<Fiber, kMaxThreads> fibers_;
  ucontext_t main_;
  Program* program_ = nullptr;
  Strategy* strategy_ = nullptr;
  int threads_ = 0;
  int current_ = -1;
  bool same_ids_ = false;
  int suspended_ = -1;
  uint32_t steps_before_ = 0;
  bool starting_ = false;
  bool running_ = false;
  Ending ending_ = Ending::kComplete;
  std::vector<Step> history_;
  std::string failure_;
};

Machine& machine();

// "0x12,1:3,0x4": thread 0 twelve steps, then thread 1 one that reads store 3, ...
std::string ScheduleText(const std::vector<Step>& steps);
std::vector<Step> ScheduleFromText(const std::string& text);

}  // namespace creneau::interleave
