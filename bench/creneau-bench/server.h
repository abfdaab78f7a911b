// The server that is measured: a creneaud of our own on a private directory, with agendas that have
// seats enough; and the CPU time of any server whose process is on this machine. One thread.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "bench/creneau-bench/options.h"

namespace creneau::bench {

struct AgendaText {
  std::string name;
  std::string toml;
};
// Through an admin socket; new ones.
absl::Status PublishAgendas(const std::string& admin, const std::vector<AgendaText>& agendas);

class OwnServer {
 public:
  OwnServer() = default;
  // Kills what is still running, and removes the directory unless it is to be kept, or is all that
  // tells why creneaud ended.
  ~OwnServer();
  OwnServer(const OwnServer&) = delete;
  OwnServer& operator=(const OwnServer&) = delete;

  // Starts it, without agendas. Errors say what creneaud said.
  absl::Status Start(const Options& options);
  absl::Status Publish(const std::vector<AgendaText>& agendas);
  // Whether it has ended without being asked to.
  bool Ended() const;
  // SIGKILL. Then Revive, now and again, until it returns true: it has been started again on the
  // same directory, at the same addresses, and is ready. Neither waits. Its errors are those of
  // Start.
  void Kill();
  absl::StatusOr<bool> Revive();
  // SIGTERM, and waits. Unavailable when it had ended before, Internal when it does not end well:
  // both say how, with the last line of its diary, and leave its directory.
  absl::Status Stop();

  const std::string& address() const { return address_; }
  const std::string& confirm_address() const { return confirm_address_; }  // empty: has none
  const std::string& admin() const { return admin_; }                      // its socket
  const std::vector<std::string>& agendas() const { return agendas_; }
  pid_t pid() const { return pid_; }
  const std::string& dir() const { return dir_; }

 private:
  absl::Status MakeDirectory(const Options& options);
  absl::Status Spawn();
  absl::Status AwaitReady();
  absl::Status HearReady(bool* ready);
  std::string LastWords(size_t most = 600) const;  // the end of its diary
  std::string LeftBehind();  // its last line, and where its directory is, which stays

  std::string dir_;
  std::vector<std::string> made_;  // above it, that were not there before; the innermost first
  bool keep_ = false;
  bool came_up_ = false;
  Options options_;
  pid_t pid_ = -1;
  int from_child_ = -1;
  std::string said_;  // by it, on stdout
  enum class Life { kUp, kDying, kStarting };
  Life life_ = Life::kUp;
  std::string address_;
  std::string confirm_address_;
  std::string admin_;
  std::vector<std::string> agendas_;
};

// The text of an agenda that is open all the time and has room for `seats` people, 64 in each slot,
// from tomorrow on. `today` is days since 1970-01-01.
std::string AgendaToml(const std::string& name, double seats, int32_t today);
// options.own_agendas of them, with seats for the run.
std::vector<AgendaText> OpenAgendas(const Options& options);
// Seats that such an agenda can have at most.
double MostSeatsOfAnAgenda();

// CPU seconds, user and system, that processes have used so far. NotFound when there is no such
// one.
absl::StatusOr<double> CpuSecondsOf(const std::vector<pid_t>& pids);

// Processor time of the whole machine since it started, in seconds.
struct MachineCpu {
  double busy_s = 0;    // by anybody here
  double stolen_s = 0;  // by the host, for others
};
MachineCpu CpuOfMachine();

// To what the hard limit allows, for us and what we start. The limit now in force.
uint64_t RaiseDescriptorLimit();

}  // namespace creneau::bench
