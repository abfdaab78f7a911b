// What is wrong with a file that a person wrote: where, what, and what was expected. Plain values.
#pragma once

#include <string>
#include <vector>

namespace creneau::rules {

struct Diagnostic {
  int line = 0;    // from 1; 0: the file as a whole
  int column = 0;  // from 1; 0: the line as a whole
  std::string message;
};

using Diagnostics = std::vector<Diagnostic>;  // empty: nothing is wrong

}  // namespace creneau::rules
