// Who may still write when the disk is nearly full.
#include "booking/room.h"

#include "base/limits.h"
#include "tests/booking/fixture.h"

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

}  // namespace
}  // namespace creneau::booking
