#include "http/desk_reply.h"

#include <string>

#include "booking/desk.h"
#include "http/ical.h"
#include "http/json.h"
#include "http/pen.h"
#include "http/public_answer.h"
#include "http/text.h"

namespace creneau::http {

void WriteBooked(JsonWriter& json, const booking::Reservation& reservation) {
  const booking::AgendaInfo& agenda = *reservation.agenda;
  json.Name("reservation").String(reservation.name.view());
  json.Name("key").String(reservation.key.view());
  json.Name("state").String(booking::ReservationStateName(reservation.state));
  json.Name("channel").String(ChannelName(reservation.channel));
  json.Name("slot").Spelled([&](std::string& out) { AppendLocalMinute(out, reservation.slot); });
  WriteTime(json, "starts_at", reservation.starts_at, agenda);
  json.Name("minutes").Number(reservation.minutes);
  json.Name("office").String(agenda.rules.office);
  json.Name("moves_left").Number(reservation.moves_left);
  if (reservation.day_closed) json.Name("day_closed").Bool(true);
  json.Name("receipt").String("/v1/reservations/" + std::string(reservation.name.view()) +
                              "/receipt");
}

void WriteMade(JsonWriter& json, const booking::Reservation& reservation, Channel asked) {
  WriteBooked(json, reservation);
  json.Name("letter").String(booking::LetterFor(reservation, asked));
}

void AnswerMade(Exchange& exchange, const booking::ReservationAnswer& answer, Form form) {
  if (answer.outcome != Outcome::kOk) {
    return exchange.Refuse({.outcome = answer.outcome,
                            .detail = answer.detail,
                            .agenda = answer.agenda,
                            .opens_at = answer.opens_at,
                            .alternatives = answer.alternatives,
                            .identity = answer.problems,
                            .retry_after_s = answer.poll_after_s,
                            .attempt = answer.attempt ? answer.attempt->view() : ""});
  }
  const booking::Reservation& reservation = answer.reservation;
  exchange.reply.status = answer.existed ? 200 : 201;
  Pen(exchange.reply.headers, 64)
      .Literal("Location: /v1/reservations/")
      .Text(reservation.name.view())
      .Literal("\r\n");
  if (form == Form::kCalendar) {
    AppendCalendar(exchange.reply.body, reservation, exchange.now);
    exchange.reply.type = ContentType::kCalendar;
    return;
  }
  exchange.reply.type = ContentType::kJson;
  JsonWriter json(exchange.reply.body);
  json.Object().Name("agenda").String(reservation.agenda->rules.name);
  WriteMade(json, reservation, reservation.channel);
  if (answer.existed) json.Name("existed").Bool(true);
  json.EndObject();
}

}  // namespace creneau::http
