// Which proofs of work have been used: each is good once. 1 MiB, lost with the process, and so
// should be the key that they are made with.
//
// A set of Cells (cells.h) has room for eight. Each entry: 40 bits of the challenge's hash, and
// when it expires, in seconds modulo 2^24 (half a year). An expired one is a free place. Where a
// set is full, the one that expires first gives way, and could be used again: nobody gains by it,
// since pushing one out takes as many solved ones as the table has places, give or take.
//
// A proof that was never used counts as used one time in 2^37 at most, and another is to be had.
//
// Any thread, no locks. Of two that bring the same proof at once, one is told that it is good;
// cells.h says when a full set makes an exception, and so may one that frees a place just then.
#pragma once

#include <cstddef>

#include "base/instant.h"
#include "base/limits.h"
#include "surge/cells.h"
#include "surge/proof_of_work.h"

namespace creneau::surge {

class SpentProofs {
 public:
  // The salt must be secret.
  explicit SpentProofs(const Cells::Salt& salt, size_t entries = limits::kSpentProofs)
      : cells_(salt, entries) {}

  // Uses up a proof that ProofOfWork::Check finds good. False: it has been used already.
  bool Spend(const Proof& proof, Instant now);

 private:
  Cells cells_;
};

}  // namespace creneau::surge
