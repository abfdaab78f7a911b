// What the log keeps of acts about identities (design 5): who is whom, reservations that have got
// another key, acts that wait for a second person, and what the website should tell a holder. Plain
// values, and their records (proto/creneau/v1/event.proto). Each tells its state whole, so applying
// one twice, or an earlier one again before the later, changes nothing. No field of an identity
// stands in any of them. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/instant.h"

namespace creneau::codec {

// Whoever shows the identity that gives `derived` is `subject` to the ledger.
struct SubjectLink {
  Subject derived;
  Subject subject;
  friend bool operator==(const SubjectLink&, const SubjectLink&) = default;
};

struct SubjectsLinked {
  AgendaId agenda;
  Instant at;
  std::vector<SubjectLink> links;
  friend bool operator==(const SubjectsLinked&, const SubjectsLinked&) = default;
};

struct Rekeyed {
  SeatRef origin;  // what the reservation's name stands for
  uint32_t times = 0;
  friend bool operator==(const Rekeyed&, const Rekeyed&) = default;
};

enum class ActKind : uint8_t { kCorrection = 1, kRepair = 2, kLink = 3 };

struct ActProposed {
  uint64_t act = 0;  // its name
  ActKind kind = ActKind::kCorrection;
  AgendaId agenda;
  SeatRef origin;
  // Identities of a correction: derived, not resolved. `booked` is all zero where nobody has told.
  // Of a link: `right` and `booked` are the two that are one person's. Of a repair: `right` is the
  // owner's.
  Subject right;
  Subject booked;
  std::string reason;
  std::string person;
  Instant at;
  friend bool operator==(const ActProposed&, const ActProposed&) = default;
};

struct ActSettled {
  uint64_t act = 0;
  std::string person;
  Instant at;
  bool withdrawn = false;  // not approved: nothing was done
  uint32_t times = 0;      // of a repair: how often its reservation had got another key then
  friend bool operator==(const ActSettled&, const ActSettled&) = default;
};

enum class NoticeKind : uint8_t {
  kRecovery = 1,    // somebody has asked how to find it again
  kAskedAgain = 2,  // somebody has tried to book in its holder's name
  kSlotClosed = 3,  // the office has closed its day
};

struct HolderNotice {
  NoticeKind kind = NoticeKind::kRecovery;
  AgendaId agenda;
  SeatRef origin;
  Instant at;
  friend bool operator==(const HolderNotice&, const HolderNotice&) = default;
};

std::string EncodeLinks(const SubjectsLinked& linked);
std::string EncodeRekeyed(const Rekeyed& rekeyed);
std::string EncodeProposed(const ActProposed& proposed);
std::string EncodeSettled(const ActSettled& settled);
// Fits into CommitPool::Node::kRecordBytes.
std::string EncodeNotice(const HolderNotice& notice);

// "correction", "repair", "link"; "recovery", "asked-again", "slot-closed".
std::string_view ActKindName(ActKind kind);
std::string_view NoticeKindName(NoticeKind kind);

}  // namespace creneau::codec
