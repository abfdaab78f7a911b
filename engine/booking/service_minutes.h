// What goes into the service record, and when (codec/service.h says how it is read): pure policy,
// what was seen and the time in, records out. Each minute in which something changed or somebody
// was refused, and every limits::kServiceQuietMs where nothing did. One thread.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "base/ids.h"
#include "base/instant.h"
#include "codec/service.h"

namespace creneau::booking {

// Since the last look; agendas as they are.
struct ServiceSeen {
  std::vector<codec::AgendaMinute> agendas{};  // all that are published
  std::vector<codec::NamedCount> shed{};
  uint64_t over_rate = 0;
  uint64_t turned_away = 0;
  int64_t stalled_ms = 0;
};

class ServiceMinutes {
 public:
  // The engine serves from `now` on. `last_written`: when the log had its last word before; absent:
  // there is no log before this. `told_until`: up to when the record told of it.
  void Begin(Instant now, std::optional<Instant> last_written, std::optional<Instant> told_until);

  // Whether there may be something to tell: a minute is over, or the engine has begun.
  bool Due(Instant now) const;
  // Up to when it is to be told: the end of the last whole minute.
  Instant UntilAt(Instant now) const;

  // What is to be logged about the time until then; none: nothing needs to be said yet. Of an
  // engine without agendas nothing ever is. More than one where there are many agendas: what is
  // told of the engine itself is in the first.
  std::vector<codec::ServiceMinute> Tell(Instant until, ServiceSeen seen);

  // Up to when everything has been told; what a snapshot needs, as an event. Absent: nothing was.
  std::optional<Instant> told_until() const { return told_until_; }

 private:
  bool Changed(const codec::AgendaMinute& agenda);

  Instant from_;  // what is not told yet began there
  bool starting_ = true;
  std::optional<Instant> down_since_;
  std::optional<Instant> unknown_since_;
  std::optional<Instant> told_until_;
  Instant quiet_since_;
  std::map<AgendaId, codec::AgendaMinute> told_;  // without who was refused
};

}  // namespace creneau::booking
