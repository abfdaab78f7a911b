// Bounds the nesting of a TOML text before toml++ builds it. Knows strings and comments, nothing
// else of the grammar: what it lets through is at most kDeepest * kDeepest levels deep.

#include "absl/strings/str_cat.h"
#include "codec/toml_reader.h"

namespace creneau::codec {
namespace {

constexpr int kDeepest = 16;  // a file of ours nests three times; no key of ours has a dot

// Where a string that starts at `at` ends (the index after it). One-line strings end at the line's
// end whatever happens: toml++ refuses them there.
size_t SkipString(std::string_view text, size_t at) {
  const char quote = text[at];
  const std::string_view three = quote == '"' ? "\"\"\"" : "'''";
  const bool is_long = text.substr(at, 3) == three;
  size_t i = at + (is_long ? 3 : 1);
  while (i < text.size()) {
    if (quote == '"' && text[i] == '\\') {
      i += 2;
    } else if (is_long && text.substr(i, 3) == three) {
      i += 3;
      // Up to two quotes of the content may stand before the three that close.
      for (int extra = 0; extra < 2 && i < text.size() && text[i] == quote; ++extra) ++i;
      return i;
    } else if (!is_long && (text[i] == quote || text[i] == '\n')) {
      return text[i] == quote ? i + 1 : i;
    } else {
      ++i;
    }
  }
  return text.size();
}

}  // namespace

std::optional<rules::Diagnostic> FindDeepNesting(std::string_view text) {
  int line = 1;
  int dots = 0;  // in this line
  int open = 0;  // brackets and braces
  size_t i = 0;
  while (i < text.size()) {
    const char c = text[i];
    if (c == '"' || c == '\'') {
      const size_t end = SkipString(text, i);
      for (; i < end && i < text.size(); ++i) line += text[i] == '\n' ? 1 : 0;
      continue;
    }
    if (c == '#') {
      i = text.find('\n', i);
      if (i == std::string_view::npos) break;
      continue;
    }
    if (c == '\n') {
      ++line;
      dots = 0;
    }
    if (c == '.') ++dots;
    if (c == '[' || c == '{') ++open;
    if ((c == ']' || c == '}') && open > 0) --open;
    if (dots > kDeepest || open > kDeepest) {
      return rules::Diagnostic{
          line, 0, absl::StrCat("tables and arrays nest deeper than ", kDeepest, " here")};
    }
    ++i;
  }
  return std::nullopt;
}

}  // namespace creneau::codec
