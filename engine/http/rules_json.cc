#include "http/rules_json.h"

#include <array>

#include "base/limits.h"
#include "base/text.h"
#include "booking/draw.h"
#include "http/public_answer.h"
#include "http/text.h"

namespace creneau::http {
namespace {

void WriteOpening(JsonWriter& json, const rules::Opening& opening) {
  constexpr std::array<std::string_view, 7> kDays = {"mon", "tue", "wed", "thu",
                                                     "fri", "sat", "sun"};
  const auto time = [&json](std::string_view name, int minutes) {
    json.Name(name).Spelled([minutes](std::string& out) { AppendTimeOfDay(out, minutes); });
  };
  json.Name("opening").Object();
  json.Name("weekdays").Array();
  for (int day = 0; day < 7; ++day) {
    if (opening.weekdays.Has(day)) json.String(kDays[static_cast<size_t>(day)]);
  }
  json.EndArray();
  time("gather", opening.gather);
  time("open", opening.open);
  time("close", opening.close);
  json.EndObject();
}

// As GET …/draw names them.
void WriteDrawRules(JsonWriter& json, const booking::AgendaInfo& info) {
  const rules::DrawRules& draw = *info.rules.draw;
  const auto time = [&](std::string_view name, LocalMinute local) {
    WriteTime(json, name, booking::InstantAt(info, local), info);
  };
  json.Name("draw").String(draw.id);
  json.Name("beacon").String(draw.beacon);
  json.Name("round").String(draw.round);
  time("entries_from", draw.entries_from);
  time("entries_until", draw.entries_until);
  time("round_at", draw.round_at);
  json.Name("seats_from").String(FormatDate(draw.seats_from));
  json.Name("seats_until").String(FormatDate(draw.seats_until));
}

void WriteOfferHours(JsonWriter& json, const rules::Agenda& agenda) {
  json.Name("offer_hours").Object();
  for (const Channel channel : kAllChannels)
    json.Name(ChannelName(channel)).Number(agenda.offer_hours[static_cast<size_t>(channel)]);
  json.EndObject();
}

}  // namespace

void WriteRules(JsonWriter& json, const booking::AgendaInfo& info) {
  const rules::Agenda& agenda = info.rules;
  json.Name("rules").Object();
  json.Name("hold_s").Number(agenda.hold_s);
  json.Name("notice_hours").Number(agenda.notice_hours);
  json.Name("horizon_days").Number(agenda.horizon_days);
  json.Name("identity").Array();
  for (const rules::IdentityAlternative& alternative : agenda.identity) {
    json.Array();
    for (const rules::IdentityField field : alternative)
      json.String(rules::IdentityFieldName(field));
    json.EndArray();
  }
  json.EndArray();
  json.Name("identity_proof").String(rules::IdentityProofName(agenda.identity_proof));
  if (agenda.policy == rules::Policy::kQueue) {
    json.Name("accept_invented").Bool(agenda.accept_invented);
    json.Name("proof_of_work").String(rules::ProofDemandName(agenda.proof_of_work));
    if (!agenda.beacon.empty()) json.Name("beacon").String(agenda.beacon);
    json.Name("chain_end").String(Hex(agenda.chain_end));
    json.Name("chain_from").String(FormatDate(CivilFromDays(booking::kChainFirstDay)));
  }
  if (agenda.draw) {
    json.Name("accept_invented").Bool(agenda.accept_invented);
    json.Name("proof_of_work").String(rules::ProofDemandName(agenda.proof_of_work));
    WriteDrawRules(json, info);
  }
  json.Name("cooldown_hours").Array();
  json.Number(agenda.cooldown_min_hours).Number(agenda.cooldown_max_hours).EndArray();
  json.Name("waitlist").Bool(agenda.waitlist);
  if (agenda.waitlist || agenda.draw) WriteOfferHours(json, agenda);
  if (agenda.opening) WriteOpening(json, *agenda.opening);
  if (!agenda.flow.empty()) {
    json.Name("flow").Array();
    for (const rules::Flow& flow : agenda.flow) {
      json.Object().Name("from").String(ChannelName(flow.from));
      json.Name("to").String(ChannelName(flow.to));
      json.Name("hours_before").Number(flow.hours_before).EndObject();
    }
    json.EndArray();
  }
  json.Name("helper_cap").Number(agenda.helper_cap);
  json.Name("court_overflow").String(rules::CourtOverflowName(agenda.court_overflow));
  json.Name("retention_days").Number(agenda.retention_days);
  json.Name("party_max").Number(agenda.party_max);
  json.Name("moves").Number(limits::kMaxMoves);
  if (!agenda.alternative.empty()) json.Name("alternative").String(agenda.alternative);
  json.EndObject();
}

}  // namespace creneau::http
