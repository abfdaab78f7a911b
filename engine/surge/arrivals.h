// When people came to their openings, so that whoever asks again gets the same rank (rank.h): of an
// opening and a tag, the bucket in which it was first seen. 8 MiB for the whole engine, and lost
// with the process; tickets say the same and outlive it.
//
// A set of Cells (cells.h) has room for eight. Each entry:
//
//   bits  0-15  bucket
//   bits 16-23  day of the opening, modulo 256: whether it is of use
//   bits 24-63  of the hash of agenda, day and tag: whose it is
//
// Entries of openings two days away or more, either way, are free: nothing has to be told that an
// opening is over. (From 255 to 257 days on they look like this day's, and may be in the way in a
// process that has run for so long and hardly been asked meanwhile.) Those of the day before are
// given up when a set is full (a day may differ by one between two openings that are open at once:
// at offices in other time zones, or past midnight). Then entries of a later bucket than the
// newcomer's go, the latest first: it loses the fewest places. A newcomer who is no earlier than
// anybody in a full set is not remembered.
//
// So invented identities, however many, take nothing away from those who came before them. They can
// bring about that who comes after them counts as new each time, and so has a later rank the later
// he asks; his ticket, if he keeps it, is as good as ever.
//
//   people in a table of 2^20, in one opening       50,000   250,000   500,000   1,000,000
//   of these, not remembered                            1e-9    1.1e-4     0.7 %        12 %
//
// Another's entry is taken for his own, and with it the other's bucket, by one in 2^37 newcomers at
// most: eight entries, 40 bits. In an opening of a million that is one chance in 130,000 for
// anybody to have an earlier rank than is his.
//
// Two who ask at once for the same tag get the same answer, and one of them is told that it is
// fresh; cells.h says when a full set makes an exception. Any thread, no locks.
#pragma once

#include <cstddef>

#include "base/limits.h"
#include "surge/cells.h"
#include "surge/rank.h"

namespace creneau::surge {

class Arrivals {
 public:
  // The salt must be secret.
  explicit Arrivals(const Cells::Salt& salt, size_t entries = limits::kArrivals)
      : cells_(salt, entries) {}

  struct Seen {
    Bucket bucket;
    bool fresh;  // nothing was known of it: the bucket is `now`
  };
  // `now` is the bucket of this moment, 0 while people gather.
  Seen FirstSeen(OpeningId opening, const Tag& tag, Bucket now);

 private:
  Cells cells_;
};

}  // namespace creneau::surge
