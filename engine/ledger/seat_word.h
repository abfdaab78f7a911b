// A seat's one atomic word (design 3): everything that decides is in these 64 bits, so that one CAS
// decides.
//
//   bits  0-3   state        bit  4      pending: decided, perhaps not in the log's queue yet
//   bits  5-7   channel      bits 8-9    moves made        bit 10  extended; of what is no hold:
//                                                                  one of the moves was the
//                                                                  office's
//   bit  11     last: withdrawn instead of freed when it ends
//   bits 12-40  deadline, seconds since 2026-01-01T00:00:00Z (17 years); 0: none
//   bits 41-46  step         bits 47-63  generation
//
// (generation, step) is the sequence number: it stands in the highest bits, so words compare by it.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "base/ids.h"
#include "base/instant.h"
#include "base/limits.h"

namespace creneau::ledger {

enum class SeatState : uint8_t {
  kFree = 0,     // its bit in the free word is set, or somebody has just claimed it
  kClaimed = 1,  // private to a hold that has not been decided, or decided in the index and not
                 // published; its step is still the free word's
  kMoving = 2,   // the same for the seat that a move goes to
  kHeld = 3,
  kConfirmed = 4,
  kCoolingCancelled = 5,  // given up by its holder; its payload still answers for them
  kCoolingExpired = 6,    // a hold that lapsed
  kCoolingMoved = 7,      // its holder went to another seat
  kOffered = 8,           // kept for one subject, who has until a deadline to confirm; no hold
  kWithdrawn = 9,         // not in the calendar
  kAside = 10,            // nobody's, and in no free word: it has cooled and is kept to be offered
  kJoining = 11,          // as claimed, of a seat that a party holds once its leader says so
  kLeading = 12,          // the same for that one: its mark says yes, `extended` no (party.cc)
};

std::string_view SeatStateName(SeatState state);

// Sets of states: every hold asks several times, and a bit each is one instruction.
template <typename... States>
constexpr uint32_t SetOf(States... states) {
  return (0u | ... | (1u << static_cast<uint32_t>(states)));
}
constexpr bool IsIn(SeatState s, uint32_t set) {
  return (set >> static_cast<uint32_t>(s) & 1) != 0;
}

constexpr bool IsCooling(SeatState s) {
  using enum SeatState;
  return IsIn(s, SetOf(kCoolingCancelled, kCoolingExpired, kCoolingMoved));
}
constexpr bool IsReserved(SeatState s) {
  using enum SeatState;
  return IsIn(s, SetOf(kHeld, kConfirmed, kOffered));
}
// A reservation that lapses unless its holder confirms it.
constexpr bool AwaitsConfirm(SeatState s) {
  return IsIn(s, SetOf(SeatState::kHeld, SeatState::kOffered));
}
constexpr bool HasDeadline(SeatState s) {
  using enum SeatState;
  return IsIn(s, SetOf(kHeld, kOffered, kCoolingCancelled, kCoolingExpired, kCoolingMoved));
}
// What the steward is told of (Ledger::TakeTouched).
constexpr bool IsStewards(SeatState s) {
  using enum SeatState;
  return IsIn(s, SetOf(kHeld, kOffered, kCoolingCancelled, kCoolingExpired, kCoolingMoved, kAside));
}
// Not in the log: claimed, or about to be somebody's; where `moves` says what it will arrive in.
constexpr bool IsClaim(SeatState s) {
  using enum SeatState;
  return IsIn(s, SetOf(kClaimed, kJoining, kLeading));
}
constexpr bool IsVacant(SeatState s) {
  using enum SeatState;
  return IsIn(s, SetOf(kFree, kAside, kWithdrawn));
}
// Of those, where somebody may be about to make it the next holder's: its payload says nothing.
constexpr bool IsNobodys(SeatState s) {
  return IsIn(s, SetOf(SeatState::kFree, SeatState::kAside));
}

inline constexpr int64_t kDeadlineEpochS = 1767225600;  // 2026-01-01T00:00:00Z

class SeatWord {
 public:
  constexpr SeatWord() = default;
  constexpr explicit SeatWord(uint64_t bits) : bits_(bits) {}
  constexpr uint64_t bits() const { return bits_; }

  constexpr SeatState state() const { return static_cast<SeatState>(bits_ & 0xf); }
  constexpr bool pending() const { return (bits_ >> 4 & 1) != 0; }
  constexpr Channel channel() const { return static_cast<Channel>(bits_ >> 5 & 7); }
  constexpr uint32_t moves() const { return static_cast<uint32_t>(bits_ >> 8 & 3); }
  constexpr bool extended() const { return (bits_ >> 10 & 1) != 0; }
  constexpr bool last() const { return (bits_ >> 11 & 1) != 0; }
  constexpr uint32_t deadline_s() const {
    return static_cast<uint32_t>(bits_ >> 12 & kDeadlineMask);
  }
  constexpr uint32_t step() const { return static_cast<uint32_t>(bits_ >> 41 & limits::kMaxStep); }
  constexpr Generation generation() const { return Generation{static_cast<uint32_t>(bits_ >> 47)}; }
  // Whether it can stand in a log: states and channels that exist, nothing half done.
  constexpr bool IsImage() const {
    return (bits_ & 0xf) <= static_cast<uint64_t>(SeatState::kAside) &&
           state() != SeatState::kClaimed && state() != SeatState::kMoving && !pending() &&
           (bits_ >> 5 & 7) < kChannels;
  }
  // Larger is newer, for words of the same seat.
  constexpr uint64_t sequence() const { return bits_ >> 41; }

  constexpr SeatWord With(SeatState state) const {
    return Set(0, 0xf, static_cast<uint64_t>(state));
  }
  constexpr SeatWord WithPending(bool pending) const { return Set(4, 1, pending); }
  constexpr SeatWord WithChannel(Channel channel) const {
    return Set(5, 7, static_cast<uint64_t>(channel));
  }
  constexpr SeatWord WithMoves(uint32_t moves) const { return Set(8, 3, moves); }
  constexpr SeatWord WithExtended(bool extended) const { return Set(10, 1, extended); }
  constexpr SeatWord WithLast(bool last) const { return Set(11, 1, last); }
  constexpr SeatWord WithDeadline(uint32_t deadline_s) const {
    return Set(12, kDeadlineMask, deadline_s);
  }
  constexpr SeatWord WithStep(uint32_t step) const { return Set(41, limits::kMaxStep, step); }
  // A claimed word says what it arrives in, to whoever finishes the hold, in the place of its
  // moves, of which it has none: kHeld, kConfirmed or kOffered.
  SeatWord ClaimedFor(SeatState into) const {
    uint32_t code = 0;
    if (into != SeatState::kHeld) [[unlikely]] {
      CHECK(IsReserved(into));
      code = into == SeatState::kConfirmed ? 1 : 2;
    }
    return With(SeatState::kClaimed).WithMoves(code);
  }
  // The word that a claimed one becomes, its mark aside.
  SeatWord Arrived() const {
    CHECK(IsClaim(state()) && moves() <= 2);
    constexpr SeatState kInto[] = {SeatState::kHeld, SeatState::kConfirmed, SeatState::kOffered};
    return With(kInto[moves()]).WithMoves(0).WithExtended(false).WithStep(0);
  }
  // Of a claimed or moving word, which the log never sees: the word that the seat had before, free
  // or set aside (`extended` says so of a claimed one). Generation, step and channel are all that
  // such a word says, and the step is kept for this.
  SeatWord BeforeClaim() const {
    CHECK((IsClaim(state()) || state() == SeatState::kMoving) && !pending());
    CHECK(generation().value > 0);
    const bool aside = state() == SeatState::kClaimed && extended();
    return SeatWord(static_cast<uint64_t>(generation().value - 1) << 47)
        .With(aside ? SeatState::kAside : SeatState::kFree)
        .WithStep(step())
        .WithChannel(channel());
  }
  // The next generation, at its first step.
  SeatWord NextGeneration() const {
    CHECK(generation().value < limits::kMaxGeneration);
    return SeatWord((bits_ & ((1ull << 41) - 1)) | static_cast<uint64_t>(generation().value + 1)
                                                       << 47);
  }
  // Of a free word: the same, but that the generation after it is `first` at least.
  SeatWord RaisedTo(Generation first) const {
    if (generation().value + 1 >= first.value) return *this;
    return SeatWord((bits_ & ((1ull << 47) - 1)) | static_cast<uint64_t>(first.value - 1) << 47);
  }
  SeatWord NextStep() const {
    CHECK(step() < limits::kMaxStep);
    return SeatWord(bits_ + (1ull << 41));
  }

  friend constexpr bool operator==(const SeatWord&, const SeatWord&) = default;

 private:
  static constexpr uint64_t kDeadlineMask = (1ull << 29) - 1;

  constexpr SeatWord Set(int shift, uint64_t mask, uint64_t value) const {
    return SeatWord((bits_ & ~(mask << shift)) | (value & mask) << shift);
  }

  uint64_t bits_ = 0;
};
static_assert(sizeof(SeatWord) == 8);

// The seat that a decided move goes to, before its record is known to be in the queue.
constexpr bool IsArrival(SeatWord word) {
  return word.pending() && IsReserved(word.state()) && word.step() == 0 && word.moves() > 0;
}
// Whether one of its moves was the office's: of what is not a hold any more, `extended` means that.
constexpr bool MovedByOffice(SeatWord word) {
  return word.extended() && word.moves() > 0 &&
         (word.state() == SeatState::kConfirmed || word.state() == SeatState::kOffered);
}
// At most once.
inline constexpr uint32_t kMostMoves = limits::kMaxMoves + 1;
// How often its holder has moved it.
constexpr uint32_t OwnMoves(SeatWord word) { return word.moves() - MovedByOffice(word); }
static_assert(limits::kMaxGeneration < (1u << 17));

// Deadlines are whole seconds; a moment within a second counts as its end, so that nobody loses a
// fraction.
constexpr uint32_t DeadlineOf(Instant instant) {
  return static_cast<uint32_t>((instant.ms + kMsPerSecond - 1) / kMsPerSecond - kDeadlineEpochS);
}
constexpr Instant InstantOfDeadline(uint32_t deadline_s) {
  return Instant{(static_cast<int64_t>(deadline_s) + kDeadlineEpochS) * kMsPerSecond};
}

}  // namespace creneau::ledger
