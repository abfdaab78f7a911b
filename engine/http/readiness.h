// Which of a thread's connections have something to read, or room again to write to: an epoll set
// of our own (epoll(7), edge-triggered), which Asio's loop watches as one descriptor.
//
// Asio's sockets try each read at once and learn of the bytes only after that has found nothing: a
// recv in vain for every request, an operation queued, taken and completed for every read, and no
// way to look again without going through the loop's queue. Here a look is one system call for all
// connections, and a read happens only where bytes are.
//
// Belongs to one thread. A watcher is not owned; it is forgotten before it goes, between looks or
// in its own GoOn.
#pragma once

#include <cstddef>
#include <cstdint>

#include "http/descriptor.h"

namespace creneau::http {

class Readiness {
 public:
  class Watcher {
   public:
    // `events` as epoll_wait says them. Takes in what has come; whether there is more to do, for
    // which GoOn is called once everybody has taken in. Must not throw.
    virtual bool Ready(uint32_t events) noexcept = 0;
    // May end this watcher, no other one. Must not throw.
    virtual void GoOn() noexcept = 0;

   protected:
    ~Watcher() = default;
  };

  // Of the looks themselves.
  class Observer {
   public:
    // In each look, once so many watchers were told and have taken in, and before any of them goes
    // on. Must not throw.
    virtual void TakenIn(size_t told) noexcept = 0;

   protected:
    ~Observer() = default;
  };

  // Throws std::system_error where there is no descriptor left.
  Readiness();

  // The one observer there is; not owned.
  void Observe(Observer& observer) { observer_ = &observer; }

  // Tells `watcher` of every arrival from now on, and of what has arrived, until it is forgotten;
  // the end of the other side's sending counts. False: the kernel has no memory for it (errno).
  bool Watch(int socket, Watcher& watcher);
  // Closing the socket would do, were nobody else ever to have it open for a moment.
  void Forget(int socket);
  // Of room to write to as well. Where no write has ever had to wait, it would tell in vain: a Unix
  // socket does so with every reply that is read.
  bool WatchWrites(int socket, Watcher& watcher);
  // Of what is there already, once more, with the next look. `writes`: as WatchWrites.
  bool Remind(int socket, bool writes, Watcher& watcher);

  // One look: tells those to whom something happened, 256 at most, without waiting. How many. First
  // all of them take in and then all of them go on: in turn, the kernel's code for the one and ours
  // for the other would push each other out of the processor's first caches.
  size_t Look();

  // Readable when a look would find something.
  int descriptor() const { return epoll_.get(); }

 private:
  Descriptor epoll_;
  Observer* observer_ = nullptr;
};

}  // namespace creneau::http
