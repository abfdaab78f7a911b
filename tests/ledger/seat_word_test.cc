// One word holds all that decides about a seat.
#include "ledger/seat_word.h"

#include "tests/ledger/catch.h"

namespace creneau::ledger {

TEST_CASE("the fields of a seat word do not touch each other") {
  SeatWord word = SeatWord()
                      .With(SeatState::kWithdrawn)
                      .WithPending(true)
                      .WithChannel(Channel::kCourt)
                      .WithMoves(2)
                      .WithExtended(true)
                      .WithLast(true)
                      .WithDeadline((1u << 29) - 1)
                      .NextGeneration()
                      .NextStep();
  CHECK(word.state() == SeatState::kWithdrawn);
  CHECK(word.pending());
  CHECK(word.channel() == Channel::kCourt);
  CHECK(word.moves() == 2);
  CHECK(word.extended());
  CHECK(word.last());
  CHECK(word.deadline_s() == (1u << 29) - 1);
  CHECK(word.generation().value == 1);
  CHECK(word.step() == 1);
  const SeatWord bare = word.With(SeatState::kFree)
                            .WithPending(false)
                            .WithChannel(Channel::kWeb)
                            .WithMoves(0)
                            .WithExtended(false)
                            .WithLast(false)
                            .WithDeadline(0);
  CHECK(bare.bits() == (uint64_t{1} << 47 | uint64_t{1} << 41));
}

TEST_CASE("the sequence grows with every step and generation, whatever else changes") {
  SeatWord word;
  uint64_t last = word.sequence();
  for (int generation = 0; generation < 3; ++generation) {
    word = word.NextGeneration();
    CHECK(word.step() == 0);
    CHECK(word.sequence() > last);
    for (uint32_t step = 1; step <= limits::kMaxStep; ++step) {
      last = word.sequence();
      word = word.NextStep().WithPending(step % 2 == 0).WithDeadline(step);
      CHECK(word.sequence() == last + 1);
    }
    last = word.sequence();
  }
}

TEST_CASE("the last generation and the last step fit") {
  const SeatWord word(~uint64_t{0});
  CHECK(word.generation().value == limits::kMaxGeneration);
  CHECK(word.step() == limits::kMaxStep);
}

TEST_CASE("a deadline within a second counts as the second's end") {
  const Instant second{(kDeadlineEpochS + 100) * kMsPerSecond};
  CHECK(InstantOfDeadline(DeadlineOf(second)) == second);
  CHECK(InstantOfDeadline(DeadlineOf(second + 1)) == second + kMsPerSecond);
  CHECK(InstantOfDeadline(DeadlineOf(second + 999)) == second + kMsPerSecond);
}

TEST_CASE("every state has a name and belongs to its kinds") {
  struct Row {
    SeatState state;
    const char* name;
    bool cooling, reserved, deadline;
  };
  const Row rows[] = {{SeatState::kFree, "free", false, false, false},
                      {SeatState::kClaimed, "claimed", false, false, false},
                      {SeatState::kMoving, "moving", false, false, false},
                      {SeatState::kHeld, "held", false, true, true},
                      {SeatState::kConfirmed, "confirmed", false, true, false},
                      {SeatState::kCoolingCancelled, "cooling-cancelled", true, false, true},
                      {SeatState::kCoolingExpired, "cooling-expired", true, false, true},
                      {SeatState::kCoolingMoved, "cooling-moved", true, false, true},
                      {SeatState::kOffered, "offered", false, true, true},
                      {SeatState::kWithdrawn, "withdrawn", false, false, false},
                      {SeatState::kAside, "aside", false, false, false}};
  for (const Row& row : rows) {
    CHECK(SeatStateName(row.state) == row.name);
    CHECK(IsCooling(row.state) == row.cooling);
    CHECK(IsReserved(row.state) == row.reserved);
    CHECK(HasDeadline(row.state) == row.deadline);
  }
}

TEST_CASE("a claimed or moving word still tells the free word that the seat had before") {
  const SeatWord free =
      SeatWord().WithChannel(Channel::kDesk).NextGeneration().NextStep().NextStep().NextStep();
  const SeatWord next = free.NextGeneration().WithStep(free.step()).WithDeadline(123'456);
  CHECK(next.With(SeatState::kClaimed).BeforeClaim() == free);
  CHECK(next.With(SeatState::kMoving).WithMoves(1).WithExtended(true).BeforeClaim() == free);
  CHECK(next.ClaimedFor(SeatState::kOffered).WithExtended(true).BeforeClaim() ==
        free.With(SeatState::kAside));
  CHECK(next.ClaimedFor(SeatState::kOffered).WithExtended(true).Arrived() ==
        next.With(SeatState::kOffered).WithStep(0));
  CHECK(next.WithStep(0).generation() == next.generation());
  CHECK(next.WithStep(0).deadline_s() == 123'456);
}

}  // namespace creneau::ledger
