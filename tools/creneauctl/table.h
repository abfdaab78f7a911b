// Columns of plain text, each as wide as its widest cell. Widths count characters, not bytes:
// titles are French.
#pragma once

#include <string>
#include <vector>

namespace creneau::ctl {

enum class Align { kLeft, kRight };

class Table {
 public:
  explicit Table(std::vector<Align> columns) : columns_(std::move(columns)) {}
  void Row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  // Ends with a newline unless there are no rows.
  std::string Text() const;

 private:
  std::vector<Align> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// A label and a value a line; empty values are left out.
class Sheet {
 public:
  void Add(const std::string& label, const std::string& value) {
    if (!value.empty()) table_.Row({label, value});
  }
  std::string Text() const { return table_.Text(); }

 private:
  Table table_{{Align::kLeft, Align::kLeft}};
};

}  // namespace creneau::ctl
