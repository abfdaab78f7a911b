#include "http/reading_room.h"

#include <pthread.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <exception>

#include "base/limits.h"

namespace creneau::http {
namespace {

// A tenth of what another thread gets where both want a processor; the rest where none does.
constexpr int kNice = 10;
// Others may give memory back meanwhile.
constexpr std::chrono::milliseconds kFailurePause{20};

}  // namespace

Reading::~Reading() {
  if (room != nullptr) room->taken_.fetch_sub(1, std::memory_order_relaxed);
}

std::unique_ptr<Reading> ReadingRoom::Reserve(ReadingOrder order, std::string_view if_none_match,
                                              Instant now) {
  auto reading = std::make_unique<Reading>(std::move(order), if_none_match, now);
  reading->room = this;  // gives it back
  if (taken_.fetch_add(1, std::memory_order_relaxed) >= limits::kMaxReadings) return nullptr;
  return reading;
}

void ReadingRoom::Push(Reading& reading) noexcept {
  reading.next = asked_.load(std::memory_order_relaxed);
  while (!asked_.compare_exchange_weak(reading.next, &reading, std::memory_order_release,
                                       std::memory_order_relaxed)) {
  }
  asked_.notify_one();
}

void ReadingRoom::Ask(Reading& reading, Reading::Waiter& waiter) noexcept {
  reading.waiter = &waiter;
  Push(reading);
}

void ReadingRoom::Start() {
  thread_ = std::thread([this] { Run(); });
}

void ReadingRoom::Stop() {
  if (!thread_.joinable()) return;
  Push(stop_);
  thread_.join();
}

void ReadingRoom::Run() {
  pthread_setname_np(pthread_self(), "reading-room");
  if (setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNice) != 0)
    spdlog::warn("the thread that reads for everybody could not be made a patient one");
  for (bool last = false; !last;) {
    asked_.wait(nullptr, std::memory_order_acquire);
    Reading* first = nullptr;
    for (Reading* newest = asked_.exchange(nullptr, std::memory_order_acquire);
         newest != nullptr;) {
      Reading* const older = newest->next;
      newest->next = first;
      first = newest;
      newest = older;
    }
    while (first != nullptr) {
      Reading* const next = first->next;  // it is its waiter's once that has been told
      last = last || first == &stop_;
      if (first != &stop_) Make(*first);
      first = next;
    }
  }
}

// Whoever waits must be told, whatever happens.
void ReadingRoom::Make(Reading& reading) noexcept {
  try {
    reading.document = Read(reading.order, engine_, engine_.clock().Now());
  } catch (const std::exception& error) {
    spdlog::error("an answer could not be read: {}", error.what());
    reading.document = Document{.outcome = Outcome::kOverloaded};
  }
  reading.is_made = true;
  for (;;) {
    try {
      return reading.waiter->HasBeenRead();
    } catch (const std::exception& error) {
      spdlog::error("an answer waits for memory: {}", error.what());
      std::this_thread::sleep_for(kFailurePause);
    }
  }
}

}  // namespace creneau::http
