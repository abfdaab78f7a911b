// What CSV files of all kinds have in common: lines, cells, quotes (RFC 4180), dates as French
// spreadsheets write them. Pure; any thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace creneau::codec {

struct CsvCell {
  std::string text;  // trimmed
  int column = 0;    // in the line, from 1
};

// Nothing when a quote is left open.
std::optional<std::vector<CsvCell>> SplitCsv(std::string_view line, char separator);

// Comma, semicolon or tab: whatever is there most.
char SeparatorOfCsv(std::string_view header);

// 01/12/2026 or 2026-12-01.
std::optional<CivilDate> AnyCsvDate(std::string_view text);

// Calls header(line), then line(line, number) for each other one that says something, numbered from
// 1 as editors do; byte order mark and CRLF left out. Ends when header returns false. False: there
// was no header.
bool ForEachCsvLine(std::string_view text, const std::function<bool(std::string_view, int)>& header,
                    const std::function<void(std::string_view, int)>& line);

// A file in parts, for whoever takes no more than `most_bytes` at a time: each has the header and
// then whole lines, those that say nothing included, so that line n of it is line n + lines_before
// of the file. A line that does not fit in by itself makes a part that is too large. Nothing where
// there is no header.
struct CsvPart {
  std::string text;
  int lines_before = 0;
  int last_line = 0;  // of the file
};
std::vector<CsvPart> PartsOfCsv(std::string_view text, size_t most_bytes);

}  // namespace creneau::codec
