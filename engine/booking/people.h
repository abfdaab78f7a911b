// What the engine knows of people beside their seats. Not for others than booking/.
#pragma once

#include "booking/acts.h"
#include "booking/identities.h"
#include "booking/pepper_epochs.h"

namespace creneau::booking {

struct People {
  Identities identities;
  Acts acts;
  PepperEpochs peppers;
};

}  // namespace creneau::booking
