#include "http/problem.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "base/text.h"

namespace creneau::http {
namespace {

constexpr Instant kNow{1'795'000'000'000};

bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("every outcome has an answer of its own") {
  std::set<std::string_view> titles;
  for (int i = 1; i < kOutcomes; ++i) {
    const auto outcome = static_cast<Outcome>(i);
    INFO(OutcomeName(outcome));
    const Advice advice = AdviceFor(outcome);
    CHECK(advice.status >= 400);
    CHECK(titles.insert(advice.title).second);
    CHECK(advice.detail.size() > advice.title.size());
    CHECK(!StatusLine(advice.status).empty());
    CHECK(std::find(kStatuses.begin(), kStatuses.end(), advice.status) != kStatuses.end());
    // Whatever time cures says when to come back.
    CHECK((advice.retry_after_s > 0) <= advice.retryable);
    if (advice.status == 503) CHECK(advice.retry_after_s > 0);

    Reply reply;
    WriteProblem(reply, {.outcome = outcome}, kNow);
    CHECK(reply.status == advice.status);
    CHECK(reply.type == ContentType::kProblem);
    CHECK(reply.caching == Caching::kNoStore);
    CHECK(Has(reply.body, "\"code\":\"" + std::string(OutcomeName(outcome)) + "\""));
    CHECK(Has(reply.body, "\"status\":" + std::to_string(advice.status)));
  }
}

TEST_CASE("statuses are those of design 7") {
  struct Case {
    Outcome outcome;
    int status;
  };
  const Case cases[] = {
      {Outcome::kMalformedRequest, 400},
      {Outcome::kUnauthorized, 401},
      {Outcome::kForbidden, 403},
      {Outcome::kUnknownAgenda, 404},
      {Outcome::kUnknownReservation, 404},
      {Outcome::kUnknownRoute, 404},
      {Outcome::kUnknownAct, 404},
      {Outcome::kUnknownEntry, 404},
      {Outcome::kUnknownPlace, 404},
      {Outcome::kUnknownMandate, 404},
      {Outcome::kMethodNotAllowed, 405},
      {Outcome::kNotAcceptable, 406},
      {Outcome::kRequestTimeout, 408},
      {Outcome::kSlotTaken, 409},
      {Outcome::kNothingLeft, 409},
      {Outcome::kNotOpenYet, 409},
      {Outcome::kPaused, 409},
      {Outcome::kMovesUsed, 409},
      {Outcome::kAlreadyReserved, 409},
      {Outcome::kNotAdmitted, 409},
      {Outcome::kNotListed, 409},
      {Outcome::kSecondPersonNeeded, 409},
      {Outcome::kActSettled, 409},
      {Outcome::kNotHeld, 409},
      {Outcome::kSeatsReserved, 409},
      {Outcome::kPepperInUse, 409},
      {Outcome::kNotConfirmed, 409},
      {Outcome::kSeatsLeft, 409},
      {Outcome::kAlreadyEntered, 409},
      {Outcome::kAlreadyWaiting, 409},
      {Outcome::kNoWaitlist, 409},
      {Outcome::kCapReached, 409},
      {Outcome::kByDraw, 409},
      {Outcome::kDrawStep, 409},
      {Outcome::kVersionMismatch, 412},
      {Outcome::kHoldExpired, 410},
      {Outcome::kCancelled, 410},
      {Outcome::kGone, 410},
      {Outcome::kAttemptExpired, 410},
      {Outcome::kPayloadTooLarge, 413},
      {Outcome::kUnsupportedMediaType, 415},
      {Outcome::kValidationFailed, 422},
      {Outcome::kIdempotencyMismatch, 422},
      {Outcome::kWeakIdempotencyKey, 422},
      {Outcome::kProofOfWorkRequired, 428},
      {Outcome::kRateLimited, 429},
      {Outcome::kHeadersTooLarge, 431},
      {Outcome::kOverloaded, 503},
      {Outcome::kReadOnly, 503},
      {Outcome::kOutcomeUnknown, 503},
      {Outcome::kHttpVersion, 505},
  };
  static_assert(std::size(cases) == kOutcomes - 1);
  for (const Case& c : cases) {
    INFO(OutcomeName(c.outcome));
    CHECK(AdviceFor(c.outcome).status == c.status);
  }
}

TEST_CASE("what helps is said, and when to come back") {
  booking::AgendaInfo agenda;
  agenda.zone = absl::FixedTimeZone(3600);
  const std::vector<LocalMinute> slots = {*ParseLocalMinute("2026-12-01T09:20"),
                                          *ParseLocalMinute("2026-12-01T09:40")};
  Reply reply;
  WriteProblem(reply, {.outcome = Outcome::kSlotTaken, .alternatives = slots}, kNow);
  CHECK(Has(reply.body, R"("alternatives":["2026-12-01T09:20","2026-12-01T09:40"])"));
  CHECK(reply.headers.empty());

  WriteProblem(
      reply, {.outcome = Outcome::kNotOpenYet, .agenda = &agenda, .opens_at = kNow + 90'500}, kNow);
  CHECK(Has(reply.body, R"("opens_at":"2026-11-18T12:08:10+01:00")"));
  CHECK(reply.headers == "Retry-After: 91\r\n");

  reply.Clear();
  WriteProblem(reply,
               {.outcome = Outcome::kNotOpenYet, .agenda = &agenda, .opens_at = kNow + kMsPerDay},
               kNow);
  CHECK(reply.headers == "Retry-After: 3600\r\n");

  // Without an opening to wait for, lapsed holds are what may cure it.
  reply.Clear();
  WriteProblem(reply, {.outcome = Outcome::kNothingLeft}, kNow);
  CHECK(reply.headers == "Retry-After: 60\r\n");
  reply.Clear();
  WriteProblem(reply,
               {.outcome = Outcome::kNothingLeft, .agenda = &agenda, .opens_at = kNow + 90'500},
               kNow);
  CHECK(reply.headers == "Retry-After: 91\r\n");

  reply.Clear();
  WriteProblem(reply, {.outcome = Outcome::kNothingLeft, .attempt = "AQ-_"}, kNow);
  CHECK(Has(reply.body, R"("attempt":"AQ-_")"));

  reply.Clear();
  WriteProblem(reply, {.outcome = Outcome::kReadOnly}, kNow);
  CHECK(reply.headers == "Retry-After: 60\r\n");
}

TEST_CASE("errors point at their causes, and text is escaped") {
  const rules::IdentityProblem identity{"/applicant/dossier", "say \"ten\" digits\x01"};
  const rules::Diagnostic diagnostic{3, 7, "no \\"};
  const ParameterProblem parameter{"from", "a date"};
  Reply reply;
  WriteProblem(reply, {.outcome = Outcome::kValidationFailed, .identity = {&identity, 1}}, kNow);
  CHECK(Has(reply.body,
            R"("errors":[{"pointer":"/applicant/dossier","message":"say \"ten\" digits\u0001"}])"));
  WriteProblem(reply, {.outcome = Outcome::kValidationFailed, .diagnostics = {&diagnostic, 1}},
               kNow);
  CHECK(Has(reply.body, R"("errors":[{"line":3,"column":7,"message":"no \\"}])"));
  WriteProblem(reply, {.outcome = Outcome::kValidationFailed, .parameters = {&parameter, 1}}, kNow);
  CHECK(Has(reply.body, R"("errors":[{"parameter":"from","message":"a date"}])"));
}

TEST_CASE("a file that is wrong in every line makes a list of bounded length") {
  const rules::Diagnostics all(250, rules::Diagnostic{7, 1, "no"});
  Reply reply;
  WriteProblem(reply, {.outcome = Outcome::kValidationFailed, .diagnostics = {all.data(), 100}},
               kNow);
  CHECK(std::count(reply.body.begin(), reply.body.end(), '{') == 1 + 100);
  CHECK_FALSE(Has(reply.body, "not listed"));
  WriteProblem(reply, {.outcome = Outcome::kValidationFailed, .diagnostics = all}, kNow);
  CHECK(std::count(reply.body.begin(), reply.body.end(), '{') == 1 + 100 + 1);
  CHECK(Has(reply.body, R"({"line":0,"column":0,"message":"and 150 more that are not listed"}])"));
}

TEST_CASE("a reply as bytes") {
  Reply reply;
  reply.status = 201;
  reply.type = ContentType::kJson;
  reply.AddHeader("Location", "/x");
  reply.body = "{}";
  std::string bytes;
  AppendReply(bytes, reply, {.head_only = false, .close = true, .date = "D"});
  CHECK(bytes ==
        "HTTP/1.1 201 Created\r\nDate: D\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
        "Cache-Control: no-store\r\nLocation: /x\r\nConnection: close\r\n\r\n{}");
  bytes.clear();
  AppendReply(bytes, reply, {.head_only = true, .close = false, .date = "D"});
  CHECK(Has(bytes, "Content-Length: 2\r\n"));
  CHECK(bytes.substr(bytes.size() - 4) == "\r\n\r\n");
}

// A line too long for the room that is made would end the process.
TEST_CASE("every reply's head fits into the room that is made for it") {
  constexpr std::string_view kDate = "Tue, 01 Dec 2026 09:00:00 GMT";
  for (const int status : kStatuses) {
    for (const ContentType type :
         {ContentType::kNone, ContentType::kJson, ContentType::kProtobuf, ContentType::kProblem,
          ContentType::kCalendar, ContentType::kMetrics}) {
      for (const Caching caching : {Caching::kNoStore, Caching::kOneSecond}) {
        Reply reply;
        reply.status = status;
        reply.type = type;
        reply.caching = caching;
        reply.AddHeader("Location", std::string(300, 'x'));
        const std::string body(100'000, 'b');
        reply.kept_body = body;
        std::string bytes;
        AppendReply(bytes, reply, {.head_only = false, .close = true, .date = kDate});
        const size_t head = bytes.find("\r\n\r\n");
        REQUIRE(head != std::string::npos);
        CHECK(bytes.size() == head + 4 + (status == 304 ? 0 : body.size()));
        CHECK(Has(bytes, "\r\nConnection: close\r\n"));
      }
    }
  }
}

}  // namespace
}  // namespace creneau::http
