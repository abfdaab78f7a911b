// Recounts a log: what was given to whom, by which rule, and whether the rules that were in force
// allowed it. By plain maps and in the order of the log: none of the engine's own code decides here
// (its ledger replays the log beside this, verify.cc), so that a mistake there is no excuse here.
//
// What a rule allowed at the moment of a decision is judged by what the log tells of that moment: a
// decision is older than the batch that has it, by as much as the disk and a thread took. Bounds
// are widened by that (kSlackMs), so that what is called wrong is wrong.
//
// Subjects, reservations and members of the staff are numbered in the order in which the table
// names them: the numbers say who is the same within one export, and nothing beyond it.
//
// Threads: one.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "base/ids.h"
#include "base/instant.h"
#include "codec/event.h"
#include "ledger/seat_word.h"
#include "rules/agenda.h"

namespace creneau::audit {

// A rule that was not kept, and the record that shows it.
struct Finding {
  Lsn lsn;
  std::string what;
};

class Recount {
 public:
  // `agenda`: the only one that lines are written of; empty: all.
  explicit Recount(std::string agenda = "") : only_(std::move(agenda)) {}

  // The next record. Its line of the table, without a newline; nothing where it is of another
  // agenda. DataLoss: no record of ours.
  absl::StatusOr<std::optional<std::string>> Take(Lsn lsn, Instant written_at,
                                                  std::string_view record);

  // The first rule that was not kept. What comes after it is counted as well as it goes.
  const std::optional<Finding>& finding() const { return finding_; }
  uint64_t records() const { return records_; }
  bool knows(std::string_view agenda) const;

  // The agendas with their rules in every version, and what came of their seats by channel: JSON.
  std::string AgendasJson() const;
  std::string TotalsJson() const;

 private:
  using ByChannel = std::array<uint32_t, kChannels>;
  enum Count { kHeld, kConfirmed, kCancelled, kLapsed, kMoved, kCounts };

  struct Version {
    uint32_t number = 0;
    Lsn lsn;
    Instant at;  // of its last part
    rules::Agenda rules;
    uint32_t slots = 0;
    LocalMinute first, last;
    std::array<uint64_t, kChannels> seats{};
  };
  struct Agenda {
    std::string name;
    std::vector<Version> versions;
    std::optional<codec::OpeningState> opening;  // as the log told it last
    std::optional<Instant> paused_since;
    std::set<Subject> listed;
    Instant listed_at;  // when those who are were imported
    uint32_t roster = 0;
    std::array<std::array<uint64_t, kCounts>, kChannels> totals{};
    std::array<uint64_t, kChannels> live{};
  };
  struct Slot {
    AgendaId agenda;
    LocalMinute start;
    Instant starts_at;
    uint32_t made = 0;
    std::vector<uint32_t> blocks;  // of its seats
    ByChannel most{};              // seats published, in the version that had most
    ByChannel live{};              // held and confirmed
  };
  struct Seat {
    ledger::SeatWord word;
    Subject subject;
    SeatRef origin;
    uint64_t reservation = 0;  // its number in the table
    uint32_t slot = 0;
    bool made = false;
  };
  // What happened, and by which rule.
  struct Act {
    std::string_view what;
    std::string_view rule;
  };

  void Fail(std::string what);
  std::string At(Instant instant) const;
  bool Concerns(AgendaId agenda) const;
  std::string NameOf(AgendaId agenda) const;
  uint64_t NumberOf(const Subject& subject);
  uint64_t StaffNumberOf(std::string_view person);
  const rules::Agenda* RulesOf(AgendaId agenda) const;
  // The largest of what the version in force says, and the one before where that has only just
  // gone.
  static bool OpensAt(const Agenda& agenda, Instant until);
  int64_t Most(const Agenda& agenda, int rules::Agenda::*of) const;
  int64_t Least(const Agenda& agenda, int rules::Agenda::*of) const;
  // When what the log has now was decided, at the earliest.
  Instant Earliest() const;

  // recount_states.cc
  std::string Other(std::string_view record, const codec::Record& decoded);
  void Take(const codec::CalendarPart& part);
  void Take(const codec::Outage& outage) { outage_ = !outage.settled; }
  void Take(const codec::OpeningState& opening);
  void Take(const codec::TurnLapsed& turn);
  void Take(const codec::RosterPart& part);
  void Take(const codec::LossAccepted& loss);
  void Take(const codec::PepperEpoch& pepper);
  template <typename Unknown>
  void Take(const Unknown&) {}
  void MakeSeats(const ledger::SlotChange& change, AgendaId agenda);

  // recount_seats.cc
  std::optional<std::string> Changed(const ledger::Event& event);
  std::optional<std::string> PartyHeld(const ledger::PartyHeld& party);
  std::optional<std::string> Moved(const ledger::Event& event);
  Seat* SeatOf(SeatId id);
  // Of which nothing else is to be told.
  static Seat InSlot(uint32_t slot) {
    Seat seat;
    seat.slot = slot;
    return seat;
  }
  bool InSequence(const ledger::SeatImage& image, const Seat& before);
  Act ActOf(ledger::SeatWord before, ledger::SeatWord after);
  Act StaysOf(ledger::SeatWord before, ledger::SeatWord after);
  void CheckHold(const ledger::SeatImage& image, const Slot& slot);
  void CheckQueue(const Agenda& agenda, AgendaId id, const Subject& subject);
  void CheckWindow(const Agenda& agenda, const Slot& slot);
  void CheckTimes(ledger::SeatWord before, ledger::SeatWord after, const Slot& slot);
  void CheckCooling(ledger::SeatWord before, ledger::SeatWord after, const Agenda& agenda);
  void Arrive(const ledger::SeatImage& image, SeatRef origin, Seat& seat);
  void Leave(SeatId id, const Seat& seat);
  void CountAct(const Act& act, const Slot& slot, Channel channel);
  std::string Line(const Act& act, const ledger::SeatImage& image, const Seat& seat,
                   const Slot* moved_from);

  const std::string only_;
  Lsn lsn_;
  Instant at_;      // of the batch
  Instant latest_;  // of any batch so far
  Instant before_;  // of the batch before
  std::optional<Instant> batch_at_;
  uint64_t records_ = 0;
  std::optional<Finding> finding_;
  std::map<AgendaId, Agenda> agendas_;
  std::vector<Slot> slots_;
  std::vector<Seat> seats_;
  std::map<Subject, SeatRef> live_;
  std::map<std::pair<AgendaId, Subject>, codec::TurnLapsed> turns_;
  std::optional<codec::CalendarPart> open_;
  std::optional<codec::RosterPart> open_roster_;
  bool outage_ = false;  // somebody is owed time
  Generation first_generation_;
  uint64_t reservations_ = 0;
  std::map<Subject, uint64_t> subject_numbers_;
  std::map<std::string, uint64_t, std::less<>> staff_numbers_;
};

// What a log cannot show, for whoever reads a report: one thing a line.
extern const std::vector<std::string_view> kNotInTheLog;

}  // namespace creneau::audit
