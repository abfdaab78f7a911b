#include "tools/creneauctl/documents.h"

#include <charconv>

namespace creneau::ctl {

json::object ParseDocument(std::string_view body) {
  json::error_code failed;
  json::value value = json::parse({body.data(), body.size()}, failed);
  if (failed || !value.is_object()) return {};
  return value.as_object();
}

const json::value* Find(const json::object& object, std::string_view name) {
  return object.if_contains({name.data(), name.size()});
}

std::string Text(const json::object& object, std::string_view name) {
  const json::value* value = Find(object, name);
  if (value == nullptr || value->is_null()) return {};
  if (value->is_string()) return std::string(value->as_string().data(), value->as_string().size());
  if (value->is_bool()) return value->as_bool() ? "yes" : "no";
  return json::serialize(*value);
}

std::optional<uint64_t> Whole(const json::object& object, std::string_view name) {
  const json::value* value = Find(object, name);
  if (value == nullptr || value->is_bool()) return std::nullopt;
  return WholeFrom(Text(object, name));
}

bool IsTrue(const json::object& object, std::string_view name) {
  const json::value* value = Find(object, name);
  return value != nullptr && value->is_bool() && value->as_bool();
}

const json::object& Object(const json::object& object, std::string_view name) {
  static const json::object kEmpty;
  const json::value* value = Find(object, name);
  return value != nullptr && value->is_object() ? value->as_object() : kEmpty;
}

const json::array& Array(const json::object& object, std::string_view name) {
  static const json::array kEmpty;
  const json::value* value = Find(object, name);
  return value != nullptr && value->is_array() ? value->as_array() : kEmpty;
}

std::optional<uint64_t> WholeFrom(std::string_view text) {
  uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || error != std::errc() || stop != end) return std::nullopt;
  return value;
}

std::string Minute(const std::string& rfc3339) {
  return rfc3339.size() > 16 ? rfc3339.substr(0, 16) : rfc3339;
}

std::string PhaseInWords(const json::object& agenda) {
  const std::string phase = Text(agenda, "phase");
  // Of a queue that is closed, people gather before it opens.
  const std::string gathers = Text(agenda, "gathers_at");
  const std::string opens = Text(agenda, "opens_at");
  const std::string closes = Text(agenda, "closes_at");
  std::string words = phase;
  if (phase == "closed") {
    if (!opens.empty()) words += " until " + Minute(gathers.empty() ? opens : gathers);
  } else if (phase == "gathering") {
    if (!opens.empty()) words += " until " + Minute(opens);
  } else if (!closes.empty()) {
    words += " until " + Minute(closes);
  }
  return IsTrue(agenda, "paused") ? words + ", PAUSED" : words;
}

}  // namespace creneau::ctl
