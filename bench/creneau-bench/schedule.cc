#include "bench/creneau-bench/schedule.h"

#include <charconv>
#include <cmath>

#include "base/check.h"

namespace creneau::bench {
namespace {

constexpr double kMaxThinkMs = 3'600'000;

bool ReadMs(std::string_view text, double* ms) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *ms);
  return error == std::errc() && end == text.data() + text.size() && *ms >= 0 && *ms <= kMaxThinkMs;
}

std::string MsText(double ms) {
  char text[32];
  const auto [end, error] = std::to_chars(text, text + sizeof(text), ms);
  return std::string(text, error == std::errc() ? end : text);
}

}  // namespace

double UnitOf(Prng* prng) { return static_cast<double>((prng->Next() >> 11) + 1) * 0x1p-53; }

Arrivals::Arrivals(double per_s, Spacing spacing, unsigned thread, unsigned threads, uint64_t seed)
    : per_s_(per_s), spacing_(spacing), thread_(thread), threads_(threads), prng_(seed) {
  CHECK(per_s > 0 && thread < threads);
}

int64_t Arrivals::NextNs() {
  if (spacing_ == Spacing::kEven) {
    // From the count, not from the last one: distances that do not divide do not add up to a drift.
    at_s_ = static_cast<double>(made_ * threads_ + thread_) / per_s_;
  } else {
    at_s_ += -std::log(UnitOf(&prng_)) * threads_ / per_s_;
  }
  ++made_;
  return static_cast<int64_t>(at_s_ * static_cast<double>(kNsPerSecond));
}

std::optional<Think> Think::Parse(std::string_view text, std::string* error) {
  Think think;
  constexpr std::string_view kExponential = "exp:";
  const bool exponential = text.substr(0, kExponential.size()) == kExponential;
  const size_t dash = text.find('-');
  bool good = false;
  if (exponential) {
    think.exponential_ = true;
    good = ReadMs(text.substr(kExponential.size()), &think.max_ms_);
    think.min_ms_ = 0;
  } else if (dash == std::string_view::npos) {
    good = ReadMs(text, &think.max_ms_);
    think.min_ms_ = think.max_ms_;
  } else {
    good = ReadMs(text.substr(0, dash), &think.min_ms_) &&
           ReadMs(text.substr(dash + 1), &think.max_ms_) && think.min_ms_ <= think.max_ms_;
  }
  if (good) return think;
  *error = "\"" + std::string(text) +
           "\": a thinking time is MS, MIN-MAX or exp:MEAN, in milliseconds up to an hour";
  return std::nullopt;
}

int64_t Think::DrawNs(Prng* prng) const {
  if (none()) return 0;
  const double ms = exponential_ ? -std::log(UnitOf(prng)) * max_ms_
                                 : min_ms_ + (max_ms_ - min_ms_) * UnitOf(prng);
  return static_cast<int64_t>(ms * 1e6);
}

std::string Think::Text() const {
  if (exponential_) return "exp:" + MsText(max_ms_);
  return min_ms_ == max_ms_ ? MsText(max_ms_) : MsText(min_ms_) + "-" + MsText(max_ms_);
}

}  // namespace creneau::bench
