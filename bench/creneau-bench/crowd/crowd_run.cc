#include "bench/creneau-bench/crowd/crowd_run.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "absl/strings/str_format.h"
#include "bench/creneau-bench/crowd/crowd.h"
#include "bench/creneau-bench/crowd/office.h"
#include "bench/creneau-bench/crowd/shed_point.h"
#include "bench/creneau-bench/crowd/siege.h"
#include "bench/creneau-bench/crowd/story_report.h"
#include "bench/creneau-bench/ends.h"
#include "bench/creneau-bench/now.h"
#include "bench/creneau-bench/publish.h"
#include "bench/creneau-bench/server.h"
#include "env/posix/posix_clock.h"
#include "tools/creneauctl/exit_code.h"
#include "tools/creneauctl/http_client.h"

namespace creneau::bench {
namespace {

constexpr int64_t kRosterMs = 60'000;
constexpr int kPeopleNice = -10;
constexpr int64_t kReviveNs = 60 * kNsPerSecond;

double OwnCpuSeconds() {
  timespec used{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

struct Sample {
  std::optional<double> server_s;
  MachineCpu machine;
  double own_s = 0;
  int64_t at_ns = 0;
};

Sample Take(const std::vector<pid_t>& server) {
  Sample sample;
  if (const auto cpu = CpuSecondsOf(server); cpu.ok() && !server.empty()) sample.server_s = *cpu;
  sample.machine = CpuOfMachine();
  sample.own_s = OwnCpuSeconds();
  sample.at_ns = NowNs();
  return sample;
}

Cpu Between(const Sample& begin, const Sample& end) {
  Cpu cpu;
  cpu.generator_s = end.own_s - begin.own_s;
  cpu.length_s = static_cast<double>(end.at_ns - begin.at_ns) / 1e9;
  cpu.stolen_s = end.machine.stolen_s - begin.machine.stolen_s;
  if (!begin.server_s || !end.server_s) return cpu;
  cpu.server_s = *end.server_s - *begin.server_s;
  const double busy = end.machine.busy_s - begin.machine.busy_s;
  cpu.others_s = std::max(busy - *cpu.server_s - cpu.generator_s, 0.0);
  return cpu;
}

// Once a second: a line for people, and how busy we were.
class Progress {
 public:
  Progress(bool quiet, const Crowd& crowd)
      : quiet_(quiet), terminal_(isatty(STDERR_FILENO) == 1), crowd_(crowd) {}
  ~Progress() {
    if (shown_ && terminal_) std::fputc('\n', stderr);
  }

  void Look() {
    const int64_t now = NowNs();
    if (now < next_ns_) return;
    const double cpu_s = OwnCpuSeconds();
    if (next_ns_ != 0) {
      const double length_s = static_cast<double>(now - last_ns_) / 1e9;
      busiest_ = std::max(busiest_, (cpu_s - last_cpu_s_) / length_s);
    }
    last_ns_ = now;
    last_cpu_s_ = cpu_s;
    next_ns_ = now + kNsPerSecond;
    if (!quiet_) Show();
  }

  double busiest() const { return busiest_; }

 private:
  void Show() {
    const Crowd::Glance glance = crowd_.glance();
    const double to_go_s = static_cast<double>(crowd_.timeline().opens_ns - glance.now_ns) / 1e9;
    absl::FPrintF(stderr,
                  "%s%+5.0f s from the opening: %d are there or to come, %d requests (%d in "
                  "the last second), %d wait for a connection%s",
                  terminal_ ? "\r" : "", -to_go_s, glance.live, glance.requests,
                  glance.requests - last_requests_, glance.waiting_for_connection,
                  terminal_ ? "   " : "\n");
    std::fflush(stderr);
    last_requests_ = glance.requests;
    shown_ = true;
  }

  bool quiet_;
  bool terminal_;
  const Crowd& crowd_;
  bool shown_ = false;
  int64_t next_ns_ = 0;
  int64_t last_ns_ = 0;
  double last_cpu_s_ = 0;
  double busiest_ = 0;
  uint64_t last_requests_ = 0;
};

absl::Status ImportRosters(const CrowdOptions& options, const std::string& admin) {
  const ctl::HttpClient client(admin, kRosterMs);
  for (uint32_t i = 0; i < options.agendas; ++i) {
    const char* method = "PUT";
    for (const std::string& piece : RosterOf(options, i)) {
      ctl::HttpRequest request{
          method, "/v1/agendas/" + options.common.agendas[i] + "/roster", {}, piece};
      request.headers.emplace_back("Content-Type", "text/csv");
      const absl::StatusOr<ctl::HttpReply> reply = client.Send(request);
      if (!reply.ok()) return reply.status();
      if (reply->status != 200) {
        return absl::InternalError("creneaud refused a roster: " + reply->body);
      }
      method = "POST";
    }
  }
  return absl::OkStatus();
}

// Our own agendas, on our own creneaud or on the one whose socket was named. The last thing before
// the crowd: they open at a full minute that is soon.
absl::Status PublishOffices(CrowdOptions* options, const std::string& admin) {
  const std::vector<AgendaText> offices = Offices(*options, env::PosixClock().Now());
  for (const AgendaText& one : offices) options->common.agendas.push_back(one.name);
  if (absl::Status done = PublishAgendas(admin, offices); !done.ok()) return done;
  return options->listed ? ImportRosters(*options, admin) : absl::OkStatus();
}

// What the read-back cannot see: more were confirmed than there are seats at all.
void CheckSeats(const CrowdOptions& options, const Story& story, Findings* findings) {
  if (!options.common.own_server && options.admin.empty()) return;  // somebody else's seats
  uint64_t confirmed = 0;
  for (const uint64_t one : story.confirmed_by_agenda) confirmed += one;
  if (confirmed <= options.seats) return;
  findings->Blame(absl::StrFormat("%d people were confirmed, and there are %d seats", confirmed,
                                  options.seats));
}

absl::Status ReadBackInto(StoryReport* report, const Address& server, const Crowd& crowd) {
  absl::StatusOr<Findings> found =
      ReadBack(server, report->options.common.agendas, {&crowd.journal()}, Interrupted());
  if (absl::IsCancelled(found.status())) {
    report->interrupted = true;
    return absl::OkStatus();
  }
  if (!found.ok()) return found.status();
  CheckSeats(report->options, report->story, &*found);
  report->checked = *std::move(found);
  return absl::OkStatus();
}

// Kills our own creneaud at its moment, and starts it again.
class Fate {
 public:
  Fate(const Adversity& adversity, OwnServer* own) : adversity_(adversity), own_(own) {}

  // False: it did not come back.
  bool Look(const Crowd& crowd) {
    const double now_s = static_cast<double>(crowd.glance().now_ns) / 1e9;
    const double kill_at_s =
        static_cast<double>(crowd.timeline().opens_ns) / 1e9 + adversity_.kill_s;
    if (adversity_.kill_s <= 0 || now_s < kill_at_s || (fall_ && fall_->back_s > 0)) return true;
    if (!fall_) {
      own_->Kill();
      fall_ = StoryReport::Fall{now_s, 0, 0};
      return true;
    }
    if (now_s < fall_->killed_s + adversity_.down_s) return true;
    const absl::StatusOr<bool> back = own_->Revive();
    if (back.ok() && *back) fall_->back_s = now_s;
    return back.ok();
  }

  // The run is over: it comes back in any case. What is wrong where it does not, or was not killed.
  absl::Status Conclude(const Crowd& crowd) {
    if (kill_s() > 0 && !fall_)
      return absl::FailedPreconditionError("--kill-s: the run was over before");
    const int64_t deadline = NowNs() + kReviveNs;
    while (fall_ && fall_->back_s == 0) {
      if (!Look(crowd) || NowNs() > deadline)
        return absl::UnavailableError("our own creneaud did not come back after --kill-s");
      SleepNs(kNsPerSecond / 100);
    }
    return absl::OkStatus();
  }

  std::optional<StoryReport::Fall> Told(const Crowd& crowd) const {
    std::optional<StoryReport::Fall> fall = fall_;
    if (fall) fall->lengthened_s = static_cast<double>(crowd.lengthened_ns()) / 1e9;
    return fall;
  }

 private:
  double kill_s() const { return adversity_.kill_s; }

  const Adversity& adversity_;
  OwnServer* const own_;
  std::optional<StoryReport::Fall> fall_;
};

int Tell(StoryReport* report) {
  Conclude(report);
  const Options& common = report->options.common;
  const Texts texts{AsText(*report), common.json.empty() ? "" : AsJson(*report),
                    common.html.empty() ? "" : AsHtml(*report)};
  return PublishTexts(common, texts, report->verdict() == "ok");
}

absl::Status Measure(const CrowdOptions& options, const std::optional<ShedPoint>& shed_point,
                     const std::vector<pid_t>& pids, OwnServer* own, int* exit_code) {
  const absl::StatusOr<Address> server = ResolveAddress(options.common.server);
  if (!server.ok()) return server.status();
  const absl::StatusOr<Address> confirms =
      options.confirm_server.empty() ? server : ResolveAddress(options.confirm_server);
  if (!confirms.ok()) return confirms.status();
  if (const auto cpu = CpuSecondsOf(pids); !cpu.ok()) {
    return absl::InvalidArgumentError("--server-pid: " + std::string(cpu.status().message()));
  }
  Crowd crowd(options, *server, *confirms);
  Progress progress(options.common.quiet, crowd);
  const auto go_on = [own] { return !Interrupted().load() && !own->Ended(); };
  // Where it may, this thread goes before the server's and the flood's: what it does late counts as
  // lost, and it needs a few hundredths of a processor.
  setpriority(PRIO_PROCESS, 0, kPeopleNice);
  if (absl::Status ready = crowd.Prepare(go_on); !ready.ok()) return ready;
  Siege siege(options, *server);
  if (absl::Status laid = siege.Start(go_on); !laid.ok()) return laid;
  Fate fate(options.adversity, own);
  const Sample begin = Take(pids);
  crowd.Run([&] {
    progress.Look();
    siege.Storm(crowd.storming());
    return fate.Look(crowd) && go_on();
  });
  StoryReport report;
  report.options = options;
  report.machine = ThisMachine();
  report.cpu = Between(begin, Take(pids));
  report.story = crowd.story();
  report.siege = siege.Stop();
  report.shed_point = shed_point;
  report.story.busiest_second = progress.busiest();
  report.interrupted = Interrupted().load();
  report.server = options.common.own_server ? absl::StrFormat("our own creneaud, %d threads",
                                                              options.common.server_threads)
                                            : options.common.server;
  absl::Status there;
  if (!report.interrupted) there = fate.Conclude(crowd);
  report.fall = fate.Told(crowd);
  if (there.ok() && !report.interrupted && !own->Ended())
    there = ReadBackInto(&report, *server, crowd);
  if (!report.interrupted && own->Ended()) there = own->Stop();
  report.gone = std::string(there.message());
  *exit_code = Tell(&report);
  if (report.wrong() > 0) {  // which says more than that the server has gone
    if (!there.ok()) Warn(std::string(there.message()));
    return absl::OkStatus();
  }
  if (report.interrupted) *exit_code = kExitInterrupted;
  return there;
}

// How large the flood is to be.
absl::Status FindStorm(CrowdOptions* options, std::optional<ShedPoint>* shed_point) {
  const absl::StatusOr<ShedPoint> found =
      FindShedPoint(*options, [] { return !Interrupted().load(); });
  if (!found.ok()) return found.status();
  *shed_point = *found;
  options->adversity.flood_per_s = options->adversity.storm * found->per_s;
  return absl::OkStatus();
}

}  // namespace

int RunCrowd(CrowdOptions options) {
  CatchInterrupts();
  prctl(PR_SET_TIMERSLACK, 1);  // sleeps to the microsecond, not to the fifty that the kernel adds
  Options& common = options.common;
  OwnServer own;
  absl::Status status = EnoughDescriptors(common.connections * 9 / 8 + options.bot_connections +
                                          Siege::ConnectionsOf(options.adversity));
  std::vector<pid_t> pids(common.server_pids.begin(), common.server_pids.end());
  if (status.ok()) status = CanPublish(common);
  std::optional<ShedPoint> shed_point;
  if (status.ok() && options.adversity.storm > 0) {
    status = FindStorm(&options, &shed_point);
  }
  if (status.ok() && common.own_server) {
    status = own.Start(common);
    common.server = own.address();
    options.confirm_server = own.confirm_address();
    pids = {own.pid()};
  }
  const std::string admin = common.own_server ? own.admin() : options.admin;
  if (status.ok() && !admin.empty()) status = PublishOffices(&options, admin);
  if (status.ok() && Interrupted().load()) status = InterruptedTooEarly();
  int exit_code = ctl::kExitOk;
  if (status.ok()) status = Measure(options, shed_point, pids, &own, &exit_code);
  return EndOf(status, exit_code, own.Stop());
}

}  // namespace creneau::bench
