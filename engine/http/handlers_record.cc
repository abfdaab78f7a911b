// What everybody can check: the service record, when seats are given out next, and the rules that
// decide, in words. None asks the log; a proxy may keep them for a minute.

#include <string>

#include "absl/strings/numbers.h"
#include "base/limits.h"
#include "base/text.h"
#include "http/handlers.h"
#include "http/headers.h"
#include "http/ical.h"
#include "http/json.h"
#include "http/public_answer.h"
#include "http/rules_json.h"
#include "http/text.h"

namespace creneau::http {
namespace {

constexpr int32_t kMinutesPerDay = 24 * 60;

void RefuseParameter(Exchange& exchange, std::string_view parameter, std::string_view message) {
  const ParameterProblem problem{parameter, message};
  exchange.Refuse({.outcome = Outcome::kValidationFailed, .parameters = {&problem, 1}});
}

// Where a parameter stands twice, programs disagree about which one counts.
bool RefuseRepeated(Exchange& exchange) {
  const std::string_view twice = exchange.target.repeated();
  if (twice.empty()) return false;
  RefuseParameter(exchange, twice, "a parameter stands twice");
  return true;
}

// The head of a public answer in exchange.reply.body.
void Give(Exchange& exchange, ContentType type) {
  const std::string tag = TagOf(exchange.reply.body, "");
  const bool whole = GivePublic(exchange, tag);
  exchange.reply.type = type;
  exchange.reply.caching = Caching::kOneMinute;
  if (!whole) exchange.reply.body.clear();
}

int32_t DayAt(Instant now, const booking::AgendaInfo& agenda) {
  return rules::LocalMinuteAt(now, agenda.zone.absl()).value / kMinutesPerDay;
}

void WriteCounts(JsonWriter& json, std::string_view name,
                 const std::array<uint32_t, kChannels>& counts) {
  json.Name(name).Object();
  for (const Channel channel : kAllChannels)
    json.Name(ChannelName(channel)).Number(counts[static_cast<size_t>(channel)]);
  json.EndObject();
}

void WriteDay(JsonWriter& json, std::string_view name, int32_t day) {
  json.Name(name).Spelled([day](std::string& out) { AppendDay(out, day); });
}

// A number of 64 bits as a string: JSON's numbers end at 2^53 where many read them.
void WriteWhole(JsonWriter& json, std::string_view name, uint64_t number) {
  json.Name(name).Spelled([number](std::string& out) { out += std::to_string(number); });
}

void WriteRecord(std::string& body, const booking::RecordAnswer& answer, rules::IsoWeek week) {
  const booking::AgendaInfo& agenda = *answer.agenda;
  JsonWriter json(body);
  json.Object().Name("agenda").String(agenda.rules.name);
  json.Name("week").String(rules::FormatIsoWeek(week));
  if (answer.told_until) WriteTime(json, "known_until", *answer.told_until, agenda);
  if (answer.checkpoint) {
    json.Name("checkpoint").Object();
    WriteWhole(json, "batch", answer.checkpoint->batch);
    WriteWhole(json, "lsn", answer.checkpoint->lsn.value);
    WriteWhole(json, "epoch", answer.checkpoint->epoch);
    WriteTime(json, "at", answer.checkpoint->at, agenda);
    json.Name("chain").String(Hex(answer.checkpoint->chain));
    json.EndObject();
  }
  if (answer.page.next) json.Name("next").String(*answer.page.next);
  // The lines are JSON already.
  json.Name("minutes").Array();
  body += answer.page.agenda_lines;
  json.EndArray();
  json.Name("engine").Array();
  body += answer.page.engine_lines;
  json.EndArray().EndObject();
}

void WriteReleases(std::string& body, const booking::ReleasesAnswer& answer) {
  const booking::AgendaInfo& agenda = *answer.agenda;
  JsonWriter json(body);
  json.Object().Name("agenda").String(agenda.rules.name);
  json.Name("version").Number(agenda.version);
  json.Name("horizon_days").Number(agenda.rules.horizon_days);
  json.Name("notice_hours").Number(agenda.rules.notice_hours);
  WriteDay(json, "until", answer.releases.last_day);
  WriteCounts(json, "bookable_now", answer.bookable);
  json.Name("releases").Array();
  for (const rules::ReleaseDay& day : answer.releases.days) {
    json.Object();
    WriteDay(json, "day", day.day);
    if (day.opening) {
      WriteTime(json, "gathers_at", day.opening->gathers_at, agenda);
      WriteTime(json, "opens_at", day.opening->opens_at, agenda);
      WriteTime(json, "closes_at", day.opening->closes_at, agenda);
    }
    json.Name("appointments").Array();
    for (const rules::Release& release : day.releases) {
      json.Object();
      WriteDay(json, "day", release.day);
      WriteTime(json, "from", release.from, agenda);
      WriteTime(json, "until", release.until, agenda);
      json.Name("first").Spelled([&](std::string& out) { AppendLocalMinute(out, release.first); });
      json.Name("last").Spelled([&](std::string& out) { AppendLocalMinute(out, release.last); });
      json.Name("slots").Number(release.slots);
      WriteCounts(json, "seats", release.seats);
      json.EndObject();
    }
    json.EndArray().EndObject();
  }
  json.EndArray().EndObject();
}

void WriteNotice(std::string& body, const booking::AgendaInfo& agenda, rules::Language language,
                 const std::vector<rules::NoticeParagraph>& paragraphs) {
  JsonWriter json(body);
  json.Object().Name("agenda").String(agenda.rules.name);
  json.Name("version").Number(agenda.version);
  WriteTime(json, "in_force_since", agenda.published_at, agenda);
  json.Name("lang").String(rules::LanguageTag(language));
  json.Name("text").String(rules::NoticeText(paragraphs));
  json.Name("paragraphs").Array();
  for (const rules::NoticeParagraph& paragraph : paragraphs) {
    json.Object().Name("rule").String(paragraph.rule);
    json.Name("text").String(paragraph.text).EndObject();
  }
  json.EndArray();
  json.Name("policy").String(rules::PolicyName(agenda.rules.policy));
  json.Name("group").String(agenda.rules.group);
  WriteRules(json, agenda.rules);
  json.EndObject();
}

}  // namespace

void ShowRecord(Exchange& exchange) {
  if (RefuseRepeated(exchange)) return;
  const booking::AgendaInfo* const agenda = exchange.engine.FindAgenda(exchange.name);
  if (agenda == nullptr) return exchange.Refuse({.outcome = Outcome::kUnknownAgenda});
  std::optional<rules::IsoWeek> week = rules::IsoWeekOf(DayAt(exchange.now, *agenda));
  if (const auto text = exchange.target.Parameter("week")) week = rules::ParseIsoWeek(*text);
  if (!week) return RefuseParameter(exchange, "week", "an ISO week is expected, as 2026-W49");
  const booking::RecordAnswer answer = exchange.engine.ReadRecord(
      exchange.name, *week, exchange.target.Parameter("after").value_or(""));
  if (absl::IsInvalidArgument(answer.status))
    return RefuseParameter(exchange, "after", "what `next` said is expected");
  if (!answer.status.ok()) {
    return exchange.Refuse({.outcome = Outcome::kOverloaded,
                            .detail = "The record cannot be read at the moment. It is in the log, "
                                      "and nothing of it is lost."});
  }
  WriteRecord(exchange.reply.body, answer, *week);
  Give(exchange, ContentType::kJson);
}

void ShowReleases(Exchange& exchange) {
  if (RefuseRepeated(exchange)) return;
  int days = limits::kReleaseDaysDefault;
  if (const auto text = exchange.target.Parameter("days")) {
    const bool number = absl::SimpleAtoi(absl::string_view(text->data(), text->size()), &days);
    if (!number || days < 1 || days > limits::kReleaseDaysMax)
      return RefuseParameter(exchange, "days", "a number of days from 1 to 92 is expected");
  }
  const Form form = NegotiatePublic(exchange.request.accept, Form::kCalendar);
  exchange.reply.AddHeader("Vary", "Accept");
  if (form == Form::kNone) return exchange.Refuse({.outcome = Outcome::kNotAcceptable});
  const booking::ReleasesAnswer answer =
      exchange.engine.ReadReleases(exchange.name, days, exchange.now);
  if (answer.agenda == nullptr) return exchange.Refuse({.outcome = Outcome::kUnknownAgenda});
  if (form == Form::kJson) {
    WriteReleases(exchange.reply.body, answer);
    return Give(exchange, ContentType::kJson);
  }
  AppendCalendar(exchange.reply.body, answer);
  Give(exchange, ContentType::kCalendar);
}

void ShowNotice(Exchange& exchange) {
  if (RefuseRepeated(exchange)) return;
  std::optional<rules::Language> language =
      rules::NegotiateLanguage(exchange.request.accept_language);
  if (const auto tag = exchange.target.Parameter("lang")) language = rules::LanguageFromTag(*tag);
  if (!language) return RefuseParameter(exchange, "lang", "fr or en is expected");
  const Form form = NegotiatePublic(exchange.request.accept, Form::kText);
  exchange.reply.AddHeader("Vary", "Accept, Accept-Language");
  if (form == Form::kNone) return exchange.Refuse({.outcome = Outcome::kNotAcceptable});
  const booking::AgendaAnswer answer = exchange.engine.ReadAgenda(exchange.name, exchange.now);
  if (answer.agenda == nullptr) return exchange.Refuse({.outcome = Outcome::kUnknownAgenda});
  const booking::AgendaInfo& agenda = *answer.agenda;
  rules::NoticeFacts facts{agenda.version, agenda.published_at, {}};
  for (size_t c = 0; c < kChannels; ++c) facts.seats[c] = answer.counts[c].published;
  const auto paragraphs = rules::NoticeOf(agenda.rules, agenda.zone, facts, *language);
  exchange.reply.AddHeader("Content-Language", rules::LanguageTag(*language));
  if (form == Form::kJson) {
    WriteNotice(exchange.reply.body, agenda, *language, paragraphs);
    return Give(exchange, ContentType::kJson);
  }
  exchange.reply.body = rules::NoticeText(paragraphs);
  Give(exchange, ContentType::kText);
}

}  // namespace creneau::http
