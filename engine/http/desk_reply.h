// What whoever booked for somebody else is answered: the reservation with its key, and the letter
// for its holder. For handlers.
#pragma once

#include "booking/answers.h"
#include "http/exchange.h"
#include "http/headers.h"

namespace creneau::http {

// 201, or 200 where it existed; or the refusal. `form`: JSON, or iCalendar, which has no key.
void AnswerMade(Exchange& exchange, const booking::ReservationAnswer& answer, Form form);

}  // namespace creneau::http
