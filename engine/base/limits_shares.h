// Limits of the desk, of shares that go between channels, and of mandates, each with its reason
// (base/limits.h has the others).
#pragma once

#include <cstddef>
#include <cstdint>

namespace creneau::limits {

// What an agenda's flow has made due is looked for this often: nobody minds a minute, and a look is
// at the slots of some days.
inline constexpr int64_t kFlowLookMs = 60'000;
// A shift is a calendar version, and so a record of all slots (some 40 octets each): an agenda has
// no more of them than one for each so many slots a minute, 40 kB of log a minute or 60 MB a day at
// the very worst,
inline constexpr int64_t kFlowSlotsPerLook = 1'000;
// and one an hour, however many slots it has.
inline constexpr int64_t kFlowLooksMax = 60;

// Whoever has no computer must have a day to call, to come or to have somebody write: what a flow
// takes sooner after it was given out was never theirs.
inline constexpr int64_t kLeastInChannelMs = 24 * 60 * 60'000;

// --- mandates ---
// A court is named in a line, a decision in a paragraph: number, chamber, date, whom it is about.
inline constexpr size_t kMandateCourtBytes = 120;
inline constexpr size_t kMandateDecisionBytes = 1'000;
// A penalty is some hundred euros a day; more than this is a typing error.
inline constexpr int64_t kMandatePenaltyMaxEur = 100'000;
// Waiting for a second person or a seat, all agendas together: the whole of a bad year of one
// department (domain.md: a thousand petitions in four months), each some 1.5 kB.
inline constexpr size_t kMandatesWaiting = 2'000;
// With those that were given or withdrawn, so that the answer can be had again: 6 MB.
inline constexpr size_t kMandatesKept = 4'000;
// Who has to act has two working days, also over a week-end.
inline constexpr int kMandateDueDays = 4;
// What is due is due by the day.
inline constexpr int64_t kMandateLookMs = 60'000;
// A deadline that is over, or nearer than the notice that slots need, still has to be met as soon
// as can be: within so many days, by the same rules.
inline constexpr int kMandateLateDays = 7;

}  // namespace creneau::limits
