// What the queues of the office owe to people (design 6), kept in plain maps beside the auditor's
// seats: who may come, whose turn it is, what must not change once it was told. Knows what anybody
// outside knows: tickets and status documents as they were told, and that rank = HMAC(K, tag).
//
// The engine admits when it sees fit, so how far it has served is known between two bounds: a
// status document or a turn says how far at least, somebody who has to wait how far at most. From
// these follows when a grant may have lapsed, and when it must have. A status document may be as
// old as the second it was asked in. Methods return "" or what is wrong. Agendas are named as in
// auditor.h, "sim-queue/".
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/instant.h"
#include "codec/state.h"
#include "surge/rank.h"
#include "surge/ticket.h"
#include "tests/sim/machine.h"

namespace creneau::sim {

enum class Sure : uint8_t { kNo, kPerhaps, kYes };

// Of each day, in minutes of the office's.
struct QueueRules {
  int gather = 0;
  int open = 0;
  int close = 0;
  bool listed = false;
};

// What somebody sends as a ticket. `bad`: it is not one that this person got in this agenda.
struct Shown {
  std::string text;
  bool bad = false;
};

// How many holds somebody has let go in an opening: at least, at most.
struct Turns {
  int least = 0;
  int most = 0;
};

class Queues {
 public:
  explicit Queues(std::map<std::string, uint64_t>& reached) : reached_(reached) {}

  void Add(const std::string& agenda, const QueueRules& rules) { agendas_[agenda].rules = rules; }
  bool Has(const std::string& agenda) const { return agendas_.contains(agenda); }
  bool any() const { return !agendas_.empty(); }
  // Whether it is open, with or without anything left, and whether people gather.
  Sure IsOpen(const std::string& agenda, Instant now) const;
  bool IsUnderWay(const std::string& agenda, Instant now) const;
  // It should be open, and nobody has told K.
  bool WantsStatus(const std::string& agenda, Instant now) const;
  static int DayOf(Instant now);
  static Instant TimeOn(int day, int minute);

  // --- replies -----------------------------------------------------------------------------------
  // `fresh`: not kept for a second, as for everybody.
  std::string Status(const std::string& agenda, const Told& told, Instant now, bool fresh = false);
  std::string Ticket(const std::string& agenda, int person, const Shown& shown, Turns turns,
                     const Told& told, Instant now);
  // Somebody without a reservation asks for a hold. Nothing: the queue has nothing against it, and
  // what else is to be said of it is the auditor's.
  std::optional<std::string> Gate(const std::string& agenda, int person, const Shown& shown,
                                  Turns turns, const Told& told, Instant now);
  static std::string RefusedTicket(const Told& told);
  std::optional<std::string> CheckUsed(Turns turns, const Told& told);
  // A move, which asks for no turn. Nothing: as above.
  std::optional<std::string> MayMove(const std::string& agenda, const Told& told, Instant now);
  // What an operator asks for; before the answer, since there may be none.
  void Expect(const std::string& agenda, const std::string& what, int64_t value, Instant now);
  std::string Order(const std::string& agenda, const std::string& what, int64_t value,
                    const Told& told, Instant now);
  void ExpectRoster(const std::string& agenda, const std::set<int>& people, bool adds);
  std::string Roster(const std::string& agenda, const std::set<int>& people, bool adds,
                     const Told& told, bool disk_low);

  // --- time --------------------------------------------------------------------------------------
  // The steward has been, `away_ms` late.
  void Tick(Instant now, int64_t away_ms);
  // Nothing is free there and nobody holds, as far as is known, since the last round.
  void NoteEmpty(const std::string& agenda, bool empty) { agendas_[agenda].empty = empty; }
  // A process that ended at `died` is back.
  void Restarted(Instant died, Instant now);
  // All that the log has said of that agenda's openings, in order.
  std::string CheckLog(const std::string& agenda, const std::vector<codec::OpeningState>& log);

  // Tickets that this person got there, the latest last.
  const std::vector<std::string>& TicketsOf(const std::string& agenda, int person) {
    return agendas_[agenda].tickets[person];
  }

 private:
  // At that moment, with grants lengthened by so much until then.
  struct Sample {
    Instant at;
    int64_t lengthened_ms;
    uint64_t rank;
  };
  struct Place {
    std::optional<surge::Tag> tag;
    std::optional<surge::Bucket> remembered;  // by the process that runs
  };
  struct Opening {
    bool opened = false;  // K was told
    surge::ChainValue k{};
    Instant learnt_at{0};         // K, or that it closes later
    Instant closes_at{0};         // as told; whole seconds
    int64_t closes_later_ms = 0;  // it may have moved by so much since
    Instant closes_least{0};      // by what outages are known
    uint64_t served = 0;          // at least
    uint64_t halted_at = 0;       // how far it was served when it was paused
    std::vector<Sample> waits;    // that rank was not served yet
    std::vector<Sample> reached;  // that rank was served
    uint64_t lapsed_most = 0;     // at the last start
    int64_t lengthened_ms = 0;
    Instant stepped_at{0};
    Sure draining = Sure::kNo;
    std::map<int, Place> people;
    std::vector<uint64_t> granted;  // ranks that have held
    uint32_t cap_per_min = 0;
    Instant capped_at{0};
    int64_t served_people = -1;  // when it was capped
  };
  struct Agenda {
    QueueRules rules;
    std::string chain_end;
    Sure paused = Sure::kNo;
    Instant ordered_at{0};
    bool empty = false;
    std::map<int, Opening> openings;  // by day
    std::map<int, Sure> listed;       // by person
    std::map<int, std::vector<std::string>> tickets;
  };
  // What may be, by the clock and what was told.
  struct Phases {
    bool closed = false;
    bool gathering = false;
    bool open = false;
    bool OnlyOpen() const { return open && !gathering && !closed; }
    bool MaybeNotOpen() const { return closed || gathering; }
  };

  Phases At(const Agenda& agenda, Instant now) const;
  Opening& Current(Agenda& agenda, Instant now) { return agenda.openings[DayOf(now)]; }
  static std::string LearnTimes(Agenda& agenda, Opening& opening, int day, const Told& told,
                                Instant now);
  std::string LearnKey(Agenda& agenda, Opening& opening, int day, const Told& told, Instant now);
  std::string LearnServed(Agenda& agenda, Opening& opening, const Told& told, Instant now);
  std::string Issued(Agenda& agenda, int person, const Shown& shown, const Told& told, Instant now);
  std::string CheckPlace(Opening& opening, Place& place, const surge::Ticket& ticket,
                         const std::optional<surge::Ticket>& shown, Instant now);
  std::string CheckTurn(Opening& opening, uint64_t rank, const Told& told, Instant now);
  static void Reached(Opening& opening, uint64_t rank, Instant now);
  static void Waits(Opening& opening, uint64_t rank, Instant at);
  static bool MayHaveLapsed(const Opening& opening, uint64_t rank, Instant now);
  bool MustHaveLapsed(const Opening& opening, uint64_t rank) const;
  void Reach(const std::string& branch) { ++reached_[branch]; }

  std::map<std::string, Agenda> agendas_;
  std::map<std::string, uint64_t>& reached_;
  Instant last_tick_{0};
};

}  // namespace creneau::sim
