#include "bench/creneau-bench/report.h"

#include <catch2/catch.hpp>

namespace creneau::bench {
namespace {

// A second in which others and our busiest thread used so much of a processor.
Report Taken(double others_s, double busiest) {
  Report report;
  report.options.rate = 100;
  report.seconds = 1;
  report.machine.cpus = 2;
  report.cpu.length_s = 1;
  report.cpu.others_s = others_s;
  report.cpu.busiest_generator_share = busiest;
  Conclude(&report);
  return report;
}

bool Has(const std::string& text, const std::string& piece) {
  INFO(text);
  return text.find(piece) != std::string::npos;
}

TEST_CASE("bottleneck: the machine's does not hide the generator's") {
  const Report both = Taken(0.5, 0.95);
  CHECK(both.limit == Limit::kMachine);
  CHECK(Has(AsText(both), "bottleneck: machine and generator: others used 0.50 of 2 processors"));
  CHECK(Has(AsText(both), "its busiest thread used 95 % of a processor"));
  CHECK(Has(AsHtml(both), "Bottleneck: machine and generator: others"));
  CHECK(Has(AsJson(both), "{\"who\": \"machine\", \"generator_too\": true, \"why\": "));

  CHECK(Taken(0.5, 0.1).bottleneck() == "machine");
  CHECK(Has(AsJson(Taken(0.5, 0.1)), "\"generator_too\": false"));
  CHECK(Taken(0.1, 0.95).bottleneck() == "generator");
  CHECK(Has(AsJson(Taken(0.1, 0.95)), "{\"who\": \"generator\", \"generator_too\": true"));
  CHECK(Taken(0.1, 0.1).bottleneck() == "none");
}

}  // namespace
}  // namespace creneau::bench
