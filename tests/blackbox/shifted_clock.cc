// Loaded into a program (LD_PRELOAD), has it live so many seconds later than it is: a draw takes
// days, and its test must not. Only the calendar's clock is shifted; how fast time goes is not.
#include <dlfcn.h>
#include <time.h>

#include <cstdlib>

namespace {

using ClockGettime = int (*)(clockid_t, timespec*);

time_t ShiftS() {
  static const time_t shift = [] {
    const char* const text = std::getenv("CRENEAU_TEST_SHIFT_S");
    return text == nullptr ? 0 : static_cast<time_t>(std::strtoll(text, nullptr, 10));
  }();
  return shift;
}

}  // namespace

extern "C" int clock_gettime(clockid_t id, timespec* now) {
  static const auto real = reinterpret_cast<ClockGettime>(dlsym(RTLD_NEXT, "clock_gettime"));
  const int failed = real(id, now);
  if (failed == 0 && id == CLOCK_REALTIME) now->tv_sec += ShiftS();
  return failed;
}
