#include "http/spare_descriptor.h"

#include <sys/eventfd.h>

#include <cerrno>
#include <mutex>
#include <utility>

namespace creneau::http {
namespace {

// Anything that takes nothing but a descriptor.
Descriptor Any() { return Descriptor(eventfd(0, EFD_CLOEXEC)); }

Descriptor AcceptNext(int listener, sockaddr_storage* peer) {
  socklen_t size = sizeof(*peer);
  return Descriptor(accept4(listener, reinterpret_cast<sockaddr*>(peer),
                            peer == nullptr ? nullptr : &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
}

}  // namespace

SpareDescriptor::SpareDescriptor() : spare_(Any()) {}

SpareDescriptor::Accepted SpareDescriptor::Accept(int listener, sockaddr_storage* peer) {
  const std::shared_lock accepting(mutex_);
  Accepted accepted{.socket = AcceptNext(listener, peer), .error = 0, .spare_is_gone = false};
  if (accepted.socket.get() < 0) {
    accepted.error = errno;
  } else {
    accepted.spare_is_gone = spare_.get() < 0;
  }
  return accepted;
}

void SpareDescriptor::Renew() {
  const std::lock_guard alone(mutex_);
  if (spare_.get() < 0) spare_ = Any();
}

SpareDescriptor::Spared SpareDescriptor::Answer(int listener,
                                                const std::function<void(Descriptor)>& turn_away) {
  const std::lock_guard alone(mutex_);
  if (spare_.get() < 0) spare_ = Any();
  if (spare_.get() < 0) return Spared::kFailed;
  { const Descriptor closed = std::move(spare_); }
  Descriptor socket = AcceptNext(listener, nullptr);
  const int error = errno;
  const bool came = socket.get() >= 0;
  if (came) turn_away(std::move(socket));
  spare_ = Any();
  if (came || error == ECONNABORTED || error == EINTR) return Spared::kAnswered;
  return error == EAGAIN ? Spared::kNobody : Spared::kFailed;
}

}  // namespace creneau::http
