#include "http/readings.h"

#include <utility>

#include "base/check.h"
#include "base/prng.h"
#include "base/text.h"
#include "http/ical.h"
#include "http/json.h"
#include "http/problem.h"
#include "http/public_answer.h"
#include "http/rules_json.h"
#include "http/text.h"

namespace creneau::http {
namespace {

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
  WriteRules(json, agenda);
  json.EndObject();
}

// In the form and language of its order.
void WriteRecord(const ReadingOrder& order, const booking::Engine& engine, Document& out) {
  const booking::RecordAnswer answer =
      engine.ReadRecord(order.agenda->rules.name, order.week, order.after);
  if (answer.status.ok()) return WriteRecord(out.body, answer, order.week);
  out.outcome =
      absl::IsInvalidArgument(answer.status) ? Outcome::kValidationFailed : Outcome::kOverloaded;
}

void WriteReleases(const ReadingOrder& order, const booking::Engine& engine, Instant now,
                   Document& out) {
  const booking::ReleasesAnswer answer =
      engine.ReadReleases(order.agenda->rules.name, order.days, now);
  if (order.form == Form::kJson) return WriteReleases(out.body, answer);
  AppendCalendar(out.body, answer);
}

void WriteNotice(const ReadingOrder& order, const booking::Engine& engine, Instant now,
                 Document& out) {
  const booking::AgendaAnswer answer = engine.ReadAgenda(order.agenda->rules.name, now);
  const booking::AgendaInfo& agenda = *answer.agenda;
  rules::NoticeFacts facts{agenda.version, agenda.published_at, {}};
  for (size_t c = 0; c < kChannels; ++c) facts.seats[c] = answer.counts[c].published;
  const auto paragraphs = rules::NoticeOf(agenda.rules, agenda.zone, facts, order.language);
  if (order.form == Form::kJson) return WriteNotice(out.body, agenda, order.language, paragraphs);
  out.body = rules::NoticeText(paragraphs);
}

ContentType TypeOf(Form form) {
  switch (form) {
    case Form::kJson:
      return ContentType::kJson;
    case Form::kCalendar:
      return ContentType::kCalendar;
    case Form::kText:
      return ContentType::kText;
    case Form::kProtobuf:
    case Form::kNone:
      break;
  }
  CHECK(false);
}

void AddNegotiated(const ReadingOrder& order, Reply& reply) {
  switch (order.what) {
    case ReadingOrder::What::kRecord:
      return;
    case ReadingOrder::What::kReleases:
      return reply.AddHeader("Vary", "Accept");
    case ReadingOrder::What::kNotice:
      reply.AddHeader("Vary", "Accept, Accept-Language");
      return reply.AddHeader("Content-Language", rules::LanguageTag(order.language));
  }
}

}  // namespace

Document Read(const ReadingOrder& order, const booking::Engine& engine, Instant now) {
  Document out;
  switch (order.what) {
    case ReadingOrder::What::kRecord:
      WriteRecord(order, engine, out);
      break;
    case ReadingOrder::What::kReleases:
      WriteReleases(order, engine, now, out);
      break;
    case ReadingOrder::What::kNotice:
      WriteNotice(order, engine, now, out);
      break;
  }
  if (out.outcome == Outcome::kOk) out.tag = TagOf(out.body, "");
  return out;
}

void Give(const ReadingOrder& order, const Document& document, std::string_view if_none_match,
          Instant now, Reply& reply) {
  if (document.outcome == Outcome::kValidationFailed) {
    const ParameterProblem problem{"after", "what `next` said is expected"};
    return WriteProblem(reply, {.outcome = document.outcome, .parameters = {&problem, 1}}, now);
  }
  if (document.outcome != Outcome::kOk) {
    return WriteProblem(reply,
                        {.outcome = document.outcome,
                         .detail = "The record cannot be read at the moment. It is in the log, and "
                                   "nothing of it is lost."},
                        now);
  }
  AddNegotiated(order, reply);
  reply.type = TypeOf(order.form);
  reply.caching = Caching::kOneMinute;
  reply.AddHeader("ETag", document.tag);
  if (NamesTag(if_none_match, document.tag)) {
    reply.status = 304;
  } else {
    reply.kept_body = document.body;
  }
}

size_t ReadingShelf::PlaceOf(const ReadingOrder& order) {
  uint64_t mixed = order.agenda->id.value;
  for (const uint64_t part :
       {static_cast<uint64_t>(order.what), static_cast<uint64_t>(order.week.year),
        static_cast<uint64_t>(order.week.week), Fingerprint(order.after),
        static_cast<uint64_t>(order.days), static_cast<uint64_t>(order.language),
        static_cast<uint64_t>(order.form)})
    mixed = Mix64(mixed ^ part);
  return mixed % kPlaces;
}

const Document* ReadingShelf::Find(const ReadingOrder& order, Instant now) {
  Kept& kept = places_[PlaceOf(order)];
  if (kept.order != order || now < kept.asked_at) return nullptr;
  const int64_t age_ms = now - kept.asked_at;
  if (age_ms < limits::kReadingFreshMs) return &kept.document;
  if (kept.is_read_anew && age_ms < limits::kReadingStaleMs) return &kept.document;
  kept.is_read_anew = true;
  return nullptr;
}

void ReadingShelf::Keep(ReadingOrder order, Document document, Instant asked_at) {
  if (document.outcome != Outcome::kOk || document.body.capacity() > kLargestKept) return;
  Kept& kept = places_[PlaceOf(order)];
  kept = Kept{std::move(order), std::move(document), asked_at};
}

}  // namespace creneau::http
