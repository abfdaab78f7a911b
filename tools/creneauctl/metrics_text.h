// The engine's /metrics, read (text format 0.0.4, as far as the engine writes it). Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace creneau::ctl {

class MetricsText {
 public:
  using Labels = std::map<std::string, std::string>;
  struct Series {
    Labels labels;
    double value = 0;
  };

  MetricsText() = default;
  // Lines that are not what they should be are left out.
  explicit MetricsText(std::string_view page);

  const std::vector<Series>& All(const std::string& name) const;
  // Of the first series that has these labels, and perhaps more.
  std::optional<double> Value(const std::string& name, const Labels& labels = {}) const;

  // The bound of the bucket in which that part of a histogram's observations ends, of those made
  // since `before` was read: at most that much. Infinite beyond its last bound; nothing where
  // nothing was observed.
  std::optional<double> QuantileSince(const MetricsText& before, const std::string& histogram,
                                      double part) const;

 private:
  std::map<std::string, std::vector<Series>> families_;
};

}  // namespace creneau::ctl
