#include "booking/pepper_epochs.h"

#include <algorithm>

namespace creneau::booking {

void PepperEpochs::Take(const codec::PepperEpoch& record) {
  newest_ = std::max(newest_, record.epoch);
  if (!record.group.empty()) {
    uses_[record.group].emplace(record.epoch, record);
  } else {
    (record.retired ? retired_ : made_).emplace(record.epoch, record);
  }
}

uint32_t PepperEpochs::Of(std::string_view group) const {
  const auto at = uses_.find(group);
  return at == uses_.end() ? 1 : at->second.rbegin()->first;
}

std::vector<codec::PepperEpoch> PepperEpochs::AllRetired() const {
  std::vector<codec::PepperEpoch> all;
  for (const auto& [epoch, record] : retired_) all.push_back(record);
  return all;
}

std::vector<PepperEpochs::Left> PepperEpochs::LeftFrom(uint32_t epoch) const {
  std::vector<Left> all;
  for (const auto& [group, uses] : uses_) {
    for (const auto& [later, record] : uses) {
      if (record.left == epoch) all.push_back({group, record.at});
    }
  }
  return all;
}

std::vector<NeededPepper> PepperEpochs::Needed(const Registry& registry) const {
  std::map<uint32_t, std::string> users;
  for (const AgendaInfo* agenda : registry.All())
    users.emplace(Of(agenda->rules.group), "agenda " + agenda->rules.name);
  users.emplace(newest_, "the next group of agendas");
  std::vector<NeededPepper> needed;
  for (const auto& [epoch, user] : users) {
    const codec::PepperEpoch* const made = Made(epoch);
    needed.push_back({epoch, made == nullptr ? 0 : made->check, user});
  }
  return needed;
}

std::vector<std::string> PepperEpochs::Snapshot() const {
  std::vector<std::string> events;
  for (const ByEpoch* const records : {&made_, &retired_}) {
    for (const auto& [epoch, record] : *records) events.push_back(codec::EncodePepper(record));
  }
  for (const auto& [group, uses] : uses_) {
    for (const auto& [epoch, record] : uses) events.push_back(codec::EncodePepper(record));
  }
  return events;
}

std::vector<const AgendaInfo*> AgendasOf(const Registry& registry, std::string_view group) {
  std::vector<const AgendaInfo*> agendas = registry.All();
  std::erase_if(agendas, [&](const AgendaInfo* agenda) { return agenda->rules.group != group; });
  return agendas;
}

}  // namespace creneau::booking
