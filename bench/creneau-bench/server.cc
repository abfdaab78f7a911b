#include "bench/creneau-bench/server.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/check.h"
#include "base/text.h"
#include "bench/creneau-bench/now.h"
#include "env/posix/posix_clock.h"
#include "tools/creneauctl/http_client.h"

namespace creneau::bench {
namespace {

namespace fs = std::filesystem;

// What slow_disk.cc says in the diary.
constexpr const char* kSlowDiskSign = "creneau_slow_disk: ";
constexpr size_t kDiary = 64 * 1024;
constexpr int64_t kReadyNs = 60'000'000'000;
constexpr int64_t kPublishMs = 60'000;
constexpr int64_t kEndNs = 60'000'000'000;
constexpr double kSeatsPerSlot = 64;
constexpr int kHoursPerDay = 12;
constexpr int kDays = 56;
constexpr int kMostDays = 350;  // an agenda's horizon is a year at most
// What an office has; the finest that an agenda takes comes last. Slots further apart make the
// replies to reads smaller.
constexpr std::array<int, 3> kMinutes = {20, 10, 5};

double SeatsADay(int minutes) { return kSeatsPerSlot * kHoursPerDay * 60 / minutes; }

std::string HowItEnded(int status) {
  if (WIFEXITED(status)) return "exit code " + std::to_string(WEXITSTATUS(status));
  return "signal " + std::to_string(WTERMSIG(status)) + " (" + strsignal(WTERMSIG(status)) + ")";
}

std::string SlowDiskShim() {
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  return (self.parent_path() / "libcreneau_slow_disk.so").string();
}

absl::Status Errno(const std::string& what) { return absl::ErrnoToStatus(errno, what); }

}  // namespace

double MostSeatsOfAnAgenda() { return SeatsADay(kMinutes.back()) * kMostDays; }

std::string AgendaToml(const std::string& name, double seats, int32_t today) {
  int minutes = kMinutes.back();
  for (const int one : kMinutes) {
    if (SeatsADay(one) * kDays < seats) continue;
    minutes = one;
    break;
  }
  const double days_needed = std::ceil(seats / SeatsADay(minutes));
  const int days = std::clamp(static_cast<int>(days_needed), kDays, kMostDays);
  std::ostringstream out;
  out << "agenda = \"" << name << "\"\n"
      << "title = \"Banc d'essai\"\noffice = \"Préfecture du banc d'essai\"\n"
      << "timezone = \"Europe/Paris\"\npolicy = \"direct\"\n"
      << "identity = [[\"dossier\", \"birth_date\"]]\n"
      << "hold_s = 900\nnotice_hours = 0\nhorizon_days = " << days + 10 << "\n"
      << "alternative = \"aucun : banc d'essai\"\n[[session]]\n"
      << "weekdays = [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\", \"sat\", \"sun\"]\n"
      << "from = " << FormatDate(CivilFromDays(today + 1)) << "\n"
      << "until = " << FormatDate(CivilFromDays(today + days)) << "\n"
      << "hours = [\"08:00-20:00\"]\nminutes = " << minutes << "\n"
      << "seats = { web = 64 }\nholidays = \"open\"\n";
  return out.str();
}

std::vector<AgendaText> OpenAgendas(const Options& options) {
  const double seats = options.SeatsNeeded() / options.own_agendas;
  const auto today =
      static_cast<int32_t>(env::PosixClock().Now().ms / kMsPerDay);  // Paris may be a day ahead
  std::vector<AgendaText> agendas;
  for (unsigned i = 0; i < options.own_agendas; ++i) {
    const std::string name = "bench-" + std::to_string(i);
    agendas.push_back({name, AgendaToml(name, seats, today)});
  }
  return agendas;
}

absl::Status PublishAgendas(const std::string& admin, const std::vector<AgendaText>& agendas) {
  const ctl::HttpClient client(admin, kPublishMs);
  for (const AgendaText& one : agendas) {
    ctl::HttpRequest request{"PUT", "/v1/agendas/" + one.name, {}, one.toml};
    request.headers.emplace_back("Content-Type", "application/toml");
    const absl::StatusOr<ctl::HttpReply> reply = client.Send(request);
    if (!reply.ok()) return reply.status();
    if (reply->status != 201) {
      return absl::InternalError("creneaud refused agenda " + one.name + ": " + reply->body);
    }
  }
  return absl::OkStatus();
}

OwnServer::~OwnServer() {
  if (from_child_ >= 0) close(from_child_);
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  std::error_code ignored;
  if (keep_) return;
  if (!dir_.empty()) fs::remove_all(dir_, ignored);
  for (const std::string& above : made_) fs::remove(above, ignored);  // where nothing else is in it
}

absl::Status OwnServer::Start(const Options& options) {
  keep_ = options.keep;
  if (absl::Status made = MakeDirectory(options); !made.ok()) return made;
  options_ = options;
  if (absl::Status spawned = Spawn(); !spawned.ok()) return spawned;
  if (absl::Status up = AwaitReady(); !up.ok()) return up;
  came_up_ = true;
  return absl::OkStatus();
}

absl::Status OwnServer::MakeDirectory(const Options& options) {
  std::error_code error;
  fs::path parent = options.dir;
  if (options.dir.empty()) parent = fs::temp_directory_path(error);
  std::error_code ignored;
  for (fs::path above = parent; !above.empty() && !fs::exists(above, ignored);
       above = above.parent_path()) {
    made_.push_back(above.string());
  }
  if (!error) fs::create_directories(parent, error);
  if (error) return absl::UnavailableError(parent.string() + ": " + error.message());
  std::string path = (parent / "creneau-bench-XXXXXX").string();
  if (mkdtemp(path.data()) == nullptr) return Errno(path);
  dir_ = path;
  return absl::OkStatus();
}

absl::Status OwnServer::Spawn() {
  std::array<int, 2> pipe_ends{};
  if (pipe2(pipe_ends.data(), O_CLOEXEC) != 0) return Errno("pipe2");
  const std::string diary = dir_ + "/diary";
  const std::string data = dir_ + "/data";
  const std::string threads = std::to_string(options_.server_threads);
  const std::string listen = address_.empty() ? "127.0.0.1:0" : address_;
  const std::string confirm = confirm_address_.empty() ? "127.0.0.1:0" : confirm_address_;
  std::vector<const char*> arguments = {options_.creneaud.c_str(),
                                        "--data",
                                        data.c_str(),
                                        "--listen",
                                        listen.c_str(),
                                        "--threads",
                                        threads.c_str()};
  if (options_.own_confirm_listener) {
    arguments.insert(arguments.end(), {"--confirm-listen", confirm.c_str()});
  }
  arguments.push_back(nullptr);
  const std::string shim = SlowDiskShim();
  if (options_.slow_disk > 1 && access(shim.c_str(), R_OK) != 0) return Errno(shim);
  const std::string factor = std::to_string(options_.slow_disk);
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ < 0) return Errno("fork");
  if (pid_ == 0) {
    // A group of its own: Ctrl-C is for us, and we end it. And it does not outlive us.
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setpriority(PRIO_PROCESS, 0, 0);  // whatever we have given ourselves
    if (options_.slow_disk > 1) {
      setenv("LD_PRELOAD", shim.c_str(), 1);
      setenv("CRENEAU_BENCH_SLOW_DISK", factor.c_str(), 1);
    }
    const int to_diary = open(diary.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (getppid() != parent || to_diary < 0) _exit(127);
    dup2(pipe_ends[1], STDOUT_FILENO);
    dup2(to_diary, STDERR_FILENO);
    execv(arguments[0], const_cast<char* const*>(arguments.data()));
    _exit(127);
  }
  close(pipe_ends[1]);
  if (from_child_ >= 0) close(from_child_);
  from_child_ = pipe_ends[0];
  fcntl(from_child_, F_SETFL, O_NONBLOCK);
  said_.clear();
  return absl::OkStatus();
}

absl::Status OwnServer::AwaitReady() {
  const int64_t deadline = NowNs() + kReadyNs;
  for (bool ready = false; !ready;) {
    pollfd readable{from_child_, POLLIN, 0};
    const int64_t left_ms = (deadline - NowNs()) / 1'000'000;
    if (left_ms <= 0 || poll(&readable, 1, static_cast<int>(left_ms)) <= 0) {
      return absl::UnavailableError("creneaud did not come up: " + LastWords());
    }
    if (absl::Status heard = HearReady(&ready); !heard.ok()) return heard;
  }
  return absl::OkStatus();
}

absl::Status OwnServer::HearReady(bool* ready) {
  std::array<char, 512> bytes{};
  const ssize_t got = read(from_child_, bytes.data(), bytes.size());
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return absl::OkStatus();
  if (got <= 0) return absl::UnavailableError("creneaud did not come up: " + LastWords());
  said_.append(bytes.data(), static_cast<size_t>(got));
  *ready = said_.find('\n') != std::string::npos;
  if (!*ready) return absl::OkStatus();
  std::istringstream words(said_);
  std::string word;
  words >> word >> word >> word >> address_;
  while (words >> word) {
    if (word.rfind("admin=", 0) == 0) admin_ = word.substr(6);
    if (word.rfind("confirm=", 0) == 0) confirm_address_ = word.substr(8);
  }
  if (options_.slow_disk > 1 && LastWords(kDiary).find(kSlowDiskSign) == std::string::npos) {
    return absl::InternalError("creneaud runs without " + SlowDiskShim() +
                               ": its disk is not slow");
  }
  if (said_.rfind("creneaud ready on ", 0) != 0 || address_.empty() || admin_.empty()) {
    return absl::InternalError("creneaud said something else than that it is ready: " + said_);
  }
  return absl::OkStatus();
}

void OwnServer::Kill() {
  CHECK(life_ == Life::kUp && pid_ > 0);
  kill(pid_, SIGKILL);
  life_ = Life::kDying;
}

absl::StatusOr<bool> OwnServer::Revive() {
  if (life_ == Life::kDying) {
    if (waitpid(pid_, nullptr, WNOHANG) == 0) return false;
    pid_ = -1;
    if (absl::Status spawned = Spawn(); !spawned.ok()) return spawned;
    life_ = Life::kStarting;
  }
  if (life_ == Life::kUp) return true;
  bool ready = false;
  if (absl::Status heard = HearReady(&ready); !heard.ok()) return heard;
  if (ready) life_ = Life::kUp;
  return ready;
}

absl::Status OwnServer::Publish(const std::vector<AgendaText>& agendas) {
  if (absl::Status done = PublishAgendas(admin_, agendas); !done.ok()) return done;
  for (const AgendaText& one : agendas) agendas_.push_back(one.name);
  return absl::OkStatus();
}

std::string OwnServer::LastWords(size_t most) const {
  std::ifstream diary(dir_ + "/diary");
  std::stringstream text;
  text << diary.rdbuf();
  std::string words = text.str();
  if (words.empty()) return "is the program there, and executable?";
  return words.size() > most ? words.substr(words.size() - most) : words;
}

std::string OwnServer::LeftBehind() {
  keep_ = true;
  std::ifstream diary(dir_ + "/diary");
  std::string last;
  for (std::string line; std::getline(diary, line);) {
    if (!line.empty()) last = line;
  }
  return (last.empty() ? "its diary is empty" : "the last line of its diary: " + last) +
         "; its directory is left: " + dir_;
}

bool OwnServer::Ended() const {
  siginfo_t info{};
  return pid_ > 0 && life_ != Life::kDying &&
         waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         info.si_pid == pid_;
}

absl::Status OwnServer::Stop() {
  if (pid_ <= 0) return absl::OkStatus();
  const bool unasked = Ended();
  kill(pid_, SIGTERM);
  int status = 0;
  const int64_t deadline = NowNs() + kEndNs;
  while (waitpid(pid_, &status, WNOHANG) == 0) {
    if (NowNs() > deadline) {
      return absl::InternalError("creneaud did not end on SIGTERM; " + LeftBehind());
    }
    poll(nullptr, 0, 5);
  }
  pid_ = -1;
  if (!came_up_) return absl::OkStatus();  // which Start has said
  if (!unasked && WIFEXITED(status) && WEXITSTATUS(status) == 0) return absl::OkStatus();
  const std::string how = HowItEnded(status) + "; " + LeftBehind();
  if (unasked) return absl::UnavailableError("our own creneaud ended during the run, with " + how);
  return absl::InternalError("creneaud did not end well, but with " + how);
}

absl::StatusOr<double> CpuSecondsOf(const std::vector<pid_t>& pids) {
  double seconds = 0;
  for (const pid_t pid : pids) {
    // The same time as /proc/PID/stat has, to the nanosecond instead of the clock tick.
    clockid_t clock{};
    timespec used{};
    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &used) != 0) {
      return absl::NotFoundError("no process " + std::to_string(pid));
    }
    seconds += static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
  }
  return seconds;
}

MachineCpu CpuOfMachine() {
  // cpu user nice system idle iowait irq softirq steal, in clock ticks
  std::ifstream stat("/proc/stat");
  std::string name;
  std::array<double, 8> ticks{};
  stat >> name;
  for (double& one : ticks) stat >> one;
  const auto per_s = static_cast<double>(sysconf(_SC_CLK_TCK));
  const double busy = ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6];
  return {busy / per_s, ticks[7] / per_s};
}

uint64_t RaiseDescriptorLimit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

}  // namespace creneau::bench
