// What somebody who enters a draw can take (design 5): weekdays, mornings or afternoons, dates. Who
// says nothing can take everything. All that was said must fit: a Tuesday morning is for whoever
// takes Tuesdays and mornings, and, where dates were named, that date.
//
// Pure values; any thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/limits_draw.h"
#include "base/text.h"
#include "rules/agenda.h"
#include "rules/identity.h"

namespace creneau::rules {

inline constexpr int kNoon = 12 * 60;  // minutes after midnight: from then on it is afternoon

struct Wishes {
  Weekdays weekdays{0x7f};
  bool morning = true;    // slots that start before noon
  bool afternoon = true;  // the others
  // Ascending, each once; none: any date.
  std::vector<CivilDate> dates;

  bool Take(LocalMinute start) const;
  friend bool operator==(const Wishes&, const Wishes&) = default;
};

// The one way to write them: "mon,tue morning 2026-12-01,2026-12-03"; "any" where anything will do.
// No longer than limits::kWishesChars.
std::string WishesText(const Wishes& wishes);
// Nothing unless WishesText writes exactly that.
std::optional<Wishes> ParseWishesText(std::string_view text);

// As a request names them; an empty list: nothing was said of it. What is wrong is added to
// `problems`.
Wishes ReadWishes(std::span<const std::string_view> weekdays,
                  std::span<const std::string_view> halves, std::span<const std::string_view> dates,
                  std::vector<IdentityProblem>* problems);

}  // namespace creneau::rules
