// What an operator may order of an opening, and when (design 6). Pure.
#pragma once

#include <string>

#include "base/instant.h"
#include "booking/answers.h"

namespace creneau::booking {

// Why that order means nothing there and now; empty where it does.
std::string ObjectionTo(const OpeningOrder& order, const AgendaInfo& agenda,
                        const OpeningView& opening, Instant now);

}  // namespace creneau::booking
