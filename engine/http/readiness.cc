#include "http/readiness.h"

#include <sys/epoll.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "base/check.h"

namespace creneau::http {
namespace {

constexpr uint32_t kReads = EPOLLIN | EPOLLPRI | EPOLLRDHUP | EPOLLET;

bool Control(int epoll, int operation, int socket, uint32_t events, Readiness::Watcher& watcher) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = &watcher;
  return epoll_ctl(epoll, operation, socket, &event) == 0;
}

}  // namespace

Readiness::Readiness() : epoll_(epoll_create1(EPOLL_CLOEXEC)) {
  if (epoll_.get() < 0) throw std::system_error(errno, std::system_category(), "epoll_create1");
}

bool Readiness::Watch(int socket, Watcher& watcher) {
  return Control(epoll_.get(), EPOLL_CTL_ADD, socket, kReads, watcher);
}

void Readiness::Forget(int socket) { epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, socket, nullptr); }

// Both by the same call, after which epoll looks anew at what is there.
bool Readiness::WatchWrites(int socket, Watcher& watcher) { return Remind(socket, true, watcher); }

bool Readiness::Remind(int socket, bool writes, Watcher& watcher) {
  const uint32_t events = writes ? kReads | EPOLLOUT : kReads;
  return Control(epoll_.get(), EPOLL_CTL_MOD, socket, events, watcher);
}

size_t Readiness::Look() {
  std::array<epoll_event, 256> events;
  const int count = epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), 0);
  if (count < 0) {
    CHECK(errno == EINTR);
    return 0;
  }
  size_t going_on = 0;
  for (size_t i = 0; i < static_cast<size_t>(count); ++i) {
    Watcher* const watcher = static_cast<Watcher*>(events[i].data.ptr);
    if (watcher->Ready(events[i].events)) events[going_on++].data.ptr = watcher;
  }
  if (observer_ != nullptr) observer_->TakenIn(static_cast<size_t>(count));
  for (size_t i = 0; i < going_on; ++i) static_cast<Watcher*>(events[i].data.ptr)->GoOn();
  return static_cast<size_t>(count);
}

}  // namespace creneau::http
