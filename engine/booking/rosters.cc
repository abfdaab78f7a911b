#include "booking/rosters.h"

#include <algorithm>
#include <utility>

namespace creneau::booking {

std::optional<Rosters::Roster> Rosters::Find(AgendaId agenda) const {
  const std::lock_guard lock(mutex_);
  const auto at = rosters_.find(agenda);
  return at == rosters_.end() ? std::nullopt : std::optional(at->second);
}

absl::Status Rosters::Take(codec::RosterPart part, bool may_begin_before) {
  const std::optional<Roster> known = Find(part.agenda);
  if (known && part.version <= known->version) return absl::OkStatus();
  if (part.part == 0) {
    open_ = std::move(part);
  } else if (!open_ && may_begin_before) {
    return absl::OkStatus();
  } else {
    if (!open_ || open_->agenda != part.agenda || open_->version != part.version ||
        open_->part + 1 != part.part)
      return absl::DataLossError("a part of a roster without the parts before it");
    open_->subjects.insert(open_->subjects.end(), part.subjects.begin(), part.subjects.end());
    open_->part = part.part;
  }
  if (open_->part + 1 < open_->parts) return absl::OkStatus();
  std::vector<Subject> subjects = std::move(open_->subjects);
  if (open_->adds && known)
    subjects.insert(subjects.end(), known->subjects->begin(), known->subjects->end());
  std::sort(subjects.begin(), subjects.end());
  subjects.erase(std::unique(subjects.begin(), subjects.end()), subjects.end());
  const std::lock_guard lock(mutex_);
  rosters_[open_->agenda] = {open_->version,
                             std::make_shared<const std::vector<Subject>>(std::move(subjects))};
  open_.reset();
  return absl::OkStatus();
}

void Rosters::Forget(AgendaId agenda) {
  if (open_ && open_->agenda == agenda) open_.reset();
  const std::lock_guard lock(mutex_);
  rosters_.erase(agenda);
}

bool Rosters::Lists(AgendaId agenda, const Subject& subject) const {
  const std::optional<Roster> roster = Find(agenda);
  return roster && std::binary_search(roster->subjects->begin(), roster->subjects->end(), subject);
}

size_t Rosters::size(AgendaId agenda) const {
  const std::optional<Roster> roster = Find(agenda);
  return roster ? roster->subjects->size() : 0;
}

uint32_t Rosters::version(AgendaId agenda) const {
  const std::optional<Roster> roster = Find(agenda);
  return roster ? roster->version : 0;
}

std::vector<std::string> Rosters::Snapshot() const {
  std::map<AgendaId, Roster> all;
  {
    const std::lock_guard lock(mutex_);
    all = rosters_;
  }
  std::vector<std::string> events;
  for (const auto& [agenda, roster] : all) {
    for (std::string& event :
         codec::EncodeRoster(agenda, roster.version, /*adds=*/false, *roster.subjects))
      events.push_back(std::move(event));
  }
  return events;
}

}  // namespace creneau::booking
