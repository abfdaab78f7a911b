#include "codec/roster_csv.h"

#include <algorithm>

#include "codec/csv.h"
#include "rules/identity.h"

namespace creneau::codec {
namespace {

using rules::IdentityField;

struct Columns {
  char separator = ',';
  std::vector<IdentityField> fields;
};

bool ReadHeader(std::string_view line, int number, Columns* columns, RosterFile* out) {
  columns->separator = SeparatorOfCsv(line);
  const auto cells = SplitCsv(line, columns->separator);
  for (size_t i = 0; cells && i < cells->size(); ++i) {
    const auto field = rules::IdentityFieldFromName((*cells)[i].text);
    if (!field || std::count(columns->fields.begin(), columns->fields.end(), *field) > 0) {
      columns->fields.clear();
      break;
    }
    columns->fields.push_back(*field);
  }
  if (!columns->fields.empty()) return true;
  out->errors.push_back({number, 1,
                         "the first line names the columns, each once: dossier, passport, "
                         "foreigner_number, birth_date"});
  return false;
}

void ReadLine(std::string_view line, int number, const Columns& columns, RosterFile* out) {
  const auto cells = SplitCsv(line, columns.separator);
  if (!cells || cells->size() > columns.fields.size()) {
    out->errors.push_back(
        {number, 1, cells ? "there are more cells than column names" : "a quote is left open"});
    return;
  }
  RosterFile::Person person;
  person.line = number;
  for (size_t i = 0; i < cells->size(); ++i) {
    std::string text = (*cells)[i].text;
    if (columns.fields[i] == IdentityField::kBirthDate) {
      if (const auto date = AnyCsvDate(text)) text = FormatDate(*date);
    }
    person.fields[static_cast<size_t>(columns.fields[i])] = std::move(text);
  }
  out->people.push_back(std::move(person));
}

}  // namespace

RosterFile ReadRosterCsv(std::string_view text) {
  RosterFile out;
  Columns columns;
  const bool has_header = ForEachCsvLine(
      text,
      [&](std::string_view line, int number) { return ReadHeader(line, number, &columns, &out); },
      [&](std::string_view line, int number) { ReadLine(line, number, columns, &out); });
  if (!has_header) {
    out.errors.push_back(
        {0, 0, "the file is empty: expected a line that names the columns, then a line a person"});
  }
  if (out.people.empty() && out.errors.empty()) {
    out.errors.push_back({0, 0,
                          "nobody is in it: with a roster of nobody, nobody can book. An export "
                          "that was cut short? To stop bookings, pause the agenda"});
  }
  return out;
}

}  // namespace creneau::codec
