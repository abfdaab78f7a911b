// Mandates: entered by one agent, approved by another, listed. What a court wrote is shown to
// agents alone, and kept by no cache.
#include <charconv>
#include <optional>
#include <string>

#include "base/text.h"
#include "booking/mandates.h"
#include "http/desk_reply.h"
#include "http/handlers.h"
#include "http/json.h"
#include "http/public_answer.h"
#include "http/request_body.h"
#include "http/text.h"

namespace creneau::http {
namespace {

using booking::MandateAnswer;
using booking::MandateView;

bool ReadDate(Exchange& exchange, std::string_view text, std::string_view pointer,
              CivilDate* date) {
  const std::optional<CivilDate> read = ParseDate(text);
  if (!read) RefuseMember(exchange, pointer, "a date is expected, as 2026-12-01");
  *date = read.value_or(CivilDate{});
  return read.has_value();
}

void WriteMandate(JsonWriter& json, const MandateView& view) {
  const codec::Mandate& mandate = view.mandate;
  json.Name("mandate").String(view.name);
  json.Name("mandate_state").String(codec::MandateStateName(mandate.state));
  json.Name("agenda").String(view.agenda->rules.name);
  json.Name("court").String(mandate.court);
  if (view.decision) json.Name("decision").String(*view.decision);
  json.Name("date").Spelled([&](std::string& out) { AppendDay(out, mandate.date); });
  json.Name("deadline").Spelled([&](std::string& out) { AppendDay(out, mandate.deadline); });
  json.Name("days_left").Number(view.days_left);
  json.Name("penalty_eur").Number(mandate.penalty_eur);
  json.Name("proposed_by").String(mandate.proposed_by);
  WriteTime(json, "proposed_at", mandate.proposed_at, *view.agenda);
  if (mandate.state == codec::MandateState::kProposed) return;
  if (mandate.state == codec::MandateState::kVoid) {
    WriteTime(json, "void_since", mandate.settled_at, *view.agenda);
    return;
  }
  const bool given = mandate.state == codec::MandateState::kGiven;
  json.Name(given ? "approved_by" : "withdrawn_by").String(mandate.settled_by);
  if (given) json.Name("seat").String(codec::MandateSeatName(mandate.seat));
}

bool RefusedAs(Exchange& exchange, const MandateAnswer& answer) {
  if (answer.outcome == Outcome::kOk) return false;
  exchange.Refuse(
      {.outcome = answer.outcome, .agenda = answer.agenda, .identity = answer.problems});
  return true;
}

void Answer(Exchange& exchange, const MandateAnswer& answer, int status) {
  exchange.reply.status = answer.existed ? 200 : status;
  exchange.reply.type = ContentType::kJson;
  JsonWriter json(exchange.reply.body);
  json.Object();
  WriteMandate(json, *answer.mandate);
  if (answer.reservation) WriteMade(json, *answer.reservation, Channel::kCourt);
  if (answer.existed) json.Name("existed").Bool(true);
  json.EndObject();
}

// ?due=N: those that wait and whose deadline is within so many days. False: refused.
bool ReadDue(Exchange& exchange, std::optional<int>* due) {
  const Target& target = exchange.target;
  const auto text = target.Parameter("due");
  if (!text) return true;
  int days = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), days);
  if (error == std::errc() && end == text->data() + text->size() && days >= 0 && days <= 1'000) {
    *due = days;
    return true;
  }
  const ParameterProblem problem{"due", "a number of days is expected, 0 to 1000"};
  exchange.Refuse({.outcome = Outcome::kValidationFailed, .parameters = {&problem, 1}});
  return false;
}

}  // namespace

void EnterMandate(Exchange& exchange) {
  Body body;
  if (!ReadBody(exchange, body)) return;
  if (!body.has_applicant())
    return RefuseMember(exchange, "/applicant", "is missing: whom does the court send?");
  booking::MandateRequest request{.agenda = body.text(Body::Text::kAgenda),
                                  .applicant = body.applicant(),
                                  .court = body.text(Body::Text::kCourt),
                                  .decision = body.text(Body::Text::kDecision)};
  if (request.agenda.empty())
    return RefuseMember(exchange, "/agenda", "is missing: for which service?");
  if (!ReadDate(exchange, body.text(Body::Text::kDate), "/date", &request.date) ||
      !ReadDate(exchange, body.text(Body::Text::kDeadline), "/deadline", &request.deadline))
    return;
  request.penalty_eur = body.number(Body::Number::kPenaltyEur).value_or(0);
  exchange.rests_on_log = true;
  const MandateAnswer answer =
      booking::EnterMandate(exchange.engine, exchange.act, request, *exchange.actor, exchange.now);
  if (!RefusedAs(exchange, answer)) Answer(exchange, answer, 202);
}

void ApproveMandate(Exchange& exchange) {
  exchange.rests_on_log = true;
  const MandateAnswer answer = booking::ApproveMandate(exchange.engine, exchange.act, exchange.name,
                                                       *exchange.actor, exchange.now);
  if (!RefusedAs(exchange, answer)) Answer(exchange, answer, 201);
}

void WithdrawMandate(Exchange& exchange) {
  exchange.rests_on_log = true;
  const MandateAnswer answer = booking::WithdrawMandate(
      exchange.engine, exchange.act, exchange.name, *exchange.actor, exchange.now);
  if (!RefusedAs(exchange, answer)) Answer(exchange, answer, 200);
}

void ListMandates(Exchange& exchange) {
  std::optional<int> due;
  if (!ReadDue(exchange, &due)) return;
  exchange.reply.type = ContentType::kJson;
  JsonWriter json(exchange.reply.body);
  json.Object().Name("mandates").Array();
  for (const MandateView& view :
       booking::ListMandates(exchange.engine, due, *exchange.actor, exchange.now)) {
    json.Object();
    WriteMandate(json, view);
    if (view.reservation) json.Name("reservation").String(view.reservation->view());
    json.EndObject();
  }
  json.EndArray().EndObject();
}

}  // namespace creneau::http
