// What agents do about identities: look up, link, correct, repair, approve, withdraw; and
// recoveries, which tell whoever asks nothing. Replies about a person are kept by no cache.
#include <algorithm>

#include "base/check.h"
#include "booking/identity_answers.h"
#include "http/handlers.h"
#include "http/json.h"
#include "http/public_answer.h"
#include "http/request_body.h"
#include "http/text.h"

namespace creneau::http {
namespace {

using booking::IdentityAnswer;
using booking::Reservation;

void RefuseAs(Exchange& exchange, const IdentityAnswer& answer) {
  exchange.Refuse(
      {.outcome = answer.outcome, .agenda = answer.agenda, .identity = answer.problems});
}

void WriteReservation(JsonWriter& json, const Reservation& reservation, bool show_key) {
  json.Name("reservation").String(reservation.name.view());
  if (show_key) json.Name("key").String(reservation.key.view());
  json.Name("state").String(booking::ReservationStateName(reservation.state));
  json.Name("slot").Spelled([&](std::string& out) { AppendLocalMinute(out, reservation.slot); });
  WriteTime(json, "starts_at", reservation.starts_at, *reservation.agenda);
  json.Name("minutes").Number(reservation.minutes);
  if (reservation.state == booking::ReservationState::kHeld ||
      reservation.state == booking::ReservationState::kOffered)
    WriteTime(json, "expires_at", reservation.expires_at, *reservation.agenda);
  if (reservation.day_closed) json.Name("day_closed").Bool(true);
}

void WriteAct(JsonWriter& json, const booking::PairAct& act, const booking::AgendaInfo& agenda) {
  json.Name("act").String(booking::ActName(act.proposed.act));
  json.Name("what").String(codec::ActKindName(act.proposed.kind));
  json.Name("reason").String(act.proposed.reason);
  json.Name("proposed_by").String(act.proposed.person);
  WriteTime(json, "proposed_at", act.proposed.at, agenda);
  WriteTime(json, "act_expires_at", act.expires_at(), agenda);
  if (act.waits()) return;
  json.Name(act.settled->withdrawn ? "withdrawn_by" : "approved_by").String(act.settled->person);
}

// 200, or 202 where it waits for a second person.
void Answer(Exchange& exchange, const IdentityAnswer& answer) {
  if (answer.outcome != Outcome::kOk) return RefuseAs(exchange, answer);
  const bool waits = answer.act && answer.act->waits();
  exchange.reply.status = waits ? 202 : 200;
  exchange.reply.type = ContentType::kJson;
  JsonWriter json(exchange.reply.body);
  json.Object();
  json.Name("agenda").String(answer.agenda->rules.name);
  if (answer.act) WriteAct(json, *answer.act, *answer.agenda);
  if (answer.reservation) WriteReservation(json, *answer.reservation, answer.rekeyed);
  if (answer.existed) json.Name("existed").Bool(true);
  json.EndObject();
}

// False: refused.
bool ReadPerson(Exchange& exchange, Body& body) {
  if (!ReadBody(exchange, body)) return false;
  if (body.has_applicant()) return true;
  RefuseMember(exchange, "/applicant", "is missing: who is it about?");
  return false;
}

bool HasReason(Exchange& exchange, const Body& body) {
  if (booking::IsReason(body.reason())) return true;
  RefuseMember(exchange, "/reason", booking::AllReasons());
  return false;
}

}  // namespace

void LookupApplicant(Exchange& exchange) {
  Body body;
  if (!ReadPerson(exchange, body)) return;
  exchange.rests_on_log = true;
  Answer(exchange, exchange.engine.Lookup(exchange.act, exchange.name, body.applicant(),
                                          *exchange.actor, exchange.now));
}

void RecoverReservation(Exchange& exchange) {
  Body body;
  if (!ReadPerson(exchange, body)) return;
  exchange.rests_on_log = true;
  const IdentityAnswer answer =
      exchange.engine.Recover(exchange.act, exchange.name, body.applicant(), exchange.received_at);
  if (answer.outcome != Outcome::kOk) return RefuseAs(exchange, answer);
  exchange.reply.status = 202;
  exchange.reply.type = ContentType::kJson;
  JsonWriter json(exchange.reply.body);
  json.Object().Name("agenda").String(answer.agenda->rules.name);
  json.Name("accepted").Bool(true).EndObject();
}

void LinkApplicants(Exchange& exchange) {
  Body body;
  if (!ReadPerson(exchange, body)) return;
  if (!body.has_same_as())
    return RefuseMember(exchange, "/same_as", "is missing: whose identity is this as well?");
  if (!HasReason(exchange, body)) return;
  exchange.rests_on_log = true;
  Answer(exchange,
         exchange.engine.Link(exchange.act,
                              {exchange.name, body.applicant(), body.same_as(), body.reason()},
                              *exchange.actor, exchange.now));
}

void CorrectReservation(Exchange& exchange) {
  Body body;
  if (!ReadPerson(exchange, body) || !HasReason(exchange, body)) return;
  booking::CorrectionRequest request{exchange.name, body.applicant(), std::nullopt, body.reason()};
  if (body.has_booked()) request.booked = body.booked();
  exchange.rests_on_log = true;
  Answer(exchange, exchange.engine.Correct(exchange.act, request, *exchange.actor, exchange.now));
}

void RepairReservation(Exchange& exchange) {
  Body body;
  if (!ReadPerson(exchange, body) || !HasReason(exchange, body)) return;
  exchange.rests_on_log = true;
  Answer(exchange,
         exchange.engine.Repair(exchange.act, {exchange.name, body.applicant(), body.reason()},
                                *exchange.actor, exchange.now));
}

void ApproveAct(Exchange& exchange) {
  exchange.rests_on_log = true;
  Answer(exchange,
         exchange.engine.Approve(exchange.act, exchange.name, *exchange.actor, exchange.now));
}

void WithdrawAct(Exchange& exchange) {
  exchange.rests_on_log = true;
  Answer(exchange,
         exchange.engine.Withdraw(exchange.act, exchange.name, *exchange.actor, exchange.now));
}

void ListActs(Exchange& exchange) {
  exchange.reply.type = ContentType::kJson;
  JsonWriter json(exchange.reply.body);
  json.Object().Name("acts").Array();
  for (const auto& [act, agenda] : exchange.engine.WaitingActs(*exchange.actor, exchange.now)) {
    json.Object().Name("agenda").String(agenda->rules.name);
    WriteAct(json, act, *agenda);
    json.EndObject();
  }
  json.EndArray().EndObject();
}

}  // namespace creneau::http
