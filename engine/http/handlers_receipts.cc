// Proof of what was: attempts of those who found nothing, receipts, and the keys they are checked
// with.
#include "base/text.h"
#include "http/handlers.h"
#include "http/json.h"
#include "http/public_answer.h"
#include "http/receipt_reply.h"
#include "http/request_body.h"

namespace creneau::http {
namespace {

constexpr std::string_view kTooManyReceipts =
    "More receipts are asked for than can be signed now. An attempt stays good for thirty days and "
    "a receipt for ever: try again later.";

void RefuseForNow(Exchange& exchange, int64_t retry_after_s) {
  exchange.Refuse({.outcome = Outcome::kOverloaded,
                   .detail = kTooManyReceipts,
                   .retry_after_s = retry_after_s});
}

}  // namespace

void ReportAttempt(Exchange& exchange) {
  Body body;
  // Whoever does not say who he is has nothing to say.
  if (!exchange.request.body.empty() && !ReadBody(exchange, body)) return;
  booking::AttemptRequest request{.agenda = exchange.name, .ticket = body.ticket()};
  if (body.has_applicant()) request.applicant = body.applicant();
  exchange.rests_on_log = true;
  const booking::AttemptAnswer answer = exchange.engine.Attempt(request, exchange.received_at);
  if (answer.outcome != Outcome::kOk) {
    return exchange.Refuse({.outcome = answer.outcome,
                            .agenda = answer.agenda,
                            .identity = answer.problems,
                            .retry_after_s = answer.poll_after_s});
  }
  exchange.reply.status = 201;
  exchange.reply.type = ContentType::kJson;
  JsonWriter json(exchange.reply.body);
  json.Object().Name("attempt").String(answer.attempt.view());
  json.Name("outcome").String(answer.attempted);
  WriteTime(json, "at", answer.at, *answer.agenda);
  json.EndObject();
}

void IssueReceipt(Exchange& exchange) {
  Body body;
  if (!ReadBody(exchange, body)) return;
  if (body.attempt().empty())
    return RefuseMember(exchange, "/attempt", "is missing: a receipt of what?");
  const booking::ReceiptAnswer answer =
      exchange.engine.SignAttempt(body.attempt(), exchange.received_at);
  if (answer.outcome == Outcome::kValidationFailed)
    return RefuseMember(exchange, "/attempt", "is none that was given out here, or was changed");
  if (answer.outcome == Outcome::kOverloaded) return RefuseForNow(exchange, answer.retry_after_s);
  if (answer.outcome != Outcome::kOk) return exchange.Refuse({.outcome = answer.outcome});
  exchange.reply.type = ContentType::kJson;
  JsonWriter json(exchange.reply.body);
  json.Object().Name("receipt").String(answer.receipt);
  json.Name("nonce").String(Hex(answer.nonce));
  json.Name("outcome").String(answer.attempted);
  json.Name("agenda").String(answer.agenda->rules.name);
  WriteTime(json, "at", answer.at, *answer.agenda);
  WriteWeek(json, answer.week.year, answer.week.week);
  json.EndObject();
}

void VerifyReceipt(Exchange& exchange) {
  Body body;
  if (!ReadBody(exchange, body)) return;
  if (body.receipt().empty())
    return RefuseMember(exchange, "/receipt", "is missing: which receipt?");
  const booking::ReceiptVerdict verdict = exchange.engine.VerifyReceipt(body.receipt());
  if (verdict.outcome != Outcome::kOk) return RefuseForNow(exchange, verdict.retry_after_s);
  exchange.reply.type = ContentType::kJson;
  JsonWriter json(exchange.reply.body);
  json.Object().Name("valid").Bool(verdict.receipt.has_value());
  if (verdict.receipt) {
    WriteMembers(json, exchange.engine, *verdict.receipt);
  } else {
    json.Name("reason").String(verdict.reason);
  }
  json.EndObject();
}

// The receipt says where the log stands once it has the confirmation, so the reply is written then.
void ShowReceipt(Exchange& exchange) {
  exchange.rests_on_log = true;
  auto pending = std::make_unique<booking::PendingReceipt>(exchange.engine.PrepareReceipt(
      exchange.act, {exchange.name, exchange.request.creneau_key}, exchange.received_at));
  if (pending->outcome == Outcome::kOverloaded)
    return RefuseForNow(exchange, pending->retry_after_s);
  if (pending->outcome != Outcome::kOk)
    return exchange.Refuse({.outcome = pending->outcome, .agenda = pending->agenda});
  exchange.receipt = std::move(pending);
}

void ShowKeys(Exchange& exchange) {
  std::string& body = exchange.reply.body;
  JsonWriter json(body);
  json.Object().Name("keys").Array();
  for (const booking::PublishedKey& key : exchange.engine.PublicKeys()) {
    json.Object().Name("id").String(key.id);
    json.Name("use").String(key.use);
    json.Name("algorithm").String("Ed25519");
    json.Name("public_key").String(key.key);
    json.Name("current").Bool(key.current);
    json.EndObject();
  }
  json.EndArray().EndObject();
  if (!GivePublic(exchange, TagOf(body, ""))) body.clear();
}

}  // namespace creneau::http
