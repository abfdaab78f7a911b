#include "wal/bell.h"

#include <cerrno>
#include <ctime>

#include "base/check.h"

namespace creneau::wal {

Bell::Bell() { CHECK(::sem_init(&semaphore_, 0, 0) == 0); }
Bell::~Bell() { ::sem_destroy(&semaphore_); }
void Bell::Ring() { CHECK(::sem_post(&semaphore_) == 0); }
bool Bell::Take() { return ::sem_trywait(&semaphore_) == 0; }

bool Bell::WaitFor(int64_t wait_ns) {
  constexpr int64_t kNsPerSecond = 1'000'000'000;
  // Not the engine's Clock: this is how the system wants to be told how long, and no time that
  // anything is judged by.
  timespec until;
  CHECK(::clock_gettime(CLOCK_MONOTONIC, &until) == 0);
  until.tv_sec += wait_ns / kNsPerSecond;
  until.tv_nsec += wait_ns % kNsPerSecond;
  if (until.tv_nsec >= kNsPerSecond) {
    ++until.tv_sec;
    until.tv_nsec -= kNsPerSecond;
  }
  int result;
  do {
    result = ::sem_clockwait(&semaphore_, CLOCK_MONOTONIC, &until);
  } while (result != 0 && errno == EINTR);
  CHECK(result == 0 || errno == ETIMEDOUT);
  return result == 0;
}

}  // namespace creneau::wal
