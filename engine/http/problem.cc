#include "http/problem.h"

#include <algorithm>
#include <string>

#include "base/check.h"
#include "http/proof_payload.h"
#include "http/text.h"

namespace creneau::http {
namespace {

// A client that comes back after an hour learns the time anew: openings are moved by outages.
constexpr int64_t kMaxRetryAfterS = 3600;

// What somebody in a queue is to do.
std::string_view DetailOf(booking::Turn turn) {
  switch (turn) {
    case booking::Turn::kNow:
    case booking::Turn::kNoTicket:
      return AdviceFor(Outcome::kNotAdmitted).detail;
    case booking::Turn::kWait:
      return "The turn of this ticket has not come. Look at the queue's status again after "
             "`poll_after_s`; asking more often changes nothing.";
    case booking::Turn::kMissed:
      return "The turn of this ticket came and was not used within two minutes. Ask for a new "
             "ticket: it is at the end of the queue.";
    case booking::Turn::kUsed:
      return "Two holds of this applicant have lapsed or were given up in this opening. The next "
             "opening is open to them again.";
  }
  CHECK(false);
}

void WriteSlots(JsonWriter& json, std::string_view name, std::span<const LocalMinute> slots) {
  if (slots.empty()) return;
  json.Name(name).Array();
  for (const LocalMinute slot : slots)
    json.Spelled([slot](std::string& out) { AppendLocalMinute(out, slot); });
  json.EndArray();
}

void WriteErrors(JsonWriter& json, const Problem& problem) {
  if (problem.identity.empty() && problem.body.empty() && problem.parameters.empty() &&
      problem.diagnostics.empty()) {
    return;
  }
  json.Name("errors").Array();
  for (const rules::IdentityProblem& error : problem.identity) {
    json.Object().Name("pointer").String(error.pointer);
    json.Name("message").String(error.message).EndObject();
  }
  for (const BodyProblem& error : problem.body) {
    json.Object().Name("pointer").String(error.pointer);
    json.Name("message").String(error.message).EndObject();
  }
  for (const ParameterProblem& error : problem.parameters) {
    json.Object().Name("parameter").String(error.parameter);
    json.Name("message").String(error.message).EndObject();
  }
  WriteDiagnostics(json, problem.diagnostics);
  json.EndArray();
}

int64_t RetryAfterSeconds(const Problem& problem, const Advice& advice, Instant now) {
  if (problem.retry_after_s > 0) return problem.retry_after_s;
  if (problem.opens_at && advice.retryable) {
    const int64_t wait_ms = *problem.opens_at - now;
    return std::clamp<int64_t>((wait_ms + kMsPerSecond - 1) / kMsPerSecond, 1, kMaxRetryAfterS);
  }
  return advice.retry_after_s;
}

}  // namespace

void WriteProblem(Reply& reply, const Problem& problem, Instant now) {
  const Advice advice = AdviceFor(problem.outcome);
  const std::string_view code = OutcomeName(problem.outcome);
  reply.status = advice.status;
  reply.type = ContentType::kProblem;
  reply.caching = Caching::kNoStore;
  reply.body.clear();
  JsonWriter json(reply.body);
  json.Object();
  json.Name("type").Spelled([code](std::string& out) {
    out += "urn:creneau:problem:";
    out += code;
  });
  json.Name("title").String(advice.title);
  json.Name("status").Number(advice.status);
  const bool turn = problem.detail.empty() && problem.outcome == Outcome::kNotAdmitted;
  json.Name("detail").String(turn                     ? DetailOf(problem.turn)
                             : problem.detail.empty() ? advice.detail
                                                      : problem.detail);
  json.Name("code").String(code);
  json.Name("retryable").Bool(advice.retryable);
  if (problem.opens_at && problem.agenda != nullptr) {
    json.Name("opens_at").Spelled([&](std::string& out) {
      AppendRfc3339(out, *problem.opens_at, problem.agenda->zone);
    });
  }
  if (problem.challenge != nullptr) {
    json.Name("challenge");
    WriteChallenge(json, *problem.challenge);
  }
  if (problem.turn == booking::Turn::kWait) json.Name("poll_after_s").Number(problem.retry_after_s);
  if (problem.outcome == Outcome::kNotListed && problem.agenda != nullptr &&
      !problem.agenda->rules.alternative.empty())
    json.Name("alternative").String(problem.agenda->rules.alternative);
  if (problem.oldest)
    json.Name("oldest").Spelled(
        [&](std::string& out) { out += std::to_string(problem.oldest->value); });
  if (!problem.attempt.empty()) json.Name("attempt").String(problem.attempt);
  WriteSlots(json, "alternatives", problem.alternatives);
  WriteSlots(json, "slots", problem.slots);
  WriteErrors(json, problem);
  json.EndObject();
  const int64_t retry_after_s = RetryAfterSeconds(problem, advice, now);
  if (retry_after_s > 0) {
    reply.headers += "Retry-After: ";
    AppendNumber(reply.headers, retry_after_s);
    reply.headers += "\r\n";
  }
}

void WriteDiagnostics(JsonWriter& json, std::span<const rules::Diagnostic> diagnostics) {
  const size_t shown = std::min(diagnostics.size(), kMaxDiagnostics);
  for (const rules::Diagnostic& one : diagnostics.first(shown)) {
    json.Object().Name("line").Number(one.line).Name("column").Number(one.column);
    json.Name("message").String(one.message).EndObject();
  }
  const size_t more = diagnostics.size() - shown;
  if (more == 0) return;
  // Line 0, as everything that is said of the file as a whole.
  json.Object().Name("line").Number(0).Name("column").Number(0);
  json.Name("message").String("and " + std::to_string(more) + " more that are not listed");
  json.EndObject();
}

}  // namespace creneau::http
