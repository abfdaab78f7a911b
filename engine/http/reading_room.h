// Where the answers of readings.h are made, so that no citizens' thread waits for a disk or reckons
// at length: one thread, that stands back for everybody else's where the processors are busy. A
// connection whose reply it is waits meanwhile, as others wait for the log. At most
// limits::kMaxReadings are asked for or being made; one more is refused. A place is given back when
// the reply has been written, before it is sent. What is done again and again is done once a second
// for each thread (ReadingShelf).
//
// Threads: Reserve and Ask from any; Start and Stop from the server's, Stop when nobody asks any
// more.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "base/instant.h"
#include "booking/engine.h"
#include "http/readings.h"

namespace creneau::http {

class ReadingRoom {
 public:
  explicit ReadingRoom(const booking::Engine& engine) : engine_(engine) {}
  ~ReadingRoom() { Stop(); }
  ReadingRoom(const ReadingRoom&) = delete;
  ReadingRoom& operator=(const ReadingRoom&) = delete;

  // With a place; null: there is none now.
  std::unique_ptr<Reading> Reserve(ReadingOrder order, std::string_view if_none_match, Instant now);
  // The waiter must last until it has been told.
  void Ask(Reading& reading, Reading::Waiter& waiter) noexcept;

  void Start();
  // Idempotent.
  void Stop();

 private:
  friend struct Reading;
  void Run();
  void Make(Reading& reading) noexcept;
  void Push(Reading& reading) noexcept;

  const booking::Engine& engine_;
  std::atomic<int> taken_{0};  // places; a count and nothing else hangs on it: relaxed
  // What was asked for and not yet taken, newest first. Pushed with release, taken whole with
  // acquire: that is how the room sees the order.
  std::atomic<Reading*> asked_{nullptr};
  Reading stop_{ReadingOrder(), {}, Instant()};  // once it is taken, the thread ends
  std::thread thread_;
};

}  // namespace creneau::http
