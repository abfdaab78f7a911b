#include "http/headers.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/limits.h"
#include "http/octets.h"

namespace creneau::http {
namespace {

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Cuts the text before the first `separator` off and returns it trimmed.
std::string_view Next(std::string_view& text, char separator) {
  const size_t at = text.find(separator);
  const std::string_view head = text.substr(0, at);
  text = at == std::string_view::npos ? std::string_view() : text.substr(at + 1);
  return Trim(head);
}

constexpr OctetSet kKeyOctets = OctetSet::LettersDigitsAnd("-_=+/.");

// "0.8" as 800, by RFC 9110 12.4.2; what is not a quality counts as none at all.
int Thousandths(std::string_view q) {
  if (q.empty() || q.size() > 5 || (q[0] != '0' && q[0] != '1')) return 0;
  if (q.size() > 1 && q[1] != '.') return 0;
  int value = (q[0] - '0') * 1000;
  int unit = 100;
  for (const char c : q.substr(std::min<size_t>(2, q.size()))) {
    if (c < '0' || c > '9') return 0;
    value += (c - '0') * unit;
    unit /= 10;
  }
  return std::min(value, 1000);
}

int QualityOf(std::string_view parameters) {
  while (!parameters.empty()) {
    const std::string_view parameter = Next(parameters, ';');
    if (parameter.size() >= 2 && (parameter[0] == 'q' || parameter[0] == 'Q') &&
        parameter[1] == '=') {
      return Thousandths(parameter.substr(2));
    }
  }
  return 1000;
}

// How a media range bears on one type: the most specific range that fits decides.
struct Preference {
  int specificity = 0;  // 0 none, 1 */*, 2 type/*, 3 exact
  int quality = 0;

  void Consider(int new_specificity, int new_quality) {
    if (new_specificity < specificity) return;
    specificity = new_specificity;
    quality = new_quality;
  }
};

}  // namespace

bool IsMediaType(std::string_view content_type, std::string_view type) {
  return content_type == type || EqualsInAnyCase(Next(content_type, ';'), type);
}

Form NegotiateReservation(std::string_view accept) {
  if (accept.empty() || accept == "*/*" || Trim(accept).empty()) return Form::kJson;
  Preference json;
  Preference protobuf;  // for those who name it: no wildcard means that
  Preference calendar;
  while (!accept.empty()) {
    std::string_view element = Next(accept, ',');
    const std::string_view range = Next(element, ';');
    const int quality = QualityOf(element);
    if (range == "*/*") {
      json.Consider(1, quality);
      calendar.Consider(1, quality);
    }
    if (EqualsInAnyCase(range, "application/*")) json.Consider(2, quality);
    if (EqualsInAnyCase(range, "application/json")) json.Consider(3, quality);
    if (EqualsInAnyCase(range, "application/x-protobuf")) protobuf.Consider(3, quality);
    if (EqualsInAnyCase(range, "text/*")) calendar.Consider(2, quality);
    if (EqualsInAnyCase(range, "text/calendar")) calendar.Consider(3, quality);
  }
  const int best = std::max({json.quality, protobuf.quality, calendar.quality});
  if (best == 0) return Form::kNone;
  if (json.quality == best) return Form::kJson;
  return protobuf.quality == best ? Form::kProtobuf : Form::kCalendar;
}

Form NegotiatePublic(std::string_view accept, Form other) {
  if (Trim(accept).empty()) return Form::kJson;
  const std::string_view type = other == Form::kCalendar ? "text/calendar" : "text/plain";
  Preference json;
  Preference text;
  while (!accept.empty()) {
    std::string_view element = Next(accept, ',');
    const std::string_view range = Next(element, ';');
    const int quality = QualityOf(element);
    if (range == "*/*") json.Consider(1, quality);
    if (range == "*/*") text.Consider(1, quality);
    if (EqualsInAnyCase(range, "application/*")) json.Consider(2, quality);
    if (EqualsInAnyCase(range, "application/json")) json.Consider(3, quality);
    if (EqualsInAnyCase(range, "text/*")) text.Consider(2, quality);
    if (EqualsInAnyCase(range, type)) text.Consider(3, quality);
  }
  if (json.quality == 0 && text.quality == 0) return Form::kNone;
  return json.quality >= text.quality ? Form::kJson : other;
}

bool IsStrongIdempotencyKey(std::string_view key) {
  if (key.size() < limits::kIdempotencyKeyMin || key.size() > limits::kIdempotencyKeyMax)
    return false;
  constexpr size_t kDistinctAtLeast = 8;
  std::array<uint64_t, 2> seen{};  // a bit for each octet of ASCII
  size_t distinct = 0;
  for (const char c : key) {
    if (!kKeyOctets.Has(c)) return false;
    const auto octet = static_cast<unsigned char>(c);
    const uint64_t bit = uint64_t{1} << (octet % 64);
    uint64_t& word = seen[octet / 64];
    distinct += (word & bit) == 0 ? 1 : 0;
    word |= bit;
  }
  return distinct >= kDistinctAtLeast;
}

std::optional<uint32_t> VersionFromTag(std::string_view if_match) {
  const std::string_view tag = Trim(if_match);
  if (tag.size() < 3 || tag.front() != '"' || tag.back() != '"') return std::nullopt;
  const char* const begin = tag.data() + 1;
  const char* const end = tag.data() + tag.size() - 1;
  uint32_t version = 0;
  const std::from_chars_result read = std::from_chars(begin, end, version);
  if (read.ec != std::errc() || (read.ptr != end && *read.ptr != '.')) return std::nullopt;
  return version;
}

std::optional<std::string_view> BearerToken(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer";
  if (!EqualsInAnyCase(authorization.substr(0, kScheme.size()), kScheme)) return std::nullopt;
  authorization.remove_prefix(kScheme.size());
  if (authorization.substr(0, 1) != " ") return std::nullopt;
  return authorization.substr(1);
}

bool NamesTag(std::string_view if_none_match, std::string_view tag) {
  while (!if_none_match.empty()) {
    std::string_view element = Next(if_none_match, ',');
    if (element == "*") return true;
    if (element.substr(0, 2) == "W/") element.remove_prefix(2);
    if (element == tag) return true;
  }
  return false;
}

}  // namespace creneau::http
