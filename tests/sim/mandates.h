// What must come of mandates (design 5): entered by one person and approved by another, a seat of
// the court's share first and then what the agenda says, one reservation a subject as always, all
// of it attributed, listed and counted. Methods return "" or what is wrong.
#pragma once

#include <optional>
#include <string>

#include "tests/sim/shares.h"
#include "tests/sim/trust.h"

namespace creneau::sim {

class CourtAuditor {
 public:
  CourtAuditor(Auditor& auditor, Trust& trust, ShareAuditor& shares)
      : auditor_(auditor), trust_(trust), shares_(shares) {}

  std::string Enter(const Staff& who, const CourtOrder& order, const Told& told, bool disk_low);
  // `version`: of the calendar since.
  std::string Approve(const Staff& who, const std::string& name, int version, const Told& told,
                      Instant now, bool disk_low);
  std::string Withdraw(const Staff& who, const std::string& name, const Told& told, bool disk_low);
  // `due_days`: of those that lack a seat, whose deadline is as near.
  std::string Listed(const Staff& who, std::optional<int> due_days, const Told& told,
                     Instant now) const;

  // The slot that gets one more seat if that is approved now and the court's share is taken; "":
  // none does.
  std::string WouldAdd(const std::string& name) const;
  // It was approved, and nobody was told what has become of it.
  void ApprovedPerhaps(const Staff& who, const std::string& name);

 private:
  Sure LacksSeat(const CourtOrder& order) const;
  const CourtOrder* Find(const Staff& who, const std::string& name) const;
  std::string ApproveAgain(const Staff& who, const std::string& name, const Told& told,
                           bool disk_low);
  std::string Given(const std::string& name, const Staff& who, int version, const Told& told,
                    Instant now);
  std::string AddedTo(const CourtOrder& order, const std::string& bare, int version,
                      const Told& told);
  std::string CheckSeat(const CourtOrder& order, const std::string& slot, const std::string& from,
                        const Told& told, Instant now) const;
  std::string CountedFrom(const CourtOrder& order, const std::string& channel, const Told& told,
                          Instant now) const;
  std::string NoSeat(const CourtOrder& order, const Told& told, Instant now) const;
  // In time for it, free in a channel: at least, at most.
  std::pair<int, int> FreeBy(const CourtOrder& order, const std::string& channel,
                             Instant now) const;

  Auditor& auditor_;
  Trust& trust_;
  ShareAuditor& shares_;
};

}  // namespace creneau::sim
