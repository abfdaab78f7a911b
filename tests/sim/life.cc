// What the people of the office do.
#include "tests/sim/life.h"

#include <algorithm>
#include <cstdio>

#include "http/text.h"

namespace creneau::sim {
namespace {

constexpr int kPeople = 10;
constexpr int kMostSeats = 3;
const std::vector<std::string> kSlots = {"2027-06-01T09:00", "2027-06-01T09:30",
                                         "2027-06-01T10:00"};

std::string AgendaText(int seats) {
  return R"(agenda = "sim"
title = "Simulation"
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
hours = ["09:00-10:30"]
minutes = 30
seats = { web = )" +
         std::to_string(seats) + " }\n";
}

std::string Request(const std::string& line, const std::string& headers, const std::string& body) {
  std::string text = line + " HTTP/1.1\r\nHost: sim\r\n" + headers;
  if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return text + "\r\n" + body;
}

}  // namespace

template <typename Judge>
void Life::Ask(const std::string& request, Judge judge, http::Audience audience) {
  std::string decided;
  const uint64_t number = machine_.Ask(request, audience, &decided);
  const Told told(decided);
  Trace("ask " + std::to_string(number) + " at " + std::to_string(auditor_.position()) + ": " +
        request.substr(0, request.find('\r')) + " " + request.substr(request.find("\r\n\r\n") + 4) +
        " -> " + std::to_string(told.status) + " " + told.body.substr(0, 200));
  digest_ = Mix64(digest_ ^ http::Fingerprint(decided));
  if (machine_.failed() && told.code == "outcome-unknown") return;
  Complain(judge(told));
  // What anybody may see rests on nothing, and proves nothing when it leaves.
  if (told.code.empty() && request.find("GET /v1/agendas") == 0) return;
  acknowledges_[number] = auditor_.position();
}

std::string Life::HolderRequest(const std::string& method, const std::string& name,
                                const std::string& verb, const std::string& key,
                                const std::string& body) {
  std::string headers = "Creneau-Key: " + key + "\r\n";
  if (!body.empty()) headers += "Content-Type: application/json\r\n";
  return Request(method + " /v1/reservations/" + name + verb, headers, body);
}

void Life::Hold() {
  Wish wish;
  if (!wishes_.empty() && Below(3) == 0) {
    wish = wishes_[Below(wishes_.size())];  // the reply was lost, or the client is impatient
    if (Below(8) == 0) wish.slot = kSlots[Below(kSlots.size())];
  } else {
    wish.person = static_cast<int>(Below(kPeople));
    if (Below(3) != 0) wish.slot = kSlots[Below(kSlots.size())];
    wish.idempotency = "key-of-the-simulation-" + std::to_string(Below(1'000'000'000));
    wishes_.push_back(wish);
    if (wishes_.size() > 6) wishes_.erase(wishes_.begin());
  }
  AskHold(wish);
}

void Life::AskHold(const Wish& wish) {
  std::string body = R"({"applicant":{"dossier":"SIM)" + std::to_string(1000 + wish.person) +
                     R"(","birth_date":"1990-05-17"})";
  if (!wish.slot.empty()) body += R"(,"slot":")" + wish.slot + "\"";
  body += "}";
  const std::string headers =
      "Content-Type: application/json\r\nIdempotency-Key: " + wish.idempotency + "\r\n";
  Ask(Request("POST /v1/agendas/sim/holds", headers, body), [&](const Told& told) {
    return auditor_.Hold(wish.person, wish.slot, wish.idempotency, told, machine_.clock.now,
                         DiskLow());
  });
}

void Life::OnBooking(const std::string& name) {
  const std::string key = auditor_.book().bookings.at(name).key;
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
    case 8: {
      const std::string slot = kSlots[Below(kSlots.size())];
      return Ask(HolderRequest("POST", name, "/move", key, R"({"slot":")" + slot + "\"}"),
                 [&](const Told& told) { return auditor_.Move(name, slot, told, now, DiskLow()); });
    }
    case 9: {
      std::string wrong = key;
      wrong[Below(wrong.size())] ^= 1;
      Reach("wrong-key");
      return Ask(HolderRequest("POST", name, "/confirm", wrong), [&](const Told& told) {
        return told.code == "unknown-reservation" ? "" : "a wrong key was taken: " + told.body;
      });
    }
    default:
      return Ask(HolderRequest("GET", name, "", key),
                 [&](const Told& told) { return auditor_.Look(name, told, now); });
  }
}

void Life::Publish(int seats) {
  if (!auditor_.CanPublish(seats) || auditor_.AnyCooling()) return;
  publishing_ = seats;  // until the answer is known
  Ask(
      Request("PUT /v1/agendas/sim", "Content-Type: application/toml\r\n", AgendaText(seats)),
      [&](const Told& told) {
        if (told.code == "read-only" && DiskLow()) return std::string();
        if (told.code == "outcome-unknown") return std::string();
        if (told.status != 200 && told.status != 201) return "a publication: " + told.body;
        seats_ = seats;
        auditor_.Publish(kSlots, seats);
        Reach("published");
        return std::string();
      },
      http::Audience::kAdmin);
  if (!machine_.failed() && !machine_.disk.dead()) publishing_ = 0;
}

// A publication whose outcome nobody knew is in force, or not.
void Life::LearnSeats() {
  if (std::exchange(publishing_, 0) == 0 || !Fine()) return;
  std::string decided;
  machine_.Ask(Request("GET /v1/agendas/sim/slots?from=2027-06-01", "", ""),
               http::Audience::kPublic, &decided);
  const std::string capacity = Told(decided).Member("capacity");
  if (capacity.empty()) return;  // the first publication of all
  if (std::stoi(capacity) != seats_) Reach("unanswered-publication-in-force");
  seats_ = std::stoi(capacity);
  auditor_.Publish(kSlots, seats_);
}

void Life::Act() {
  const uint64_t what = Below(100);
  const auto& bookings = auditor_.book().bookings;
  if (what < 40 || bookings.empty()) return Hold();
  if (what < 92) {
    auto at = bookings.begin();
    std::advance(at, static_cast<ptrdiff_t>(Below(bookings.size())));
    return OnBooking(std::string(at->first));
  }
  if (what < 98) {
    return Ask(Request("GET /v1/agendas/sim/slots?from=2027-06-01", "", ""),
               [&](const Told& told) { return auditor_.Slots(told, machine_.clock.now); });
  }
  Publish(1 + static_cast<int>(Below(kMostSeats)));
}

}  // namespace creneau::sim
