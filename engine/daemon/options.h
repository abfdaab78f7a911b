// What creneaud is told: by flags, by one TOML file, and what it makes of both. Flags beat the
// file; what neither says has a default. Pure: nothing here opens a file or a socket.
//
// Errors are diagnostics: with line and column when the file is to blame, with line 0 and the
// flag's name when a flag is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "env/posix/write_mode.h"
#include "rules/diagnostic.h"

namespace creneau::daemon {

// A value as somebody gave it, with its place in the file; line 0: by flag.
template <typename T>
struct Given {
  T value{};
  int line = 0;
  int column = 0;
};

// What one source says. The same keys in the file as flags on the command line; `trusted_network`
// has no flag, since it is a statement about the machine and belongs where it is reviewed.
struct Settings {
  std::optional<Given<std::string>> data;
  std::optional<Given<std::string>> keys;
  std::optional<Given<std::string>> listen;
  std::optional<Given<std::string>> confirm_listen;
  std::optional<Given<std::string>> admin;
  std::optional<Given<std::string>> metrics;
  std::optional<Given<std::string>> log_level;
  std::optional<Given<std::string>> log_write;
  std::optional<Given<std::vector<std::string>>> proxies;  // --proxy, once for each
  std::optional<Given<int64_t>> connections_per_address;
  std::optional<Given<int64_t>> requests_per_address;
  std::optional<Given<int64_t>> threads;
  std::optional<Given<int64_t>> segment_bytes;   // segment_mib in the file
  std::optional<Given<int64_t>> snapshot_bytes;  // snapshot_mib in the file
  std::optional<Given<bool>> trusted_network;
  // Flags only, as they are about this start. A position in the log; a file of checkpoints.
  std::optional<Given<int64_t>> accept_loss_after;
  std::optional<Given<std::string>> published_checkpoint;
  std::optional<Given<bool>> staff_on_public;
};

// Exactly what creneaud runs with.
struct Options {
  std::string data;
  std::string keys;            // default DATA/keys
  std::string admin;           // default DATA/admin.sock
  std::string listen;          // default 127.0.0.1:8080; port 0 picks a free one
  std::string confirm_listen;  // empty: those who confirm come by `listen` as well
  std::string metrics;         // empty: only on the admin socket
  // Addresses of proxies, which may open as many connections as there are, and how many each other
  // address may; and how many requests a second come from one address, or from one behind a proxy;
  // 0: as many as it likes.
  std::vector<std::string> proxies = {"127.0.0.0/8", "::1"};
  size_t connections_per_address = limits::kConnectionsPerAddress;
  uint32_t requests_per_address = limits::kRequestsPerAddress;
  bool trusted_network = false;
  std::optional<uint64_t> accept_loss_after;  // an older backup was restored (booking/loss.h)
  std::string published_checkpoint;           // file; empty: none
  bool staff_on_public = false;               // the staff's routes answer at `listen` too, to keys
  int threads = 1;                            // default: the processors
  uint64_t segment_bytes = limits::kDefaultSegmentBytes;
  // A snapshot when the log has grown by so many bytes; 0: only when asked for. A gigabyte of log
  // is read in some ten seconds.
  uint64_t snapshot_bytes = uint64_t{1} << 30;
  std::string log_level = "info";
  // How the log's writes are made durable; kMeasured is `auto`.
  env::WriteMode log_write = env::WriteMode::kMeasured;
};

inline constexpr int kMaxThreads = 256;
inline constexpr int64_t kMaxSegmentBytes =
    int64_t{1} << 30;  // preallocated with zeros at start: a second or two

inline constexpr int64_t kMaxSnapshotBytes = int64_t{1} << 40;

// "auto", "direct" or "buffered".
std::string_view NameOf(env::WriteMode mode);

// Whether every value is right, and the whole: with any error, the options are not to be used.
Options Resolve(const Settings& flags, const Settings& file, int processors,
                rules::Diagnostics* errors);

}  // namespace creneau::daemon
