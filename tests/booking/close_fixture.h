// An office that closes days, and people who have seats there.
#pragma once

#include <string>

#include "booking/close.h"
#include "tests/booking/waitlist_fixture.h"

namespace creneau::booking {

class Closing : public Waiting {
 public:
  explicit Closing(const std::string& hours = "09:00-10:30") : Waiting(FewSeats("", hours)) {}

  CloseAnswer Close(const char* day, bool closed = true, bool dry_run = false) {
    return CloseDay(*engine, {"93-titres", *ParseDate(day), "strike", closed, dry_run}, kTester);
  }
  ReservationAnswer Read(const Reservation& reservation) { return Do(&Engine::Read, reservation); }
  std::string SlotOf(const Reservation& reservation) {
    const ReservationAnswer answer = Read(reservation);
    REQUIRE(answer.outcome == Outcome::kOk);
    return std::string(ReservationStateName(answer.reservation.state)) + " " +
           FormatLocalMinute(answer.reservation.slot);
  }
  int Slots() {
    return static_cast<int>(
        engine->ReadSlots("93-titres", CivilDate{2026, 12, 15}, std::nullopt, clock.now)
            .slots.size());
  }
};

}  // namespace creneau::booking
