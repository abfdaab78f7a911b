// All readers of events, in a thread of their own: the log's files are read there, and nobody else
// waits for a disk or for a reader. A reader's connection comes from its worker when the head of
// the reply has been sent (connection.cc), and does not count among its listener's any more.
//
// Threads: Open and Take from any worker's; Start and Stop from the server's. After Stop, Take only
// closes.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "booking/engine.h"
#include "http/descriptor.h"
#include "http/event_stream.h"

namespace creneau::http {

class EventStreams {
 public:
  // `write_ms`: within which a reader takes a buffer.
  EventStreams(booking::Engine& engine, int64_t write_ms);
  ~EventStreams() { Stop(); }
  EventStreams(const EventStreams&) = delete;
  EventStreams& operator=(const EventStreams&) = delete;

  // A stream with a place; null: all are taken.
  std::unique_ptr<EventStream> Open(EventOrder order);
  void Take(Descriptor socket, std::unique_ptr<EventStream> stream);

  void Start();
  // Ends all streams, each with its last chunk where the reader takes it within a second.
  // Idempotent.
  void Stop();

 private:
  void Run();
  void TakeIn();
  int TurnAll(bool stopping);
  void Wait(int timeout_ms);
  bool Stopping();

  booking::Engine& engine_;
  const int64_t write_ms_;
  EventPlaces places_;
  const Descriptor wake_;  // eventfd: somebody came, or it is to stop

  std::mutex mutex_;
  std::vector<std::unique_ptr<EventStream>> coming_;
  bool stopped_ = true;

  // The thread's own.
  struct Reader {
    std::unique_ptr<EventStream> stream;
    bool wants_room = false;
  };
  std::vector<Reader> readers_;
  std::thread thread_;
};

}  // namespace creneau::http
