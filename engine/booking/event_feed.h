// What happened after an LSN, told from the log on disk, and what happens then: the log is the
// outbox of design 7. Each reader has a feed of its own, which begins with a snapshot, or with the
// log's beginning, and reads on from there to its LSN without telling (event_teller.h says why), so
// that one who comes back with the LSN of the last event it has seen misses nothing and is told
// nothing twice.
//
// Reads block: not for I/O threads. One thread at a time. Must not outlive its engine.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "booking/event_teller.h"
#include "booking/public_event.h"
#include "env/file.h"
#include "wal/follow.h"
#include "wal/log.h"

namespace creneau::booking {

// Which LSNs can be gone on from: `oldest` to `newest`, both included, but for what an accepted
// loss took between them.
struct EventRange {
  Lsn oldest;
  Lsn newest;         // of the latest record that is durable
  bool lost = false;  // what was asked for is
};

// Of the engine, what a feed needs.
struct EventSources {
  env::FileSystem& files;
  const std::string& data;
  const wal::Log& log;
  const ledger::Ledger& ledger;
  const Registry& registry;
  const Names& names;
  const std::vector<codec::LossAccepted>& losses;
};

// For whoever wants to go on from `after`: where that stood in what was lost, the oldest is where
// the loss begins, and `after` is not.
absl::StatusOr<EventRange> FindEventRange(const EventSources& sources, std::optional<Lsn> after);

class EventFeed {
 public:
  EventFeed(const EventSources& sources, Lsn after);

  enum class Step {
    kEvent,
    kMore,      // some was read, and nothing is to be told of it: ask again
    kCaughtUp,  // all that is durable has been told: ask again later
  };
  // NotFound: what it needs is gone. Any error is the end of it.
  absl::StatusOr<Step> Next(PublicEvent* event);

  // Everything up to here has been told.
  Lsn position() const { return position_; }

 private:
  absl::Status Begin();

  const EventSources sources_;
  Lsn position_;
  bool begun_ = false;
  wal::Follow follow_;
  EventTeller teller_;
};

}  // namespace creneau::booking
