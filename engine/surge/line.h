// The line of one opening: how many came, how far it has been served, which grants are still to be
// used. Knows nobody: who comes is counted by second, and a rank is only compared. The memory is
// that of the opening's seconds, of the grants of two minutes and of limits::kKnownRanks, however
// many wait.
//
// Those who are next are known rank by rank where they can be (known_ranks.h). Beyond them counts
// of people are estimates: among those who gathered, so many have a rank below another as its share
// of all ranks says.
//
// Pure; one thread at a time.
#pragma once

#include <cstdint>
#include <vector>

#include "base/instant.h"
#include "surge/grants.h"
#include "surge/known_ranks.h"
#include "surge/rank.h"

namespace creneau::surge {

class Line {
 public:
  enum class Turn : uint8_t { kWait, kNow, kMissed };

  // What a log keeps of it.
  struct Served {
    Rank lapsed;  // grants up to here have lapsed
    Rank rank;    // up to here everybody has been admitted
    uint32_t gathered = 0;
    uint32_t late = 0;
    uint32_t people = 0;  // admitted
  };

  Line() = default;
  // Goes on where a log ends: of those who came late it is known only how many, so they are spread
  // over the seconds up to `until`; what was granted and has not lapsed is granted now.
  Line(const Served& served, Bucket until, Instant now);

  void SetGathered(uint32_t people) { gathered_ = people; }
  // Who of those who gathered is known: before anybody has been admitted.
  void Know(KnownRanks gathered);
  // One more, in a bucket that is not the first.
  void Arrive(Rank rank);
  // Likewise, of whom only the bucket is known.
  void Arrive(Bucket bucket);

  // Up to `people` more, of buckets up to `last` (who comes in the second that is under way is
  // still to be drawn among those who will). Returns how many.
  uint32_t Admit(uint32_t people, Bucket last, Instant now);
  // What was granted so long ago, and has not been used, lapses.
  void Lapse(Instant now) { grants_.Lapse(now); }
  // All grants live longer by that: nobody could have used them. At most the time since the last
  // Admit.
  void Lengthen(int64_t ms) { grants_.Lengthen(ms); }

  Turn Judge(Rank rank) const;
  // Whoever has that rank holds a seat, for the first time.
  void Use(Rank rank, Instant now) { grants_.Use(rank, now); }

  Served served() const;
  uint32_t waiting() const;
  GrantAges Ages(Instant now) const { return grants_.Ages(now); }
  // How many came in earlier buckets.
  uint32_t Before(Bucket bucket) const;
  // How many are to be admitted until it is that rank's turn, itself included; 0: it has been.
  uint32_t PlaceOf(Rank rank) const;

 private:
  uint32_t In(Bucket bucket) const;
  void Count(Bucket bucket);
  Rank AdmitEstimated(Rank from, Bucket last, double* left) const;

  uint32_t gathered_ = 0;
  std::vector<uint32_t> late_by_bucket_;  // from bucket 1 on
  uint32_t late_ = 0;
  double people_ = 0;  // admitted
  KnownRanks known_;   // of those who have not been admitted
  Grants grants_;
};

}  // namespace creneau::surge
