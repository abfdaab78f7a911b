// What the figures were taken on, and with what build.
#include <sys/utsname.h>
#include <unistd.h>

#include <fstream>

#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "bench/creneau-bench/report.h"
#include "env/posix/posix_clock.h"

namespace creneau::bench {

Machine ThisMachine() {
  Machine machine;
  machine.cpus = static_cast<unsigned>(sysconf(_SC_NPROCESSORS_ONLN));
  machine.memory_mib = static_cast<uint64_t>(sysconf(_SC_PHYS_PAGES)) *
                           static_cast<uint64_t>(sysconf(_SC_PAGESIZE)) >>
                       20;
  std::ifstream cpuinfo("/proc/cpuinfo");
  for (std::string line; machine.model.empty() && std::getline(cpuinfo, line);) {
    if (line.rfind("model name", 0) == 0) machine.model = line.substr(line.find(':') + 2);
  }
  utsname name{};
  uname(&name);
  machine.kernel = std::string(name.sysname) + " " + name.release;
  machine.taken_at = absl::FormatTime(
      "%Y-%m-%dT%H:%M:%SZ", absl::FromUnixMillis(env::PosixClock().Now().ms), absl::UTCTimeZone());
  machine.version = CRENEAU_VERSION;
  machine.compiler = "g++ " __VERSION__;
  machine.build_type = CRENEAU_BUILD_TYPE;
  return machine;
}

}  // namespace creneau::bench
