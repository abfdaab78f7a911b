#include "booking/acts.h"

#include <algorithm>
#include <charconv>

#include "absl/strings/str_format.h"
#include "base/limits.h"

namespace creneau::booking {
namespace {

constexpr size_t kNameDigits = 16;

}  // namespace

Instant PairAct::expires_at() const { return proposed.at + limits::kPairActLifeMs; }

bool Acts::HasRoom(Instant now) {
  const std::lock_guard lock(mutex_);
  std::erase_if(acts_, [now](const auto& entry) { return entry.second.expires_at() <= now; });
  return acts_.size() < limits::kPairActs;
}

std::optional<PairAct> Acts::Find(uint64_t act, Instant now) const {
  const std::lock_guard lock(mutex_);
  const auto at = acts_.find(act);
  if (at == acts_.end() || at->second.expires_at() <= now) return std::nullopt;
  return at->second;
}

std::vector<PairAct> Acts::Waiting(Instant now) const {
  std::vector<PairAct> waiting;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [name, act] : acts_) {
      if (act.approved_by.empty() && act.expires_at() > now) waiting.push_back(act);
    }
  }
  std::sort(waiting.begin(), waiting.end(), [](const PairAct& a, const PairAct& b) {
    return a.proposed.at != b.proposed.at ? a.proposed.at < b.proposed.at
                                          : a.proposed.act < b.proposed.act;
  });
  return waiting;
}

void Acts::Take(const codec::ActProposed& proposed) {
  const std::lock_guard lock(mutex_);
  acts_[proposed.act].proposed = proposed;
}

// Of an act that is not known it says nothing: a snapshot no longer has what is too old.
void Acts::Take(const codec::ActSettled& settled) {
  const std::lock_guard lock(mutex_);
  const auto at = acts_.find(settled.act);
  if (at == acts_.end()) return;
  at->second.approved_by = settled.person;
  at->second.approved_at = settled.at;
}

std::vector<std::string> Acts::Snapshot() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> events;
  for (const auto& [name, act] : acts_) {
    events.push_back(codec::EncodeProposed(act.proposed));
    if (!act.approved_by.empty())
      events.push_back(codec::EncodeSettled({name, act.approved_by, act.approved_at}));
  }
  return events;
}

std::string ActName(uint64_t act) { return absl::StrFormat("%016x", act); }

std::optional<uint64_t> ParseActName(std::string_view text) {
  uint64_t act = 0;
  const char* const end = text.data() + text.size();
  const std::from_chars_result read = std::from_chars(text.data(), end, act, 16);
  if (text.size() != kNameDigits || read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return act;
}

}  // namespace creneau::booking
