// What is told of how many seats there are: of a channel, of a slot. Plain values.
#pragma once

#include <array>
#include <cstdint>

#include "base/ids.h"
#include "base/instant.h"

namespace creneau::ledger {

struct ChannelCount {
  uint32_t published = 0;
  uint32_t free = 0;
  uint32_t held = 0;
  uint32_t confirmed = 0;
  uint32_t cooling = 0;
  uint32_t offered = 0;
  uint32_t aside = 0;
};

struct SlotCount {
  LocalMinute start;
  Instant starts_at;
  int minutes = 0;
  std::array<uint8_t, kChannels> free{};
  std::array<uint8_t, kChannels> seats{};   // as published
  bool listed = false;                      // publication.h
  std::array<int8_t, kChannels> shifted{};  // likewise
};

}  // namespace creneau::ledger
