// What waitlists and offers may come to. As base/limits.h.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/instant.h"

namespace creneau::limits {

// People who wait, over all agendas: 60 MB. An office with 290 slots a week would need six years
// for a tenth of them.
inline constexpr size_t kWaitingMost = 400'000;
// Of one agenda, so that none keeps the others from having a list.
inline constexpr size_t kWaitingOfAgenda = 100'000;
// Offers that one place gets before it ends: whoever misses a letter gets another one, and a list
// of people who have long been served elsewhere is through in two rounds.
inline constexpr uint32_t kOffersOfPlace = 2;
// A place that has ended still answers its key for so long: its holder may be on holiday.
inline constexpr int64_t kEndedPlaceMs = 30 * kMsPerDay;
// And so many of them are kept, over all agendas: thirty days of eighty offices, each with 290
// slots a week that all went by a list. Whoever joins and leaves in a loop makes more, and would
// fill the memory and each snapshot with them: 20 MB at most so. What it costs others is that a
// place that ended is not found any more.
inline constexpr size_t kEndedPlaces = 100'000;
// Of them, forgotten at once: the list stands still for less than a millisecond.
inline constexpr size_t kForgottenAtOnce = 1'000;
// Less time to answer is no offer: the seat goes back without one.
inline constexpr int64_t kLeastOfferMs = 2 * kMsPerHour;
// A seat that goes to the next of those who wait still answers for its last holder for so long: a
// repeated cancellation gets the same answer. It need not cool for longer, since no watcher can
// have it.
inline constexpr int64_t kPassOnMs = kMsPerMinute;
// A freed seat that nobody has taken yet is offered again so often, until it is everybody's: people
// come in between.
inline constexpr int64_t kLookForTakersMs = kMsPerHour;
// Between two looks at people whose day was closed and who have no other seat yet.
inline constexpr int64_t kLookAtClosedMs = 2 * kMsPerSecond;

}  // namespace creneau::limits
