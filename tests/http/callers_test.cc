// How many connections a network has, and who is exempt.
#include "http/callers.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <catch2/catch.hpp>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/prng.h"

namespace creneau::http {
namespace {

PeerAddress Peer(const std::string& text) {
  sockaddr_storage storage{};
  auto* const v4 = reinterpret_cast<sockaddr_in*>(&storage);
  auto* const v6 = reinterpret_cast<sockaddr_in6*>(&storage);
  if (inet_pton(AF_INET, text.c_str(), &v4->sin_addr) == 1) {
    storage.ss_family = AF_INET;
  } else {
    REQUIRE(inet_pton(AF_INET6, text.c_str(), &v6->sin6_addr) == 1);
    storage.ss_family = AF_INET6;
  }
  return PeerAddressOf(storage);
}

Network Parsed(const std::string& text) {
  const auto network = ParseNetwork(text);
  INFO(text);
  REQUIRE(network.ok());
  return *network;
}

}  // namespace

TEST_CASE("a network has the addresses that begin like it") {
  struct Case {
    const char* network;
    const char* peer;
    bool has;
  };
  const Case cases[] = {
      {"192.0.2.1", "192.0.2.1", true},
      {"192.0.2.1", "192.0.2.2", false},
      {"10.0.0.0/8", "10.255.1.2", true},
      {"10.0.0.0/8", "11.0.0.0", false},
      {"10.0.0.0/9", "10.127.0.1", true},
      {"10.0.0.0/9", "10.128.0.1", false},
      {"0.0.0.0/0", "203.0.113.9", true},
      {"0.0.0.0/0", "2001:db8::1", false},
      {"::1", "::1", true},
      {"::1", "127.0.0.1", false},
      {"2001:db8::/33", "2001:db8:7fff::", true},
      {"2001:db8::/33", "2001:db8:8000::", false},
      {"::/0", "203.0.113.9", true},
      {"192.0.2.1", "::ffff:192.0.2.1", true},
  };
  for (const Case& c : cases) {
    INFO(c.network << " has " << c.peer);
    CHECK(Parsed(c.network).Has(Peer(c.peer)) == c.has);
  }
}

TEST_CASE("what is no address is not taken for one") {
  for (const char* wrong : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x",
                            "10.0.0", "::1/129", "[::1]", "localhost", "10.0.0.1:80", "unix:"}) {
    INFO(wrong);
    CHECK(absl::IsInvalidArgument(ParseNetwork(wrong).status()));
  }
}

TEST_CASE("an address has as many connections as it may, a listed one as many as there are") {
  Callers callers({Parsed("127.0.0.0/8")}, 2, 16);
  const auto enter = [&callers](const char* peer) {
    Caller caller;
    const bool entered = callers.Enter(Peer(peer), caller);
    return std::pair(entered, caller);
  };
  const auto [first, caller] = enter("192.0.2.1");
  CHECK(first);
  CHECK(enter("192.0.2.1").first);
  CHECK_FALSE(enter("192.0.2.1").first);
  CHECK(enter("192.0.2.2").first);
  callers.Leave(caller);
  CHECK(enter("192.0.2.1").first);
  CHECK_FALSE(enter("192.0.2.1").first);
  // An IPv6 household is one caller; its neighbour is another.
  CHECK(enter("2001:db8:0:1::1").first);
  CHECK(enter("2001:db8:0:1:ffff::2").first);
  CHECK_FALSE(enter("2001:db8:0:1::3").first);
  CHECK(enter("2001:db8:0:2::1").first);
  for (int i = 0; i < 10; ++i) {
    const auto [entered, proxy] = enter("127.0.0.1");
    CHECK(entered);
    CHECK_FALSE(proxy.counted);
    callers.Leave(proxy);
  }
}

TEST_CASE("of a list of addresses, the right-most that is not listed is who asks") {
  const Callers callers({Parsed("127.0.0.0/8"), Parsed("fd00::/8"), Parsed("192.0.2.7")}, 1, 1);
  const auto network = [](const char* peer) {
    Caller caller;
    REQUIRE(Callers({}, 1, 1).Enter(Peer(peer), caller));
    return std::optional(caller.network);
  };
  struct Case {
    const char* said;
    const char* who;  // null: nobody
  };
  const Case cases[] = {
      {"203.0.113.5", "203.0.113.5"},
      {"\t203.0.113.5 ", "203.0.113.5"},
      {"2001:db8::1", "2001:db8::1"},
      {"2001:DB8:0:0:ffff::1", "2001:db8::1"},
      {"::ffff:203.0.113.5", "203.0.113.5"},
      {"203.0.113.4,203.0.113.5", "203.0.113.5"},
      {"203.0.113.4, 203.0.113.5, 127.0.0.1,fd00::3", "203.0.113.5"},
      {"whatever, 203.0.113.5", "203.0.113.5"},
      {"203.0.113.5, 192.0.2.7,127.1.1.1 ,127.0.0.1, 127.0.0.1,127.0.0.1,127.0.0.1, fd00::",
       "203.0.113.5"},
      {"203.0.113.5,127.0.0.1,127.0.0.1,127.0.0.1,127.0.0.1,127.0.0.1,127.0.0.1,127.0.0.1,fd00::",
       nullptr},
      {"127.0.0.1", nullptr},
      {"127.0.0.1, 192.0.2.7", nullptr},
      {"", nullptr},
      {" ", nullptr},
      {",", nullptr},
      {"203.0.113.5,", nullptr},
      {"203.0.113.5, unknown", nullptr},
      {"203.0.113.5, , 127.0.0.1", nullptr},
      {"203.0.113.5:443", nullptr},
      {"[2001:db8::1]", nullptr},
      {"203.0.113.5 203.0.113.6", nullptr},
      {"203.0.113.256", nullptr},
      {"203.0.113.5/24", nullptr},
      {"0000000000000000000000000000000000000000000000000000000000000001", nullptr},
  };
  for (const Case& c : cases) {
    INFO(c.said);
    CHECK(callers.Behind(c.said) == (c.who == nullptr ? std::nullopt : network(c.who)));
  }
}

TEST_CASE("whoever comes and goes in whatever order, the count is exact") {
  constexpr size_t kConnections = 64;
  constexpr size_t kEach = 3;
  Callers callers({}, kEach, kConnections);
  Prng chance(4);
  std::map<uint64_t, size_t> expected;
  std::vector<Caller> inside;
  for (int step = 0; step < 20'000; ++step) {
    if (inside.size() < kConnections && chance.Below(5) < 3) {
      PeerAddress peer{};
      peer[7] = static_cast<uint8_t>(chance.Below(48));
      Caller caller;
      const bool entered = callers.Enter(peer, caller);
      REQUIRE(entered == (expected[peer[7]] < kEach));
      if (!entered) continue;
      REQUIRE(caller.network == peer[7]);
      ++expected[peer[7]];
      inside.push_back(caller);
    } else if (!inside.empty()) {
      std::swap(inside[chance.Below(inside.size())], inside.back());
      --expected[inside.back().network];
      callers.Leave(inside.back());
      inside.pop_back();
    }
  }
}

}  // namespace creneau::http
