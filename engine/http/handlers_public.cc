// The routes that say the same to everyone: agendas and slots. They ask no log and may be a second
// old where a proxy keeps them; what is rendered here is kept for a millisecond (read_cache.h).
#include "base/check.h"
#include "base/limits.h"
#include "base/text.h"
#include "http/handlers.h"
#include "http/json.h"
#include "http/public_answer.h"
#include "http/rules_json.h"
#include "http/telemetry.h"
#include "http/text.h"

namespace creneau::http {
namespace {

// Who, where, and whether it is open: the part of an agenda that the list shows too.
void WriteSummary(JsonWriter& json, const booking::AgendaAnswer& answer) {
  const booking::AgendaInfo& info = *answer.agenda;
  json.Name("agenda").String(info.rules.name);
  json.Name("title").String(info.rules.title);
  json.Name("office").String(info.rules.office);
  json.Name("timezone").String(info.rules.timezone);
  json.Name("policy").String(rules::PolicyName(info.rules.policy));
  json.Name("version").Number(info.version);
  WritePhase(json, answer.opening, info);
}

void WriteChannels(JsonWriter& json, const booking::AgendaAnswer& answer) {
  json.Name("channels").Object();
  for (const Channel channel : kAllChannels) {
    const booking::ChannelCounts& counts = answer.counts[static_cast<size_t>(channel)];
    json.Name(ChannelName(channel)).Object();
    json.Name("published").Number(counts.published);
    json.Name("free").Number(counts.free);
    json.Name("held").Number(counts.held);
    json.Name("reserved").Number(counts.confirmed);
    json.Name("confirmed").Number(counts.confirmed);  // as clients knew it first
    json.Name("cooling").Number(counts.cooling);
    json.Name("offered").Number(counts.offered);
    json.Name("cancelled").Number(static_cast<int64_t>(counts.cancelled));
    if (answer.agenda->rules.waitlist) json.Name("waiting").Number(counts.waiting);
    json.Name("by_agents").Number(static_cast<int64_t>(counts.by_agents));
    json.Name("by_helpers").Number(static_cast<int64_t>(counts.by_helpers));
    json.Name("shifted_in").Number(static_cast<int64_t>(counts.shifted_in));
    json.Name("shifted_out").Number(static_cast<int64_t>(counts.shifted_out));
    json.EndObject();
  }
  json.EndObject();
  // Whoever has a seat of that channel has it by order of a court (design 5).
  const booking::ChannelCounts& court = answer.counts[static_cast<size_t>(Channel::kCourt)];
  json.Name("by_mandate").Number(court.confirmed);
  json.Name("court").Object().Name("published").Number(court.published);
  json.Name("given").Number(static_cast<int64_t>(answer.court.given));
  json.Name("added").Number(static_cast<int64_t>(answer.court.added));
  json.Name("overflow").Number(static_cast<int64_t>(answer.court.counted)).EndObject();
}

struct DateRange {
  std::optional<CivilDate> from;
  std::optional<CivilDate> to;
};

// Reads ?from and ?to. False: refused.
bool ReadRange(Exchange& exchange, DateRange& range) {
  const auto refuse = [&exchange](std::string_view parameter, std::string_view message) {
    const ParameterProblem problem{parameter, message};
    exchange.Refuse({.outcome = Outcome::kValidationFailed, .parameters = {&problem, 1}});
    return false;
  };
  if (!exchange.target.repeated().empty()) return refuse("from", "a parameter stands twice");
  if (const auto text = exchange.target.Parameter("from")) {
    range.from = ParseDate(*text);
    if (!range.from) return refuse("from", "a date is expected, as 2026-12-01");
  }
  const auto to_text = exchange.target.Parameter("to");
  if (!to_text) return true;
  range.to = ParseDate(*to_text);
  if (!range.to) return refuse("to", "a date is expected, as 2026-12-07");
  if (!range.from) return refuse("from", "is needed where `to` is given");
  const int32_t days = DaysFromCivil(*range.to) - DaysFromCivil(*range.from) + 1;
  if (days < 1) return refuse("to", "must not be before `from`");
  if (days > limits::kSlotDaysMax)
    return refuse("to", "31 days can be asked for at once; `next` says where to go on");
  return true;
}

int32_t DayOf(const std::optional<CivilDate>& date) {
  return date ? DaysFromCivil(*date) : ReadCache::kNoDay;
}

}  // namespace

void ListAgendas(Exchange& exchange) {
  std::string& body = exchange.reply.body;
  JsonWriter json(body);
  json.Object().Name("agendas").Array();
  for (const booking::AgendaInfo* info : exchange.engine.Agendas()) {
    // No direct agenda is exhausted here: counting the seats of every agenda is not what a list
    // should cost.
    booking::AgendaAnswer answer;
    answer.agenda = info;
    answer.opening = exchange.engine.ReadOpening(*info, exchange.now);
    json.Object();
    WriteSummary(json, answer);
    json.EndObject();
  }
  json.EndArray().EndObject();
  if (!GivePublic(exchange, TagOf(body, ""))) body.clear();
}

void ShowAgenda(Exchange& exchange) {
  const booking::AgendaInfo* const agenda = exchange.engine.FindAgenda(exchange.name);
  if (agenda == nullptr) return exchange.Refuse({.outcome = Outcome::kUnknownAgenda});
  GiveKept(exchange, {.agenda = agenda}, [&](ReadCache::Answer& out) {
    const booking::AgendaAnswer answer = exchange.engine.ReadAgenda(exchange.name, exchange.now);
    JsonWriter json(out.body);
    json.Object();
    WriteSummary(json, answer);
    WriteTime(json, "published_at", answer.agenda->published_at, *answer.agenda);
    WriteRules(json, *answer.agenda);
    WriteChannels(json, answer);
    json.EndObject();
    // The tag begins with the version, so that it can be sent back as If-Match of a publication.
    std::string prefix;
    AppendNumber(prefix, answer.agenda->version);
    prefix += '.';
    out.tag = TagOf(out.body, prefix);
  });
}

void ListSlots(Exchange& exchange) {
  DateRange range;
  if (!ReadRange(exchange, range)) return;
  const booking::AgendaInfo* const agenda = exchange.engine.FindAgenda(exchange.name);
  if (agenda == nullptr) return exchange.Refuse({.outcome = Outcome::kUnknownAgenda});
  const ReadCache::Question question{.agenda = agenda,
                                     .what = ReadCache::Question::What::kSlots,
                                     .from = DayOf(range.from),
                                     .to = DayOf(range.to)};
  GiveKept(exchange, question, [&](ReadCache::Answer& out) {
    const booking::SlotsAnswer answer =
        exchange.engine.ReadSlots(exchange.name, range.from, range.to, exchange.now);
    JsonWriter json(out.body);
    json.Object().Name("agenda").String(answer.agenda->rules.name);
    json.Name("slots").Array();
    for (const booking::SlotView& slot : answer.slots) {
      json.Object();
      json.Name("slot").Spelled([&](std::string& text) { AppendLocalMinute(text, slot.start); });
      WriteTime(json, "starts_at", slot.starts_at, *answer.agenda);
      json.Name("minutes").Number(slot.minutes);
      json.Name("free").Number(slot.free);
      json.Name("capacity").Number(slot.capacity);
      json.EndObject();
    }
    json.EndArray();
    if (answer.next) json.Name("next").String(FormatDate(*answer.next));
    json.EndObject();
    out.tag = TagOf(out.body, "");
  });
}

}  // namespace creneau::http
