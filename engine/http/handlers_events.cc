// GET /v1/events: what happened after a position in the log, and what happens then. The reply is
// written by a stream (event_streams.h); here it is decided whether there is one.
#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include "base/limits.h"
#include "booking/event_feed.h"
#include "http/event_streams.h"
#include "http/handlers.h"
#include "http/request_body.h"

namespace creneau::http {
namespace {

std::optional<uint64_t> Number(std::string_view text) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// A misspelt `after` would lose what came before now without a word.
bool ReadParameters(Exchange& exchange, EventOrder* order, std::optional<uint64_t>* after) {
  const Target& target = exchange.target;
  if (!target.repeated().empty()) {
    RefuseParameter(exchange, target.repeated(), "stands twice");
    return false;
  }
  for (size_t i = 0; i < target.parameters(); ++i) {
    const std::string_view name = target.parameter_name(i);
    if (name == "after" || name == "agenda" || name == "wait_s") continue;
    RefuseParameter(exchange, name, "is not known here; after, agenda and wait_s are");
    return false;
  }
  // Of a browser that has come back by itself, with the address that it began with.
  const bool back = exchange.request.last_event_id.data() != nullptr;
  if (back || target.Parameter("after")) {
    *after = Number(back ? exchange.request.last_event_id : *target.Parameter("after"));
    if (!*after) {
      RefuseParameter(exchange, "after", "is not a position: the lsn of the last event seen, or 0");
      return false;
    }
  }
  if (const auto wait = target.Parameter("wait_s")) {
    const std::optional<uint64_t> seconds = Number(*wait);
    if (!seconds || *seconds > static_cast<uint64_t>(limits::kEventWaitMaxS)) {
      RefuseParameter(exchange, "wait_s", "is not a number of seconds between 0 and 3600");
      return false;
    }
    order->wait_ms = static_cast<int64_t>(*seconds) * kMsPerSecond;
  }
  order->agenda = target.Parameter("agenda").value_or("");
  return true;
}

// Where it goes on from. False: refused.
bool FindPlace(Exchange& exchange, std::optional<uint64_t> after, EventOrder* order) {
  const absl::StatusOr<booking::EventRange> range =
      exchange.engine.Events(after ? std::optional(Lsn{*after}) : std::nullopt);
  if (!range.ok()) {
    const std::string detail(range.status().message());
    exchange.Refuse({.outcome = Outcome::kOutcomeUnknown, .detail = detail});
    return false;
  }
  order->after = after ? Lsn{*after} : range->newest;
  order->from_now = !after;
  if (order->after < range->oldest || range->lost) {
    exchange.Refuse({.outcome = Outcome::kGone, .oldest = range->oldest});
    return false;
  }
  if (order->after > range->newest) {
    const std::string message =
        "is beyond the end of the log, which is " + std::to_string(range->newest.value) +
        ": it comes from another engine, or this one was restored from an older backup";
    RefuseParameter(exchange, "after", message);
    return false;
  }
  return true;
}

}  // namespace

void StreamEvents(Exchange& exchange) {
  if (exchange.streams == nullptr)
    return exchange.Refuse({.outcome = Outcome::kUnknownRoute, .detail = exchange.elsewhere});
  EventOrder order;
  std::optional<uint64_t> after;
  if (!ReadParameters(exchange, &order, &after)) return;
  if (!order.agenda.empty() && exchange.engine.FindAgenda(order.agenda) == nullptr)
    return exchange.Refuse({.outcome = Outcome::kUnknownAgenda});
  const booking::Actor& actor = *exchange.actor;
  if (!order.agenda.empty() && !booking::Covers(actor, order.agenda)) {
    return exchange.Refuse({.outcome = Outcome::kForbidden,
                            .detail = "The key is for other agendas than what is asked for."});
  }
  order.role = actor.role;
  order.person = actor.person;
  order.key = actor.key;
  order.agendas.assign(actor.agendas.begin(), actor.agendas.end());
  if (!FindPlace(exchange, after, &order)) return;
  if (exchange.request.accept.find("text/event-stream") != std::string_view::npos)
    order.form = EventForm::kEventStream;
  Reply& reply = exchange.reply;
  const bool lines = order.form == EventForm::kLines;
  if (!exchange.request.head) {
    exchange.stream = exchange.streams->Open(std::move(order));
    if (exchange.stream == nullptr) {
      return exchange.Refuse({.outcome = Outcome::kOverloaded,
                              .detail = "As many read events as can at once. End one of them, or "
                                        "come back with wait_s=0 now and then.",
                              .retry_after_s = limits::kEventHeartbeatMs / kMsPerSecond});
    }
  }
  reply.type = lines ? ContentType::kEventLines : ContentType::kEventStream;
  reply.streamed = true;
  reply.AddHeader("X-Accel-Buffering", "no");  // nginx passes each chunk on as it comes
}

}  // namespace creneau::http
