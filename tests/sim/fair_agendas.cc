#include "tests/sim/fair_agendas.h"

#include "base/check.h"
#include "tests/sim/verdict.h"

namespace creneau::sim {
namespace {

// Of the agendas that are there, in order. The first slot of the first is 863 hours after lives
// begin: what flows there does so on the second day and on the third. The others' time would come
// after eleven weeks, which no life lasts.
const std::vector<FairRules>& AllRules() {
  static const std::vector<FairRules> kRules = {
      {2, 3, true, {{"phone", "web", 832}, {"post", "desk", 812}}},
      {1, 2, false, {}},
  };
  return kRules;
}

}  // namespace

const std::vector<OfficeAgenda>& FairAgendas() {
  static const std::vector<OfficeAgenda> kAgendas = {
      {"sim-shares",
       "2027-01-05",
       "",
       R"([opening]
weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
open = "07:30"
close = "19:30"
)",
       {"sim-shares/2027-01-05T09:00", "sim-shares/2027-03-23T09:00",
        "sim-shares/2027-03-23T09:30"},
       {7 * 60 + 30, 19 * 60 + 30},
       {}},
      {"sim-court",
       "2027-02-03",
       "",
       "",
       {"sim-court/2027-02-03T14:00", "sim-court/2027-02-10T14:00"},
       {},
       {}},
  };
  return kAgendas;
}

const FairRules& FairRulesOf(const std::string& agenda) {
  for (size_t i = 0; i < FairAgendas().size(); ++i) {
    if (FairAgendas()[i].name + "/" == agenda) return AllRules()[i];
  }
  CHECK(false);
  return AllRules().front();
}

Instant FairSlotStart(const std::string& slot) {
  return Instant{Seconds(TimeOf(slot) + ":00+01:00") * kMsPerSecond};
}

const std::vector<Shares>& SharesOfFiles() {
  static const std::vector<Shares> kFiles = {
      {{"web", 3}, {"phone", 2}, {"desk", 2}, {"post", 1}, {"court", 1}},
      {{"web", 2}, {"phone", 1}, {"desk", 2}, {"post", 1}, {"court", 1}},
      {{"web", 3}, {"phone", 1}, {"desk", 1}, {"post", 2}, {"court", 0}},
  };
  return kFiles;
}

std::string FairAgendaText(const OfficeAgenda& agenda, const Shares& shares) {
  const FairRules& rules = FairRulesOf(agenda.name + "/");
  std::string text = AgendaHead(agenda.name, "simulated");
  text += "helper_cap = " + std::to_string(rules.helper_cap) +
          "\nparty_max = " + std::to_string(rules.party_max) + "\ncourt_overflow = \"" +
          (rules.adds_for_courts ? "add" : "count") + "\"\n" + agenda.opening;
  for (const FlowRule& flow : rules.flows) {
    text += "[[flow]]\nfrom = \"" + flow.from + "\"\nto = \"" + flow.to +
            "\"\nhours_before = " + std::to_string(flow.hours_before) + "\n";
  }
  std::string seats;
  for (const auto& [channel, count] : shares)
    seats += (seats.empty() ? "" : ", ") + channel + " = " + std::to_string(count);
  // One session for each slot: half an hour of one day.
  for (const std::string& slot : agenda.slots) {
    const std::string day = TimeOf(slot).substr(0, 10);
    const std::string from = TimeOf(slot).substr(11);
    const bool half = from.substr(3) == "30";
    const std::string until = half ? "10:00" : from.substr(0, 3) + "30";
    text += "[[session]]\nweekdays = [\"tue\", \"wed\"]\nfrom = " + day + "\nuntil = " + day +
            "\nhours = [\"" + from + "-" + until + "\"]\nminutes = 30\nseats = { " + seats + " }\n";
  }
  return text;
}

}  // namespace creneau::sim
