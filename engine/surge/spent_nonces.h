// Which nonces of the website's statements have been shown, and for what: each is good for one
// request, and for the same one again, since a reply may be lost. 1 MiB, lost with the process; so
// whoever uses it believes no statement that is older than the process.
//
// As SpentProofs: a set of Cells (cells.h) has room for eight. An entry: 32 bits of the nonce's
// hash (beside what chose its set), 16 of what it was shown for, and until when it is good, in
// seconds modulo 2^16. An entry that has expired is a free place. Where a set is full the one that
// expires first gives way, and could be shown for something else: to push one out takes as many
// statements of a site within their life as the table has places, give or take.
//
// A nonce that is new is taken for a spent one a time in 2^40 or less, and another is to be had;
// one that is shown for something else is taken for a repeat a time in 2^16, drawn anew for each
// nonce.
//
// Any thread, no locks. Of two that show one at once for different things, one is told that it is
// good; cells.h says when a full set makes an exception.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/instant.h"
#include "base/limits.h"
#include "surge/cells.h"

namespace creneau::surge {

class SpentNonces {
 public:
  // The salt must be secret.
  explicit SpentNonces(const Cells::Salt& salt, size_t entries = limits::kSpentNonces)
      : cells_(salt, entries) {}

  // False: it has been shown for something else than `purpose`. `expires`:
  // limits::kAssertionLifeMs and a clock's difference from now at most.
  bool Spend(std::string_view nonce, std::string_view purpose, Instant expires, Instant now);

 private:
  Cells cells_;
};

}  // namespace creneau::surge
