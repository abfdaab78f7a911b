// What people do: journeys of one to three requests, and how many take which. Plain values; any
// thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/prng.h"

namespace creneau::bench {

// One request. Latencies and outcomes are kept by kind.
enum class Kind : uint8_t { kHold, kConfirm, kCancel, kRead };
inline constexpr size_t kKinds = 4;
std::string_view NameOf(Kind kind);

enum class JourneyKind : uint8_t {
  kHold,         // hold, and leave it to lapse
  kHoldConfirm,  // hold, think, confirm
  kCancel,       // hold, think, confirm, think, cancel
  kRead,         // look at a week of slots
};
inline constexpr size_t kJourneyKinds = 4;
std::string_view NameOf(JourneyKind kind);

// How many requests the journey has, and the one at `step` (from 0).
size_t StepsOf(JourneyKind kind);
Kind StepOf(JourneyKind kind, size_t step);

// Weights of journeys: "hold-confirm=8,read=1,cancel=1".
class Mix {
 public:
  // Nothing, and *error says why, when it does not say that.
  static std::optional<Mix> Parse(std::string_view text, std::string* error);
  static Mix Only(JourneyKind kind);

  JourneyKind Draw(Prng* prng) const;
  // Requests of a journey, on average.
  double RequestsPerJourney() const;
  // The share of journeys that take a seat, and of those that confirm one.
  double HoldsPerJourney() const;
  double ConfirmsPerJourney() const;
  uint64_t weight(JourneyKind kind) const { return weights_[static_cast<size_t>(kind)]; }
  std::string Text() const;

 private:
  double ShareWith(Kind kind) const;

  std::array<uint64_t, kJourneyKinds> weights_{};
  uint64_t sum_ = 0;
};

}  // namespace creneau::bench
