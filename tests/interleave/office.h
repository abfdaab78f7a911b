// The world of one execution: a real ledger, the queue that its events go to, and acts in words, so
// that a case reads like what people do:
//
//   hold ada 0      ada wants a seat in slot 0 (hold ada any: the earliest)
//   confirm ada     cancel ada      move ada 1      look ada       find ada      extend ada
//   expire 0        free 0          lengthen 0      (the steward, by seat number)
//   aside 0         offer bert 0    unaside 0       (the same: kept, given to bert, given back)
//   displace ada 1  (the office moves her)
//   party ada bert 0    (a seat for each, in one slot)
//   publish 2,1     (a new calendar: two seats in slot 0, one in slot 1, and the seats brought to
//   it) touched         count           slots           anyfree        freenear 0    (reads)
//   begin; scan     (a snapshot: what must be known of one moment, then the seats; scan alone is
//   both)
//
// Seats are numbered from 0 within the first slot and from 8 within the second. One owner.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/atomic.h"
#include "ledger/ledger.h"
#include "tests/interleave/snapshot.h"

namespace creneau::interleave {

struct Act {
  std::string verb;
  int who = -1;            // index into kPeople
  std::vector<int> all;    // of a party: who, and the others
  int number = -1;         // slot or seat; -1: any
  std::vector<int> seats;  // of a publication, by slot
};

inline constexpr std::array<const char*, 4> kPeople = {"ada", "bert", "carl", "dora"};

// "hold ada 0; confirm ada"
std::vector<Act> ActsFromText(const std::string& text);

// What the log holds: a calendar, an event, or a party.
struct Entry {
  bool is_calendar = false;
  ledger::Event event;
  ledger::CalendarChange change;
  ledger::PartyHeld party = {};  // of none, where it is not one

  std::vector<ledger::SeatImage> Images() const;
};

class Office final : public ledger::EventSink {
 public:
  // With the calendar of `setup` and after its acts; not modelled.
  explicit Office(const std::vector<Act>& setup);

  // What the thread answers, in a word.
  std::string Do(const Act& act, int thread);
  void Push(const ledger::Event& event) override;
  void PushParty(const ledger::PartyHeld& party) override;

  // Calls the ledger's TakeTouched, and keeps what it was told.
  std::string TakeTouched();
  // Empty; or the first seat whose deadline the steward was never told.
  std::string Forgotten();

  // Empty; or a slot with a free seat that those who ask for any do not find.
  std::string Hidden();

  // Who has what, and what is free: by people and slots, not by seats and generations, which differ
  // between orders that nobody can tell apart.
  std::string Summary();

  ledger::Ledger& ledger() { return ledger_; }
  const std::vector<Entry>& log() const { return log_; }
  size_t setup_entries() const { return setup_entries_; }
  // Null: nobody has come to the end of one.
  const Snapshot* snapshot() const {
    return snapshot_ && snapshot_->complete ? &*snapshot_ : nullptr;
  }
  static ledger::HoldArgs HoldOf(int who, int slot);
  static Subject SubjectOf(int who);
  int slots() const { return static_cast<int>(slots_); }

 private:
  std::string Publish(const std::vector<int>& seats);
  std::string Party(const Act& act, int thread);
  void BeginSnapshot();
  std::string Scan();
  SeatRef NameOf(int who, int thread) const;
  bool IsNameOfAnother(SeatRef name, int who) const;
  void Log(Entry entry);

  ledger::Ledger ledger_;
  // The commit queue's order: one release read-modify-write for each push, nothing learnt from it.
  Atomic<uint64_t> queue_{0};
  std::vector<Entry> log_;
  size_t setup_entries_ = 0;
  std::optional<Snapshot> snapshot_;
  std::vector<std::pair<SeatId, uint32_t>> told_;  // deadlines, as TakeTouched gave them
  size_t slots_ = 0;
  uint32_t version_ = 0;
  // Names as each thread knows them: from the setting up, then from its own holds.
  std::array<std::array<SeatRef, kPeople.size()>, 5> names_{};
};

inline constexpr AgendaId kAgenda{7};

}  // namespace creneau::interleave
