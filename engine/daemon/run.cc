#include "daemon/run.h"

#include <pthread.h>
#include <signal.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <ctime>
#include <memory>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "base/check.h"
#include "base/limits.h"
#include "booking/engine.h"
#include "daemon/descriptors.h"
#include "daemon/failsafe.h"
#include "daemon/notify.h"
#include "env/posix/posix_clock.h"
#include "env/posix/posix_entropy.h"
#include "env/posix/posix_file.h"
#include "http/callers.h"
#include "http/server.h"

namespace creneau::daemon {
namespace {

// How often a serving daemon looks whether there is something an operator should know.
constexpr time_t kLookEveryS = 1;

// The diary goes to stderr: stdout has the ready line and nothing else.
void OpenDiary(const std::string& level) {
  auto diary = std::make_shared<spdlog::logger>(
      "creneaud", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
  diary->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %^%l%$ %v");
  diary->set_level(spdlog::level::from_str(level));
  spdlog::set_default_logger(std::move(diary));
}

// SIGTERM, SIGINT and SIGHUP wait until the main thread asks for them; threads made later inherit
// that.
sigset_t HoldBackSignals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  // Both come back as errors of the call, where they have an answer: a closed connection, a failed
  // log.
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);
  return set;
}

// As many descriptors as the system lets us have: ten thousand people waiting are ten thousand
// sockets. Returns how many that are.
uint64_t RaiseDescriptorLimit() {
  rlimit limit{};
  CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
  const rlim_t before = std::exchange(limit.rlim_cur, limit.rlim_max);
  return setrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : before;
}

// How many connections may be open; nothing, said why, when that is too few to serve with.
std::optional<Connections> FitConnections(const Served& served) {
  const uint64_t descriptors = RaiseDescriptorLimit();
  const uint64_t needed = DescriptorsNeeded(served);
  if (descriptors < needed) {
    spdlog::critical(
        "the process may open {} files and sockets, and needs at least {} with {} threads: raise "
        "the hard limit (LimitNOFILE in the unit, ulimit -Hn in a shell){}",
        descriptors, needed, served.threads,
        served.threads > 1 ? ", or give it fewer --threads" : "");
    return std::nullopt;
  }
  const Connections connections = ConnectionsFor(descriptors, served);
  if (descriptors < DescriptorsForeseen(served)) {
    spdlog::warn(
        "the process may open {} files and sockets, so {} connections are served at once, not the "
        "{} foreseen{}; to have those, raise the hard limit (LimitNOFILE) to {}",
        descriptors, connections.citizens, limits::kMaxConnections,
        served.confirm_listener
            ? ", and " + std::to_string(connections.confirms) + " of those who confirm"
            : "",
        DescriptorsForeseen(served));
  }
  return connections;
}

http::ServerOptions ServerOptionsOf(const Options& options, const Connections& connections) {
  http::ServerOptions server;
  server.listen = options.listen;
  server.confirm = options.confirm_listen;
  server.admin_socket = options.admin;
  server.metrics = options.metrics;
  server.threads = options.threads;
  server.max_connections = connections.citizens;
  server.max_confirm_connections = connections.confirms;
  server.connections_per_address = options.connections_per_address;
  server.requests_per_address = options.requests_per_address;
  for (const std::string& proxy : options.proxies) {
    const absl::StatusOr<http::Network> network = http::ParseNetwork(proxy);
    CHECK(network.ok());  // Resolve has seen it
    server.proxies.push_back(*network);
  }
  server.trusted_network = options.trusted_network;
  server.staff_on_public = options.staff_on_public;
  return server;
}

int RefusedByEngine(const absl::Status& status) {
  spdlog::critical("{}", std::string(status.message()));
  if (absl::IsDataLoss(status)) return kExitIntegrity;
  return absl::IsFailedPrecondition(status) ? kExitRefused : kExitIo;
}

int RefusedByServer(const absl::Status& status) {
  spdlog::critical("{}", std::string(status.message()));
  return absl::IsInvalidArgument(status) ? kExitUsage : kExitIo;
}

void TellOfLoss(const Options& options, const booking::StartReport& report) {
  if (report.loss_known) {
    spdlog::info("the loss after position {} was accepted before; --accept-loss-after can go",
                 *options.accept_loss_after);
  }
  if (!report.loss) return;
  const codec::LossAccepted& loss = *report.loss;
  const auto utc = [](Instant at) { return absl::FormatTime(absl::FromUnixMillis(at.ms)); };
  spdlog::warn(
      "accepted: what came after position {} (batch {}, written {}) is lost. The log goes on in "
      "era {}; tickets given out before are void; names of reservations that were lost are never "
      "given out again. Tell whoever is concerned",
      loss.after.value, loss.after_batch, utc(loss.after_written_at), loss.era);
  if (loss.newest) {
    spdlog::warn("of what was lost is known: position {} at {} was signed, so at least {} records",
                 loss.newest->lsn.value, utc(loss.newest->at),
                 loss.newest->lsn.value - std::min(loss.newest->lsn, loss.after).value);
  } else {
    spdlog::warn("no checkpoint says how much that was");
  }
  for (const std::string& file : report.lost_aside)
    spdlog::warn("kept aside, and not read any more: {}", file);
}

void TellWhatStartFound(const Options& options, const booking::StartReport& report) {
  if (report.keys_made) {
    spdlog::warn(
        "keys were made in {} (mode 0600). Back them up now, apart from {}: without them no "
        "reservation's key is "
        "recognised and no applicant is known again; together with the log they name people",
        options.keys, options.data);
  }
  if (report.mac_key_made) {
    spdlog::warn(
        "mac.key was missing in {} and was made anew: tickets that were given out before are not "
        "known any more. Where a queue is open, put it back from its backup and start again",
        options.keys);
  }
  TellOfLoss(options, report);
  for (const std::string& note : report.peppers) spdlog::warn("{}", note);
  if (report.receipt_key_made) {
    spdlog::info(
        "receipt.key was made in {}: publish receipt.pub beside it, and keep both with the other "
        "keys' backup. Receipts that were given out before stay good by receipt.N.pub",
        options.keys);
  }
  if (report.recovery.torn) {
    spdlog::warn(
        "the log ended in a torn batch that was never acknowledged; it was kept aside in {}",
        report.recovery.torn_file);
  }
  for (const std::string& damaged : report.damaged_snapshots) {
    spdlog::error(
        "a snapshot could not be used: {}. An older one, or the whole log, was: nothing "
        "is lost. Take a new one (creneauctl snapshot save) and see to the disk",
        damaged);
  }
  if (report.unwitnessed) {
    spdlog::warn(
        "the last lines of {}/checkpoints were signed by another key than the one in {}, or were "
        "changed: this start has not held the log against them. If the key was not changed on "
        "purpose, stop, and restore checkpoint.key",
        options.data, options.keys);
  }
  if (options.trusted_network) {
    spdlog::warn(
        "trusted_network: addresses beyond loopback are allowed, and what passes there is not "
        "encrypted");
  }
}

// The one line on stdout. Scripts read it.
void SayReady(const Options& options, const http::Server& server,
              const booking::StartReport& report, int64_t took_ms) {
  std::string others;
  if (!options.metrics.empty()) others += " metrics=" + server.metrics_address();
  if (!options.confirm_listen.empty()) others += " confirm=" + server.confirm_address();
  std::printf(
      "creneaud ready on %s admin=%s data=%s%s agendas=%zu reservations=%zu recovered=%s in %lld "
      "ms\n",
      server.address().c_str(), options.admin.c_str(), options.data.c_str(), others.c_str(),
      report.agendas, report.reservations, report.recovery.torn ? "torn" : "clean",
      static_cast<long long>(took_ms));
  std::fflush(stdout);
}

// What the diary has told of already.
struct Told {
  bool read_only = false;
  uint64_t snapshots = 0;
  uint64_t failed_snapshots = 0;
  uint64_t failed_checkpoints = 0;
};

void LookAtSnapshots(const booking::SnapshotStats& stats, Told* told) {
  if (std::exchange(told->snapshots, stats.taken) != stats.taken && stats.last) {
    spdlog::info("snapshot {} was taken in {} ms: {} bytes, position {}", stats.last->number,
                 stats.last_duration_ms, stats.last->bytes, stats.last->position.value);
  }
  if (std::exchange(told->failed_snapshots, stats.failed) != stats.failed) {
    spdlog::error(
        "a snapshot failed, and is tried again in a minute: {}. Those taken before still "
        "count",
        stats.last_failure);
  }
}

// Tells when new holds begin and cease to be refused for want of disk, and of snapshots.
void LookAtDisk(const Options& options, const booking::Engine& engine, Told* told) {
  const booking::EngineStats stats = engine.stats();
  LookAtSnapshots(stats.snapshots, told);
  if (std::exchange(told->failed_checkpoints, stats.checkpoint_failures) !=
      stats.checkpoint_failures)
    spdlog::error("a checkpoint could not be written under {}: see to the disk", options.data);
  bool* const read_only = &told->read_only;
  if (stats.read_only == *read_only) return;
  *read_only = stats.read_only;
  if (*read_only) {
    spdlog::error(
        "the disk under {} is nearly full: new holds are refused, live ones can still be confirmed "
        "and cancelled. "
        "Make room for at least {} MiB there; holds are then accepted again, without a restart",
        options.data, (2 * options.segment_bytes) >> 20);
  } else {
    spdlog::info("the disk under {} has room again: new holds are accepted", options.data);
  }
}

// The keys of the staff anew: those that were revoked end now, those that were made begin.
void Reload(booking::Engine& engine) {
  const absl::Status status = engine.ReloadStaffKeys();
  if (status.ok()) {
    spdlog::info("SIGHUP: {} keys of the staff are known now", engine.staff().keys()->all().size());
  } else {
    spdlog::error("SIGHUP: the keys of the staff stay as they were: {}",
                  std::string(status.message()));
  }
}

void ServeUntilAsked(const Options& options, booking::Engine& engine, const sigset_t& signals) {
  Told told;
  const timespec pause{kLookEveryS, 0};
  while (true) {
    const int signal = sigtimedwait(&signals, nullptr, &pause);
    if (signal == SIGHUP) {
      Reload(engine);
      continue;
    }
    if (signal > 0) {
      spdlog::info("{}: stopping", signal == SIGTERM ? "SIGTERM" : "SIGINT");
      return;
    }
    if (errno == EAGAIN) LookAtDisk(options, engine, &told);
  }
}

}  // namespace

std::string Describe(const Options& options) {
  std::string text = "data=" + options.data + " keys=" + options.keys +
                     " listen=" + options.listen + " admin=" + options.admin;
  if (!options.confirm_listen.empty()) text += " confirm_listen=" + options.confirm_listen;
  if (!options.metrics.empty()) text += " metrics=" + options.metrics;
  text += " proxies=" + absl::StrJoin(options.proxies, ",") +
          " connections_per_address=" + std::to_string(options.connections_per_address) +
          " requests_per_address=" + std::to_string(options.requests_per_address);
  if (options.staff_on_public) text += " staff_on_public";
  return text + " threads=" + std::to_string(options.threads) +
         " segment_bytes=" + std::to_string(options.segment_bytes) +
         " snapshot_bytes=" + std::to_string(options.snapshot_bytes) +
         " log_level=" + options.log_level + " log_write=" + std::string(NameOf(options.log_write));
}

int Run(const Options& options) {
  OpenDiary(options.log_level);
  const sigset_t signals = HoldBackSignals();
  const std::optional<Connections> connections =
      FitConnections({options.threads, !options.confirm_listen.empty(), options.staff_on_public});
  if (!connections) return kExitUsage;

  env::PosixFileSystem files(options.log_write);
  const env::PosixClock clock;
  env::PosixEntropy entropy;
  const int64_t started_ns = clock.MonotonicNs();
  // Outlives the engine, whose log calls it.
  Failsafe failsafe(options.admin);
  booking::EngineOptions engine_options;
  engine_options.data = options.data;
  engine_options.keys = options.keys;
  engine_options.segment_bytes = options.segment_bytes;
  engine_options.snapshot_bytes = options.snapshot_bytes;
  if (options.accept_loss_after)
    engine_options.restoring.accept_loss_after = Lsn{*options.accept_loss_after};
  engine_options.restoring.published = options.published_checkpoint;
  auto engine =
      booking::Engine::Open(engine_options, files, clock, entropy,
                            [&failsafe](const absl::Status& status) { failsafe.Trip(status); });
  if (!engine.ok()) return RefusedByEngine(engine.status());
  spdlog::info("the log is written with {}", Describe(files.write_mode()));
  TellWhatStartFound(options, (*engine)->start_report());

  auto server = http::Server::Start(ServerOptionsOf(options, *connections), **engine);
  if (!server.ok()) return RefusedByServer(server.status());

  SayReady(options, **server, (*engine)->start_report(),
           (clock.MonotonicNs() - started_ns) / 1'000'000);
  NotifySystemd("READY=1");
  ServeUntilAsked(options, **engine, signals);
  NotifySystemd("STOPPING=1");
  // Whoever asks a second time means it: the process is then simply killed, which the log survives.
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  (*server)->Stop();
  const uint64_t unsigned_before = (*engine)->stats().checkpoint_failures;
  (*engine)->Close();
  if ((*engine)->stats().checkpoint_failures != unsigned_before)
    spdlog::error("the end of the log could not be signed in {}/checkpoints: see to the disk",
                  options.data);
  spdlog::info("stopped: the log is sealed at position {}", (*engine)->log().durable_lsn().value);
  return kExitOk;
}

}  // namespace creneau::daemon
