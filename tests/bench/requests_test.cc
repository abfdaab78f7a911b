#include "bench/creneau-bench/requests.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

namespace creneau::bench {
namespace {

std::string Between(const std::string& text, const std::string& before, size_t length) {
  const size_t at = text.find(before);
  REQUIRE(at != std::string::npos);
  return text.substr(at + before.size(), length);
}

TEST_CASE("dossiers: a permutation of ten digits, another one for each seed") {
  for (const uint64_t seed : {0ull, 1ull, 42ull, 0xffffffffull}) {
    std::set<uint64_t> seen;
    for (uint64_t n = 0; n < 100'000; ++n) {
      const uint64_t dossier = DossierOf(seed, n);
      REQUIRE(dossier < 10'000'000'000);
      seen.insert(dossier);
    }
    CHECK(seen.size() == 100'000);
  }
  CHECK(DossierOf(1, 5) != DossierOf(2, 5));
}

TEST_CASE("holds: framed right, and each another applicant on every thread") {
  std::set<std::string> dossiers;
  std::set<std::string> keys;
  for (unsigned thread = 0; thread < 3; ++thread) {
    RequestWriter writer({"a", "b"}, "host", 9, thread, 3);
    for (int i = 0; i < 1000; ++i) {
      std::string out;
      writer.Hold(i % 2, &out);
      const size_t body = out.find("\r\n\r\n") + 4;
      REQUIRE(out.size() - body == kHoldBodyBytes);
      REQUIRE(Between(out, "Content-Length: ", 5) == "150\r\n");
      REQUIRE(out.rfind(i % 2 == 0 ? "POST /v1/agendas/a/holds " : "POST /v1/agendas/b/holds ",
                        0) == 0);
      dossiers.insert(Between(out, "\"dossier\": \"", 10));
      keys.insert(Between(out, "Idempotency-Key: ", 24));
      const std::string born = Between(out, "\"birth_date\": \"", 11);
      REQUIRE(born.substr(0, 2) >= "19");
      REQUIRE((born[4] == '-' && born[7] == '-' && born[10] == '"'));
      REQUIRE((born.substr(5, 2) >= "01" && born.substr(5, 2) <= "12"));
      REQUIRE((born.substr(8, 2) >= "01" && born.substr(8, 2) <= "28"));
    }
  }
  CHECK(dossiers.size() == 3000);
  CHECK(keys.size() == 3000);
}

TEST_CASE("the same seed asks the same") {
  RequestWriter one({"a"}, "host", 9, 0, 1);
  RequestWriter again({"a"}, "host", 9, 0, 1);
  RequestWriter other({"a"}, "host", 10, 0, 1);
  std::string first, second, third;
  one.Hold(0, &first);
  again.Hold(0, &second);
  other.Hold(0, &third);
  CHECK(first == second);
  CHECK(first != third);
}

TEST_CASE("what holders ask") {
  RequestWriter writer({"a"}, "host", 9, 0, 1);
  std::string out;
  writer.Confirm("NAME", "KEY", &out);
  CHECK(out ==
        "POST /v1/reservations/NAME/confirm HTTP/1.1\r\nHost: host\r\nCreneau-Key: KEY\r\n\r\n");
  out.clear();
  writer.Cancel("NAME", "KEY", &out);
  CHECK(out == "DELETE /v1/reservations/NAME HTTP/1.1\r\nHost: host\r\nCreneau-Key: KEY\r\n\r\n");
  out.clear();
  writer.Show("NAME", "KEY", &out);
  CHECK(out == "GET /v1/reservations/NAME HTTP/1.1\r\nHost: host\r\nCreneau-Key: KEY\r\n\r\n");
}

}  // namespace
}  // namespace creneau::bench
