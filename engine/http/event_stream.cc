#include "http/event_stream.h"

#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <limits>
#include <utility>

#include "base/instant.h"
#include "base/limits.h"

namespace creneau::http {
namespace {

// Pieces of the log between two looks at the socket.
constexpr int kMostPieces = 256;
// No event has more: names are 64 characters, and times and numbers what they are.
constexpr size_t kMostEventBytes = 2048;
constexpr size_t kMostTextBytes = limits::kEventBufferBytes - kMostEventBytes;

int64_t EndOf(const EventOrder& order, int64_t now_ns) {
  return order.wait_ms ? now_ns + *order.wait_ms * kNsPerMs : std::numeric_limits<int64_t>::max();
}

}  // namespace

bool EventOrder::IsOf(const booking::PublicEvent& event) const {
  if (event.fact == booking::PublicFact::kStaffAct && role != rules::Role::kAuditor) return false;
  if (event.fact == booking::PublicFact::kLossAccepted) return true;  // of all agendas
  if (event.agenda == nullptr) return agenda.empty() && agendas.empty();
  return (agenda.empty() || agenda == event.agenda->name) &&
         booking::Covers(Actor(), event.agenda->name);
}

std::unique_ptr<EventPlaces::Place> EventPlaces::Take(size_t bytes) {
  const int before = streams_.fetch_add(1);
  const size_t had = bytes_.fetch_add(bytes);
  auto place = std::make_unique<Place>(*this, bytes);
  if (before >= limits::kEventStreams) return nullptr;
  if (before > 0 && had + bytes > limits::kEventFeedsBytes) return nullptr;
  return place;
}

EventStream::EventStream(std::unique_ptr<EventPlaces::Place> place,
                         std::unique_ptr<booking::EventFeed> feed, EventOrder order, int64_t now_ns)
    : place_(std::move(place)),
      feed_(std::move(feed)),
      order_(std::move(order)),
      until_ns_(EndOf(order_, now_ns)),
      told_(order_.after),
      told_ns_(now_ns) {}

EventStream::Wants EventStream::Turn(int64_t now_ns, int64_t write_ms, bool stopping) {
  if (IsGone()) return Wants::kEnd;
  if (out_.empty() && !last_) Fill(now_ns, stopping);
  if (failed_) return Wants::kEnd;
  if (!out_.empty()) return Send(now_ns, write_ms);
  return caught_up_ ? Wants::kLog : Wants::kTurn;
}

// Whether the reader has closed. What it may have sent behind its request is nobody's business: it
// was told that this is the last reply.
bool EventStream::IsGone() const {
  std::array<char, 512> ignored;
  const ssize_t count = recv(socket_.get(), ignored.data(), ignored.size(), MSG_DONTWAIT);
  if (count > 0) return false;
  return count == 0 || (errno != EAGAIN && errno != EINTR);
}

void EventStream::Fill(int64_t now_ns, bool stopping) {
  caught_up_ = false;
  if (order_.from_now && !began_) TellPosition();
  began_ = true;
  for (int i = 0; i < kMostPieces && !caught_up_ && text_.size() < kMostTextBytes; ++i) {
    if (Read()) continue;
    failed_ = true;
    return;
  }
  if (!text_.empty()) told_ns_ = now_ns;
  const bool over = stopping || (caught_up_ && now_ns >= until_ns_);
  if (text_.empty() && now_ns - told_ns_ >= limits::kEventHeartbeatMs * kNsPerMs) {
    TellPosition();
    told_ns_ = now_ns;
  }
  if (over && feed_->position() > told_) TellPosition();
  if (!text_.empty()) AppendChunk(out_, text_);
  text_.clear();
  if (!over) return;
  out_ += kLastChunk;
  last_ = true;
}

void EventStream::TellPosition() {
  told_ = feed_->position();
  AppendPosition(text_, told_, order_.form);
}

// One piece. False: it cannot be read.
bool EventStream::Read() {
  booking::PublicEvent event;
  const auto step = feed_->Next(&event);
  if (!step.ok()) {
    spdlog::error("events after {} cannot be read: {}", feed_->position().value,
                  std::string(step.status().message()));
    return false;
  }
  caught_up_ = *step == booking::EventFeed::Step::kCaughtUp;
  if (*step != booking::EventFeed::Step::kEvent) return true;
  if (!order_.IsOf(event)) return true;
  AppendEvent(text_, event, order_.form);
  told_ = event.lsn;
  return true;
}

EventStream::Wants EventStream::Send(int64_t now_ns, int64_t write_ms) {
  while (sent_ < out_.size()) {
    const ssize_t sent =
        send(socket_.get(), out_.data() + sent_, out_.size() - sent_, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) {
      sent_ += static_cast<size_t>(sent);
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return Wants::kEnd;
    if (!blocked_since_ns_) blocked_since_ns_ = now_ns;
    return now_ns - *blocked_since_ns_ > write_ms * kNsPerMs ? Wants::kEnd : Wants::kRoom;
  }
  out_.clear();
  sent_ = 0;
  blocked_since_ns_.reset();
  if (last_) return Wants::kEnd;
  return caught_up_ ? Wants::kLog : Wants::kTurn;
}

}  // namespace creneau::http
