#include "booking/openings.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "surge/polling.h"

namespace creneau::booking {
namespace {

using rules::OpeningTimes;
using rules::Policy;

// What was just let go is nobody's until the steward has been there, and deadlines are whole
// seconds: only then it is said that nothing is left.
constexpr int64_t kEmptyForMs = kMsPerSecond + 2 * limits::kStewardTickMs;

// So often somebody who misses his turn gets another one: one for every two minutes of an hour.
constexpr uint8_t kTurnsRemembered = 32;

// As a number to count and draw by: a tag is as good as random.
uint64_t NumberOf(const surge::Tag& tag) {
  uint64_t number = 0;
  for (size_t i = 0; i < sizeof number; ++i) number = number << 8 | tag[i];
  return number;
}

bool HasUsedTurns(const Board& board, const Subject& subject) {
  const auto turns = board.turns.find(subject);
  return turns != board.turns.end() && turns->second.times >= limits::kTurnsPerOpening;
}

// Whether whoever comes has been seen from the first on: the engine was there when they began to
// gather. What a beacon gives is in nobody's rank until it is told.
bool KnowsAllWhoGather(const AgendaInfo& agenda, const OpeningTimes& times, Instant now) {
  return now - times.gathers_at <= kMsPerSecond && agenda.rules.beacon.empty();
}

surge::Cells::Salt SaltOf(const KeyedHash& secret) {
  KeyedHash::Run run(secret);
  run.Add("creneau arrivals v1");
  return run.Finish();
}

// Where nobody was let in lately since nobody was there, and a seat is free for each up to that
// place, its turn comes with the first step after the second in which it came.
int64_t PollAfterS(const Board& board, uint64_t place, uint64_t random) {
  const bool at_once = board.rate_per_min == 0 && place <= board.free && !board.state.paused;
  return at_once ? 2 : surge::PollAfterS(place, board.rate_per_min, random);
}

}  // namespace

std::string_view PhaseName(Phase phase) {
  switch (phase) {
    case Phase::kClosed:
      return "closed";
    case Phase::kGathering:
      return "gathering";
    case Phase::kOpen:
      return "open";
    case Phase::kExhausted:
      return "exhausted";
  }
  CHECK(false);
}

std::vector<std::string_view> AdmissionLimits() {
  std::vector<std::string_view> names;
  for (int i = 0; i < surge::kLimits; ++i)
    names.push_back(surge::NameOf(static_cast<surge::Limit>(i)));
  names.push_back(kWaitsForBeacon);
  return names;
}

Openings::Openings(const Registry& registry, ledger::Ledger& ledger, wal::Log& log,
                   const Clock& clock, const Secrets& secrets)
    : registry_(registry),
      ledger_(ledger),
      log_(log),
      clock_(clock),
      mac_(secrets.mac),
      chain_(secrets.chain),
      arrivals_(SaltOf(mac_)) {}

surge::ChainValue Openings::ChainEnd(std::string_view agenda) const {
  return surge::KeyChain(chain_, agenda).End();
}

void Openings::Restore(const std::vector<codec::OpeningState>& states,
                       const std::vector<codec::TurnLapsed>& turns, Instant now) {
  const std::lock_guard lock(mutex_);
  for (const codec::OpeningState& state : states) {
    Board& board = boards_[state.agenda];
    board.state = state;
    if (state.opened_at) {
      board.drawn_with = surge::WithBeacon(state.k, state.beacon);
      board.line = std::make_unique<surge::Line>(
          surge::Line::Served{.lapsed = surge::Rank{state.lapsed_rank},
                              .rank = surge::Rank{state.served_rank},
                              .gathered = state.gathered,
                              .late = state.late,
                              .people = state.served},
          surge::BucketAt(*state.opened_at, now), now);
    }
    touched_[state.agenda.value].store(true, std::memory_order_release);
  }
  for (const codec::TurnLapsed& turn : turns) {
    const auto board = boards_.find(turn.agenda);
    if (board == boards_.end() || board->second.state.day != turn.day) continue;
    board->second.turns[turn.subject] = {turn.times, turn.latest};
    board->second.let_go.insert(turn.latest);
  }
}

const Board* Openings::Find(AgendaId agenda) const {
  const auto at = boards_.find(agenda);
  return at == boards_.end() ? nullptr : &at->second;
}

OpeningView Openings::At(const AgendaInfo& agenda, Instant now) const {
  const std::lock_guard lock(mutex_);
  const Board* const board = Find(agenda.id);
  OpeningView view = View(agenda, board, now);
  // Microseconds of counting: for those who look at the opening, not for everybody who comes to it.
  if (view.phase == Phase::kGathering && board != nullptr && board->gatherers &&
      board->state.day == view.state.day) {
    view.state.gathered =
        std::max(view.state.gathered, static_cast<uint32_t>(board->gatherers->Estimate()));
    view.waiting = view.state.gathered;
  }
  return view;
}

OpeningView Openings::View(const AgendaInfo& agenda, const Board* board, Instant now) const {
  OpeningView view;
  view.state.agenda = agenda.id;
  view.times = rules::OpeningAfter(agenda.rules, agenda.zone, now);
  if (board != nullptr) {
    const codec::OpeningState& state = board->state;
    // What was moved beyond its hour is still under way.
    if (state.closes_at && now < *state.closes_at) {
      const auto own = rules::OpeningOn(agenda.rules, agenda.zone, state.day);
      if (own && now >= own->gathers_at) view.times = own;
    }
    if (!agenda.rules.opening || (view.times && view.times->day == state.day)) {
      view.state = state;
      if (view.times && state.closes_at) view.times->closes_at = *state.closes_at;
    }
    view.state.paused = state.paused;
  }
  if (view.times) view.state.day = view.times->day;
  const bool opened = view.state.opened_at.has_value();
  if (!agenda.rules.opening) {
    view.phase = Phase::kOpen;
  } else if (!view.times || now < view.times->gathers_at) {
    view.phase = Phase::kClosed;
  } else if (agenda.rules.policy == Policy::kQueue) {
    view.phase = opened ? Phase::kOpen : Phase::kGathering;
  } else if (now >= view.times->opens_at) {
    view.phase = Phase::kOpen;
  }
  if (board == nullptr || agenda.rules.policy != Policy::kQueue ||
      view.state.day != board->state.day)
    return view;
  if (board->line) view.state.late = board->line->served().late;
  const uint32_t came = view.state.gathered + view.state.late;
  view.waiting = came - std::min(came, view.state.served);
  view.free = board->free;
  view.rate_per_min = board->rate_per_min;
  view.limit = board->limit;
  if (view.phase == Phase::kOpen && board->empty_since && now - *board->empty_since >= kEmptyForMs)
    view.phase = Phase::kExhausted;
  return view;
}

// The board of an opening; of an earlier one, what holds for the agenda stays.
Board& Openings::BoardFor(const AgendaInfo& agenda, const OpeningTimes& times, Instant now) {
  Board& board = boards_[agenda.id];
  if (board.state.day != times.day) {
    const bool paused = board.state.paused;
    board.Renew();
    board.state.agenda = agenda.id;
    board.state.day = times.day;
    board.state.paused = paused;
  }
  if (!board.gatherers && !board.line) {
    board.gatherers = std::make_unique<surge::PeopleCounter>();
    if (KnowsAllWhoGather(agenda, times, now)) board.ranks = surge::KnownRanks::FromTheFirst();
  }
  return board;
}

uint64_t Openings::RandomOf(const surge::Tag& tag, Instant now) const {
  KeyedHash::Run run(mac_);
  run.Add("creneau poll v1");
  run.Add({reinterpret_cast<const char*>(tag.data()), tag.size()});
  run.Add({reinterpret_cast<const char*>(&now.ms), sizeof now.ms});
  return NumberOf(run.Finish());
}

void Openings::Issue(const AgendaInfo& agenda, const Subject& subject,
                     const std::optional<surge::Ticket>& before, const surge::Nonce& nonce,
                     Instant now, TicketAnswer* answer) {
  const std::lock_guard lock(mutex_);
  const OpeningView view = View(agenda, Find(agenda.id), now);
  if (view.phase == Phase::kClosed) {
    answer->outcome = Outcome::kNotOpenYet;
    if (view.times) answer->opens_at = view.times->gathers_at;
    return;
  }
  if (view.phase == Phase::kExhausted) {
    answer->outcome = Outcome::kNothingLeft;
    const auto next = rules::OpeningAfter(agenda.rules, agenda.zone, view.times->closes_at);
    if (next) answer->opens_at = next->opens_at;
    return;
  }
  if (view.state.draining) {
    answer->outcome = Outcome::kPaused;
    return;
  }
  // What its beacon gave may be known already, and those who gathered have their places by it.
  const bool shown_here = before && before->opening == surge::OpeningId{agenda.id, view.times->day};
  if (view.phase == Phase::kGathering && !agenda.rules.beacon.empty() && !shown_here &&
      now >= view.times->opens_at) {
    answer->outcome = Outcome::kNotOpenYet;
    return;
  }
  Board& board = BoardFor(agenda, *view.times, now);
  // A place that could not be used would only keep others waiting.
  if (HasUsedTurns(board, subject)) {
    answer->outcome = Outcome::kNotAdmitted;
    answer->turn = Turn::kUsed;
    return;
  }
  const surge::OpeningId opening = surge::OpeningId{agenda.id, view.times->day};
  surge::Ticket ticket{.opening = opening,
                       .bucket = {},
                       .before = 0,
                       .tag = surge::TagOf(mac_, opening, subject),
                       .nonce = nonce};
  const uint64_t random = RandomOf(ticket.tag, now);
  if (view.phase == Phase::kGathering) {
    if (arrivals_.FirstSeen(opening, ticket.tag, surge::Bucket{0}).fresh)
      NoteNewcomer(board, ticket.tag);
    board.gatherers->Add(ticket.tag);
    answer->poll_after_s =
        surge::PollAtOpeningS(view.times->opens_at - now, view.state.gathered, random);
  } else {
    const bool shown = before && before->opening == opening && before->tag == ticket.tag;
    if (shown) ticket.bucket = before->bucket;
    const surge::Rank rank = PlaceFor(board, now, shown, &ticket);
    answer->rank = rank;
    answer->admitted =
        rank.value <= board.state.served_rank && board.line->Judge(rank) == surge::Line::Turn::kNow;
    answer->place = board.line->PlaceOf(rank);
    answer->poll_after_s = answer->admitted ? 0 : PollAfterS(board, answer->place, random);
  }
  answer->ticket = surge::Sign(mac_, ticket);
}

// Fills in the ticket's bucket: that of one that was shown, else that in which the tag came first.
surge::Rank Openings::PlaceFor(Board& board, Instant now, bool shown, surge::Ticket* ticket) {
  const surge::Bucket latest = surge::BucketAt(*board.state.opened_at, now);
  surge::Rank rank;
  // A turn that was missed does not come again: it is followed by a new one, at the end of the
  // line as it then was, and remembered like the first.
  for (uint8_t time = 0; time < kTurnsRemembered; ++time) {
    bool fresh = false;
    if (time > 0 || !shown) {
      surge::Tag remembered = ticket->tag;
      remembered[0] ^= time;
      const surge::Arrivals::Seen seen = arrivals_.FirstSeen(ticket->opening, remembered, latest);
      ticket->bucket = seen.bucket;
      fresh = seen.fresh;
    }
    rank = surge::RankOf(board.drawn_with, ticket->tag, ticket->bucket);
    if (fresh) board.line->Arrive(rank);
    if (board.line->Judge(rank) != surge::Line::Turn::kMissed) break;
  }
  return rank;
}

std::optional<surge::Ticket> Openings::Verify(const AgendaInfo& agenda, const Subject& subject,
                                              std::string_view text) const {
  std::optional<surge::Ticket> ticket = surge::Verify(mac_, text);
  if (!ticket || ticket->opening.agenda != agenda.id ||
      surge::TagOf(mac_, ticket->opening, subject) != ticket->tag)
    return std::nullopt;
  return ticket;
}

Openings::Judgement Openings::Judge(const AgendaInfo& agenda, const Subject& subject,
                                    const std::optional<surge::Ticket>& ticket, Instant now) const {
  Judgement out;
  const std::lock_guard lock(mutex_);
  const Board* board = Find(agenda.id);
  const OpeningView view = View(agenda, board, now);
  if (view.phase == Phase::kClosed || view.phase == Phase::kGathering) {
    out.outcome = Outcome::kNotOpenYet;
    if (view.times) out.opens_at = view.times->opens_at;
    return out;
  }
  if (view.state.paused) {
    out.outcome = Outcome::kPaused;
    return out;
  }
  out.outcome = Outcome::kNotAdmitted;
  if (!ticket) {
    out.turn = Turn::kNoTicket;
    return out;
  }
  out.foreign = ticket->opening != surge::OpeningId{agenda.id, view.times->day};
  if (out.foreign) return out;
  if (HasUsedTurns(*board, subject)) {
    out.turn = Turn::kUsed;
    return out;
  }
  out.rank = surge::RankOf(board->drawn_with, ticket->tag, ticket->bucket);
  switch (board->line->Judge(out.rank)) {
    case surge::Line::Turn::kNow:
      out.outcome = Outcome::kOk;
      break;
    case surge::Line::Turn::kWait:
      out.turn = Turn::kWait;
      out.poll_after_s =
          PollAfterS(*board, board->line->PlaceOf(out.rank), RandomOf(ticket->tag, now));
      break;
    case surge::Line::Turn::kMissed:
      out.turn = Turn::kMissed;
      break;
  }
  return out;
}

bool Openings::IsOver(const AgendaInfo& agenda, const Subject& subject) const {
  const std::lock_guard lock(mutex_);
  const Board* board = Find(agenda.id);
  return board != nullptr && HasUsedTurns(*board, subject);
}

void Openings::NoteHeld(const AgendaInfo& agenda, surge::Rank rank) {
  const std::lock_guard lock(mutex_);
  const auto board = boards_.find(agenda.id);
  if (board != boards_.end() && board->second.line) board->second.line->Use(rank, clock_.Now());
}

}  // namespace creneau::booking
