// What the engine knows of people beside their seats, and of what the staff did for them. Not for
// others than booking/.
#pragma once

#include "booking/acts.h"
#include "booking/closures.h"
#include "booking/desk_counts.h"
#include "booking/draws.h"
#include "booking/identities.h"
#include "booking/mandate_table.h"
#include "booking/pepper_epochs.h"
#include "booking/shift_counts.h"
#include "booking/waitlist.h"

namespace creneau::booking {

struct People {
  Identities identities;
  Acts acts;
  PepperEpochs peppers;
  Waitlist waitlist;
  Closures closures;
  DeskCounts desk;
  ShiftCounts shifts;
  MandateTable mandates;
  Draws draws;
};

}  // namespace creneau::booking
