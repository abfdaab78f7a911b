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

bool Acts::HasRoom(std::string_view person, Instant now) const {
  const std::lock_guard lock(mutex_);
  size_t waiting = 0;
  size_t of_one = 0;
  for (const auto& [name, act] : acts_) {
    if (!act.waits() || act.expires_at() <= now) continue;
    ++waiting;
    of_one += act.proposed.person == person;
  }
  return waiting < limits::kPairActs && of_one < limits::kPairActsOfOne;
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
      if (act.waits() && act.expires_at() > now) waiting.push_back(act);
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
  std::erase_if(acts_, [&](const auto& entry) { return entry.second.expires_at() <= proposed.at; });
  if (acts_.size() >= limits::kPairActsKept) {
    const auto oldest =
        std::min_element(acts_.begin(), acts_.end(), [](const auto& a, const auto& b) {
          if (a.second.waits() != b.second.waits()) return b.second.waits();
          return a.second.proposed.at < b.second.proposed.at;
        });
    acts_.erase(oldest);
  }
  acts_[proposed.act].proposed = proposed;
}

// Of an act that is not known it says nothing: a snapshot no longer has what is too old.
void Acts::Take(const codec::ActSettled& settled) {
  const std::lock_guard lock(mutex_);
  const auto at = acts_.find(settled.act);
  if (at != acts_.end()) at->second.settled = settled;
}

std::vector<std::string> Acts::Snapshot() const {
  const std::lock_guard lock(mutex_);
  std::vector<const PairAct*> by_age;
  for (const auto& [name, act] : acts_) by_age.push_back(&act);
  std::sort(by_age.begin(), by_age.end(),
            [](const PairAct* a, const PairAct* b) { return a->proposed.at < b->proposed.at; });
  std::vector<std::string> events;
  for (const PairAct* const act : by_age) {
    events.push_back(codec::EncodeProposed(act->proposed));
    if (act->settled) events.push_back(codec::EncodeSettled(*act->settled));
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
