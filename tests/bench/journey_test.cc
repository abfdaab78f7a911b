#include "bench/creneau-bench/journey.h"

#include <array>
#include <catch2/catch.hpp>

namespace creneau::bench {
namespace {

TEST_CASE("mix: weights are read, and said again") {
  std::string error;
  const auto mix = Mix::Parse("hold-confirm=8,read=1,cancel=1", &error);
  REQUIRE(mix);
  CHECK(mix->Text() == "hold-confirm=8,cancel=1,read=1");
  CHECK(mix->RequestsPerJourney() == Approx((8 * 2 + 1 + 3) / 10.0));
  CHECK(mix->HoldsPerJourney() == Approx(0.9));
  CHECK(mix->ConfirmsPerJourney() == Approx(0.9));
  CHECK(Mix::Parse("read", &error)->RequestsPerJourney() == 1);
}

TEST_CASE("mix: what it is not") {
  for (const char* wrong : {"", "read=0", "dance=1", "read=-1", "read=1.5", "read=x",
                            "read=9999999", ",", "read=1,,"}) {
    std::string error;
    INFO(wrong);
    const bool refused = !Mix::Parse(wrong, &error);
    CHECK(refused);
    CHECK(!error.empty());
  }
}

TEST_CASE("mix: journeys are drawn by their weights") {
  std::string error;
  const auto mix = Mix::Parse("hold-confirm=8,read=1,cancel=1", &error);
  REQUIRE(mix);
  Prng prng(7);
  std::array<int, kJourneyKinds> drawn{};
  for (int i = 0; i < 100'000; ++i) ++drawn[static_cast<size_t>(mix->Draw(&prng))];
  CHECK(drawn[static_cast<size_t>(JourneyKind::kHold)] == 0);
  CHECK(std::abs(drawn[static_cast<size_t>(JourneyKind::kHoldConfirm)] - 80'000) < 1000);
  CHECK(std::abs(drawn[static_cast<size_t>(JourneyKind::kRead)] - 10'000) < 1000);
  CHECK(std::abs(drawn[static_cast<size_t>(JourneyKind::kCancel)] - 10'000) < 1000);
}

TEST_CASE("journeys: their steps") {
  CHECK(StepsOf(JourneyKind::kCancel) == 3);
  CHECK(StepOf(JourneyKind::kCancel, 0) == Kind::kHold);
  CHECK(StepOf(JourneyKind::kCancel, 1) == Kind::kConfirm);
  CHECK(StepOf(JourneyKind::kCancel, 2) == Kind::kCancel);
  CHECK(StepOf(JourneyKind::kRead, 0) == Kind::kRead);
  CHECK(StepsOf(JourneyKind::kHold) == 1);
}

}  // namespace
}  // namespace creneau::bench
