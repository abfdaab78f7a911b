#include "booking/registry.h"

#include <utility>

#include "base/check.h"

namespace creneau::booking {

Registry::Registry() {
  tables_.push_back(std::make_unique<Names>());
  names_.store(tables_.back().get(), std::memory_order_release);
}

Registry::~Registry() = default;

const AgendaInfo* Registry::Find(std::string_view name) const {
  const Names* names = names_.load(std::memory_order_acquire);
  const auto at = names->find(name);
  return at == names->end() ? nullptr : Find(at->second);
}

const AgendaInfo* Registry::Find(AgendaId id) const {
  if (id.value >= limits::kMaxAgendas) return nullptr;
  return in_force_[id.value].load(std::memory_order_acquire);
}

std::vector<const AgendaInfo*> Registry::All() const {
  std::vector<const AgendaInfo*> all;
  for (const auto& [name, id] : *names_.load(std::memory_order_acquire)) all.push_back(Find(id));
  return all;
}

AgendaId Registry::NextId() const { return AgendaId{ids_.load(std::memory_order_acquire)}; }

void Registry::Put(AgendaInfo info) {
  const uint32_t ids = ids_.load(std::memory_order_relaxed);
  CHECK(info.id.value < limits::kMaxAgendas && info.id.value <= ids);
  infos_.push_back(std::make_unique<const AgendaInfo>(std::move(info)));
  const AgendaInfo& now = *infos_.back();
  in_force_[now.id.value].store(&now, std::memory_order_release);
  if (now.id.value == ids) ids_.store(ids + 1, std::memory_order_release);
  const Names& names = *names_.load(std::memory_order_relaxed);
  const auto known = names.find(now.rules.name);
  if (known != names.end() && known->second == now.id) return;
  auto more = std::make_unique<Names>(names);
  more->insert_or_assign(now.rules.name, now.id);
  tables_.push_back(std::move(more));
  names_.store(tables_.back().get(), std::memory_order_release);
}

}  // namespace creneau::booking
