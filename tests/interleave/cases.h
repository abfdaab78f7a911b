// The cases by name (case.h says what each must show).
#pragma once

#include <vector>

#include "tests/interleave/case.h"

namespace creneau::interleave {

const std::vector<Case>& Pairs();
const std::vector<Case>& Triples();
const std::vector<Case>& Scans();
const std::vector<Case>& Fairness();
const std::vector<Case>& Parties();

}  // namespace creneau::interleave
