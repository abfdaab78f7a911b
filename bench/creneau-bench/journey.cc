#include "bench/creneau-bench/journey.h"

#include <charconv>

#include "base/check.h"

namespace creneau::bench {
namespace {

constexpr std::array<JourneyKind, kJourneyKinds> kAllJourneys = {
    JourneyKind::kHold, JourneyKind::kHoldConfirm, JourneyKind::kCancel, JourneyKind::kRead};
constexpr uint64_t kMaxWeight = 1'000'000;

}  // namespace

std::string_view NameOf(Kind kind) {
  switch (kind) {
    case Kind::kHold:
      return "hold";
    case Kind::kConfirm:
      return "confirm";
    case Kind::kCancel:
      return "cancel";
    case Kind::kRead:
      return "read";
  }
  CHECK(false);
}

std::string_view NameOf(JourneyKind kind) {
  switch (kind) {
    case JourneyKind::kHold:
      return "hold";
    case JourneyKind::kHoldConfirm:
      return "hold-confirm";
    case JourneyKind::kCancel:
      return "cancel";
    case JourneyKind::kRead:
      return "read";
  }
  CHECK(false);
}

size_t StepsOf(JourneyKind kind) {
  switch (kind) {
    case JourneyKind::kHold:
    case JourneyKind::kRead:
      return 1;
    case JourneyKind::kHoldConfirm:
      return 2;
    case JourneyKind::kCancel:
      return 3;
  }
  CHECK(false);
}

Kind StepOf(JourneyKind kind, size_t step) {
  CHECK(step < StepsOf(kind));
  if (kind == JourneyKind::kRead) return Kind::kRead;
  constexpr std::array<Kind, 3> kSteps = {Kind::kHold, Kind::kConfirm, Kind::kCancel};
  return kSteps[step];
}

std::optional<Mix> Mix::Parse(std::string_view text, std::string* error) {
  Mix mix;
  const std::string_view whole = text;
  while (!text.empty()) {
    const size_t comma = text.find(',');
    const std::string_view part = text.substr(0, comma);
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
    const size_t equals = part.find('=');
    const std::string_view name = part.substr(0, equals);
    uint64_t weight = 1;
    if (equals != std::string_view::npos) {
      const std::string_view number = part.substr(equals + 1);
      const auto [end, failed] =
          std::from_chars(number.data(), number.data() + number.size(), weight);
      if (failed != std::errc() || end != number.data() + number.size() || weight > kMaxWeight) {
        *error = "\"" + std::string(part) + "\": a weight is a whole number up to a million";
        return std::nullopt;
      }
    }
    bool known = false;
    for (const JourneyKind kind : kAllJourneys) {
      if (NameOf(kind) != name) continue;
      known = true;
      mix.weights_[static_cast<size_t>(kind)] += weight;
      mix.sum_ += weight;
    }
    if (!known) {
      *error = "\"" + std::string(name) + "\": journeys are hold, hold-confirm, cancel and read";
      return std::nullopt;
    }
  }
  if (mix.sum_ == 0) {
    *error = "\"" + std::string(whole) + "\": no journey has a weight above 0";
    return std::nullopt;
  }
  return mix;
}

Mix Mix::Only(JourneyKind kind) {
  Mix mix;
  mix.weights_[static_cast<size_t>(kind)] = 1;
  mix.sum_ = 1;
  return mix;
}

JourneyKind Mix::Draw(Prng* prng) const {
  uint64_t ticket = prng->Below(sum_);
  for (const JourneyKind kind : kAllJourneys) {
    if (ticket < weight(kind)) return kind;
    ticket -= weight(kind);
  }
  CHECK(false);
}

double Mix::RequestsPerJourney() const {
  double requests = 0;
  for (const JourneyKind kind : kAllJourneys) {
    requests += static_cast<double>(weight(kind) * StepsOf(kind));
  }
  return requests / static_cast<double>(sum_);
}

double Mix::ShareWith(Kind kind) const {
  double journeys = 0;
  for (const JourneyKind journey : kAllJourneys) {
    for (size_t step = 0; step < StepsOf(journey); ++step) {
      if (StepOf(journey, step) == kind) journeys += static_cast<double>(weight(journey));
    }
  }
  return journeys / static_cast<double>(sum_);
}

double Mix::HoldsPerJourney() const { return ShareWith(Kind::kHold); }
double Mix::ConfirmsPerJourney() const { return ShareWith(Kind::kConfirm); }

std::string Mix::Text() const {
  std::string text;
  for (const JourneyKind kind : kAllJourneys) {
    if (weight(kind) == 0) continue;
    if (!text.empty()) text += ',';
    text += std::string(NameOf(kind)) + "=" + std::to_string(weight(kind));
  }
  return text;
}

}  // namespace creneau::bench
