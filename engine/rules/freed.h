// When a seat that somebody gave back may be given out again (design 5): never when a watcher can
// wait for it. Pure; any thread.
#pragma once

#include <cstdint>

#include "base/instant.h"
#include "base/zone.h"
#include "rules/agenda.h"

namespace creneau::rules {

// `passes_on`: the agenda looks for somebody to offer it to, a minute later, and nobody else can
// get it meanwhile; so when that is need not be secret. Else a seat of the web's goes into the next
// opening that begins after the agenda's shortest time, where everybody's chance is what the
// opening makes it; or comes back at a random moment between the agenda's bounds where that is
// always open, or for the office's own channels, which no opening binds. `random`: any 64 bits that
// nobody can guess.
Instant CoolsUntil(const Agenda& agenda, const Zone& zone, Channel channel, Instant now,
                   bool passes_on, uint64_t random);

// Until when somebody who came by that channel may take an offer of a seat that begins at
// `starts_at`: as long as the agenda says, but not beyond the last moment at which it could be
// booked. Not after `now` where there is no time left.
Instant OfferedUntil(const Agenda& agenda, Channel channel, Instant starts_at, Instant now);

}  // namespace creneau::rules
