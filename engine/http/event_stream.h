// One reader of events, after the head of its reply: reads a piece of the log, writes a chunk,
// waits for room or for the log. Never more than a buffer of what the reader has not taken; a
// reader that does not take a buffer within the deadline is cut off, and comes back with its LSN.
//
// Ends, with the last chunk, once its time is over and it has been told all, or when the server
// stops; without it when the reader is cut off or the log cannot be read: then its last line may be
// a part of one.
//
// One thread at a time.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "booking/actor.h"
#include "booking/event_feed.h"
#include "http/descriptor.h"
#include "http/event_text.h"

namespace creneau::http {

struct EventOrder {
  Lsn after;
  bool from_now = false;  // the reader has not said after what, and is told that first
  EventForm form = EventForm::kLines;
  std::optional<int64_t> wait_ms;  // absent: until either side ends it
  std::string agenda;              // of this one only; empty: of all that the reader may know of
  // Who reads: an Actor's, kept.
  rules::Role role = rules::Role::kOperator;
  std::string person;
  std::string key;
  std::vector<std::string> agendas;

  booking::Actor Actor() const { return {role, person, key, agendas}; }
  bool IsOf(const booking::PublicEvent& event) const;
};

// How many streams there are, and what they may come to in memory. Any thread.
class EventPlaces {
 public:
  // One of them; given back when it goes.
  class Place {
   public:
    Place(EventPlaces& places, size_t bytes) : places_(places), bytes_(bytes) {}
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() {
      places_.streams_.fetch_sub(1);
      places_.bytes_.fetch_sub(bytes_);
    }

   private:
    EventPlaces& places_;
    const size_t bytes_;
  };

  // For one that may come to `bytes`, of which the first always gets its place; null: all are
  // taken.
  std::unique_ptr<Place> Take(size_t bytes);

 private:
  std::atomic<int> streams_{0};
  std::atomic<size_t> bytes_{0};
};

class EventStream {
 public:
  EventStream(std::unique_ptr<EventPlaces::Place> place, std::unique_ptr<booking::EventFeed> feed,
              EventOrder order, int64_t now_ns);

  // What it writes to, which does not block. Once, first of all.
  void Attach(Descriptor socket) { socket_ = std::move(socket); }
  int socket() const { return socket_.get(); }
  const EventOrder& order() const { return order_; }

  enum class Wants {
    kTurn,  // there is more to do now
    kRoom,  // the reader must take something first
    kLog,   // all has been told
    kEnd,
  };
  // Does a piece of work, of ten milliseconds at most; the first one reads a snapshot.
  // `stopping`: it is to end. May throw where memory ends, and is then over.
  Wants Turn(int64_t now_ns, int64_t write_ms, bool stopping);

 private:
  void Fill(int64_t now_ns, bool stopping);
  bool Read();
  void TellPosition();
  Wants Send(int64_t now_ns, int64_t write_ms);
  bool IsGone() const;

  const std::unique_ptr<EventPlaces::Place> place_;  // ends last
  const std::unique_ptr<booking::EventFeed> feed_;
  const EventOrder order_;
  const int64_t until_ns_;
  Descriptor socket_;
  Lsn told_;         // the reader knows of: the latest event's, or position's
  int64_t told_ns_;  // when
  bool began_ = false;
  bool caught_up_ = false;
  bool last_ = false;    // out_ ends with the last chunk
  bool failed_ = false;  // the log cannot be read
  std::string text_;     // lines, before they are a chunk
  std::string out_;
  size_t sent_ = 0;  // of out_
  std::optional<int64_t> blocked_since_ns_;
};

}  // namespace creneau::http
