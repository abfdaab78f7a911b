// What anybody can check of an opening from what was published about it, without the engine and
// without trusting it (design 6): that K is the day's of the chain whose end was published
// beforehand, with what the agenda's beacon gave mixed in, that it never changed, that the rank
// served never fell, and which rank each ticket has. Text in, a report out. Pure.
//
// What it cannot check: whether the beacon gave that, which its source says; the signatures of
// tickets, since only the engine has that key, and so whether it gave them out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "surge/rank.h"

namespace creneau::ctl {

// A file, and what messages call it.
struct NamedText {
  std::string name;
  std::string text;
};

struct QueueProof {
  struct TicketPlace {
    size_t line = 0;  // in its file, from 1
    surge::Rank rank;
    size_t place = 0;  // 1: the first of those given; alike for tickets of the same person
    bool admitted = false;
  };

  std::string agenda;
  std::string opening;       // date
  std::string k;             // hexadecimal
  std::string beacon;        // the agenda's; empty: it has none
  std::string beacon_value;  // what was mixed in; empty: nothing
  std::string chain_end;
  int32_t hashes = 0;        // of K, up to the chain's end
  uint64_t served_rank = 0;  // of the latest document
  size_t documents = 0;
  std::vector<TicketPlace> tickets;
};

// `agenda`: GET /v1/agendas/{agenda}. `statuses`: GET …/queue of one opening, oldest first.
// `tickets`: one a line, perhaps with the rank that the engine said it has behind it.
// An opening that began without its agenda's beacon is wrong unless it `may_lack_beacon`.
// DataLoss: something that was published is not true, the first such thing. InvalidArgument: the
// files are not what they should be, or say too little.
absl::StatusOr<QueueProof> ProveQueue(const NamedText& agenda,
                                      const std::vector<NamedText>& statuses,
                                      const std::optional<NamedText>& tickets,
                                      bool may_lack_beacon = false);

}  // namespace creneau::ctl
