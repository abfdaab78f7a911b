// What the staff must be answered (design 5, 8), and what must come of it: who stands for whom,
// which key opens which reservation, acts that take two persons, and that the log says of each act
// who did it, before it says what came of it. Keeps it in the auditor's books, so that what a crash
// leaves is what some prefix of all decisions makes, identities included.
//
// Agendas are named as in auditor.h, "sim/". Methods return "" or what is wrong.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/sim/auditor.h"
#include "tests/sim/staff.h"
#include "tests/sim/staff_log.h"

namespace creneau::sim {

class Trust {
 public:
  explicit Trust(Auditor& auditor) : auditor_(auditor) {}

  struct Correction {
    std::string reservation;
    int right = 0;
    std::optional<int> booked;
    std::string reason;
  };

  // Each checks the decided reply, and makes what it says the newest book.
  std::string Lookup(const Staff& who, const std::string& agenda, int identity, const Told& told);
  std::string Pass(const Staff& who, const std::string& agenda, const Told& told);
  std::string Link(const Staff& who, const std::string& agenda, int one, int other,
                   const std::string& reason, const Told& told, Instant now);
  std::string Correct(const Staff& who, const Correction& correction, const Told& told,
                      Instant now);
  std::string Repair(const Staff& who, const std::string& reservation, int owner,
                     const std::string& reason, const Told& told, Instant now);
  std::string Approve(const Staff& who, const std::string& act, const Told& told, Instant now);
  std::string Withdraw(const Staff& who, const std::string& act, const Told& told, Instant now);
  std::string Waiting(const Staff& who, const Told& told, Instant now) const;
  // A citizen's.
  std::string Recover(const std::string& agenda, int identity, const Told& told);

  // A new book in which that was done: for what other auditors judge.
  Book& Did(const Staff& who, Deed deed);
  // Somebody of the staff did something else that the log attributes; whoever knows what it was
  // says so in that book.
  Book& Note(const Staff& who, Deed deed) { return Did(who, std::move(deed)); }

  // Whether the books that a crash may have left differ in what the staff did.
  bool Unsure() const { return auditor_.oldest().deeds != auditor_.book().deeds; }
  // After Auditor::Reconcile.
  void Restarted() { deeds_.resize(auditor_.book().deeds); }
  // All that the log says, once it has all.
  std::string CheckLog(const StaffLog& log) const;

 private:
  const WhoIsWho& people() const { return *auditor_.book().people; }
  const Booking* LiveNamed(const std::string& reservation, Instant now) const;
  std::string NameOfLive(int subject) const;
  const PairAct* FindAct(const Staff& who, const std::string& name, Instant now) const;
  std::string Propose(const Staff& who, PairAct act, const Told& told);
  // The code of a refusal; nothing: it was carried out, with so many records.
  const char* CarryOut(const PairAct& act, WhoIsWho& people, int* records) const;
  std::string ApproveFirst(const Staff& who, const std::string& name, const Told& told);
  static std::string ApproveRepair(const Staff& who, const std::string& name, Book& next,
                                   const Told& told);
  static void Rebind(WhoIsWho& people, int subject, int right);

  Auditor& auditor_;
  std::vector<Deed> deeds_;          // of the newest book, in order
  std::set<std::string> recovered_;  // reservations that somebody has asked for
};

}  // namespace creneau::sim
