// People who come otherwise than by the web, and families.
#include <algorithm>

#include "tests/sim/ask.h"

namespace creneau::sim {
namespace {

// Beside those whom the staff takes for one another (who.h); of a file only.
constexpr int kOthers = 30;
constexpr size_t kOthersCount = 24;
constexpr size_t kRemembered = 6;
constexpr const char* kJson = "Content-Type: application/json\r\n";

std::string Named(const std::string& agenda) { return agenda.substr(0, agenda.size() - 1); }

// ,"slot":"2027-01-05T09:00", or nothing.
std::string SlotMember(const std::string& slot) {
  return TimeOf(slot).empty() ? "" : R"(,"slot":")" + TimeOf(slot) + "\"";
}

template <typename Wish>
void Remember(std::vector<Wish>& wishes, const Wish& wish) {
  wishes.push_back(wish);
  if (wishes.size() > kRemembered) wishes.erase(wishes.begin());
}

}  // namespace

void Life::BeginFairly() {
  for (const OfficeAgenda& agenda : FairAgendas()) {
    if (agenda.opening.empty()) continue;
    auditor_.KeepOpening(agenda.name + "/", agenda.open.open);
    auditor_.KeepHours(agenda.name + "/", agenda.open);
  }
}

void Life::PublishAllShares() {
  for (const OfficeAgenda& agenda : FairAgendas()) {
    // In the one that counts what courts take beyond their share, they have none at first.
    const auto& files = SharesOfFiles();
    if (fair_ && Fine() && machine_.up() && !machine_.failed() && !machine_.disk.dead())
      PublishShares(agenda, agenda.opening.empty() ? files.back() : files.front(), false);
  }
}

const OfficeAgenda& Life::SomeFairAgenda() {
  return Below(3) == 0 ? FairAgendas().back() : FairAgendas().front();
}

std::string Life::SomeKey(const std::string& of) {
  return "key-of-the-" + of + "-" + std::to_string(1'000'000'000 + Below(1'000'000'000));
}

int Life::SomeoneForAShare() {
  return Below(3) == 0 ? SomeIdentity() : kOthers + static_cast<int>(Below(kOthersCount));
}

void Life::Fairly() {
  switch (Below(24)) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
    case 5:
      return ComeToTheDesk();
    case 6:
    case 7:
    case 8:
      return AskHold({SomeoneForAShare(), SomeSlot(SomeFairAgenda(), true), SomeKey("share")});
    case 9:
    case 10:
    case 11:
    case 12:
      return ComeAsAFamily();
    case 13:
    case 14:
    case 15:
      return EnterSomeMandate();
    case 16:
    case 17:
    case 18:
      return SettleSomeMandate();
    case 19:
      return AskMandates();
    case 20:
      return ShiftSomeSeats();
    case 21:
    case 22:
      return Below(2) == 0 ? AskShares(SomeFairAgenda()) : AskCapacities(SomeFairAgenda());
    default:
      if (Below(3) == 0)
        return PublishShares(SomeFairAgenda(), SharesOfFiles()[Below(SharesOfFiles().size())],
                             Below(3) == 0);
      return Below(5) == 0 ? LateAsAFamily() : AskSomebodysSeatInAShare();
  }
}

// Also of those that were made at the desk, by mandate or for a family.
void Life::AskSomebodysSeatInAShare() {
  std::vector<std::string> names;
  for (const auto& [name, booking] : auditor_.book().bookings) {
    if (AgendaOf(booking.slot) != "sim/" && AgendaOf(booking.slot) != "sim-day/")
      names.push_back(name);
  }
  if (!names.empty()) OnBooking(names[Below(names.size())]);
}

// --- the desk and families -----------------------------------------------------------------------

void Life::ComeToTheDesk() {
  static constexpr const char* kAsked[] = {"phone", "desk", "desk", "post", "phone", "desk", "web"};
  if (!desk_wishes_.empty() && Below(4) == 0) {
    DeskWish wish = desk_wishes_[Below(desk_wishes_.size())];
    if (Below(4) == 0) wish.channel = wish.channel == "desk" ? "phone" : "desk";
    return AskDesk(wish);
  }
  DeskWish wish;
  const OfficeAgenda& agenda = SomeFairAgenda();
  wish.agenda = agenda.name + "/";
  wish.channel = kAsked[Below(std::size(kAsked))];
  wish.identity = SomeoneForAShare();
  wish.slot = SomeSlot(agenda, true);
  if (Below(4) != 0) wish.idempotency = SomeKey("desk");
  Remember(desk_wishes_, wish);
  AskDesk(wish);
}

void Life::AskDesk(const DeskWish& wish) {
  constexpr size_t kHelper = 4;
  const Staff& who = Below(3) == 0 ? AllStaff()[kHelper] : SomeAgent();
  std::string headers = "Authorization: Bearer " + who.bearer + "\r\n" + kJson;
  if (!wish.idempotency.empty()) headers += "Idempotency-Key: " + wish.idempotency + "\r\n";
  const std::string body = "{\"applicant\":" + ApplicantText(wish.identity, Below(3)) +
                           ",\"channel\":\"" + wish.channel + "\"" + SlotMember(wish.slot) + "}";
  Ask(
      Request("POST /v1/agendas/" + Named(wish.agenda) + "/desk", headers, body),
      [&](const Told& told) { return desk_.Book(who, wish, told, machine_.clock.now, DiskLow()); },
      http::Audience::kStaff);
}

void Life::ComeAsAFamily() {
  if (!families_.empty() && Below(4) == 0) {
    DeskAuditor::Family family = families_[Below(families_.size())];
    if (Below(6) == 0) family.slot = SomeSlot(SomeFairAgenda(), true);
    return AskFamily(family);
  }
  DeskAuditor::Family family;
  const OfficeAgenda& agenda = SomeFairAgenda();
  const size_t size = 2 + Below(FairRulesOf(agenda.name + "/").party_max);
  if (Below(6) == 0) family.identities = OnePersonTwice();
  while (family.identities.size() < size) {
    const int identity = SomeoneForAShare();
    auto& all = family.identities;
    if (std::find(all.begin(), all.end(), identity) == all.end()) all.push_back(identity);
  }
  family.slot = SomeSlot(agenda, true);
  family.idempotency = SomeKey("family");
  Remember(families_, family);
  AskFamily(family);
}

// Two identities that stand for one person, where there are such.
std::vector<int> Life::OnePersonTwice() const {
  const WhoIsWho& people = *auditor_.book().people;
  for (const auto& [identity, is] : people.subjects) {
    for (const int other : people.AllOf(is)) {
      if (other != identity && other < kFresh && identity < kFresh) return {identity, other};
    }
  }
  return {};
}

// Time goes to just after the deadline of a family whose holds are all there still.
void Life::LateAsAFamily() {
  for (const auto& [name, booking] : auditor_.book().bookings) {
    const int64_t left_ms = booking.deadline_s * kMsPerSecond + 1'100 - machine_.clock.now.ms;
    if (booking.party.empty() || booking.state != Booking::State::kHeld || left_ms < 0) continue;
    const std::string idempotency = booking.idempotency;
    Pass(left_ms);
    if (!machine_.failed() && !machine_.disk.dead()) RepeatFamily(idempotency);
    return;
  }
}

// Whoever has let a hold lapse asks again with his key, and as it was asked.
void Life::RepeatFamily(const std::string& idempotency) {
  const auto asked = std::find_if(families_.begin(), families_.end(), [&](const auto& family) {
    return family.idempotency == idempotency;
  });
  if (asked != families_.end()) AskFamily(DeskAuditor::Family(*asked));
}

void Life::AskFamily(const DeskAuditor::Family& family) {
  std::string people;
  for (const int identity : family.identities)
    people += (people.empty() ? "" : ",") + ApplicantText(identity, Below(3));
  const std::string headers = kJson + ("Idempotency-Key: " + family.idempotency + "\r\n");
  Ask(
      Request("POST /v1/agendas/" + Named(AgendaOf(family.slot)) + "/holds", headers,
              "{\"applicants\":[" + people + "]" + SlotMember(family.slot) + "}"),
      [&](const Told& told) {
        auditor_.Bound(machine_.engine().stats().hold_bound);
        return desk_.HoldAll(family, told, machine_.clock.now, DiskLow());
      },
      http::Audience::kPublic, Rests::kOnLog, [this, family] { AskFamily(family); });
}

}  // namespace creneau::sim
