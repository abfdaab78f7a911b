// How much of the log's room is left, and so who may still write (design 4): when the disk is
// nearly full, what is left is kept for those who hold a seat (P3). Pure; any thread.
#pragma once

#include <cstdint>

#include "wal/log.h"

namespace creneau::booking {

enum class Room : uint8_t {
  kPlenty,   // for everybody
  kHolders,  // no new holds, no publications, no moves
  kReserve,  // only what live holds may need: no cancelling of what is confirmed, no freeing either
};

// `extra_bytes`: what somebody asks for besides.
Room RoomFor(const wal::LogSpace& space, uint64_t live_holds, uint64_t extra_bytes = 0);

}  // namespace creneau::booking
