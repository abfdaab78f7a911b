#include "base/check.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace creneau {

void CheckFailed(const char* file, int line, const char* expression) {
  char message[512];
  const int length =
      std::snprintf(message, sizeof message,
                    "creneau: CHECK failed at %s:%d: %s. This is a bug in Creneau; nothing "
                    "acknowledged is lost, the log is the truth. Keep it and report this line.\n",
                    file, line, expression);
  if (length > 0) {
    // The result does not matter: the process ends either way.
    [[maybe_unused]] const auto written =
        ::write(STDERR_FILENO, message,
                static_cast<size_t>(length) < sizeof message ? static_cast<size_t>(length)
                                                             : sizeof message - 1);
  }
  std::abort();
}

}  // namespace creneau
