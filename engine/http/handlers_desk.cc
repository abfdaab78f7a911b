// What the staff books for others: the desk. A reply about a person, kept by no cache. Identity
// fields go from the body to the engine and nowhere else; the letter is its holder's.
#include <array>
#include <optional>
#include <span>

#include "base/prng.h"
#include "booking/desk.h"
#include "booking/desk_family.h"
#include "http/desk_reply.h"
#include "http/handlers.h"
#include "http/headers.h"
#include "http/request_body.h"

namespace creneau::http {
namespace {

// As HashOfHold: goes into the log by way of the idempotency hash, so it must never change.
uint64_t HashOfDesk(Channel channel, const std::optional<LocalMinute>& slot) {
  return Mix64(HashOfHold(slot) + 1 + static_cast<uint64_t>(channel));
}

// Of whom a refusal is says none.
void BookFamily(Exchange& exchange, const Body& body, Channel channel) {
  const booking::DeskFamilyRequest request{.agenda = exchange.name,
                                           .channel = channel,
                                           .applicants = body.people(),
                                           .slot = body.slot(),
                                           .idempotency_key = exchange.request.idempotency_key,
                                           .body_hash = HashOfDesk(channel, body.slot())};
  exchange.rests_on_log = true;
  const booking::PartyAnswer answer = booking::BookFamilyAtDesk(
      exchange.engine, exchange.act, request, *exchange.actor, exchange.now);
  const booking::ReservationAnswer& about = answer.about;
  if (about.outcome != Outcome::kOk) {
    return exchange.Refuse({.outcome = about.outcome,
                            .detail = about.detail,
                            .agenda = about.agenda,
                            .opens_at = about.opens_at,
                            .alternatives = about.alternatives,
                            .identity = about.problems,
                            .retry_after_s = about.poll_after_s,
                            .attempt = about.attempt ? about.attempt->view() : ""});
  }
  exchange.reply.status = about.existed ? 200 : 201;
  exchange.reply.type = ContentType::kJson;
  const std::span<const booking::Reservation> made(answer.reservations.data(), answer.count);
  JsonWriter json(exchange.reply.body);
  json.Object().Name("agenda").String(about.agenda->rules.name);
  json.Name("party").String(made.front().party->view());
  json.Name("reservations").Array();
  for (const booking::Reservation& one : made) {
    json.Object();
    WriteBooked(json, one);
    json.EndObject();
  }
  json.EndArray();
  json.Name("letter").String(booking::LetterForFamily(made, channel));
  if (about.existed) json.Name("existed").Bool(true);
  json.EndObject();
}

}  // namespace

void BookAtDesk(Exchange& exchange) {
  exchange.reply.AddHeader("Vary", "Accept");
  const Form form = NegotiateReservation(exchange.request.accept);
  if (form == Form::kNone) return exchange.Refuse({.outcome = Outcome::kNotAcceptable});
  const std::string_view key = exchange.request.idempotency_key;
  if (key.data() != nullptr && !IsStrongIdempotencyKey(key))
    return exchange.Refuse({.outcome = Outcome::kWeakIdempotencyKey});
  Body body;
  if (!ReadBody(exchange, body)) return;
  const bool family = !body.people().empty();
  if (family && body.has_applicant())
    return RefuseMember(exchange, "/applicants", "and `applicant`: send one of them");
  if (!family && !body.has_applicant())
    return RefuseMember(exchange, "/applicant", "is missing: who is the seat for?");
  const std::optional<Channel> channel = ChannelFromName(body.text(Body::Text::kChannel));
  if (!channel)
    return RefuseMember(exchange, "/channel", "says who asked how: phone, desk or post");
  if (family && form == Form::kCalendar)
    return exchange.Refuse({.outcome = Outcome::kNotAcceptable});
  if (family) return BookFamily(exchange, body, *channel);
  const booking::DeskRequest request{.agenda = exchange.name,
                                     .channel = *channel,
                                     .applicant = body.applicant(),
                                     .slot = body.slot(),
                                     .idempotency_key = key,
                                     .body_hash = HashOfDesk(*channel, body.slot())};
  exchange.rests_on_log = true;
  const booking::ReservationAnswer answer =
      booking::BookAtDesk(exchange.engine, exchange.act, request, *exchange.actor, exchange.now);
  AnswerMade(exchange, answer, form);
}

}  // namespace creneau::http
