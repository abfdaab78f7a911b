#include "http/connection.h"

#include <string.h>

#include <algorithm>
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
      act_(context.pool, context.session.engine.log()),
      session_(context.session, context.max_body_bytes),
      capacity_(limits::kMaxHeaderBytes + context.max_body_bytes),
      buffer_(std::make_unique_for_overwrite<char[]>(capacity_)) {
  // Send tries at once and only then waits, so writing must never block.
  ErrorCode ignored;
  socket_.non_blocking(true, ignored);
  Enter(Phase::kIdle, context_.deadlines.idle_ms);
}

void Connection::Enter(Phase phase, int64_t allowed_ms) {
  phase_ = phase;
  expired_ = false;
  deadline_ns_ = std::min(context_.clock.MonotonicNs() + allowed_ms * kNsPerMs, latest_ns_);
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

net::awaitable<void> Connection::Run() {
  for (;;) {
    const Session::Round round = session_.Serve({buffer_.get(), filled_}, act_, latest_at_);
    Consume(round.consumed);
    bool durable = true;
    if (round.waits) {
      co_await AwaitLog();
      durable = act_.durable();
    }
    act_.Release();
    session_.Settle(durable, latest_at_);
    if (!session_.replies().empty()) {
      const bool sent = co_await Send(session_.replies());
      session_.ClearReplies();
      if (!sent) break;
    }
    if (round.close) {
      co_await Linger();
      break;
    }
    if (round.more) continue;
    const bool read = co_await Read();
    if (!read) break;
  }
  ErrorCode ignored;
  socket_.close(ignored);
}

net::awaitable<void> Connection::AwaitLog() {
  phase_ = Phase::kLog;
  co_await context_.completions.PushAndWait(waiter_, act_);
}

// What the client is given time for depends on how far its request has come; the time runs from the
// first byte of that stage, not from the latest.
void Connection::EnterReading() {
  if (filled_ == 0) {
    Enter(Phase::kIdle, context_.deadlines.idle_ms);
  } else if (session_.in_body()) {
    if (phase_ != Phase::kBody) Enter(Phase::kBody, context_.deadlines.body_ms);
  } else if (phase_ != Phase::kHeader) {
    Enter(Phase::kHeader, context_.deadlines.header_ms);
  }
}

// True: there is something new in the buffer. False: the connection is to be closed, and all has
// been said.
net::awaitable<bool> Connection::Read() {
  EnterReading();
  if (session_.in_body() && session_.TakeContinue()) {
    const Phase reading = phase_;
    const int64_t deadline_ns = deadline_ns_;
    const bool sent = co_await Send(kContinue);
    if (!sent) co_return false;
    phase_ = reading;
    deadline_ns_ = deadline_ns;
  }
  const bool nothing_begun = filled_ == 0;
  if (stopping_ && nothing_begun) co_return ReadWhatCame();
  CHECK(filled_ < capacity_);
  ErrorCode error;
  size_t count = 0;
  if (context_.clock.MonotonicNs() < deadline_ns_) {
    count =
        co_await socket_.async_read_some(net::buffer(buffer_.get() + filled_, capacity_ - filled_),
                                         net::redirect_error(net::use_awaitable, error));
  } else {
    expired_ = true;
  }
  if (count > 0) {
    ReceivedBytes(count);
    co_return true;
  }
  // A connection on which nothing was begun is closed without a word: nobody asked anything.
  if (expired_ && nothing_begun) co_return ReadWhatCame();
  if (expired_) co_await SendTimeout();
  co_return false;
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

net::awaitable<bool> Connection::Send(std::string_view bytes) {
  ErrorCode error;
  // Almost every reply fits into the socket's buffer at once; then there is nothing to wait for and
  // no deadline to set.
  size_t sent = socket_.write_some(net::buffer(bytes.data(), bytes.size()), error);
  if (sent == bytes.size()) co_return true;
  Enter(Phase::kWrite, context_.deadlines.write_ms);
  while (sent < bytes.size()) {
    if (error == net::error::would_block) {
      co_await socket_.async_wait(Socket::wait_write,
                                  net::redirect_error(net::use_awaitable, error));
      if (error || expired_) co_return false;
    }
    if (error) co_return false;
    sent += socket_.write_some(net::buffer(bytes.data() + sent, bytes.size() - sent), error);
  }
  co_return true;
}

net::awaitable<void> Connection::SendTimeout() {
  session_.ServeTimeout(context_.clock.Now());
  session_.Settle(true, context_.clock.Now());
  const bool sent = co_await Send(session_.replies());
  session_.ClearReplies();
  if (sent) co_await Linger();
}

net::awaitable<void> Connection::Linger() {
  ErrorCode error;
  socket_.shutdown(Socket::shutdown_send, error);
  Enter(Phase::kLinger, kLingerMs);
  size_t discarded = 0;
  while (!error && !expired_ && discarded < kLingerBytes) {
    discarded += co_await socket_.async_read_some(net::buffer(buffer_.get(), capacity_),
                                                  net::redirect_error(net::use_awaitable, error));
  }
}

}  // namespace creneau::http
