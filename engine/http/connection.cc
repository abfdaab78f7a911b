#include "http/connection.h"

#include <spdlog/spdlog.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <exception>
#include <utility>

#include "base/check.h"
#include "base/instant.h"
#include "http/event_streams.h"
#include "http/reading_room.h"

namespace creneau::http {
namespace {

// After its last reply a connection is read for this long and this far before it is closed: closing
// with unread bytes resets it, and the client may lose the reply that says why (RFC 9112 9.6).
constexpr int64_t kLingerMs = 2'000;
constexpr size_t kLingerBytes = 4 * limits::kMaxAdminBodyBytes;

// After so many readings in a row it is others' turn: who sends without a pause would keep the
// thread for himself.
constexpr int kMostServed = 4;

}  // namespace

Connection::Connection(ConnectionContext& context, Descriptor socket, const Caller& caller)
    : context_(context),
      caller_(caller),
      socket_(std::move(socket)),
      short_reads_(!context.tcp),
      capacity_(limits::kMaxHeaderBytes + context.max_body_bytes),
      buffer_(std::make_unique_for_overwrite<char[]>(capacity_)),
      session_(context.session, context.max_body_bytes, caller) {
  Enter(Phase::kIdle, context_.deadlines.idle_ms, context_.clock.MonotonicNs());
}

Connection::Connection(ConnectionContext& context, StaffDesk::Arrival& arrival)
    : context_(context),
      caller_(arrival.caller),
      door_(arrival.door),
      desk_place_(std::move(arrival.place)),
      socket_(std::move(arrival.socket)),
      short_reads_(true),
      capacity_(limits::kMaxHeaderBytes + context.max_body_bytes),
      buffer_(std::make_unique_for_overwrite<char[]>(capacity_)),
      filled_(arrival.bytes.copy(buffer_.get(), capacity_)),
      latest_at_(arrival.received_at),
      session_(context.session, context.max_body_bytes, caller_) {
  CHECK(filled_ == arrival.bytes.size());
  Enter(Phase::kIdle, context_.deadlines.idle_ms, context_.clock.MonotonicNs());
}

// What is still in the buffer names a person.
Connection::~Connection() {
  explicit_bzero(buffer_.get(), filled_);
  if (socket_.get() >= 0) context_.readiness.Forget(socket_.get());
}

std::unique_ptr<StaffDesk::Arrival> Connection::MoveOut(Door& door) {
  auto arrival = std::make_unique<StaffDesk::Arrival>();
  arrival->bytes.assign(buffer_.get(), filled_);
  arrival->received_at = latest_at_;
  arrival->caller = caller_;
  arrival->door = &door;
  arrival->place = session_.TakePlace();
  context_.readiness.Forget(socket_.get());
  arrival->socket = std::move(socket_);
  return arrival;
}

void Connection::Start(std::list<Connection>::iterator place) {
  place_ = place;
  if (context_.readiness.Watch(socket_.get(), *this))
    return Go(filled_ == 0 ? Step::kRead : Step::kServe);
  spdlog::error("a connection cannot be watched: {}", strerror(errno));
  Go(Step::kEnd);
}

void Connection::Enter(Phase phase, int64_t allowed_ms, int64_t now_ns) {
  phase_ = phase;
  expired_ = false;
  deadline_ns_ = std::min(now_ns + allowed_ms * kNsPerMs, latest_ns_);
}

// Nothing is under way, and the key by which it came to the desk stands no more.
bool Connection::IsIdleWithoutKey() const {
  return desk_place_ && awaited_ == Step::kReceive && phase_ == Phase::kIdle && filled_ == 0 &&
         !context_.session.engine.staff().StillStands({.key = desk_place_.key()},
                                                      context_.clock.Now());
}

void Connection::Sweep(int64_t now_ns) {
  if (IsIdleWithoutKey()) {
    awaited_ = Step::kWait;
    return Go(Step::kEnd);
  }
  if (phase_ == Phase::kLog || now_ns < deadline_ns_) return;
  expired_ = true;
  Go(std::exchange(awaited_, Step::kWait));
}

void Connection::Stop(int64_t grace_ms) {
  const int64_t now_ns = context_.clock.MonotonicNs();
  stopping_ = true;
  latest_ns_ = now_ns + grace_ms * kNsPerMs;
  deadline_ns_ = phase_ == Phase::kIdle ? now_ns : std::min(deadline_ns_, latest_ns_);
  Sweep(now_ns);
}

// Does one step after the other until there is something to wait for. What fails inside, most
// likely for want of memory, ends the connection: what its requests decided is its round's, which
// waits for it in any case.
void Connection::Go(Step step) noexcept {
  served_ = 0;
  try {
    while (step != Step::kWait && step != Step::kEnd && step != Step::kHandOver) step = Do(step);
  } catch (const std::exception& error) {
    spdlog::error("a connection failed inside: {}", error.what());
    step = Step::kEnd;
  }
  if (step == Step::kEnd) context_.owner.Leave(place_);
  if (step == Step::kHandOver) context_.owner.HandOver(place_);
}

Connection::Step Connection::Do(Step step) {
  switch (step) {
    case Step::kServe:
      return Serve();
    case Step::kReply:
      return Reply(true);
    case Step::kGiveWay:
      return GiveWay();
    case Step::kRead:
      return Read();
    case Step::kReceive:
      return Receive();
    case Step::kSend:
      return Send();
    case Step::kLinger:
      return Linger();
    case Step::kStream:
      return Stream();
    case Step::kHandOver:
    case Step::kEnd:
    case Step::kWait:
      return step;
  }
  CHECK(false);
}

Connection::Step Connection::Serve() {
  round_ = session_.Serve({buffer_.get(), filled_}, context_.completions.act(), latest_at_);
  Consume(round_.consumed);
  if (!round_.waits) return Fetch(true);
  phase_ = Phase::kLog;
  context_.completions.Wait(*this);
  return Step::kWait;
}

void Connection::Resume(bool durable) noexcept {
  phase_ = Phase::kIdle;
  Step next = Step::kEnd;
  try {
    next = Fetch(durable);
  } catch (const std::exception& error) {
    spdlog::error("a connection failed inside: {}", error.what());
  }
  Go(next);
}

// What has to be read before there can be a reply, is.
Connection::Step Connection::Fetch(bool durable) {
  Reading* const unread = session_.unread();
  if (unread == nullptr) return Reply(durable);
  durable_ = durable;
  phase_ = Phase::kLog;
  context_.session.room->Ask(*unread, *this);
  return Step::kWait;
}

void Connection::HasBeenRead() {
  net::post(context_.loop, [this] { Resume(durable_); });
}

bool Connection::Ready(uint32_t events) noexcept {
  constexpr uint32_t kLast = EPOLLRDHUP | EPOLLHUP | EPOLLERR;
  short_reads_ = short_reads_ || (events & (kLast | EPOLLPRI)) != 0;
  readable_ = readable_ || (events & (EPOLLIN | EPOLLPRI | kLast)) != 0;
  const bool writable = (events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0;
  if (awaited_ == Step::kServe) return true;
  if (awaited_ == Step::kWait || !(awaited_ == Step::kSend ? writable : readable_)) return false;
  if (awaited_ == Step::kReceive) awaited_ = TakeIn();
  return awaited_ != Step::kReceive;
}

void Connection::GoOn() noexcept { Go(std::exchange(awaited_, Step::kWait)); }

Connection::Step Connection::Await(Step step) {
  awaited_ = step;
  return Step::kWait;
}

Connection::Step Connection::Reply(bool durable) {
  session_.Settle(durable, latest_at_);
  after_ = session_.ends_in_stream() ? Step::kStream
           : round_.close            ? Step::kLinger
           : round_.hand_over        ? Step::kHandOver
           : round_.more             ? Step::kGiveWay
                                     : Step::kRead;
  unsent_ = session_.replies();
  return unsent_.empty() ? after_ : Step::kSend;
}

// After so many requests, or so large replies, it is others' turn, though there are more of them in
// the buffer. The socket can be written to, since all of the replies fitted in: that is told with
// the next look.
Connection::Step Connection::GiveWay() {
  watching_writes_ = true;
  if (!context_.readiness.Remind(socket_.get(), watching_writes_, *this)) return Step::kEnd;
  return Await(Step::kServe);
}

// Almost every reply fits into the socket's buffer at once; then there is nothing to wait for and
// no deadline to set.
Connection::Step Connection::Send() {
  if (phase_ == Phase::kWrite && expired_) return Step::kEnd;
  while (!unsent_.empty()) {
    const ssize_t sent = send(socket_.get(), unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      unsent_.remove_prefix(static_cast<size_t>(sent));
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return Step::kEnd;
    if (phase_ != Phase::kWrite) {
      Enter(Phase::kWrite, context_.deadlines.write_ms, context_.clock.MonotonicNs());
    }
    if (!watching_writes_) {
      // Tells at once if there is room by now.
      if (!context_.readiness.WatchWrites(socket_.get(), *this)) return Step::kEnd;
      watching_writes_ = true;
    }
    return Await(Step::kSend);
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
  // Or a deadline that passed while something else was waited for.
  if (expired_ || (phase_ != Phase::kIdle && context_.clock.MonotonicNs() >= deadline_ns_)) {
    return TimedOut();
  }
  if (readable_ && ++served_ > kMostServed) {
    if (!context_.readiness.Remind(socket_.get(), watching_writes_, *this)) return Step::kEnd;
    return Await(Step::kReceive);
  }
  const Step next = TakeIn();
  return next == Step::kReceive ? Await(next) : next;
}

// kReceive: nothing has come.
Connection::Step Connection::TakeIn() {
  const std::optional<size_t> count = Take(filled_);
  if (!count) return Step::kReceive;
  if (*count == 0) return Step::kEnd;
  ReceivedBytes(*count);
  return Step::kServe;
}

// What has come, into the buffer from `offset` on. 0: there will be no more. Nothing: none yet, and
// Ready will tell when.
std::optional<size_t> Connection::Take(size_t offset) {
  while (readable_) {
    const size_t room = capacity_ - offset;
    const ssize_t count = recv(socket_.get(), buffer_.get() + offset, room, 0);
    if (count >= 0) {
      // Less than there was room for: that was all, mostly, and what comes next will be told. An
      // end that was told already will not be told again.
      readable_ = short_reads_ || static_cast<size_t>(count) == room;
      return static_cast<size_t>(count);
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return 0;
    readable_ = false;
  }
  return std::nullopt;
}

// A connection on which nothing was begun is closed without a word: nobody asked anything.
Connection::Step Connection::TimedOut() {
  if (ReadWhatCame()) return Step::kServe;
  if (filled_ == 0) return Step::kEnd;
  const Instant now = context_.clock.Now();
  session_.ServeTimeout(now);
  session_.Settle(true, now);
  unsent_ = session_.replies();
  after_ = Step::kLinger;
  return Step::kSend;
}

// A last look before a connection is given up: a request that lies in the kernel's buffer would be
// lost with it, and the proxy before us would have to answer 502.
bool Connection::ReadWhatCame() {
  readable_ = true;
  const std::optional<size_t> count = Take(filled_);
  if (count.value_or(0) == 0) return false;
  ReceivedBytes(*count);
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

// The head of the last reply has been sent; the rest of it is somebody else's.
Connection::Step Connection::Stream() {
  context_.readiness.Forget(socket_.get());
  context_.session.streams->Take(std::move(socket_), session_.TakeStream());
  return Step::kEnd;
}

Connection::Step Connection::Linger() {
  if (phase_ != Phase::kLinger) {
    if (shutdown(socket_.get(), SHUT_WR) != 0) return Step::kEnd;
    Enter(Phase::kLinger, kLingerMs, context_.clock.MonotonicNs());
  }
  if (expired_ || discarded_ >= kLingerBytes) return Step::kEnd;
  const std::optional<size_t> count = Take(0);
  if (!count) return Await(Step::kLinger);
  if (*count == 0) return Step::kEnd;
  explicit_bzero(buffer_.get(), *count);
  discarded_ += *count;
  return Step::kLinger;
}

}  // namespace creneau::http
