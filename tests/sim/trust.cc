#include "tests/sim/trust.h"

#include <algorithm>

#include "tests/sim/verdict.h"

namespace creneau::sim {
namespace {

using Kind = PairAct::Kind;

std::string Problem(const char* code, const std::string& why, const Told& told) {
  if (told.code == code) return "";
  return Wrong(why + ": expected " + code, told);
}

const char* DeedOf(Kind kind, bool proposes) {
  switch (kind) {
    case Kind::kCorrection:
      return proposes ? "propose-correct" : "approve-correct";
    case Kind::kRepair:
      return proposes ? "propose-repair" : "approve-repair";
    case Kind::kLink:
      return proposes ? "propose-link" : "approve-link";
  }
  return "";
}

std::string NoKey(const Told& told) {
  return told.Member("key").empty() ? "" : Wrong("nobody is to see that key", told);
}

std::string Is(int status, const std::string& reservation, const std::string& what,
               const Told& told) {
  if (told.status != status || told.Member("reservation") != reservation)
    return Wrong(what + " " + reservation, told);
  return NoKey(told);
}

// A copy of who is whom, to be changed.
WhoIsWho& Change(Book& book) {
  auto changed = std::make_shared<WhoIsWho>(*book.people);
  WhoIsWho& people = *changed;
  book.people = std::move(changed);
  return people;
}

}  // namespace

// Not one that has lapsed, though nobody has ended it yet.
const Booking* Trust::LiveNamed(const std::string& reservation, Instant now) const {
  const auto at = auditor_.book().bookings.find(reservation);
  if (at == auditor_.book().bookings.end()) return nullptr;
  return at->second.live() && !Lapsed(at->second, now) ? &at->second : nullptr;
}

std::string Trust::NameOfLive(int subject) const {
  const auto at = auditor_.book().live.find(subject);
  return at == auditor_.book().live.end() ? "" : at->second;
}

Book& Trust::Did(const Staff& who, Deed deed) {
  auditor_.Reach("did-" + deed.what);
  deed.person = who.person;
  deed.key = who.id;
  Book& next = auditor_.Next();
  deeds_.push_back(std::move(deed));
  next.deeds = deeds_.size();
  return next;
}

std::string Trust::Lookup(const Staff& who, const std::string& agenda, int identity,
                          const Told& told) {
  if (!who.Covers(agenda)) return Problem("forbidden", "the key is for another agenda", told);
  std::string name = NameOfLive(people().Of(identity));
  std::string slot;
  if (!name.empty()) slot = auditor_.book().bookings.at(name).slot;
  // Agendas are one group, and who acts for one of them sees the seats of that one.
  if (!name.empty() && !who.Covers(AgendaOf(slot))) {
    auditor_.Reach("lookup-in-another-agenda");
    name.clear();
  }
  auditor_.Reach(name.empty() ? "lookup-of-nobody" : "lookup");
  if (people().Of(identity) != identity) auditor_.Reach("lookup-of-somebody-else");
  Did(who, {"lookup", agenda, name, ""});
  if (!name.empty() && told.Member("slot") != TimeOf(slot))
    return Wrong("the seat is in " + slot, told);
  return Is(200, name, "an agent finds the reservation", told);
}

std::string Trust::Pass(const Staff& who, const std::string& agenda, const Told& told) {
  if (!who.Covers(agenda)) return Problem("forbidden", "the key is for another agenda", told);
  Did(who, {"pass", agenda, "", ""});
  return told.status == 201 ? "" : Wrong("a pass is given", told);
}

std::string Trust::Link(const Staff& who, const std::string& agenda, int one, int other,
                        const std::string& reason, const Told& told, Instant now) {
  if (!who.Covers(agenda)) return Problem("forbidden", "the key is for another agenda", told);
  const int a = people().Of(one);
  const int b = people().Of(other);
  // What tells who is whom stands in the log, though nothing comes of it.
  const Deed asked{"link", agenda, "", reason};
  if (a == b) {
    auditor_.Reach("linked-already");
    Did(who, asked);
    return told.Member("existed") == "true" ? Is(200, "", "they are one", told)
                                            : Wrong("they are one already", told);
  }
  const std::string seat_a = NameOfLive(a);
  const std::string seat_b = NameOfLive(b);
  const std::string seat = seat_a.empty() ? seat_b : seat_a;
  const std::string seat_in = seat.empty() ? "" : AgendaOf(auditor_.book().bookings.at(seat).slot);
  if (!seat.empty() && !who.Covers(seat_in)) {
    Did(who, asked);
    return Problem("forbidden", "the seat is in another agenda", told);
  }
  if (!seat_a.empty() && !seat_b.empty()) {
    auditor_.Reach("link-of-two-seats");
    Did(who, asked);
    return Problem("already-reserved", "each has a seat", told);
  }
  if (!seat.empty())
    return Propose(who, {Kind::kLink, seat_in, seat, one, other, reason, who.person, now}, told);
  Change(Did(who, {"link", agenda, "", reason, "", "", 1})).Join(one, b);
  return Is(200, "", "two identities become one person", told);
}

std::string Trust::Propose(const Staff& who, PairAct act, const Told& told) {
  if (told.status != 202) return Wrong("a second person is needed", told);
  const std::string name = told.Member("act");
  for (const auto& [known, other] : people().acts) {
    if (!other.Waits(act.at) || !act.IsSame(other)) continue;
    auditor_.Reach("proposed-again");
    return name == known ? NoKey(told) : Wrong("the same act is " + known, told);
  }
  if (name.empty() || people().acts.contains(name)) return Wrong("a new act has a new name", told);
  WhoIsWho& people = Change(
      Did(who, {DeedOf(act.kind, true), act.agenda, act.reservation, act.reason, "", "", 1}));
  std::erase_if(people.acts, [&](const auto& one) { return one.second.expires_at() <= act.at; });
  people.acts[name] = std::move(act);
  return NoKey(told);
}

// The identity that is right becomes the subject of the seat, and all by which it was known before
// become somebody else.
void Trust::Rebind(WhoIsWho& people, int subject, int right) {
  const std::vector<int> known = people.AllOf(subject);
  people.Join(right, subject);
  for (const int one : known) people.subjects[one] = people.next_fresh;
  ++people.next_fresh;
}

std::string Trust::Correct(const Staff& who, const Correction& correction, const Told& told,
                           Instant now) {
  const auto& [name, right, booked, reason] = correction;
  const Booking* const seat = LiveNamed(name, now);
  if (seat == nullptr || !who.Covers(AgendaOf(seat->slot)))
    return Problem("unknown-reservation", "there is none, or not for that agent", told);
  if (reason == "new-document") {
    auditor_.Reach("correction-for-a-new-document");
    return Problem("validation-failed", "a new document is linked", told);
  }
  const int subject = seat->person;
  const std::string agenda = AgendaOf(seat->slot);
  const std::string taken = NameOfLive(people().Of(right));
  if (taken == name) {
    auditor_.Reach("corrected-already");
    Did(who, {"correct", agenda, name, reason});
    return told.Member("existed") == "true" ? Is(200, name, "it is so already", told)
                                            : Wrong("it is so already", told);
  }
  if (booked && people().Of(*booked) != subject) {
    auditor_.Reach("correction-of-another");
    Did(who, {"correct", agenda, name, reason});
    return Problem("validation-failed", "it was booked as somebody else", told);
  }
  if (!booked || !OneFieldApart(right, *booked) || *booked != subject ||
      people().AllOf(subject).size() != 1)
    return Propose(
        who, {Kind::kCorrection, agenda, name, right, booked.value_or(-1), reason, who.person, now},
        told);
  // Said before it is done, and then perhaps refused.
  Book& next = Did(who, {"correct", agenda, name, reason, "", "", taken.empty() ? 1 : 0});
  if (!taken.empty()) {
    auditor_.Reach("corrected-to-somebody-with-a-seat");
    return Problem("already-reserved", "that person has a seat", told);
  }
  Rebind(Change(next), subject, right);
  return Is(200, name, "one field is put right", told);
}

std::string Trust::Repair(const Staff& who, const std::string& reservation, int owner,
                          const std::string& reason, const Told& told, Instant now) {
  const Booking* const seat = LiveNamed(reservation, now);
  if (seat == nullptr || !who.Covers(AgendaOf(seat->slot)))
    return Problem("unknown-reservation", "there is none, or not for that agent", told);
  if (people().Of(owner) != seat->person) {
    auditor_.Reach("repair-for-another");
    Did(who, {"repair", AgendaOf(seat->slot), reservation, reason});
    return Problem("validation-failed", "it is not that person's", told);
  }
  return Propose(
      who, {Kind::kRepair, AgendaOf(seat->slot), reservation, owner, -1, reason, who.person, now},
      told);
}

const PairAct* Trust::FindAct(const Staff& who, const std::string& name, Instant now) const {
  const auto at = people().acts.find(name);
  if (at != people().acts.end() && now < at->second.expires_at() && who.Covers(at->second.agenda))
    return &at->second;
  auditor_.Reach("unknown-act");
  return nullptr;
}

std::string Trust::Approve(const Staff& who, const std::string& name, const Told& told,
                           Instant now) {
  const PairAct* const act = FindAct(who, name, now);
  if (act == nullptr) return Problem("unknown-act", "no such act waits for that agent", told);
  if (act->person == who.person) {
    auditor_.Reach("second-person-needed");
    return Problem("second-person-needed", "that person has proposed it", told);
  }
  const bool again = !act->settled_by.empty();
  if (again && (act->withdrawn || act->settled_by != who.person)) {
    auditor_.Reach(act->withdrawn ? "act-was-withdrawn" : "act-settled");
    return Problem("act-settled", "somebody else has settled it", told);
  }
  const Booking* const seat = LiveNamed(act->reservation, now);
  if (seat == nullptr) {
    auditor_.Reach("approved-too-late");
    return Problem("unknown-reservation", "it has ended", told);
  }
  if (!again) return ApproveFirst(who, name, told);
  const bool repair = act->kind == Kind::kRepair;
  if (repair && people().Of(act->right) != seat->person) {
    auditor_.Reach("approved-again-after-a-correction");
    return Problem("act-settled", "it is somebody else's since", told);
  }
  if (repair && seat->rekeyed != act->rekeyed) {
    auditor_.Reach("approved-again-after-another-repair");
    return Problem("act-settled", "repaired again since", told);
  }
  // The key is shown again, and the log says to whom.
  auditor_.Reach("approved-again");
  const std::string reservation = act->reservation;
  const std::string key = repair ? seat->key : "";
  Did(who, {DeedOf(act->kind, false), act->agenda, reservation, act->reason});
  if (told.status == 200 && told.Member("reservation") == reservation && told.Member("key") == key)
    return "";
  return Wrong("approved already", told);
}

// What was proposed may no longer be what it was about: then it is settled.
const char* Trust::CarryOut(const PairAct& act, WhoIsWho& people, int* records) const {
  *records = 1;
  if (act.kind == Kind::kCorrection) {
    const int subject = auditor_.book().bookings.at(act.reservation).person;
    if (act.booked >= 0 && people.Of(act.booked) != subject) return "act-settled";
    if (people.Of(act.right) == subject) return nullptr;
    if (!NameOfLive(people.Of(act.right)).empty()) return "already-reserved";
    Rebind(people, subject, act.right);
    *records = 2;
    return nullptr;
  }
  const int one = people.Of(act.right);
  const int other = people.Of(act.booked);
  if (one == other) return nullptr;
  if (!NameOfLive(one).empty() && !NameOfLive(other).empty()) return "already-reserved";
  if (NameOfLive(one) + NameOfLive(other) != act.reservation) return "act-settled";
  if (NameOfLive(one).empty()) {
    people.Join(act.right, other);
  } else {
    people.Join(act.booked, one);
  }
  *records = 2;
  return nullptr;
}

std::string Trust::ApproveFirst(const Staff& who, const std::string& name, const Told& told) {
  const PairAct act = people().acts.at(name);
  Deed deed{DeedOf(act.kind, false), act.agenda, act.reservation, act.reason};
  if (act.kind == Kind::kRepair) {
    if (people().Of(act.right) != auditor_.book().bookings.at(act.reservation).person) {
      auditor_.Reach("repair-overtaken-by-a-correction");
      Did(who, std::move(deed));
      return Problem("act-settled", "it is somebody else's since", told);
    }
    deed.effects = 2;
    Book& next = Did(who, std::move(deed));
    return ApproveRepair(who, name, next, told);
  }
  WhoIsWho people = this->people();
  const char* const refusal = CarryOut(act, people, &deed.effects);
  if (refusal != nullptr) deed.effects = 0;
  Book& next = Did(who, std::move(deed));
  if (refusal != nullptr) {
    auditor_.Reach(std::string("approval-") + refusal);
    return Problem(refusal, "it cannot be done any more", told);
  }
  people.acts.at(name).settled_by = who.person;
  next.people = std::make_shared<const WhoIsWho>(std::move(people));
  return Is(200, act.reservation, "a second person approves", told);
}

std::string Trust::Withdraw(const Staff& who, const std::string& name, const Told& told,
                            Instant now) {
  const PairAct* const act = FindAct(who, name, now);
  if (act == nullptr) return Problem("unknown-act", "no such act waits for that agent", told);
  if (!act->settled_by.empty()) {
    auditor_.Reach(act->withdrawn ? "withdrawn-again" : "withdrawn-too-late");
    if (!act->withdrawn) return Problem("act-settled", "it was approved", told);
    return told.Member("withdrawn_by") == act->settled_by ? NoKey(told)
                                                          : Wrong("withdrawn already", told);
  }
  PairAct& changed =
      Change(Did(who, {"withdraw", act->agenda, act->reservation, act->reason, "", "", 1}))
          .acts.at(name);
  changed.settled_by = who.person;
  changed.withdrawn = true;
  return told.Member("withdrawn_by") == who.person ? NoKey(told)
                                                   : Wrong("an agent withdraws it", told);
}

std::string Trust::ApproveRepair(const Staff& who, const std::string& name, Book& next,
                                 const Told& told) {
  PairAct& act = Change(next).acts.at(name);
  Booking& seat = next.bookings.at(act.reservation);
  const std::string key = told.Member("key");
  if (told.status != 200 || told.Member("reservation") != act.reservation || key.empty())
    return Wrong("a second person approves, and gets the new key", told);
  if (key == seat.key ||
      std::find(seat.old_keys.begin(), seat.old_keys.end(), key) != seat.old_keys.end())
    return Wrong("the key is an old one", told);
  seat.old_keys.push_back(std::exchange(seat.key, key));
  act.settled_by = who.person;
  act.rekeyed = ++seat.rekeyed;
  return "";
}

std::string Trust::Waiting(const Staff& who, const Told& told, Instant now) const {
  size_t waiting = 0;
  for (const auto& [name, act] : people().acts) {
    if (!act.Waits(now) || !who.Covers(act.agenda)) continue;
    ++waiting;
    if (told.body.find("\"act\":\"" + name + "\"") == std::string::npos)
      return Wrong(name + " waits for a second person", told);
  }
  size_t listed = 0;
  for (size_t at = 0; (at = told.body.find("\"act\":", at)) != std::string::npos; ++at) ++listed;
  if (waiting > 0) auditor_.Reach("acts-wait");
  return told.status == 200 && listed == waiting
             ? ""
             : Wrong(std::to_string(waiting) + " acts wait", told);
}

// The same words whoever it is, with a seat or without.
std::string Trust::Recover(const std::string& agenda, int identity, const Told& told) {
  const std::string name = NameOfLive(people().Of(identity));
  auditor_.Reach(name.empty() ? "recovery-of-nothing" : "recovery");
  if (!name.empty()) recovered_.insert(name);
  const std::string words =
      R"({"agenda":")" + agenda.substr(0, agenda.size() - 1) + R"(","accepted":true})";
  return told.status == 202 && told.body == words ? "" : Wrong("a recovery tells nothing", told);
}

std::string Trust::CheckLog(const StaffLog& log) const {
  if (!log.wrong().empty()) return log.wrong();
  for (size_t i = 0; i < std::max(log.deeds().size(), deeds_.size()); ++i) {
    const std::string is = i < log.deeds().size() ? Describe(log.deeds()[i]) : "nothing";
    const std::string should = i < deeds_.size() ? Describe(deeds_[i]) : "nothing";
    if (is != should) return "the log attributes " + is + ", but what was done is " + should;
  }
  for (const std::string& name : log.recoveries()) {
    if (!recovered_.contains(name)) return "nobody has asked for " + name;
  }
  return "";
}

}  // namespace creneau::sim
