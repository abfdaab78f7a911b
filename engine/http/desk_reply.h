// What whoever booked for somebody else is answered: the reservation with its key, and the letter
// for its holder. For handlers.
#pragma once

#include "booking/answers.h"
#include "http/exchange.h"
#include "http/headers.h"
#include "http/json.h"

namespace creneau::http {

// The members of a reservation that was made for somebody, but for the letter.
void WriteBooked(JsonWriter& json, const booking::Reservation& reservation);
// With it; `asked`: in which channel.
void WriteMade(JsonWriter& json, const booking::Reservation& reservation, Channel asked);

// 201, or 200 where it existed; or the refusal. `form`: JSON, or iCalendar, which has no key.
void AnswerMade(Exchange& exchange, const booking::ReservationAnswer& answer, Form form);

}  // namespace creneau::http
