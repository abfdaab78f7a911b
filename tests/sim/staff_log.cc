#include "tests/sim/staff_log.h"

#include <algorithm>

namespace creneau::sim {

std::string Describe(const Deed& deed) {
  return deed.what + " in " + deed.agenda + " of " + deed.reservation + " for " + deed.reason +
         " by " + deed.person + " with " + deed.key + ", " + std::to_string(deed.effects) +
         " records";
}

// A record that may only follow one of these acts, at once.
void StaffLog::Effect(std::string_view record, std::initializer_list<std::string_view> of,
                      const std::string& reservation) {
  if (!open_ || std::find(of.begin(), of.end(), deeds_.back().what) == of.end())
    return Complain(std::string(record) + " without anybody who did it before");
  if (!reservation.empty() && deeds_.back().reservation != reservation)
    return Complain(std::string(record) + " of another reservation than was said");
  ++deeds_.back().effects;
}

bool StaffLog::ReadEffect(const codec::Record& record) {
  if (std::holds_alternative<codec::SubjectsLinked>(record)) {
    Effect("links", {"link", "approve-link", "correct", "approve-correct"}, "");
    return true;
  }
  if (const auto* rekeyed = std::get_if<codec::Rekeyed>(&record)) {
    const std::string name = NameOf(rekeyed->origin);
    Effect("another key", {"approve-repair"}, name);
    if (rekeyed->times != ++rekeyed_[name]) Complain("a key was counted twice, or not");
    return true;
  }
  if (const auto* proposed = std::get_if<codec::ActProposed>(&record)) {
    const bool seat = proposed->origin != SeatRef{};
    Effect("a proposal", {"propose-correct", "propose-repair", "propose-link"},
           seat ? NameOf(proposed->origin) : "");
    if (open_ &&
        (deeds_.back().person != proposed->person || deeds_.back().reason != proposed->reason))
      Complain("somebody else proposed that, or for another reason");
    if (!proposed_by_.try_emplace(proposed->act, proposed->person).second)
      Complain("an act was proposed twice");
    return true;
  }
  if (const auto* settled = std::get_if<codec::ActSettled>(&record)) {
    Effect("an approval", {"approve-correct", "approve-repair", "approve-link", "withdraw"}, "");
    if (open_ && (deeds_.back().person != settled->person ||
                  (deeds_.back().what == "withdraw") != settled->withdrawn))
      Complain("somebody else settled that, or otherwise");
    const auto by = proposed_by_.find(settled->act);
    if (by == proposed_by_.end()) {
      Complain("an approval of what nobody has proposed");
    } else if (by->second == settled->person && !settled->withdrawn) {
      Complain("one person has proposed and approved");
    }
    if (!settled_by_.try_emplace(settled->act, settled->person).second)
      Complain("an act was settled twice");
    return true;
  }
  return false;
}

void StaffLog::Read(const codec::Record& record) {
  if (ReadEffect(record)) return;
  open_ = false;
  if (const auto* notice = std::get_if<codec::HolderNotice>(&record)) {
    if (notice->kind == codec::NoticeKind::kRecovery) recoveries_.push_back(NameOf(notice->origin));
    return;
  }
  const auto* act = std::get_if<codec::StaffAct>(&record);
  if (act == nullptr || act->key.empty()) return;  // operators at the machine itself
  open_ = true;
  deeds_.push_back({act->what, act->agenda + "/", act->reservation ? NameOf(*act->reservation) : "",
                    act->reason, act->person, act->key});
}

}  // namespace creneau::sim
