// What a session of the public listener is given, for tests that have no server.
#pragma once

#include "http/session.h"
#include "tests/booking/fixture.h"

namespace creneau::http {

inline SessionContext PublicContext(booking::World& world, Telemetry& telemetry,
                                    Counters& counters) {
  return {.engine = *world.engine,
          .telemetry = telemetry,
          .counters = counters,
          .audience = Audience::kPublic,
          .reply = {},
          .target = {},
          .date = {}};
}

}  // namespace creneau::http
