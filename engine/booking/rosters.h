// Whom the office knows (identity_proof = "listed"): of each agenda a list of subjects, no names.
// The log has the same in parts (codec/state.h); a version is in force with its last part.
//
// Threads: Take, Forget and Snapshot from one at a time; Lists and size from any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/ids.h"
#include "codec/state.h"

namespace creneau::booking {

class Rosters {
 public:
  Rosters() = default;
  Rosters(const Rosters&) = delete;
  Rosters& operator=(const Rosters&) = delete;

  // The next part. DataLoss: it does not follow the one before it. What is in force already, or was
  // followed by something later, changes nothing. `may_begin_before`: a part whose beginning was
  // never seen is of a roster that is over: read with a snapshot, which is never taken amid an
  // import.
  absl::Status Take(codec::RosterPart part, bool may_begin_before = false);
  // Nobody is listed there any more: the agenda's applicants are hashed with another pepper from
  // now on. The next version is the first.
  void Forget(AgendaId agenda);

  bool Lists(AgendaId agenda, const Subject& subject) const;
  // Of one that was never imported: 0, 0.
  size_t size(AgendaId agenda) const;
  uint32_t version(AgendaId agenda) const;

  // As events, whole.
  std::vector<std::string> Snapshot() const;

 private:
  struct Roster {
    uint32_t version = 0;
    std::shared_ptr<const std::vector<Subject>> subjects;  // sorted, each once
  };

  std::optional<Roster> Find(AgendaId agenda) const;

  mutable std::mutex mutex_;  // guards rosters_; held while one is looked up, not while it is read
  std::map<AgendaId, Roster> rosters_;
  std::optional<codec::RosterPart> open_;  // the parts of a version whose last has not come
};

}  // namespace creneau::booking
