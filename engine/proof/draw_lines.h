// The files in which a draw is published (DRAW.md), line by line. Each value has one spelling, so a
// file is the same whoever writes it. Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "proof/draw.h"

namespace creneau::proof {

enum class DrawFile : uint8_t { kRules, kEntries, kSeats, kRanks, kAllocation };
inline constexpr std::array<DrawFile, 5> kAllDrawFiles = {DrawFile::kRules, DrawFile::kEntries,
                                                          DrawFile::kSeats, DrawFile::kRanks,
                                                          DrawFile::kAllocation};
std::string_view DrawFileName(DrawFile file);  // "entries", of entries.txt
std::optional<DrawFile> DrawFileFromName(std::string_view name);

// What draw.json says the files are: "creneau draw 3"; of a draw whose leaves have no holder
// (draw.h) "creneau draw 2".
std::string_view DrawFormat(bool has_holders);

// Lines without their ends. Places are counted from 1. `leaf`: what LeafOf makes.
std::string EntryLine(std::string_view leaf);
std::string SeatLine(LocalMinute slot, uint32_t seats);
std::string RankLine(uint64_t place, const DrawTag& tag, const Hash& rank);
// Without a slot: "-".
std::string AllocationLine(uint64_t place, const DrawTag& tag, std::optional<LocalMinute> slot);

// What EntryLine was made from; nothing of any other line. Whether hash and wishes are right is for
// whoever asks.
struct ReadEntry {
  DrawTag tag{};
  std::string_view wishes;
  std::optional<Hash> holder;
  std::string_view leaf;  // the text that was hashed
  Hash hash{};
};
std::optional<ReadEntry> ReadEntryLine(std::string_view line);
// Of a draw whose leaves have no holder.
std::optional<ReadEntry> ReadEntryLineOfBefore(std::string_view line);

struct ReadSeats {
  LocalMinute slot;
  uint32_t seats = 0;
};
std::optional<ReadSeats> ReadSeatLine(std::string_view line);

// 64 lower-case digits.
std::optional<Hash> ReadHash(std::string_view text);

}  // namespace creneau::proof
