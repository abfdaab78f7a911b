// Closed-loop load on Redis: every connection holds a seat for a subject that never came before and
// then confirms it, `pipeline` of them at once in one write. bench/peers/redis starts the server
// and calls this.
//
//   redis_load --port N --scripts DIR --seats N [--connections 64] [--pipeline 1] [--warmup 1]
//   [--seconds 3]
//
// Prints the peer's lines. Looks up every seat and subject afterwards. Exit codes: 0, 2 usage, 5 a
// wrong result, 7 the connection.
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "bench/peers/redis_check.h"

namespace creneau::bench {
namespace {

using Clock = std::chrono::steady_clock;
constexpr const char* kHoldMs = "900000";

struct Options {
  uint16_t port = 0;
  std::string scripts;
  int64_t seats = 0;
  size_t connections = 64;
  size_t pipeline = 1;
  double warmup_s = 1;
  double seconds = 3;
};

[[noreturn]] void Ended(int code, const std::string& why) {
  std::fprintf(stderr, "redis_load: %s\n", why.c_str());
  std::exit(code);
}

// One connection: a batch of holds, then the batch of their confirms, and again.
class Client {
 public:
  Client(const Options& options, uint64_t first_subject, std::string hold, std::string confirm)
      : pipeline_(options.pipeline),
        next_subject_(first_subject),
        hold_(std::move(hold)),
        confirm_(std::move(confirm)),
        fd_(ConnectToRedis(options.port)) {
    fcntl(fd_, F_SETFL, O_NONBLOCK);
  }

  int fd() const { return fd_; }
  bool idle() const { return waiting_ == 0; }

  void SendHolds() {
    batch_.clear();
    holding_ = true;
    sent_at_ = Clock::now();
    for (size_t i = 0; i < pipeline_; ++i) {
      batch_.push_back({0, next_subject_++});
      const std::string subject = SubjectName(batch_.back().subject);
      AppendCommand(out_,
                    {"EVALSHA", hold_, "2", "free:0", SubjectKey(subject), "0", subject, kHoldMs});
    }
    Send();
  }

  // Reads what came; true when the whole batch is confirmed.
  bool Receive() {
    char bytes[4096];
    const ssize_t got = recv(fd_, bytes, sizeof(bytes), 0);
    if (got < 0 && errno == EAGAIN) return false;
    if (got <= 0) Ended(7, "Redis ended a connection");
    in_.append(bytes, static_cast<size_t>(got));
    size_t at = 0;
    for (size_t end = in_.find("\r\n"); end != std::string::npos; end = in_.find("\r\n", at)) {
      Take(std::string_view(in_).substr(at, end - at));
      at = end + 2;
    }
    in_.erase(0, at);
    if (waiting_ != 0) return false;
    if (!holding_) return true;
    SendConfirms();
    return false;
  }

  Clock::time_point sent_at() const { return sent_at_; }
  const std::vector<Owned>& batch() const { return batch_; }

 private:
  void Take(std::string_view line) {
    int64_t value = 0;
    const auto parsed = std::from_chars(line.data() + 1, line.data() + line.size(), value);
    if (waiting_ == 0 || line.empty() || line[0] != ':' || parsed.ec != std::errc() || value <= 0) {
      Ended(5, std::string(holding_ ? "a hold" : "a confirm") + " was answered with " +
                   std::string(line));
    }
    if (holding_) batch_[batch_.size() - waiting_].seat = value;
    --waiting_;
  }

  void SendConfirms() {
    holding_ = false;
    for (const Owned& one : batch_) {
      AppendCommand(out_, {"EVALSHA", confirm_, "1", SeatKey(one.seat), SubjectName(one.subject)});
    }
    Send();
  }

  // A batch is a few kilobytes: it fits into the socket, which is empty when one is sent.
  void Send() {
    if (send(fd_, out_.data(), out_.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(out_.size())) {
      Ended(7, std::string("cannot send: ") + std::strerror(errno));
    }
    out_.clear();
    waiting_ = batch_.size();
  }

  const size_t pipeline_;
  uint64_t next_subject_;
  const std::string hold_;
  const std::string confirm_;
  const int fd_;
  std::vector<Owned> batch_;
  size_t waiting_ = 0;  // replies
  bool holding_ = false;
  Clock::time_point sent_at_;
  std::string out_;
  std::string in_;
};

struct Outcome {
  std::vector<Owned> owned;  // warm-up included
  std::vector<uint32_t> latencies_us;
  double seconds = 0;
};

Outcome Drive(const Options& options, std::vector<Client>& clients) {
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  for (size_t i = 0; i < clients.size(); ++i) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = i;
    epoll_ctl(epoll, EPOLL_CTL_ADD, clients[i].fd(), &event);
    clients[i].SendHolds();
  }
  const auto begin = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                        std::chrono::duration<double>(options.warmup_s));
  const auto end = begin + std::chrono::duration_cast<Clock::duration>(
                               std::chrono::duration<double>(options.seconds));
  Outcome outcome;
  outcome.seconds = options.seconds;
  std::array<epoll_event, 256> events;
  for (size_t busy = clients.size(); busy != 0;) {
    const int count = epoll_wait(epoll, events.data(), static_cast<int>(events.size()), 10'000);
    if (count == 0) Ended(7, "Redis has not answered for ten seconds");
    for (int i = 0; i < count; ++i) {
      Client& client = clients[events[static_cast<size_t>(i)].data.u64];
      if (!client.Receive()) continue;
      const auto now = Clock::now();
      outcome.owned.insert(outcome.owned.end(), client.batch().begin(), client.batch().end());
      if (now >= begin && now < end) {
        const auto us =
            std::chrono::duration_cast<std::chrono::microseconds>(now - client.sent_at()).count();
        outcome.latencies_us.insert(outcome.latencies_us.end(), client.batch().size(),
                                    static_cast<uint32_t>(us));
      }
      if (now < end) {
        client.SendHolds();
      } else {
        --busy;
      }
    }
  }
  close(epoll);
  return outcome;
}

void Report(const Options& options, Outcome& outcome) {
  std::vector<uint32_t>& us = outcome.latencies_us;
  if (us.empty()) Ended(7, "nothing was confirmed in the time");
  std::sort(us.begin(), us.end());
  const auto line = [&](const char* metric, double value, const char* unit) {
    std::printf("peer=redis metric=%s value=%.1f unit=%s clients=%zu pipeline=%zu\n", metric, value,
                unit, options.connections, options.pipeline);
  };
  line("reservations", static_cast<double>(us.size()) / outcome.seconds, "1/s");
  line("latency_p50", us[us.size() / 2], "us");
  line("latency_p99", us[us.size() * 99 / 100], "us");
}

Options Parse(int argc, char** argv) {
  std::map<std::string, std::string> words = {
      {"--port", ""},      {"--scripts", ""}, {"--seats", ""},   {"--connections", "64"},
      {"--pipeline", "1"}, {"--warmup", "1"}, {"--seconds", "3"}};
  for (int i = 1; i < argc; i += 2) {
    const auto found = words.find(argv[i]);
    if (found == words.end() || i + 1 == argc) Ended(2, std::string("unknown: ") + argv[i]);
    found->second = argv[i + 1];
  }
  Options options;
  options.port = static_cast<uint16_t>(std::atoi(words["--port"].c_str()));
  options.scripts = words["--scripts"];
  options.seats = std::atoll(words["--seats"].c_str());
  options.connections = std::strtoul(words["--connections"].c_str(), nullptr, 10);
  options.pipeline = std::strtoul(words["--pipeline"].c_str(), nullptr, 10);
  options.warmup_s = std::atof(words["--warmup"].c_str());
  options.seconds = std::atof(words["--seconds"].c_str());
  if (options.port == 0 || options.scripts.empty() || options.seats <= 0 ||
      options.connections == 0 || options.pipeline == 0 || options.seconds <= 0) {
    Ended(2,
          "usage: redis_load --port N --scripts DIR --seats N [--connections N] [--pipeline N] "
          "[--warmup S] [--seconds S]");
  }
  return options;
}

}  // namespace
}  // namespace creneau::bench

int main(int argc, char** argv) {
  using namespace creneau::bench;
  const Options options = Parse(argc, argv);
  RedisSetup setup(options.port);
  const std::string hold = setup.LoadScript(options.scripts + "/redis_hold.lua");
  const std::string confirm = setup.LoadScript(options.scripts + "/redis_confirm.lua");
  setup.Fill(options.seats);
  std::vector<Client> clients;
  clients.reserve(options.connections);
  for (size_t i = 0; i < options.connections; ++i) {
    clients.emplace_back(options, uint64_t{i + 1} << 40, hold, confirm);
  }
  Outcome outcome = Drive(options, clients);
  Report(options, outcome);
  setup.Check(std::move(outcome.owned), options.seats);
  return 0;
}
