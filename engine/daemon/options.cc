#include "daemon/options.h"

#include <sys/un.h>

#include <algorithm>
#include <array>
#include <string>

#include "absl/status/statusor.h"
#include "http/callers.h"
#include "http/listen.h"

namespace creneau::daemon {
namespace {

// The path of a Unix socket must fit in here with its closing zero.
constexpr size_t kMaxSocketPath = sizeof(sockaddr_un::sun_path) - 1;
constexpr std::string_view kSocketPathTooLong =
    "the path of a Unix socket has at most 107 bytes; give a shorter one with --admin";
static_assert(kMaxSocketPath == 107);
constexpr std::array<std::string_view, 6> kLogLevels = {"trace", "debug", "info",
                                                        "warn",  "error", "off"};

template <typename T>
const Given<T>* Effective(const std::optional<Given<T>>& flag,
                          const std::optional<Given<T>>& file) {
  if (flag.has_value()) return &*flag;
  return file.has_value() ? &*file : nullptr;
}

template <typename T>
void Blame(const Given<T>* given, std::string_view key, std::string_view problem,
           rules::Diagnostics* errors) {
  std::string name(key);
  if (given != nullptr && given->line == 0) {
    std::replace(name.begin(), name.end(), '_', '-');
    name = "--" + name;
  }
  std::string message = name + ": " + std::string(problem);
  errors->push_back({given ? given->line : 0, given ? given->column : 0, std::move(message)});
}

// Whether the front end can listen there. Beyond loopback everything is readable on the wire: there
// is no TLS inside (design 7).
std::string CheckedAddress(const Given<std::string>& given, std::string_view key,
                           bool trusted_network, rules::Diagnostics* errors) {
  const absl::StatusOr<http::Address> address = http::ParseAddress(given.value);
  if (!address.ok()) {
    Blame(&given, key, std::string(address.status().message()), errors);
  } else if (!address->loopback && !trusted_network) {
    Blame(&given, key,
          given.value +
              " is beyond loopback, and creneaud has no TLS: put nginx in front on 127.0.0.1, or, "
              "where the network between is trusted, say `trusted_network = true` in the --config "
              "file",
          errors);
  } else if (address->unix_path.size() > kMaxSocketPath) {
    Blame(&given, key, "the path of a Unix socket has at most 107 bytes", errors);
  }
  return given.value;
}

void ResolveSizes(const Settings& flags, const Settings& file, int processors, Options* options,
                  rules::Diagnostics* errors) {
  options->threads = std::clamp(processors, 1, kMaxThreads);
  if (const auto* threads = Effective(flags.threads, file.threads)) {
    if (threads->value < 1 || threads->value > kMaxThreads) {
      Blame(threads, "threads", "expected 1 to " + std::to_string(kMaxThreads), errors);
    } else {
      options->threads = static_cast<int>(threads->value);
    }
  }
  if (const auto* bytes = Effective(flags.segment_bytes, file.segment_bytes)) {
    const int64_t least = limits::kMinSegmentBytes;
    const bool fits = bytes->value >= least && bytes->value <= kMaxSegmentBytes &&
                      bytes->value % static_cast<int64_t>(limits::kPageBytes) == 0;
    if (fits) {
      options->segment_bytes = static_cast<uint64_t>(bytes->value);
    } else if (bytes->line == 0) {
      Blame(bytes, "segment_bytes",
            "expected " + std::to_string(least) + " to " + std::to_string(kMaxSegmentBytes) +
                ", a multiple of " + std::to_string(limits::kPageBytes),
            errors);
    } else {
      Blame(bytes, "segment_mib",
            "expected " + std::to_string(least >> 20) + " to " +
                std::to_string(kMaxSegmentBytes >> 20),
            errors);
    }
  }
}

void ResolveCallers(const Settings& flags, const Settings& file, Options* options,
                    rules::Diagnostics* errors) {
  if (const auto* proxies = Effective(flags.proxies, file.proxies)) {
    options->proxies = proxies->value;
    for (const std::string& proxy : proxies->value) {
      const absl::Status status = http::ParseNetwork(proxy).status();
      if (status.ok()) continue;
      Blame(proxies, proxies->line == 0 ? "proxy" : "proxies", std::string(status.message()),
            errors);
    }
  }
  if (const auto* each = Effective(flags.connections_per_address, file.connections_per_address)) {
    options->connections_per_address = static_cast<size_t>(each->value);
    if (each->value < 1 || each->value > int64_t{limits::kMaxConnections}) {
      Blame(each, "connections_per_address",
            "expected 1 to " + std::to_string(limits::kMaxConnections), errors);
    }
  }
  if (const auto* each = Effective(flags.requests_per_address, file.requests_per_address)) {
    options->requests_per_address = static_cast<uint32_t>(each->value);
    if (each->value < 0 || each->value > int64_t{limits::kRequestsPerAddressMax}) {
      Blame(each, "requests_per_address",
            "expected 0 to " + std::to_string(limits::kRequestsPerAddressMax) +
                "; 0 lets as many come as will",
            errors);
    }
  }
}

void ResolveSnapshots(const Settings& flags, const Settings& file, Options* options,
                      rules::Diagnostics* errors) {
  const auto* bytes = Effective(flags.snapshot_bytes, file.snapshot_bytes);
  if (bytes == nullptr) return;
  options->snapshot_bytes = static_cast<uint64_t>(bytes->value);
  if (bytes->value >= 0 && bytes->value <= kMaxSnapshotBytes) return;
  const bool by_flag = bytes->line == 0;
  Blame(bytes, by_flag ? "snapshot_bytes" : "snapshot_mib",
        "expected 0 to " + std::to_string(by_flag ? kMaxSnapshotBytes : kMaxSnapshotBytes >> 20) +
            "; 0 takes none by itself",
        errors);
}

void ResolveRestoring(const Settings& flags, Options* options, rules::Diagnostics* errors) {
  if (flags.published_checkpoint) options->published_checkpoint = flags.published_checkpoint->value;
  const auto& after = flags.accept_loss_after;
  if (!after) return;
  options->accept_loss_after = static_cast<uint64_t>(after->value);
  if (after->value < 0)
    Blame(&*after, "accept_loss_after", "expected the position at which the log ends", errors);
}

void ResolveDiary(const Settings& flags, const Settings& file, Options* options,
                  rules::Diagnostics* errors) {
  const auto* level = Effective(flags.log_level, file.log_level);
  if (level == nullptr) return;
  options->log_level = level->value;
  if (std::find(kLogLevels.begin(), kLogLevels.end(), level->value) == kLogLevels.end()) {
    Blame(level, "log_level",
          "expected trace, debug, info, warn, error or off, got \"" + level->value + "\"", errors);
  }
}

void ResolveLogWrite(const Settings& flags, const Settings& file, Options* options,
                     rules::Diagnostics* errors) {
  const auto* write = Effective(flags.log_write, file.log_write);
  if (write == nullptr) return;
  for (const env::WriteMode mode :
       {env::WriteMode::kMeasured, env::WriteMode::kDirect, env::WriteMode::kBuffered}) {
    if (write->value != NameOf(mode)) continue;
    options->log_write = mode;
    return;
  }
  Blame(write, "log_write", "expected auto, direct or buffered, got \"" + write->value + "\"",
        errors);
}

void ResolvePaths(const Settings& flags, const Settings& file, Options* options,
                  rules::Diagnostics* errors) {
  const auto* data = Effective(flags.data, file.data);
  if (data == nullptr) {
    errors->push_back(
        {0, 0, "no data directory: give --data DIR, or `data = \"DIR\"` in the file"});
    return;
  }
  const auto* keys = Effective(flags.keys, file.keys);
  const auto* admin = Effective(flags.admin, file.admin);
  options->data = data->value;
  options->keys = keys ? keys->value : data->value + "/keys";
  options->admin = admin ? admin->value : data->value + "/admin.sock";
  if (data->value.empty()) Blame(data, "data", "expected a directory, got \"\"", errors);
  if (keys && keys->value.empty()) Blame(keys, "keys", "expected a directory, got \"\"", errors);
  if (options->admin.empty()) Blame(admin, "admin", "expected a path, got \"\"", errors);
  if (options->admin.size() > kMaxSocketPath) {
    Blame(admin, "admin", kSocketPathTooLong, errors);
  }
}

}  // namespace

std::string_view NameOf(env::WriteMode mode) {
  switch (mode) {
    case env::WriteMode::kMeasured:
      return "auto";
    case env::WriteMode::kDirect:
      return "direct";
    case env::WriteMode::kBuffered:
      break;
  }
  return "buffered";
}

Options Resolve(const Settings& flags, const Settings& file, int processors,
                rules::Diagnostics* errors) {
  Options options;
  ResolvePaths(flags, file, &options, errors);
  ResolveSizes(flags, file, processors, &options, errors);
  ResolveSnapshots(flags, file, &options, errors);

  options.trusted_network = file.trusted_network && file.trusted_network->value;
  const auto* staff = Effective(flags.staff_on_public, file.staff_on_public);
  options.staff_on_public = staff != nullptr && staff->value;
  const Given<std::string> usual{"127.0.0.1:8080", 0, 0};
  const auto* listen = Effective(flags.listen, file.listen);
  options.listen =
      CheckedAddress(listen ? *listen : usual, "listen", options.trusted_network, errors);
  if (const auto* confirm = Effective(flags.confirm_listen, file.confirm_listen)) {
    options.confirm_listen =
        CheckedAddress(*confirm, "confirm_listen", options.trusted_network, errors);
  }
  if (const auto* metrics = Effective(flags.metrics, file.metrics)) {
    options.metrics = CheckedAddress(*metrics, "metrics", options.trusted_network, errors);
  }
  ResolveRestoring(flags, &options, errors);
  ResolveCallers(flags, file, &options, errors);
  ResolveDiary(flags, file, &options, errors);
  ResolveLogWrite(flags, file, &options, errors);
  return options;
}

}  // namespace creneau::daemon
