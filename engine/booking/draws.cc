#include "booking/draws.h"

#include <algorithm>
#include <utility>

#include "base/limits_draw.h"

namespace creneau::booking {
namespace {

// A snapshot holds the lock no longer than it takes to write so many.
constexpr size_t kEntriesAtOnce = 1'000;

}  // namespace

codec::DrawEntry* Draw::Find(uint64_t name) {
  const auto at = std::lower_bound(
      entries.begin(), entries.end(), name,
      [](const codec::DrawEntry& entry, uint64_t wanted) { return entry.name < wanted; });
  return at != entries.end() && at->name == name ? &*at : nullptr;
}

Draw* Draws::Latest(AgendaId agenda) {
  const auto at = draws_.find(agenda);
  return at == draws_.end() ? nullptr : at->second.back().get();
}

Draw* Draws::Of(AgendaId agenda, uint32_t number) {
  const auto at = draws_.find(agenda);
  if (at == draws_.end() || number == 0 || number > at->second.size()) return nullptr;
  return at->second[number - 1].get();
}

Draw* Draws::OfId(AgendaId agenda, std::string_view id) {
  const auto at = draws_.find(agenda);
  if (at == draws_.end()) return nullptr;
  for (const std::unique_ptr<Draw>& draw : at->second) {
    if (draw->state.rules.id == id) return draw.get();
  }
  return nullptr;
}

const std::vector<std::unique_ptr<Draw>>* Draws::All(AgendaId agenda) const {
  const auto at = draws_.find(agenda);
  return at == draws_.end() ? nullptr : &at->second;
}

Draw* Draws::OfEntry(uint64_t name) {
  for (const auto& [agenda, draws] : draws_) {
    for (const std::unique_ptr<Draw>& draw : draws) {
      if (draw->Find(name) != nullptr) return draw.get();
    }
  }
  return nullptr;
}

std::vector<std::pair<AgendaId, uint32_t>> Draws::Kept() const {
  std::vector<std::pair<AgendaId, uint32_t>> kept;
  for (const auto& [agenda, draws] : draws_) {
    for (const std::unique_ptr<Draw>& draw : draws) {
      if (draw->kept) kept.emplace_back(agenda, draw->state.draw);
    }
  }
  return kept;
}

void Draws::Forget(std::vector<std::unique_ptr<Draw>>& draws) {
  for (size_t i = 0; i + limits::kDrawsKept < draws.size(); ++i) {
    if (!draws[i]->kept) continue;
    entries_kept_ -= draws[i]->entries.size();
    auto fresh = std::make_unique<Draw>();
    fresh->state = std::move(draws[i]->state);
    fresh->kept = false;
    draws[i] = std::move(fresh);
  }
}

absl::Status Draws::Put(codec::DrawState state, Lsn lsn) {
  std::vector<std::unique_ptr<Draw>>& draws = draws_[state.agenda];
  if (state.draw > draws.size() + 1) return absl::DataLossError("a draw of an agenda was skipped");
  if (state.draw == draws.size() + 1) {
    draws.push_back(std::make_unique<Draw>());
    Forget(draws);
  }
  Draw& draw = *draws[state.draw - 1];
  if (state.closed_lsn == Lsn{} && state.closed_at != Instant{})
    state.closed_lsn = draw.state.closed_lsn != Lsn{} ? draw.state.closed_lsn : lsn;
  if (state.first_name > 0) last_name_ = std::max(last_name_, state.first_name - 1);
  draw.entries_fixed = state.step != codec::DrawStep::kAnnounced;
  draw.state = std::move(state);
  return absl::OkStatus();
}

absl::Status Draws::Put(const codec::DrawEntry& entry) {
  Draw* const draw = Of(entry.agenda, entry.draw);
  if (draw == nullptr) return absl::DataLossError("an entry of a draw that was never announced");
  if (!draw->kept) return absl::OkStatus();
  std::vector<codec::DrawEntry>& entries = draw->entries;
  if (entry.number > entries.size() + 1) return absl::DataLossError("an entry was skipped");
  const uint32_t place = entry.number - 1;
  if (place == entries.size()) {
    if (!entries.empty() && entry.name <= entries.back().name)
      return absl::DataLossError("an entry with a name that an earlier one has");
    entries.push_back(entry);
    ++entries_kept_;
  } else if (entry.name != entries[place].name || entry.subject != entries[place].subject) {
    return absl::DataLossError("an entry that is another's");
  } else {
    const codec::EntryState before = entries[place].state;
    --draw->counts[static_cast<size_t>(before)];
    if (before == codec::EntryState::kWithdrawn) --draw->withdrawn_of[entry.subject];
    entries[place] = entry;
  }
  ++draw->counts[static_cast<size_t>(entry.state)];
  if (entry.state == codec::EntryState::kWithdrawn) ++draw->withdrawn_of[entry.subject];
  last_name_ = std::max(last_name_, entry.name);
  if (entry.state != codec::EntryState::kWithdrawn) {
    draw->of_subject[entry.subject] = place;
  } else if (const auto at = draw->of_subject.find(entry.subject);
             at != draw->of_subject.end() && at->second == place) {
    draw->of_subject.erase(at);
  }
  return absl::OkStatus();
}

absl::Status Draws::Put(const codec::DrawResult& result) {
  Draw* const draw = Of(result.agenda, result.draw);
  if (draw == nullptr) return absl::DataLossError("a result of a draw that was never announced");
  if (!draw->kept) return absl::OkStatus();
  if (result.part == 0) {
    draw->told_slots = result.slots;
    draw->told_given.clear();
    draw->told_parts = 0;
  }
  if (result.part != draw->told_parts)
    return absl::DataLossError("a part of a draw's result without those before it");
  ++draw->told_parts;
  draw->told_given.insert(draw->told_given.end(), result.given.begin(), result.given.end());
  if (draw->told_given.size() > limits::kDrawEntries)
    return absl::DataLossError("a draw's result for more than can have entered");
  return absl::OkStatus();
}

// Draw by draw, each with what belongs to it behind it. One that is announced meanwhile is in the
// log.
std::vector<std::string> Draws::Snapshot() const {
  std::vector<std::string> events;
  std::vector<std::pair<AgendaId, uint32_t>> kept;
  {
    const Lock lock = Take();
    kept = Kept();
    for (const auto& [agenda, all] : draws_) {
      for (const std::unique_ptr<Draw>& draw : all) {
        events.push_back(codec::EncodeDraw(draw->state));
        if (!draw->kept) continue;
        const std::vector<uint32_t>& given = draw->drawn ? draw->drawn->given : draw->told_given;
        const auto& slots = draw->drawn ? draw->drawn->slots : draw->told_slots;
        if (draw->state.step != codec::DrawStep::kDone) continue;
        for (std::string& part : codec::EncodeDrawResult(agenda, draw->state.draw, slots, given))
          events.push_back(std::move(part));
      }
    }
  }
  for (const auto& [agenda, number] : kept) {
    for (size_t from = 0;;) {
      const Lock lock = Take();
      const auto& all = draws_.at(agenda);
      const std::vector<codec::DrawEntry>& entries = all[number - 1]->entries;
      const size_t until = std::min(entries.size(), from + kEntriesAtOnce);
      for (; from < until; ++from) events.push_back(codec::EncodeDrawEntry(entries[from]));
      if (from >= entries.size()) break;
    }
  }
  return events;
}

}  // namespace creneau::booking
