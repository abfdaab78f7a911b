#include "proof/draw_lines.h"

#include <algorithm>
#include <charconv>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/text.h"

namespace creneau::proof {
namespace {

constexpr size_t kHashDigits = 2 * std::tuple_size_v<Hash>;

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

std::string EntryLine(const DrawTag& tag, std::string_view wishes, const Hash& leaf) {
  return absl::StrCat(Hex(tag), " ", std::string(wishes), " ", Hex(leaf));
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

std::optional<ReadEntry> ReadEntryLine(std::string_view line) {
  if (line.size() < 2 * kHashDigits + 3) return std::nullopt;
  const auto tag = ReadHash(line.substr(0, kHashDigits));
  const auto hash = ReadHash(line.substr(line.size() - kHashDigits));
  const size_t leaf_ends = line.size() - kHashDigits - 1;
  if (!tag || !hash || line[kHashDigits] != ' ' || line[leaf_ends] != ' ') return std::nullopt;
  ReadEntry entry{*tag, {}, line.substr(0, leaf_ends), *hash};
  entry.wishes = entry.leaf.substr(kHashDigits + 1);
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
