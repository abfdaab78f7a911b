// Whom an office knows, as its spreadsheet has them: CSV whose first line names identity fields
// (dossier, birth_date, ...), then a line for each person. Birth dates may be 17/05/1990. Pure; any
// thread. What is read names people: callers hash it and forget it, and log none of it.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "rules/agenda.h"
#include "rules/diagnostic.h"

namespace creneau::codec {

struct RosterFile {
  struct Person {
    std::array<std::string, rules::kIdentityFields> fields;  // empty: not known
    int line = 0;
  };
  std::vector<Person> people;
  rules::Diagnostics errors;  // with any of these, `people` is not to be used; none quotes a cell
};

RosterFile ReadRosterCsv(std::string_view text);

}  // namespace creneau::codec
