// The staff of the simulated office, their keys, and what each role may do by the table of
// design 7.
#pragma once

#include <string>
#include <vector>

#include "rules/roles.h"

namespace creneau::sim {

struct Staff {
  std::string person;
  rules::Role role = rules::Role::kAgent;
  std::string agenda{};  // that the key is for, "sim/"; empty: all
  bool stands = true;    // the key is neither expired nor revoked
  std::string id{};      // of the key
  std::string bearer{};  // the key

  bool Covers(const std::string& name) const { return agenda.empty() || agenda == name; }
};

// Some persons have two keys, some keys stand no longer.
const std::vector<Staff>& AllStaff();
// One more agent, whose key is for "sim-shares/" alone: a third person where two have settled
// something.
const Staff& ThirdAgent();
// KEYS/staff as creneauctl would write it.
std::string StaffFile();

// What somebody asks who may not. The body is one that would have an effect.
struct StaffRoute {
  std::string method;
  std::string path;  // {}: an agenda, a reservation or an act
  unsigned roles;    // those who may
};
const std::vector<StaffRoute>& StaffRoutes();

}  // namespace creneau::sim
