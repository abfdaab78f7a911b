#include "http/public_answer.h"

#include "base/prng.h"
#include "base/text.h"
#include "http/headers.h"
#include "http/text.h"

namespace creneau::http {

void WriteTime(JsonWriter& json, std::string_view name, Instant instant,
               const booking::AgendaInfo& agenda) {
  json.Name(name).Spelled([&](std::string& out) { AppendRfc3339(out, instant, agenda.zone); });
}

std::string TagOf(std::string_view body, std::string_view prefix) {
  constexpr std::string_view kHex = "0123456789abcdef";
  const uint64_t fingerprint = Fingerprint(body);
  std::string tag = "\"";
  tag += prefix;
  for (int shift = 60; shift >= 0; shift -= 4) tag += kHex[fingerprint >> shift & 0xf];
  tag += '"';
  return tag;
}

bool GivePublic(Exchange& exchange, std::string_view tag) {
  Reply& reply = exchange.reply;
  reply.type = ContentType::kJson;
  reply.caching = Caching::kOneSecond;
  reply.AddHeader("ETag", tag);
  if (!NamesTag(exchange.request.if_none_match, tag)) return true;
  reply.status = 304;
  return false;
}

void WritePhase(JsonWriter& json, const booking::OpeningView& opening,
                const booking::AgendaInfo& info) {
  json.Name("phase").String(booking::PhaseName(opening.phase));
  if (opening.state.paused) json.Name("paused").Bool(true);
  if (!opening.times) return;
  const bool open =
      opening.phase == booking::Phase::kOpen || opening.phase == booking::Phase::kExhausted;
  if (info.rules.policy == rules::Policy::kQueue) {
    json.Name("opening").String(FormatDate(CivilFromDays(opening.times->day)));
    WriteTime(json, "gathers_at", opening.times->gathers_at, info);
    WriteTime(json, "opens_at", opening.state.opened_at.value_or(opening.times->opens_at), info);
    WriteTime(json, "closes_at", opening.times->closes_at, info);
  } else if (open) {
    WriteTime(json, "closes_at", opening.times->closes_at, info);
  } else {
    WriteTime(json, "opens_at", opening.times->opens_at, info);
  }
}

}  // namespace creneau::http
