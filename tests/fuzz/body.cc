// http::Body, which reads JSON without a document, against Boost.JSON's document: they must agree
// on what is JSON at all and on every member. Asserted besides: written again by JsonWriter it
// reads the same, and an identity field in its canonical form is its own canonical form.

#include "http/body.h"

#include <boost/json/parse.hpp>

#include "base/text.h"
#include "http/json.h"
#include "rules/identity.h"
#include "tests/fuzz/fuzz.h"

namespace creneau::http {
namespace {

constexpr Instant kToday{1'796'083'200'000};  // 2026-12-01
constexpr rules::IdentityField kFields[] = {
    rules::IdentityField::kDossier, rules::IdentityField::kPassport,
    rules::IdentityField::kForeignerNumber, rules::IdentityField::kBirthDate};

std::string_view FieldOf(const Body& body, rules::IdentityField field) {
  return body.applicant().fields[static_cast<size_t>(field)];
}

void CheckAgainst(const boost::json::value& document, const Body& body) {
  const boost::json::object& members = document.as_object();
  const boost::json::value* slot = members.if_contains("slot");
  CHECK(body.slot().has_value() == (slot != nullptr));
  if (slot != nullptr) CHECK(ParseLocalMinute(std::string(slot->as_string())) == body.slot());
  const boost::json::value* applicant = members.if_contains("applicant");
  CHECK(body.has_applicant() == (applicant != nullptr));
  for (const rules::IdentityField field : kFields) {
    const std::string_view name = rules::IdentityFieldName(field);
    const boost::json::value* value =
        applicant == nullptr ? nullptr
                             : applicant->as_object().if_contains({name.data(), name.size()});
    CHECK(FieldOf(body, field) == (value == nullptr ? "" : std::string(value->as_string())));
  }
}

std::string Written(const Body& body) {
  std::string out;
  JsonWriter json(out);
  json.Object();
  if (body.slot()) json.Name("slot").String(FormatLocalMinute(*body.slot()));
  if (body.has_applicant()) {
    json.Name("applicant").Object();
    for (const rules::IdentityField field : kFields)
      json.Name(rules::IdentityFieldName(field)).String(FieldOf(body, field));
    json.EndObject();
  }
  json.EndObject();
  return out;
}

void CheckIdentity(const Body& body) {
  for (const rules::IdentityField field : kFields) {
    std::string message;
    const auto canonical = rules::Normalise(field, FieldOf(body, field), kToday, &message);
    if (!canonical) {
      CHECK(!message.empty());
      continue;
    }
    CHECK(rules::Normalise(field, *canonical, kToday, &message) == canonical);
  }
}

}  // namespace
}  // namespace creneau::http

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace creneau;
  using Verdict = http::Body::Verdict;
  const fuzz::Copy text(fuzz::Text(data, size));
  http::Body body;
  const Verdict verdict = body.Read(text.view());
  if (verdict == Verdict::kTooLarge) {
    CHECK(size > limits::kMaxBodyBytes);
    return 0;
  }
  boost::json::error_code ec;
  boost::json::parse_options options;
  options.max_depth = 16;
  const boost::json::value document =
      boost::json::parse({text.view().data(), size}, ec, {}, options);
  CHECK((verdict == Verdict::kMalformed) == static_cast<bool>(ec));
  CHECK((verdict == Verdict::kInvalid) == (!ec && body.problem_count() > 0));
  if (verdict != Verdict::kRead) return 0;
  http::CheckAgainst(document, body);
  http::CheckIdentity(body);
  const std::string written = http::Written(body);
  if (written.size() > limits::kMaxBodyBytes) return 0;
  http::Body again;
  CHECK(again.Read(written) == Verdict::kRead);
  CHECK(http::Written(again) == written);
  return 0;
}
