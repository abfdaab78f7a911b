#include "tests/interleave/machine.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "base/check.h"
#include "tests/interleave/heap.h"
#include "tests/interleave/sites.h"

namespace creneau {

// In place of base/check.cc: a CHECK that fails is what the checker looks for.
void CheckFailed(const char* file, int line, const char* expression) {
  interleave::machine().Fail(std::string("CHECK failed at ") + file + ":" + std::to_string(line) +
                             ": " + expression);
}

}  // namespace creneau

namespace creneau::interleave {
namespace {

// A mutant may well follow a pointer to nowhere: that is a finding, not the end of the test.
void OnSegv(int) { machine().Fail("a thread follows a pointer to nowhere"); }

void CatchSegv() {
  static char stack[64 * 1024];
  stack_t alternate{};
  alternate.ss_sp = stack;
  alternate.ss_size = sizeof stack;
  ::sigaltstack(&alternate, nullptr);
  struct sigaction action {};
  action.sa_handler = OnSegv;
  action.sa_flags = SA_ONSTACK | SA_NODEFER;
  ::sigaction(SIGSEGV, &action, nullptr);
  ::sigaction(SIGBUS, &action, nullptr);
}

}  // namespace

Machine& machine() {
  static Machine one;
  return one;
}

Machine::Machine() {
  for (Fiber& fiber : fibers_) fiber.stack = std::make_unique<char[]>(kStackBytes);
  CatchSegv();
}

bool Machine::AnyRunnable() const {
  for (int thread = 0; thread < threads_; ++thread) {
    if (Runnable(thread)) return true;
  }
  return false;
}

void Machine::Entry(int thread) {
  Machine& self = machine();
  self.program_->Run(thread);
  model_runs = false;
  self.At(thread).ended = true;
  self.Leave(nullptr);
}

// From a thread that has arrived somewhere or has ended, to whoever is next.
void Machine::Leave(ucontext_t* from) {
  ucontext_t* next = &main_;
  if (!starting_ && Decide()) next = &At(current_).context;
  if (from == nullptr) {
    ::setcontext(next);
  } else if (next != from) {
    ::swapcontext(from, next);
  }
}

void Machine::Start(int thread) {
  Fiber& fiber = At(thread);
  fiber.ended = false;
  ::getcontext(&fiber.context);
  fiber.context.uc_stack.ss_sp = fiber.stack.get();
  fiber.context.uc_stack.ss_size = kStackBytes;
  fiber.context.uc_link = nullptr;
  ::makecontext(&fiber.context, reinterpret_cast<void (*)()>(&Machine::Entry), 1, thread);
  current_ = thread;
  model_runs = true;
  ::swapcontext(&main_, &fiber.context);
  model_runs = false;
}

// The strategy's word, and the memory's answer. False: the execution is over.
bool Machine::Decide() {
  if (!AnyRunnable()) return false;
  if (history_.size() >= kMostSteps) Fail("somebody does not come to an end");
  Step step;
  if (!strategy_->Next(*this, &step)) {
    ending_ = Ending::kStopped;
    return false;
  }
  CHECK(Runnable(step.thread));
  Fiber& fiber = At(step.thread);
  current_ = step.thread;
  const Location& location = memory_.At(fiber.pending);
  if (location.allocation >= 0) {
    if (const char* wrong = WrongTouch(location.allocation, step.thread)) Fail(wrong);
  }
  const uint32_t event = this->event();
  history_.push_back(step);
  fiber.choice = step.choice;
  fiber.read = memory_.Perform(fiber.pending, step.thread, step.choice, event);
  return true;
}

uint64_t Machine::Arrive(const Operation& operation, bool* succeeded) {
  model_runs = false;
  Fiber& fiber = At(current_);
  if (reinterpret_cast<uintptr_t>(operation.address) < 64 * 1024)
    Fail("a thread follows a null pointer");
  fiber.pending = operation;
  Leave(&fiber.context);
  model_runs = true;
  if (succeeded != nullptr) *succeeded = fiber.choice == kWrites;
  return fiber.read;
}

uint64_t Access(const Operation& operation, const std::source_location& place, bool* succeeded) {
  Operation at_site = operation;
  sites().Apply(at_site, place);
  return machine().Arrive(at_site, succeeded);
}

void Machine::Fail(const std::string& why) {
  model_runs = false;
  if (failure_.empty()) failure_ = why;
  if (!running_) throw Failure();
  ending_ = Ending::kFailed;
  ::setcontext(&main_);
  std::abort();
}

Machine::Ending Machine::Execute(Program& program, Strategy& strategy) {
  program_ = &program;
  strategy_ = &strategy;
  history_.clear();
  failure_.clear();
  ending_ = Ending::kComplete;
  // Whatever a failing thread interrupted is picked up here, as swapcontext saved it: what is read
  // after it must not live in registers.
  volatile int started = 0;
  try {
    threads_ = program.Begin();
    CHECK(threads_ <= kMaxThreads);
    memory_.Reset();
    running_ = true;
    starting_ = true;
    while (started < threads_ && ending_ != Ending::kFailed) {
      Start(started);
      started = started + 1;
    }
    starting_ = false;
    if (ending_ != Ending::kFailed && Decide()) {
      model_runs = true;
      ::swapcontext(&main_, &At(current_).context);
      model_runs = false;
    }
    running_ = false;
    if (ending_ == Ending::kComplete) {
      program.Check(somebody_stopped() ? suspended_ : -1);
    }
  } catch (const Failure&) {
    ending_ = Ending::kFailed;
  }
  running_ = false;
  program.End();
  TakeBackHeap();
  return ending_;
}

std::string Machine::Schedule() const { return ScheduleText(history_); }

std::string ScheduleText(const std::vector<Step>& steps) {
  std::string text;
  for (size_t i = 0; i < steps.size();) {
    size_t end = i + 1;
    while (end < steps.size() && steps[end].thread == steps[i].thread &&
           steps[end].choice == steps[i].choice)
      ++end;
    if (!text.empty()) text += ',';
    text += std::to_string(steps[i].thread) + ':' + std::to_string(steps[i].choice);
    if (end - i > 1) text += 'x' + std::to_string(end - i);
    i = end;
  }
  return text;
}

std::vector<Step> ScheduleFromText(const std::string& text) {
  std::vector<Step> steps;
  const char* at = text.c_str();
  while (*at != '\0') {
    int thread = 0, choice = 0, times = 1, length = 0;
    if (std::sscanf(at, "%d:%d%n", &thread, &choice, &length) < 2) break;
    at += length;
    if (*at == 'x' && std::sscanf(at, "x%d%n", &times, &length) >= 1) at += length;
    steps.insert(steps.end(), static_cast<size_t>(times), Step{thread, choice});
    if (*at == ',') ++at;
  }
  return steps;
}

}  // namespace creneau::interleave
