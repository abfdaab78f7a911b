#include "http/request_body.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "http/headers.h"

namespace creneau::http {

bool ReadBody(Exchange& exchange, Body& body) {
  const Request& request = exchange.request;
  const bool json = IsMediaType(request.content_type, "application/json");
  const bool protobuf = !json && IsMediaType(request.content_type, "application/x-protobuf");
  if (!json && !protobuf && !request.body.empty()) {
    exchange.Refuse({.outcome = Outcome::kUnsupportedMediaType,
                     .detail = "This address reads application/json and application/x-protobuf. "
                               "Set Content-Type to one of these."});
    return false;
  }
  switch (protobuf ? body.ReadProtobuf(request.body) : body.Read(request.body)) {
    case Body::Verdict::kRead:
      return true;
    case Body::Verdict::kMalformed:
      exchange.Refuse(
          {.outcome = Outcome::kMalformedRequest,
           .detail =
               protobuf
                   ? "The body is not in protobuf's wire format, or a text in it is not UTF-8. "
                     "Correct it and send it again."
                   : "The body is not a JSON document in UTF-8. Correct it and send it again."});
      return false;
    case Body::Verdict::kTooLarge:
      exchange.Refuse({.outcome = Outcome::kPayloadTooLarge});
      return false;
    case Body::Verdict::kInvalid: {
      std::array<BodyProblem, 8> problems;
      const size_t count = std::min(body.problem_count(), problems.size());
      for (size_t i = 0; i < count; ++i) problems[i] = body.problem(i);
      exchange.Refuse({.outcome = Outcome::kValidationFailed, .body = {problems.data(), count}});
      return false;
    }
  }
  CHECK(false);
}

std::optional<bool> ReadDryRun(Exchange& exchange) {
  const Target& target = exchange.target;
  const std::string_view value = target.Parameter("dry_run").value_or("0");
  const bool alone = target.parameters() == (target.Parameter("dry_run") ? 1 : 0);
  if (alone && (value == "0" || value == "1")) return value == "1";
  const ParameterProblem problem{"dry_run", "is the only parameter, once, and 0 or 1"};
  exchange.Refuse({.outcome = Outcome::kValidationFailed, .parameters = {&problem, 1}});
  return std::nullopt;
}

void RefuseMember(Exchange& exchange, std::string_view pointer, std::string_view message) {
  const BodyProblem problem{pointer, message};
  exchange.Refuse({.outcome = Outcome::kValidationFailed, .body = {&problem, 1}});
}

void RefuseParameter(Exchange& exchange, std::string_view parameter, std::string_view message) {
  const ParameterProblem problem{parameter, message};
  exchange.Refuse({.outcome = Outcome::kValidationFailed, .parameters = {&problem, 1}});
}

booking::HolderRequest Holder(const Exchange& exchange) {
  return {exchange.name, exchange.request.creneau_key};
}

}  // namespace creneau::http
