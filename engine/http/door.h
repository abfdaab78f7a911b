// Who comes in by one thread's listening socket: takes those who wait, counts them against what the
// listener and their address may have, and tells the others why they are not served. Nobody is left
// in the backlog for want of a descriptor (spare_descriptor.h).
//
// One thread, but for Left; budget and callers are shared with the other threads of the listener,
// the spare descriptor with all.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "http/callers.h"
#include "http/descriptor.h"
#include "http/ready_replies.h"
#include "http/session.h"
#include "http/spare_descriptor.h"

namespace creneau::http {

// How many connections the threads of one listener may have open together.
struct ConnectionBudget {
  explicit ConnectionBudget(int64_t limit) : max(limit) {}
  const int64_t max;
  std::atomic<int64_t> open{0};  // a count and nothing else hangs on it: relaxed
};

// Whom those who come in are given to.
class Host {
 public:
  // `socket` does not block. Where this throws, the connection has not come in.
  virtual void Admit(Descriptor socket, const Caller& caller) = 0;

 protected:
  ~Host() = default;
};

class Door {
 public:
  // `callers`: null where addresses have no cap. `session` is the thread's, for dates and counting.
  Door(const std::string& name, ConnectionBudget& budget, SpareDescriptor& spare, Callers* callers,
       SessionContext& session, const Clock& clock);

  // Takes those who wait at `listener`, a bounded number; 0, or the error (errno) with which the
  // system lets nobody in: then they wait, and it is worth trying again in a while.
  int TakeWhoWaits(int listener, Host& host);
  // A connection that was admitted is over. Any thread: it may have gone on elsewhere.
  void Left(const Caller& caller);

 private:
  void Take(Descriptor socket, const sockaddr_storage& peer, Host& host);
  void Tell(int error);
  void TurnAway(Descriptor socket, TurnedAway why);
  void GiveBack();

  const std::string name_;
  ConnectionBudget& budget_;
  SpareDescriptor& spare_;
  Callers* const callers_;
  SessionContext& session_;
  const Clock& clock_;
  ReadyReplies full_;
  ReadyReplies too_many_;
  std::string reply_;
  int64_t told_ns_ = 0;  // when the diary was last told that nobody can be taken; 0: never
};

}  // namespace creneau::http
