// Where connections go on that came to the public listener with a key of the staff: acts of the
// staff wait for the log, for snapshots and for one another, and must not hold up citizens'
// threads. So the thread that has read such a head, and found that the key stands, gives the
// connection away for good, with the bytes that have come, that request's included; a thread of the
// staff's own serves it from there, and asks for the key again with each request.
//
// Nobody takes a place here without a key that stands.
//
// Threads: any; Attach before there are any.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "base/instant.h"
#include "http/callers.h"
#include "http/descriptor.h"
#include "http/reply.h"

namespace creneau::http {

class Door;

class StaffDesk {
 public:
  explicit StaffDesk(int64_t places) : free_(places) {}
  StaffDesk(const StaffDesk&) = delete;
  StaffDesk& operator=(const StaffDesk&) = delete;

  // One connection's, until it ends.
  class Place {
   public:
    Place() = default;
    explicit Place(StaffDesk& desk) : desk_(&desk) {}
    Place(Place&& other) noexcept : desk_(std::exchange(other.desk_, nullptr)) {}
    Place& operator=(Place&& other) noexcept {
      std::swap(desk_, other.desk_);
      return *this;
    }
    ~Place() {
      if (desk_ != nullptr) desk_->free_.fetch_add(1, std::memory_order_relaxed);
    }
    explicit operator bool() const { return desk_ != nullptr; }

   private:
    StaffDesk* desk_ = nullptr;
  };
  // Without one when there is none left.
  Place Reserve() {
    if (free_.fetch_sub(1, std::memory_order_relaxed) > 0) return Place(*this);
    free_.fetch_add(1, std::memory_order_relaxed);
    return Place();
  }

  // A connection on its way.
  struct Arrival {
    Descriptor socket;
    Caller caller;
    Door* door;  // by which it came in, and which is told when it leaves
    Place place;
    std::string bytes;      // not yet answered; they hold a secret
    Instant received_at{};  // the latest of them

    ~Arrival() { Wipe(bytes); }
  };
  // The thread that serves them.
  class Host {
   public:
    // Where this throws, nothing has changed hands.
    virtual void Welcome(std::unique_ptr<Arrival> arrival) = 0;

   protected:
    ~Host() = default;
  };
  void Attach(Host& host) { host_ = &host; }
  Host& host() { return *host_; }

 private:
  std::atomic<int64_t> free_;  // a count and nothing else hangs on it: relaxed
  Host* host_ = nullptr;
};

}  // namespace creneau::http
