// One connection: reads into its buffer, lets the Session answer, waits for the log where that is
// needed, sends all replies in one write, and is cut off when a phase lasts too long.
//
// A machine of few states and no coroutine: its frames were a microsecond of every request, and
// memory that a connection takes once cannot be missing later. At any time a connection waits for
// one thing: its socket, the log or the reading room.
//
// Deadlines are absolute within a phase: a client that sends a byte a second gains nothing by it.
// No timer per connection; the worker sweeps all of its connections now and then. Belongs to one
// worker and its thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <list>
#include <memory>
#include <optional>
#include <string_view>

#include "base/instant.h"
#include "base/limits.h"
#include "http/callers.h"
#include "http/completions.h"
#include "http/descriptor.h"
#include "http/readiness.h"
#include "http/session.h"
#include "http/staff_desk.h"

namespace creneau::http {

struct Deadlines {
  int64_t header_ms = limits::kHeaderDeadlineMs;
  int64_t body_ms = limits::kBodyDeadlineMs;
  int64_t idle_ms = limits::kIdleDeadlineMs;
  int64_t write_ms = limits::kWriteDeadlineMs;
};

class Connection;

// Whose connections they are.
class ConnectionOwner {
 public:
  // The connection is over, and goes with this call.
  virtual void Leave(std::list<Connection>::iterator place) = 0;
  // It is the staff's from now on (staff_desk.h), and goes with this call. Where this throws, it is
  // still here.
  virtual void HandOver(std::list<Connection>::iterator place) = 0;

 protected:
  ~ConnectionOwner() = default;
};

// What a connection needs of its thread.
struct ConnectionContext {
  SessionContext& session;
  ThreadCompletions& completions;
  Readiness& readiness;
  ConnectionOwner& owner;
  const Clock& clock;
  Deadlines deadlines;
  size_t max_body_bytes;
  bool tcp;
  net::io_context& loop;
};

class Connection final : private ThreadCompletions::Waiter,
                         private Readiness::Watcher,
                         private Reading::Waiter {
 public:
  // `socket` does not block.
  Connection(ConnectionContext& context, Descriptor socket, const Caller& caller);
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Of somebody who came in by another thread's door. What had come is taken, and the place.
  Connection(ConnectionContext& context, StaffDesk::Arrival& arrival);

  const Caller& caller() const { return caller_; }
  Door* door() const { return door_; }  // that one; null: its own thread's
  // All of it, for the desk: this one is to be left at once.
  std::unique_ptr<StaffDesk::Arrival> MoveOut(Door& door);

  // Serves until either side has had enough, and then leaves `place`, which is its own. Once, first
  // of all; it may be over when this returns.
  void Start(std::list<Connection>::iterator place);

  // Called by the worker now and then: cuts off what has lasted too long. It may be over then.
  void Sweep(int64_t now_ns);

  // No further request but those that have come: an idle connection is looked at once more and then
  // ends at once, one in the middle of something within `grace_ms`. It may be over then.
  void Stop(int64_t grace_ms);

 private:
  // What the other side is given time for. While the log is waited for, or the reading room, there
  // is no deadline: such a wait cannot be cancelled.
  enum class Phase : uint8_t { kIdle, kHeader, kBody, kLog, kWrite, kLinger };
  // What is to be done next. kWait: nothing, until what is waited for happens.
  enum class Step : uint8_t {
    kServe,
    kReply,
    kGiveWay,
    kHandOver,
    kRead,
    kReceive,
    kSend,
    kLinger,
    kStream,
    kEnd,
    kWait
  };

  void Go(Step step) noexcept;
  Step Do(Step step);
  Step Serve();
  Step Fetch(bool durable);
  Step Reply(bool durable);
  Step GiveWay();
  Step Send();
  Step Sent();
  Step Read();
  Step Receive();
  Step TakeIn();
  Step TimedOut();
  Step Linger();
  Step Stream();
  void Resume(bool durable) noexcept override;
  void HasBeenRead() override;
  bool Ready(uint32_t events) noexcept override;
  void GoOn() noexcept override;

  bool IsIdleWithoutKey() const;
  void Enter(Phase phase, int64_t allowed_ms, int64_t now_ns);
  void EnterReading(int64_t now_ns);
  Step Await(Step step);
  std::optional<size_t> Take(size_t offset);
  bool ReadWhatCame();
  void ReceivedBytes(size_t count);
  void Consume(size_t count);

  ConnectionContext& context_;
  const Caller caller_;
  Door* const door_ = nullptr;
  const StaffDesk::Place desk_place_;  // where it has come to the desk
  std::list<Connection>::iterator place_;
  Descriptor socket_;
  Step awaited_ = Step::kWait;  // what to go on with once the socket has something to say
  bool readable_ = false;       // it may have bytes, or an end, that were not taken
  bool watching_writes_ = false;
  // A read of less than there was room for does not show that this was all: the other side has sent
  // its last byte, or something stands out of band, or it is a Unix socket.
  bool short_reads_;
  int served_ = 0;  // times in a row
  int64_t deadline_ns_ = 0;
  int64_t latest_ns_ = std::numeric_limits<int64_t>::max();  // of any deadline, once it is to stop
  Phase phase_ = Phase::kIdle;
  bool expired_ = false;  // the phase's deadline has passed
  bool stopping_ = false;

  // Room for the largest request, head and body. Not touched before bytes come, so an idle
  // connection costs no page of it.
  const size_t capacity_;
  std::unique_ptr<char[]> buffer_;
  size_t filled_ = 0;
  Instant latest_at_;  // when the latest bytes in the buffer came

  std::string_view unsent_;       // of what is being sent
  Step after_ = Step::kServe;     // once that has been sent
  bool continuing_ = false;       // that is "100 Continue", within a phase of reading
  Phase reading_ = Phase::kIdle;  // that phase, and its deadline
  int64_t reading_until_ns_ = 0;
  size_t discarded_ = 0;  // while lingering

  Session::Round round_;
  bool durable_ = true;  // what it rests on, while something is read
  Session session_;
};

}  // namespace creneau::http
