// What the auditor demands of shares (design 5): seats of every channel as the agenda's file says,
// and as flows, an operator's hand and courts have changed them since; all of it public, adding up,
// and lasting over publications and crashes.
//
// Agendas are named as in auditor.h, "sim-shares/". Methods return "" or what is wrong.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/sim/auditor.h"
#include "tests/sim/fair_agendas.h"

namespace creneau::sim {

// A book's, to be changed.
FairBook& ChangeFair(Book& book);

// Seats that somebody wants moved.
struct ShiftWish {
  std::string agenda;
  std::string from;
  std::string to;
  std::optional<int> seats;        // of each slot, at most; nothing: all that are free
  std::vector<std::string> slots;  // without the channel
  bool dry_run = false;
};

class ShareAuditor {
 public:
  explicit ShareAuditor(Auditor& auditor) : auditor_(auditor) {}

  // What is published next to that, of each slot and channel: the file's seats, and what was
  // shifted as far as the file still has it.
  Auditor::Seats Targets(const OfficeAgenda& agenda, const Shares& file) const;
  std::string Published(const OfficeAgenda& agenda, const Shares& file, bool keep, const Told& told,
                        Instant now, bool disk_low);
  // Free seats of these slots and that channel go to the other one.
  std::string Shift(const ShiftWish& wish, const Told& told, Instant now, bool disk_low);
  // Whether it is known how many seats of each slot a shift takes.
  bool IsSure(const ShiftWish& wish, Instant now) const;
  // Of each, at least.
  std::map<std::string, int> Surely(const ShiftWish& wish, Instant now) const;
  // More seats of the court's, each a version.
  void Add(const std::string& agenda, const std::string& slot, int seats);

  // The agenda as everybody sees it, GET /v1/agendas/…
  std::string Status(const std::string& agenda, const Told& told, Instant now) const;
  // GET …/slots: what each that is told of has in all channels, and on the web.
  std::string Capacities(const std::string& agenda, const Told& told, Instant now) const;
  // There is another version of which nobody was told: a flow has been carried out.
  std::string Flowed(const std::string& agenda, const Told& status, Instant now);
  // Each round of the steward: what a flow has made due goes before long. `works`: he was not kept
  // from it.
  std::string Owed(const std::string& agenda, Instant now, bool works);

  // Before something is asked of which nobody may be told what has become.
  struct Unanswered {
    std::string agenda{};
    std::optional<Shares> file{};
    std::optional<ShiftWish> shift{};
    std::map<std::string, int> moves{};  // of a shift of several slots
    std::string court_slot{};
  };
  void Expect(Unanswered what) { unanswered_ = std::move(what); }
  void Forget() { unanswered_ = {}; }
  // What of the status that book does not explain, by itself or, if it is the newest, with what was
  // asked last or what time may have brought.
  std::string Misfit(const Book& book, const std::map<std::string, Told>& status,
                     Instant now) const;
  // After a start: what has become of what nobody was told of.
  void Learn(const std::map<std::string, Told>& status, Instant now);

 private:
  using Moved = std::map<std::string, int>;  // by slot, without the channel
  static void AddSeats(Book& book, const std::string& agenda, const std::string& slot, int seats);
  static void Move(Book& book, const std::string& agenda, const std::string& from,
                   const std::string& to, const Moved& moved);
  static std::string Differs(const Book& book, const std::string& agenda, const Told& status);
  std::optional<Moved> FlowOf(const Book& book, const std::string& agenda, const FlowRule& flow,
                              const Told& status) const;
  // What could have come of the newest book.
  std::vector<Book> Guesses(const std::string& agenda, const Told& status, Instant now) const;
  std::pair<int, int> Due(const Book& book, const std::string& agenda, const FlowRule& flow,
                          Instant now) const;

  Auditor& auditor_;
  Unanswered unanswered_;
  Instant owed_since_;
  Instant owed_looked_;
};

// That channel's part of a status.
Told OfChannel(const Told& status, const std::string& channel);

}  // namespace creneau::sim
