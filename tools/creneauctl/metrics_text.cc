#include "tools/creneauctl/metrics_text.h"

#include <algorithm>
#include <limits>

#include "absl/strings/numbers.h"

namespace creneau::ctl {
namespace {

// Takes `name="value",` off the front of what stands between the braces. False: it is not that.
bool TakeLabel(std::string_view& text, MetricsText::Labels* labels) {
  const size_t equals = text.find("=\"");
  if (equals == std::string_view::npos) return false;
  const std::string name(text.substr(0, equals));
  text.remove_prefix(equals + 2);
  std::string value;
  while (!text.empty() && text.front() != '"') {
    if (text.front() == '\\' && text.size() > 1) {
      value += text[1] == 'n' ? '\n' : text[1];
      text.remove_prefix(2);
    } else {
      value += text.front();
      text.remove_prefix(1);
    }
  }
  if (text.empty()) return false;
  text.remove_prefix(1);
  if (!text.empty() && text.front() == ',') text.remove_prefix(1);
  labels->emplace(name, std::move(value));
  return true;
}

// "+Inf" is among what absl reads.
std::optional<double> NumberFrom(std::string_view text) {
  double value = 0;
  if (!absl::SimpleAtod({text.data(), text.size()}, &value)) return std::nullopt;
  return value;
}

bool Has(const MetricsText::Labels& all, const MetricsText::Labels& some) {
  return std::all_of(some.begin(), some.end(), [&all](const auto& label) {
    const auto at = all.find(label.first);
    return at != all.end() && at->second == label.second;
  });
}

// Upper bound -> how many observations were not above it.
std::map<double, double> Buckets(const MetricsText& page, const std::string& histogram) {
  std::map<double, double> buckets;
  for (const MetricsText::Series& series : page.All(histogram + "_bucket")) {
    const auto bound = series.labels.find("le");
    if (bound == series.labels.end()) continue;
    if (const auto number = NumberFrom(bound->second)) buckets[*number] += series.value;
  }
  return buckets;
}

}  // namespace

MetricsText::MetricsText(std::string_view page) {
  while (!page.empty()) {
    std::string_view line = page.substr(0, page.find('\n'));
    page.remove_prefix(std::min(page.size(), line.size() + 1));
    if (line.empty() || line.front() == '#') continue;
    const std::string name(line.substr(0, line.find_first_of("{ ")));
    line.remove_prefix(name.size());
    Series series;
    if (!line.empty() && line.front() == '{') {
      line.remove_prefix(1);
      while (!line.empty() && line.front() != '}' && TakeLabel(line, &series.labels)) {
      }
      if (line.empty() || line.front() != '}') continue;
      line.remove_prefix(1);
    }
    if (line.empty() || line.front() != ' ') continue;
    const std::optional<double> value = NumberFrom(line.substr(1));
    if (!value) continue;
    series.value = *value;
    families_[name].push_back(std::move(series));
  }
}

const std::vector<MetricsText::Series>& MetricsText::All(const std::string& name) const {
  static const std::vector<Series> kNone;
  const auto at = families_.find(name);
  return at == families_.end() ? kNone : at->second;
}

std::optional<double> MetricsText::Value(const std::string& name, const Labels& labels) const {
  for (const Series& series : All(name)) {
    if (Has(series.labels, labels)) return series.value;
  }
  return std::nullopt;
}

std::optional<double> MetricsText::QuantileSince(const MetricsText& before,
                                                 const std::string& histogram, double part) const {
  const std::map<double, double> now = Buckets(*this, histogram);
  std::map<double, double> then = Buckets(before, histogram);
  if (now.empty()) return std::nullopt;
  // An engine that was started anew counts from zero.
  if (!then.empty() && then.rbegin()->second > now.rbegin()->second) then.clear();
  const double all = now.rbegin()->second - (then.empty() ? 0 : then.rbegin()->second);
  if (all <= 0) return std::nullopt;
  for (const auto& [bound, count] : now) {
    const auto old = then.find(bound);
    if (count - (old == then.end() ? 0 : old->second) >= part * all) return bound;
  }
  return std::numeric_limits<double>::infinity();
}

}  // namespace creneau::ctl
