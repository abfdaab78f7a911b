// What the staff does about identities, and who tries it who may not.
#include <algorithm>

#include "tests/sim/ask.h"
#include "tests/sim/staff.h"

namespace creneau::sim {
namespace {

// Mistakes mostly; a new document is none.
constexpr const char* kReasons[] = {"typing-error", "office-error", "usurped",      "typing-error",
                                    "office-error", "other",        "typing-error", "new-document"};

std::string Named(const std::string& agenda) { return agenda.substr(0, agenda.size() - 1); }

}  // namespace

// One of the family as something they show, or somebody else.
int Life::SomeIdentity() {
  const int person = static_cast<int>(Below(2 * kFamily));
  if (person >= kFamily) return person;
  static constexpr int kShown[] = {0, 0, 0, kPassports, kPassports, kMistyped};
  return person + kShown[Below(std::size(kShown))];
}

int Life::OfFamily(int person) {
  static constexpr int kShown[] = {0, kPassports, kMistyped};
  // Agents take one for another, now and then.
  if (person < 0 || Below(12) == 0) person = static_cast<int>(Below(kFamily));
  return person % 100 + kShown[Below(std::size(kShown))];
}

const Staff& Life::SomeAgent() {
  static constexpr size_t kAgents = 4;
  return AllStaff()[Below(kAgents)];
}

std::string Life::StaffRequest(const Staff& who, const std::string& line, const std::string& body) {
  std::string headers = "Authorization: Bearer " + who.bearer + "\r\n";
  if (!body.empty()) headers += "Content-Type: application/json\r\n";
  return Request(line, headers, body);
}

// On a disk that is nearly full nothing is done that the log would have to say.
std::optional<std::string> Life::NoRoom(const Told& told) {
  if (told.code != "read-only") return std::nullopt;
  Reach("desk-read-only");
  return DiskLow() ? "" : Wrong("the disk has room", told);
}

template <typename Judge>
void Life::AskAsStaff(const Staff& who, const std::string& line, const std::string& body,
                      Judge judge, Rests rests) {
  Ask(
      StaffRequest(who, line, body),
      [this, judge](const Told& told) {
        const auto no_room = NoRoom(told);
        return no_room ? *no_room : judge(told);
      },
      http::Audience::kStaff, rests);
}

void Life::AtTheDesk() {
  switch (Below(16)) {
    case 0:
    case 1:
      return AskWho(SomeIdentity());
    case 2:
    case 3:
      return AskLink();
    case 4:
    case 5:
    case 6:
      return AskCorrection();
    case 7:
    case 8:
    case 9:
      return AskRepair();
    case 10:
    case 11:
    case 12:
      return AskApproval();
    case 13:
      return AskRecovery(SomeAgenda(), SomeIdentity());
    case 14:
      return AskWithoutRight();
    default:
      return Below(2) == 0 ? AskActs() : AskPass();
  }
}

void Life::AskWho(int identity) {
  const Staff& who = Below(6) == 0 ? AllStaff()[4] : SomeAgent();
  const std::string agenda = SomeAgenda().name + "/";
  AskAsStaff(who, "POST /v1/agendas/" + Named(agenda) + "/lookup",
             "{\"applicant\":" + ApplicantText(identity, Below(3)) + "}",
             [&](const Told& told) { return trust_.Lookup(who, agenda, identity, told); });
}

void Life::AskLink() {
  const Staff& who = SomeAgent();
  const std::string agenda = SomeAgenda().name + "/";
  const int one = OfFamily(-1);
  const int other = OfFamily(one);
  const std::string reason = Below(2) == 0 ? "new-document" : "office-error";
  AskAsStaff(who, "POST /v1/agendas/" + Named(agenda) + "/links",
             "{\"applicant\":" + ApplicantText(one, Below(3)) +
                 ",\"same_as\":" + ApplicantText(other) + ",\"reason\":\"" + reason + "\"}",
             [&](const Told& told) {
               return trust_.Link(who, agenda, one, other, reason, told, machine_.clock.now);
             });
}

// A reservation, and mostly one that there is.
std::string Life::SomeReservation(bool of_family) {
  std::vector<std::string> names;
  for (const auto& [name, booking] : auditor_.book().bookings) {
    const bool fits = !of_family || booking.person >= kFresh || IsOfFamily(booking.person);
    if (fits && (booking.live() || Below(16) == 0)) names.push_back(name);
  }
  return names.empty() ? "" : names[Below(names.size())];
}

void Life::AskCorrection() {
  const std::string name = SomeReservation(/*of_family=*/true);
  if (name.empty()) return;
  const int person = auditor_.book().bookings.at(name).person;
  const Staff& who = SomeAgent();
  Trust::Correction correction{name, OfFamily(person < kFresh ? person : -1), {}, ""};
  correction.reason = kReasons[Below(std::size(kReasons))];
  if (Below(4) != 0) correction.booked = person < kFresh && Below(4) != 0 ? person : OfFamily(-1);
  std::string body = "{\"applicant\":" + ApplicantText(correction.right, Below(3));
  if (correction.booked) body += ",\"booked\":" + ApplicantText(*correction.booked);
  AskAsStaff(who, "POST /v1/reservations/" + name + "/corrections",
             body + ",\"reason\":\"" + correction.reason + "\"}", [&](const Told& told) {
               return trust_.Correct(who, correction, told, machine_.clock.now);
             });
}

// Mostly by whoever it is; who has got another subject by a correction has other papers.
int Life::OwnerOf(const std::string& reservation) {
  const int subject = auditor_.book().bookings.at(reservation).person;
  const WhoIsWho& people = *auditor_.book().people;
  std::vector<int> owners;
  for (const auto& [identity, is] : people.subjects) {
    if (is == subject && identity < kFresh) owners.push_back(identity);
  }
  if (subject < kFresh && people.Of(subject) == subject) owners.push_back(subject);
  return owners.empty() || Below(8) == 0 ? OfFamily(-1) : owners[Below(owners.size())];
}

void Life::AskRepair() {
  const std::string name = SomeReservation(/*of_family=*/false);
  if (name.empty()) return;
  const Staff& who = SomeAgent();
  const int owner = OwnerOf(name);
  const std::string reason = Below(4) == 0 ? "other" : "usurped";
  AskAsStaff(who, "POST /v1/reservations/" + name + "/repairs",
             "{\"applicant\":" + ApplicantText(owner, Below(3)) + ",\"reason\":\"" + reason + "\"}",
             [&](const Told& told) {
               return trust_.Repair(who, name, owner, reason, told, machine_.clock.now);
             });
}

// One that waits for a seat that there is mostly, or any.
void Life::AskApproval() {
  std::vector<std::string> waiting;
  std::vector<std::string> all{"0123456789abcdef"};
  for (const auto& [name, act] : auditor_.book().people->acts) {
    all.push_back(name);
    const auto seat = auditor_.book().bookings.find(act.reservation);
    const bool live = seat != auditor_.book().bookings.end() && seat->second.live();
    if (act.settled_by.empty() && live) waiting.push_back(name);
  }
  const auto& from = waiting.empty() || Below(3) == 0 ? all : waiting;
  const std::string name = from[Below(from.size())];
  const Staff& who = SomeAgent();
  if (Below(12) == 0) {
    return AskAsStaff(who, "DELETE /v1/acts/" + name, "", [&](const Told& told) {
      return trust_.Withdraw(who, name, told, machine_.clock.now);
    });
  }
  AskAsStaff(who, "POST /v1/acts/" + name + "/approve", "",
             [&](const Told& told) { return trust_.Approve(who, name, told, machine_.clock.now); });
}

void Life::AskRecovery(const OfficeAgenda& agenda, int identity) {
  Ask(
      Post("/v1/agendas/" + agenda.name + "/recoveries",
           "{\"applicant\":" + ApplicantText(identity, Below(3)) + "}"),
      [&](const Told& told) {
        const auto no_room = NoRoom(told);
        return no_room ? *no_room : trust_.Recover(agenda.name + "/", identity, told);
      },
      http::Audience::kPublic, Rests::kOnLog,
      [this, &agenda, identity] { AskRecovery(agenda, identity); });
}

void Life::AskActs() {
  const Staff& who = SomeAgent();
  AskAsStaff(
      who, "GET /v1/acts", "",
      [&](const Told& told) { return trust_.Waiting(who, told, machine_.clock.now); },
      Rests::kOnNothing);
}

void Life::AskPass() {
  const Staff& who = Below(2) == 0 ? AllStaff()[7] : SomeAgent();
  const std::string agenda = SomeAgenda().name + "/";
  AskAsStaff(who, "POST /v1/agendas/" + Named(agenda) + "/passes",
             "{\"applicant\":" + ApplicantText(SomeIdentity()) + "}",
             [&](const Told& told) { return trust_.Pass(who, agenda, told); });
}

// With a key of another role, or one that does not stand: nothing happens.
void Life::AskWithoutRight() {
  const Staff& who = AllStaff()[Below(AllStaff().size())];
  const StaffRoute& route = StaffRoutes()[Below(StaffRoutes().size())];
  const bool may = (route.roles & static_cast<unsigned>(who.role)) != 0;
  if (may && who.stands) return;
  const int identity = SomeIdentity();
  std::string name = SomeAgenda().name;
  if (route.path.find("reservations") != std::string::npos) {
    name = SomeReservation(/*of_family=*/true);
  } else if (route.path.find("acts/") != std::string::npos) {
    const auto& acts = auditor_.book().people->acts;
    name = acts.empty() ? "" : acts.rbegin()->first;
  }
  if (name.empty()) return;
  std::string path = route.path;
  if (const size_t at = path.find("{}"); at != std::string::npos) path.replace(at, 2, name);
  std::string body;
  if (route.method == "POST" && path.find("/approve") == std::string::npos &&
      path.find("/snapshots") == std::string::npos && path.find("/pause") == std::string::npos)
    body = "{\"applicant\":" + ApplicantText(identity) +
           ",\"same_as\":" + ApplicantText(OfFamily(identity)) + R"(,"reason":"usurped"})";
  const std::string before = EngineState();
  Reach(who.stands ? "staff-without-the-right" : "staff-without-a-key");
  AskAsStaff(who, route.method + " " + path, body, [&](const Told& told) -> std::string {
    if (told.code != (who.stands ? "forbidden" : "unauthorized"))
      return Wrong(who.person + " may not do that", told);
    return EngineState() == before ? "" : "a refusal has changed something: " + path;
  });
}

// After a start: those who stand for somebody else still do, and what waits still waits.
void Life::AskWhoIsWho() {
  if (!Fine() || machine_.failed() || machine_.disk.dead()) return;
  if (auditor_.AnyLapsed(machine_.clock.now)) return;
  AskActs();
  std::vector<int> linked;
  for (const auto& [identity, is] : auditor_.book().people->subjects) {
    if (identity < kFresh) linked.push_back(identity);
  }
  for (int asked = 0; asked < 2 && !linked.empty() && Fine(); ++asked)
    AskWho(linked[Below(linked.size())]);
}

}  // namespace creneau::sim
