// What the desk must answer (design 5): who of the staff books in which channel, one reservation a
// subject over all channels, what a helper may in a week, what is counted for everybody; and that
// it stands in the log, as trust.h has it. Methods return "" or what is wrong.
#pragma once

#include <string>

#include "tests/sim/shares.h"
#include "tests/sim/trust.h"

namespace creneau::sim {

struct DeskWish {
  std::string agenda;  // "sim-shares/"
  std::string channel;
  int identity = 0;
  std::string slot;         // without the channel; "sim-shares/": the earliest
  std::string idempotency;  // empty: without
};

class DeskAuditor {
 public:
  DeskAuditor(Auditor& auditor, Trust& trust) : auditor_(auditor), trust_(trust) {}

  std::string Book(const Staff& who, const DeskWish& wish, const Told& told, Instant now,
                   bool disk_low);
  // Families (a hold with `applicants`): seats of one slot for all of them or none.
  struct Family {
    std::vector<int> identities;
    std::string slot;  // or its agenda: any
    std::string idempotency;
  };
  std::string HoldAll(const Family& family, const Told& told, Instant now, bool disk_low);

 private:
  std::string Existing(const Staff& who, const DeskWish& wish, const std::string& name,
                       const Told& told, bool disk_low);
  std::string Booked(const Staff& who, const DeskWish& wish, const Told& told, Instant now);
  std::string NoSeat(const std::string& slot, const std::string& channel, size_t seats,
                     const Told& told, Instant now) const;
  std::string EarlierFree(const std::string& agenda, const std::string& channel,
                          const std::string& given, size_t seats, Instant now) const;
  std::optional<std::string> SomeOfThem(const Family& family, const Told& told, Instant now);
  std::string AllHeld(const Family& family, const Told& told, Instant now);

  Auditor& auditor_;
  Trust& trust_;
};

// The office's week, by the number of its Monday since 1970.
int64_t MondayOf(Instant now);

// The members of a family, as they are told of.
std::vector<Told> MembersOf(const Told& told);

}  // namespace creneau::sim
