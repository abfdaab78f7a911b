// The rules of an agenda for programs: the member `rules` of its document and of its notice. Pure;
// any thread.
#pragma once

#include "booking/answers.h"
#include "http/json.h"

namespace creneau::http {

// What decides who gets a seat (design 5, algorithm notice).
void WriteRules(JsonWriter& json, const booking::AgendaInfo& info);

}  // namespace creneau::http
