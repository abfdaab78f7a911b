// One I/O thread: a loop, its listening socket, the connections that came in by it, and the coarse
// clock that cuts them off. Workers share nothing but the engine and a count of connections.
//
// Threads: Start, Stop and Join from the thread that owns the server; everything else runs on the
// worker's own.
#pragma once

#include <atomic>
#include <list>
#include <string>
#include <thread>

#include "booking/engine.h"
#include "http/completions.h"
#include "http/connection.h"
#include "http/listen.h"
#include "http/net.h"
#include "http/session.h"
#include "http/telemetry.h"

namespace creneau::http {

// How many connections the workers of one listener may have open together.
struct ConnectionBudget {
  explicit ConnectionBudget(int64_t limit) : max(limit) {}
  const int64_t max;
  std::atomic<int64_t> open{0};  // a count and nothing else hangs on it: relaxed
};

struct WorkerOptions {
  std::string name{};  // of the thread, 15 characters at most
  Audience audience = Audience::kPublic;
  size_t max_body_bytes = 0;
  bool tcp = true;
  Deadlines deadlines{};
};

class Worker {
 public:
  Worker(WorkerOptions options, booking::Engine& engine, const Telemetry& telemetry,
         Counters& counters, ConnectionBudget& budget, Descriptor listener);
  // After Join.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void Start();
  // Takes no more connections, ends the idle ones, lets the others finish within `grace_ms` (a wait
  // for the log as long as that takes).
  void Stop(int64_t grace_ms);
  void Join();

 private:
  void Loop();
  void StopOnLoop(int64_t grace_ms);
  net::awaitable<void> Accept();
  net::awaitable<void> SweepNowAndThen();
  void Admit(Socket socket);
  void TurnAway(Socket socket);
  void Finished(std::list<Connection>::iterator connection);

  const WorkerOptions options_;
  booking::Engine& engine_;
  Counters& counters_;
  ConnectionBudget& budget_;

  net::io_context loop_;
  Acceptor acceptor_;
  net::steady_timer pause_;  // of Accept, when there are no descriptors left
  net::steady_timer sweeper_;
  ThreadCompletions completions_;
  booking::CommitPool pool_;
  SessionContext session_;
  ConnectionContext context_;
  std::list<Connection> connections_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace creneau::http
