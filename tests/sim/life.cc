// What the people of the office do.
#include "tests/sim/life.h"

#include <algorithm>
#include <cstdio>

#include "tests/sim/ask.h"

namespace creneau::sim {
namespace {

constexpr int kMostSeats = 3;

std::string AgendaText(const OfficeAgenda& agenda, int seats) {
  return AgendaHead(agenda.name, "simulated", agenda.queue ? "queue" : "direct") + agenda.opening +
         R"([[session]]
weekdays = ["tue", "wed"]
from = )" +
         agenda.date + "\nuntil = " + agenda.date + "\nhours = [\"" + agenda.hours +
         "\"]\nminutes = 30\nseats = { web = " + std::to_string(seats) + " }\n";
}

}  // namespace

std::string Request(const std::string& line, const std::string& headers, const std::string& body) {
  std::string text = line + " HTTP/1.1\r\nHost: sim\r\n" + headers;
  if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return text + "\r\n" + body;
}

std::string AgendaHead(const std::string& name, const std::string& group,
                       const std::string& policy) {
  return "agenda = \"" + name + R"("
title = "Simulation"
office = "Préfecture simulée"
timezone = "Europe/Paris"
group = ")" +
         group + "\"\npolicy = \"" + policy + R"("
identity = [["dossier", "birth_date"], ["passport", "birth_date"]]
hold_s = 300
notice_hours = 0
horizon_days = 366
alternative = "aucune"
)";
}

std::string ApplicantJson(int identity) { return "{\"applicant\":" + ApplicantText(identity); }

const std::vector<OfficeAgenda>& OfficeAgendas() {
  static const std::vector<OfficeAgenda> kAgendas = {
      {"sim",
       "2027-06-01",
       "09:00-10:30",
       "",
       {"sim/2027-06-01T09:00", "sim/2027-06-01T09:30", "sim/2027-06-01T10:00"},
       {},
       {}},
      {"sim-day",
       "2027-06-02",
       "14:00-15:00",
       R"([opening]
weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
open = "08:00"
close = "18:30"
)",
       {"sim-day/2027-06-02T14:00", "sim-day/2027-06-02T14:30"},
       {8 * 60, 18 * 60 + 30},
       {}},
      {"sim-queue",
       "2027-06-08",
       "09:00-10:00",
       R"(accept_invented = true
[opening]
weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
gather = "10:02"
open = "10:06"
close = "10:26"
)",
       {"sim-queue/2027-06-08T09:00", "sim-queue/2027-06-08T09:30"},
       {},
       QueueRules{10 * 60 + 2, 10 * 60 + 6, 10 * 60 + 26, false}},
      {"sim-listed",
       "2027-06-09",
       "09:00-10:00",
       R"(identity_proof = "listed"
[opening]
weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
gather = "10:04"
open = "10:10"
close = "10:36"
)",
       {"sim-listed/2027-06-09T09:00", "sim-listed/2027-06-09T09:30"},
       {},
       QueueRules{10 * 60 + 4, 10 * 60 + 10, 10 * 60 + 36, true}},
  };
  return kAgendas;
}

std::string Life::HolderRequest(const std::string& method, const std::string& name,
                                const std::string& verb, const std::string& key,
                                const std::string& body) {
  std::string headers = "Creneau-Key: " + key + "\r\n";
  if (!body.empty()) headers += "Content-Type: application/json\r\n";
  return Request(method + " /v1/reservations/" + name + verb, headers, body);
}

// A slot of the agenda, or "sim/": any of its slots.
std::string Life::SomeSlot(const OfficeAgenda& agenda, bool any_too) {
  if (any_too && Below(3) == 0) return agenda.name + "/";
  return agenda.slots[Below(agenda.slots.size())];
}

const OfficeAgenda& AgendaNamed(const std::string& name) {
  for (const auto* agendas : {&OfficeAgendas(), &FairAgendas()}) {
    const auto at = std::find_if(agendas->begin(), agendas->end(),
                                 [&](const auto& one) { return one.name + "/" == name; });
    if (at != agendas->end()) return *at;
  }
  CHECK(false);
  return OfficeAgendas().front();
}

// Without a queue; those with one are asked otherwise.
const OfficeAgenda& Life::SomeAgenda() { return OfficeAgendas()[Below(kDirectAgendas)]; }

void Life::Hold() {
  Wish wish;
  if (!wishes_.empty() && Below(3) == 0) {
    wish = wishes_[Below(wishes_.size())];  // the reply was lost, or the client is impatient
    if (Below(8) == 0) wish.slot = SomeSlot(SomeAgenda(), false);
  } else {
    wish.identity = SomeIdentity();
    wish.slot = SomeSlot(SomeAgenda(), true);
    wish.idempotency = "key-of-the-simulation-" + std::to_string(Below(1'000'000'000));
    wishes_.push_back(wish);
    if (wishes_.size() > 6) wishes_.erase(wishes_.begin());
  }
  AskHold(wish);
}

void Life::AskHold(const Wish& wish) {
  const std::string time = TimeOf(wish.slot);
  std::string agenda = AgendaOf(wish.slot);
  agenda.pop_back();
  std::string body = ApplicantJson(wish.identity);
  if (!time.empty()) body += R"(,"slot":")" + time + "\"";
  body += "}";
  const std::string headers =
      "Content-Type: application/json\r\nIdempotency-Key: " + wish.idempotency + "\r\n";
  Ask(
      Request("POST /v1/agendas/" + agenda + "/holds", headers, body),
      [&](const Told& told) {
        const uint64_t bound = machine_.engine().stats().hold_bound;
        auditor_.Bound(bound - std::min(bound, waiting_.Holds()));
        const Instant now = machine_.clock.now;
        const std::string wrong =
            auditor_.Hold(wish.identity, wish.slot, wish.idempotency, told, now, DiskLow());
        return wrong.empty() ? receipts_.Refused(wish.identity, AgendaOf(wish.slot), told, now)
                             : wrong;
      },
      http::Audience::kPublic, Rests::kOnLog, [this, wish] { AskHold(wish); });
}

void Life::OnBooking(const std::string& name) {
  const Booking booking = auditor_.book().bookings.at(name);
  const std::string& key = booking.key;
  const Instant now = machine_.clock.now;
  switch (Below(12)) {
    case 0:
    case 1:
    case 2:
      return Ask(HolderRequest("POST", name, "/confirm", key),
                 [&](const Told& told) { return auditor_.Confirm(name, told, now); });
    case 3:
      return Ask(HolderRequest("POST", name, "/extend", key),
                 [&](const Told& told) { return auditor_.Extend(name, told, now); });
    case 4:
    case 5:
      return Ask(HolderRequest("DELETE", name, "", key),
                 [&](const Told& told) { return auditor_.Cancel(name, told, now, DiskLow()); });
    case 6:
    case 7:
    case 8:
      return AskMove(name, InChannel(SomeSlot(AgendaNamed(AgendaOf(booking.slot)), false),
                                     ChannelOf(booking.slot)));
    case 9: {
      std::string wrong = booking.old_keys.empty() ? key : booking.old_keys.back();
      if (booking.old_keys.empty()) wrong[Below(wrong.size())] ^= 1;
      Reach(booking.old_keys.empty() ? "wrong-key" : "key-from-before-the-repair");
      return Ask(HolderRequest("POST", name, "/confirm", wrong), [&](const Told& told) {
        return told.code == "unknown-reservation" ? "" : "a wrong key was taken: " + told.body;
      });
    }
    default:
      return Ask(HolderRequest("GET", name, "", key),
                 [&](const Told& told) { return auditor_.Look(name, told, now); });
  }
}

void Life::AskMove(const std::string& name, const std::string& slot) {
  const auto booking = auditor_.book().bookings.find(name);
  if (booking == auditor_.book().bookings.end()) return;  // over, and asked for no more
  Ask(
      HolderRequest("POST", name, "/move", booking->second.key,
                    R"({"slot":")" + TimeOf(slot) + "\"}"),
      [&](const Told& told) {
        return auditor_.Move(name, slot, told, machine_.clock.now, DiskLow());
      },
      http::Audience::kPublic, Rests::kOnLog, [this, name, slot] { AskMove(name, slot); });
}

void Life::AskSlots(const OfficeAgenda& agenda) {
  Ask(
      Request("GET /v1/agendas/" + agenda.name + "/slots?from=" + agenda.date, "", ""),
      [&](const Told& told) { return auditor_.Slots(agenda.name + "/", told, machine_.clock.now); },
      http::Audience::kPublic, Rests::kOnNothing, [this, &agenda] { AskSlots(agenda); });
}

void Life::Publish(const OfficeAgenda& agenda, int seats, bool keep) {
  publishing_ = {&agenda, seats};  // until the answer is known
  Ask(
      Request("PUT /v1/agendas/" + agenda.name + (keep ? "?displaced=keep" : ""),
              "Content-Type: application/toml\r\n", AgendaText(agenda, seats)),
      [&](const Told& told) {
        if (told.code == "outcome-unknown") return std::string();
        return auditor_.Publish(agenda.slots, seats, keep, told, machine_.clock.now, DiskLow());
      },
      http::Audience::kAdmin);
  if (!machine_.failed() && !machine_.disk.dead()) publishing_ = {};
}

// A publication whose outcome nobody knew is in force, or not.
void Life::LearnSeats() {
  const Publishing asked = std::exchange(publishing_, {});
  if (asked.agenda == nullptr || !Fine()) return;
  const std::string capacity = SlotsOf(*asked.agenda).Member("capacity");
  if (capacity.empty()) return;  // the first publication of all
  const int seats = std::stoi(capacity);
  const bool known = auditor_.Knows(asked.agenda->slots.front());
  if (known && auditor_.book().slots.at(asked.agenda->slots.front()).seats == seats) return;
  Reach("unanswered-publication-in-force");
  if (seats != asked.seats) return Complain("nobody published " + capacity + " seats");
  auditor_.Learn(asked.agenda->slots, seats, machine_.clock.now);
}

Told Life::SlotsOf(const OfficeAgenda& agenda) {
  std::string decided;
  machine_.Ask(Request("GET /v1/agendas/" + agenda.name + "/slots?from=" + agenda.date, "", ""),
               http::Audience::kPublic, &decided);
  return Told(decided);
}

void Life::Snapshot() {
  Ask(
      Request("POST /v1/snapshots", "", ""),
      [&](const Told& told) {
        if (told.status == 201) Reach("snapshot-asked-for");
        if (told.status == 201 || (told.code == "read-only" && DiskLow())) return std::string();
        if (told.code == "outcome-unknown" && machine_.disk.met() != Fault::kNone) {
          Reach("snapshot-failed");
          return std::string();
        }
        return "a snapshot can be taken: " + told.body;
      },
      http::Audience::kAdmin);
}

void Life::Act() {
  if (ComeAgain()) return;
  if (HasQueues()) {
    const Instant now = machine_.clock.now;
    const auto under_way = [&](size_t i) {
      return auditor_.queues().IsUnderWay(OfficeAgendas()[i].name + "/", now);
    };
    const bool any = under_way(kDirectAgendas) || under_way(kDirectAgendas + 1);
    if (Below(any ? 2 : 20) == 0) return InQueue();
  }
  if (fair_ && Below(3) == 0) return Fairly();
  if (has_lists_ && Below(4) == 0) return InLists();
  if (const uint64_t trust = Below(20); trust < 3) return trust < 2 ? AtTheDesk() : WithReceipts();
  const uint64_t what = Below(1000);
  const auto& bookings = auditor_.book().bookings;
  if (what < 400 || bookings.empty()) return Hold();
  if (what < 920) {
    auto at = bookings.begin();
    std::advance(at, static_cast<ptrdiff_t>(Below(bookings.size())));
    return OnBooking(std::string(at->first));
  }
  const OfficeAgenda& agenda = OfficeAgendas()[Below(agendas_)];
  if (what < 980) return AskSlots(agenda);
  if (what < 982) return Snapshot();
  Publish(agenda, 1 + static_cast<int>(Below(kMostSeats)), Below(4) == 0);
}

}  // namespace creneau::sim
