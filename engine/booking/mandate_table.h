// The mandates there are, as the log has them (codec/mandate.h). Those that wait for a second
// person or a seat are all kept; of the others the oldest are forgotten when there are more than
// limits::kMandatesKept. What an agenda's courts have had in all is counted apart, for everybody to
// see.
//
// Threads: any. Of waits for nobody. The rest is asked and told with the Turn, which whoever
// changes a mandate holds until its record is pushed: so a snapshot has what is in the log before
// it.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "base/limits_shares.h"
#include "codec/mandate.h"
#include "ledger/region.h"

namespace creneau::booking {

class MandateTable {
 public:
  MandateTable() = default;
  MandateTable(const MandateTable&) = delete;
  MandateTable& operator=(const MandateTable&) = delete;

  using Turn = std::unique_lock<std::mutex>;
  [[nodiscard]] Turn Begin() { return Turn(mutex_); }

  std::optional<codec::Mandate> Find(const Turn&, uint64_t number) const {
    const auto at = all_.find(number);
    return at == all_.end() ? std::nullopt : std::optional(at->second);
  }
  // The one of that applicant that waits, as long as the agenda's group keeps its pepper.
  std::optional<codec::Mandate> WaitingOf(const Turn&, AgendaId agenda,
                                          const Subject& subject) const {
    for (const auto& [number, mandate] : all_) {
      if (Waits(mandate) && mandate.agenda == agenda && mandate.subject == subject) return mandate;
    }
    return std::nullopt;
  }
  // By their numbers, and so by age.
  std::vector<codec::Mandate> All(const Turn&) const {
    std::vector<codec::Mandate> all;
    for (const auto& [number, mandate] : all_) all.push_back(mandate);
    return all;
  }
  bool HasRoom(const Turn&) const {
    const auto waiting = std::count_if(all_.begin(), all_.end(),
                                       [](const auto& entry) { return Waits(entry.second); });
    return static_cast<size_t>(waiting) < limits::kMandatesWaiting;
  }
  uint64_t last_number(const Turn&) const { return all_.empty() ? 0 : all_.rbegin()->first; }

  void Take(const Turn&, const codec::Mandate& mandate) {
    Row& row = rows_[mandate.agenda.value];
    Raise(row[0], mandate.given);
    Raise(row[1], mandate.added);
    Raise(row[2], mandate.counted);
    if (mandate.number == 0) return;
    all_.insert_or_assign(mandate.number, mandate);
    for (auto at = all_.begin(); all_.size() > limits::kMandatesKept && at != all_.end();)
      at = Waits(at->second) ? std::next(at) : all_.erase(at);
  }

  struct Shares {
    uint64_t given = 0;    // seats, to whom a court sent
    uint64_t added = 0;    // of these, added beyond the court's share
    uint64_t counted = 0;  // of these, other channels'
  };
  Shares Of(AgendaId agenda) const {
    const Row& row = rows_[agenda.value];
    return {row[0].load(std::memory_order_relaxed), row[1].load(std::memory_order_relaxed),
            row[2].load(std::memory_order_relaxed)};
  }

  // As events: what a snapshot needs.
  std::vector<std::string> Snapshot(const std::vector<AgendaId>& agendas) {
    const Turn turn = Begin();
    std::vector<std::string> events;
    for (const auto& [number, mandate] : all_) events.push_back(codec::EncodeMandate(mandate));
    for (const AgendaId agenda : agendas) {
      const Shares shares = Of(agenda);
      if (shares.given == 0) continue;
      codec::Mandate counts{.agenda = agenda};
      counts.given = shares.given;
      counts.added = shares.added;
      counts.counted = shares.counted;
      events.push_back(codec::EncodeMandate(counts));
    }
    return events;
  }

  // Which of those that were given have no seat by their deadline any more, as the steward has last
  // seen: given up, lapsed, or moved to a later day.
  void NoteLost(const Turn&, std::set<uint64_t> numbers) { lost_ = std::move(numbers); }
  bool LacksSeat(const Turn&, const codec::Mandate& mandate) const {
    return Waits(mandate) || lost_.contains(mandate.number);
  }

  static bool Waits(const codec::Mandate& mandate) {
    return mandate.state == codec::MandateState::kProposed;
  }

 private:
  static_assert(limits::kMandatesKept > limits::kMandatesWaiting);
  using Row = std::array<std::atomic<uint64_t>, 3>;
  // With the Turn: one at a time.
  static void Raise(std::atomic<uint64_t>& cell, uint64_t to) {
    if (cell.load(std::memory_order_relaxed) < to) cell.store(to, std::memory_order_relaxed);
  }

  std::mutex mutex_;  // guards what follows, and writing the counts behind it
  std::map<uint64_t, codec::Mandate> all_;
  std::set<uint64_t> lost_;  // numbers
  ledger::Region<Row> rows_{limits::kMaxAgendas};
};

}  // namespace creneau::booking
