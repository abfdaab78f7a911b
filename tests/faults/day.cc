#include "tests/faults/day.h"

#include <algorithm>

#include "base/check.h"
#include "booking/audit.h"

namespace creneau::faults {
namespace {

using http::Audience;
using sim::Told;

constexpr int kActs = 150;
constexpr int kSnapshotsAt[] = {60, 90, 120};
const std::string kTimes[] = {"09:00", "09:30", "10:00", "10:30"};

std::string AgendaText(const std::string& name, int seats) {
  return "agenda = \"" + name + R"("
title = "Fautes"
office = "Préfecture simulée"
timezone = "Europe/Paris"
policy = "direct"
identity = [["dossier", "birth_date"]]
hold_s = 300
notice_hours = 0
horizon_days = 366
alternative = "aucune"
[[session]]
weekdays = ["tue"]
from = 2027-06-01
until = 2027-06-01
hours = ["09:00-11:00"]
minutes = 30
seats = { web = )" +
         std::to_string(seats) + " }\n";
}

std::string Request(const std::string& line, const std::string& headers, const std::string& body) {
  std::string text = line + " HTTP/1.1\r\nHost: sim\r\n" + headers;
  if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return text + "\r\n" + body;
}

std::string OfHolder(const std::string& method, const std::string& name, const std::string& verb,
                     const std::string& key, const std::string& body = "") {
  std::string headers = "Creneau-Key: " + key + "\r\n";
  if (!body.empty()) headers += "Content-Type: application/json\r\n";
  return Request(method + " /v1/reservations/" + name + verb, headers, body);
}

}  // namespace

Day::Day(sim::Machine& machine, uint64_t seed) : machine_(machine), prng_(seed) {
  machine_.disk.set_available_bytes(uint64_t{1} << 30);
  machine_.disk.before_durable_write = [this](uint64_t offset) {
    // While it starts there is nothing new to remember; a segment's header says nothing new.
    if (machine_.up() && offset > 0) memory_.states.push_back(machine_.engine().Digest());
  };
}

Told Day::Ask(const std::string& request, Audience audience, Asked asked) {
  std::string decided;
  const size_t next = memory_.states.size();
  const uint64_t number = machine_.Ask(request, audience, &decided);
  const Told told(decided);
  // Where nothing is waiting to be written, it rests on what was written before.
  const bool written =
      next == memory_.states.size() && machine_.engine().Digest() == memory_.states.back();
  asked.state = written ? next - 1 : next;
  if (told.status < 500) asked_[number] = asked;
  return told;
}

void Day::Leave() {
  for (const sim::Machine::Answer& answer : machine_.Leave()) {
    const Told told(answer.wire);
    if (told.status >= 500) {
      ++counts_.unknown;
      continue;
    }
    const auto at = asked_.find(answer.number);
    if (at == asked_.end()) continue;
    ++counts_.acknowledged;
    const size_t state = std::min(at->second.state, memory_.states.size() - 1);
    memory_.acknowledged = std::max(memory_.acknowledged, state);
    if (told.status == 200 && !at->second.settles.empty())
      memory_.settled[at->second.settles] = at->second.key;
  }
}

void Day::Hold() {
  const int person = static_cast<int>(prng_.Below(24));
  std::string body = R"({"applicant":{"dossier":"F)" + std::to_string(1000 + person) +
                     R"(","birth_date":"1990-05-17"})";
  if (prng_.Below(3) != 0) body += R"(,"slot":"2027-06-01T)" + kTimes[prng_.Below(4)] + "\"";
  body += "}";
  const std::string headers =
      "Content-Type: application/json\r\nIdempotency-Key: key-of-a-day-of-the-office-" +
      std::to_string(++holds_) + "\r\n";
  const std::string agenda = prng_.Below(4) == 0 ? "b" : "a";
  const Told told =
      Ask(Request("POST /v1/agendas/" + agenda + "/holds", headers, body), Audience::kPublic);
  if (told.status == 201) {
    ++counts_.answers["hold"];
    bookings_.push_back({told.Member("reservation"), told.Member("key")});
  }
}

void Day::OnBooking(Booking& booking) {
  const uint64_t what = prng_.Below(10);
  if (booking.ended || booking.settled) return Hold();
  const auto ask = [&](const std::string& verb, const std::string& request, Asked asked = {}) {
    const Told told = Ask(request, Audience::kPublic, std::move(asked));
    if (told.status == 200) ++counts_.answers[verb];
    return told.status == 200;
  };
  if (what < 3) {
    // Every other one that is confirmed is left alone from then on.
    const bool settles = prng_.Below(2) == 0;
    if (ask("confirm", OfHolder("POST", booking.name, "/confirm", booking.key),
            settles ? Asked{0, booking.name, booking.key} : Asked{}))
      booking.settled = settles;
  } else if (what < 6) {
    const std::string slot = R"({"slot":"2027-06-01T)" + kTimes[prng_.Below(4)] + "\"}";
    ask("move", OfHolder("POST", booking.name, "/move", booking.key, slot));
  } else if (what < 9) {
    booking.ended = ask("cancel", OfHolder("DELETE", booking.name, "", booking.key));
  } else {
    ask("extend", OfHolder("POST", booking.name, "/extend", booking.key));
  }
}

// Writes and waits by itself, so what was asked before is let out first, half of the time.
void Day::Publish(const std::string& agenda, int seats) {
  const Told told = Ask(Request("PUT /v1/agendas/" + agenda + "?displaced=keep",
                                "Content-Type: application/toml\r\n", AgendaText(agenda, seats)),
                        Audience::kAdmin);
  if (told.status == 200 || told.status == 201) ++counts_.answers["publish"];
}

void Day::Snapshot() {
  const Told told = Ask(Request("POST /v1/snapshots", "", ""), Audience::kAdmin);
  if (told.status == 201) ++counts_.snapshots;
}

void Day::Pass(int64_t ms) {
  machine_.clock.now = machine_.clock.now + ms;
  machine_.Tick();
}

void Day::Act() {
  const uint64_t what = prng_.Below(100);
  if (what < 38 || bookings_.empty()) return Hold();
  if (what < 88) return OnBooking(bookings_[prng_.Below(bookings_.size())]);
  if (what < 96) return Pass(static_cast<int64_t>(prng_.Below(1'000)));
  Publish("a", 2 + static_cast<int>(prng_.Below(4)));
}

bool Day::Live() {
  if (!machine_.Start().ok()) return false;
  memory_.states.push_back(machine_.engine().Digest());
  Publish("a", 5);
  Publish("b", 3);
  for (int act = 0; act < kActs && !Over(); ++act) {
    machine_.clock.now = machine_.clock.now + static_cast<int64_t>(prng_.Below(40));
    // Holds lapse: the steward's rounds are just below what would be an outage.
    for (int i = 0; act == 76 && i < 270 && !Over(); ++i) Pass(limits::kStewardTickMs + 950);
    if (std::find(std::begin(kSnapshotsAt), std::end(kSnapshotsAt), act) != std::end(kSnapshotsAt))
      Snapshot();
    if (!Over()) Act();
    if (!Over() && prng_.Below(3) != 0) machine_.Turn();
    if (!machine_.disk.dead()) Leave();
  }
  if (!machine_.disk.dead()) Leave();
  return !Over();
}

const std::vector<std::string>& LoggedStates() {
  static const std::vector<std::string> kStates = [] {
    std::vector<std::string> states;
    sim::Machine machine(kSeed);
    Day day(machine);
    const auto look = [&] {
      const auto audit = booking::AuditLog(machine.disk, kData);
      CHECK(audit.ok());
      states.push_back(audit->digest);
    };
    machine.disk.before_durable_write = [&, remember =
                                                machine.disk.before_durable_write](uint64_t at) {
      if (machine.up() && at > 0) look();
      remember(at);
    };
    CHECK(day.Live());
    look();
    return states;
  }();
  return kStates;
}

bool Memory::Allows(const std::string& digest) const {
  if (states.empty()) return digest == LoggedStates().front();  // it never was up
  const auto among = [&](const std::vector<std::string>& all) {
    const auto end = all.begin() + static_cast<ptrdiff_t>(std::min(all.size(), states.size()));
    return std::find(all.begin() + static_cast<ptrdiff_t>(acknowledged), end, digest) != end;
  };
  return among(states) || among(LoggedStates());
}

std::string Memory::Judge(sim::Disk& disk) const {
  const auto audit = booking::AuditLog(disk, kData);
  if (!audit.ok()) return "the log: " + std::string(audit.status().message());
  if (!Allows(audit->digest)) {
    const bool older = std::find(states.begin(), states.end(), audit->digest) != states.end();
    return older ? "what was acknowledged is lost" : "the log's state was never that of the memory";
  }
  const auto snapshots = booking::AuditSnapshots(disk, kData);
  if (!snapshots.ok()) return "the snapshots: " + std::string(snapshots.status().message());
  for (const booking::SnapshotAudit& snapshot : *snapshots) {
    if (!snapshot.status.ok()) return "a snapshot: " + std::string(snapshot.status.message());
    if (snapshot.digest != audit->digest) return "a snapshot leads to another state than the log";
  }
  return "";
}

std::string StartsAgree(sim::Machine& machine, const Memory& memory, int starts,
                        std::string* digest) {
  for (int i = 0; i < starts; ++i) {
    if (const absl::Status started = machine.Start(); !started.ok())
      return "it does not start: " + std::string(started.message());
    const std::string now = machine.engine().Digest();
    const absl::Status invariants = machine.engine().CheckInvariants();
    if (!invariants.ok()) return std::string(invariants.message());
    if (!digest->empty() && now != *digest) return "another start comes to another state";
    *digest = now;
    const auto audit = booking::AuditLog(machine.disk, kData);
    if (!audit.ok()) return "the log after the start: " + std::string(audit.status().message());
    if (audit->digest != now) return "the log after the start says something else than the memory";
    for (const auto& [name, key] : memory.settled) {
      std::string decided;
      machine.Ask(OfHolder("GET", name, "", key), Audience::kPublic, &decided);
      const Told told(decided);
      if (told.status != 200 || told.Member("state") != "confirmed")
        return "a confirmed reservation is not found again: " + told.body;
    }
    machine.Turn();
    machine.Leave();
    machine.Kill();
  }
  return "";
}

}  // namespace creneau::faults
