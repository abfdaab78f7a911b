// One I/O thread: a loop, its listening socket, the connections that came in by it, and the coarse
// clock that cuts them off. Workers share nothing but the engine and what counts connections.
//
// When memory runs out: Asio unwinds a coroutine by an exception, or destroys it without one where
// it was about to suspend. Either way its parameters are destroyed, so that is where a Duty is: it
// has Accept or SweepNowAndThen started again.
//
// Threads: Start, Stop and Join from the thread that owns the server; everything else runs on the
// worker's own.
#pragma once

#include <atomic>
#include <list>
#include <string>
#include <thread>
#include <utility>

#include "booking/engine.h"
#include "http/completions.h"
#include "http/connection.h"
#include "http/door.h"
#include "http/listen.h"
#include "http/load_gauge.h"
#include "http/net.h"
#include "http/readiness.h"
#include "http/session.h"
#include "http/telemetry.h"

namespace creneau::http {

struct WorkerOptions {
  std::string name{};  // of the thread, 15 characters at most
  Audience audience = Audience::kPublic;
  size_t max_body_bytes = 0;
  bool tcp = true;
  Deadlines deadlines{};
  // Of addresses that have a cap on connections, and on requests; null: none has.
  Callers* callers = nullptr;
  AddressRates* rates = nullptr;
  std::string elsewhere{};             // SessionContext::elsewhere
  StaffDesk* desk = nullptr;           // likewise
  AddressRates* wrong_keys = nullptr;  // likewise
  AddressRates* entries = nullptr;     // likewise
  EventStreams* streams = nullptr;     // where events can be had; null: not here
  ReadingRoom* room = nullptr;         // SessionContext::room
};

class Worker final : public StaffDesk::Host, private ConnectionOwner, private Host {
 public:
  // `listener`: of none, where connections come by Welcome only.
  Worker(WorkerOptions options, booking::Engine& engine, const Telemetry& telemetry,
         Counters& counters, ConnectionBudget& budget, SpareDescriptor& spare, Descriptor listener);
  // After Join.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void Start();
  // Takes no more connections, ends the idle ones, lets the others finish within `grace_ms` (a wait
  // for the log as long as that takes).
  void Stop(int64_t grace_ms);
  void Join();
  // A connection that is the staff's from now on. Any thread.
  void Welcome(std::unique_ptr<StaffDesk::Arrival> arrival) override;
  // By how much its loop is late, as of its last round of the connections. Any thread.
  int64_t LagMs(int64_t now_ns) const;

 private:
  // A coroutine that must not end before its time: ends the loop's run when it does, so that Loop
  // starts it again.
  class Duty {
   public:
    Duty(bool& on_duty, net::io_context& loop) : on_duty_(&on_duty), loop_(loop) { on_duty = true; }
    Duty(Duty&& other) noexcept
        : on_duty_(std::exchange(other.on_duty_, nullptr)), loop_(other.loop_) {}
    Duty& operator=(Duty&&) = delete;
    ~Duty();
    void Done() { on_duty_ = nullptr; }  // there will be no more of it

   private:
    bool* on_duty_;
    net::io_context& loop_;
  };

  void Loop();
  void Assign();
  void StopOnLoop(int64_t grace_ms);
  net::awaitable<void> Accept(Duty duty);
  net::awaitable<void> SweepNowAndThen(Duty duty);
  void Watch();
  void Look();
  void Admit(Descriptor socket, const Caller& caller) override;
  void AdmitStaff(StaffDesk::Arrival& arrival);
  void Leave(std::list<Connection>::iterator place) override;
  void HandOver(std::list<Connection>::iterator place) override;
  void Remove(std::list<Connection>::iterator place);
  // Each may leave meanwhile.
  template <typename Act>
  void ForEach(const Act& act) {
    for (auto place = connections_.begin(); place != connections_.end();) act(*place++);
  }

  const WorkerOptions options_;
  booking::Engine& engine_;
  Counters& counters_;

  HandlerMemory watch_memory_;  // before the loop, which gives it back at the latest
  net::io_context loop_;
  Acceptor acceptor_;
  net::steady_timer pause_;  // of Accept, when there are no descriptors left
  net::steady_timer sweeper_;
  Readiness readiness_;
  net::posix::stream_descriptor ready_;  // the readiness's, once more
  booking::CommitPool pool_;  // before the completions, whose acts give back what they took
  ThreadCompletions completions_;
  SessionContext session_;
  LoadGauge gauge_;
  Door door_;
  ConnectionContext context_;
  std::list<Connection> connections_;
  bool accepting_ = false;
  bool sweeping_ = false;
  std::atomic<int64_t> seen_alive_ns_{0};  // a moment and nothing else hangs on it: relaxed
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace creneau::http
