// What people and operators do with the queues of the office.
#include <algorithm>

#include "tests/sim/ask.h"

namespace creneau::sim {
namespace {

// Some of them also ask where there is no queue.
constexpr int kFirstPerson = 5;
constexpr int kPeople = 20;

std::string PostTo(const OfficeAgenda& agenda, const std::string& verb, const std::string& body) {
  return Request("POST /v1/agendas/" + agenda.name + "/" + verb,
                 body.empty() ? "" : "Content-Type: application/json\r\n", body);
}

}  // namespace

const OfficeAgenda& Life::SomeQueue() {
  return OfficeAgendas()[kDirectAgendas + Below(agendas_ - kDirectAgendas)];
}

void Life::InQueue() {
  const OfficeAgenda& agenda = SomeQueue();
  const std::string name = agenda.name + "/";
  if (!auditor_.Knows(agenda.slots.front())) return Publish(agenda, 2, false);
  if (auditor_.queues().WantsStatus(name, machine_.clock.now)) AskStatus(agenda);
  const int person = kFirstPerson + static_cast<int>(Below(kPeople));
  const uint64_t what = Below(1000);
  if (what < 330) return AskTicket(agenda, person);
  if (what < 480) return AskStatus(agenda);
  if (what < 930)
    return AskQueueHold(agenda, person, SomeTicket(name, person), SomeSlot(agenda, true));
  if (what < 985) return GiveOrder(agenda);
  if (agenda.queue->listed) ImportRoster(agenda);
}

void Life::AskStatus(const OfficeAgenda& agenda) {
  Ask(
      Request("GET /v1/agendas/" + agenda.name + "/queue", "", ""),
      [&](const Told& told) {
        return auditor_.queues().Status(agenda.name + "/", told, machine_.clock.now);
      },
      http::Audience::kPublic, Rests::kOnNothing, [this, &agenda] { AskStatus(agenda); });
}

void Life::AskStatuses() {
  if (machine_.failed() || machine_.disk.dead()) return;
  for (size_t i = kDirectAgendas; i < agendas_ && Fine(); ++i) {
    if (auditor_.Knows(OfficeAgendas()[i].slots.front())) AskStatus(OfficeAgendas()[i]);
  }
}

// One of theirs mostly, the latest or an earlier one, perhaps of another day; or none; or one that
// is no good: another's, another agenda's, altered.
Shown Life::SomeTicket(const std::string& agenda, int person) {
  Queues& queues = auditor_.queues();
  const std::vector<std::string>& own = queues.TicketsOf(agenda, person);
  const uint64_t how = Below(20);
  if (how == 0) return {};
  if (how == 1) {
    const int other = kFirstPerson + static_cast<int>(Below(kPeople));
    const std::vector<std::string>& theirs = queues.TicketsOf(agenda, other);
    if (other != person && !theirs.empty()) return {theirs.back(), true};
  }
  if (how == 2) {
    const std::vector<std::string>& foreign = queues.TicketsOf(SomeQueue().name + "/", person);
    if (!foreign.empty())
      return {foreign.back(), std::find(own.begin(), own.end(), foreign.back()) == own.end()};
  }
  if (own.empty()) return {how < 5 ? "x" : "", how < 5};
  if (how == 3) {
    std::string altered = own.back();
    char& digit = altered[Below(altered.size())];
    digit = digit == 'A' ? 'B' : 'A';
    return {altered, true};
  }
  return {how < 8 ? own[Below(own.size())] : own.back(), false};
}

void Life::AskTicket(const OfficeAgenda& agenda, int person) {
  const std::string name = agenda.name + "/";
  const Shown shown = Below(3) == 0 ? SomeTicket(name, person) : Shown{};
  std::string body = ApplicantJson(person);
  if (!shown.text.empty()) body += R"(,"ticket":")" + shown.text + "\"";
  Ask(
      PostTo(agenda, "tickets", body + "}"),
      [&](const Told& told) {
        const Instant now = machine_.clock.now;
        const std::string wrong = auditor_.queues().Ticket(
            name, person, shown, auditor_.TurnsOf(name, person, now), told, now);
        return wrong.empty() ? receipts_.Refused(person, name, told, now) : wrong;
      },
      http::Audience::kPublic, Rests::kOnNothing,
      [this, &agenda, person] { AskTicket(agenda, person); });
}

void Life::AskQueueHold(const OfficeAgenda& agenda, int person, const Shown& shown,
                        const std::string& slot) {
  const std::string name = agenda.name + "/";
  std::string body = ApplicantJson(person);
  if (!TimeOf(slot).empty()) body += R"(,"slot":")" + TimeOf(slot) + "\"";
  if (!shown.text.empty()) body += R"(,"ticket":")" + shown.text + "\"";
  const auto judge = [&](const Told& told) {
    if (shown.bad) {
      Reach("hold-with-a-bad-ticket");
      return Queues::RefusedTicket(told);
    }
    const Instant now = machine_.clock.now;
    if (!auditor_.HasReservation(person)) {
      auto refusal = auditor_.queues().Gate(name, person, shown,
                                            auditor_.TurnsOf(name, person, now), told, now);
      if (refusal) return *std::move(refusal);
    }
    auditor_.Bound(machine_.engine().stats().hold_bound);
    // Without a ticket there is no key, and none is like it.
    const std::string key = shown.text.empty() ? "none" : shown.text;
    return auditor_.Hold(person, slot, key, told, now, DiskLow());
  };
  const auto with_proof = [&](const Told& told) {
    const std::string wrong = judge(told);
    return wrong.empty() ? receipts_.Refused(person, name, told, machine_.clock.now) : wrong;
  };
  Ask(PostTo(agenda, "holds", body + "}"), with_proof, http::Audience::kPublic, Rests::kOnLog,
      [this, &agenda, person, shown, slot] { AskQueueHold(agenda, person, shown, slot); });
}

void Life::GiveOrder(const OfficeAgenda& agenda) {
  const std::string name = agenda.name + "/";
  const uint64_t which = Below(12);
  const std::string what = which < 2    ? "pause"
                           : which < 7  ? "resume"
                           : which < 8  ? "drain"
                           : which < 10 ? "rate"
                                        : "extend";
  const int64_t value = what == "rate"     ? static_cast<int64_t>(20 * Below(4))
                        : what == "extend" ? static_cast<int64_t>(1 + Below(3))
                                           : 0;
  std::string body;
  if (what == "rate") body = R"({"per_min":)" + std::to_string(value) + "}";
  if (what == "extend") body = R"({"minutes":)" + std::to_string(value) + "}";
  auditor_.queues().Expect(name, what, value, machine_.clock.now);
  Ask(
      PostTo(agenda, what, body),
      [&](const Told& told) {
        return auditor_.queues().Order(name, what, value, told, machine_.clock.now);
      },
      http::Audience::kAdmin);
}

void Life::ImportRoster(const OfficeAgenda& agenda) {
  const bool adds = Below(3) == 0;
  std::set<int> people;
  std::string body = "dossier,birth_date\n";
  for (int person = kFirstPerson; person < kFirstPerson + kPeople; ++person) {
    if (Below(4) == 0) continue;
    people.insert(person);
    body += CanonicalFields(person).front().second + ",1990-05-17\n";
  }
  auditor_.queues().ExpectRoster(agenda.name + "/", people, adds);
  Ask(
      Request((adds ? "POST" : "PUT") + (" /v1/agendas/" + agenda.name) + "/roster",
              "Content-Type: text/csv\r\n", body),
      [&](const Told& told) {
        return auditor_.queues().Roster(agenda.name + "/", people, adds, told, DiskLow());
      },
      http::Audience::kAdmin);
}

// What the log says of openings, since it is being read.
void Life::CheckQueueLog() {
  for (size_t i = kDirectAgendas; i < agendas_ && Fine(); ++i) {
    const std::string& name = OfficeAgendas()[i].name;
    const booking::AgendaInfo* const agenda = machine_.engine().FindAgenda(name);
    if (agenda == nullptr) continue;
    std::vector<codec::OpeningState> own;
    std::copy_if(logged_openings_.begin(), logged_openings_.end(), std::back_inserter(own),
                 [&](const auto& state) { return state.agenda == agenda->id; });
    Complain(auditor_.queues().CheckLog(name + "/", own));
  }
}

// The machine is off until shortly before or in the next opening.
void Life::Overnight() {
  Reach("overnight");
  const int64_t at_ms = (machine_.clock.now.ms + kMsPerHour) % kMsPerDay;
  const int64_t until_ms = 10 * kMsPerHour + static_cast<int64_t>(Below(12)) * kMsPerMinute;
  off_ms_ = (until_ms - at_ms + kMsPerDay) % kMsPerDay;
  StopInPeace();
}

}  // namespace creneau::sim
