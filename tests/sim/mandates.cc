#include "tests/sim/mandates.h"

#include <algorithm>

#include "tests/sim/desk.h"
#include "tests/sim/verdict.h"

namespace creneau::sim {
namespace {

using State = CourtOrder::State;

// Days from then until the deadline, at the office.
int64_t DaysLeft(const CourtOrder& order, Instant now) {
  const int64_t day = Seconds(order.deadline + "T00:00:00+00:00") / (24 * 3600);
  return day - (now.ms + kMsPerHour) / kMsPerDay;
}

const char* NameOf(State state) {
  switch (state) {
    case State::kProposed:
      return "proposed";
    case State::kGiven:
      return "given";
    case State::kWithdrawn:
      return "withdrawn";
  }
  return "";
}

// Whether a slot is in time. All slots are weeks ahead: no deadline that is near or over helps.
bool InTime(const CourtOrder& order, const std::string& slot) {
  return TimeOf(slot).substr(0, 10) <= order.deadline;
}

bool Same(const CourtOrder& one, const CourtOrder& other) {
  return one.proposed_by == other.proposed_by && one.court == other.court &&
         one.deadline == other.deadline && one.penalty_eur == other.penalty_eur;
}

}  // namespace

const CourtOrder* CourtAuditor::Find(const Staff& who, const std::string& name) const {
  const auto& orders = auditor_.book().fair->orders;
  const auto at = orders.find(name);
  if (at != orders.end() && who.Covers(at->second.agenda)) return &at->second;
  auditor_.Reach("unknown-mandate");
  return nullptr;
}

std::string CourtAuditor::Enter(const Staff& who, const CourtOrder& order, const Told& told,
                                bool disk_low) {
  if (!who.Covers(order.agenda)) return Expected("unknown-agenda", "it is another's agenda", told);
  for (const auto& [name, other] : auditor_.book().fair->orders) {
    if (other.state != State::kProposed || other.agenda != order.agenda ||
        other.identity != order.identity)
      continue;
    if (!Same(order, other)) {
      auditor_.Reach("mandate-while-another-waits");
      return Expected("validation-failed", "one waits for that person", told);
    }
    auditor_.Reach("mandate-entered-again");
    return told.status == 200 && told.Member("mandate") == name ? "" : Wrong("it is " + name, told);
  }
  if (told.code == "read-only") {
    auditor_.Reach("mandate-read-only");
    return disk_low ? "" : Wrong("the disk has room", told);
  }
  const std::string name = told.Member("mandate");
  if (told.status != 202 || told.Member("mandate_state") != "proposed")
    return Wrong("a mandate waits for a second person", told);
  if (name.empty() || auditor_.book().fair->orders.contains(name))
    return Wrong("a new mandate has a new name", told);
  ChangeFair(trust_.Did(who, {"enter-mandate", order.agenda, "", ""})).orders[name] = order;
  return "";
}

// --- the second person ---------------------------------------------------------------------------

std::string CourtAuditor::Approve(const Staff& who, const std::string& name, int version,
                                  const Told& told, Instant now, bool disk_low) {
  const CourtOrder* const order = Find(who, name);
  if (order == nullptr) return Expected("unknown-mandate", "not that agent's", told);
  if (order->proposed_by == who.person) {
    auditor_.Reach("mandate-needs-a-second-person");
    return Expected("second-person-needed", "that person has entered it", told);
  }
  if (order->state == State::kGiven) return ApproveAgain(who, name, told, disk_low);
  if (order->state == State::kWithdrawn) {
    auditor_.Reach("mandate-was-withdrawn");
    return Expected("act-settled", "it was withdrawn", told);
  }
  if (auditor_.book().live.contains(auditor_.book().people->Of(order->identity))) {
    auditor_.Reach("mandate-of-who-has-a-seat");
    return Expected("already-reserved", "that person has a seat", told);
  }
  if (told.code == "read-only") return disk_low ? "" : Wrong("the disk has room", told);
  trust_.Did(who, {"approve-mandate", order->agenda, "", ""});
  if (told.status == 201) return Given(name, who, version, told, now);
  auditor_.Reach("mandate-without-a-seat");
  return NoSeat(auditor_.book().fair->orders.at(name), told, now);
}

std::string CourtAuditor::ApproveAgain(const Staff& who, const std::string& name, const Told& told,
                                       bool disk_low) {
  const CourtOrder& order = auditor_.book().fair->orders.at(name);
  const auto at = auditor_.book().bookings.find(order.reservation);
  const bool live = at != auditor_.book().bookings.end() && at->second.live();
  if (order.settled_by != who.person || !live || at->second.rekeyed > 0) {
    auditor_.Reach(live && order.settled_by != who.person ? "mandate-settled-by-another"
                                                          : "mandate-settled");
    return Expected("act-settled", "it is settled", told);
  }
  if (told.code == "read-only") return disk_low ? "" : Wrong("the disk has room", told);
  auditor_.Reach("mandate-approved-again");
  const std::string key = at->second.key;
  const std::string reservation = order.reservation;
  trust_.Did(who, {"approve-mandate", order.agenda, reservation, ""});
  if (told.status == 200 && told.Member("reservation") == reservation && told.Member("key") == key)
    return "";
  return Wrong("approved already", told);
}

std::pair<int, int> CourtAuditor::FreeBy(const CourtOrder& order, const std::string& channel,
                                         Instant now) const {
  std::pair<int, int> free;
  for (const std::string& slot : AgendaNamed(order.agenda).slots) {
    if (!InTime(order, slot)) continue;
    const auto [least, most] = auditor_.Free(auditor_.book(), InChannel(slot, channel), now);
    free = {free.first + least, free.second + most};
  }
  return free;
}

std::string CourtAuditor::NoSeat(const CourtOrder& order, const Told& told, Instant now) const {
  if (told.code != "nothing-left") return Wrong("expected nothing-left", told);
  const bool adds = FairRulesOf(order.agenda).adds_for_courts;
  const auto& slots = AgendaNamed(order.agenda).slots;
  if (adds && std::any_of(slots.begin(), slots.end(),
                          [&](const std::string& slot) { return InTime(order, slot); }))
    return Wrong("a seat is added for a court", told);
  for (const std::string& channel : ChannelNames()) {
    if (FreeBy(order, channel, now).first > 0 && (channel == "court" || !adds))
      return Wrong("there is a free seat on " + channel, told);
  }
  return "";
}

// The earliest of that channel's.
std::string CourtAuditor::CheckSeat(const CourtOrder& order, const std::string& slot,
                                    const std::string& from, const Told& told, Instant now) const {
  if (!InTime(order, slot)) return Wrong("that is too late for the court", told);
  if (auditor_.Free(auditor_.book(), slot, now).second <= 0)
    return Wrong("that slot has no free seat on " + from, told);
  for (const std::string& each : AgendaNamed(order.agenda).slots) {
    if (each == BareSlot(slot)) break;
    if (auditor_.Free(auditor_.book(), InChannel(each, from), now).first > 0)
      return Wrong(each + " is free and earlier", told);
  }
  return "";
}

// The court's share is taken, and that channel has most free seats in time.
std::string CourtAuditor::CountedFrom(const CourtOrder& order, const std::string& channel,
                                      const Told& told, Instant now) const {
  const int perhaps = FreeBy(order, channel, now).second;
  for (const std::string& other : ChannelNames()) {
    if (FreeBy(order, other, now).first > perhaps)
      return Wrong("more is free on " + other + " than on " + channel, told);
  }
  return "";
}

std::string CourtAuditor::WouldAdd(const std::string& name) const {
  const auto at = auditor_.book().fair->orders.find(name);
  if (at == auditor_.book().fair->orders.end() || at->second.state != State::kProposed ||
      !FairRulesOf(at->second.agenda).adds_for_courts)
    return "";
  const std::string& first = AgendaNamed(at->second.agenda).slots.front();
  return InTime(at->second, first) ? first : "";
}

void CourtAuditor::ApprovedPerhaps(const Staff& who, const std::string& name) {
  auditor_.Reach("mandate-approved-perhaps");
  trust_.Did(who, {"approve-mandate", auditor_.book().fair->orders.at(name).agenda, "", ""});
}

// More than one where what is added is a seat that somebody has, and that was to go.
std::string CourtAuditor::AddedTo(const CourtOrder& order, const std::string& bare, int version,
                                  const Told& told) {
  if (!FairRulesOf(order.agenda).adds_for_courts || bare != AgendaNamed(order.agenda).slots.front())
    return Wrong("one is added to the earliest slot that has room, where the agenda says so", told);
  const Book& book = auditor_.book();
  const int added = version - book.fair->agendas.at(order.agenda).version;
  if (added > 1) auditor_.Reach("mandate-adds-beside-what-stays");
  if (added < 1 || added > 1 + book.slots.at(InChannel(bare, "court")).leaving_most)
    return Wrong(std::to_string(added) + " seats were added for one", told);
  shares_.Add(order.agenda, bare, added);
  return "";
}

std::string CourtAuditor::Given(const std::string& name, const Staff& who, int version,
                                const Told& told, Instant now) {
  const CourtOrder order = auditor_.book().fair->orders.at(name);
  const std::string channel = told.Member("channel");
  const std::string bare = order.agenda + told.Member("slot");
  const std::string slot = InChannel(bare, channel);
  const std::string seat = told.Member("seat");
  const std::string reservation = told.Member("reservation");
  const bool adds = FairRulesOf(order.agenda).adds_for_courts;
  if (told.Member("state") != "confirmed" || told.Member("mandate_state") != "given" ||
      told.Member("approved_by") != who.person || !auditor_.Knows(slot))
    return Wrong("a second person approves, and it is confirmed at once", told);
  std::string wrong;
  auditor_.Reach("mandate-seat-" + seat);
  if (seat != "share" && FreeBy(order, "court", now).first > 0)
    return Wrong("the court's share comes first", told);
  if (seat == "share") {
    if (channel != "court") return Wrong("the share is the court's", told);
  } else if (seat == "added") {
    if (channel != "court") return Wrong("it is the court's", told);
    wrong = AddedTo(order, bare, version, told);
  } else if (seat == "court-overflow") {
    if (adds) return Wrong("here one is added", told);
    wrong = CountedFrom(order, channel, told, now);
  } else {
    return Wrong("a seat is the share's, added or counted", told);
  }
  if (wrong.empty()) wrong = CheckSeat(order, slot, channel, told, now);
  if (!wrong.empty()) return wrong;
  if (auditor_.book().bookings.contains(reservation)) return Wrong("the name is another's", told);
  Booking booking;
  booking.state = Booking::State::kConfirmed;
  booking.identity = order.identity;
  booking.person = auditor_.book().people->Of(order.identity);
  booking.key = told.Member("key");
  booking.idempotency = "of mandate " + name;
  booking.slot = slot;
  Book& next = auditor_.Next();
  next.bookings[reservation] = booking;
  next.live[booking.person] = reservation;
  FairBook& fair = ChangeFair(next);
  AgendaCounts& counts = fair.agendas[order.agenda];
  ++counts.given;
  counts.added += seat == "added";
  counts.overflow += seat == "court-overflow";
  CourtOrder& given = fair.orders[name];
  given.state = State::kGiven;
  given.settled_by = who.person;
  given.reservation = reservation;
  return "";
}

std::string CourtAuditor::Withdraw(const Staff& who, const std::string& name, const Told& told,
                                   bool disk_low) {
  const CourtOrder* const order = Find(who, name);
  if (order == nullptr) return Expected("unknown-mandate", "not that agent's", told);
  if (order->state == State::kGiven) {
    auditor_.Reach("mandate-withdrawn-too-late");
    return Expected("act-settled", "it is given", told);
  }
  std::string by = who.person;
  if (order->state == State::kWithdrawn) {
    auditor_.Reach("mandate-withdrawn-again");
    by = order->settled_by;
  } else if (told.code == "read-only") {
    return disk_low ? "" : Wrong("the disk has room", told);
  } else {
    CourtOrder& changed =
        ChangeFair(trust_.Did(who, {"withdraw-mandate", order->agenda, "", ""})).orders.at(name);
    changed.state = State::kWithdrawn;
    changed.settled_by = by;
  }
  return told.status == 200 && told.Member("withdrawn_by") == by
             ? ""
             : Wrong("an agent withdraws it", told);
}

// Whether it lacks a seat in time: it waits, or what was given is given up or moved too late. When
// the steward has seen that, which he looks for once a minute, is not known.
Sure CourtAuditor::LacksSeat(const CourtOrder& order) const {
  if (order.state == State::kProposed) return Sure::kYes;
  if (order.state == State::kWithdrawn) return Sure::kNo;
  const auto at = auditor_.book().bookings.find(order.reservation);
  if (at == auditor_.book().bookings.end()) return Sure::kPerhaps;
  const Booking& seat = at->second;
  return seat.live() && InTime(order, seat.slot) && seat.moves == 0 ? Sure::kNo : Sure::kPerhaps;
}

std::string CourtAuditor::Listed(const Staff& who, std::optional<int> due_days, const Told& told,
                                 Instant now) const {
  size_t expected = 0;
  for (const auto& [name, order] : auditor_.book().fair->orders) {
    if (!who.Covers(order.agenda)) continue;
    if (due_days && DaysLeft(order, now) > *due_days) continue;
    const Sure listed = due_days ? LacksSeat(order) : Sure::kYes;
    const size_t at = told.body.find("\"mandate\":\"" + name + "\"");
    if (at == std::string::npos && listed == Sure::kYes) return Wrong(name + " is listed", told);
    if (at == std::string::npos || listed == Sure::kNo) continue;
    if (due_days && order.state == State::kGiven) auditor_.Reach("mandate-due-again");
    ++expected;
    Told entry;
    entry.body = told.body.substr(at, told.body.find('}', at) + 1 - at);
    const bool agent = who.role == rules::Role::kAgent;
    if (entry.Member("mandate_state") != NameOf(order.state) ||
        entry.Member("proposed_by") != order.proposed_by ||
        entry.Member("reservation") != order.reservation ||
        entry.Member("days_left") != std::to_string(DaysLeft(order, now)) ||
        entry.Member("decision").empty() == agent)
      return Wrong(name + " is otherwise", told);
  }
  size_t listed = 0;
  for (size_t at = 0; (at = told.body.find("{\"mandate\":", at)) != std::string::npos; ++at)
    ++listed;
  if (expected > 0) auditor_.Reach(due_days ? "mandates-due" : "mandates-listed");
  return told.status == 200 && listed == expected
             ? ""
             : Wrong(std::to_string(expected) + " mandates are to be listed", told);
}

}  // namespace creneau::sim
