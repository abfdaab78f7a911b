// What everybody can check: the service record, when seats are given out next, and the rules that
// decide, in words. None asks the log. What is asked for is found out here, and read elsewhere, or
// here where the thread is the staff's (readings.h, reading_room.h).

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "base/limits.h"
#include "http/handlers.h"
#include "http/headers.h"
#include "http/reading_room.h"
#include "http/readings.h"
#include "http/request_body.h"

namespace creneau::http {
namespace {

constexpr int32_t kMinutesPerDay = 24 * 60;

// Where a parameter stands twice, programs disagree about which one counts.
bool RefuseRepeated(Exchange& exchange) {
  const std::string_view twice = exchange.target.repeated();
  if (twice.empty()) return false;
  RefuseParameter(exchange, twice, "a parameter stands twice");
  return true;
}

int32_t DayAt(Instant now, const booking::AgendaInfo& agenda) {
  return rules::LocalMinuteAt(now, agenda.zone.absl()).value / kMinutesPerDay;
}

constexpr std::string_view kTooMany =
    "More is asked for than can be read now. The record is in the log, and nothing of it is lost: "
    "try "
    "again shortly.";

// Gives what is kept, or has it read by who does not hold up citizens.
void Answer(Exchange& exchange, ReadingOrder order) {
  const std::string_view tag = exchange.request.if_none_match;
  if (exchange.room == nullptr) {
    exchange.reading = std::make_unique<Reading>(std::move(order), tag, exchange.now);
    exchange.reading->document = Read(exchange.reading->order, exchange.engine, exchange.now);
    exchange.reading->is_made = true;
  } else if (const Document* const kept = exchange.shelf.Find(order, exchange.now)) {
    return Give(order, *kept, tag, exchange.now, exchange.reply);
  } else {
    exchange.reading = exchange.room->Reserve(std::move(order), tag, exchange.now);
    if (exchange.reading == nullptr)
      exchange.Refuse({.outcome = Outcome::kOverloaded, .detail = kTooMany});
  }
}

}  // namespace

void ShowRecord(Exchange& exchange) {
  if (RefuseRepeated(exchange)) return;
  const booking::AgendaInfo* const agenda = exchange.engine.FindAgenda(exchange.name);
  if (agenda == nullptr) return exchange.Refuse({.outcome = Outcome::kUnknownAgenda});
  std::optional<rules::IsoWeek> week = rules::IsoWeekOf(DayAt(exchange.now, *agenda));
  if (const auto text = exchange.target.Parameter("week")) week = rules::ParseIsoWeek(*text);
  if (!week) return RefuseParameter(exchange, "week", "an ISO week is expected, as 2026-W49");
  Answer(exchange, {.agenda = agenda,
                    .what = ReadingOrder::What::kRecord,
                    .week = *week,
                    .after = std::string(exchange.target.Parameter("after").value_or(""))});
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
  const booking::AgendaInfo* const agenda = exchange.engine.FindAgenda(exchange.name);
  if (form == Form::kNone || agenda == nullptr) {
    exchange.reply.AddHeader("Vary", "Accept");
    return exchange.Refuse(
        {.outcome = form == Form::kNone ? Outcome::kNotAcceptable : Outcome::kUnknownAgenda});
  }
  Answer(exchange,
         {.agenda = agenda, .what = ReadingOrder::What::kReleases, .days = days, .form = form});
}

void ShowNotice(Exchange& exchange) {
  if (RefuseRepeated(exchange)) return;
  std::optional<rules::Language> language =
      rules::NegotiateLanguage(exchange.request.accept_language);
  if (const auto tag = exchange.target.Parameter("lang")) language = rules::LanguageFromTag(*tag);
  if (!language) return RefuseParameter(exchange, "lang", "fr or en is expected");
  const Form form = NegotiatePublic(exchange.request.accept, Form::kText);
  const booking::AgendaInfo* const agenda = exchange.engine.FindAgenda(exchange.name);
  if (form == Form::kNone || agenda == nullptr) {
    exchange.reply.AddHeader("Vary", "Accept, Accept-Language");
    return exchange.Refuse(
        {.outcome = form == Form::kNone ? Outcome::kNotAcceptable : Outcome::kUnknownAgenda});
  }
  Answer(
      exchange,
      {.agenda = agenda, .what = ReadingOrder::What::kNotice, .language = *language, .form = form});
}

}  // namespace creneau::http
