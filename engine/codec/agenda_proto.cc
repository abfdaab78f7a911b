#include "codec/agenda_proto.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "codec/draw_proto.h"
#include "creneau/v1/agenda.pb.h"
#include "rules/identity.h"

namespace creneau::codec {
namespace {

absl::Status Unknown(const char* what, const std::string& value, const std::string& agenda) {
  return absl::DataLossError(
      absl::StrCat("agenda ", agenda, " in the log has ", what, " \"", value,
                   "\", which this version does not know; start the version that wrote it"));
}

void FairnessToProto(const rules::Agenda& agenda, v1::Agenda* out) {
  out->set_party_max(static_cast<uint32_t>(agenda.party_max));
  for (const rules::Flow& flow : agenda.flow) {
    v1::Flow* one = out->add_flow();
    one->set_from(static_cast<uint32_t>(flow.from));
    one->set_to(static_cast<uint32_t>(flow.to));
    one->set_hours_before(static_cast<uint32_t>(flow.hours_before));
  }
  for (const int hours : agenda.offer_hours) out->add_offer_hours(static_cast<uint32_t>(hours));
  out->set_waitlist(agenda.waitlist);
  out->set_helper_cap(static_cast<uint32_t>(agenda.helper_cap));
  if (agenda.court_overflow != rules::CourtOverflow::kAdd)
    out->set_court_overflow(std::string(rules::CourtOverflowName(agenda.court_overflow)));
  if (!agenda.draw) return;
  ToProto(*agenda.draw, out->mutable_draw());
}

absl::Status FairnessFromProto(const v1::Agenda& in, rules::Agenda& agenda) {
  if (in.party_max() != 0) agenda.party_max = static_cast<int>(in.party_max());
  for (const v1::Flow& flow : in.flow()) {
    if (flow.from() >= kChannels || flow.to() >= kChannels)
      return absl::DataLossError("an agenda in the log with a flow between unknown channels");
    agenda.flow.push_back({static_cast<Channel>(flow.from()), static_cast<Channel>(flow.to()),
                           static_cast<int>(flow.hours_before())});
  }
  if (in.offer_hours_size() != 0) {
    if (in.offer_hours_size() != kChannels)
      return absl::DataLossError("an agenda in the log without offer_hours for each channel");
    for (size_t c = 0; c < kChannels; ++c)
      agenda.offer_hours[c] = static_cast<int>(in.offer_hours(static_cast<int>(c)));
  }
  agenda.waitlist = in.waitlist();
  if (in.has_helper_cap()) agenda.helper_cap = static_cast<int>(in.helper_cap());
  if (!in.court_overflow().empty()) {
    const auto overflow = rules::CourtOverflowFromName(in.court_overflow());
    if (!overflow) return Unknown("court_overflow", in.court_overflow(), in.name());
    agenda.court_overflow = *overflow;
  }
  if (in.has_draw()) agenda.draw = FromProto(in.draw());
  if (agenda.draw.has_value() != (agenda.policy == rules::Policy::kDraw) ||
      (agenda.draw && !IsSound(*agenda.draw)))
    return absl::DataLossError("an agenda in the log with a draw that none can have");
  return absl::OkStatus();
}

}  // namespace

void ToProto(const rules::Agenda& agenda, v1::Agenda* out) {
  out->set_name(agenda.name);
  out->set_title(agenda.title);
  out->set_office(agenda.office);
  out->set_timezone(agenda.timezone);
  out->set_group(agenda.group);
  out->set_policy(std::string(rules::PolicyName(agenda.policy)));
  out->set_identity_proof(std::string(rules::IdentityProofName(agenda.identity_proof)));
  for (const rules::IdentityAlternative& alternative : agenda.identity) {
    v1::IdentityAlternative* one = out->add_identity();
    for (const rules::IdentityField field : alternative)
      one->add_fields(std::string(IdentityFieldName(field)));
  }
  out->set_hold_s(agenda.hold_s);
  out->set_notice_hours(agenda.notice_hours);
  out->set_horizon_days(agenda.horizon_days);
  out->set_cooldown_min_hours(agenda.cooldown_min_hours);
  out->set_cooldown_max_hours(agenda.cooldown_max_hours);
  out->set_alternative(agenda.alternative);
  out->set_accept_invented(agenda.accept_invented);
  out->set_retention_days(agenda.retention_days);
  if (agenda.proof_of_work != rules::ProofDemand::kOff)
    out->set_proof_of_work(std::string(rules::ProofDemandName(agenda.proof_of_work)));
  if (agenda.policy == rules::Policy::kQueue)
    out->set_chain_end(std::string(agenda.chain_end.begin(), agenda.chain_end.end()));
  if (!agenda.beacon.empty()) out->set_beacon(agenda.beacon);
  FairnessToProto(agenda, out);
  if (agenda.opening) {
    v1::Opening* opening = out->mutable_opening();
    opening->set_weekdays(agenda.opening->weekdays.bits);
    opening->set_gather(agenda.opening->gather);
    opening->set_open(agenda.opening->open);
    opening->set_close(agenda.opening->close);
  }
}

absl::StatusOr<rules::Agenda> FromProto(const v1::Agenda& in) {
  rules::Agenda agenda;
  agenda.name = in.name();
  agenda.title = in.title();
  agenda.office = in.office();
  agenda.timezone = in.timezone();
  agenda.group = in.group();
  const auto policy = rules::PolicyFromName(in.policy());
  if (!policy) return Unknown("policy", in.policy(), in.name());
  agenda.policy = *policy;
  const auto proof = rules::IdentityProofFromName(in.identity_proof());
  if (!proof) return Unknown("identity_proof", in.identity_proof(), in.name());
  agenda.identity_proof = *proof;
  agenda.accept_invented = in.accept_invented();
  agenda.beacon = in.beacon();
  if (!in.proof_of_work().empty()) {
    const auto demand = rules::ProofDemandFromName(in.proof_of_work());
    if (!demand) return Unknown("proof_of_work", in.proof_of_work(), in.name());
    agenda.proof_of_work = *demand;
  }
  for (const v1::IdentityAlternative& alternative : in.identity()) {
    rules::IdentityAlternative one;
    for (const std::string& name : alternative.fields()) {
      const auto field = rules::IdentityFieldFromName(name);
      if (!field) return Unknown("identity field", name, in.name());
      one.push_back(*field);
    }
    agenda.identity.push_back(one);
  }
  agenda.hold_s = in.hold_s();
  agenda.notice_hours = in.notice_hours();
  agenda.horizon_days = in.horizon_days();
  agenda.cooldown_min_hours = in.cooldown_min_hours();
  agenda.cooldown_max_hours = in.cooldown_max_hours();
  agenda.alternative = in.alternative();
  if (in.retention_days() != 0) agenda.retention_days = in.retention_days();
  if (!in.chain_end().empty()) {
    if (in.chain_end().size() != agenda.chain_end.size())
      return absl::DataLossError("an agenda in the log whose chain has no end");
    std::copy(in.chain_end().begin(), in.chain_end().end(), agenda.chain_end.begin());
  }
  if (absl::Status status = FairnessFromProto(in, agenda); !status.ok()) return status;
  if (in.has_opening()) {
    rules::Opening opening;
    opening.weekdays.bits = static_cast<uint8_t>(in.opening().weekdays());
    opening.gather = in.opening().gather();
    opening.open = in.opening().open();
    opening.close = in.opening().close();
    agenda.opening = opening;
  }
  return agenda;
}

}  // namespace creneau::codec
