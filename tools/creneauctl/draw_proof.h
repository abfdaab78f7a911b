// What anybody can check of a draw from its published files alone, without the engine and without
// trusting it (engine/proof/DRAW.md): every leaf, the root, the seed, every rank, every seat given,
// and that by its own words the list was closed before the number was public. What of draw.json no
// file shows, the report names.
// Text in, a report out. Pure.
//
// What the files cannot tell: whether the round gave that value, which its source says; that the
// root was fixed before it, which receipts of inclusion and signed checkpoints say; and who the
// entrants are.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "proof/merkle.h"
#include "proof/receipt.h"

namespace creneau::ctl {

struct DrawFiles {
  std::string facts;  // draw.json
  std::string rules;  // rules.txt, and so on
  std::string entries;
  std::string seats;
  std::string ranks;
  std::string allocation;
};

struct DrawReport {
  std::string agenda;
  std::string draw;
  std::string beacon;  // the source, in words
  std::string round;
  std::string round_at;  // local time
  std::string timezone;
  std::string closed_at;  // as in draw.json: before the round was public
  std::string value;
  proof::Hash root{};
  proof::Hash seed{};
  uint64_t entries = 0;
  uint64_t seats = 0;  // that were to be given
  uint64_t given = 0;
  std::string surprise;  // rules/uniformity.h, against the order of the tags
  // Members of draw.json that no file shows to be so: the engine's word, of which only the form and
  // the order of times were looked at. In the order of the alphabet.
  std::vector<std::string> unchecked;
};

// DataLoss: a file is not what the others make it, the first such place: which file, which line,
// what was expected there. InvalidArgument: they are no files of a draw.
absl::StatusOr<DrawReport> VerifyDraw(const DrawFiles& files);

// Whether the entry of a receipt of inclusion is in the list, where it says, and the draw was
// closed when it says: DataLoss, where not. Of files that are right, with their report. Not who
// signed it. InvalidArgument: it is a receipt of something else.
absl::Status CheckInclusion(const proof::Receipt& receipt, const DrawFiles& files,
                            const DrawReport& report);

}  // namespace creneau::ctl
