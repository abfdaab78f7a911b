// A reservation as an iCalendar object (RFC 5545), for the applicant's own calendar. Pure; any
// thread.
#pragma once

#include <string>

#include "base/instant.h"
#include "booking/answers.h"
#include "booking/record.h"

namespace creneau::http {

// A whole VCALENDAR with one VEVENT: confirmed, tentative while held, cancelled.
void AppendCalendar(std::string& out, const booking::Reservation& reservation, Instant now);

// The next openings, or releases where the agenda is always open: an entry for each.
void AppendCalendar(std::string& out, const booking::ReleasesAnswer& answer);

}  // namespace creneau::http
