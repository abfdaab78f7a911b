// What people do where there is a waitlist: wait, leave, take what is offered or beside it, give it
// up; and what the office does, which closes days.
#include <algorithm>

#include "tests/sim/ask.h"
#include "tests/sim/staff.h"
#include "tests/sim/waiting.h"

namespace creneau::sim {
namespace {

const std::string kName = "sim-wait";
const std::vector<std::string> kDays = {"2027-06-15", "2027-06-16"};
const std::vector<std::string> kSlots = {"sim-wait/2027-06-15T09:00", "sim-wait/2027-06-15T09:30",
                                         "sim-wait/2027-06-15T10:00", "sim-wait/2027-06-16T09:00",
                                         "sim-wait/2027-06-16T09:30", "sim-wait/2027-06-16T10:00"};
// As short as an offer can be, so that it lapses in a life.
const std::map<std::string, int> kOfferHours = {{"web", 2}, {"phone", 3}};
// People who are nowhere else.
constexpr int kFirstPerson = 40;
constexpr uint64_t kPeople = 14;

const char kRest[] = R"(accept_invented = true
waitlist = true
offer_hours = { web = 2, phone = 3 }
[[session]]
weekdays = ["tue", "wed"]
from = 2027-06-15
until = 2027-06-16
hours = ["09:00-10:30"]
minutes = 30
seats = { web = 1, phone = 1 }
)";

int SomePerson(uint64_t random) { return kFirstPerson + static_cast<int>(random % kPeople); }

std::string Days(const std::string& day) { return R"({"day":")" + day + R"(","reason":"strike"})"; }

}  // namespace

void Life::KeepLists() {
  waiting_.Keep(kSlots, kOfferHours);
  auditor_.Know(waiting_, [this](const std::string& path, const std::string& key) {
    return Sight(path, key);
  });
}

// As the machine's own listener shows it, at which nobody is refused for load.
Told Life::Sight(const std::string& path, const std::string& key) {
  std::string decided;
  machine_.Ask(Request("GET " + path, "Creneau-Key: " + key + "\r\n", ""), http::Audience::kAdmin,
               &decided);
  return Told(decided);
}

void Life::PublishLists() {
  publishing_lists_ = true;  // until the answer is known
  Ask(
      Request("PUT /v1/agendas/" + kName + "?displaced=keep", "Content-Type: application/toml\r\n",
              AgendaHead(kName, "waiting") + kRest),
      [&](const Told& told) {
        if (told.code == "outcome-unknown") return std::string();
        return waiting_.Published(told, DiskLow());
      },
      http::Audience::kAdmin);
  if (!machine_.failed() && !machine_.disk.dead()) publishing_lists_ = false;
}

// The steward has been.
void Life::TendLists(Instant now, int64_t away_ms, bool frees) {
  if (!has_lists_ || waiting_.lists().seats.empty() || machine_.failed() || machine_.disk.dead() ||
      !Fine())
    return;
  const bool quiet = std::exchange(asked_before_tick_, asked_) == asked_;
  if (!waiting_.Tick(now, away_ms, frees, quiet)) return;
  Waiting::Answers places;
  Waiting::Answers reservations;
  for (const std::string& name : waiting_.PlacesToSee())
    places[name] = Sight("/v1/waitlist/" + name, waiting_.lists().places.at(name).key);
  for (const std::string& name : waiting_.ReservationsToSee())
    reservations[name] =
        Sight("/v1/reservations/" + name, waiting_.lists().reservations.at(name).key);
  Complain(waiting_.See(places, reservations, now, frees));
}

void Life::InLists() {
  const uint64_t what = Below(64);
  if (waiting_.lists().seats.empty()) return PublishLists();
  if (what < 14) return AskPlace();
  if (what < 16) return LeavePlace();
  if (what < 20) return ReadPlace();
  if (what < 30) return AskListHold();
  if (what < 34) return AskListDesk();
  if (what < 54) return OnKept();
  if (what < 57) return AskListSlots();
  if (what < 60) return CloseSomeDay();
  if (what < 61) return PublishLists();
  if (what < 63) return WaitForOffers();
  AskListSlots();
}

void Life::AskPlace() {
  Waiting::Join join{SomePerson(Below(1'000)), Below(3) == 0 ? "phone" : "web", ""};
  const auto has = waiting_.lists().place_of.find(join.person);
  if (has != waiting_.lists().place_of.end() && Below(2) == 0) {
    const Place& place = waiting_.lists().places.at(has->second);
    join.idempotency = place.idempotency;
    if (Below(6) != 0) join.channel = place.channel;
  } else {
    join.idempotency = "place-in-the-simulation-" + std::to_string(Below(1'000'000'000));
  }
  AskJoin(join);
}

// On the web for oneself; by telephone an agent does it.
void Life::AskJoin(const Waiting::Join& join) {
  const std::string body = ApplicantJson(join.person) + R"(,"channel":")" + join.channel + "\"}";
  const std::string key = "Idempotency-Key: " + join.idempotency + "\r\n";
  const auto judge = [&](const Told& told, Book* made) -> std::string {
    if (told.code == "read-only") return DiskLow() ? "" : Wrong("the disk has room", told);
    return waiting_.Joined(join, told, machine_.clock.now, made);
  };
  if (join.channel == "web") {
    return Ask(
        Request("POST /v1/agendas/" + kName + "/waitlist",
                "Content-Type: application/json\r\n" + key, body),
        [&](const Told& told) { return judge(told, nullptr); }, http::Audience::kPublic,
        Rests::kOnLog, [this, join] { AskJoin(join); });
  }
  const Staff& who = SomeAgentOf(kName + "/");
  Ask(
      Request(
          "POST /v1/agendas/" + kName + "/places",
          "Authorization: Bearer " + who.bearer + "\r\nContent-Type: application/json\r\n" + key,
          body),
      [&](const Told& told) {
        // Whoever learns something of a person stands in the log.
        if (told.status != 201 && told.code != "already-waiting" && told.code != "already-reserved")
          return judge(told, nullptr);
        return judge(told, &trust_.Note(who, {"waitlist", kName + "/", "", ""}));
      },
      http::Audience::kStaff);
}

const Staff& Life::SomeAgentOf(const std::string& agenda) {
  for (;;) {
    const Staff& who = SomeAgent();
    if (who.Covers(agenda)) return who;
  }
}

// A name of those, mostly of what has not ended; empty: there is none.
template <typename Map, typename Ended>
std::string Life::SomeName(const Map& map, Ended ended) {
  std::vector<std::string> names;
  for (const auto& [name, one] : map) {
    if (!ended(one) || Below(16) == 0) names.push_back(name);
  }
  return names.empty() ? "" : names[Below(names.size())];
}

void Life::LeavePlace() {
  const std::string name =
      SomeName(waiting_.lists().places, [](const Place& place) { return place.ended(); });
  if (!name.empty()) AskLeave(name);
}

void Life::AskLeave(const std::string& name) {
  const auto place = waiting_.lists().places.find(name);
  if (place == waiting_.lists().places.end()) return;
  Ask(
      Request("DELETE /v1/waitlist/" + name, "Creneau-Key: " + place->second.key + "\r\n", ""),
      [&](const Told& told) { return waiting_.Left(name, told, machine_.clock.now, DiskLow()); },
      http::Audience::kPublic, Rests::kOnLog, [this, name] { AskLeave(name); });
}

void Life::ReadPlace() {
  const std::string name =
      SomeName(waiting_.lists().places, [](const Place& place) { return place.ended(); });
  if (name.empty()) return;
  std::string key = waiting_.lists().places.at(name).key;
  if (Below(6) == 0) {
    key[Below(key.size())] ^= 1;
    Reach("place-with-a-wrong-key");
    return Ask(Request("GET /v1/waitlist/" + name, "Creneau-Key: " + key + "\r\n", ""),
               [&](const Told& told) {
                 return told.code == "unknown-place" ? "" : "a wrong key was taken: " + told.body;
               });
  }
  Ask(Request("GET /v1/waitlist/" + name, "Creneau-Key: " + key + "\r\n", ""),
      [&](const Told& told) { return waiting_.Read(name, told, machine_.clock.now); });
}

void Life::AskListHold() {
  Waiting::Ask ask{SomePerson(Below(1'000)), kName + "/", "web", ""};
  if (Below(3) != 0) ask.slot = kSlots[Below(kSlots.size())];
  const auto live = waiting_.lists().live.find(ask.person);
  if (live != waiting_.lists().live.end() && Below(2) == 0) {
    const Kept& kept = waiting_.lists().reservations.at(live->second);
    ask.idempotency = kept.idempotency;
    if (Below(4) != 0 && !kept.asked.empty()) ask.slot = kept.asked;
  }
  if (ask.idempotency.empty())
    ask.idempotency = "hold-beside-the-waitlist-" + std::to_string(Below(1'000'000'000));
  std::string body = ApplicantJson(ask.person);
  if (!TimeOf(ask.slot).empty()) body += R"(,"slot":")" + TimeOf(ask.slot) + "\"";
  Ask(Request("POST /v1/agendas/" + kName + "/holds",
              "Content-Type: application/json\r\nIdempotency-Key: " + ask.idempotency + "\r\n",
              body + "}"),
      [&](const Told& told) {
        const bool full =
            auditor_.Holds() + waiting_.Holds() >= machine_.engine().stats().hold_bound;
        return waiting_.Held(ask, told, machine_.clock.now, DiskLow(), full);
      });
}

void Life::AskListDesk() {
  const Staff& who = SomeAgentOf(kName + "/");
  Waiting::Ask ask{SomePerson(Below(1'000)), kName + "/", "phone", ""};
  if (Below(2) == 0) ask.slot = kSlots[Below(kSlots.size())];
  std::string body = ApplicantJson(ask.person) + R"(,"channel":"phone")";
  if (!TimeOf(ask.slot).empty()) body += R"(,"slot":")" + TimeOf(ask.slot) + "\"";
  Ask(
      StaffRequest(who, "POST /v1/agendas/" + kName + "/desk", body + "}"),
      [&](const Told& told) {
        if (const auto no_room = NoRoom(told)) return *no_room;
        if (told.code == "validation-failed") return waiting_.CheckRefused(ask, told);
        return waiting_.Booked(ask, told, machine_.clock.now,
                               trust_.Note(who, {"desk", kName + "/", "", ""}));
      },
      http::Audience::kStaff);
}

void Life::OnKept() {
  const std::string name =
      SomeName(waiting_.lists().reservations, [](const Kept& kept) { return !kept.live(); });
  if (!name.empty()) AskKept(name, Below(16));
}

void Life::AskKept(const std::string& name, uint64_t what) {
  const auto at = waiting_.lists().reservations.find(name);
  if (at == waiting_.lists().reservations.end()) return;
  const std::string key = at->second.key;
  const Instant now = machine_.clock.now;
  if (what < 6) {
    return Ask(HolderRequest("POST", name, "/confirm", key),
               [&](const Told& told) { return waiting_.Confirmed(name, told, now); });
  }
  if (what < 10) {
    return Ask(HolderRequest("DELETE", name, "", key),
               [&](const Told& told) { return waiting_.Cancelled(name, told, now, DiskLow()); });
  }
  if (what < 13) {
    const std::string slot = kSlots[Below(kSlots.size())];
    return Ask(HolderRequest("POST", name, "/move", key, R"({"slot":")" + TimeOf(slot) + "\"}"),
               [&](const Told& told) { return waiting_.Moved(name, slot, told, now, DiskLow()); });
  }
  if (what < 14) {
    return Ask(HolderRequest("POST", name, "/extend", key),
               [&](const Told& told) { return waiting_.Extended(name, told, now); });
  }
  if (what < 15) {
    // With the key of somebody else who has a seat here.
    const auto other = waiting_.lists().reservations.begin();
    if (other->first == name) return;
    Reach("offer-to-another");
    return Ask(HolderRequest("POST", name, "/confirm", other->second.key), [&](const Told& told) {
      return told.code == "unknown-reservation" ? "" : "a wrong key was taken: " + told.body;
    });
  }
  Ask(HolderRequest("GET", name, "", key),
      [&](const Told& told) { return waiting_.Looked(name, told, now); });
}

void Life::AskListSlots() {
  Ask(
      Request("GET /v1/agendas/" + kName + "/slots?from=" + kDays.front(), "", ""),
      [&](const Told& told) { return waiting_.Slots(told, machine_.clock.now); },
      http::Audience::kPublic, Rests::kOnNothing);
}

// Those that are closed are opened again before long, and are published then; now and then one that
// is so already.
void Life::CloseSomeDay() {
  const std::set<std::string>& closed = waiting_.lists().closed;
  const std::string day = closed.empty() ? kDays[Below(kDays.size())] : *closed.begin();
  const bool closes = closed.empty() != (Below(8) == 0);
  closing_ = {day, closes};
  Ask(
      Request("POST /v1/agendas/" + kName + (closes ? "/close" : "/reopen"),
              "Content-Type: application/json\r\n", Days(day)),
      [&](const Told& told) -> std::string {
        if (told.code == "outcome-unknown") return "";
        if (told.code == "read-only") return DiskLow() ? "" : Wrong("the disk has room", told);
        return waiting_.Closed(day, closes, told, machine_.clock.now);
      },
      http::Audience::kAdmin);
  if (machine_.failed() || machine_.disk.dead()) return;
  closing_ = {};
  if (!closes && Fine() && Below(4) != 0) PublishLists();
}

// Whether a publication that was not answered is in force, its slots tell.
void Life::LearnLists() {
  if (!std::exchange(publishing_lists_, false) || !Fine()) return;
  const Told told = Sight("/v1/agendas/" + kName + "/slots?from=" + kDays.front(), "none");
  if (waiting_.IsPublished(told)) return;
  Reach("unanswered-publication-in-force");
  Complain(waiting_.Published(Told("HTTP/1.1 200 OK\r\n\r\n{}"), false));
}

// Whether a day whose closing was not answered is closed is asked without closing it.
void Life::LearnClosing() {
  if (!has_lists_ || !Fine()) return;
  LearnLists();
  const auto [day, closes] = std::exchange(closing_, {});
  if (day.empty() || waiting_.lists().seats.empty()) return;
  std::string decided;
  machine_.Ask(Request("POST /v1/agendas/" + kName + "/close?dry_run=1",
                       "Content-Type: application/json\r\n", Days(day)),
               http::Audience::kAdmin, &decided);
  const Told told(decided);
  if (told.status != 200) return Complain(Wrong("what would closing a day do?", told));
  const bool closed = told.Member("existed") == "true";
  if (closed == waiting_.lists().closed.contains(day)) return;
  Reach("unanswered-closing-in-force");
  if (closed != closes) return Complain(Wrong("nobody has asked for that", told));
  waiting_.LearnClosed(day, closed, machine_.clock.now);
}

// Time goes by until something comes back or lapses, or into the next day.
void Life::WaitForOffers() {
  const Instant now = machine_.clock.now;
  if (Below(3) == 0) {
    Reach("the-next-day");
    machine_.clock.now = now + 14 * kMsPerHour;
    return TickOnce();
  }
  int64_t wait_ms = 2 * kPassesOnMs;
  // Hours of rounds are dear.
  const bool until_one_lapses = Below(6) == 0;
  for (const auto& [person, name] : waiting_.lists().live) {
    const Kept& kept = waiting_.lists().reservations.at(name);
    if (kept.state == Kept::State::kOffered && until_one_lapses)
      wait_ms = std::max(wait_ms, kept.deadline_s * kMsPerSecond + 2'500 - now.ms);
  }
  Pass(wait_ms);
}

}  // namespace creneau::sim
