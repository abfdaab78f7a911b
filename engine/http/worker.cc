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
#include <stdexcept>
#include <utility>

#include "base/check.h"

namespace creneau::http {
namespace {

// Deadlines are seconds; a quarter of one is close enough.
constexpr std::chrono::milliseconds kSweepEvery{250};
// Without descriptors the waiting connection stays in the backlog; asking again at once would only
// burn the core.
constexpr std::chrono::milliseconds kAcceptPause{50};
// After something failed inside, most likely for want of memory.
constexpr std::chrono::milliseconds kFailurePause{20};

}  // namespace

Worker::Worker(WorkerOptions options, booking::Engine& engine, const Telemetry& telemetry,
               Counters& counters, ConnectionBudget& budget, SpareDescriptor& spare,
               Descriptor listener)
    : options_(std::move(options)),
      engine_(engine),
      counters_(counters),
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
               .date = {},
               .elsewhere = options_.elsewhere,
               .desk = options_.desk,
               .wrong_keys = options_.wrong_keys,
               .entries = options_.entries,
               .streams = options_.streams,
               .room = options_.room},
      gauge_(readiness_, engine.log(), engine.clock(), counters),
      door_(options_.name, budget, spare, options_.callers, session_, engine.clock()),
      context_{session_,
               completions_,
               readiness_,
               *this,
               engine.clock(),
               options_.deadlines,
               options_.max_body_bytes,
               options_.tcp,
               loop_} {
  accepting_ = listener.get() < 0;  // there is nothing to do for whoever would
  if (listener.get() >= 0) {
    const int family = options_.tcp ? AF_INET : AF_UNIX;
    acceptor_.assign(net::generic::stream_protocol(family, 0), listener.Release());
    acceptor_.non_blocking(true);
  }
  // Citizens' listener is where too many come at once; whoever holds a seat has another one, and
  // operators are few.
  if (options_.audience == Audience::kPublic) session_.gate.Follow(gauge_);
  if (options_.rates != nullptr) session_.gate.Limit(*options_.rates);
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
  while (!stopping_) {
    ErrorCode error;
    co_await acceptor_.async_wait(Acceptor::wait_read,
                                  net::redirect_error(net::use_awaitable, error));
    if (stopping_) break;
    if (!error && door_.TakeWhoWaits(acceptor_.native_handle(), *this) == 0) continue;
    pause_.expires_after(kAcceptPause);
    co_await pause_.async_wait(net::redirect_error(net::use_awaitable, error));
  }
  duty.Done();
}

void Worker::Admit(Descriptor socket, const Caller& came) {
  Caller caller = came;
  if (options_.audience == Audience::kAdmin) {
    ucred peer{};
    socklen_t size = sizeof peer;
    if (getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
      throw std::runtime_error("nobody is known at the other end of the admin socket");
    caller.uid = peer.uid;
  }
  if (options_.tcp) {
    // Replies leave in one write; holding them back for more to come only costs time.
    const int on = 1;
    setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  }
  connections_.emplace_back(context_, std::move(socket), caller);
  counters_.CountOpened();
  completions_.Expect(connections_.size());
  connections_.back().Start(std::prev(connections_.end()));
}

// The one that posts is the connection's thread; this one takes it from there.
void Worker::Welcome(std::unique_ptr<StaffDesk::Arrival> arrival) {
  net::post(loop_, [this, arrived = std::move(arrival)] {
    StaffDesk::Arrival& arrival_here = *arrived;
    const Caller caller = arrival_here.caller;
    Door& door = *arrival_here.door;
    try {
      if (!stopping_) return AdmitStaff(arrival_here);
    } catch (const std::exception& error) {
      spdlog::error("{}: a connection failed inside: {}", options_.name, error.what());
    }
    door.Left(caller);
  });
}

void Worker::AdmitStaff(StaffDesk::Arrival& arrival) {
  connections_.emplace_back(context_, arrival);
  counters_.CountOpened();
  completions_.Expect(connections_.size());
  connections_.back().Start(std::prev(connections_.end()));
}

// It stays one of its door's, whose budget it takes from until it ends.
void Worker::HandOver(std::list<Connection>::iterator place) {
  try {
    options_.desk->host().Welcome(place->MoveOut(door_));
  } catch (const std::exception& error) {
    spdlog::error("{}: a connection failed inside: {}", options_.name, error.what());
    return Leave(place);
  }
  Remove(place);
}

void Worker::Leave(std::list<Connection>::iterator place) {
  const Caller caller = place->caller();
  Door& door = place->door() == nullptr ? door_ : *place->door();
  Remove(place);
  door.Left(caller);
}

void Worker::Remove(std::list<Connection>::iterator place) {
  connections_.erase(place);
  completions_.Expect(connections_.size());
  counters_.CountClosed();
  if (stopping_ && connections_.empty()) sweeper_.cancel();
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
