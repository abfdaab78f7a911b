// Seats that an operator gives from one channel to another (booking/shift.h).
#include <optional>

#include "base/text.h"
#include "booking/shift.h"
#include "http/handlers.h"
#include "http/json.h"
#include "http/request_body.h"

namespace creneau::http {
namespace {

// A misspelt dry_run must not move anything, so there is no other parameter.
bool ReadDryRun(Exchange& exchange, bool* dry_run) {
  const Target& target = exchange.target;
  const auto refuse = [&](std::string_view parameter, std::string_view message) {
    const ParameterProblem problem{parameter, message};
    exchange.Refuse({.outcome = Outcome::kValidationFailed, .parameters = {&problem, 1}});
    return false;
  };
  if (!target.repeated().empty()) return refuse("", "a parameter stands twice");
  for (size_t i = 0; i < target.parameters(); ++i) {
    if (target.parameter_name(i) != "dry_run")
      return refuse(target.parameter_name(i), "is not known here; dry_run is");
  }
  const std::string_view text = target.Parameter("dry_run").value_or("0");
  if (text != "0" && text != "1") return refuse("dry_run", "0 or 1 is expected");
  *dry_run = text == "1";
  return true;
}

bool ReadDate(Exchange& exchange, std::string_view text, std::string_view pointer,
              std::optional<CivilDate>* date) {
  if (text.empty()) return true;
  *date = ParseDate(text);
  if (!*date) RefuseMember(exchange, pointer, "a date is expected, as 2026-12-01");
  return date->has_value();
}

bool ReadChannel(Exchange& exchange, std::string_view text, std::string_view pointer,
                 Channel* channel) {
  const std::optional<Channel> read = ChannelFromName(text);
  if (!read) RefuseMember(exchange, pointer, "must be web, phone, desk, post or court");
  *channel = read.value_or(Channel::kWeb);
  return read.has_value();
}

}  // namespace

void ShiftSeats(Exchange& exchange) {
  booking::ShiftRequest request{.agenda = exchange.name};
  Body body;
  if (!ReadDryRun(exchange, &request.dry_run) || !ReadBody(exchange, body)) return;
  if (!ReadChannel(exchange, body.text(Body::Text::kFrom), "/from", &request.from) ||
      !ReadChannel(exchange, body.text(Body::Text::kTo), "/to", &request.to) ||
      !ReadDate(exchange, body.text(Body::Text::kDay), "/day", &request.day) ||
      !ReadDate(exchange, body.text(Body::Text::kUntil), "/until", &request.until))
    return;
  request.slot = body.slot();
  if (const auto seats = body.number(Body::Number::kSeats))
    request.seats = *seats < 0 || *seats > 1'000 ? 0u : static_cast<uint32_t>(*seats);
  // It waits for the log itself, so this answer needs no barrier.
  const booking::ShiftAnswer answer =
      booking::ShiftSeats(exchange.engine, request, *exchange.actor);
  if (answer.outcome != Outcome::kOk) {
    return exchange.Refuse(
        {.outcome = answer.outcome, .agenda = answer.agenda, .identity = answer.problems});
  }
  exchange.reply.type = ContentType::kJson;
  JsonWriter json(exchange.reply.body);
  json.Object().Name("agenda").String(answer.agenda->rules.name);
  json.Name("from").String(ChannelName(request.from));
  json.Name("to").String(ChannelName(request.to));
  json.Name("seats").Number(answer.seats).Name("slots").Number(answer.slots);
  json.Name("version").Number(answer.version);
  json.Name("dry_run").Bool(request.dry_run).EndObject();
}

}  // namespace creneau::http
