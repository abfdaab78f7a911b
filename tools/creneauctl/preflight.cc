// preflight: at 8:55, is everything there that nine o'clock needs? Asks the engine, the kernel and
// the disk; preflight_checks.h says what to make of the answers.
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "env/posix/posix_clock.h"
#include "tools/creneauctl/documents.h"
#include "tools/creneauctl/exit_code.h"
#include "tools/creneauctl/preflight_checks.h"
#include "tools/creneauctl/replies.h"
#include "tools/creneauctl/secrets.h"
#include "tools/creneauctl/session.h"

namespace creneau::ctl {
namespace {

namespace fs = std::filesystem;

std::optional<ClockFacts> LookAtClock() {
  timex kernel{};
  const int state = adjtimex(&kernel);  // modes 0: changes nothing
  if (state < 0) return std::nullopt;
  ClockFacts facts;
  facts.synchronised = state != TIME_ERROR && (kernel.status & STA_UNSYNC) == 0;
  facts.estimated_error_us = kernel.esterror;
  facts.largest_error_us = kernel.maxerror;
  return facts;
}

std::optional<DiskFacts> LookAtDisk(const std::string& directory) {
  struct statvfs system {};
  if (statvfs(directory.c_str(), &system) != 0) return std::nullopt;
  return DiskFacts{directory, uint64_t{system.f_bavail} * system.f_frsize};
}

// Of a process that may be another user's, and then says nothing.
std::optional<DescriptorFacts> LookAtDescriptors(int process) {
  const std::string home = "/proc/" + std::to_string(process);
  const absl::StatusOr<std::string> limits = ReadInput(home + "/limits");
  constexpr std::string_view kLine = "Max open files";
  if (!limits.ok()) return std::nullopt;
  const size_t at = limits->find(kLine);
  if (at == std::string::npos) return std::nullopt;
  const size_t begin = limits->find_first_not_of(' ', at + kLine.size());
  if (begin == std::string::npos) return std::nullopt;
  const size_t end = limits->find(' ', begin);
  const std::optional<uint64_t> soft = WholeFrom(limits->substr(begin, end - begin));
  std::error_code failed;
  fs::directory_iterator entry(home + "/fd", failed);
  if (!soft || failed) return std::nullopt;
  DescriptorFacts facts{*soft, 0};
  for (; !failed && entry != fs::directory_iterator(); entry.increment(failed)) ++facts.used;
  return facts;
}

// Those there are; which of them it needs, the engine asks at its start.
std::vector<std::string> PeppersIn(const std::string& directory) {
  constexpr std::string_view kPrefix = "pepper.";
  std::vector<std::string> names;
  std::error_code failed;
  fs::directory_iterator entry(directory, failed);
  for (; !failed && entry != fs::directory_iterator(); entry.increment(failed)) {
    const std::string name = entry->path().filename().string();
    if (name.starts_with(kPrefix) && WholeFrom(name.substr(kPrefix.size()))) names.push_back(name);
  }
  if (names.empty()) names.emplace_back("pepper.1");
  std::sort(names.begin(), names.end());
  return names;
}

// The names are those of booking/keys.h.
KeyFacts LookAtKeys(const std::string& directory, bool queue) {
  KeyFacts facts;
  facts.directory = directory;
  facts.readable = access(directory.c_str(), R_OK | X_OK) == 0;
  std::vector<std::string> names = {"names.key", "checkpoint.key"};
  for (std::string& pepper : PeppersIn(directory)) names.push_back(std::move(pepper));
  if (queue) names.insert(names.end(), {"mac.key", "chain.key"});
  for (const std::string& name : names) {
    struct stat file {};
    if (stat((directory + "/" + name).c_str(), &file) != 0 || file.st_size == 0) {
      facts.missing.push_back(name);
    } else if ((file.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
      facts.open_to_others.push_back(name);
    }
  }
  return facts;
}

// Any answer is one, whatever it says: the confirm listener does not have every route.
ListenerFacts LookAtListener(const Command& command, const std::string& name,
                             const std::string& address) {
  ListenerFacts facts{name, address, "", 0};
  if (address.empty()) return facts;
  const env::PosixClock clock;
  const int64_t began_ns = clock.MonotonicNs();
  const HttpClient client("tcp:" + address, command.timeout_s * 1000);
  const absl::StatusOr<HttpReply> reply =
      client.Send({"GET", "/v1/agendas/" + PercentEncode(command.agenda), {}, ""});
  facts.answered_in_ms = (clock.MonotonicNs() - began_ns) / 1'000'000;
  if (!reply.ok()) {
    facts.failure = std::string(reply.status().message());
  } else if (reply->status >= 500) {
    facts.failure = "answered with " + std::to_string(reply->status);
  }
  return facts;
}

// The engine's answers. False: it gave none, and *exit_code says so.
bool AskEngine(const Session& session, PreflightFacts* facts, int* exit_code) {
  const std::string path = "/v1/agendas/" + PercentEncode(session.command().agenda);
  struct Question {
    std::string target;
    std::string answer;
  };
  Question questions[] = {{path, ""}, {path + "/queue", ""}, {"/metrics", ""}};
  for (Question& question : questions) {
    const absl::StatusOr<HttpReply> reply = session.client().Send({"GET", question.target, {}, ""});
    if (!reply.ok()) {
      *exit_code = session.FailToSend(reply.status());
      return false;
    }
    // No such agenda, or one without a queue.
    if (IsSuccess(*reply)) {
      question.answer = reply->body;
    } else if (reply->status != 404) {
      *exit_code = session.Refused(*reply);
      return false;
    }
  }
  facts->agenda = std::move(questions[0].answer);
  facts->queue = std::move(questions[1].answer);
  facts->metrics = MetricsText(questions[2].answer);
  return true;
}

}  // namespace

int Preflight(const Session& session) {
  const Command& command = session.command();
  PreflightFacts facts;
  facts.now = env::PosixClock().Now();
  if (!command.yesterday_file.empty()) {
    absl::StatusOr<std::string> text = ReadInput(command.yesterday_file);
    if (!text.ok()) return session.Fail(kExitIo, std::string(text.status().message()));
    facts.yesterday = *std::move(text);
  }
  int exit_code = kExitOk;
  if (!AskEngine(session, &facts, &exit_code)) return exit_code;
  // Where the daemon has them unless it is told otherwise.
  const std::string beside = fs::path(command.admin).parent_path().string();
  const std::string data = !command.data.empty() ? command.data : beside.empty() ? "." : beside;
  std::error_code unseen;  // what this user may not see is not looked at
  facts.clock = LookAtClock();
  if (fs::is_directory(data + "/log", unseen)) facts.disk = LookAtDisk(data);
  const absl::StatusOr<int> process = session.client().PeerProcess();
  if (process.ok()) facts.descriptors = LookAtDescriptors(*process);
  const bool queue = Text(ParseDocument(facts.agenda), "policy") == "queue";
  const std::string keys = command.keys.empty() ? data + "/keys" : command.keys;
  if (fs::is_directory(keys, unseen)) facts.keys = LookAtKeys(keys, queue);
  facts.listeners.push_back(LookAtListener(command, "listener", command.listen));
  if (!command.confirm_listen.empty()) {
    facts.listeners.push_back(LookAtListener(command, "confirm listener", command.confirm_listen));
  }
  const std::vector<Check> checks = ChecksOf(facts);
  session.Print(command.json ? ChecksAsJson(checks, facts) : ChecksAsText(checks));
  return IsFit(checks) ? kExitOk : kExitObjective;
}

}  // namespace creneau::ctl
