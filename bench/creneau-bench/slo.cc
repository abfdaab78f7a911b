#include "bench/creneau-bench/slo.h"

#include <array>
#include <charconv>
#include <utility>

#include "base/check.h"

namespace creneau::bench {
namespace {

using Metric = Objective::Metric;
using Relation = Objective::Relation;

bool ReadNumber(std::string_view* text, double* number) {
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), *number);
  if (error != std::errc() || *number < 0) return false;
  text->remove_prefix(static_cast<size_t>(end - text->data()));
  return true;
}

bool Take(std::string_view* text, std::string_view word) {
  if (text->substr(0, word.size()) != word) return false;
  text->remove_prefix(word.size());
  return true;
}

void TakeKind(std::string_view* text, Objective* objective) {
  for (const Kind kind : {Kind::kHold, Kind::kConfirm, Kind::kCancel, Kind::kRead}) {
    if (Take(text, std::string(NameOf(kind)) + ".")) objective->kind = kind;
  }
}

bool TakeMetric(std::string_view* text, Objective* objective) {
  if (Take(text, "p(")) {
    objective->metric = Metric::kPercentile;
    return ReadNumber(text, &objective->percentile) && objective->percentile <= 100 &&
           Take(text, ")");
  }
  constexpr std::array<std::pair<std::string_view, Metric>, 4> kWords = {
      {{"max", Metric::kMax},
       {"mean", Metric::kMean},
       {"errors", Metric::kErrorCount},
       {"rate", Metric::kRate}}};
  for (const auto& [word, metric] : kWords) {
    if (!Take(text, word)) continue;
    objective->metric = metric;
    return true;
  }
  return false;
}

bool TakeRelation(std::string_view* text, Objective* objective) {
  if (Take(text, "<=")) {
    objective->relation = Relation::kAtMost;
  } else if (Take(text, "<")) {
    objective->relation = Relation::kBelow;
  } else if (Take(text, ">=")) {
    objective->relation = Relation::kAtLeast;
  } else if (Take(text, ">")) {
    objective->relation = Relation::kAbove;
  } else {
    return false;
  }
  return true;
}

// What is left behind the number.
bool TakeUnit(std::string_view unit, Objective* objective) {
  if (objective->IsLatency()) {
    if (unit == "us") objective->bound *= 1e3;
    if (unit == "ms") objective->bound *= 1e6;
    if (unit == "s") objective->bound *= 1e9;
    return unit == "us" || unit == "ms" || unit == "s";
  }
  if (objective->metric == Metric::kErrorCount && unit == "%") {
    objective->metric = Metric::kErrorShare;
    return objective->bound <= 100;
  }
  return unit.empty();
}

}  // namespace

bool Objective::Holds(double measured) const {
  switch (relation) {
    case Relation::kBelow:
      return measured < bound;
    case Relation::kAtMost:
      return measured <= bound;
    case Relation::kAbove:
      return measured > bound;
    case Relation::kAtLeast:
      return measured >= bound;
  }
  CHECK(false);
}

std::optional<Objective> ParseObjective(std::string_view text, std::string* error) {
  Objective objective;
  objective.text = text;
  std::string compact;  // spaces are for the eye
  for (const char c : text) {
    if (c != ' ') compact += c;
  }
  std::string_view rest = compact;
  TakeKind(&rest, &objective);
  if (!TakeMetric(&rest, &objective)) {
    *error = "\"" + objective.text +
             "\": begins with p(N), N up to 100, max, mean, errors or rate, perhaps after hold., "
             "confirm., cancel. or read.";
  } else if (!TakeRelation(&rest, &objective)) {
    *error = "\"" + objective.text + "\": behind the metric stands <, <=, > or >=";
  } else if (!ReadNumber(&rest, &objective.bound)) {
    *error = "\"" + objective.text + "\": behind the relation stands a number";
  } else if (!TakeUnit(rest, &objective)) {
    *error = "\"" + objective.text +
             "\": a latency ends with us, ms or s; errors with % or nothing; a rate with nothing";
  } else {
    return objective;
  }
  return std::nullopt;
}

}  // namespace creneau::bench
