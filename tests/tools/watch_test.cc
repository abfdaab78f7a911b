// What an operator sees of an opening, from what the engine answers.
#include <catch2/catch.hpp>
#include <cmath>
#include <string>

#include "tools/creneauctl/watch_view.h"

namespace creneau::ctl {
namespace {

constexpr const char* kPage = R"(# HELP creneau_outcomes_total Requests answered, by outcome.
# TYPE creneau_outcomes_total counter
creneau_outcomes_total{outcome="ok"} 1000
creneau_outcomes_total{outcome="not-admitted"} 340
creneau_outcomes_total{outcome="paused"} 0
creneau_shed_total{lane="hold",reason="lag"} 5
creneau_connections_refused_total{listener="public",reason="full"} 0
creneau_admission_limited_by{agenda="92",reason="disk"} 0
creneau_admission_limited_by{agenda="92",reason="seats"} 1
creneau_admission_limited_by{agenda="93",reason="disk"} 1
creneau_queue_rate_cap_per_minute{agenda="92"} 600
creneau_queue_draining{agenda="92"} 1
creneau_live_holds 12
creneau_hold_bound 300
creneau_log_batch_p99_seconds 0.0008
creneau_confirm_duration_seconds_bucket{le="0.01"} 97
creneau_confirm_duration_seconds_bucket{le="0.025"} 99
creneau_confirm_duration_seconds_bucket{le="+Inf"} 100
creneau_odd{a="x\"y\\z",b="{}"} 7
broken{a="b
)";

constexpr const char* kBefore = R"(creneau_outcomes_total{outcome="not-admitted"} 328
creneau_confirm_duration_seconds_bucket{le="0.01"} 90
creneau_confirm_duration_seconds_bucket{le="0.025"} 90
creneau_confirm_duration_seconds_bucket{le="+Inf"} 90
)";

constexpr const char* kAgenda =
    R"({"agenda":"92","phase":"open","channels":{"web":{"published":500,"free":430,"held":12,"confirmed":43}}})";
constexpr const char* kQueue =
    R"({"agenda":"92","phase":"open","closes_at":"2026-12-01T10:00:00+01:00","waiting":1200,"served":80,
    "rate_per_min":60,"free":400})";

TEST_CASE("a page of metrics") {
  const MetricsText page(kPage);
  CHECK(page.Value("creneau_live_holds") == 12);
  CHECK(page.Value("creneau_outcomes_total", {{"outcome", "not-admitted"}}) == 340);
  CHECK_FALSE(page.Value("creneau_outcomes_total", {{"outcome", "absent"}}));
  CHECK_FALSE(page.Value("absent"));
  REQUIRE(page.All("creneau_odd").size() == 1);
  CHECK(page.All("creneau_odd")[0].labels.at("a") == "x\"y\\z");
  CHECK(page.All("creneau_odd")[0].labels.at("b") == "{}");
  CHECK(page.All("broken").empty());
}

TEST_CASE("a quantile is of what came between two pages") {
  const MetricsText page(kPage);
  const std::string name = "creneau_confirm_duration_seconds";
  CHECK(page.QuantileSince(MetricsText(), name, 0.97) == 0.01);
  CHECK(page.QuantileSince(MetricsText(), name, 0.99) == 0.025);
  CHECK(page.QuantileSince(MetricsText(kBefore), name, 0.5) == 0.01);
  CHECK(page.QuantileSince(MetricsText(kBefore), name, 0.9) == 0.025);
  CHECK(std::isinf(page.QuantileSince(MetricsText(kBefore), name, 0.99).value()));
  CHECK_FALSE(page.QuantileSince(page, name, 0.99));
  CHECK_FALSE(page.QuantileSince(page, "absent", 0.99));
  // An engine that was started anew has fewer than before.
  CHECK(MetricsText(kBefore).QuantileSince(page, name, 0.99) == 0.01);
}

TEST_CASE("a frame, as JSON and as a screen") {
  const MetricsText page(kPage);
  const WatchFrame frame = ReadFrame({kAgenda, kQueue, page, MetricsText(kBefore), MetricsText()});
  CHECK(
      FrameAsJson(frame, "2026-12-01T08:00:07Z") ==
      R"({"at":"2026-12-01T08:00:07Z","agenda":"92","phase":"open","paused":false,"draining":true,)"
      R"("waiting":1200,"admitted":80,"rate_per_min":60,"rate_cap_per_min":600,"limited_by":"seats",)"
      R"("held":12,"confirmed":43,"left":400,"confirm_p99_ms":null,"confirm_p99_beyond":true,)"
      R"("flush_p99_ms":0.800,"live_holds":12,"hold_bound":300,"refused":{"not-admitted":12,"shed hold/lag":5},)"
      R"("refused_in_all":{"not-admitted":340,"shed hold/lag":5}})");
  CHECK(FrameAsScreen(frame, "08:00:07") ==
        "92  open until 2026-12-01T10:00, DRAINING  (08:00:07)\n"
        "\n"
        "waiting    1200\n"
        "admitted   80\n"
        "rate       60 a minute, at most 600; limited by seats\n"
        "held       12\n"
        "confirmed  43\n"
        "left       400\n"
        "\n"
        "the whole engine\n"
        "confirm p99  more than can be told\n"
        "flush p99    0.8 ms\n"
        "holds        12 live holds of at most 300\n"
        "\n"
        "REFUSED        LATELY  SINCE THIS BEGAN\n"
        "not-admitted       12               340\n"
        "shed hold/lag       5                 5\n");
}

TEST_CASE("an agenda without a queue, and an engine that says little") {
  const MetricsText nothing;
  const WatchFrame frame = ReadFrame({kAgenda, "", nothing, nothing, nothing});
  CHECK_FALSE(frame.waiting);
  CHECK(frame.left == 430u);
  const std::string json = FrameAsJson(frame, "");
  CHECK(json.find(R"("waiting":null,"admitted":null)") != std::string::npos);
  CHECK(json.find(R"("limited_by":null)") != std::string::npos);
  const std::string screen = FrameAsScreen(frame, "");
  CHECK(screen.find("waiting") == std::string::npos);
  CHECK(screen.find("nothing was refused since this began") != std::string::npos);
}

}  // namespace
}  // namespace creneau::ctl
