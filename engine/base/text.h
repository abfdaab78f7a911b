// Small text forms used in more than one folder. Pure functions; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/ids.h"

namespace creneau {

// Lower-case hexadecimal.
std::string Hex(std::span<const uint8_t> bytes);
std::optional<std::string> FromHex(
    std::string_view hex);  // raw bytes; nothing if not hex of even length

// "2026-12-01T09:20": a slot's public name. Nothing if it is not exactly that form or no such date
// exists.
std::string FormatLocalMinute(LocalMinute minute);
std::optional<LocalMinute> ParseLocalMinute(std::string_view text);

// Days since 1970-01-01 of a proleptic Gregorian date (Howard Hinnant, "chrono-compatible low-level
// date algorithms"), and back.
struct CivilDate {
  int year = 1970;
  int month = 1;  // 1 to 12
  int day = 1;    // 1 to 31
  friend constexpr auto operator<=>(const CivilDate&, const CivilDate&) = default;
};
int32_t DaysFromCivil(CivilDate date);
CivilDate CivilFromDays(int32_t days);
// "2026-12-01", and only dates that exist, years 1900 to 2199.
std::optional<CivilDate> ParseDate(std::string_view text);
std::string FormatDate(CivilDate date);

}  // namespace creneau
