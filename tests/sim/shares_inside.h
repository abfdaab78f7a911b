// What the files about shares have in common (shares.h). Not for others.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "tests/sim/shares.h"
#include "tests/sim/verdict.h"

namespace creneau::sim {

using Counts = std::map<std::string, int>;

inline int CountOf(const Counts& counts, const std::string& channel) {
  const auto at = counts.find(channel);
  return at == counts.end() ? 0 : at->second;
}

// -1: there is none.
inline int NumberIn(const Told& told, const char* member) {
  const std::string text = told.Member(member);
  return text.empty() ? -1 : std::stoi(text);
}

// What slots have next to what their file says; by slot and channel, of these the shifted ones.
void OnTop(const OfficeAgenda& agenda, const Counts& before, const Shares& file, Counts* seats,
           Counts* shifted);

}  // namespace creneau::sim
