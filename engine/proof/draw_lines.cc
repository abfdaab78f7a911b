#include "proof/draw_lines.h"

#include <algorithm>
#include <charconv>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/text.h"

namespace creneau::proof {
namespace {

constexpr size_t kHashDigits = 2 * std::tuple_size_v<Hash>;

// What stands behind the last space, which goes too. Nothing: it is no hash, and all stays.
std::optional<Hash> TakeHashOff(std::string_view* text) {
  if (text->size() < kHashDigits + 1) return std::nullopt;
  const size_t space = text->size() - kHashDigits - 1;
  const std::optional<Hash> hash = ReadHash(text->substr(space + 1));
  if (!hash || (*text)[space] != ' ') return std::nullopt;
  *text = text->substr(0, space);
  return hash;
}

}  // namespace

std::string_view DrawFileName(DrawFile file) {
  switch (file) {
    case DrawFile::kRules:
      return "rules";
    case DrawFile::kEntries:
      return "entries";
    case DrawFile::kSeats:
      return "seats";
    case DrawFile::kRanks:
      return "ranks";
    case DrawFile::kAllocation:
      return "allocation";
  }
  CHECK(false);
}

std::optional<DrawFile> DrawFileFromName(std::string_view name) {
  for (const DrawFile file : kAllDrawFiles) {
    if (DrawFileName(file) == name) return file;
  }
  return std::nullopt;
}

std::string_view DrawFormat(bool has_holders) {
  return has_holders ? "creneau draw 3" : "creneau draw 2";
}

std::string EntryLine(std::string_view leaf) {
  return absl::StrCat(std::string(leaf), " ", Hex(HashOfLeaf(leaf)));
}

std::string SeatLine(LocalMinute slot, uint32_t seats) {
  return absl::StrCat(FormatLocalMinute(slot), " ", seats);
}

std::string RankLine(uint64_t place, const DrawTag& tag, const Hash& rank) {
  return absl::StrCat(place, " ", Hex(tag), " ", Hex(rank));
}

std::string AllocationLine(uint64_t place, const DrawTag& tag, std::optional<LocalMinute> slot) {
  return absl::StrCat(place, " ", Hex(tag), " ", slot ? FormatLocalMinute(*slot) : "-");
}

std::optional<ReadEntry> ReadEntryLineOfBefore(std::string_view line) {
  ReadEntry entry;
  entry.leaf = line;
  const std::optional<Hash> hash = TakeHashOff(&entry.leaf);
  if (!hash || entry.leaf.size() < kHashDigits + 1 || entry.leaf[kHashDigits] != ' ')
    return std::nullopt;
  const std::optional<DrawTag> tag = ReadHash(entry.leaf.substr(0, kHashDigits));
  if (!tag) return std::nullopt;
  entry.tag = *tag;
  entry.hash = *hash;
  entry.wishes = entry.leaf.substr(kHashDigits + 1);
  return entry;
}

std::optional<ReadEntry> ReadEntryLine(std::string_view line) {
  std::optional<ReadEntry> entry = ReadEntryLineOfBefore(line);
  if (!entry) return std::nullopt;
  entry->holder = TakeHashOff(&entry->wishes);
  if (!entry->holder) return std::nullopt;
  return entry;
}

std::optional<ReadSeats> ReadSeatLine(std::string_view line) {
  const size_t space = line.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const std::optional<LocalMinute> slot = ParseLocalMinute(line.substr(0, space));
  if (!slot) return std::nullopt;
  ReadSeats read{*slot, 0};
  const char* const end = line.data() + line.size();
  const auto number = std::from_chars(line.data() + space + 1, end, read.seats);
  if (number.ec != std::errc() || number.ptr != end || SeatLine(*slot, read.seats) != line)
    return std::nullopt;
  return read;
}

std::optional<Hash> ReadHash(std::string_view text) {
  if (text.size() != kHashDigits ||
      std::any_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'F'; }))
    return std::nullopt;
  const std::optional<std::string> octets = FromHex(text);
  if (!octets) return std::nullopt;
  Hash hash;
  std::copy_n(octets->begin(), hash.size(), hash.begin());
  return hash;
}

}  // namespace creneau::proof
