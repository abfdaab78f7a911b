#include "http/connection.h"

#include <spdlog/spdlog.h>
#include <string.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "base/check.h"

namespace creneau::http {
namespace {

constexpr int64_t kNsPerMs = 1'000'000;

// After its last reply a connection is read for this long and this far before it is closed: closing
// with unread bytes resets it, and the client may lose the reply that says why (RFC 9112 9.6).
constexpr int64_t kLingerMs = 2'000;
constexpr size_t kLingerBytes = 4 * limits::kMaxAdminBodyBytes;

}  // namespace

Connection::Connection(ConnectionContext& context, Socket socket)
    : context_(context),
      socket_(std::move(socket)),
      capacity_(limits::kMaxHeaderBytes + context.max_body_bytes),
      buffer_(std::make_unique_for_overwrite<char[]>(capacity_)),
      session_(context.session, context.max_body_bytes) {
  // Send tries at once and only then waits, so writing must never block.
  ErrorCode ignored;
  socket_.non_blocking(true, ignored);
  Enter(Phase::kIdle, context_.deadlines.idle_ms, context_.clock.MonotonicNs());
}

// What is still in the buffer names a person.
Connection::~Connection() { explicit_bzero(buffer_.get(), filled_); }

void Connection::Start(std::list<Connection>::iterator place) {
  place_ = place;
  Go(Step::kRead);
}

void Connection::Enter(Phase phase, int64_t allowed_ms, int64_t now_ns) {
  phase_ = phase;
  expired_ = false;
  deadline_ns_ = std::min(now_ns + allowed_ms * kNsPerMs, latest_ns_);
}

void Connection::Sweep(int64_t now_ns) {
  if (phase_ == Phase::kLog || now_ns < deadline_ns_) return;
  expired_ = true;
  ErrorCode ignored;
  socket_.cancel(ignored);
}

void Connection::Stop(int64_t grace_ms) {
  const int64_t now_ns = context_.clock.MonotonicNs();
  stopping_ = true;
  latest_ns_ = now_ns + grace_ms * kNsPerMs;
  deadline_ns_ = phase_ == Phase::kIdle ? now_ns : std::min(deadline_ns_, latest_ns_);
  Sweep(now_ns);
}

// Does one step after the other until there is something to wait for. What fails inside, most
// likely for want of memory, ends the connection: nothing is under way then, and what its requests
// decided is its round's, which waits for it in any case.
void Connection::Go(Step step) noexcept {
  try {
    while (step != Step::kWait && step != Step::kEnd) step = Do(step);
  } catch (const std::exception& error) {
    spdlog::error("a connection failed inside: {}", error.what());
    step = Step::kEnd;
  }
  if (step != Step::kEnd) return;
  ErrorCode ignored;
  socket_.close(ignored);
  context_.owner.Leave(place_);
}

Connection::Step Connection::Do(Step step) {
  switch (step) {
    case Step::kServe:
      return Serve();
    case Step::kReply:
      return Reply(true);
    case Step::kRead:
      return Read();
    case Step::kReceive:
      return Receive();
    case Step::kSend:
      return Send();
    case Step::kLinger:
      return Linger();
    case Step::kEnd:
    case Step::kWait:
      return step;
  }
  CHECK(false);
}

Connection::Step Connection::Serve() {
  round_ = session_.Serve({buffer_.get(), filled_}, context_.completions.act(), latest_at_);
  Consume(round_.consumed);
  if (!round_.waits) return Step::kReply;
  phase_ = Phase::kLog;
  context_.completions.Wait(*this);
  return Step::kWait;
}

void Connection::Resume(bool durable) noexcept {
  phase_ = Phase::kIdle;
  Step next = Step::kEnd;
  try {
    next = Reply(durable);
  } catch (const std::exception& error) {
    spdlog::error("a connection failed inside: {}", error.what());
  }
  Go(next);
}

Connection::Step Connection::Reply(bool durable) {
  session_.Settle(durable, latest_at_);
  after_ = round_.close ? Step::kLinger : round_.more ? Step::kServe : Step::kRead;
  unsent_ = session_.replies();
  return unsent_.empty() ? after_ : Step::kSend;
}

// Almost every reply fits into the socket's buffer at once; then there is nothing to wait for and
// no deadline to set.
Connection::Step Connection::Send() {
  while (!unsent_.empty()) {
    ErrorCode error;
    unsent_.remove_prefix(socket_.write_some(net::buffer(unsent_.data(), unsent_.size()), error));
    if (!error) continue;
    if (error != net::error::would_block) return Step::kEnd;
    if (phase_ != Phase::kWrite) {
      Enter(Phase::kWrite, context_.deadlines.write_ms, context_.clock.MonotonicNs());
    }
    socket_.async_wait(Socket::wait_write, Handler(memory_, [this](const ErrorCode& failure) {
                         Go(failure || expired_ ? Step::kEnd : Step::kSend);
                       }));
    return Step::kWait;
  }
  return Sent();
}

Connection::Step Connection::Sent() {
  if (phase_ == Phase::kWrite) phase_ = Phase::kIdle;
  if (continuing_) {
    continuing_ = false;
    phase_ = reading_;
    deadline_ns_ = std::min(reading_until_ns_, latest_ns_);  // a stop may have come between
    return Step::kReceive;
  }
  session_.ClearReplies();
  return after_;
}

// What the client is given time for depends on how far its request has come; the time runs from the
// first byte of that stage, not from the latest.
void Connection::EnterReading(int64_t now_ns) {
  if (filled_ == 0) {
    Enter(Phase::kIdle, context_.deadlines.idle_ms, now_ns);
  } else if (session_.in_body()) {
    if (phase_ != Phase::kBody) Enter(Phase::kBody, context_.deadlines.body_ms, now_ns);
  } else if (phase_ != Phase::kHeader) {
    Enter(Phase::kHeader, context_.deadlines.header_ms, now_ns);
  }
}

Connection::Step Connection::Read() {
  EnterReading(context_.clock.MonotonicNs());
  if (!session_.in_body() || !session_.TakeContinue()) return Step::kReceive;
  continuing_ = true;
  reading_ = phase_;
  reading_until_ns_ = deadline_ns_;
  unsent_ = kContinue;
  return Step::kSend;
}

Connection::Step Connection::Receive() {
  if (stopping_ && filled_ == 0) return ReadWhatCame() ? Step::kServe : Step::kEnd;
  CHECK(filled_ < capacity_);
  // A deadline that passed while something else was waited for.
  if (phase_ != Phase::kIdle && context_.clock.MonotonicNs() >= deadline_ns_) return TimedOut();
  socket_.async_read_some(
      net::buffer(buffer_.get() + filled_, capacity_ - filled_),
      Handler(memory_, [this](const ErrorCode&, size_t count) { Go(Received(count)); }));
  return Step::kWait;
}

Connection::Step Connection::Received(size_t count) {
  if (count > 0) {
    ReceivedBytes(count);
    return Step::kServe;
  }
  return expired_ ? TimedOut() : Step::kEnd;
}

// A connection on which nothing was begun is closed without a word: nobody asked anything.
Connection::Step Connection::TimedOut() {
  if (filled_ == 0) return ReadWhatCame() ? Step::kServe : Step::kEnd;
  const Instant now = context_.clock.Now();
  session_.ServeTimeout(now);
  session_.Settle(true, now);
  unsent_ = session_.replies();
  after_ = Step::kLinger;
  return Step::kSend;
}

// A last look before an idle connection is closed: a request that lies in the kernel's buffer would
// be lost with it, and the proxy before us would have to answer 502.
bool Connection::ReadWhatCame() {
  ErrorCode error;
  const size_t count = socket_.read_some(net::buffer(buffer_.get(), capacity_), error);
  if (count == 0) return false;
  ReceivedBytes(count);
  return true;
}

void Connection::ReceivedBytes(size_t count) {
  latest_at_ = context_.clock.Now();
  filled_ += count;
}

// What was answered is wiped: it named a person. What is left moves to the front, where there is
// room for the rest of it.
void Connection::Consume(size_t count) {
  if (count == 0) return;
  const size_t left = filled_ - count;
  if (left != 0) memmove(buffer_.get(), buffer_.get() + count, left);
  explicit_bzero(buffer_.get() + left, filled_ - left);
  filled_ = left;
  phase_ = Phase::kIdle;  // the next request's time begins with its own first byte
}

Connection::Step Connection::Linger() {
  ErrorCode error;
  if (phase_ != Phase::kLinger) {
    socket_.shutdown(Socket::shutdown_send, error);
    Enter(Phase::kLinger, kLingerMs, context_.clock.MonotonicNs());
  }
  if (error || expired_ || discarded_ >= kLingerBytes) return Step::kEnd;
  socket_.async_read_some(net::buffer(buffer_.get(), capacity_),
                          Handler(memory_, [this](const ErrorCode& failure, size_t count) {
                            explicit_bzero(buffer_.get(), count);
                            discarded_ += count;
                            Go(failure ? Step::kEnd : Step::kLinger);
                          }));
  return Step::kWait;
}

}  // namespace creneau::http
