#include "http/worker.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <chrono>
#include <exception>
#include <utility>

#include "base/check.h"

namespace creneau::http {
namespace {

// Deadlines are seconds; a quarter of one is close enough.
constexpr std::chrono::milliseconds kSweepEvery{250};
// Without descriptors the waiting connection stays in the backlog; asking again at once would only
// burn the core.
constexpr std::chrono::milliseconds kAcceptPause{50};
// As many as one look at the sockets brings (Asio's epoll_wait takes 128).
constexpr int kAcceptAtOnce = 128;
// After something failed inside, most likely for want of memory.
constexpr std::chrono::milliseconds kFailurePause{20};

}  // namespace

Worker::Worker(WorkerOptions options, booking::Engine& engine, const Telemetry& telemetry,
               Counters& counters, ConnectionBudget& budget, Descriptor listener)
    : options_(std::move(options)),
      engine_(engine),
      counters_(counters),
      budget_(budget),
      loop_(1),
      acceptor_(loop_),
      pause_(loop_),
      sweeper_(loop_),
      ready_(loop_, fcntl(readiness_.descriptor(), F_DUPFD_CLOEXEC, 0)),
      completions_(loop_, pool_, engine.log()),
      session_{.engine = engine,
               .telemetry = telemetry,
               .counters = counters,
               .audience = options_.audience,
               .reply = {},
               .target = {},
               .date = {}},
      context_{session_,
               completions_,
               readiness_,
               *this,
               engine.clock(),
               options_.deadlines,
               options_.max_body_bytes,
               options_.tcp} {
  const int family = options_.tcp ? AF_INET : AF_UNIX;
  acceptor_.assign(net::generic::stream_protocol(family, 0), listener.Release());
  acceptor_.non_blocking(true);
  Watch();
}

Worker::~Worker() { CHECK(!thread_.joinable() && connections_.empty()); }

Worker::Duty::~Duty() {
  if (on_duty_ == nullptr) return;
  *on_duty_ = false;
  loop_.stop();
}

void Worker::Start() {
  seen_alive_ns_.store(engine_.clock().MonotonicNs(), std::memory_order_relaxed);
  thread_ = std::thread([this] { Loop(); });
}

// Starts what is not running, at first and after it was lost.
void Worker::Assign() {
  const auto spawn = [this](net::awaitable<void> duty, const char* what) {
    net::co_spawn(loop_, std::move(duty), [this, what](const std::exception_ptr& failure) {
      if (failure) spdlog::error("{}: {} failed inside and begins again", options_.name, what);
    });
  };
  if (!accepting_) spawn(Accept(Duty(accepting_, loop_)), "taking connections");
  if (!sweeping_) spawn(SweepNowAndThen(Duty(sweeping_, loop_)), "the watch over deadlines");
}

void Worker::Loop() {
  pthread_setname_np(pthread_self(), options_.name.c_str());
  for (;;) {
    try {
      Assign();
      loop_.restart();
      loop_.run();
      // Out of work, since both duties are done; or one of them was lost.
      if (accepting_ && sweeping_) return;
    } catch (const std::exception& error) {
      // Nothing of ours throws out of a handler; memory may run out within Asio.
      spdlog::error("{}: {}", options_.name, error.what());
    }
    // Others may give memory back meanwhile; to wait here takes none.
    std::this_thread::sleep_for(kFailurePause);
  }
}

int64_t Worker::LagMs(int64_t now_ns) const {
  const int64_t late_ns = now_ns - seen_alive_ns_.load(std::memory_order_relaxed);
  return std::max<int64_t>(0, late_ns / 1'000'000 - kSweepEvery.count());
}

void Worker::Stop(int64_t grace_ms) {
  net::post(loop_, [this, grace_ms] { StopOnLoop(grace_ms); });
}

void Worker::Join() {
  thread_.join();
  completions_.WaitUntilQuiet();
}

void Worker::StopOnLoop(int64_t grace_ms) {
  stopping_ = true;
  session_.stopping = true;
  ErrorCode ignored;
  acceptor_.close(ignored);
  pause_.cancel();
  ForEach([grace_ms](Connection& connection) { connection.Stop(grace_ms); });
  // The loop ends when the sweeper does, and that is when the last connection has.
  if (connections_.empty()) sweeper_.cancel();
}

void Worker::Watch() {
  ready_.async_wait(net::posix::stream_descriptor::wait_read,
                    Handler(watch_memory_, [this](const ErrorCode& ended) {
                      if (ended) return;
                      Look();
                      Watch();
                    }));
}

// As long as each look brings more of them the round is not whole; for a while.
void Worker::Look() {
  completions_.BeginLooks();
  while (readiness_.Look() > 0 && completions_.LookAgain()) {
  }
  completions_.EndLooks();
}

net::awaitable<void> Worker::Accept(Duty duty) {
  bool complained = false;
  while (!stopping_) {
    ErrorCode error;
    co_await acceptor_.async_wait(Acceptor::wait_read,
                                  net::redirect_error(net::use_awaitable, error));
    if (stopping_) break;
    if (!error) error = TakeWhatWaits();
    if (!error) {
      complained = false;
      continue;
    }
    if (!std::exchange(complained, true)) {
      spdlog::warn(
          "{}: cannot take connections: {}. They wait until others end; raise LimitNOFILE in the "
          "unit.",
          options_.name, error.message());
    }
    pause_.expires_after(kAcceptPause);
    co_await pause_.async_wait(net::redirect_error(net::use_awaitable, error));
  }
  duty.Done();
}

// All at once, up to a bound: were it one after each look at the sockets, those who are in would be
// served so often meanwhile that the others' packets found the backlog full, and a client tries
// again only after one second, then three.
ErrorCode Worker::TakeWhatWaits() {
  for (int taken = 0; taken < kAcceptAtOnce; ++taken) {
    Descriptor socket(
        accept4(acceptor_.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (socket.get() >= 0) {
      Take(std::move(socket));
      continue;
    }
    // Over before it began: the next one may be waiting.
    if (errno == ECONNABORTED || errno == EINTR) continue;
    if (errno == EAGAIN) break;
    return {errno, boost::system::system_category()};
  }
  return {};
}

void Worker::Take(Descriptor socket) {
  if (budget_.open.fetch_add(1, std::memory_order_relaxed) < budget_.max) {
    Admit(std::move(socket));
    return;
  }
  budget_.open.fetch_sub(1, std::memory_order_relaxed);
  TurnAway(std::move(socket));
}

void Worker::Admit(Descriptor socket) {
  if (options_.tcp) {
    // Replies leave in one write; holding them back for more to come only costs time.
    const int on = 1;
    setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  }
  try {
    connections_.emplace_back(context_, std::move(socket));
  } catch (const std::exception&) {
    budget_.open.fetch_sub(1, std::memory_order_relaxed);
    throw;
  }
  counters_.CountOpened();
  completions_.Expect(connections_.size());
  connections_.back().Start(std::prev(connections_.end()));
}

void Worker::Leave(std::list<Connection>::iterator place) {
  connections_.erase(place);
  completions_.Expect(connections_.size());
  counters_.CountClosed();
  budget_.open.fetch_sub(1, std::memory_order_relaxed);
  if (stopping_ && connections_.empty()) sweeper_.cancel();
}

void Worker::TurnAway(Descriptor socket) {
  counters_.CountTurnedAway();
  session_.reply.Clear();
  const Instant now = engine_.clock().Now();
  WriteProblem(session_.reply,
               {.outcome = Outcome::kOverloaded,
                .detail = "Too many connections are open; try again shortly."},
               now);
  std::string bytes;
  AppendReply(bytes, session_.reply,
              {.head_only = false, .close = true, .date = session_.DateAt(now)});
  // It has a send buffer to itself, so the reply fits, or it has gone. What has come already is
  // read away: closing over it would reset the connection and lose the reply.
  char discarded[4096];
  if (send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) < 0 ||
      shutdown(socket.get(), SHUT_WR) != 0 ||
      recv(socket.get(), discarded, sizeof(discarded), 0) < 0) {
    return;
  }
}

net::awaitable<void> Worker::SweepNowAndThen(Duty duty) {
  while (!stopping_ || !connections_.empty()) {
    ErrorCode error;
    sweeper_.expires_after(kSweepEvery);
    co_await sweeper_.async_wait(net::redirect_error(net::use_awaitable, error));
    const int64_t now_ns = engine_.clock().MonotonicNs();
    seen_alive_ns_.store(now_ns, std::memory_order_relaxed);
    ForEach([now_ns](Connection& connection) { connection.Sweep(now_ns); });
  }
  duty.Done();
  ready_.cancel();  // nobody is left to look for, and the loop may end
}

}  // namespace creneau::http
