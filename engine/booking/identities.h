// Who is whom (design 5): identities that an agent has said to be another ledger subject than the
// one their fields give, and reservations that have got another key.
//
// An applicant's fields give a pseudonym, the derived one (rules/identity.h). The ledger knows
// subjects. Mostly the two are the same; where they are not, this says which subject an identity
// is. So the ledger's index, which allows a subject one live reservation, needs to know nothing of
// two identities of one person, and a seat whose holder had mistyped a digit stays where it is,
// under the subject under which it was booked:
//
//   link        two identities of one person become one subject
//   correction  the identity that is right becomes the subject that the seat is held by, and the
//               mistyped one, which may be somebody else's, a new subject
//
// What one was told under the old state must not meet the new one half-way: whoever asks the ledger
// for an identity holds a Reading from before it looks here until the ledger has decided; whoever
// changes identities holds a Writing, and thereby knows that nobody goes by the old ones any more.
// Writings are an agent's, and short: the log's queue, not the disk.
//
// Threads: any, with a Reading or a Writing where it says so.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <vector>

#include "base/ids.h"
#include "codec/identity_acts.h"

namespace creneau::booking {

class Identities {
 public:
  using Reading = std::shared_lock<std::shared_mutex>;
  using Writing = std::unique_lock<std::shared_mutex>;

  Identities() = default;
  Identities(const Identities&) = delete;
  Identities& operator=(const Identities&) = delete;

  Reading Read() const { return Reading(mutex_); }
  Writing Write() { return Writing(mutex_); }

  // With a Reading or a Writing.
  Subject Of(const Subject& derived) const { return links_.empty() ? derived : OfLinked(derived); }
  // Which subject whoever was that one is by now: a place in a list and an entry of a draw keep the
  // subject that took them. It is another one's once the two have become one person, and stays the
  // seat's where a correction made it the right identity's, though Of() then says somebody else: as
  // an identity the same number is the mistyped one.
  Subject Now(const Subject& before) const {
    return links_.empty() || derived_of_.contains(before) ? before : OfLinked(before);
  }
  // All identities that are that subject: the one that gives it, unless that was made another's,
  // first.
  std::vector<Subject> AllOf(const Subject& subject) const;
  // All under which that subject may have taken a place or made an entry: Now() says it of them.
  std::vector<Subject> AllNow(const Subject& subject) const;

  // What makes `derived`, and all that is one person with it, that subject. With a Writing.
  std::vector<codec::SubjectLink> ToJoin(const Subject& derived, const Subject& subject) const;
  void Take(const codec::SubjectsLinked& linked);
  // What was said about agendas whose applicants are hashed with another pepper from now on. With a
  // Writing.
  void Forget(AgendaId agenda);

  // How often a reservation has got another key. Costs next to nothing where none has.
  uint32_t TimesRekeyed(SeatRef origin) const {
    return any_rekeyed_.load() ? FindRekeyed(origin) : 0;
  }
  void Take(const codec::Rekeyed& rekeyed);

  size_t links() const;
  // As events, whole.
  std::vector<std::string> Snapshot() const;

 private:
  struct Linked {
    Subject subject;
    AgendaId agenda;  // whose agent said so
  };

  Subject OfLinked(const Subject& derived) const;
  uint32_t FindRekeyed(SeatRef origin) const;

  mutable std::shared_mutex mutex_;             // guards the next two
  std::map<Subject, Linked> links_;             // by derived
  std::multimap<Subject, Subject> derived_of_;  // the other way round

  mutable std::mutex rekeyed_mutex_;  // guards the next
  std::map<SeatRef, uint32_t> rekeyed_;
  std::atomic<bool> any_rekeyed_{false};  // once true, for ever; set after rekeyed_ has it
};

}  // namespace creneau::booking
