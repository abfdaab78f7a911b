// Where connections go on that came to the public listener with a key of the staff: acts of the
// staff wait for the log, for snapshots and for one another, and must not hold up citizens'
// threads. So the thread that has read such a head, and found that the key stands, gives the
// connection away for good, with the bytes that have come, that request's included; a thread of the
// staff's own serves it from there, and asks for the key again with each request.
//
// Nobody takes a place here without a key that stands; nobody takes all of them, whatever keys he
// has (limits::kStaffConnectionsPerPerson); and a key that stands no more keeps none: its
// connections end when nothing is under way on them, and what is asked with it is refused first.
//
// Threads: any; Attach before there are any.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "base/instant.h"
#include "base/limits.h"
#include "booking/actor.h"
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
    Place(StaffDesk& desk, const booking::Actor& actor)
        : desk_(&desk), person_(actor.person), key_(actor.key) {}
    Place(Place&& other) noexcept { *this = std::move(other); }
    Place& operator=(Place&& other) noexcept {
      std::swap(desk_, other.desk_);
      person_.swap(other.person_);
      key_.swap(other.key_);
      return *this;
    }
    ~Place() {
      if (desk_ != nullptr) desk_->GiveBack(person_);
    }
    explicit operator bool() const { return desk_ != nullptr; }
    // By the id of which it was taken.
    const std::string& key() const { return key_; }

   private:
    StaffDesk* desk_ = nullptr;
    std::string person_;
    std::string key_;
  };
  // Without one when there is none left for that person.
  Place Reserve(const booking::Actor& actor) {
    const std::lock_guard lock(mutex_);
    if (free_ == 0) return Place();
    const auto taken = by_person_.try_emplace(std::string(actor.person), 0).first;
    if (taken->second == limits::kStaffConnectionsPerPerson) return Place();
    Place place(*this, actor);  // memory may end until here; a name without places does no harm
    ++taken->second;
    --free_;
    return place;
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
  void GiveBack(const std::string& person) {
    const std::lock_guard lock(mutex_);
    ++free_;
    const auto taken = by_person_.find(person);
    if (--taken->second == 0) by_person_.erase(taken);
  }

  // Held for so long as it takes to count, by who has come with a good key and no one else.
  std::mutex mutex_;
  int64_t free_;
  std::map<std::string, int, std::less<>> by_person_;
  Host* host_ = nullptr;
};

}  // namespace creneau::http
