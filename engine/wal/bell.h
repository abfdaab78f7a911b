// What the log thread sleeps on until somebody pushes: a POSIX semaphore, which is one futex.
//
// Not std::counting_semaphore: in libstdc++ 12 its timed wait does not block but polls, in sleeps
// that grow to half of what has passed, so that a commit that comes after 200 us of silence waits
// 100 us more. Not a condition variable: ringing would take a lock.
//
// Any thread may ring and take; rings are counted.
#pragma once

#include <semaphore.h>

#include <cstdint>

namespace creneau::wal {

class Bell {
 public:
  Bell();
  ~Bell();
  Bell(const Bell&) = delete;
  Bell& operator=(const Bell&) = delete;

  // A system call only where somebody sleeps.
  void Ring();
  // Uses up a ring, where there is one.
  bool Take();
  // The same, and sleeps until there is one, `wait_ns` at most.
  bool WaitFor(int64_t wait_ns);

 private:
  sem_t semaphore_;
};

}  // namespace creneau::wal
