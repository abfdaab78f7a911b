// The operator's routes, and those of monitoring. They answer on the admin socket; the last three
// on --metrics too.
#include "http/handlers.h"
#include "http/headers.h"
#include "http/json.h"
#include "http/request_body.h"
#include "http/telemetry.h"
#include "http/text.h"

namespace creneau::http {
namespace {

// ?dry_run and ?displaced. False: refused. A misspelt dry_run must not publish, so there is no
// other parameter.
bool ReadOptions(Exchange& exchange, booking::PublishRequest& request) {
  const Target& target = exchange.target;
  if (!target.repeated().empty()) {
    RefuseParameter(exchange, "", "a parameter stands twice");
    return false;
  }
  for (size_t i = 0; i < target.parameters(); ++i) {
    const std::string_view name = target.parameter_name(i);
    if (name == "dry_run" || name == "displaced") continue;
    RefuseParameter(exchange, name, "is not known here; dry_run and displaced are");
    return false;
  }
  const std::string_view dry_run = target.Parameter("dry_run").value_or("0");
  if (dry_run != "0" && dry_run != "1") {
    RefuseParameter(exchange, "dry_run", "0 or 1 is expected");
    return false;
  }
  request.dry_run = dry_run == "1";
  const std::string_view displaced = target.Parameter("displaced").value_or("refuse");
  if (displaced != "refuse" && displaced != "keep") {
    RefuseParameter(exchange, "displaced", "refuse or keep is expected");
    return false;
  }
  request.displaced = displaced == "keep" ? booking::Displaced::kKeep : booking::Displaced::kRefuse;
  return true;
}

// Content-Type and If-Match. False: refused.
bool ReadHeaders(Exchange& exchange, booking::PublishRequest& request) {
  const Request& sent = exchange.request;
  if (IsMediaType(sent.content_type, "text/csv")) {
    request.format = booking::AgendaFormat::kCsv;
  } else if (!IsMediaType(sent.content_type, "application/toml")) {
    exchange.Refuse(
        {.outcome = Outcome::kUnsupportedMediaType,
         .detail = "An agenda is application/toml, or text/csv for its slots. Set Content-Type."});
    return false;
  }
  if (sent.if_match.data() == nullptr) return true;
  if (sent.if_match == "*") {  // RFC 9110 13.1.1: any version, but there must be one
    if (exchange.engine.FindAgenda(exchange.name) != nullptr) return true;
    exchange.Refuse({.outcome = Outcome::kVersionMismatch});
    return false;
  }
  request.if_match = VersionFromTag(sent.if_match);
  if (request.if_match) return true;
  exchange.Refuse(
      {.outcome = Outcome::kMalformedRequest,
       .detail = "If-Match is not a version in quotes, as \"3\", nor the ETag of the agenda."});
  return false;
}

// "2026-12-01T08:20:00+00:00": snapshots have no office, so their time is that of UTC.
void WriteSnapshot(JsonWriter& json, const booking::SnapshotListing& listing) {
  json.Object().Name("snapshot").String(booking::SnapshotName(listing.number));
  json.Name("damaged").Bool(!listing.header);
  if (listing.header) {
    const auto lsn = [](Lsn of) {
      return [of](std::string& out) { AppendNumber(out, static_cast<int64_t>(of.value)); };
    };
    const booking::SnapshotHeader& header = *listing.header;
    json.Name("lsn").Spelled(lsn(header.position)).Name("covers").Spelled(lsn(header.covers));
    json.Name("segment").Number(static_cast<int64_t>(header.start.segment));
    json.Name("taken_at").Spelled([&](std::string& out) {
      AppendRfc3339(out, header.taken_at, Zone());
    });
    json.Name("bytes").Number(static_cast<int64_t>(header.bytes));
    json.Name("agendas").Number(static_cast<int64_t>(header.agendas));
    json.Name("slots").Number(static_cast<int64_t>(header.slots));
    json.Name("seats").Number(static_cast<int64_t>(header.seats));
  }
  json.EndObject();
}

// The snapshots that counted before still do.
void RefuseSnapshot(Exchange& exchange, const absl::Status& status) {
  const std::string detail(status.message());
  Outcome outcome = Outcome::kOutcomeUnknown;  // its disk fails
  if (absl::IsResourceExhausted(status)) outcome = Outcome::kReadOnly;
  if (absl::IsUnavailable(status)) outcome = Outcome::kOverloaded;
  exchange.Refuse({.outcome = outcome, .detail = detail});
}

}  // namespace

void PublishAgenda(Exchange& exchange) {
  booking::PublishRequest request;
  request.name = exchange.name;
  request.body = exchange.request.body;
  if (!ReadOptions(exchange, request) || !ReadHeaders(exchange, request)) return;
  // Publish waits for the log itself, so this answer needs no barrier.
  const booking::PublishAnswer answer = exchange.engine.Publish(request, *exchange.actor);
  if (answer.outcome != Outcome::kOk) {
    return exchange.Refuse(
        {.outcome = answer.outcome, .slots = answer.displaced, .diagnostics = answer.errors});
  }
  Reply& reply = exchange.reply;
  reply.status = answer.created && !request.dry_run ? 201 : 200;
  reply.type = ContentType::kJson;
  if (!request.dry_run) {
    reply.headers += "ETag: \"";
    AppendNumber(reply.headers, answer.version);
    reply.headers += "\"\r\n";
  }
  JsonWriter json(reply.body);
  json.Object().Name("agenda").String(exchange.name);
  json.Name("version").Number(answer.version);
  json.Name("created").Bool(answer.created);
  json.Name("dry_run").Bool(request.dry_run);
  json.Name("slots").Number(answer.slots);
  json.Name("seats_added").Number(answer.seats_added);
  json.Name("seats_withdrawn").Number(answer.seats_withdrawn);
  json.Name("seats_kept").Number(answer.seats_kept);
  json.Name("warnings").Array();
  WriteDiagnostics(json, answer.warnings);
  json.EndArray();
  json.EndObject();
}

void ListSnapshots(Exchange& exchange) {
  const auto snapshots = exchange.engine.Snapshots();
  if (!snapshots.ok()) return RefuseSnapshot(exchange, snapshots.status());
  exchange.reply.type = ContentType::kJson;
  JsonWriter json(exchange.reply.body);
  json.Object().Name("snapshots").Array();
  for (const booking::SnapshotListing& listing : *snapshots) WriteSnapshot(json, listing);
  json.EndArray().EndObject();
}

void TakeSnapshot(Exchange& exchange) {
  // What it tells is durable when it returns, so this answer needs no barrier.
  const absl::StatusOr<booking::SnapshotHeader> taken =
      exchange.engine.TakeSnapshot(*exchange.actor);
  if (!taken.ok()) return RefuseSnapshot(exchange, taken.status());
  exchange.reply.status = 201;
  exchange.reply.type = ContentType::kJson;
  JsonWriter json(exchange.reply.body);
  WriteSnapshot(json, {taken->number, *taken});
}

void ReportLive(Exchange& exchange) {
  JsonWriter(exchange.reply.body).Object().Name("status").String("live").EndObject();
  exchange.reply.type = ContentType::kJson;
}

void ReportReady(Exchange& exchange) {
  const booking::EngineStats stats = exchange.engine.stats();
  if (stats.poisoned) {
    return exchange.Refuse(
        {.outcome = Outcome::kOutcomeUnknown,
         .detail = "The log has failed and nothing can be promised any more. The process ends; "
                   "its diary says why and what to do."});
  }
  JsonWriter json(exchange.reply.body);
  json.Object().Name("status").String("ready").Name("read_only").Bool(stats.read_only).EndObject();
  exchange.reply.type = ContentType::kJson;
}

void ShowMetrics(Exchange& exchange) {
  exchange.reply.body = exchange.telemetry.Render(exchange.engine, exchange.now);
  exchange.reply.type = ContentType::kMetrics;
}

}  // namespace creneau::http
