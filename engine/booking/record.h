// What everybody may read of an agenda's service record, and when it gives out seats next. Plain
// values.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "booking/answers.h"
#include "proof/checkpoint.h"
#include "rules/iso_week.h"
#include "rules/notice.h"
#include "rules/releases.h"
#include "surge/shedding.h"

namespace creneau::booking {

// A piece of a week: lines as record_lines.h makes them, with commas between; empty: there are
// none.
struct RecordPage {
  std::string agenda_lines;
  std::string engine_lines;
  std::optional<std::string> next;  // to be given as `after`, where there is more
};

struct RecordAnswer {
  const AgendaInfo* agenda = nullptr;  // null: unknown
  // InvalidArgument: `after` is none that was given out; else the files cannot be read.
  absl::Status status;
  RecordPage page;
  std::optional<Instant> told_until;
  // The latest one that is signed: whatever has an LSN up to its is covered.
  std::optional<proof::Checkpoint> checkpoint;
};

// Requests refused unread, and connections not served, since the process began.
struct EdgeRefused {
  std::array<uint64_t, surge::kLanes> shed{};  // because of load
  uint64_t over_rate = 0;                      // since one address asked too often
  uint64_t turned_away = 0;                    // connections
};

struct ReleasesAnswer {
  const AgendaInfo* agenda = nullptr;  // null: unknown
  rules::Releases releases;
  std::array<uint32_t, kChannels> bookable{};  // seats free now
};

}  // namespace creneau::booking
