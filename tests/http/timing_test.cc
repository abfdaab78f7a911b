// By hand: http_reply_test "[timing]". Whether the time of an answer tells how far a secret was
// right: a key's wrong secret against an id that there is not, and a reservation's wrong key
// against a name that there is not. It prints a statistic and asserts nothing: times depend on the
// machine.
//
// The two kinds come in a drawn order, so that whatever slows the machine slows both. Of each kind
// the slowest twentieth is left out (interrupts). t is Welch's: beyond about 4.5 somebody who asks
// as often as this could tell them apart on this machine, without a network in between.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>

#include "base/prng.h"
#include "booking/staff_keys.h"
#include "tests/http/public_context.h"

namespace creneau::http {
namespace {

struct Sample {
  std::vector<double> ns;

  void Crop() {
    std::sort(ns.begin(), ns.end());
    ns.resize(ns.size() - ns.size() / 20);
  }
  double Median() const { return ns[ns.size() / 2]; }
  double Mean() const {
    double sum = 0;
    for (const double one : ns) sum += one;
    return sum / static_cast<double>(ns.size());
  }
  double VarianceOfMean() const {
    const double mean = Mean();
    double sum = 0;
    for (const double one : ns) sum += (one - mean) * (one - mean);
    return sum / static_cast<double>(ns.size() - 1) / static_cast<double>(ns.size());
  }
};

class Bench {
 public:
  explicit Bench(Audience audience) {
    REQUIRE(world.Publish("93-titres", booking::AgendaToml("93-titres")).outcome == Outcome::kOk);
    context.audience = audience;
  }

  void Compare(const char* what, const std::string& one, const std::string& other, int status) {
    constexpr int kAsked = 400'000;
    Prng prng(1);
    Sample samples[2];
    for (int i = 0; i < kAsked; ++i) {
      const size_t which = prng.Below(2);
      const std::string& request = which == 0 ? one : other;
      const auto begin = std::chrono::steady_clock::now();
      const Session::Round round = session.Serve(request, act, world.clock.now);
      const auto end = std::chrono::steady_clock::now();
      session.Settle(!round.waits || world.wait.Finish(act), world.clock.now);
      if (i < 100) CHECK(std::stoi(session.replies().substr(9, 3)) == status);
      session.ClearReplies();
      samples[which].ns.push_back(std::chrono::duration<double, std::nano>(end - begin).count());
    }
    for (Sample& sample : samples) sample.Crop();
    const double apart = samples[0].Mean() - samples[1].Mean();
    const double t = apart / std::sqrt(samples[0].VarianceOfMean() + samples[1].VarianceOfMean());
    std::printf(
        "%-44s median %.0f ns against %.0f, mean %.1f against %.1f, apart %.1f ns, t %.1f\n", what,
        samples[0].Median(), samples[1].Median(), samples[0].Mean(), samples[1].Mean(), apart, t);
  }

  booking::World world;
  Telemetry telemetry;
  SessionContext context = PublicContext(world, telemetry, telemetry.AddThread("public"));
  Session session{context, limits::kMaxBodyBytes};
  booking::CommitPool pool;
  booking::Act act{pool, world.engine->log()};
};

}  // namespace

TEST_CASE("the time of a refusal", "[.][timing]") {
  {
    Bench bench(Audience::kStaff);
    booking::StaffKey key{.id = "7K3M9QXA", .person = "ada"};
    key.created = bench.world.clock.now;
    key.expires = key.created + 24 * kMsPerHour;
    key.hash = booking::HashOf(booking::DrawSecret(bench.world.entropy));
    std::ofstream(bench.world.directory + "/keys/staff") << booking::WriteStaffKeys({key});
    REQUIRE(bench.world.engine->ReloadStaffKeys().ok());
    const auto ask = [&](const char* id) {
      return "GET /v1/snapshots HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " +
             booking::WriteBearer(id, booking::DrawSecret(bench.world.entropy)) + "\r\n\r\n";
    };
    bench.Compare("a key's wrong secret, an unknown id:", ask("7K3M9QXA"), ask("7K3M9QXB"), 401);
    bench.Compare("(an unknown id, another one:)", ask("7K3M9QXC"), ask("7K3M9QXB"), 401);
  }
  Bench bench(Audience::kPublic);
  const auto held = bench.world.Hold("A1234");
  REQUIRE(held.outcome == Outcome::kOk);
  const auto other = bench.world.Hold("A1235");
  REQUIRE(other.outcome == Outcome::kOk);
  const std::string wrong_key(other.reservation.key.view());
  const auto ask = [&](const std::string& name) {
    return "GET /v1/reservations/" + name + " HTTP/1.1\r\nHost: a\r\nCreneau-Key: " + wrong_key +
           "\r\n\r\n";
  };
  std::string unknown(held.reservation.name.view());
  unknown[3] = unknown[3] == '7' ? '8' : '7';
  bench.Compare("a reservation's wrong key, an unknown name:",
                ask(std::string(held.reservation.name.view())), ask(unknown), 404);
}

}  // namespace creneau::http
