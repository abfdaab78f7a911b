// The waitlist: a place in it, and what is offered; and days that an office closes. Replies about a
// person are kept by no cache.
#include <string>

#include "base/limits.h"
#include "booking/close.h"
#include "booking/waitlist_answers.h"
#include "http/handlers.h"
#include "http/headers.h"
#include "http/json.h"
#include "http/proof_payload.h"
#include "http/public_answer.h"
#include "http/request_body.h"
#include "http/text.h"

namespace creneau::http {
namespace {

using booking::PlaceAnswer;
using booking::PlaceView;
using booking::Reservation;

constexpr std::string_view kCloseReason =
    "is a short word, such as strike: lower-case letters, digits and hyphens between them, 24 at "
    "most";
static_assert(limits::kStaffReasonChars == 24);

void RefuseAs(Exchange& exchange, const PlaceAnswer& answer) {
  exchange.Refuse({.outcome = answer.outcome,
                   .agenda = answer.agenda,
                   .opens_at = answer.opens_at,
                   .identity = answer.problems,
                   .challenge = answer.challenge ? &*answer.challenge : nullptr,
                   .retry_after_s = answer.poll_after_s});
}

// With its key: whoever has the place's may confirm it.
void WriteOffer(JsonWriter& json, const Reservation& offer, const booking::AgendaInfo& agenda,
                Instant now) {
  json.Name("offer").Object();
  json.Name("reservation").String(offer.name.view());
  json.Name("key").String(offer.key.view());
  json.Name("state").String(booking::ReservationStateName(offer.state));
  json.Name("slot").Spelled([&](std::string& out) { AppendLocalMinute(out, offer.slot); });
  WriteTime(json, "starts_at", offer.starts_at, agenda);
  json.Name("minutes").Number(offer.minutes);
  WriteTime(json, "expires_at", offer.expires_at, agenda);
  json.Name("expires_in_s").Number(std::max<int64_t>(0, offer.expires_at - now) / kMsPerSecond);
  json.EndObject();
}

void Answer(Exchange& exchange, const PlaceAnswer& answer, bool show_key) {
  if (answer.outcome != Outcome::kOk) return RefuseAs(exchange, answer);
  const PlaceView& view = *answer.place;
  const booking::AgendaInfo& agenda = *answer.agenda;
  exchange.reply.type = ContentType::kJson;
  JsonWriter json(exchange.reply.body);
  json.Object().Name("place").String(view.name);
  if (show_key) json.Name("key").String(view.key.view());
  json.Name("agenda").String(agenda.rules.name);
  json.Name("channel").String(ChannelName(view.place.channel));
  json.Name("state").String(codec::PlaceStateName(view.place.state));
  WriteTime(json, "joined_at", view.place.joined_at, agenda);
  if (!codec::IsEnded(view.place.state)) WriteTime(json, "drawn_at", view.drawn_at, agenda);
  if (view.ahead) json.Name("position").Number(static_cast<int64_t>(*view.ahead) + 1);
  json.Name("offers").Number(view.place.offers);
  if (view.offer) WriteOffer(json, *view.offer, agenda, exchange.now);
  json.EndObject();
}

void Join(Exchange& exchange, const booking::Actor* actor) {
  const std::string_view key = exchange.request.idempotency_key;
  if (key.data() != nullptr && !IsStrongIdempotencyKey(key))
    return exchange.Refuse({.outcome = Outcome::kWeakIdempotencyKey});
  Body body;
  if (!ReadBody(exchange, body)) return;
  if (!body.has_applicant()) return RefuseMember(exchange, "/applicant", "is missing: who waits?");
  booking::JoinRequest request;
  request.agenda = exchange.name;
  request.applicant = body.applicant();
  request.assertion = body.assertion();
  request.pass = body.pass();
  request.idempotency_key = key;
  const std::string_view channel = body.text(Body::Text::kChannel);
  if (!channel.empty() || actor != nullptr) {
    const auto named = ChannelFromName(channel);
    const bool may =
        named && (actor == nullptr ? *named == Channel::kWeb
                                   : *named != Channel::kWeb && *named != Channel::kCourt);
    if (!may) {
      return RefuseMember(exchange, "/channel",
                          actor == nullptr ? "is web here; an agent takes places for the others"
                                           : "is one of phone, desk and post");
    }
    request.channel = *named;
  }
  ProofPayload payload;
  if (!body.proof().empty()) {
    request.proof = payload.Read(body.proof());
    if (!request.proof) return RefuseMember(exchange, "/proof", "is no payload of ALTCHA's");
  }
  exchange.rests_on_log = true;
  const PlaceAnswer answer =
      booking::JoinWaitlist(exchange.engine, exchange.act, request, actor, exchange.received_at);
  if (answer.outcome != Outcome::kOk) return RefuseAs(exchange, answer);
  exchange.reply.status = answer.existed ? 200 : 201;
  exchange.reply.AddHeader("Location", "/v1/waitlist/" + answer.place->name);
  Answer(exchange, answer, /*show_key=*/true);
}

void SetClosed(Exchange& exchange, bool closed) {
  Body body;
  if (!ReadBody(exchange, body)) return;
  const std::optional<bool> dry_run = ReadDryRun(exchange);
  if (!dry_run) return;
  const auto day = ParseDate(body.text(Body::Text::kDay));
  if (!day) return RefuseMember(exchange, "/day", "a date is expected, as 2026-12-01");
  if (!booking::IsCloseReason(body.reason()))
    return RefuseMember(exchange, "/reason", kCloseReason);
  const booking::CloseAnswer answer = booking::CloseDay(
      exchange.engine, {exchange.name, *day, body.reason(), closed, *dry_run}, *exchange.actor);
  if (answer.outcome == Outcome::kValidationFailed)
    return RefuseMember(exchange, "/day", answer.error);
  if (answer.outcome != Outcome::kOk) return exchange.Refuse({.outcome = answer.outcome});
  exchange.reply.type = ContentType::kJson;
  JsonWriter json(exchange.reply.body);
  json.Object().Name("agenda").String(answer.agenda->rules.name);
  json.Name("day").String(FormatDate(*day));
  json.Name("closed").Bool(closed);
  if (*dry_run) json.Name("dry_run").Bool(true);
  if (answer.existed) json.Name("existed").Bool(true);
  json.Name("slots").Number(answer.slots);
  json.Name("seats_withdrawn").Number(answer.seats_withdrawn);
  json.Name("displaced").Number(answer.displaced);
  json.EndObject();
}

}  // namespace

void JoinWaitlist(Exchange& exchange) { Join(exchange, nullptr); }
void TakePlaceFor(Exchange& exchange) { Join(exchange, &*exchange.actor); }

void ShowPlace(Exchange& exchange) {
  exchange.rests_on_log = true;
  Answer(exchange,
         booking::ReadPlace(exchange.engine, exchange.act, Holder(exchange), exchange.received_at),
         /*show_key=*/false);
}

void LeaveWaitlist(Exchange& exchange) {
  exchange.rests_on_log = true;
  Answer(
      exchange,
      booking::LeaveWaitlist(exchange.engine, exchange.act, Holder(exchange), exchange.received_at),
      /*show_key=*/false);
}

void CloseDay(Exchange& exchange) { SetClosed(exchange, true); }
void ReopenDay(Exchange& exchange) { SetClosed(exchange, false); }

}  // namespace creneau::http
