#include "codec/csv.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace creneau::codec {
namespace {

std::string Trimmed(std::string_view text) {
  const size_t from = text.find_first_not_of(" \t");
  if (from == std::string_view::npos) return "";
  return std::string(text.substr(from, text.find_last_not_of(" \t") - from + 1));
}

}  // namespace

std::optional<std::vector<CsvCell>> SplitCsv(std::string_view line, char separator) {
  std::vector<CsvCell> cells(1, CsvCell{"", 1});
  bool quoted = false;
  for (size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quoted && c == '"' && i + 1 < line.size() && line[i + 1] == '"') {
      cells.back().text.push_back(line[++i]);
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && c == separator) {
      cells.push_back(CsvCell{"", static_cast<int>(i) + 2});
    } else {
      cells.back().text.push_back(c);
    }
  }
  if (quoted) return std::nullopt;
  for (CsvCell& cell : cells) cell.text = Trimmed(cell.text);
  return cells;
}

char SeparatorOfCsv(std::string_view header) {
  char best = ',';
  for (const char c : {';', '\t'}) {
    if (std::count(header.begin(), header.end(), c) >
        std::count(header.begin(), header.end(), best))
      best = c;
  }
  return best;
}

std::optional<CivilDate> AnyCsvDate(std::string_view text) {
  if (text.size() == 10 && text[2] == '/' && text[5] == '/') {
    return ParseDate(absl::StrCat(std::string(text.substr(6)), "-", std::string(text.substr(3, 2)),
                                  "-", std::string(text.substr(0, 2))));
  }
  return ParseDate(text);
}

bool ForEachCsvLine(std::string_view text, const std::function<bool(std::string_view, int)>& header,
                    const std::function<void(std::string_view, int)>& line) {
  if (text.substr(0, 3) == "\xef\xbb\xbf")
    text.remove_prefix(3);  // what spreadsheets put before UTF-8
  bool has_header = false;
  for (int number = 1; !text.empty(); ++number) {
    const size_t end = text.find('\n');
    std::string_view one = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (!one.empty() && one.back() == '\r') one.remove_suffix(1);
    if (one.find_first_not_of(" \t,;") == std::string_view::npos) continue;
    if (has_header) {
      line(one, number);
    } else if (!header(one, number)) {
      return true;
    }
    has_header = true;
  }
  return has_header;
}

std::vector<CsvPart> PartsOfCsv(std::string_view text, size_t most_bytes) {
  std::vector<CsvPart> parts;
  std::string header;
  const auto begin = [&](std::string_view line, int number) {
    header = absl::StrCat(std::string(line), "\n");
    parts.push_back({header, number - 1, number});
    return true;
  };
  const auto add = [&](std::string_view line, int number) {
    size_t empty_lines = static_cast<size_t>(number - parts.back().last_line) - 1;
    if (parts.back().text.size() + empty_lines + line.size() + 1 > most_bytes) {
      parts.push_back({header, number - 2, number - 1});
      empty_lines = 0;
    }
    CsvPart& part = parts.back();
    part.text.append(empty_lines, '\n').append(line).push_back('\n');
    part.last_line = number;
  };
  ForEachCsvLine(text, begin, add);
  return parts;
}

}  // namespace creneau::codec
