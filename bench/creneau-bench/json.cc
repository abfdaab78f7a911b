#include "bench/creneau-bench/json.h"

#include <cmath>

#include "absl/strings/str_format.h"

namespace creneau::bench {

std::string Quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      absl::StrAppendFormat(&out, "\\u%04x", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string Number(double number) {
  return std::isfinite(number) ? absl::StrFormat("%.6g", number) : "null";
}

std::string Latency(const Histogram& histogram) {
  const auto us = [](double ns) { return absl::StrFormat("%.3f", ns / 1e3); };
  Object object;
  object.Count("count", histogram.total());
  constexpr std::pair<const char*, double> kPercentiles[] = {
      {"p50", 50}, {"p90", 90}, {"p99", 99}, {"p99_9", 99.9}, {"p99_99", 99.99}};
  for (const auto& [name, percentile] : kPercentiles) {
    object.Add(name, us(static_cast<double>(histogram.Percentile(percentile))));
  }
  object.Add("max", us(static_cast<double>(histogram.max())));
  object.Add("mean", us(histogram.Mean()));
  return object.Done();
}

std::string MachineOf(const Machine& machine) {
  return Object()
      .Count("cpus", machine.cpus)
      .Text("model", machine.model)
      .Text("kernel", machine.kernel)
      .Count("memory_mib", machine.memory_mib)
      .Done();
}

std::string BuildOf(const Machine& machine) {
  return Object()
      .Text("version", machine.version)
      .Text("compiler", machine.compiler)
      .Text("type", machine.build_type)
      .Done();
}

}  // namespace creneau::bench
