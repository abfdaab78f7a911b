// Seats that go from one channel to another, and those whom a court sends.
#include <algorithm>

#include "tests/sim/ask.h"

namespace creneau::sim {
namespace {

std::string Named(const std::string& agenda) { return agenda.substr(0, agenda.size() - 1); }

// ,"slot":"2027-01-05T09:00", or nothing.
std::string SlotMember(const std::string& slot) {
  return TimeOf(slot).empty() ? "" : R"(,"slot":")" + TimeOf(slot) + "\"";
}

}  // namespace

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
  const std::string from = TimeOf(agenda.slots[Below(agenda.slots.size())]).substr(0, 10);
  Ask(
      Request("GET /v1/agendas/" + agenda.name + "/slots?from=" + from, "", ""),
      [&](const Told& told) {
        return shares_.Capacities(agenda.name + "/", told, machine_.clock.now);
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

// Mostly one whose key is for all agendas.
const Staff& Life::SomeCourtAgent() {
  const uint64_t which = Below(16);
  if (which < 2) return SomeAgent();
  return which < 5 ? ThirdAgent() : AllStaff()[which % 3];
}

void Life::EnterSomeMandate() {
  const Staff& who = SomeCourtAgent();
  const OfficeAgenda& agenda = SomeFairAgenda();
  CourtOrder order{agenda.name + "/", SomeoneForAShare(), "TA Simulation", "", 0, who.person};
  const uint64_t when = Below(8);
  order.deadline = when == 0 ? "2026-11-25"
                   : when == 1
                       ? "2026-12-04"
                       : TimeOf(agenda.slots[Below(1 + Below(agenda.slots.size()))]).substr(0, 10);
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
  const Staff& who = SomeCourtAgent();
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
