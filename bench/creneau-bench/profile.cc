#include "bench/creneau-bench/profile.h"

#include <algorithm>
#include <optional>

#include "base/check.h"
#include "base/prng.h"

namespace creneau::bench {
namespace {

// Between the last hold of a storm and the confirms: so that the holds' own wake is over.
constexpr int64_t kSettleNs = kNsPerSecond;

// The same rate all the time, of mixed journeys.
class Steady : public Profile {
 public:
  Steady(const Options& options, unsigned thread)
      : options_(options), prng_(Mix64(options.seed ^ 0x57ead9) + thread) {
    if (options.closed_loop()) return;
    const double batches_per_s =
        options.rate / (options.mix.RequestsPerJourney() * options.pipeline);
    arrivals_.emplace(batches_per_s, options.spacing, thread, options.threads,
                      Mix64(options.seed) + thread);
  }

  int64_t NextArrivalNs() override { return arrivals_ ? arrivals_->NextNs() : kNever; }
  JourneyKind Draw() override { return options_.mix.Draw(&prng_); }
  int64_t NextStepNs(int64_t now_ns) override { return now_ns + options_.think.DrawNs(&prng_); }

 private:
  const Options& options_;
  std::optional<Arrivals> arrivals_;
  Prng prng_;
};

int64_t StormNs(const Options& options) {
  const double gathering_s = static_cast<double>(options.journeys) / options.rate;
  return static_cast<int64_t>(gathering_s * 1e9) + kSettleNs;
}

// Everybody holds first, gently; then everybody confirms.
class ConfirmStorm : public Profile {
 public:
  ConfirmStorm(const Options& options, unsigned thread)
      : holds_(options.rate / options.pipeline, options.spacing, thread, options.threads,
               Mix64(options.seed) + thread),
        storm_ns_(StormNs(options)) {
    const uint64_t batches = (options.journeys + options.pipeline - 1) / options.pipeline;
    left_ = batches / options.threads + (thread < batches % options.threads ? 1 : 0);
    if (options.storm_rate > 0) {
      confirms_.emplace(options.storm_rate / options.pipeline, options.spacing, thread,
                        options.threads, Mix64(options.seed ^ 0x5702a) + thread);
    }
  }

  int64_t NextArrivalNs() override {
    if (left_ == 0) return kNever;
    --left_;
    return holds_.NextNs();
  }
  JourneyKind Draw() override { return JourneyKind::kHoldConfirm; }
  int64_t NextStepNs(int64_t now_ns) override {
    return std::max(now_ns, storm_ns_ + (confirms_ ? confirms_->NextNs() : 0));
  }

 private:
  Arrivals holds_;
  int64_t storm_ns_;
  uint64_t left_;
  std::optional<Arrivals> confirms_;
};

}  // namespace

std::unique_ptr<Profile> MakeProfile(const Options& options, unsigned thread) {
  switch (options.profile) {
    case ProfileKind::kSteady:
      return std::make_unique<Steady>(options, thread);
    case ProfileKind::kConfirmStorm:
      return std::make_unique<ConfirmStorm>(options, thread);
  }
  CHECK(false);
}

Window WindowOf(const Options& options) {
  const auto length = static_cast<int64_t>(options.seconds * 1e9);
  switch (options.profile) {
    case ProfileKind::kSteady: {
      const auto begin = static_cast<int64_t>(options.warmup_s * 1e9);
      return {begin, begin + length, false};
    }
    case ProfileKind::kConfirmStorm:
      return {StormNs(options), StormNs(options) + length, true};
  }
  CHECK(false);
}

}  // namespace creneau::bench
