// Days that an office has closed (a strike, a flood): no slot of theirs is given out, whatever the
// agenda's file says, and whoever had a seat there is offered another one before anybody else.
//
// Who is displaced is not written down: it is whoever has a confirmed reservation in a slot of a
// closed day that has not begun. The steward looks for them until there is none.
//
// Threads: any.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/instant.h"
#include "codec/waitlist.h"

namespace creneau::booking {

class Closures {
 public:
  Closures() = default;
  Closures(const Closures&) = delete;
  Closures& operator=(const Closures&) = delete;

  bool IsClosed(AgendaId agenda, int32_t day) const;
  // Whether a slot of that day cannot take place: one that had begun by then is left alone.
  bool IsClosedTo(AgendaId agenda, int32_t day, Instant starts_at) const;
  std::vector<int32_t> DaysOf(AgendaId agenda) const;
  // Recovery and the publisher.
  void Take(const codec::DayClosed& closed);
  // As events, whole.
  std::vector<std::string> Snapshot() const;

  // The slots in which the steward looks for people, from then on; of that agenda, instead of those
  // before.
  void Watch(AgendaId agenda, std::vector<SlotId> slots);
  std::vector<SlotId> Watched(AgendaId agenda) const;
  std::vector<AgendaId> WatchedAgendas() const;
  // Whether it is time for another look; then the next is a while later.
  bool TakeTurn(Instant now);
  struct Counts {
    size_t displaced = 0;  // who have no other seat yet
    size_t stuck = 0;      // of those, whom an agent has to help: nothing is free for them, or they
                           // were moved by the office once already, or offered a seat on what is
                           // a closed day now
  };
  void NoteDisplaced(AgendaId agenda, const Counts& counts);
  Counts counts() const;

 private:
  mutable std::mutex mutex_;  // guards what follows
  std::map<std::pair<AgendaId, int32_t>, codec::DayClosed> days_;
  std::map<AgendaId, std::vector<SlotId>> watched_;
  std::map<AgendaId, Counts> displaced_;
  Instant looked_at_{0};
  // Whether a day was ever closed, so that where none was nobody takes the mutex for it. Relaxed:
  // whoever was told of a closing comes after it, and nobody else has to know of it yet.
  std::atomic<bool> any_{false};
};

}  // namespace creneau::booking
