// Memory ends at the n-th allocation, for all n until none is left to fail.
//
// What is allowed. A request: it is answered (with what it asked for, or an error), or the
// exception comes out to whoever runs the session and the process ends, as an uncaught one does.
// Then another engine starts on the disk as it was left: it must hold its invariants and every
// answer that left the first one. A start: it answers with a status or throws; the next start gives
// the very state that it would have given, by digest. Nothing else: no wrong state, no answer that
// lies.
//
// Each n is tried in a child process, so that one that stops by a CHECK or by terminate is seen to.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/booking/fixture.h"
#include "tests/operator_new.h"
#include "tests/sim/machine.h"

namespace {

int64_t left = -1;  // allocations until one fails; negative: none does

}  // namespace

void creneau::tests::BeforeAllocation() {
  if (left >= 0 && left-- == 0) throw std::bad_alloc();
}

namespace creneau::sim {
namespace {

// How a child says what it saw; anything else it ends with is its process stopping, which is
// allowed where the parent then finds nothing lost.
enum Exit { kThrough = 0, kMetFailure = 10, kWrong = 11 };

std::string Request(const std::string& method, const std::string& target, const std::string& body,
                    const std::string& more) {
  return absl::StrCat(method, " ", target, " HTTP/1.1\r\nHost: sim\r\n", more,
                      body.empty() ? "" : "Content-Type: application/json\r\n",
                      "Content-Length: ", body.size(), "\r\n\r\n", body);
}

Told Closed() {
  Told told;
  told.status = -1;
  return told;
}

Told Send(Machine& machine, const std::string& request, http::Audience audience) {
  std::string decided;
  machine.Ask(request, audience, &decided);
  for (int i = 0; i < 100; ++i) {
    for (const auto& answer : machine.Leave()) {
      // Nothing to send: the connection is closed, which is no answer that lies.
      return answer.wire.empty() ? Closed() : Told(answer.wire);
    }
    machine.Turn();
  }
  return Told();
}

std::string HoldOf(const std::string& dossier) {
  return Request(
      "POST", "/v1/agendas/93-titres/holds",
      absl::StrCat(R"({"applicant":{"dossier":")", dossier, R"(","birth_date":"1990-05-17"}})"),
      "");
}

void SetUp(Machine& machine) {
  if (!machine.Start().ok()) std::exit(kWrong);
  const std::string agenda = booking::AgendaToml();
  const std::string put = absl::StrCat(
      "PUT /v1/agendas/93-titres HTTP/1.1\r\nHost: sim\r\nContent-Type: "
      "application/toml\r\nContent-Length: ",
      agenda.size(), "\r\n\r\n", agenda);
  if (Send(machine, put, http::Audience::kAdmin).status != 201) std::exit(kWrong);
}

[[noreturn]] void Say(const std::string& what) {
  std::printf("%s\n", what.c_str());
  std::fflush(stdout);
  std::_Exit(kWrong);
}

// A hold and its confirmation, while memory ends at the n-th allocation; then another start.
[[noreturn]] void BookWithout(int64_t n) {
  Machine machine(1);
  SetUp(machine);
  Told held;
  Told confirmed;
  bool thrown = false;
  const std::string hold = HoldOf("AAAA1");
  left = n;
  try {
    held = Send(machine, hold, http::Audience::kPublic);
    if (held.status == 201) {
      confirmed =
          Send(machine,
               Request("POST", "/v1/reservations/" + held.Member("reservation") + "/confirm", "",
                       "Creneau-Key: " + held.Member("key") + "\r\n"),
               http::Audience::kPublic);
    }
  } catch (const std::bad_alloc&) {
    thrown = true;
  }
  const bool met = left < 0;
  left = -1;
  if (!thrown && held.status == 0) Say("no answer to the hold");
  // The process ends: its memory with it, so it is left as it is.
  std::map<std::string, std::vector<uint8_t>> files = machine.disk.Files();
  Machine next(2);
  next.disk.Restart();
  for (auto& [path, bytes] : files) {
    const size_t slash = path.rfind('/');
    if (slash != std::string::npos)
      static_cast<void>(next.disk.CreateDirectory(path.substr(0, slash)));
    auto file = next.disk.Open(path, env::OpenMode::kCreate);
    if (!file.ok() || !(*file)->WriteAt(0, bytes).ok() || !(*file)->Sync().ok())
      Say("the disk could not be copied");
  }
  if (const absl::Status status = next.Start(); !status.ok()) Say(status.ToString());
  if (const absl::Status status = next.engine().CheckInvariants(); !status.ok())
    Say(status.ToString());
  if (held.status == 201) {
    const Told read = Send(next,
                           Request("GET", "/v1/reservations/" + held.Member("reservation"), "",
                                   "Creneau-Key: " + held.Member("key") + "\r\n"),
                           http::Audience::kPublic);
    if (read.status != 200) Say("what was held is gone");
    if (confirmed.status == 200 && read.Member("state") != "confirmed")
      Say("what was confirmed is not");
  }
  std::_Exit(met ? kMetFailure : kThrough);
}

// A start with a snapshot and a tail behind it, while memory ends; then one with all of it.
[[noreturn]] void StartWithout(int64_t n) {
  Machine machine(1);
  SetUp(machine);
  for (int i = 0; i < 3; ++i)
    Send(machine, HoldOf("AAAA" + std::to_string(i)), http::Audience::kPublic);
  if (!machine.engine().TakeSnapshot().ok()) Say("no snapshot");
  for (int i = 3; i < 5; ++i)
    Send(machine, HoldOf("AAAA" + std::to_string(i)), http::Audience::kPublic);
  machine.Stop();
  if (!machine.Start().ok()) Say("no start");
  const std::string digest = machine.engine().Digest();
  machine.Stop();
  left = n;
  try {
    static_cast<void>(machine.Start());
  } catch (const std::bad_alloc&) {
  }
  const bool met = left < 0;
  left = -1;
  if (machine.up()) machine.Kill();
  if (const absl::Status status = machine.Start(); !status.ok()) Say(status.ToString());
  if (machine.engine().Digest() != digest) Say("the next start gives another state");
  std::_Exit(met ? kMetFailure : kThrough);
}

struct Count {
  int tried = 0;
  int stopped = 0;  // by a CHECK, by terminate
  bool through = false;
};

Count ForAll(void (*without)(int64_t)) {
  Count count;
  for (int64_t n = 0; n < 20'000 && !count.through; ++n) {
    std::fflush(stdout);
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      signal(SIGABRT, SIG_DFL);  // Catch would tell of it
      signal(SIGSEGV, SIG_DFL);
      alarm(60);  // one that hangs is ended, and seen
      without(n);
    }
    int status = 0;
    waitpid(child, &status, 0);
    INFO("memory ends at allocation " << n << ": status " << status);
    ++count.tried;
    count.through = WIFEXITED(status) && WEXITSTATUS(status) == kThrough;
    if (WIFSIGNALED(status)) {
      REQUIRE(WTERMSIG(status) == SIGABRT);
      ++count.stopped;
    } else {
      REQUIRE((count.through || WEXITSTATUS(status) == kMetFailure));
    }
  }
  return count;
}

}  // namespace

TEST_CASE("a request whose memory ends loses nothing that was answered") {
  const Count count = ForAll(BookWithout);
  std::printf("requests: %d allocations, %d stopped the process\n", count.tried - 1, count.stopped);
  CHECK(count.through);
  CHECK(count.tried > 10);
}

TEST_CASE("a start whose memory ends changes nothing for the next one") {
  const Count count = ForAll(StartWithout);
  std::printf("starts: %d allocations, %d stopped the process\n", count.tried - 1, count.stopped);
  CHECK(count.through);
  CHECK(count.tried > 10);
}

}  // namespace creneau::sim
