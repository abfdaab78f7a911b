#include "http/door.h"

#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <exception>
#include <utility>

#include "base/limits.h"

namespace creneau::http {
namespace {

// As many as one look at the sockets brings (Asio's epoll_wait takes 128). Were it one after each
// look, those who are in would be served so often meanwhile that the others' packets found the
// backlog full, and a client tries again only after one second, then three.
constexpr int kTakenAtOnce = 128;

// While descriptors come and go, the diary is told now and then.
constexpr int64_t kTellEveryNs = int64_t{60} * 1'000'000'000;

}  // namespace

Door::Door(const std::string& name, ConnectionBudget& budget, SpareDescriptor& spare,
           Callers* callers, SessionContext& session, const Clock& clock)
    : name_(name),
      budget_(budget),
      spare_(spare),
      callers_(callers),
      session_(session),
      clock_(clock),
      full_({.outcome = Outcome::kOverloaded,
             .detail = "Too many connections are open; try again shortly."},
            limits::kRetryFirstS, limits::kRetryLastS),
      too_many_(
          {.outcome = Outcome::kRateLimited,
           .detail = "As many connections are open from this address as one may have. Nothing "
                     "was done; close some, or send requests one after the other, and try "
                     "again later."},
          limits::kAddressRetryFirstS, limits::kAddressRetryLastS) {}

int Door::TakeWhoWaits(int listener, Host& host) {
  for (int taken = 0; taken < kTakenAtOnce; ++taken) {
    sockaddr_storage peer{};
    SpareDescriptor::Accepted next = spare_.Accept(listener, &peer);
    if (next.spare_is_gone) {
      TurnAway(std::move(next.socket), TurnedAway::kDescriptors);
      spare_.Renew();
      continue;
    }
    if (next.error == 0) {
      Take(std::move(next.socket), peer, host);
      continue;
    }
    // Over before it began: the next one may be waiting.
    if (next.error == ECONNABORTED || next.error == EINTR) continue;
    if (next.error == EAGAIN) return 0;
    Tell(next.error);
    if (next.error != EMFILE && next.error != ENFILE) return next.error;
    // Without a descriptor the kernel does not even say whether somebody waits.
    using Spared = SpareDescriptor::Spared;
    const Spared spared = spare_.Answer(listener, [this](Descriptor socket) {
      TurnAway(std::move(socket), TurnedAway::kDescriptors);
    });
    if (spared == Spared::kFailed) return next.error;
    if (spared == Spared::kNobody) return 0;
  }
  return 0;
}

void Door::Take(Descriptor socket, const sockaddr_storage& peer, Host& host) {
  if (budget_.open.fetch_add(1, std::memory_order_relaxed) >= budget_.max) {
    GiveBack();
    return TurnAway(std::move(socket), TurnedAway::kFull);
  }
  Caller caller;
  if (callers_ != nullptr && !callers_->Enter(PeerAddressOf(peer), caller)) {
    GiveBack();
    return TurnAway(std::move(socket), TurnedAway::kAddress);
  }
  try {
    host.Admit(std::move(socket), caller);
  } catch (const std::exception&) {
    Left(caller);
    throw;
  }
}

void Door::Left(const Caller& caller) {
  if (callers_ != nullptr) callers_->Leave(caller);
  GiveBack();
}

void Door::GiveBack() { budget_.open.fetch_sub(1, std::memory_order_relaxed); }

void Door::Tell(int error) {
  const int64_t now_ns = clock_.MonotonicNs();
  if (told_ns_ != 0 && now_ns - told_ns_ < kTellEveryNs) return;
  told_ns_ = now_ns;
  spdlog::warn(
      "{}: cannot take connections: {}. Those who come are told to come back; raise LimitNOFILE in "
      "the unit.",
      name_, strerror(error));
}

void Door::TurnAway(Descriptor socket, TurnedAway why) {
  session_.counters.CountTurnedAway(why);
  ReadyReplies& replies = why == TurnedAway::kAddress ? too_many_ : full_;
  reply_.clear();
  replies.Append(reply_,
                 {.head_only = false, .close = true, .date = session_.DateAt(clock_.Now())});
  // It has a send buffer to itself, so the reply fits, or it has gone. What has come already is
  // read away: closing over it would reset the connection and lose the reply.
  char discarded[4096];
  if (send(socket.get(), reply_.data(), reply_.size(), MSG_NOSIGNAL) < 0 ||
      shutdown(socket.get(), SHUT_WR) != 0 ||
      recv(socket.get(), discarded, sizeof(discarded), 0) < 0) {
    return;
  }
}

}  // namespace creneau::http
