// Draws: entries, which are a person's and kept by no cache; where a draw stands and its published
// files, which are everybody's; and its steps, which are an operator's.
#include <array>
#include <charconv>
#include <string>
#include <vector>

#include "base/limits_draw.h"
#include "base/prng.h"
#include "base/text.h"
#include "booking/draw.h"
#include "http/handlers.h"
#include "http/headers.h"
#include "http/json.h"
#include "http/proof_payload.h"
#include "http/public_answer.h"
#include "http/request_body.h"
#include "http/text.h"

namespace creneau::http {
namespace {

using booking::DrawAnswer;
using booking::DrawView;
using booking::EntryAnswer;
using booking::EntryView;

constexpr std::string_view kNoDraw = "This agenda draws no lots: its seats are held.";

void RefuseAs(Exchange& exchange, const EntryAnswer& answer) {
  exchange.Refuse({.outcome = answer.outcome,
                   .detail = answer.outcome == Outcome::kUnknownRoute ? kNoDraw : answer.detail,
                   .agenda = answer.agenda,
                   .opens_at = answer.opens_at,
                   .identity = answer.problems,
                   .challenge = answer.challenge ? &*answer.challenge : nullptr,
                   .retry_after_s = answer.poll_after_s,
                   .attempt = answer.attempt ? answer.attempt->view() : ""});
}

void WriteCount(JsonWriter& json, std::string_view name, uint64_t count) {
  json.Name(name).Number(static_cast<int64_t>(count));
}

// What was offered, with its key: whoever has the entry's may confirm it.
void WriteReservation(JsonWriter& json, const booking::Reservation& reservation,
                      const booking::AgendaInfo& agenda, Instant now) {
  json.Name("reservation").String(reservation.name.view());
  json.Name("reservation_key").String(reservation.key.view());
  json.Name("slot").Spelled([&](std::string& out) { AppendLocalMinute(out, reservation.slot); });
  WriteTime(json, "starts_at", reservation.starts_at, agenda);
  json.Name("minutes").Number(reservation.minutes);
  if (reservation.state != booking::ReservationState::kOffered) return;
  WriteTime(json, "expires_at", reservation.expires_at, agenda);
  const int64_t left_ms = std::max<int64_t>(0, reservation.expires_at - now);
  json.Name("expires_in_s").Number(left_ms / kMsPerSecond);
}

void Answer(Exchange& exchange, const EntryAnswer& answer, bool show_key) {
  if (answer.outcome != Outcome::kOk) return RefuseAs(exchange, answer);
  const EntryView& entry = answer.entry;
  exchange.reply.type = ContentType::kJson;
  JsonWriter json(exchange.reply.body);
  json.Object().Name("entry").String(entry.name);
  if (show_key) json.Name("key").String(entry.key.view());
  json.Name("state").String(entry.state);
  json.Name("agenda").String(entry.agenda->rules.name);
  json.Name("draw").String(entry.draw);
  json.Name("wishes").String(entry.wishes);
  if (entry.committed) {
    WriteCount(json, "entries", entry.entries);
    json.Name("receipt").String("/v1/entries/" + entry.name + "/receipt");
  }
  if (entry.rank > 0) WriteCount(json, "rank", entry.rank);
  if (entry.drawn)
    json.Name("drawn").Spelled([&](std::string& out) { AppendLocalMinute(out, *entry.drawn); });
  if (entry.reservation && entry.reservation->state != booking::ReservationState::kCancelled)
    WriteReservation(json, *entry.reservation, *entry.agenda, exchange.now);
  json.EndObject();
}

std::vector<std::string_view> TextsOf(const Body& body, Body::List list) {
  std::vector<std::string_view> texts;
  for (size_t i = 0; i < body.listed(list); ++i) texts.push_back(body.listed(list, i));
  return texts;
}

// Goes into the log by way of the idempotency hash, so it must never change.
uint64_t HashOfEntry(std::string_view wishes) {
  uint64_t hash = Mix64(wishes.size());
  for (const char c : wishes) hash = Mix64(hash ^ static_cast<unsigned char>(c));
  return hash;
}

void Enter(Exchange& exchange, const booking::Actor* actor) {
  const std::string_view key = exchange.request.idempotency_key;
  if (key.data() != nullptr && !IsStrongIdempotencyKey(key))
    return exchange.Refuse({.outcome = Outcome::kWeakIdempotencyKey});
  Body body;
  if (!ReadBody(exchange, body)) return;
  if (!body.has_applicant()) return RefuseMember(exchange, "/applicant", "is missing: who enters?");
  std::vector<rules::IdentityProblem> problems;
  booking::EntryRequest request;
  request.agenda = exchange.name;
  request.applicant = body.applicant();
  request.wishes =
      rules::ReadWishes(TextsOf(body, Body::List::kWeekdays), TextsOf(body, Body::List::kHalves),
                        TextsOf(body, Body::List::kDates), &problems);
  if (!problems.empty())
    return exchange.Refuse({.outcome = Outcome::kValidationFailed, .identity = problems});
  request.assertion = body.assertion();
  request.pass = body.pass();
  request.actor = actor;
  request.idempotency_key = key;
  request.body_hash = HashOfEntry(rules::WishesText(request.wishes));
  ProofPayload payload;
  if (!body.proof().empty()) {
    request.proof = payload.Read(body.proof());
    if (!request.proof) return RefuseMember(exchange, "/proof", "is no payload of ALTCHA's");
  }
  exchange.rests_on_log = true;
  const EntryAnswer answer =
      booking::EnterDraw(exchange.engine, exchange.act, request, exchange.received_at);
  if (answer.outcome != Outcome::kOk) return RefuseAs(exchange, answer);
  // Told to the operator, and nobody is refused: an association's office sends many.
  if (!answer.existed && exchange.entries != nullptr && actor == nullptr &&
      !exchange.entries->Take(exchange.caller, exchange.request.forwarded_for))
    booking::NoteCrowd(exchange.engine, answer.agenda->id);
  exchange.reply.status = answer.existed ? 200 : 201;
  exchange.reply.AddHeader("Location", "/v1/entries/" + answer.entry.name);
  Answer(exchange, answer, /*show_key=*/true);
}

// What is zero is not known yet.
void WriteHash(JsonWriter& json, std::string_view name, const std::array<uint8_t, 32>& hash) {
  if (hash != std::array<uint8_t, 32>{}) json.Name(name).String(Hex(hash));
}

void WriteDraw(JsonWriter& json, const booking::AgendaInfo& agenda, const DrawView& draw) {
  const codec::DrawState& state = draw.state;
  const bool committed = state.closed_at != Instant{};
  json.Name("draw").String(state.rules.id);
  json.Name("phase").String(draw.phase);
  json.Name("beacon").String(state.rules.beacon);
  json.Name("round").String(state.rules.round);
  WriteTime(json, "entries_from", draw.entries_from, agenda);
  WriteTime(json, "entries_until", draw.entries_until, agenda);
  WriteTime(json, "round_at", draw.round_at, agenda);
  json.Name("seats_from").String(FormatDate(state.rules.seats_from));
  json.Name("seats_until").String(FormatDate(state.rules.seats_until));
  json.Name("rules").String(Hex(draw.rules));
  WriteTime(json, "announced_at", state.announced_at, agenda);
  WriteCount(json, "entries", draw.entered);
  if (state.crowded > 0) WriteCount(json, "crowded", state.crowded);
  if (!committed) return;
  json.Name("format").String(draw.format);
  WriteTime(json, "closed_at", state.closed_at, agenda);
  json.Name("root").String(Hex(state.root));
  WriteHash(json, "seats", state.seats);
  json.Name("log_position").String(std::to_string(state.closed_lsn.value));
  if (!state.value.empty()) json.Name("value").String(state.value);
  WriteHash(json, "seed", state.seed);
  if (state.step != codec::DrawStep::kDone) return;
  WriteTime(json, "done_at", state.done_at, agenda);
  json.Name("allocation").String(Hex(state.allocation));
  json.Name("surprise").String(state.surprise_tags);
  json.Name("surprise_of_entries").String(state.surprise_entries);
  json.Name("surprise_limit").String(draw.surprise_limit);
  WriteCount(json, "seats_to_give", draw.seats);
  WriteCount(json, "given", draw.given);
  WriteCount(json, "offers_open", draw.offered);
  WriteCount(json, "offers_taken", draw.taken);
  WriteCount(json, "offers_passed", draw.passed);
  WriteCount(json, "waiting", draw.waiting);
}

// False: refused.
bool IsFine(Exchange& exchange, const DrawAnswer& answer) {
  if (answer.outcome == Outcome::kOk) return true;
  const bool none = answer.outcome == Outcome::kUnknownRoute;
  if (answer.outcome == Outcome::kValidationFailed) {
    RefuseMember(exchange, "/value", answer.problem);
  } else {
    exchange.Refuse({.outcome = answer.outcome,
                     .detail = none ? kNoDraw : std::string_view(answer.problem),
                     .agenda = answer.agenda});
  }
  return false;
}

void WriteAnswer(Exchange& exchange, const DrawAnswer& answer) {
  exchange.reply.type = ContentType::kJson;
  JsonWriter json(exchange.reply.body);
  json.Object().Name("agenda").String(answer.agenda->rules.name);
  json.Name("timezone").String(answer.agenda->rules.timezone);
  if (answer.existed) json.Name("existed").Bool(true);
  WriteDraw(json, *answer.agenda, *answer.draw);
  json.Name("earlier").Array();
  for (const DrawView& draw : answer.earlier) {
    json.Object();
    WriteDraw(json, *answer.agenda, draw);
    json.EndObject();
  }
  json.EndArray().EndObject();
}

void ShowPage(Exchange& exchange, std::string_view name) {
  const auto file = proof::DrawFileFromName(name);
  if (!file)
    return RefuseParameter(exchange, "file", "is rules, entries, seats, ranks or allocation");
  const std::string_view text = exchange.target.Parameter("after").value_or("0");
  size_t after = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), after);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size())
    return RefuseParameter(exchange, "after", "is how many lines are known already");
  const booking::DrawPage page = booking::ReadDrawFile(
      exchange.engine, exchange.name, exchange.target.Parameter("draw").value_or(""), *file, after);
  if (page.outcome != Outcome::kOk)
    return exchange.Refuse({.outcome = page.outcome, .detail = page.problem});
  exchange.reply.type = ContentType::kJson;
  JsonWriter json(exchange.reply.body);
  json.Object().Name("file").String(name);
  json.Name("lines").String(page.lines);
  if (page.next) WriteCount(json, "next", *page.next);
  json.EndObject();
}

void Step(Exchange& exchange, const DrawAnswer& answer) {
  if (IsFine(exchange, answer)) WriteAnswer(exchange, answer);
}

}  // namespace

void EnterDraw(Exchange& exchange) { Enter(exchange, nullptr); }
void EnterFor(Exchange& exchange) { Enter(exchange, &*exchange.actor); }

void ShowEntry(Exchange& exchange) {
  exchange.rests_on_log = true;
  Answer(exchange,
         booking::ReadEntry(exchange.engine, exchange.act, Holder(exchange), exchange.received_at),
         /*show_key=*/false);
}

void LeaveDraw(Exchange& exchange) {
  exchange.rests_on_log = true;
  Answer(exchange,
         booking::LeaveDraw(exchange.engine, exchange.act, Holder(exchange), exchange.received_at),
         /*show_key=*/false);
}

void ShowInclusion(Exchange& exchange) {
  const booking::InclusionAnswer answer =
      booking::EntryReceipt(exchange.engine, Holder(exchange), exchange.received_at);
  if (answer.outcome != Outcome::kOk) {
    return exchange.Refuse(
        {.outcome = answer.outcome,
         .detail = answer.outcome == Outcome::kDrawStep
                       ? "There is a receipt of inclusion once the entries are closed, for those "
                         "that were not withdrawn before that."
                       : "",
         .retry_after_s = answer.retry_after_s});
  }
  exchange.rests_on_log = true;
  exchange.reply.type = ContentType::kJson;
  JsonWriter(exchange.reply.body).Object().Name("receipt").String(answer.receipt).EndObject();
}

void ShowDraw(Exchange& exchange) {
  if (const auto file = exchange.target.Parameter("file")) return ShowPage(exchange, *file);
  // What is shown to anybody is on disk: nobody sees a seed that a crash could take back.
  exchange.rests_on_log = true;
  Step(exchange, booking::ReadDraw(exchange.engine, exchange.name, exchange.now));
}

void CloseDraw(Exchange& exchange) {
  Step(exchange, booking::CloseDraw(exchange.engine, exchange.name, *exchange.actor));
}

void SeedDraw(Exchange& exchange) {
  Body body;
  if (!ReadBody(exchange, body)) return;
  if (body.value().empty())
    return RefuseMember(exchange, "/value", "is missing: what did the round give?");
  Step(exchange, booking::SeedDraw(exchange.engine, exchange.name, body.value(), *exchange.actor));
}

void RunDraw(Exchange& exchange) {
  Step(exchange, booking::RunDraw(exchange.engine, exchange.name, *exchange.actor));
}

}  // namespace creneau::http
