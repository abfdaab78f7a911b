// What becomes of seats that come back, and of people whose own day was closed: the steward's
// duties. Not for others than booking/. The steward's thread, but CoolsUntil: any.
#pragma once

#include <cstdint>

#include "booking/act.h"
#include "booking/engine.h"
#include "codec/waitlist.h"
#include "ledger/request.h"

namespace creneau::booking {

// When a seat of that channel that somebody gives back now is looked at again. `random` as in
// rules/freed.h.
Instant CoolsUntil(const AgendaInfo& agenda, Channel channel, Instant now, uint64_t random);
// Of a seat that has cooled or is set aside: it is somebody's now, or is kept from everybody, or
// was given back in the right order.
Reassigned Reassign(Engine::Impl& in, SeatId seat, Instant now, Act& act);
// Whether that seat is what the list offers to that place. A draw or the office may have made them
// another offer; and one that was given back to its owner is not for whoever has the place's key.
bool IsOfferOf(const Engine::Impl& in, const codec::WaitlistPlace& place,
               const ledger::SeatView& seat);
// What somebody who has that place has: the seat that it was offered, whoever the staff says has
// that by now; else the reservation of its subject. With a Reading.
std::optional<ledger::SeatView> ReservationOf(Engine::Impl& in, Act& act,
                                              const codec::WaitlistPlace& place);
// What has become of offers.
void TendWaitlist(Engine::Impl& in, Instant now, Act& act);
// Somebody who may wait has a seat: they wait no more.
void NoteServed(Engine::Impl& in, AgendaId agenda, const Subject& subject, Instant now, Act& act);
// People in slots of days that were closed are offered others.
void TendClosures(Engine::Impl& in, Instant now, Act& act);
// Whether a slot that begins then can be offered to them.
bool CanBeMovedTo(const AgendaInfo& agenda, Instant starts_at, Instant now);
// Whether somebody in a slot of a day that was closed waits for another seat of that channel.
bool HasDisplaced(Engine::Impl& in, const AgendaInfo& agenda, Channel channel, Instant now,
                  Act& act);
void MoveDisplaced(Engine::Impl& in, const AgendaInfo& agenda, Instant now, Act& act);

}  // namespace creneau::booking
