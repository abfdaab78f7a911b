// Times as replies spell them, kept: most replies of a thread tell of the same few slots, and holds
// of one second expire in one second. One per thread, of a fixed size; two times that fall into one
// place take turns.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/instant.h"
#include "base/zone.h"

namespace creneau::http {

class TimeCache {
 public:
  TimeCache();

  // As AppendRfc3339 and AppendLocalMinute (text.h). Valid until the next call. Zones are told
  // apart by their address: those of published agendas stay where they are.
  std::string_view Rfc3339(Instant instant, const Zone& zone);
  std::string_view Slot(LocalMinute minute);

 private:
  static constexpr size_t kPlaces = 64;

  struct Place {
    int64_t moment = 0;  // a second, or a local minute
    const Zone* zone = nullptr;
    bool is_set = false;
    std::string text;  // with room for any
  };

  std::array<Place, kPlaces> times_;
  std::array<Place, kPlaces> slots_;
};

}  // namespace creneau::http
