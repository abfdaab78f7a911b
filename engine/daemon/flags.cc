#include "daemon/flags.h"

#include <CLI/CLI.hpp>
#include <sstream>
#include <string>
#include <vector>

namespace creneau::daemon {
namespace {

constexpr const char* kAbout = R"(Examples:
  creneaud --data /var/lib/creneau                        on 127.0.0.1:8080
  creneaud --config /etc/creneau/creneaud.toml --check    is the file right? (exit 0 or 2)
  creneaud --data ./data --listen 127.0.0.1:0             a free port, said in the ready line

The slot reservation engine. Everything a flag says the TOML file can say under the same name (segment_mib for
--segment-bytes, snapshot_mib for --snapshot-bytes, a list `proxies` for --proxy, trusted_network only there),
but what is said of a restored log; flags beat the file.

Exit codes: 0 ended on SIGTERM or SIGINT, 2 usage or configuration, 3 another process has the data, 5 the log is
damaged (nothing was changed), 7 a disk or socket failed.)";

template <typename T>
void Take(const CLI::Option* option, const T& value, std::optional<Given<T>>* to) {
  if (option->count() > 0) *to = Given<T>{value};
}

// Who may come, and how much of it.
struct CallerFlags {
  explicit CallerFlags(CLI::App& app) {
    proxy_flag =
        app.add_option("--proxy", proxies,
                       "ADDRESS or ADDRESS/BITS of a proxy, which has no cap on connections, and "
                       "whose X-Forwarded-For is believed; once for each, instead of [127.0.0.0/8, "
                       "::1]")
            ->allow_extra_args(false);
    each_flag =
        app.add_option("--connections-per-address", connections_per_address,
                       "connections of one address that is no proxy's; an IPv6 /64 counts as one "
                       "[1024]");
    rate_flag =
        app.add_option("--requests-per-address", requests_per_address,
                       "requests a second of one address, or of one behind a proxy, ten times as "
                       "many at once; never of whoever holds a seat; 0: no cap [200]");
    staff_flag = app.add_flag("--staff-on-public", staff_on_public,
                              "the staff's routes answer at --listen too, to whoever has a key "
                              "(creneauctl key) and to nobody else");
  }

  void TakeInto(Settings* settings) const {
    Take(proxy_flag, proxies, &settings->proxies);
    Take(each_flag, connections_per_address, &settings->connections_per_address);
    Take(rate_flag, requests_per_address, &settings->requests_per_address);
    Take(staff_flag, staff_on_public, &settings->staff_on_public);
  }

  std::vector<std::string> proxies;
  int64_t connections_per_address = 0;
  int64_t requests_per_address = 0;
  bool staff_on_public = false;
  const CLI::Option* proxy_flag;
  const CLI::Option* each_flag;
  const CLI::Option* rate_flag;
  const CLI::Option* staff_flag;
};

// What is said once, of a log that was restored.
struct RestoringFlags {
  explicit RestoringFlags(CLI::App& app) {
    after_flag =
        app.add_option("--accept-loss-after", after,
                       "the position at which a restored log ends: what came after it is lost, and "
                       "the log goes on in a new epoch. Tickets given out before are void");
    published_flag = app.add_option(
        "--published-checkpoint", published,
        "FILE of checkpoints that were published, which the log must continue, as it must the last "
        "line of DATA/checkpoints");
  }

  void TakeInto(Settings* settings) const {
    Take(after_flag, after, &settings->accept_loss_after);
    Take(published_flag, published, &settings->published_checkpoint);
  }

  int64_t after = 0;
  std::string published;
  const CLI::Option* after_flag;
  const CLI::Option* published_flag;
};

}  // namespace

Flags ParseFlags(int argc, const char* const* argv) {
  CLI::App app{kAbout, "creneaud"};
  Flags flags;
  std::string data, keys, listen, confirm_listen, admin, metrics, log_level, log_write, config;
  int64_t threads = 0;
  int64_t segment_bytes = 0;
  int64_t snapshot_bytes = 0;
  const auto* data_flag = app.add_option("--data", data, "directory of the log; made when missing");
  const auto* keys_flag = app.add_option("--keys", keys, "directory of the keys [DATA/keys]");
  const auto* listen_flag =
      app.add_option("--listen", listen, "HOST:PORT for citizens' routes [127.0.0.1:8080]");
  const auto* confirm_flag =
      app.add_option("--confirm-listen", confirm_listen,
                     "HOST:PORT or unix:PATH where a reservation is confirmed, cancelled, extended "
                     "and read, and nothing else: out of the crowd's way");
  const auto* admin_flag =
      app.add_option("--admin", admin, "Unix socket for operators [DATA/admin.sock]");
  const auto* metrics_flag =
      app.add_option("--metrics", metrics, "HOST:PORT for /livez, /readyz and /metrics as well");
  CallerFlags callers(app);
  RestoringFlags restoring(app);
  const auto* threads_flag = app.add_option("--threads", threads, "I/O threads [processors]");
  const auto* segment_flag =
      app.add_option("--segment-bytes", segment_bytes, "size of a log file [67108864]");
  const auto* snapshot_flag =
      app.add_option("--snapshot-bytes", snapshot_bytes,
                     "take a snapshot when the log has grown by so much; 0: never [1073741824]");
  const auto* level_flag =
      app.add_option("--log-level", log_level, "trace, debug, info, warn, error or off [info]");
  const auto* write_flag = app.add_option(
      "--log-write", log_write,
      "direct (O_DIRECT|O_DSYNC), buffered (fdatasync), or auto: measured at start [auto]");
  const auto* config_flag = app.add_option("--config", config, "TOML file");
  app.add_flag("--check", flags.check, "validate flags and file, say what would run, and end");
  app.set_version_flag("--version", "creneaud " CRENEAU_VERSION);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::ostringstream out;
    std::ostringstream err;
    flags.exit_code = app.exit(error, out, err) == 0 ? 0 : 2;
    flags.output = *flags.exit_code == 0 ? out.str() : err.str();
    return flags;
  }
  Take(data_flag, data, &flags.settings.data);
  Take(keys_flag, keys, &flags.settings.keys);
  Take(listen_flag, listen, &flags.settings.listen);
  Take(confirm_flag, confirm_listen, &flags.settings.confirm_listen);
  callers.TakeInto(&flags.settings);
  restoring.TakeInto(&flags.settings);
  Take(admin_flag, admin, &flags.settings.admin);
  Take(metrics_flag, metrics, &flags.settings.metrics);
  Take(level_flag, log_level, &flags.settings.log_level);
  Take(write_flag, log_write, &flags.settings.log_write);
  Take(threads_flag, threads, &flags.settings.threads);
  Take(segment_flag, segment_bytes, &flags.settings.segment_bytes);
  Take(snapshot_flag, snapshot_bytes, &flags.settings.snapshot_bytes);
  if (config_flag->count() > 0) flags.config = config;
  return flags;
}

}  // namespace creneau::daemon
