#include "codec/service_describe.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "codec/describe.h"

namespace creneau::codec {
namespace {

// Names are lower-case letters and hyphens: they need no escaping.
std::string JsonOf(const std::vector<NamedCount>& counts) {
  std::string out = "{";
  for (const NamedCount& count : counts) {
    absl::StrAppendFormat(&out, R"(%s"%s":%d)", out.size() > 1 ? "," : "", count.name, count.count);
  }
  return out + "}";
}

std::string LineOf(const std::vector<NamedCount>& counts) {
  std::string out;
  for (const NamedCount& count : counts)
    absl::StrAppendFormat(&out, "%s%d %s", out.empty() ? "" : ", ", count.count, count.name);
  return out;
}

std::string JsonOf(const AgendaMinute& agenda) {
  std::string out =
      absl::StrFormat(R"({"agenda":%d,"phase":"%s","paused":%s,"free":{)", agenda.agenda.value,
                      agenda.phase, agenda.paused ? "true" : "false");
  for (const Channel channel : kAllChannels) {
    absl::StrAppendFormat(&out, R"(%s"%s":%d)", channel == Channel::kWeb ? "" : ",",
                          std::string(ChannelName(channel)),
                          agenda.free[static_cast<size_t>(channel)]);
  }
  absl::StrAppendFormat(&out, R"(},"waiting":%d,"refused":%s})", agenda.waiting,
                        JsonOf(agenda.refused));
  return out;
}

std::string LineOf(const AgendaMinute& agenda) {
  std::string out = absl::StrFormat("; agenda %d %s%s, free", agenda.agenda.value, agenda.phase,
                                    agenda.paused ? " (paused)" : "");
  for (const uint32_t free : agenda.free) absl::StrAppendFormat(&out, " %d", free);
  if (agenda.waiting > 0) absl::StrAppendFormat(&out, ", %d waiting", agenda.waiting);
  if (!agenda.refused.empty()) absl::StrAppend(&out, ", refused ", LineOf(agenda.refused));
  return out;
}

}  // namespace

std::string Describe(const ServiceMinute& minute, bool json) {
  if (json) {
    std::string out = absl::StrFormat(
        R"({"event":"service","from":"%s","until":"%s","quiet_since":"%s","shed":%s,"over_rate":%d,"turned_away":%d,"stalled_ms":%d,"down_since":"%s","unknown_since":"%s","agendas":[)",
        Utc(minute.from), Utc(minute.until), Utc(minute.quiet_since), JsonOf(minute.shed),
        minute.over_rate, minute.turned_away, minute.stalled_ms,
        minute.down_since ? Utc(*minute.down_since) : "",
        minute.unknown_since ? Utc(*minute.unknown_since) : "");
    for (const AgendaMinute& agenda : minute.agendas)
      absl::StrAppend(&out, &agenda == &minute.agendas.front() ? "" : ",", JsonOf(agenda));
    return out + "]}";
  }
  std::string out =
      absl::StrFormat("service record from %s until %s", Utc(minute.from), Utc(minute.until));
  if (minute.quiet_since < minute.from)
    absl::StrAppendFormat(&out, ", quiet since %s", Utc(minute.quiet_since));
  if (minute.unknown_since)
    absl::StrAppendFormat(&out, ", nothing known since %s", Utc(*minute.unknown_since));
  if (minute.down_since) absl::StrAppendFormat(&out, ", down since %s", Utc(*minute.down_since));
  if (minute.stalled_ms > 0) absl::StrAppendFormat(&out, ", stalled %d ms", minute.stalled_ms);
  if (!minute.shed.empty()) absl::StrAppend(&out, ", shed ", LineOf(minute.shed));
  if (minute.over_rate > 0) absl::StrAppendFormat(&out, ", %d over their rate", minute.over_rate);
  if (minute.turned_away > 0)
    absl::StrAppendFormat(&out, ", %d connections turned away", minute.turned_away);
  for (const AgendaMinute& agenda : minute.agendas) out += LineOf(agenda);
  return out;
}

std::string Describe(const ChannelTotals& totals, bool json) {
  const std::string channel(ChannelName(totals.channel));
  if (json) {
    return absl::StrFormat(R"({"event":"totals","agenda":%d,"channel":"%s","cancelled":%d})",
                           totals.agenda.value, channel, totals.cancelled);
  }
  return absl::StrFormat("agenda %d, channel %s: %d reservations cancelled ever",
                         totals.agenda.value, channel, totals.cancelled);
}

}  // namespace creneau::codec
