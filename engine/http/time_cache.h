// Times as replies spell them. Days are kept: a thread's replies tell of the same few weeks, and
// what there is to spell beside the day is a few digits. One per thread, of a fixed size; two days
// that fall into one place take turns.
//
// They are written where they are to stand: a text that is put together in pieces and then copied
// as a whole waits until the processor has written the pieces, and all that was to be written
// before them.
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
  // There has to be room for so much, whatever is written.
  static constexpr size_t kRoom = 40;
  // As AppendRfc3339 and AppendLocalMinute (text.h); returns where it ends.
  char* Rfc3339(char* at, Instant instant, const Zone& zone);
  char* Slot(char* at, LocalMinute minute);

 private:
  static constexpr size_t kPlaces = 64;

  struct Day {
    int32_t number = 0;  // since 1970-01-01
    size_t size = 0;     // 0: none yet
    std::array<char, 16> text;
  };

  char* PutDay(char* at, int32_t number);

  std::array<Day, kPlaces> days_;
};

}  // namespace creneau::http
