// Limits of draws (design 5), each with its reason.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/instant.h"

namespace creneau::limits {

// Entries of one draw, the withdrawn ones included. With so many a path through the Merkle tree has
// seventeen hashes, and a receipt that shows it is still a QR code on paper (kReceiptBytes). The
// largest known demand for one service of a prefecture is a few ten thousand people.
inline constexpr size_t kDrawPathHashes = 17;
inline constexpr size_t kDrawEntries = size_t{1} << kDrawPathHashes;
// Entries of one person in one draw that may be withdrawn before another one is refused. A slip is
// put right once or twice; and one who came and went without end would fill the draw, since no
// number is given twice. Whoever needs more is entered by the office.
inline constexpr uint32_t kDrawWithdrawals = 3;
// Entries of all draws of one engine that are kept: some 300 bytes each.
inline constexpr size_t kDrawEntriesKept = size_t{1} << 19;
// Draws of one agenda whose entries are kept: the latest, and the one before it while its offers
// still run.
inline constexpr size_t kDrawsKept = 2;
// Dates that somebody can name in an entry; more is what weekdays are for. Keeps receipts short.
inline constexpr size_t kDrawDates = 20;
// Wishes as text (rules/wishes.h): all but one weekday, a half, and so many dates.
inline constexpr size_t kWishesChars = 6 * 4 - 1 + 1 + 9 + 1 + kDrawDates * 11 - 1;
// A source of public randomness in words, and the name of a round in it: lines of a file.
inline constexpr size_t kDrawTextBytes = 200;
// Slots of a draw's dates: three years of a day of twenty slots. Each may be looked at once for
// each kind of wish.
inline constexpr size_t kDrawSlots = 20'000;

// A request that was under way when the window ended still counts: as long as a request may take.
inline constexpr int64_t kDrawClosingGraceMs = 2'000;

// How likely a sound draw is to be called broken, at most: once in a billion. Each one that is must
// be looked into by people, so this is not to happen; a draw that is really broken, such as the one
// of 2012 where nine of ten winners had come on the first two days, is off by thousands of orders
// of magnitude.
inline constexpr double kDrawFalseAlarm = 1e-9;

// Entries by one address in an hour from which on the operator is told. An association's office may
// well send as many, so nobody is refused for it.
inline constexpr uint32_t kDrawEntriesPerAddress = 20;
inline constexpr int64_t kDrawAddressPeriodMs = kMsPerHour;

// Lines of a draw's file in one reply: 225 kB where each entry names twenty dates.
inline constexpr size_t kDrawLinesPerPage = 500;
// Offers made in one round of the steward: their records are one batch.
inline constexpr size_t kDrawOffersPerRound = 500;
// Offers that one round looks at, to see which were declined: a cache miss each.
inline constexpr size_t kDrawLooksPerRound = 2'000;

}  // namespace creneau::limits
