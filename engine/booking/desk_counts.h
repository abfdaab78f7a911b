// How many reservations the staff has made: helpers by the week, which is what their cap is held
// against, and all of it by channel, for everybody to see (design 5). As the log has it
// (codec/desk.h).
//
// Threads: any. Given waits for nobody. The rest is asked and told with the Turn, which whoever
// books holds until his records are pushed: so no cap is passed by two at once, and a snapshot has
// what is in the log before it.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "codec/desk.h"
#include "ledger/region.h"

namespace creneau::booking {

class DeskCounts {
 public:
  DeskCounts() = default;
  DeskCounts(const DeskCounts&) = delete;
  DeskCounts& operator=(const DeskCounts&) = delete;

  using Turn = std::unique_lock<std::mutex>;
  [[nodiscard]] Turn Begin() { return Turn(mutex_); }

  uint32_t Made(const Turn&, AgendaId agenda, std::string_view person, rules::IsoWeek week) const {
    const auto at = helpers_.find({agenda, std::string(person)});
    return at == helpers_.end() || at->second.week != week ? 0 : at->second.made;
  }
  // Whoever was counted in an earlier week has no count in this one: what is over is forgotten.
  void Take(const Turn&, const codec::HelperCount& count) {
    if (count.week > newest_) {
      newest_ = count.week;
      std::erase_if(helpers_, [&](const auto& entry) {
        return rules::FirstDayOf(newest_) - rules::FirstDayOf(entry.second.week) > kKeptDays;
      });
    }
    helpers_.insert_or_assign({count.agenda, count.person}, count);
  }
  void Take(const Turn&, const codec::DeskNote& note) {
    Cells& cells = given_[note.agenda.value][static_cast<size_t>(note.channel)];
    Raise(cells.by_agents, note.by_agents);
    Raise(cells.by_helpers, note.by_helpers);
  }

  struct Given {
    uint64_t by_agents = 0;
    uint64_t by_helpers = 0;
  };
  Given Of(AgendaId agenda, Channel channel) const {
    const Cells& cells = given_[agenda.value][static_cast<size_t>(channel)];
    return {cells.by_agents.load(std::memory_order_relaxed),
            cells.by_helpers.load(std::memory_order_relaxed)};
  }

  // As events: what a snapshot needs.
  std::vector<std::string> Snapshot(const std::vector<AgendaId>& agendas) {
    const Turn turn = Begin();
    std::vector<std::string> events;
    for (const auto& [whose, count] : helpers_) events.push_back(codec::EncodeHelperCount(count));
    for (const AgendaId agenda : agendas) {
      for (const Channel channel : kAllChannels) {
        const Given given = Of(agenda, channel);
        if (given.by_agents + given.by_helpers == 0) continue;
        codec::DeskNote note{.agenda = agenda, .channel = channel, .at = {}, .origin = {}};
        note.by_agents = given.by_agents;
        note.by_helpers = given.by_helpers;
        events.push_back(codec::EncodeDeskNote(note));
      }
    }
    return events;
  }

 private:
  // Offices in other time zones are in another week for a day at most.
  static constexpr int32_t kKeptDays = 7;
  struct Cells {
    std::atomic<uint64_t> by_agents;
    std::atomic<uint64_t> by_helpers;
  };
  // With the Turn: one at a time.
  static void Raise(std::atomic<uint64_t>& cell, uint64_t to) {
    if (cell.load(std::memory_order_relaxed) < to) cell.store(to, std::memory_order_relaxed);
  }

  std::mutex mutex_;  // guards what follows, and writing the counts behind it
  std::map<std::pair<AgendaId, std::string>, codec::HelperCount> helpers_;
  rules::IsoWeek newest_;
  ledger::Region<std::array<Cells, kChannels>> given_{limits::kMaxAgendas};
};

}  // namespace creneau::booking
