#include "tools/creneauctl/forms.h"

#include <algorithm>
#include <boost/json.hpp>

#include "absl/status/status.h"

namespace creneau::ctl {
namespace {

namespace json = boost::json;

constexpr std::string_view kHidden = "(not shown)";
// A body up to this size is worth showing whole.
constexpr size_t kShownBodyBytes = 400;

json::string_view View(std::string_view text) { return {text.data(), text.size()}; }

bool IsSecret(const std::string& header) {
  return header == "Creneau-Key" || header == "Idempotency-Key";
}

// The body as it may be shown: an applicant's fields by name only.
std::string ShownBody(const std::string& body) {
  json::error_code failed;
  json::value value = json::parse(body, failed);
  if (failed || !value.is_object()) {
    return body.size() <= kShownBodyBytes ? body : "(" + std::to_string(body.size()) + " bytes)";
  }
  if (json::value* const decision = value.as_object().if_contains("decision"))
    *decision = View(kHidden);
  const auto hide = [](json::value& person) {
    for (auto& [name, field] : person.as_object()) field = View(kHidden);
  };
  for (const char* member : {"applicant", "booked", "same_as"}) {
    if (json::value* const person = value.as_object().if_contains(member)) hide(*person);
  }
  if (json::value* const people = value.as_object().if_contains("applicants")) {
    for (json::value& person : people->as_array()) hide(person);
  }
  return json::serialize(value);
}

}  // namespace

absl::StatusOr<std::string> HoldBody(std::string_view applicant, std::string_view slot) {
  const absl::Status expected = absl::InvalidArgumentError(
      "the applicant is a JSON object of strings, such as {\"passport\": \"...\", \"birth_date\": "
      "\"...\"}; a family is an array of them");
  const auto is_person = [](const json::value& value) {
    const json::object* fields = value.if_object();
    return fields != nullptr && !fields->empty() &&
           std::all_of(fields->begin(), fields->end(),
                       [](const auto& field) { return field.value().is_string(); });
  };
  json::error_code failed;
  json::value value = json::parse(View(applicant), failed);
  if (failed) return expected;
  for (const char* member : {"applicant", "applicants"}) {
    const json::value* inner = value.is_object() ? value.as_object().if_contains(member) : nullptr;
    if (inner == nullptr) continue;
    json::value only = *inner;  // the assignment below would destroy what `inner` lies in
    value = std::move(only);
  }
  const json::array* people = value.if_array();
  const bool fine = people != nullptr
                        ? !people->empty() && std::all_of(people->begin(), people->end(), is_person)
                        : is_person(value);
  if (!fine) return expected;
  json::object body;
  body[people != nullptr ? "applicants" : "applicant"] = value;
  if (!slot.empty()) body["slot"] = View(slot);
  return json::serialize(body);
}

bool IsOfFamily(std::string_view hold_body) {
  json::error_code failed;
  const json::value value = json::parse(View(hold_body), failed);
  return !failed && value.is_object() && value.as_object().contains("applicants");
}

std::string MoveBody(std::string_view slot) { return TextBody("slot", slot); }

std::string TextBody(std::string_view name, std::string_view value) {
  json::object body;
  body[View(name)] = View(value);
  return json::serialize(body);
}

std::string NumberBody(std::string_view name, int64_t value) {
  json::object body;
  body[View(name)] = value;
  return json::serialize(body);
}

std::string ApplicantJson(const Fields& fields) {
  json::object object;
  for (const auto& [name, value] : fields) object[name] = value;
  return json::serialize(object);
}

std::string DescribeRequest(const HttpRequest& request, bool as_json) {
  if (as_json) {
    json::object headers;
    for (const auto& [name, value] : request.headers) {
      headers[name] = IsSecret(name) ? View(kHidden) : View(value);
    }
    return json::serialize(json::object{{"dry_run", true},
                                        {"method", request.method},
                                        {"target", request.target},
                                        {"headers", headers},
                                        {"body", ShownBody(request.body)}}) +
           "\n";
  }
  std::string text = "would send  " + request.method + " " + request.target + "\n";
  for (const auto& [name, value] : request.headers) {
    text += "            " + name + ": " + (IsSecret(name) ? std::string(kHidden) : value) + "\n";
  }
  if (!request.body.empty()) text += "            " + ShownBody(request.body) + "\n";
  return text + "nothing was sent\n";
}

std::string JsonObject(const Fields& members) {
  std::string text = "{";
  for (const auto& [name, value] : members) {
    if (text.size() > 1) text += ",";
    text += JsonText(name) + ":" + value;
  }
  return text + "}";
}

std::string JsonText(std::string_view text) { return json::serialize(json::value(View(text))); }

std::string JsonList(const std::vector<std::string>& values) {
  std::string text = "[";
  for (const std::string& value : values) text += (text.size() > 1 ? "," : "") + value;
  return text + "]";
}

std::string JsonDiagnostics(const std::string& file, const rules::Diagnostics& diagnostics) {
  std::vector<std::string> list;
  for (const rules::Diagnostic& one : diagnostics) {
    list.push_back(JsonObject({{"file", JsonText(file)},
                               {"line", std::to_string(one.line)},
                               {"column", std::to_string(one.column)},
                               {"message", JsonText(one.message)}}));
  }
  return JsonList(list);
}

}  // namespace creneau::ctl
