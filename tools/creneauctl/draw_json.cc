#include "tools/creneauctl/draw_json.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cstdint>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "proof/draw_lines.h"
#include "rules/calendar.h"
#include "rules/uniformity.h"

namespace creneau::ctl {
namespace {

// The members of draw.json that the other files make, in the order of the alphabet.
constexpr std::string_view kMade[] = {"agenda", "allocation", "draw",     "entries",
                                      "format", "root",       "round_at", "rules",
                                      "seats",  "seed",       "surprise", "value"};

// Of ASCII, and seen: a line's end is the only control character.
bool IsPlain(char c) { return (c >= ' ' && c <= '~') || c == '\n'; }

// Three decimals, as rules::Uniformity writes it, and no more than the engine publishes.
bool MayBeSurprise(std::string_view text) {
  rules::Uniformity found;
  return absl::SimpleAtod(std::string(text), &found.surprise) && found.surprise >= 0 &&
         found.passes() && found.text() == text;
}

}  // namespace

absl::Status WrongAt(std::string_view file, size_t line, std::string_view what) {
  return absl::DataLossError(
      line == 0 ? absl::StrCat(std::string(file), ": ", std::string(what))
                : absl::StrCat(std::string(file), " line ", line, ": ", std::string(what)));
}

absl::Status DiffersAt(std::string_view file, size_t line, std::string_view expected,
                       std::string_view found) {
  return WrongAt(
      file, line,
      absl::StrCat("expected \"", std::string(expected), "\", found \"", std::string(found), "\""));
}

absl::StatusOr<DrawJson> DrawJson::Read(std::string_view text) {
  boost::system::error_code error;
  const boost::json::value value =
      boost::json::parse(boost::json::string_view(text.data(), text.size()), error);
  if (error || !value.is_object()) return absl::InvalidArgumentError("draw.json is no JSON object");
  DrawJson facts;
  for (const auto& member : value.get_object()) {
    if (!member.value().is_string())
      return absl::InvalidArgumentError("draw.json has a member that is no text");
    const boost::json::string& held = member.value().get_string();
    facts.members_[std::string(member.key())] = std::string(held.data(), held.size());
  }
  // Nothing in it needs an escape, and whoever reads a name twice may take the other one. What
  // one cannot see could tell two values apart that look the same.
  const auto quotes = std::count(text.begin(), text.end(), '"');
  if (text.find('\\') != std::string_view::npos ||
      static_cast<size_t>(quotes) != 4 * facts.members_.size() ||
      !std::all_of(text.begin(), text.end(), IsPlain))
    return absl::DataLossError(
        "draw.json: has a member twice, or characters that none of its texts can have");
  if (facts.Of("format") != proof::DrawFormat(true) &&
      facts.Of("format") != proof::DrawFormat(false))
    return absl::InvalidArgumentError(absl::StrCat(
        "draw.json has no \"format\": \"", std::string(proof::DrawFormat(true)),
        "\": these are no files of a draw, or of a version that this program does not know"));
  return facts;
}
bool DrawJson::has_holders() const { return Of("format") == proof::DrawFormat(true); }

std::string_view DrawJson::Of(const std::string& name) const {
  const auto at = members_.find(name);
  return at == members_.end() ? std::string_view() : at->second;
}

absl::Status DrawJson::Expect(const std::string& name, const std::string& expected) const {
  if (Of(name) == expected) return absl::OkStatus();
  return DiffersAt("draw.json " + name, 0, expected, Of(name));
}

absl::StatusOr<Instant> DrawJson::TimeOf(const std::string& name,
                                         const absl::TimeZone& zone) const {
  const std::string where = "draw.json " + name;
  const std::string text(Of(name));
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, &error))
    return WrongAt(where, 0, absl::StrCat("\"", text, "\" is no time"));
  const Instant at{absl::ToUnixMillis(time)};
  if (rules::FormatRfc3339(at, zone) == text) return at;
  return DiffersAt(where, 0, rules::FormatRfc3339(at, zone), text);
}

absl::Status DrawJson::CheckTold(const absl::TimeZone& zone, Instant closed_at,
                                 Instant round_at) const {
  if (!Of("round_at").empty()) {
    const std::string expected = rules::FormatRfc3339(round_at, zone);
    if (absl::Status round = Expect("round_at", expected); !round.ok()) return round;
  }
  const struct {
    const char* name;
    Instant from, until;
    const char* says;
  } times[] = {
      {"announced_at", Instant{INT64_MIN}, closed_at, "it was announced after it was closed"},
      {"done_at", round_at, Instant{INT64_MAX}, "it was run before its number was public"}};
  for (const auto& [name, from, until, says] : times) {
    if (Of(name).empty()) continue;
    const absl::StatusOr<Instant> at = TimeOf(name, zone);
    if (!at.ok()) return at.status();
    if (*at < from || until < *at) return WrongAt(absl::StrCat("draw.json ", name), 0, says);
  }
  uint64_t position = 0;
  const std::string_view told = Of("log_position");
  if (!told.empty() &&
      (!absl::SimpleAtoi(std::string(told), &position) || std::to_string(position) != told))
    return WrongAt("draw.json log_position", 0, "is no position in a log");
  const std::string_view surprise = Of("surprise_of_entries");
  if (!surprise.empty() && !MayBeSurprise(surprise))
    return WrongAt("draw.json surprise_of_entries", 0,
                   absl::StrCat("\"", std::string(surprise), "\" is no number of three decimals, ",
                                rules::Uniformity::limit_text(), " at most"));
  return absl::OkStatus();
}

std::vector<std::string> DrawJson::Unchecked() const {
  std::vector<std::string> unchecked;
  for (const auto& [name, text] : members_) {
    if (!text.empty() && !std::binary_search(std::begin(kMade), std::end(kMade), name))
      unchecked.push_back(name);
  }
  return unchecked;
}

}  // namespace creneau::ctl
