// Times as replies spell them. Days are kept: a thread's replies tell of the same few weeks, and
// what there is to spell beside the day is a few digits. One per thread, of a fixed size; two days
// that fall into one place take turns.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/ids.h"
#include "base/instant.h"
#include "base/zone.h"

namespace creneau::http {

class TimeCache {
 public:
  // As AppendRfc3339 and AppendLocalMinute (text.h). Valid until the next call.
  std::string_view Rfc3339(Instant instant, const Zone& zone);
  std::string_view Slot(LocalMinute minute);

 private:
  static constexpr size_t kPlaces = 64;

  struct Day {
    int32_t number = 0;  // since 1970-01-01
    size_t size = 0;     // 0: none yet
    std::array<char, 16> text;
  };

  char* PutDay(int32_t number);

  std::array<Day, kPlaces> days_;
  std::array<char, 40> text_;
};

}  // namespace creneau::http
