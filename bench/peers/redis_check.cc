#include "bench/peers/redis_check.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>

#include "base/prng.h"

namespace creneau::bench {
namespace {

constexpr size_t kAtOnce = 1000;

[[noreturn]] void Failed(const char* what) {
  std::fprintf(stderr, "redis_load: %s: %s\n", what, std::strerror(errno));
  std::exit(7);
}

[[noreturn]] void Wrong(const std::string& what) {
  std::fprintf(stderr, "redis_load: wrong result: %s\n", what.c_str());
  std::exit(5);
}

}  // namespace

void AppendCommand(std::string& out, std::initializer_list<std::string_view> words) {
  out += '*';
  out += std::to_string(words.size());
  out += "\r\n";
  for (const std::string_view word : words) {
    out += '$';
    out += std::to_string(word.size());
    out += "\r\n";
    out += word;
    out += "\r\n";
  }
}

std::string SubjectName(uint64_t number) {
  char name[33];
  std::snprintf(name, sizeof(name), "%016llx%016llx",
                static_cast<unsigned long long>(Mix64(number)),
                static_cast<unsigned long long>(Mix64(~number)));
  return name;
}

std::string SubjectKey(std::string_view subject) { return "subject:0:" + std::string(subject); }

std::string SeatKey(int64_t seat) { return "seat:0:" + std::to_string(seat); }

int ConnectToRedis(uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (fd < 0 || connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
    Failed("cannot connect to Redis");
  }
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  return fd;
}

RedisSetup::RedisSetup(uint16_t port) : fd_(ConnectToRedis(port)) {}

RedisSetup::~RedisSetup() { close(fd_); }

void RedisSetup::Flush() {
  for (size_t sent = 0; sent < out_.size();) {
    const ssize_t got = send(fd_, out_.data() + sent, out_.size() - sent, MSG_NOSIGNAL);
    if (got <= 0) Failed("cannot send to Redis");
    sent += static_cast<size_t>(got);
  }
  out_.clear();
}

std::string RedisSetup::Line() {
  for (;;) {
    const size_t end = in_.find("\r\n", at_);
    if (end != std::string::npos) {
      std::string line = in_.substr(at_, end - at_);
      at_ = end + 2;
      return line;
    }
    in_.erase(0, at_);
    at_ = 0;
    char bytes[65536];
    const ssize_t got = recv(fd_, bytes, sizeof(bytes), 0);
    if (got <= 0) Failed("Redis ended the connection");
    in_.append(bytes, static_cast<size_t>(got));
  }
}

std::string RedisSetup::Reply() {
  std::string line = Line();
  if (line.empty() || line.front() == '-') Wrong("Redis says " + line);
  if (line.front() == '$' && line != "$-1") return Line();  // nothing here has a line end in it
  return line.substr(1);
}

std::string RedisSetup::LoadScript(const std::string& file) {
  std::ifstream in(file);
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (text.empty()) Failed(file.c_str());
  AppendCommand(out_, {"SCRIPT", "LOAD", text});
  Flush();
  return Reply();
}

void RedisSetup::Fill(int64_t seats) {
  size_t waiting = 0;
  for (int64_t seat = 1; seat <= seats; ++seat) {
    AppendCommand(out_, {"RPUSH", "free:0", std::to_string(seat)});
    if (++waiting < kAtOnce && seat != seats) continue;
    Flush();
    for (; waiting != 0; --waiting) Reply();
  }
}

void RedisSetup::Check(std::vector<Owned> owned, int64_t seats) {
  std::sort(owned.begin(), owned.end(), [](auto& a, auto& b) { return a.subject < b.subject; });
  if (std::adjacent_find(owned.begin(), owned.end(),
                         [](auto& a, auto& b) { return a.subject == b.subject; }) != owned.end()) {
    Wrong("a subject was given two seats");
  }
  std::sort(owned.begin(), owned.end(), [](auto& a, auto& b) { return a.seat < b.seat; });
  if (std::adjacent_find(owned.begin(), owned.end(),
                         [](auto& a, auto& b) { return a.seat == b.seat; }) != owned.end()) {
    Wrong("a seat was given to two subjects");
  }
  for (size_t begin = 0; begin < owned.size(); begin += kAtOnce) {
    const size_t end = std::min(owned.size(), begin + kAtOnce);
    for (size_t i = begin; i < end; ++i) {
      AppendCommand(out_, {"HMGET", SeatKey(owned[i].seat), "subject", "state"});
      AppendCommand(out_, {"GET", SubjectKey(SubjectName(owned[i].subject))});
    }
    Flush();
    for (size_t i = begin; i < end; ++i) {
      const bool two = Reply() == "2";
      const std::string subject = Reply();
      const std::string state = Reply();
      const std::string seat = Reply();
      if (!two || subject != SubjectName(owned[i].subject) || state != "confirmed" ||
          seat != std::to_string(owned[i].seat)) {
        Wrong("seat " + std::to_string(owned[i].seat) + " is not as it was answered");
      }
    }
  }
  AppendCommand(out_, {"LLEN", "free:0"});
  AppendCommand(out_, {"DBSIZE"});
  Flush();
  const int64_t free = std::stoll(Reply());
  const int64_t keys = std::stoll(Reply());
  const auto taken = static_cast<int64_t>(owned.size());
  if (free + taken != seats || keys != 2 * taken + (free > 0 ? 1 : 0)) {
    Wrong(std::to_string(free) + " free and " + std::to_string(taken) + " taken of " +
          std::to_string(seats) + " seats, " + std::to_string(keys) + " keys");
  }
}

}  // namespace creneau::bench
