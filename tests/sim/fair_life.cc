// People who come otherwise than by the web, families, and those who look after everybody's share.
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

// ,"slot":"2027-01-12T09:00", or nothing.
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
    if (fair_ && Fine() && machine_.up() && !machine_.failed() && !machine_.disk.dead())
      PublishShares(agenda, SharesOfFiles().front(), false);
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
      if (Below(6) == 0)
        return PublishShares(SomeFairAgenda(), SharesOfFiles()[Below(SharesOfFiles().size())],
                             Below(3) == 0);
      return AskSomebodysSeatInAShare();
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

// --- shares --------------------------------------------------------------------------------------

// Nobody is told of a flow: another version tells of it.
void Life::AfterTick(bool works) {
  if (machine_.failed() || machine_.disk.dead()) return;
  const Instant now = machine_.clock.now;
  static const OfficeAgenda& kFlows = FairAgendas().front();
  static const std::string kName = kFlows.name + "/";
  const booking::AgendaInfo* const info = machine_.engine().FindAgenda(kFlows.name);
  const auto known = auditor_.book().fair->agendas.find(kName);
  if (info == nullptr || known == auditor_.book().fair->agendas.end()) return;
  if (static_cast<int>(info->version) != known->second.version) {
    Complain(shares_.Flowed(kName, StatusOf(kFlows), now));
    auditor_.Acknowledge(auditor_.position());  // the steward has waited for the log
  }
  Complain(shares_.Owed(kName, now, works));
}

Told Life::StatusOf(const OfficeAgenda& agenda) {
  std::string decided;
  machine_.Ask(Request("GET /v1/agendas/" + agenda.name, "", ""), http::Audience::kAdmin, &decided);
  return Told(decided);
}

std::map<std::string, Told> Life::AllShares() {
  std::map<std::string, Told> status;
  if (!fair_) return status;
  for (const OfficeAgenda& agenda : FairAgendas()) status[agenda.name + "/"] = StatusOf(agenda);
  return status;
}

// What was told within the same millisecond may be told again.
void Life::AskShares(const OfficeAgenda& agenda) {
  if (!auditor_.Knows(agenda.slots.front())) return;
  machine_.clock.now = machine_.clock.now + 1;
  Ask(
      Request("GET /v1/agendas/" + agenda.name, "", ""),
      [&](const Told& told) { return shares_.Status(agenda.name + "/", told, machine_.clock.now); },
      http::Audience::kPublic, Rests::kOnNothing, [this, &agenda] { AskShares(agenda); });
}

void Life::AskCapacities(const OfficeAgenda& agenda) {
  if (!auditor_.Knows(agenda.slots.front())) return;
  machine_.clock.now = machine_.clock.now + 1;
  const std::string last = TimeOf(agenda.slots.back()).substr(0, 10);
  Ask(
      Request("GET /v1/agendas/" + agenda.name + "/slots?from=" + agenda.date + "&to=" + last, "",
              ""),
      [&](const Told& told) {
        const std::string wrong = shares_.Capacities(agenda.name + "/", told);
        return wrong.empty() ? auditor_.Slots(agenda.name + "/", told, machine_.clock.now) : wrong;
      },
      http::Audience::kPublic, Rests::kOnNothing, [this, &agenda] { AskCapacities(agenda); });
}

void Life::PublishShares(const OfficeAgenda& agenda, const Shares& file, bool keep) {
  shares_.Expect({.agenda = agenda.name + "/", .file = file});
  Ask(
      Request("PUT /v1/agendas/" + agenda.name + (keep ? "?displaced=keep" : ""),
              "Content-Type: application/toml\r\n", FairAgendaText(agenda, file)),
      [&](const Told& told) {
        if (told.code == "outcome-unknown") return std::string();
        return shares_.Published(agenda, file, keep, told, machine_.clock.now, DiskLow());
      },
      http::Audience::kAdmin);
  if (!machine_.failed() && !machine_.disk.dead()) shares_.Forget();
}

void Life::ShiftSomeSeats() {
  constexpr size_t kOperator = 6;
  const Staff& who = AllStaff()[kOperator];
  const OfficeAgenda& agenda = SomeFairAgenda();
  ShiftWish wish{agenda.name + "/", ChannelNames()[Below(5)], ChannelNames()[Below(5)], {}, {}};
  if (wish.from == wish.to || !auditor_.Knows(agenda.slots.front())) return;
  if (Below(2) == 0) wish.seats = 1 + static_cast<int>(Below(2));
  wish.dry_run = Below(6) == 0;
  wish.slots = agenda.slots;
  std::string scope = R"(,"until":")" + TimeOf(agenda.slots.back()).substr(0, 10) + "\"";
  if (Below(4) != 0 || !shares_.IsSure(wish, machine_.clock.now)) {
    wish.slots = {agenda.slots[Below(agenda.slots.size())]};
    scope = SlotMember(wish.slots.front());
  }
  std::string body = R"({"from":")" + wish.from + R"(","to":")" + wish.to + "\"" + scope;
  if (wish.seats) body += ",\"seats\":" + std::to_string(*wish.seats);
  bool answered = false;
  ShareAuditor::Unanswered unanswered{.agenda = wish.agenda, .shift = wish};
  if (wish.slots.size() > 1) unanswered.moves = shares_.Surely(wish, machine_.clock.now);
  shares_.Expect(std::move(unanswered));
  Ask(
      StaffRequest(
          who, "POST /v1/agendas/" + agenda.name + "/shift" + (wish.dry_run ? "?dry_run=1" : ""),
          body + "}"),
      [&](const Told& told) {
        answered = true;
        const bool done = told.status == 200 && !wish.dry_run && told.Member("seats") != "0";
        if (done) trust_.Did(who, {"shift", wish.agenda, "", ""});
        std::string wrong = shares_.Shift(wish, told, machine_.clock.now, DiskLow());
        // It has waited for the log.
        if (done && wrong.empty()) auditor_.Acknowledge(auditor_.position());
        return wrong;
      },
      http::Audience::kStaff, Rests::kOnNothing);
  if (answered) return shares_.Forget();
  Reach("shift-perhaps");
  trust_.Did(who, {"shift", wish.agenda, "", ""});
}

// --- mandates ------------------------------------------------------------------------------------

void Life::EnterSomeMandate() {
  const Staff& who = SomeAgent();
  const OfficeAgenda& agenda = SomeFairAgenda();
  CourtOrder order{agenda.name + "/", SomeoneForAShare(), "TA Simulation", "", 0, who.person};
  const uint64_t when = Below(8);
  order.deadline = when == 0   ? "2026-11-25"
                   : when == 1 ? "2026-12-04"
                               : TimeOf(agenda.slots[Below(agenda.slots.size())]).substr(0, 10);
  order.penalty_eur = static_cast<int>(100 * Below(2));
  const auto& orders = auditor_.book().fair->orders;
  if (!orders.empty() && Below(4) == 0) {
    auto at = orders.begin();
    std::advance(at, static_cast<ptrdiff_t>(Below(orders.size())));
    order = at->second;
    order.proposed_by = who.person;
    order.state = CourtOrder::State::kProposed;
    order.settled_by = order.reservation = "";
  }
  const std::string body =
      R"({"agenda":")" + Named(order.agenda) +
      "\",\"applicant\":" + ApplicantText(order.identity, Below(3)) + R"(,"court":")" +
      order.court + R"(","decision":"ordonnance","date":"2026-11-20","deadline":")" +
      order.deadline + "\",\"penalty_eur\":" + std::to_string(order.penalty_eur) + "}";
  Ask(
      StaffRequest(who, "POST /v1/mandates", body),
      [&](const Told& told) { return courts_.Enter(who, order, told, DiskLow()); },
      http::Audience::kStaff);
}

void Life::SettleSomeMandate() {
  std::vector<std::string> waiting;
  std::vector<std::string> all{"M0000000000000"};
  for (const auto& [name, order] : auditor_.book().fair->orders) {
    all.push_back(name);
    if (order.state == CourtOrder::State::kProposed) waiting.push_back(name);
  }
  const auto& from = waiting.empty() || Below(3) == 0 ? all : waiting;
  const std::string name = from[Below(from.size())];
  const Staff& who = SomeAgent();
  if (Below(8) != 0) return AskMandateApproval(who, name);
  Ask(
      StaffRequest(who, "DELETE /v1/mandates/" + name, ""),
      [&](const Told& told) { return courts_.Withdraw(who, name, told, DiskLow()); },
      http::Audience::kStaff);
}

// Where it may have added a seat and the disk has failed, nobody knows what has become of it,
// whatever it would have answered.
void Life::AskMandateApproval(const Staff& who, const std::string& name) {
  const std::string adds_to = courts_.WouldAdd(name);
  bool answered = false;
  if (!adds_to.empty())
    shares_.Expect({.agenda = auditor_.book().fair->orders.at(name).agenda, .court_slot = adds_to});
  Ask(
      StaffRequest(who, "POST /v1/mandates/" + name + "/approve", ""),
      [&](const Told& told) {
        const bool broken = machine_.failed() || machine_.disk.dead();
        if (!adds_to.empty() && broken && told.code == "nothing-left") return std::string();
        answered = true;
        return courts_.Approve(who, name, VersionOf(name), told, machine_.clock.now, DiskLow());
      },
      http::Audience::kStaff);
  if (answered) return shares_.Forget();
  if (!adds_to.empty()) courts_.ApprovedPerhaps(who, name);
}

// Of the calendar that the mandate is for.
int Life::VersionOf(const std::string& mandate) {
  const auto order = auditor_.book().fair->orders.find(mandate);
  if (order == auditor_.book().fair->orders.end()) return 0;
  return static_cast<int>(machine_.engine().FindAgenda(Named(order->second.agenda))->version);
}

void Life::AskMandates() {
  static constexpr size_t kReaders[] = {0, 3, 5, 6};
  const Staff& who = AllStaff()[kReaders[Below(std::size(kReaders))]];
  std::optional<int> due;
  if (Below(2) == 0) due = static_cast<int>(Below(2) == 0 ? 4 : 50);
  Ask(
      StaffRequest(who, "GET /v1/mandates" + (due ? "?due=" + std::to_string(*due) : std::string()),
                   ""),
      [&](const Told& told) { return courts_.Listed(who, due, told, machine_.clock.now); },
      http::Audience::kStaff, Rests::kOnNothing);
}

}  // namespace creneau::sim
