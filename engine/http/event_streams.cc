#include "http/event_streams.h"

#include <poll.h>
#include <pthread.h>
#include <spdlog/spdlog.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <system_error>
#include <utility>

#include "base/instant.h"
#include "base/limits.h"
#include "booking/staff_access.h"

namespace creneau::http {
namespace {

// For the last chunk, once it is to stop.
constexpr int64_t kStopGraceMs = 1'000;
constexpr int kForEver = -1;

int MakeWake() {
  const int made = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (made < 0) throw std::system_error(errno, std::system_category(), "eventfd");
  return made;
}

}  // namespace

EventStreams::EventStreams(booking::Engine& engine, int64_t write_ms)
    : engine_(engine), write_ms_(write_ms), wake_(MakeWake()) {}

std::unique_ptr<EventStream> EventStreams::Open(EventOrder order) {
  std::unique_ptr<EventPlaces::Place> place = places_.Take(engine_.EventFeedBytes());
  if (place == nullptr) return nullptr;
  std::unique_ptr<booking::EventFeed> feed = engine_.EventsAfter(order.after);
  return std::make_unique<EventStream>(std::move(place), std::move(feed), std::move(order),
                                       engine_.clock().MonotonicNs());
}

void EventStreams::Take(Descriptor socket, std::unique_ptr<EventStream> stream) {
  stream->Attach(std::move(socket));
  {
    const std::lock_guard lock(mutex_);
    if (stopped_) return;
    coming_.push_back(std::move(stream));
  }
  eventfd_write(wake_.get(), 1);
}

void EventStreams::Start() {
  stopped_ = false;
  thread_ = std::thread([this] { Run(); });
}

void EventStreams::Stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  eventfd_write(wake_.get(), 1);
  thread_.join();
}

bool EventStreams::Stopping() {
  const std::lock_guard lock(mutex_);
  return stopped_;
}

void EventStreams::Run() {
  pthread_setname_np(pthread_self(), "events");
  int64_t stop_by_ns = 0;
  for (;;) {
    const bool stopping = Stopping();
    TakeIn();
    const int timeout_ms = TurnAll(stopping);
    if (stopping) {
      const int64_t now_ns = engine_.clock().MonotonicNs();
      if (stop_by_ns == 0) stop_by_ns = now_ns + kStopGraceMs * kNsPerMs;
      if (readers_.empty() || now_ns >= stop_by_ns) break;
    }
    Wait(timeout_ms);
  }
  readers_.clear();
}

void EventStreams::TakeIn() {
  eventfd_t ignored = 0;
  static_cast<void>(eventfd_read(wake_.get(), &ignored));
  const std::lock_guard lock(mutex_);
  for (std::unique_ptr<EventStream>& stream : coming_) readers_.push_back({std::move(stream)});
  coming_.clear();
}

// A turn for each. For how long there is nothing to do but to wait.
int EventStreams::TurnAll(bool stopping) {
  int timeout_ms = kForEver;
  const auto over = [&](Reader& reader) {
    EventStream::Wants wants = EventStream::Wants::kEnd;
    try {
      // Whose key is revoked meanwhile has read enough.
      const bool ends = stopping || !engine_.staff().StillStands(reader.stream->order().Actor(),
                                                                 engine_.clock().Now());
      wants = reader.stream->Turn(engine_.clock().MonotonicNs(), write_ms_, ends);
    } catch (const std::exception& error) {
      spdlog::error("a reader of events failed inside: {}", error.what());
    }
    reader.wants_room = wants == EventStream::Wants::kRoom;
    if (wants == EventStream::Wants::kTurn) timeout_ms = 0;
    if (timeout_ms != 0) timeout_ms = static_cast<int>(limits::kEventLookMs);
    return wants == EventStream::Wants::kEnd;
  };
  readers_.erase(std::remove_if(readers_.begin(), readers_.end(), over), readers_.end());
  return readers_.empty() ? kForEver : timeout_ms;
}

void EventStreams::Wait(int timeout_ms) {
  std::vector<pollfd> watched{{wake_.get(), POLLIN, 0}};
  for (const Reader& reader : readers_) {
    const auto events = static_cast<int16_t>(POLLRDHUP | (reader.wants_room ? POLLOUT : 0));
    watched.push_back({reader.stream->socket(), events, 0});
  }
  poll(watched.data(), watched.size(), timeout_ms);
}

}  // namespace creneau::http
