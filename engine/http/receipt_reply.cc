#include "http/receipt_reply.h"

#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/check.h"
#include "base/text.h"
#include "http/text.h"

namespace creneau::http {
namespace {

using booking::AttemptReceipt;
using booking::ConfirmationReceipt;
using booking::IdentityGiven;
using booking::InclusionReceipt;

std::string_view NameOf(IdentityGiven identity) {
  switch (identity) {
    case IdentityGiven::kNone:
      return "none";
    case IdentityGiven::kDeclared:
      return "declared";
    case IdentityGiven::kListed:
      return "listed";
    case IdentityGiven::kAsserted:
      return "asserted";
  }
  CHECK(false);
}

// As the office writes it, where the agenda is one of this engine's.
void WriteMoment(JsonWriter& json, std::string_view name, Instant at,
                 const booking::AgendaInfo* agenda) {
  json.Name(name).Spelled(
      [&](std::string& out) { AppendRfc3339(out, at, agenda == nullptr ? Zone() : agenda->zone); });
}

// A number of 64 bits as a string: JSON's numbers end at 2^53 where many read them.
void WriteAsText(JsonWriter& json, std::string_view name, uint64_t number) {
  json.Name(name).String(std::to_string(number));
}

template <typename Body>
void WriteOffice(JsonWriter& json, const Body& body) {
  json.Name("agenda").String(body.agenda);
  json.Name("title").String(body.title);
  json.Name("office").String(body.office);
  json.Name("timezone").String(body.timezone);
  // An entry's is not asked for once more.
  if constexpr (!std::is_same_v<Body, InclusionReceipt>)
    json.Name("identity").String(NameOf(body.identity));
}

void WriteBody(JsonWriter& json, const AttemptReceipt& attempt, const booking::AgendaInfo* agenda) {
  WriteMoment(json, "at", attempt.at, agenda);
  json.Name("outcome").String(attempt.outcome);
  if (!attempt.phase.empty()) json.Name("phase").String(attempt.phase);
  WriteWeek(json, attempt.iso_year, attempt.iso_week);
  if (attempt.identity == IdentityGiven::kNone) return;
  json.Name("alternative").Array();
  for (const std::string& field : attempt.alternative) json.String(field);
  json.EndArray();
  json.Name("commitment").String(Hex(attempt.commitment));
}

void WriteBody(JsonWriter& json, const ConfirmationReceipt& confirmation,
               const booking::AgendaInfo* agenda) {
  json.Name("reservation").String(confirmation.reservation);
  json.Name("slot").String(confirmation.slot);
  WriteMoment(json, "starts_at", confirmation.starts_at, agenda);
  json.Name("minutes").Number(confirmation.minutes);
  json.Name("channel").String(confirmation.channel);
  json.Name("holder").String(Hex(confirmation.holder));
  WriteAsText(json, "batch", confirmation.batch);
  WriteAsText(json, "lsn", confirmation.lsn.value);
  WriteAsText(json, "epoch", confirmation.epoch);
  json.Name("chain").String(Hex(confirmation.chain));
}

void WriteBody(JsonWriter& json, const InclusionReceipt& inclusion,
               const booking::AgendaInfo* agenda) {
  json.Name("draw").String(inclusion.draw);
  WriteMoment(json, "closed_at", inclusion.closed_at, agenda);
  WriteMoment(json, "round_at", inclusion.round_at, agenda);
  json.Name("rules").String(Hex(inclusion.rules));
  json.Name("root").String(Hex(inclusion.root));
  json.Name("tag").String(Hex(inclusion.tag));
  if (!inclusion.entry.empty()) {
    json.Name("entry").String(inclusion.entry);
    json.Name("holder").String(Hex(inclusion.holder));
  }
  json.Name("wishes").String(inclusion.wishes);
  json.Name("index").Number(inclusion.index);
  json.Name("entries").Number(inclusion.entries);
  json.Name("path").Array();
  for (const auto& hash : inclusion.path) json.String(Hex(hash));
  json.EndArray();
}

}  // namespace

void WriteWeek(JsonWriter& json, int year, int week) {
  json.Name("iso_week").Spelled([&](std::string& out) {
    AppendNumber(out, year);
    out += week < 10 ? "-W0" : "-W";
    AppendNumber(out, week);
  });
}

void WriteReceipt(Reply& reply, booking::Engine& engine, const booking::PendingReceipt& pending,
                  Instant now) {
  reply.type = ContentType::kJson;
  JsonWriter json(reply.body);
  json.Object();
  json.Name("receipt").String(engine.SignConfirmation(pending, now));
  json.EndObject();
}

void WriteMembers(JsonWriter& json, const booking::Engine& engine,
                  const booking::Receipt& receipt) {
  const auto write = [&](std::string_view kind, const auto& body) {
    const booking::AgendaInfo* const agenda = engine.FindAgenda(body.agenda);
    json.Name("kind").String(kind);
    json.Name("key").String(Hex(receipt.key));
    WriteMoment(json, "issued_at", receipt.issued_at, agenda);
    WriteOffice(json, body);
    WriteBody(json, body, agenda);
  };
  if (const auto* const attempt = std::get_if<AttemptReceipt>(&receipt.body)) {
    write("attempt", *attempt);
  } else if (const auto* const inclusion = std::get_if<InclusionReceipt>(&receipt.body)) {
    write("inclusion", *inclusion);
  } else {
    write("confirmation", std::get<ConfirmationReceipt>(receipt.body));
  }
}

}  // namespace creneau::http
