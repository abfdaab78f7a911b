// What the staff books for others: the desk. A reply about a person, kept by no cache. Identity
// fields go from the body to the engine and nowhere else; the letter is its holder's.
#include <array>
#include <optional>

#include "base/prng.h"
#include "booking/desk.h"
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
  if (!body.has_applicant())
    return RefuseMember(exchange, "/applicant", "is missing: who is the seat for?");
  const std::optional<Channel> channel = ChannelFromName(body.text(Body::Text::kChannel));
  if (!channel)
    return RefuseMember(exchange, "/channel", "says who asked how: phone, desk or post");
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
