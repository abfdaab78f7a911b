// The waitlists of all agendas (design 5): who waits, in which order. People of one channel wait
// for the seats of that channel. Within a channel they come by the day on which they took their
// place, and those of one day in an order that is drawn: a keyed hash of the day and the subject,
// so that nobody gains by coming at midnight, and leaving and coming again on the same day changes
// nothing.
//
// A place ends when its holder leaves, has a seat, or has let as many offers go by as a place gets.
// It then answers its key for a while and is forgotten; those that ended first are forgotten sooner
// where there are too many of them.
//
// Whoever changes a place pushes its record while the change is made, so that a snapshot has what
// is in the log before its position. Threads: any.
#pragma once

#include <atomic>
#include <cstdint>
#include <ext/pb_ds/assoc_container.hpp>
#include <ext/pb_ds/tree_policy.hpp>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/instant.h"
#include "base/limits_waitlist.h"
#include "codec/waitlist.h"

namespace creneau::booking {

class Waitlist {
 public:
  // What a change writes down, under the table's lock.
  using Push = std::function<void(std::string record)>;

  // `ended_most`: so many that have ended are kept, the latest.
  explicit Waitlist(size_t ended_most = limits::kEndedPlaces) : ended_most_(ended_most) {}
  Waitlist(const Waitlist&) = delete;
  Waitlist& operator=(const Waitlist&) = delete;

  // The place that has this number, ended or not; nothing once it is forgotten.
  std::optional<codec::WaitlistPlace> Find(uint64_t number) const;
  // The one that has not ended.
  std::optional<codec::WaitlistPlace> Of(AgendaId agenda, const Subject& subject) const;
  // How many are before it, in its agenda and channel. Nothing: it has ended.
  std::optional<size_t> Ahead(const codec::WaitlistPlace& place) const;
  size_t Waiting(AgendaId agenda, Channel channel) const;
  size_t Waiting(AgendaId agenda) const;
  // Of all agendas, that are open. Costs next to nothing.
  size_t offers() const { return open_offers_.load(std::memory_order_relaxed); }

  // Those who wait for that channel's seats since a day before `before`, in order, at most `most`;
  // those behind `after`.
  std::vector<codec::WaitlistPlace> First(
      AgendaId agenda, Channel channel, int32_t before, size_t most,
      const std::optional<codec::WaitlistPlace>& after = std::nullopt) const;
  // Places that have an offer, of all agendas.
  std::vector<codec::WaitlistPlace> Offered() const;
  // Those who wait, of all agendas, at most `most`, after those of the last call; round and round.
  std::vector<codec::WaitlistPlace> NextWaiting(size_t most);

  enum class Joined { kYes, kHasOne, kFull };
  // `place.number` is given here: next(last) says which, `last` the last one given.
  Joined Join(codec::WaitlistPlace* place, const std::function<uint64_t(uint64_t)>& next,
              const Push& push);
  // Puts a place where it is `before`, and pushes it. False: it has gone on meanwhile.
  bool Change(const codec::WaitlistPlace& before, const codec::WaitlistPlace& after,
              const Push& push);

  // Recovery. What is older than what is known changes nothing that matters: it comes again.
  void Take(const codec::WaitlistPlace& place);
  // Forgets places that ended before that moment, at most `most` of them, those that ended first.
  void Forget(Instant ended_before, size_t most);
  // As events, whole.
  std::vector<std::string> Snapshot() const;

 private:
  using Order = std::pair<std::pair<int32_t, uint64_t>, uint64_t>;  // day, rank; number
  using Line = __gnu_pbds::tree<Order, __gnu_pbds::null_type, std::less<>, __gnu_pbds::rb_tree_tag,
                                __gnu_pbds::tree_order_statistics_node_update>;
  using LineKey = std::pair<AgendaId, Channel>;

  static Order OrderOf(const codec::WaitlistPlace& place);
  void Put(const codec::WaitlistPlace& place);
  bool ForgetFirst(Instant ended_before);

  const size_t ended_most_;
  mutable std::mutex mutex_;  // guards what follows
  std::map<uint64_t, codec::WaitlistPlace> places_;
  std::map<std::pair<AgendaId, Subject>, uint64_t> of_subject_;  // that have not ended
  std::map<LineKey, Line> lines_;                                // likewise
  std::set<std::pair<Instant, uint64_t>> ended_;                 // since when; numbers
  std::set<uint64_t> offered_;                                   // numbers
  std::atomic<size_t> open_offers_{0};                           // how many offered_ has
  uint64_t last_ = 0;
  std::pair<AgendaId, Subject> looked_at_;  // by NextWaiting
};

}  // namespace creneau::booking
