// What is known of one agenda's opening (openings.h). Not for others.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/instant.h"
#include "codec/state.h"
#include "ledger/request.h"
#include "surge/admission.h"
#include "surge/key_chain.h"
#include "surge/known_ranks.h"
#include "surge/line.h"
#include "surge/people_counter.h"

namespace creneau::booking {

struct Board {
  // In force: durable, and told.
  codec::OpeningState state;
  // Of that day, in a queue: who has come so far while it gathers; then how far it is served,
  // ahead of `state` by what is on its way to the disk.
  std::unique_ptr<surge::PeopleCounter> gatherers;
  std::unique_ptr<surge::Line> line;
  // While it gathers: the lowest ranks of those who have come, and who has come since the steward
  // last gave them ranks. So a request takes as long whatever rank it will have.
  surge::KnownRanks ranks;
  std::vector<surge::Tag> newcomers;
  // K of the chain on that day, from some time before the opening begins; told by nobody until it
  // has.
  std::optional<surge::ChainValue> k;
  // What ranks are drawn with: K of `state`, and what the beacon gave. Once it has begun.
  surge::ChainValue drawn_with{};
  // Up to when the opening has been lengthened for want of what its beacon gives.
  std::optional<Instant> waited_until;
  // Who has let holds go in that opening, how many, and which last: bounded by the seats and by
  // time, since each was a hold.
  struct Turns {
    uint32_t times = 0;
    SeatRef latest;
  };
  std::map<Subject, Turns> turns;
  // Of these, the seats that have not come back yet: the next one's in line.
  std::set<SeatRef> let_go;
  // What was given up in that opening, by its name, as it ended: its seat is the next one's at
  // once, so the ledger has soon forgotten. No more of them than turns, and not there after a
  // start.
  std::map<SeatRef, ledger::SeatView> released;
  // What the steward has seen last.
  uint32_t free = 0;
  uint32_t held = 0;
  bool counted = false;
  std::optional<Instant> empty_since;  // nothing free, nobody holds
  int64_t count_again_ns = 0;
  Instant stepped_at{0};
  Instant logged_at{0};
  surge::AdmissionState admission;
  bool wants_more = false;
  uint32_t rate_per_min = 0;
  std::string_view limit;
  // What became of the tickets of the opening before that one, for whoever asks later for proof
  // that his turn never came. Not there after a start.
  struct Past {
    int32_t day = 0;
    surge::ChainValue drawn_with{};
    std::optional<surge::Rank> served_rank;  // nothing: it never began
  };
  std::optional<Past> past;

  // For another opening. What is known of this one is the past's.
  void Renew() {
    std::optional<Past> ended = std::move(past);
    if (state.day != 0)
      ended = Past{state.day, drawn_with,
                   line ? std::optional(surge::Rank{state.served_rank}) : std::nullopt};
    *this = Board();
    past = std::move(ended);
  }
};

}  // namespace creneau::booking
