// Who may still write when the disk is nearly full.
#include "booking/room.h"

#include <string>
#include <thread>

#include "base/limits.h"
#include "tests/booking/desk_fixture.h"
#include "tests/booking/faulty_files.h"

namespace creneau::booking {
namespace {

TEST_CASE("what is left of the disk is kept for those who hold a seat") {
  constexpr uint64_t kMiB = 1u << 20;
  const struct {
    uint64_t ready;
    uint64_t growable;
    uint64_t holds;
    Room room;
  } kTable[] = {
      {64 * kMiB, 0, 0, Room::kPlenty},
      {2 * kMiB, 0, 0, Room::kPlenty},
      {2 * kMiB - 1, 0, 0, Room::kHolders},
      {1 * kMiB, 0, 0, Room::kHolders},
      {1 * kMiB - 1, 0, 0, Room::kReserve},
      // A hold may need 32 KiB: 64 of them two more MiB.
      {4 * kMiB, 0, 64, Room::kPlenty},
      {4 * kMiB - 1, 0, 64, Room::kHolders},
      {3 * kMiB - 1, 0, 64, Room::kReserve},
      // Segments that can still be made count, and ten thousand holds need more than the next one.
      {2 * kMiB, 2 * kMiB, 64, Room::kPlenty},
      {64 * kMiB, 64 * kMiB, 10'000, Room::kReserve},
      {64 * kMiB, 640 * kMiB, 10'000, Room::kPlenty},
  };
  for (const auto& row : kTable) {
    CAPTURE(row.ready, row.growable, row.holds);
    wal::LogSpace space;
    space.ready_bytes = row.ready;
    space.growable_bytes = row.growable;
    CHECK(RoomFor(space, row.holds) == row.room);
  }
}

TEST_CASE("an engine that has just started takes holds") {
  World world;
  for (int start = 0; start < 3; ++start) {
    CHECK_FALSE(world.engine->stats().read_only);
    world.Restart();
  }
}

TEST_CASE("a publication asks for its own room besides") {
  wal::LogSpace space;
  space.ready_bytes = 4u << 20;
  CHECK(RoomFor(space, 0, 1u << 20) == Room::kPlenty);
  CHECK(RoomFor(space, 0, 3u << 20) == Room::kHolders);
}

// Seventy holds are as much as the log's rest and its spare are kept for, once the disk says that
// there is no room for another one.
struct FullDesk : Desk {
  FullDesk() {
    Stop();
    disk = &full;
    Start();
    while (engine->stats().read_only) std::this_thread::yield();
    seat = Confirmed(Person("9300112239"));
    proposed = Correct(seat, Person("9300112233", "1990-05-18"), Person("9300112239"), claire);
    REQUIRE(proposed.act);
    for (int i = 0; i < 70; ++i) {
      const std::string number = std::to_string(9400112200 + i);
      REQUIRE(Book(Person(number), "hold-" + number + "-0123456").outcome == Outcome::kOk);
    }
    full.is_full = true;
    while (!engine->stats().read_only) std::this_thread::yield();
  }
  ~FullDesk() { Stop(); }

  PassAnswer Pass() {
    act->Begin();
    PassAnswer answer =
        engine->GrantPass(*act, "93-titres", Person("9300112239"), claire, clock.now);
    REQUIRE(wait.Finish(*act));
    return answer;
  }

  FaultyFiles full{files, "no file"};
  Reservation seat;
  IdentityAnswer proposed;
};

TEST_CASE("the staff does not use up either what is kept for those who hold a seat") {
  FullDesk desk;
  const uint64_t before = desk.engine->stats().log.records;
  const rules::Applicant typed = Person("9300112239"), right = Person("9300112233");
  CHECK(desk.Lookup(typed, desk.claire).outcome == Outcome::kReadOnly);
  CHECK(desk.Recover(typed).outcome == Outcome::kReadOnly);
  CHECK(desk.Recover(Person("9300119999")).outcome == Outcome::kReadOnly);  // and tells nothing
  CHECK(desk.Link(Passport("12AB34567"), Person("9300119999")).outcome == Outcome::kReadOnly);
  CHECK(desk.Link(Passport("12AB34567"), typed).outcome == Outcome::kReadOnly);
  CHECK(desk.Correct(desk.seat, right, typed, desk.claire).outcome == Outcome::kReadOnly);
  CHECK(desk.Repair(desk.seat, typed, desk.claire).outcome == Outcome::kReadOnly);
  CHECK(desk.Approve(desk.proposed.act, desk.paul).outcome == Outcome::kReadOnly);
  CHECK(desk.Withdraw(desk.proposed.act, desk.claire).outcome == Outcome::kReadOnly);
  CHECK(desk.Pass().outcome == Outcome::kReadOnly);
  // Nor is the holder told of it.
  CHECK(desk.Book(typed, kOtherKey).outcome == Outcome::kAlreadyReserved);
  CHECK(desk.engine->stats().log.records == before);
  // What holds up or lengthens an opening is done, as it protects people; so is what frees room.
  CHECK(desk.engine->Order("93-titres", {.what = OpeningOrder::What::kPause}, kTester).outcome ==
        Outcome::kOk);
  CHECK(desk.engine->stats().log.records > before);
}

}  // namespace
}  // namespace creneau::booking
