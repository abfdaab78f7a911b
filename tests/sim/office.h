// The agendas of the simulated office, but for those with shares (fair_agendas.h).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "tests/sim/auditor.h"
#include "tests/sim/queues.h"

namespace creneau::sim {

// An agenda of the office. Both are one group.
struct OfficeAgenda {
  std::string name;
  std::string date;   // of its one day
  std::string hours;  // of its one session
  std::string opening;
  std::vector<std::string> slots;  // as the auditor names them
  Hours open;
  std::optional<QueueRules> queue;
};
// Those without a queue, then those with one.
const std::vector<OfficeAgenda>& OfficeAgendas();
inline constexpr size_t kDirectAgendas = 2;
// How each agenda's file begins.
std::string AgendaHead(const std::string& name, const std::string& group,
                       const std::string& policy = "direct");
// As the auditor names them, "sim/"; also one with shares.
const OfficeAgenda& AgendaNamed(const std::string& name);

}  // namespace creneau::sim
