#include "http/readiness.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <catch2/catch.hpp>
#include <string>

namespace creneau::http {
namespace {

// One end of a pair of sockets that is watched; writes down what it is told, in `diary`.
class Watched final : public Readiness::Watcher {
 public:
  Watched(char name, std::string& diary) : name_(name), diary_(diary) {
    std::array<int, 2> ends;
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) == 0);
    mine = Descriptor(ends[0]);
    other = Descriptor(ends[1]);
  }

  bool Ready(uint32_t events) noexcept override {
    diary_ += {'r', name_};
    latest = events;
    return goes_on;
  }
  void GoOn() noexcept override { diary_ += {'g', name_}; }

  Descriptor mine;
  Descriptor other;
  uint32_t latest = 0;
  bool goes_on = true;

 private:
  const char name_;
  std::string& diary_;
};

// A watched socket alone.
struct One {
  One() { REQUIRE(readiness.Watch(watched.mine.get(), watched)); }

  std::string diary;
  Readiness readiness;
  Watched watched{'w', diary};
};

void Say(Watched& to) { REQUIRE(send(to.other.get(), "x", 1, MSG_NOSIGNAL) == 1); }

TEST_CASE("a look tells of each arrival once, and all take in before anybody goes on") {
  std::string diary;
  Readiness readiness;
  Watched a('a', diary), b('b', diary), c('c', diary);
  for (Watched* each : {&a, &b, &c}) REQUIRE(readiness.Watch(each->mine.get(), *each));
  CHECK(readiness.Look() == 0);

  b.goes_on = false;
  for (Watched* each : {&a, &b, &c}) Say(*each);
  CHECK(readiness.Look() == 3);
  CHECK(diary == "rarbrcgagc");
  // Nobody has read, and nobody is told again; but of what comes next.
  CHECK(readiness.Look() == 0);
  Say(c);
  CHECK(readiness.Look() == 1);
  CHECK(diary == "rarbrcgagcrcgc");
}

TEST_CASE("what had come before it was watched is told, and the end of the other side") {
  std::string diary;
  Readiness readiness;
  Watched early('e', diary);
  Say(early);
  REQUIRE(readiness.Watch(early.mine.get(), early));
  CHECK(readiness.Look() == 1);
  CHECK((early.latest & (EPOLLIN | EPOLLRDHUP)) == EPOLLIN);
  REQUIRE(shutdown(early.other.get(), SHUT_WR) == 0);
  CHECK(readiness.Look() == 1);
  CHECK((early.latest & EPOLLRDHUP) != 0);
}

TEST_CASE_METHOD(One, "room to write to is told to those who asked") {
  std::array<char, 4096> bytes{};
  while (send(watched.mine.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) > 0) {
  }
  CHECK(readiness.Look() == 0);
  REQUIRE(readiness.WatchWrites(watched.mine.get(), watched));
  CHECK(readiness.Look() == 0);
  while (recv(watched.other.get(), bytes.data(), bytes.size(), 0) > 0) {
  }
  CHECK(readiness.Look() == 1);
  CHECK((watched.latest & EPOLLOUT) != 0);
}

TEST_CASE_METHOD(One, "who asks to be reminded is told once more of what is there") {
  Say(watched);
  CHECK(readiness.Look() == 1);
  CHECK(readiness.Look() == 0);
  REQUIRE(readiness.Remind(watched.mine.get(), false, watched));
  CHECK(readiness.Look() == 1);
  CHECK((watched.latest & EPOLLIN) != 0);
  CHECK(readiness.Look() == 0);
}

TEST_CASE_METHOD(One, "who is forgotten is not told, though somebody else has the socket open") {
  const Descriptor open_elsewhere(dup(watched.mine.get()));
  Say(watched);
  readiness.Forget(watched.mine.get());
  { const Descriptor closed(watched.mine.Release()); }
  CHECK(readiness.Look() == 0);
  CHECK(diary.empty());
}

TEST_CASE_METHOD(One,
                 "an observer learns of each look when all have taken in and nobody has gone on") {
  struct Observing final : Readiness::Observer {
    explicit Observing(std::string& diary_in) : diary(diary_in) {}
    void TakenIn(size_t told) noexcept override { diary += static_cast<char>('0' + told); }
    std::string& diary;
  } observing(diary);
  readiness.Observe(observing);
  CHECK(readiness.Look() == 0);
  Say(watched);
  CHECK(readiness.Look() == 1);
  CHECK(diary == "0rw1gw");
}

TEST_CASE("what cannot be watched is refused") {
  std::string diary;
  Readiness readiness;
  Watched closed('c', diary);
  CHECK_FALSE(readiness.Watch(-1, closed));
}

}  // namespace
}  // namespace creneau::http
