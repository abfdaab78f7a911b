#include "codec/toml_reader.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace creneau::codec {
namespace {

constexpr std::string_view kWeekdays[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

std::string Quoted(std::string_view key) { return absl::StrCat("`", std::string(key), "`"); }

// Levenshtein's distance: how many letters to change, add or leave out.
size_t Distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j < row.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::optional<int> ParseTimeOfDay(std::string_view text) {
  const auto digit = [&](size_t i) { return text[i] >= '0' && text[i] <= '9'; };
  if (text.size() != 5 || text[2] != ':' || !digit(0) || !digit(1) || !digit(3) || !digit(4))
    return std::nullopt;
  const int hour = (text[0] - '0') * 10 + (text[1] - '0');
  const int minute = (text[3] - '0') * 10 + (text[4] - '0');
  if (minute > 59 || hour * 60 + minute > 24 * 60) return std::nullopt;
  return hour * 60 + minute;
}

std::optional<CivilDate> CivilOf(const toml::date& date) {
  return ParseDate(FormatDate(CivilDate{date.year, date.month, date.day}));
}

void TomlReader::Error(const toml::node& node, std::string message) {
  const toml::source_position at = node.source().begin;
  errors_.push_back({static_cast<int>(at.line), static_cast<int>(at.column), std::move(message)});
}

void TomlReader::ErrorHere(std::string message) { Error(table_, std::move(message)); }

const toml::node* TomlReader::Find(std::string_view key) {
  known_.emplace_back(key);
  return table_.get(key);
}

const toml::node* TomlReader::Need(std::string_view key, std::string_view expected) {
  const toml::node* node = Find(key);
  if (node == nullptr) {
    ErrorHere(absl::StrCat(Quoted(key), " is missing", where_.empty() ? "" : " in " + where_, ": ",
                           std::string(expected)));
  }
  return node;
}

std::optional<std::string> TomlReader::Text(std::string_view key, bool needed, size_t longest) {
  const toml::node* node = needed ? Need(key, "expected a text") : Find(key);
  if (node == nullptr) return std::nullopt;
  const auto text = node->value_exact<std::string>();
  if (!text || text->empty() || text->size() > longest) {
    Error(*node,
          absl::StrCat(Quoted(key), " must be a text of 1 to ", longest, " bytes, in quotes"));
    return std::nullopt;
  }
  return text;
}

std::optional<int> TomlReader::Number(std::string_view key, int least, int most,
                                      std::string_view what) {
  const toml::node* node = Find(key);
  if (node == nullptr) return std::nullopt;
  const auto number = node->value_exact<int64_t>();
  if (!number || *number < least || *number > most) {
    Error(*node, absl::StrCat(Quoted(key), " must be a whole number of ", std::string(what),
                              " from ", least, " to ", most));
    return std::nullopt;
  }
  return static_cast<int>(*number);
}

std::optional<CivilDate> TomlReader::Date(std::string_view key, bool needed) {
  const toml::node* node = needed ? Need(key, "expected a date like 2026-12-01") : Find(key);
  if (node == nullptr) return std::nullopt;
  const auto date = node->value_exact<toml::date>();
  const auto civil = date ? CivilOf(*date) : std::nullopt;
  if (!civil) {
    Error(*node, absl::StrCat(Quoted(key), " must be a date without quotes, like 2026-12-01"));
  }
  return civil;
}

std::optional<rules::Weekdays> TomlReader::Days(std::string_view key) {
  const toml::node* node = Need(key, "expected a list like [\"mon\", \"tue\"]");
  if (node == nullptr) return std::nullopt;
  const toml::array* array = node->as_array();
  rules::Weekdays days;
  if (array != nullptr) {
    for (const toml::node& item : *array) {
      const auto name = item.value_exact<std::string>().value_or("");
      const auto* at = std::find(std::begin(kWeekdays), std::end(kWeekdays), name);
      if (at == std::end(kWeekdays)) {
        Error(item, absl::StrCat(Quoted(key), " takes mon, tue, wed, thu, fri, sat, sun"));
        return std::nullopt;
      }
      days.bits = static_cast<uint8_t>(days.bits | 1 << (at - std::begin(kWeekdays)));
    }
  }
  if (days.bits == 0) {
    Error(*node, absl::StrCat(Quoted(key),
                              " must be a list of at least one weekday, like [\"mon\", \"tue\"]"));
    return std::nullopt;
  }
  return days;
}

std::optional<int> TomlReader::TimeOfDay(std::string_view key) {
  const toml::node* node = Need(key, "expected a time like \"09:00\"");
  if (node == nullptr) return std::nullopt;
  const auto time = ParseTimeOfDay(node->value_exact<std::string>().value_or(""));
  if (!time)
    Error(*node,
          absl::StrCat(Quoted(key), " must be a time in quotes, from \"00:00\" to \"24:00\""));
  return time;
}

void TomlReader::RefuseUnknown() {
  for (const auto& [key, node] : table_) {
    const std::string name(key.str());
    if (std::find(known_.begin(), known_.end(), name) != known_.end()) continue;
    const auto nearest = std::min_element(
        known_.begin(), known_.end(),
        [&](const auto& a, const auto& b) { return Distance(a, name) < Distance(b, name); });
    std::string message =
        absl::StrCat("unknown key ", Quoted(name), where_.empty() ? "" : " in " + where_);
    if (nearest != known_.end() && Distance(*nearest, name) <= 1 + name.size() / 3) {
      absl::StrAppend(&message, "; did you mean ", Quoted(*nearest), "?");
    }
    const toml::source_position at = key.source().begin;
    errors_.push_back({static_cast<int>(at.line), static_cast<int>(at.column), std::move(message)});
  }
}

}  // namespace creneau::codec
