// One connection: reads into its buffer, lets the Session answer, waits for the log where that is
// needed, sends all replies in one write, and is cut off when a phase lasts too long.
//
// Deadlines are absolute within a phase: a client that sends a byte a second gains nothing by it.
// No timer per connection; the worker sweeps all of its connections now and then. Belongs to one
// worker and its thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string_view>

#include "base/instant.h"
#include "base/limits.h"
#include "booking/act.h"
#include "http/completions.h"
#include "http/net.h"
#include "http/session.h"

namespace creneau::http {

struct Deadlines {
  int64_t header_ms = limits::kHeaderDeadlineMs;
  int64_t body_ms = limits::kBodyDeadlineMs;
  int64_t idle_ms = limits::kIdleDeadlineMs;
  int64_t write_ms = limits::kWriteDeadlineMs;
};

// What a connection needs of its thread.
struct ConnectionContext {
  SessionContext& session;
  booking::CommitPool& pool;
  ThreadCompletions& completions;
  const Clock& clock;
  Deadlines deadlines;
  size_t max_body_bytes;
};

class Connection {
 public:
  Connection(ConnectionContext& context, Socket socket);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Serves until either side has had enough. Ends only with nothing of it left in the log's hands.
  net::awaitable<void> Run();

  // Called by the worker now and then: cuts off what has lasted too long.
  void Sweep(int64_t now_ns);

  // No further request but those that have come: an idle connection is looked at once more and then
  // ends at once, one in the middle of something within `grace_ms`.
  void Stop(int64_t grace_ms);

 private:
  // What the other side is given time for. While the log is waited for there is no deadline: such a
  // wait cannot be cancelled.
  enum class Phase : uint8_t { kIdle, kHeader, kBody, kLog, kWrite, kLinger };

  void Enter(Phase phase, int64_t allowed_ms);
  void EnterReading();
  void ReceivedBytes(size_t count);
  void Consume(size_t count);
  net::awaitable<void> AwaitLog();
  net::awaitable<bool> Read();
  bool ReadWhatCame();
  net::awaitable<bool> Send(std::string_view bytes);
  net::awaitable<void> SendTimeout();
  net::awaitable<void> Linger();

  ConnectionContext& context_;
  Socket socket_;
  booking::Act act_;
  Session session_;
  ThreadCompletions::Waiter waiter_;

  // Room for the largest request, head and body. Not touched before bytes come, so an idle
  // connection costs no page of it.
  const size_t capacity_;
  std::unique_ptr<char[]> buffer_;
  size_t filled_ = 0;
  Instant latest_at_;  // when the latest bytes in the buffer came

  Phase phase_ = Phase::kIdle;
  int64_t deadline_ns_ = 0;
  int64_t latest_ns_ = std::numeric_limits<int64_t>::max();  // of any deadline, once it is to stop
  bool expired_ = false;                                     // the phase's deadline has passed
  bool stopping_ = false;
};

}  // namespace creneau::http
