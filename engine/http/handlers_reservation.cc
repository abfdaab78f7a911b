// The routes of one person's reservation: hold, confirm, move, extend, read, cancel. Every answer
// here rests on the log and is kept by no cache. Identity fields go from the body to the engine and
// nowhere else.
#include <algorithm>
#include <array>

#include "base/check.h"
#include "booking/families.h"
#include "http/handlers.h"
#include "http/headers.h"
#include "http/ical.h"
#include "http/pen.h"
#include "http/request_body.h"
#include "http/wire.h"

namespace creneau::http {
namespace {

using booking::Reservation;
using booking::ReservationAnswer;
using booking::ReservationState;

void RefuseAs(Exchange& exchange, const ReservationAnswer& answer) {
  exchange.Refuse({.outcome = answer.outcome,
                   .detail = answer.detail,
                   .agenda = answer.agenda,
                   .opens_at = answer.opens_at,
                   .alternatives = answer.alternatives,
                   .identity = answer.problems,
                   .turn = answer.turn,
                   .retry_after_s = answer.poll_after_s,
                   .attempt = answer.attempt ? answer.attempt->view() : ""});
}

// A reservation's key goes out once, with the hold that made it.
enum class ShowKey { kNo, kYes };

// A reservation's members, in JSON and in protobuf alike: a name and a number for each, as
// proto/creneau/v1/api.proto has them.
//
// Nothing that is written here needs escaping: names and keys of ours, times, and an agenda's name
// (rules::IsName, in what is published and in what a start reads).
class JsonSink {
 public:
  JsonSink(std::string& out, size_t most) : pen_(out, most), begin_(pen_.at()) {}

  template <size_t kSize>
  void Text(uint32_t, const char (&name)[kSize], std::string_view text) {
    Name(name);
    pen_.Literal("\"").Text(text).Literal("\"");
  }
  template <size_t kSize>
  void Number(uint32_t, const char (&name)[kSize], int64_t number) {
    Name(name);
    pen_.Number(number);
  }
  template <size_t kSize>
  void Bool(uint32_t, const char (&name)[kSize], bool value) {
    Name(name);
    pen_.Text(value ? "true" : "false");
  }
  // Of what `put` writes, TimeCache::kRoom at most; see Pen::Written.
  template <size_t kSize, typename Put>
  void Time(uint32_t, const char (&name)[kSize], Put put) {
    Name(name);
    pen_.Literal("\"").Written(TimeCache::kRoom, put).Literal("\"");
  }
  void End() {
    pen_.Literal("}");
    *begin_ = '{';  // where the first member's comma is
  }

 private:
  template <size_t kSize>
  void Name(const char (&name)[kSize]) {
    pen_.Literal(",\"").Literal(name).Literal("\":");
  }

  Pen pen_;
  char* const begin_;
};

class WireSink {
 public:
  WireSink(std::string& out, size_t most) : wire_(out) { out.reserve(out.size() + most); }
  void Text(uint32_t number, std::string_view, std::string_view text) { wire_.Text(number, text); }
  void Number(uint32_t number, std::string_view, int64_t value) { wire_.Number(number, value); }
  void Bool(uint32_t number, std::string_view, bool value) { wire_.Number(number, value ? 1 : 0); }
  template <typename Put>
  void Time(uint32_t number, std::string_view, Put put) {
    std::array<char, TimeCache::kRoom> text;
    wire_.Text(number, {text.data(), static_cast<size_t>(put(text.data()) - text.data())});
  }
  void End() {}

 private:
  WireWriter wire_;
};

// Where the receipt of a confirmed reservation is: to sign one with each confirmation would cost as
// much as all else that a confirmation is.
struct ReceiptPath {
  explicit ReceiptPath(const booking::ReservationName& name) {
    char* const end = std::copy(kBefore.begin(), kBefore.end(), text.data());
    std::copy(kBehind.begin(), kBehind.end(), std::copy(name.text.begin(), name.text.end(), end));
  }
  std::string_view view() const { return {text.data(), text.size()}; }

  static constexpr std::string_view kBefore = "/v1/reservations/";
  static constexpr std::string_view kBehind = "/receipt";
  std::array<char, kBefore.size() + sizeof(booking::ReservationName::text) + kBehind.size()> text;
};

template <typename Sink>
void WriteMembers(const Reservation& reservation, ShowKey show_key, Exchange& exchange) {
  const booking::AgendaInfo& agenda = *reservation.agenda;
  TimeCache& times = exchange.times;
  // Members come to less than 450 octets, beside the agenda's name.
  Sink sink(exchange.reply.body, 512 + agenda.rules.name.size());
  sink.Text(1, "reservation", reservation.name.view());
  if (show_key == ShowKey::kYes) sink.Text(2, "key", reservation.key.view());
  sink.Text(3, "state", booking::ReservationStateName(reservation.state));
  sink.Text(4, "agenda", agenda.rules.name);
  const auto time = [&](Instant at) {
    return [&times, &agenda, at](char* to) { return times.Rfc3339(to, at, agenda.zone); };
  };
  sink.Time(5, "slot", [&](char* to) { return times.Slot(to, reservation.slot); });
  sink.Time(6, "starts_at", time(reservation.starts_at));
  sink.Number(7, "minutes", reservation.minutes);
  if (reservation.state == ReservationState::kHeld ||
      reservation.state == ReservationState::kOffered) {
    const int64_t left_ms = std::max<int64_t>(0, reservation.expires_at - exchange.now);
    sink.Time(8, "expires_at", time(reservation.expires_at));
    sink.Number(9, "expires_in_s", left_ms / kMsPerSecond);
    sink.Bool(10, "extended", reservation.extended);
  }
  if (reservation.state != ReservationState::kCancelled) {
    sink.Number(11, "moves_left", reservation.moves_left);
  }
  if (reservation.state == ReservationState::kConfirmed) {
    sink.Text(12, "receipt", ReceiptPath(reservation.name).view());
  }
  if (reservation.party) sink.Text(13, "party", reservation.party->view());
  if (reservation.day_closed) sink.Bool(14, "day_closed", true);
  sink.End();
}

// What is asked for where nothing else is said is JSON.
void WriteReservation(Exchange& exchange, const Reservation& reservation, ShowKey show_key) {
  if (NegotiateReservation(exchange.request.accept) == Form::kProtobuf) {
    exchange.reply.type = ContentType::kProtobuf;
    WriteMembers<WireSink>(reservation, show_key, exchange);
  } else {
    exchange.reply.type = ContentType::kJson;
    WriteMembers<JsonSink>(reservation, show_key, exchange);
  }
}

void Answer(Exchange& exchange, const ReservationAnswer& answer) {
  if (answer.outcome != Outcome::kOk) return RefuseAs(exchange, answer);
  WriteReservation(exchange, answer.reservation, ShowKey::kNo);
}

// A family's. Which of them a refusal is about it says where that tells nothing new.
void HoldSeats(Exchange& exchange, const Body& body) {
  booking::PartyRequest request;
  request.agenda = exchange.name;
  request.applicants = body.people();
  request.ticket = body.ticket();
  request.assertion = body.assertion();
  request.slot = body.slot();
  request.idempotency_key = exchange.request.idempotency_key;
  request.body_hash = HashOfHold(body.slot());
  exchange.rests_on_log = true;
  const booking::PartyAnswer answer =
      booking::HoldForParty(exchange.engine, exchange.act, request, exchange.received_at);
  if (answer.about.outcome == Outcome::kAlreadyReserved) {
    return exchange.Refuse(
        {.outcome = Outcome::kAlreadyReserved,
         .detail = "One of these people has a live reservation here, and may have one. If all were "
                   "made by this request, repeat it with its Idempotency-Key to get them again.",
         .agenda = answer.about.agenda,
         .attempt = answer.about.attempt ? answer.about.attempt->view() : ""});
  }
  if (answer.about.outcome != Outcome::kOk) return RefuseAs(exchange, answer.about);
  exchange.reply.status = answer.about.existed ? 200 : 201;
  exchange.reply.type = ContentType::kJson;
  std::string& out = exchange.reply.body;
  // Once for all, so that no key is left behind where a text was before it had to move.
  Widen(out, 64 + answer.count * (544 + answer.about.agenda->rules.name.size()));
  Pen(out, 64).Literal("{\"party\":\"").Text(answer.reservations[0].party->view()).Literal("\"");
  for (size_t i = 0; i < answer.count; ++i) {
    Pen(out, 32).Text(i == 0 ? ",\"reservations\":[" : ",");
    WriteMembers<JsonSink>(answer.reservations[i], ShowKey::kYes, exchange);
  }
  Pen(out, 8).Literal("]}");
}

}  // namespace

void HoldSeat(Exchange& exchange) {
  const std::string_view key = exchange.request.idempotency_key;
  if (key.data() != nullptr && !IsStrongIdempotencyKey(key)) {
    return exchange.Refuse({.outcome = Outcome::kWeakIdempotencyKey});
  }
  Body body;
  if (!ReadBody(exchange, body)) return;
  if (!body.people().empty()) {
    if (!body.has_applicant()) return HoldSeats(exchange, body);
    return RefuseMember(exchange, "/applicants", "and `applicant`: send one of them");
  }
  if (!body.has_applicant())
    return RefuseMember(exchange, "/applicant", "is missing: who is the seat for?");
  booking::HoldRequest request;
  request.agenda = exchange.name;
  request.applicant = body.applicant();
  request.ticket = body.ticket();
  request.assertion = body.assertion();
  request.slot = body.slot();
  request.idempotency_key = key;
  request.body_hash = HashOfHold(body.slot());
  exchange.rests_on_log = true;
  const ReservationAnswer answer =
      exchange.engine.Hold(exchange.act, request, exchange.received_at);
  if (answer.outcome != Outcome::kOk) return RefuseAs(exchange, answer);
  exchange.reply.status = answer.existed ? 200 : 201;
  Pen(exchange.reply.headers, 64)
      .Literal("Location: /v1/reservations/")
      .Text(answer.reservation.name.view())
      .Literal("\r\n");
  WriteReservation(exchange, answer.reservation, ShowKey::kYes);
}

void ConfirmReservation(Exchange& exchange) {
  exchange.rests_on_log = true;
  Answer(exchange, exchange.engine.Confirm(exchange.act, Holder(exchange), exchange.received_at));
}

void ExtendReservation(Exchange& exchange) {
  exchange.rests_on_log = true;
  Answer(exchange, exchange.engine.Extend(exchange.act, Holder(exchange), exchange.received_at));
}

void CancelReservation(Exchange& exchange) {
  exchange.rests_on_log = true;
  Answer(exchange, exchange.engine.Cancel(exchange.act, Holder(exchange), exchange.received_at));
}

void MoveReservation(Exchange& exchange) {
  Body body;
  if (!ReadBody(exchange, body)) return;
  if (!body.slot()) return RefuseMember(exchange, "/slot", "is missing: which slot to move to?");
  exchange.rests_on_log = true;
  Answer(exchange,
         exchange.engine.Move(exchange.act, Holder(exchange), *body.slot(), exchange.received_at));
}

void ShowReservation(Exchange& exchange) {
  const Form form = NegotiateReservation(exchange.request.accept);
  exchange.reply.AddHeader("Vary", "Accept");
  if (form == Form::kNone) return exchange.Refuse({.outcome = Outcome::kNotAcceptable});
  exchange.rests_on_log = true;
  const ReservationAnswer answer =
      exchange.engine.Read(exchange.act, Holder(exchange), exchange.received_at);
  if (answer.outcome != Outcome::kOk) return RefuseAs(exchange, answer);
  if (form != Form::kCalendar) return WriteReservation(exchange, answer.reservation, ShowKey::kNo);
  AppendCalendar(exchange.reply.body, answer.reservation, exchange.now);
  exchange.reply.type = ContentType::kCalendar;
}

}  // namespace creneau::http
