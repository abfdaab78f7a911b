// The queue of an opening: its status, which is the same for everyone, tickets, and what operators
// do to openings and rosters.
#include <optional>

#include "base/check.h"
#include "base/text.h"
#include "http/handlers.h"
#include "http/headers.h"
#include "http/json.h"
#include "http/proof_payload.h"
#include "http/public_answer.h"
#include "http/request_body.h"
#include "http/text.h"
#include "surge/key_chain.h"

namespace creneau::http {
namespace {

using booking::OpeningOrder;
using booking::OpeningView;
using booking::Phase;

// A number of 64 bits as a string: JSON's numbers end at 2^53 where many read them.
void WriteRank(JsonWriter& json, std::string_view name, uint64_t rank) {
  json.Name(name).Spelled([rank](std::string& out) { out += std::to_string(rank); });
}

void WriteStatus(JsonWriter& json, const booking::AgendaInfo& agenda, const OpeningView& opening,
                 Instant now) {
  const codec::OpeningState& state = opening.state;
  json.Name("agenda").String(agenda.rules.name);
  WriteTime(json, "now", now, agenda);
  WritePhase(json, opening, agenda);
  WriteRank(json, "served_rank", state.served_rank);
  json.Name("served").Number(state.served);
  json.Name("rate_per_min").Number(opening.rate_per_min);
  json.Name("gathered").Number(state.gathered);
  json.Name("waiting").Number(opening.waiting);
  json.Name("free").Number(opening.free);
  if (state.opened_at) {
    json.Name("k").String(Hex(surge::WithBeacon(state.k, state.beacon)));
    if (!state.beacon.empty()) json.Name("k_chain").String(Hex(state.k));
  }
  if (!agenda.rules.beacon.empty() || !state.beacon.empty() || state.without_beacon) {
    json.Name("beacon").Object();
    if (!agenda.rules.beacon.empty()) json.Name("source").String(agenda.rules.beacon);
    if (!state.beacon.empty()) json.Name("value").String(state.beacon);
    if (state.without_beacon) json.Name("without").Bool(true);
    json.EndObject();
  }
  json.Name("chain_end").String(Hex(agenda.rules.chain_end));
  json.Name("chain_from").String(FormatDate(CivilFromDays(booking::kChainFirstDay)));
}

// What operators see: as it is now, with what they have ordered and what limits it.
void ShowAll(Exchange& exchange, const booking::AgendaInfo& agenda, const OpeningView& opening) {
  exchange.reply.type = ContentType::kJson;
  JsonWriter json(exchange.reply.body);
  json.Object();
  WriteStatus(json, agenda, opening, exchange.now);
  json.Name("rate_cap_per_min").Number(opening.state.rate_cap_per_min);
  json.Name("draining").Bool(opening.state.draining);
  json.Name("limited_by").String(opening.limit);
  json.EndObject();
}

void GiveOrder(Exchange& exchange, const OpeningOrder& order) {
  const booking::OrderAnswer answer = exchange.engine.Order(exchange.name, order, *exchange.actor);
  if (answer.outcome != Outcome::kOk) {
    return exchange.Refuse(
        {.outcome = answer.outcome, .detail = answer.problem, .agenda = answer.agenda});
  }
  ShowAll(exchange, *answer.agenda, answer.opening);
}

void ImportRoster(Exchange& exchange, bool adds) {
  if (!IsMediaType(exchange.request.content_type, "text/csv")) {
    return exchange.Refuse({.outcome = Outcome::kUnsupportedMediaType,
                            .detail = "A roster is text/csv. Set Content-Type."});
  }
  const std::optional<bool> dry_run = ReadDryRun(exchange);
  if (!dry_run) return;
  const booking::RosterAnswer answer = exchange.engine.ImportRoster(
      {exchange.name, exchange.request.body, adds, *dry_run}, *exchange.actor);
  if (answer.outcome != Outcome::kOk)
    return exchange.Refuse({.outcome = answer.outcome, .diagnostics = answer.errors});
  exchange.reply.type = ContentType::kJson;
  JsonWriter json(exchange.reply.body);
  json.Object().Name("agenda").String(exchange.name);
  if (*dry_run) {
    json.Name("dry_run").Bool(true).Name("people").Number(static_cast<int64_t>(answer.people));
  }
  json.Name("listed").Number(static_cast<int64_t>(answer.listed)).EndObject();
}

void RefuseWithoutQueue(Exchange& exchange) {
  exchange.Refuse({.outcome = Outcome::kUnknownRoute,
                   .detail = "This agenda has no queue: its seats can be held without."});
}

// False: refused.
bool HasQueue(Exchange& exchange, const booking::AgendaInfo* agenda) {
  if (agenda == nullptr) {
    exchange.Refuse({.outcome = Outcome::kUnknownAgenda});
  } else if (agenda->rules.policy != rules::Policy::kQueue) {
    RefuseWithoutQueue(exchange);
  } else {
    return true;
  }
  return false;
}

}  // namespace

void ShowQueue(Exchange& exchange) {
  const booking::AgendaInfo* const agenda = exchange.engine.FindAgenda(exchange.name);
  if (!HasQueue(exchange, agenda)) return;
  if (exchange.audience == Audience::kAdmin) {
    const booking::QueueAnswer answer = exchange.engine.ReadQueue(exchange.name, exchange.now);
    return ShowAll(exchange, *agenda, answer.opening);
  }
  const ReadCache::Question question{.agenda = agenda, .what = ReadCache::Question::What::kQueue};
  GiveKept(exchange, question, [&](ReadCache::Answer& out) {
    const booking::QueueAnswer answer = exchange.engine.ReadQueue(exchange.name, exchange.now);
    JsonWriter json(out.body);
    json.Object();
    WriteStatus(json, *answer.agenda, answer.opening, exchange.now);
    json.EndObject();
    out.tag = TagOf(out.body, "");
  });
}

void IssueTicket(Exchange& exchange) {
  Body body;
  if (!ReadBody(exchange, body)) return;
  if (!body.has_applicant())
    return RefuseMember(exchange, "/applicant", "is missing: who wants a place?");
  booking::TicketRequest request{.agenda = exchange.name,
                                 .applicant = body.applicant(),
                                 .ticket = body.ticket(),
                                 .pass = body.pass(),
                                 .assertion = body.assertion()};
  ProofPayload payload;
  if (!body.proof().empty()) {
    request.proof = payload.Read(body.proof());
    if (!request.proof)
      return RefuseMember(exchange, "/proof", "the payload that ALTCHA gives is expected");
  }
  const booking::TicketAnswer answer = exchange.engine.Ticket(request, exchange.received_at);
  if (answer.outcome == Outcome::kUnknownRoute) return RefuseWithoutQueue(exchange);
  if (answer.outcome != Outcome::kOk) {
    return exchange.Refuse({.outcome = answer.outcome,
                            .agenda = answer.agenda,
                            .opens_at = answer.opens_at,
                            .identity = answer.problems,
                            .challenge = answer.challenge ? &*answer.challenge : nullptr,
                            .turn = answer.turn,
                            .retry_after_s = answer.poll_after_s,
                            .attempt = answer.attempt ? answer.attempt->view() : ""});
  }
  exchange.reply.status = 201;
  exchange.reply.type = ContentType::kJson;
  JsonWriter json(exchange.reply.body);
  json.Object().Name("ticket").String(answer.ticket.view());
  json.Name("admitted").Bool(answer.admitted);
  json.Name("poll_after_s").Number(answer.poll_after_s);
  if (answer.rank) {
    WriteRank(json, "rank", answer.rank->value);
    json.Name("place").Number(static_cast<int64_t>(answer.place));
  }
  json.EndObject();
}

void ShowChallenge(Exchange& exchange) {
  if (!HasQueue(exchange, exchange.engine.FindAgenda(exchange.name))) return;
  const auto challenge = exchange.engine.Challenge(exchange.name, exchange.now);
  if (!challenge) return exchange.Refuse({.outcome = Outcome::kUnknownAgenda});
  exchange.reply.type = ContentType::kJson;
  JsonWriter json(exchange.reply.body);
  WriteChallenge(json, *challenge);
}

void GrantPass(Exchange& exchange) {
  Body body;
  if (!ReadBody(exchange, body)) return;
  if (!body.has_applicant()) return RefuseMember(exchange, "/applicant", "is missing: for whom?");
  const booking::PassAnswer answer = exchange.engine.GrantPass(
      exchange.act, exchange.name, body.applicant(), *exchange.actor, exchange.now);
  if (answer.outcome != Outcome::kOk)
    return exchange.Refuse({.outcome = answer.outcome, .identity = answer.problems});
  exchange.rests_on_log = true;
  exchange.reply.status = 201;
  exchange.reply.type = ContentType::kJson;
  JsonWriter json(exchange.reply.body);
  json.Object().Name("pass").String(answer.pass.view());
  WriteTime(json, "expires_at", answer.expires_at, *answer.agenda);
  json.EndObject();
}

void PauseAgenda(Exchange& exchange) { GiveOrder(exchange, {OpeningOrder::What::kPause}); }
void ResumeAgenda(Exchange& exchange) { GiveOrder(exchange, {OpeningOrder::What::kResume}); }
void DrainQueue(Exchange& exchange) { GiveOrder(exchange, {OpeningOrder::What::kDrain}); }

void CapRate(Exchange& exchange) {
  Body body;
  if (!ReadBody(exchange, body)) return;
  if (!body.per_min())
    return RefuseMember(exchange, "/per_min", "is missing: how many people a minute? 0: no cap");
  GiveOrder(exchange, {OpeningOrder::What::kRate, *body.per_min()});
}

void ExtendOpening(Exchange& exchange) {
  Body body;
  if (!ReadBody(exchange, body)) return;
  if (!body.minutes())
    return RefuseMember(exchange, "/minutes", "is missing: by how many minutes?");
  GiveOrder(exchange, {OpeningOrder::What::kExtend, *body.minutes()});
}

void TellBeacon(Exchange& exchange) {
  Body body;
  if (!ReadBody(exchange, body)) return;
  if (body.value().empty())
    return RefuseMember(exchange, "/value", "is missing: what did the agenda's beacon give?");
  GiveOrder(exchange, {OpeningOrder::What::kBeacon, 0, body.value()});
}

void OpenWithoutBeacon(Exchange& exchange) {
  GiveOrder(exchange, {OpeningOrder::What::kWithoutBeacon});
}

void ReplaceRoster(Exchange& exchange) { ImportRoster(exchange, /*adds=*/false); }
void AddToRoster(Exchange& exchange) { ImportRoster(exchange, /*adds=*/true); }

}  // namespace creneau::http
