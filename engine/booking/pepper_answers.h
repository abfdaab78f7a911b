// What an operator asks about peppers, and is answered (design 8): plain values, as in answers.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "booking/answers.h"

namespace creneau::booking {

// Why a group of agendas cannot go over to another pepper yet: somebody in it would be two.
struct PepperObstacle {
  enum class What : uint8_t { kReservations, kHolds, kOpening, kPasses, kWaiting, kDraw };
  const AgendaInfo* agenda = nullptr;
  What what = What::kReservations;
  uint32_t count = 0;  // of reservations and holds
  Instant until;       // when this one is over, as things are now; none where nobody can say
};
std::string_view PepperObstacleName(PepperObstacle::What what);  // "reservations"

struct PepperRequest {
  uint32_t epoch = 0;         // the newest, for those that stayed behind, or the one after it
  std::string_view agenda{};  // only its group; empty: all
  bool dry_run = false;
};

struct PepperAnswer {
  Outcome outcome = Outcome::kOk;
  std::string problem;  // of kValidationFailed and kOutcomeUnknown, where there is more to say
  bool made = false;    // the pepper
  struct Group {
    std::string name;
    std::vector<const AgendaInfo*> agendas;
    std::vector<PepperObstacle> obstacles;  // of those that stayed
  };
  std::vector<Group> moved;
  std::vector<Group> stayed;
};

struct RetireAnswer {
  Outcome outcome = Outcome::kOk;
  std::string problem;                   // as above; of kPepperInUse: why
  bool existed = false;                  // it was retired before
  std::vector<const AgendaInfo*> users;  // kPepperInUse: that still use it
  std::optional<Instant> from;           // kPepperInUse: when it can be, as far as time is all
};

struct PepperListing {
  uint32_t epoch = 0;
  bool newest = false;
  std::optional<Instant> made;             // not known of the first
  std::optional<Instant> retired;          // is destroyed
  std::vector<const AgendaInfo*> agendas;  // that use it
  // Of one that no agenda uses: until when the retention of those that did lasts.
  std::optional<Instant> retention_until;
};

}  // namespace creneau::booking
