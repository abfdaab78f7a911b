// What the files about mandates share (mandates.h). Not for others.
#pragma once

#include "booking/engine_impl.h"
#include "booking/mandates.h"

namespace creneau::booking {

// At the office: days since 1970-01-01.
int32_t DayAt(const AgendaInfo& agenda, Instant now);

// With the publishing lock, which guards the peppers.
MandateView ViewOf(Engine::Impl& in, const codec::Mandate& mandate, const Actor& actor,
                   Instant now);

// With the Turn: logged, and then so.
void PutMandate(Engine::Impl& in, const MandateTable::Turn& turn, const codec::Mandate& mandate,
                Act& act);

}  // namespace creneau::booking
