// watch: an opening as it goes, once a second, until Ctrl-C. A screen on a terminal, else a line of
// JSON. An engine that is started anew meanwhile is waited for.
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "env/posix/descriptor.h"
#include "env/posix/posix_clock.h"
#include "tools/creneauctl/documents.h"
#include "tools/creneauctl/exit_code.h"
#include "tools/creneauctl/forms.h"
#include "tools/creneauctl/replies.h"
#include "tools/creneauctl/session.h"
#include "tools/creneauctl/watch_view.h"

namespace creneau::ctl {
namespace {

constexpr int64_t kNsPerMs = 1'000'000;
constexpr int64_t kIntervalNs = 1000 * kNsPerMs;

// Ctrl-C as something that can be waited for.
class Interrupts {
 public:
  Interrupts() : signals_(Open()) {}

  // False: it came before so many ms had passed.
  bool Pass(int64_t ms) const {
    pollfd watched{signals_.get(), POLLIN, 0};
    return poll(&watched, 1, static_cast<int>(std::max<int64_t>(ms, 0))) <= 0;
  }

 private:
  static int Open() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, nullptr);
    return signalfd(-1, &set, SFD_CLOEXEC);
  }

  env::Descriptor signals_;
};

// What the engine answers to three questions.
struct Answers {
  std::string agenda;
  std::string queue;
  MetricsText metrics;
};

class Watcher {
 public:
  explicit Watcher(const Session& session)
      : session_(session),
        path_("/v1/agendas/" + PercentEncode(session.command().agenda)),
        lines_(session.command().json || isatty(STDOUT_FILENO) == 0) {}

  int Run() {
    const Interrupts interrupts;
    const int64_t began_ns = clock_.MonotonicNs();
    for (uint64_t frame = 1;; ++frame) {
      // Never in arrears: after an answer that took long, the next second that is whole.
      if (const int exit_code = Show(); exit_code != kExitOk) return exit_code;
      if (std::fflush(stdout) != 0) return kExitOk;  // main says so
      if (session_.command().count > 0 && frame >= session_.command().count) return kExitOk;
      const int64_t gone_ns = clock_.MonotonicNs() - began_ns;
      if (!interrupts.Pass((kIntervalNs - gone_ns % kIntervalNs + kNsPerMs - 1) / kNsPerMs))
        return kExitOk;
    }
  }

 private:
  std::string Now() const {
    return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::FromUnixMillis(clock_.Now().ms),
                            absl::UTCTimeZone());
  }

  // A frame. Not kExitOk: it cannot even begin; an engine that goes away later is waited for.
  int Show() {
    const absl::StatusOr<HttpReply> agenda = Get(path_);
    if (!agenda.ok()) return Missed(std::string(agenda.status().message()));
    if (!IsSuccess(*agenda)) {
      if (!began_) return session_.Refused(*agenda);
      return Missed("it answered with " + std::to_string(agenda->status));
    }
    // Asked only where there is one: a refusal would be among those shown.
    std::string queue_body;
    if (Text(ParseDocument(agenda->body), "policy") == "queue") {
      const absl::StatusOr<HttpReply> queue = Get(path_ + "/queue");
      if (!queue.ok()) return Missed(std::string(queue.status().message()));
      if (IsSuccess(*queue)) queue_body = queue->body;
    }
    const absl::StatusOr<HttpReply> page = Get("/metrics");
    if (!page.ok()) return Missed(std::string(page.status().message()));
    MetricsText metrics(page->body);
    if (!began_) first_ = before_ = metrics;
    began_ = true;
    const WatchFrame frame = ReadFrame({agenda->body, queue_body, metrics, before_, first_});
    before_ = std::move(metrics);
    if (lines_) {
      session_.Print(FrameAsJson(frame, Now()));
    } else {
      Draw(FrameAsScreen(frame, Now()));
    }
    return kExitOk;
  }

  absl::StatusOr<HttpReply> Get(const std::string& target) const {
    return session_.client().Send({"GET", target, {}, ""});
  }

  int Missed(const std::string& why) {
    if (!began_) return session_.Fail(kExitUnreachable, why);
    if (lines_) {
      session_.Print(JsonObject({{"at", JsonText(Now())}, {"error", JsonText(why)}}));
    } else {
      Draw("no answer: " + why + "  (" + Now() + ")\n");
    }
    return kExitOk;
  }

  // From the upper left corner, over what was there.
  void Draw(const std::string& screen) const { session_.Print("\x1b[H\x1b[2J" + screen); }

  const Session& session_;
  const std::string path_;
  const bool lines_;
  const env::PosixClock clock_;
  bool began_ = false;
  MetricsText before_;
  MetricsText first_;
};

}  // namespace

int Watch(const Session& session) { return Watcher(session).Run(); }

}  // namespace creneau::ctl
