// A state that is recovered from files, and what must be true of it. For the targets of histories
// and snapshots.
#pragma once

#include <string>

#include "booking/recovery.h"
#include "tests/fuzz/fuzz.h"
#include "tests/wal/memory_files.h"

namespace creneau::fuzz {

inline const std::string kData = "data";

// What a start comes to: its answer, and the state by its digest.
struct Start {
  absl::Status status;
  std::string digest;
  bool keeps_invariants = false;
  friend bool operator==(const Start&, const Start&) = default;
};

inline Start Recovered(wal::MemoryFiles& files) {
  ledger::Ledger ledger;
  booking::Registry registry;
  booking::Rosters rosters;
  Start start;
  const auto recovered = booking::RecoverState(files, kData, "keys", ledger, registry, rosters);
  start.status = recovered.status();
  if (!start.status.ok()) return start;
  start.digest = ledger.Digest();
  start.keeps_invariants = ledger.CheckInvariants().ok();
  return start;
}

// The log is right and says that another pepper is needed: there are two here.
inline bool LacksPepper(const Start& start) {
  return absl::IsFailedPrecondition(start.status) &&
         start.status.message().find("keys/pepper.") == 0;
}

// A start changes nothing when it refuses, says what is wrong and where, and says the same twice.
inline Start CheckStarts(wal::MemoryFiles& files) {
  // No start goes on from a log whose keys are missing.
  for (const char* key : {"keys/pepper.1", "keys/pepper.2", "keys/names.key"})
    files.files[key] = std::make_shared<wal::MemoryFiles::Bytes>(64, uint8_t{'0'});
  const auto before = files.Copy();
  const Start first = Recovered(files);
  if (!first.status.ok()) {
    CHECK(absl::IsDataLoss(first.status) || absl::IsFailedPrecondition(first.status));
    CHECK(!first.status.message().empty());
    CHECK(files.Copy() == before);
  }
  CHECK(Recovered(files) == first);
  return first;
}

}  // namespace creneau::fuzz
