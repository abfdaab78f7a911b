// What recovery remembers of the service record and of the counts beside it (codec/service.h).
// Plain values; one thread.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/limits.h"
#include "codec/service.h"

namespace creneau::booking {

// The records that the files of the record may not have, and until when there is any.
class ToldService {
 public:
  explicit ToldService(Lsn after) : after_(after) {}

  void Take(Lsn lsn, codec::ServiceMinute minute) {
    until_ = std::max(until_.value_or(minute.until), minute.until);
    if (lsn <= after_) return;
    // More than are ever missing after a crash: then the files are gone, and are made anew.
    if (records_.size() == limits::kServiceRecordsAtStart) {
      too_many_ = true;
      return;
    }
    records_.emplace_back(lsn, std::move(minute));
  }

  std::optional<Instant> until() const { return until_; }
  bool too_many() const { return too_many_; }
  std::vector<std::pair<Lsn, codec::ServiceMinute>>& records() { return records_; }

 private:
  Lsn after_;
  std::optional<Instant> until_;
  bool too_many_ = false;
  std::vector<std::pair<Lsn, codec::ServiceMinute>> records_;
};

// The largest of each, which is the latest.
class ToldTotals {
 public:
  void Take(const codec::ChannelTotals& totals) {
    codec::ChannelTotals& known = all_[{totals.agenda, totals.channel}];
    if (known.cancelled <= totals.cancelled) known = totals;
  }
  std::vector<codec::ChannelTotals> All() const {
    std::vector<codec::ChannelTotals> all;
    for (const auto& [whose, totals] : all_) all.push_back(totals);
    return all;
  }

 private:
  std::map<std::pair<AgendaId, Channel>, codec::ChannelTotals> all_;
};

}  // namespace creneau::booking
