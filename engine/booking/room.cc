#include "booking/room.h"

#include "base/limits.h"

namespace creneau::booking {

Room RoomFor(const wal::LogSpace& space, uint64_t live_holds, uint64_t extra_bytes) {
  const uint64_t room = space.ready_bytes + space.growable_bytes;
  const uint64_t reserve = live_holds * limits::kLogReservePerHoldBytes + extra_bytes;
  if (room < reserve + limits::kLogReserveMarginBytes) return Room::kReserve;
  if (room < reserve + limits::kLogHoldersMarginBytes) return Room::kHolders;
  return Room::kPlenty;
}

}  // namespace creneau::booking
