#include "bench/creneau-bench/run.h"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <memory>
#include <thread>
#include <vector>

#include "absl/strings/str_format.h"
#include "bench/creneau-bench/ends.h"
#include "bench/creneau-bench/now.h"
#include "bench/creneau-bench/publish.h"
#include "bench/creneau-bench/report.h"
#include "bench/creneau-bench/server.h"
#include "bench/creneau-bench/worker.h"
#include "tools/creneauctl/exit_code.h"

namespace creneau::bench {
namespace {

constexpr int64_t kLookAgainNs = 10'000'000;

// One line a second on stderr: in place on a terminal, below each other elsewhere.
class Progress {
 public:
  explicit Progress(bool quiet) : quiet_(quiet), terminal_(isatty(STDERR_FILENO) == 1) {}
  ~Progress() {
    if (shown_ && terminal_) std::fputc('\n', stderr);
  }

  void Show(int64_t since_start_ns, const Window& window,
            const std::vector<std::unique_ptr<Worker>>& workers) {
    if (quiet_ || since_start_ns < next_ns_) return;
    next_ns_ = since_start_ns + kNsPerSecond;
    uint64_t replies = 0;
    uint64_t errors = 0;
    uint64_t waiting = 0;
    for (const auto& worker : workers) {
      replies += worker->replies_so_far();
      errors += worker->errors_so_far();
      waiting += worker->waiting_now();
    }
    const char* phase = since_start_ns < window.begin_ns ? "before"
                        : since_start_ns < window.end_ns ? "measuring"
                                                         : "draining";
    absl::FPrintF(stderr,
                  "%s%4d s %-9s %9d replies (%d in the last second), %d errors, %d waiting%s",
                  terminal_ ? "\r" : "", since_start_ns / kNsPerSecond, phase, replies,
                  replies - last_replies_, errors, waiting, terminal_ ? "   " : "\n");
    std::fflush(stderr);
    last_replies_ = replies;
    shown_ = true;
  }

 private:
  bool quiet_;
  bool terminal_;
  bool shown_ = false;
  int64_t next_ns_ = 0;
  uint64_t last_replies_ = 0;
};

// The generator's threads, from their connections to the end of the window, or until it is cut
// short: by an interrupt, or because our own creneaud is dead and nothing more can come.
class Generators {
 public:
  Generators(const Options& options, const Address& server, const std::vector<pid_t>& server_pids,
             const OwnServer& own)
      : options_(options), window_(WindowOf(options)), server_pids_(server_pids), own_(own) {
    for (unsigned i = 0; i < options.threads; ++i) {
      workers_.push_back(std::make_unique<Worker>(options, server, i));
    }
    connected_.resize(workers_.size(), absl::OkStatus());
  }

  absl::Status Run() {
    for (size_t i = 0; i < workers_.size(); ++i) {
      threads_.emplace_back([this, i] { Generate(i); });
    }
    absl::Status connected = AwaitConnections();
    if (connected.ok()) {
      start_ns_.store(NowNs() + kLookAgainNs);
      Watch();
    } else {
      start_ns_.store(-1);
    }
    for (std::thread& thread : threads_) thread.join();
    return connected;
  }

  const Cpu& cpu() const { return cpu_; }
  const std::vector<std::unique_ptr<Worker>>& workers() const { return workers_; }
  // How long it was measured.
  int64_t length_ns(const Stats& measured) const {
    const int64_t begin_ns = start_ns_.load() + window_.begin_ns;
    const int64_t length_ns =
        window_.until_done ? measured.last_reply_ns - begin_ns : window_.end_ns - window_.begin_ns;
    return std::max<int64_t>(std::min(length_ns, cut_ns_ - begin_ns), 0);
  }

 private:
  struct Sample {
    std::optional<double> server_s;
    MachineCpu machine;
    std::vector<double> thread_s;
    int64_t at_ns = 0;
  };

  void Generate(size_t i) {
    connected_[i] = workers_[i]->Connect();
    ready_.fetch_add(1);
    int64_t start = 0;
    while ((start = start_ns_.load()) == 0) SleepNs(1'000'000);
    if (start > 0) workers_[i]->Run(start);
    done_.fetch_add(1);
    // Its CPU clock is read until then.
    while (start > 0 && !sampled_.load()) SleepNs(1'000'000);
  }

  absl::Status AwaitConnections() {
    while (ready_.load() < workers_.size()) {
      if (Interrupted().load()) {
        for (const auto& worker : workers_) worker->Stop();
      }
      SleepNs(1'000'000);
    }
    for (const absl::Status& one : connected_) {
      if (!one.ok()) return one;
    }
    return absl::OkStatus();
  }

  Sample Take() {
    Sample sample;
    if (const auto cpu = CpuSecondsOf(server_pids_); cpu.ok() && !server_pids_.empty()) {
      sample.server_s = *cpu;
    }
    for (std::thread& thread : threads_) {
      clockid_t clock{};
      timespec used{};
      pthread_getcpuclockid(thread.native_handle(), &clock);
      clock_gettime(clock, &used);
      sample.thread_s.push_back(static_cast<double>(used.tv_sec) +
                                static_cast<double>(used.tv_nsec) / 1e9);
    }
    sample.machine = CpuOfMachine();
    sample.at_ns = NowNs();
    return sample;
  }

  // Sleeps to the moments that matter, shows how it goes, and takes the CPU times.
  void Watch() {
    Progress progress(options_.quiet);
    const int64_t start = start_ns_.load();
    const auto until = [&](int64_t moment_ns) {
      while (NowNs() < moment_ns && done_.load() < workers_.size() && !CutShort()) {
        progress.Show(NowNs() - start, window_, workers_);
        SleepNs(std::clamp<int64_t>(moment_ns - NowNs(), 0, kLookAgainNs));
      }
    };
    until(start + window_.begin_ns);
    const Sample begin = Take();
    until(start + window_.end_ns);
    const Sample end = Take();
    Charge(begin, end);
    until(std::numeric_limits<int64_t>::max());
    if (CutShort()) {
      for (const auto& worker : workers_) worker->Stop();
    }
    sampled_.store(true);
  }

  bool CutShort() {
    if (cut_ns_ == kNever && (Interrupted().load() || own_.Ended())) cut_ns_ = NowNs();
    return cut_ns_ != kNever;
  }

  void Charge(const Sample& begin, const Sample& end) {
    if (begin.server_s && end.server_s) cpu_.server_s = *end.server_s - *begin.server_s;
    const double length = static_cast<double>(end.at_ns - begin.at_ns) / 1e9;
    for (size_t i = 0; i < threads_.size(); ++i) {
      const double used = end.thread_s[i] - begin.thread_s[i];
      cpu_.generator_s += used;
      cpu_.busiest_generator_share = std::max(cpu_.busiest_generator_share, used / length);
    }
    cpu_.length_s = length;
    cpu_.stolen_s = end.machine.stolen_s - begin.machine.stolen_s;
    if (!cpu_.server_s) return;
    const double busy = end.machine.busy_s - begin.machine.busy_s;
    cpu_.others_s = std::max(busy - *cpu_.server_s - cpu_.generator_s, 0.0);
  }

  const Options& options_;
  const Window window_;
  const std::vector<pid_t> server_pids_;
  const OwnServer& own_;
  int64_t cut_ns_ = kNever;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<absl::Status> connected_;
  std::vector<std::thread> threads_;
  std::atomic<size_t> ready_{0};
  std::atomic<size_t> done_{0};
  std::atomic<int64_t> start_ns_{0};  // -1: not at all
  std::atomic<bool> sampled_{false};
  Cpu cpu_;
};

Report ReportOf(const Options& options, const Generators& generators) {
  Report report;
  report.options = options;
  report.machine = ThisMachine();
  report.cpu = generators.cpu();
  report.server = options.own_server
                      ? absl::StrFormat("our own creneaud, %d threads", options.server_threads)
                      : options.server;
  for (const auto& worker : generators.workers()) {
    report.measured.Add(worker->measured());
    report.before.Add(worker->before());
    report.wrong_replies += worker->wrong_replies();
  }
  report.seconds = static_cast<double>(generators.length_ns(report.measured)) / 1e9;
  return report;
}

absl::Status ReadBackInto(Report* report, const Address& server, const Generators& generators) {
  if (report->options.unchecked) return absl::OkStatus();
  std::vector<const Journal*> journals;
  for (const auto& worker : generators.workers()) journals.push_back(&worker->journal());
  absl::StatusOr<Findings> found =
      ReadBack(server, report->options.agendas, journals, Interrupted());
  if (!found.ok()) return found.status();
  report->checked = *std::move(found);
  return absl::OkStatus();
}

bool Answered(const Stats& stats) {
  return std::any_of(stats.outcomes.begin(), stats.outcomes.end(),
                     [](const Outcome& one) { return one.status != 0; });
}

// With a server that is up.
absl::Status Measure(const Options& options, const std::vector<pid_t>& pids, OwnServer* own,
                     int* exit_code) {
  const absl::StatusOr<Address> address = ResolveAddress(options.server);
  if (!address.ok()) return address.status();
  if (const auto cpu = CpuSecondsOf(pids); !cpu.ok()) {
    return absl::InvalidArgumentError("--server-pid: " + std::string(cpu.status().message()));
  }
  Generators generators(options, *address, pids, *own);
  if (absl::Status run = generators.Run(); !run.ok()) {
    return absl::IsCancelled(run) ? InterruptedTooEarly() : run;
  }
  Report report = ReportOf(options, generators);
  report.interrupted = Interrupted().load();
  // Where every hold of a storm was refused, that is what there is to say.
  const bool refused = options.profile == ProfileKind::kConfirmStorm && Answered(report.before);
  if (report.measured.replies == 0 && report.interrupted) return InterruptedTooEarly();
  if (report.measured.replies == 0 && !refused) {
    return absl::UnavailableError("not one reply came within the measured time");
  }
  absl::Status there;
  if (!report.interrupted && !own->Ended()) there = ReadBackInto(&report, *address, generators);
  if (absl::IsCancelled(there)) {
    report.interrupted = true;
    there = absl::OkStatus();
  }
  if (!report.interrupted && own->Ended()) there = own->Stop();
  report.gone = std::string(there.message());
  Conclude(&report);
  *exit_code = Publish(report);  // what was measured, whatever became of the server
  if (!report.right()) {         // which says more than that the server has gone
    if (!there.ok()) Warn(std::string(there.message()));
    return absl::OkStatus();
  }
  if (report.interrupted) *exit_code = kExitInterrupted;
  return there;
}

}  // namespace

int Run(Options options) {
  CatchInterrupts();
  OwnServer own;
  absl::Status status = EnoughDescriptors(options.connections);
  std::vector<pid_t> pids(options.server_pids.begin(), options.server_pids.end());
  if (status.ok()) status = CanPublish(options);
  if (status.ok() && options.own_server) {
    status = own.Start(options);
    if (status.ok()) status = own.Publish(OpenAgendas(options));
    options.server = own.address();
    options.agendas = own.agendas();
    pids = {own.pid()};
    if (Interrupted().load()) status = InterruptedTooEarly();
  }
  int exit_code = ctl::kExitOk;
  if (status.ok()) status = Measure(options, pids, &own, &exit_code);
  return EndOf(status, exit_code, own.Stop());
}

}  // namespace creneau::bench
