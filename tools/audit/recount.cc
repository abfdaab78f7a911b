#include "tools/audit/recount.h"

#include <algorithm>
#include <boost/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "base/text.h"
#include "rules/identity.h"

namespace creneau::audit {
namespace json = boost::json;

const std::vector<std::string_view> kNotInTheLog = {
    "the rank of each hold: the log has the K of every opening and the rank served at every "
    "moment; "
    "tickets are with their holders, who can check their own (creneauctl queue verify)",
    "refusals: they leave nothing behind but what the service record counts",
    "that a confirmation came before its deadline: a confirmation counts by when it was received, "
    "and the log has when it was written",
    "who stands behind a pseudonym: only the office's pepper tells",
};

void Recount::Fail(std::string what) {
  if (!finding_) finding_ = Finding{lsn_, std::move(what)};
}

std::string Recount::At(Instant instant) const {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::FromUnixMillis(instant.ms),
                          absl::UTCTimeZone());
}

bool Recount::Concerns(AgendaId agenda) const { return only_.empty() || NameOf(agenda) == only_; }

bool Recount::knows(std::string_view agenda) const {
  return std::any_of(agendas_.begin(), agendas_.end(),
                     [&](const auto& each) { return each.second.name == agenda; });
}

std::string Recount::NameOf(AgendaId agenda) const {
  const auto at = agendas_.find(agenda);
  return at == agendas_.end() ? "" : at->second.name;
}

uint64_t Recount::NumberOf(const Subject& subject) {
  return subject_numbers_.try_emplace(subject, subject_numbers_.size() + 1).first->second;
}

uint64_t Recount::StaffNumberOf(std::string_view person) {
  return staff_numbers_.try_emplace(std::string(person), staff_numbers_.size() + 1).first->second;
}

const rules::Agenda* Recount::RulesOf(AgendaId agenda) const {
  const auto at = agendas_.find(agenda);
  return at == agendas_.end() || at->second.versions.empty() ? nullptr
                                                             : &at->second.versions.back().rules;
}

absl::StatusOr<std::optional<std::string>> Recount::Take(Lsn lsn, Instant written_at,
                                                         std::string_view record) {
  lsn_ = lsn;
  at_ = written_at;
  if (batch_at_ != written_at) before_ = batch_at_.value_or(written_at);
  batch_at_ = written_at;
  latest_ = std::max(latest_, written_at);
  ++records_;
  const absl::StatusOr<codec::Record> decoded = codec::DecodeRecord(record);
  if (!decoded.ok()) return decoded.status();
  if (const auto* event = std::get_if<ledger::Event>(&*decoded))
    return event->is_move ? Moved(*event) : Changed(*event);
  if (const auto* party = std::get_if<ledger::PartyHeld>(&*decoded)) return PartyHeld(*party);
  std::visit([this](const auto& what) { Take(what); }, *decoded);
  std::string line = Other(record, *decoded);
  return line.empty() ? std::nullopt : std::optional(std::move(line));
}

namespace {

json::object ByChannelJson(const auto& counts) {
  json::object out;
  for (const Channel channel : kAllChannels)
    out[std::string(ChannelName(channel))] = counts[static_cast<size_t>(channel)];
  return out;
}

std::string Clock(int minutes) { return absl::StrFormat("%02d:%02d", minutes / 60, minutes % 60); }

json::object RulesJson(const rules::Agenda& rules) {
  json::array identity;
  for (const rules::IdentityAlternative& alternative : rules.identity) {
    json::array fields;
    for (const rules::IdentityField field : alternative)
      fields.emplace_back(std::string(rules::IdentityFieldName(field)));
    identity.push_back(std::move(fields));
  }
  json::object out = {
      {"title", rules.title},
      {"office", rules.office},
      {"timezone", rules.timezone},
      {"group", rules.group},
      {"policy", std::string(rules::PolicyName(rules.policy))},
      {"identity", std::move(identity)},
      {"identity_proof", std::string(rules::IdentityProofName(rules.identity_proof))},
      {"accept_invented", rules.accept_invented},
      {"hold_s", rules.hold_s},
      {"notice_hours", rules.notice_hours},
      {"horizon_days", rules.horizon_days},
      {"cooldown_hours", {rules.cooldown_min_hours, rules.cooldown_max_hours}},
      {"proof_of_work", std::string(rules::ProofDemandName(rules.proof_of_work))},
      {"alternative", rules.alternative},
  };
  if (rules.opening) {
    out["opening"] = {{"weekdays", rules.opening->weekdays.bits},
                      {"gather", Clock(rules.opening->gather)},
                      {"open", Clock(rules.opening->open)},
                      {"close", Clock(rules.opening->close)}};
  }
  if (rules.policy == rules::Policy::kQueue) {
    out["beacon"] = rules.beacon;
    out["chain_end"] = Hex(rules.chain_end);
  }
  return out;
}

}  // namespace

std::string Recount::AgendasJson() const {
  json::array agendas;
  for (const auto& [id, agenda] : agendas_) {
    if (!Concerns(id)) continue;
    json::array versions;
    for (const Version& version : agenda.versions) {
      json::object out = {
          {"version", version.number},      {"lsn", std::to_string(version.lsn.value)},
          {"published_at", At(version.at)}, {"rules", RulesJson(version.rules)},
          {"slots", version.slots},         {"seats", ByChannelJson(version.seats)}};
      if (version.slots > 0) {
        out["first_slot"] = FormatLocalMinute(version.first);
        out["last_slot"] = FormatLocalMinute(version.last);
      }
      versions.push_back(std::move(out));
    }
    agendas.push_back({{"agenda", agenda.name},
                       {"number", id.value},
                       {"listed", agenda.listed.size()},
                       {"versions", std::move(versions)}});
  }
  return json::serialize(agendas) + "\n";
}

std::string Recount::TotalsJson() const {
  constexpr std::array<const char*, kCounts> kNames = {"held", "confirmed", "cancelled", "lapsed",
                                                       "moved"};
  json::object out;
  for (const auto& [id, agenda] : agendas_) {
    if (!Concerns(id)) continue;
    json::object channels;
    for (size_t c = 0; c < kChannels; ++c) {
      json::object counts;
      for (size_t i = 0; i < kCounts; ++i) counts[kNames[i]] = agenda.totals[c][i];
      counts["live_at_the_end"] = agenda.live[c];
      channels[std::string(ChannelName(kAllChannels[c]))] = std::move(counts);
    }
    out[agenda.name] = std::move(channels);
  }
  return json::serialize(out) + "\n";
}

}  // namespace creneau::audit
