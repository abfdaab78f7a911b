// A descriptor that is kept for those who come when there is no other: it is closed for as long as
// it takes to tell one of them so. All doors of a server share one, for whoever accepts in that
// moment would take what was closed for somebody else, and keep it.
//
// Any thread.
#pragma once

#include <sys/socket.h>

#include <functional>
#include <shared_mutex>

#include "http/descriptor.h"

namespace creneau::http {

class SpareDescriptor {
 public:
  SpareDescriptor();

  struct Accepted {
    Descriptor socket;
    // errno, where there is no socket.
    int error = 0;
    // The spare is gone (what opens files beside the doors can have taken it): whoever came is to
    // be sent away, and Renew to be called once his socket is closed.
    bool spare_is_gone = false;
  };
  // The next who waits at `listener`, who need not be there. Waits while another thread is in
  // Answer: some system calls.
  Accepted Accept(int listener, sockaddr_storage* peer);
  void Renew();

  // What became of one who waits while there is no descriptor. Failed: there is no spare either,
  // and it is worth trying again when descriptors have been given back.
  enum class Spared { kAnswered, kNobody, kFailed };
  // When Accept gave EMFILE or ENFILE: gives the next who waits to `turn_away`.
  Spared Answer(int listener, const std::function<void(Descriptor)>& turn_away);

 private:
  std::shared_mutex mutex_;  // shared: accepting; alone: while the spare may be closed
  Descriptor spare_;
};

}  // namespace creneau::http
