#include "booking/public_event.h"

#include <array>

#include "base/check.h"

namespace creneau::booking {

namespace {

// In the order of the facts.
constexpr std::array kNames = {
    std::string_view("held"),
    std::string_view("offered"),
    std::string_view("extended"),
    std::string_view("confirmed"),
    std::string_view("moved"),
    std::string_view("day-closed"),
    std::string_view("day-reopened"),
    std::string_view("slot-closed"),
    std::string_view("displaced"),
    std::string_view("expired"),
    std::string_view("cancelled"),
    std::string_view("published"),
    std::string_view("mandate-due"),
    std::string_view("mandate-void"),
    std::string_view("seats-shifted"),
    std::string_view("roster-imported"),
    std::string_view("opening-opened"),
    std::string_view("opening-paused"),
    std::string_view("opening-resumed"),
    std::string_view("opening-draining"),
    std::string_view("opening-changed"),
    std::string_view("place-offered"),
    std::string_view("place-lapsed"),
    std::string_view("draw-announced"),
    std::string_view("draw-closed"),
    std::string_view("draw-seeded"),
    std::string_view("draw-done"),
    std::string_view("draw-abandoned"),
    std::string_view("draw-crowded"),
    std::string_view("entry-offered"),
    std::string_view("entry-passed"),
    std::string_view("recovery-asked"),
    std::string_view("asked-again"),
    std::string_view("repaired"),
    std::string_view("staff-act"),
    std::string_view("loss-accepted"),
};
static_assert(kNames.size() == static_cast<size_t>(PublicFact::kLossAccepted) + 1);

}  // namespace

std::string_view PublicFactName(PublicFact fact) {
  CHECK(static_cast<size_t>(fact) < kNames.size());
  return kNames[static_cast<size_t>(fact)];
}

}  // namespace creneau::booking
