// The JSON that creneauctl writes: request bodies, and its own reports for --json. Text in, text
// out. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "rules/diagnostic.h"
#include "tools/creneauctl/http_client.h"

namespace creneau::ctl {

using Fields = std::vector<std::pair<std::string, std::string>>;

// The body of a hold. `applicant` is a JSON object of strings, or one with such an object as its
// "applicant"; a family's, an array of these, or one with that as its "applicants".
// InvalidArgument says what was expected, and quotes nothing of it.
absl::StatusOr<std::string> HoldBody(std::string_view applicant, std::string_view slot);
bool IsOfFamily(std::string_view hold_body);
std::string MoveBody(std::string_view slot);
// {"minutes":15}
std::string NumberBody(std::string_view name, int64_t value);
std::string TextBody(std::string_view name, std::string_view value);
std::string ApplicantJson(const Fields& fields);

// What would be sent, for --dry-run: the applicant's values, keys and long bodies are left out.
std::string DescribeRequest(const HttpRequest& request, bool json);

// A flat JSON object. Values are JSON already: made by JsonText, JsonNumber, or literals such as
// "true".
std::string JsonObject(const Fields& members);
std::string JsonText(std::string_view text);
std::string JsonList(const std::vector<std::string>& values);
// Line, column and message of each, and the file they are in.
std::string JsonDiagnostics(const std::string& file, const rules::Diagnostics& diagnostics);

}  // namespace creneau::ctl
