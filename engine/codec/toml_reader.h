// Reading a TOML table with questions instead of exceptions: every answer that is not as expected
// becomes a diagnostic with its line and column, and a key that nobody asked for is an error with
// the nearest one that exists. Includes toml++ (heavy): for agenda_toml*.cc only. One thread.
#pragma once

#include <toml++/toml.h>

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "rules/agenda.h"
#include "rules/diagnostic.h"

namespace creneau::codec {

class TomlReader {
 public:
  // `where` names the table in messages: "" for the file, "[opening]".
  TomlReader(const toml::table& table, std::string where, rules::Diagnostics& errors)
      : table_(table), where_(std::move(where)), errors_(errors) {}

  const toml::node* Find(std::string_view key);  // null when absent; marks the key as known
  const toml::node* Need(std::string_view key, std::string_view expected);  // absent is an error

  std::optional<std::string> Text(std::string_view key, bool needed, size_t longest);
  std::optional<int> Number(std::string_view key, int least, int most, std::string_view what);
  std::optional<CivilDate> Date(std::string_view key, bool needed);
  std::optional<rules::Weekdays> Days(std::string_view key);
  std::optional<int> TimeOfDay(std::string_view key);  // minutes after midnight; needed

  // Every key that was not asked for is an error. Last.
  void RefuseUnknown();

  void Error(const toml::node& node, std::string message);
  void ErrorHere(std::string message);  // at the table itself

 private:
  const toml::table& table_;
  std::string where_;
  rules::Diagnostics& errors_;
  std::vector<std::string> known_;
};

// "09:00" as minutes after midnight; "24:00" is the end of the day.
std::optional<int> ParseTimeOfDay(std::string_view text);

// Nothing for years that a slot's name cannot have (ParseDate).
std::optional<CivilDate> CivilOf(const toml::date& date);

// The first place at which tables or arrays nest deeper than any file of ours. toml++ 3.3 bounds
// brackets but not dotted keys, and its destructor recurses once a level: 100 KB of `a.a.a` would
// overflow the stack. Nothing: safe to parse.
std::optional<rules::Diagnostic> FindDeepNesting(std::string_view text);

}  // namespace creneau::codec
