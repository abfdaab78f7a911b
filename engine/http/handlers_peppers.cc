// The operator's peppers: which agendas use which, another one, the end of one.
#include <algorithm>
#include <charconv>
#include <optional>

#include "booking/pepper_answers.h"
#include "http/handlers.h"
#include "http/json.h"
#include "http/public_answer.h"
#include "http/request_body.h"
#include "http/text.h"

namespace creneau::http {
namespace {

using booking::PepperAnswer;
using booking::PepperObstacle;

// Of the path. What is no number is no epoch either.
std::optional<uint32_t> EpochIn(std::string_view text) {
  uint32_t epoch = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), epoch);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole && epoch > 0 && text.front() != '0' ? std::optional(epoch) : std::nullopt;
}

// A misspelt dry_run must not destroy anything, so there is no other parameter.
std::optional<booking::PepperRequest> ReadRequest(Exchange& exchange, bool may_name_agenda) {
  const Target& target = exchange.target;
  booking::PepperRequest request;
  const std::optional<uint32_t> epoch = EpochIn(exchange.name);
  if (!epoch) {
    RefuseParameter(exchange, "epoch", "the number of a pepper is expected: 1, 2 and so on");
    return std::nullopt;
  }
  if (!target.repeated().empty()) {
    RefuseParameter(exchange, "", "a parameter stands twice");
    return std::nullopt;
  }
  for (size_t i = 0; i < target.parameters(); ++i) {
    const std::string_view name = target.parameter_name(i);
    if (name == "dry_run" || (may_name_agenda && name == "agenda")) continue;
    RefuseParameter(exchange, name,
                    may_name_agenda ? "is not known here; dry_run and agenda are"
                                    : "is not known here; dry_run is");
    return std::nullopt;
  }
  const std::string_view dry_run = target.Parameter("dry_run").value_or("0");
  if (dry_run != "0" && dry_run != "1") {
    RefuseParameter(exchange, "dry_run", "0 or 1 is expected");
    return std::nullopt;
  }
  request.epoch = *epoch;
  request.agenda = target.Parameter("agenda").value_or("");
  request.dry_run = dry_run == "1";
  return request;
}

void WriteUtc(JsonWriter& json, std::string_view name, std::optional<Instant> at) {
  if (!at) return;
  json.Name(name).Spelled([&](std::string& out) { AppendRfc3339(out, *at, Zone()); });
}

void WriteAgendas(JsonWriter& json, const std::vector<const booking::AgendaInfo*>& agendas) {
  json.Name("agendas").Array();
  for (const booking::AgendaInfo* agenda : agendas) json.String(agenda->rules.name);
  json.EndArray();
}

void WriteGroups(JsonWriter& json, const std::vector<PepperAnswer::Group>& groups) {
  json.Array();
  for (const PepperAnswer::Group& group : groups) {
    json.Object().Name("group").String(group.name);
    WriteAgendas(json, group.agendas);
    if (!group.obstacles.empty()) json.Name("because").Array();
    for (const PepperObstacle& one : group.obstacles) {
      json.Object().Name("agenda").String(one.agenda->rules.name);
      json.Name("what").String(booking::PepperObstacleName(one.what));
      if (one.count > 0) json.Name("count").Number(one.count);
      if (one.until != Instant{}) WriteTime(json, "until", one.until, *one.agenda);
      json.EndObject();
    }
    if (!group.obstacles.empty()) json.EndArray();
    json.EndObject();
  }
  json.EndArray();
}

// "agenda 93-titres: reservations (3), until 2026-12-03T09:30:00+01:00"
std::string Said(const PepperObstacle& one) {
  std::string text = "agenda " + one.agenda->rules.name + ": ";
  text += booking::PepperObstacleName(one.what);
  if (one.count > 0) text += " (" + std::to_string(one.count) + ")";
  if (one.until == Instant{}) return text;
  text += ", until ";
  AppendRfc3339(text, one.until, one.agenda->zone);
  return text;
}

// Of the one group that was asked for. When all is over that keeps it, it may be asked again.
void RefuseRenewal(Exchange& exchange, const PepperAnswer& answer) {
  rules::Diagnostics why;
  Instant over;
  for (const PepperAnswer::Group& group : answer.stayed) {
    for (const PepperObstacle& one : group.obstacles) {
      why.push_back({0, 0, Said(one)});
      over = std::max(over, one.until);
    }
  }
  const int64_t wait_ms = std::max<int64_t>(over - exchange.now, 0);
  exchange.Refuse({.outcome = answer.outcome,
                   .detail =
                       "People of this group are known by the pepper it has, and would be "
                       "strangers under another one: `errors` says where, and until when. Ask "
                       "again after that.",
                   .diagnostics = why,
                   .retry_after_s = wait_ms / kMsPerSecond + 1});
}

// A parameter, where what is wrong is the number that was given.
void RefuseAs(Exchange& exchange, Outcome outcome, std::string_view problem, int64_t retry_s = 0) {
  if (outcome == Outcome::kValidationFailed) return RefuseParameter(exchange, "epoch", problem);
  exchange.Refuse({.outcome = outcome, .detail = problem, .retry_after_s = retry_s});
}

}  // namespace

void ShowPeppers(Exchange& exchange) {
  exchange.reply.type = ContentType::kJson;
  JsonWriter json(exchange.reply.body);
  json.Object().Name("peppers").Array();
  for (const booking::PepperListing& pepper : exchange.engine.ListPeppers()) {
    json.Object().Name("epoch").Number(pepper.epoch);
    json.Name("newest").Bool(pepper.newest);
    WriteUtc(json, "made_at", pepper.made);
    WriteUtc(json, "retired_at", pepper.retired);
    WriteAgendas(json, pepper.agendas);
    WriteUtc(json, "retention_until", pepper.retention_until);
    json.EndObject();
  }
  json.EndArray().EndObject();
}

// These two wait for the log themselves, so their answers need no barrier.
void RenewPepper(Exchange& exchange) {
  const auto request = ReadRequest(exchange, /*may_name_agenda=*/true);
  if (!request) return;
  const PepperAnswer answer = exchange.engine.RenewPepper(*request, *exchange.actor);
  if (answer.outcome == Outcome::kPepperInUse) return RefuseRenewal(exchange, answer);
  if (answer.outcome != Outcome::kOk) return RefuseAs(exchange, answer.outcome, answer.problem);
  exchange.reply.status = answer.made && !request->dry_run ? 201 : 200;
  exchange.reply.type = ContentType::kJson;
  JsonWriter json(exchange.reply.body);
  json.Object().Name("epoch").Number(request->epoch);
  json.Name("made").Bool(answer.made).Name("dry_run").Bool(request->dry_run);
  json.Name("moved");
  WriteGroups(json, answer.moved);
  json.Name("stayed");
  WriteGroups(json, answer.stayed);
  json.EndObject();
}

void RetirePepper(Exchange& exchange) {
  const auto request = ReadRequest(exchange, /*may_name_agenda=*/false);
  if (!request) return;
  const booking::RetireAnswer answer =
      exchange.engine.RetirePepper(request->epoch, request->dry_run, *exchange.actor);
  if (answer.outcome != Outcome::kOk) {
    const int64_t wait_ms = answer.from ? std::max<int64_t>(*answer.from - exchange.now, 0) : 0;
    return RefuseAs(exchange, answer.outcome, answer.problem,
                    wait_ms > 0 ? wait_ms / kMsPerSecond + 1 : 0);
  }
  exchange.reply.type = ContentType::kJson;
  JsonWriter json(exchange.reply.body);
  json.Object().Name("epoch").Number(request->epoch).Name("retired").Bool(true);
  json.Name("dry_run").Bool(request->dry_run);
  if (answer.existed) json.Name("existed").Bool(true);
  json.EndObject();
}

}  // namespace creneau::http
