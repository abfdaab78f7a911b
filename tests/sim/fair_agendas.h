// Agendas of the office in which every channel has its share (design 5), in one group with the
// others: who has a seat in one of them has none in another.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/sim/fair_book.h"
#include "tests/sim/office.h"

namespace creneau::sim {

struct FlowRule {
  std::string from;
  std::string to;
  int hours_before = 0;
};

struct FairRules {
  int helper_cap = 2;
  size_t party_max = 3;
  bool adds_for_courts = true;  // or takes another channel's seat, and counts it
  std::vector<FlowRule> flows;
};

// As OfficeAgendas(): what the people of the office know of them.
const std::vector<OfficeAgenda>& FairAgendas();
const FairRules& FairRulesOf(const std::string& agenda);  // "sim-shares/"

// When the slot begins; all of these are in winter.
Instant FairSlotStart(const std::string& slot);

// Seats of each slot by channel, as an agenda's file says.
using Shares = std::map<std::string, int>;
// Some that are published, the first at the beginning.
const std::vector<Shares>& SharesOfFiles();
std::string FairAgendaText(const OfficeAgenda& agenda, const Shares& shares);

}  // namespace creneau::sim
