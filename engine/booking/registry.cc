#include "booking/registry.h"

#include <utility>

#include "base/check.h"
#include "base/limits.h"

namespace creneau::booking {

Registry::Registry() {
  tables_.push_back(std::make_unique<Table>());
  current_.store(tables_.back().get(), std::memory_order_release);
}

Registry::~Registry() = default;

const AgendaInfo* Registry::Find(std::string_view name) const {
  const Table* table = current_.load(std::memory_order_acquire);
  const auto at = table->by_name.find(name);
  return at == table->by_name.end() ? nullptr : at->second;
}

const AgendaInfo* Registry::Find(AgendaId id) const {
  const Table* table = current_.load(std::memory_order_acquire);
  return id.value < table->by_id.size() ? table->by_id[id.value] : nullptr;
}

std::vector<const AgendaInfo*> Registry::All() const {
  std::vector<const AgendaInfo*> all;
  for (const auto& [name, info] : current_.load(std::memory_order_acquire)->by_name)
    all.push_back(info);
  return all;
}

AgendaId Registry::NextId() const {
  return AgendaId{static_cast<uint32_t>(current_.load(std::memory_order_acquire)->by_id.size())};
}

void Registry::Put(AgendaInfo info) {
  CHECK(info.id.value < limits::kMaxAgendas);
  auto table = std::make_unique<Table>(*current_.load(std::memory_order_acquire));
  infos_.push_back(std::make_unique<const AgendaInfo>(std::move(info)));
  const AgendaInfo* now = infos_.back().get();
  CHECK(now->id.value <= table->by_id.size());
  if (now->id.value == table->by_id.size()) table->by_id.push_back(nullptr);
  table->by_id[now->id.value] = now;
  table->by_name[now->rules.name] = now;
  tables_.push_back(std::move(table));
  current_.store(tables_.back().get(), std::memory_order_release);
}

}  // namespace creneau::booking
