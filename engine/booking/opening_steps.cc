// What time brings to openings, and what outages and operators do to them (openings.h).
#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/limits_queue.h"
#include "booking/opening_orders.h"
#include "booking/openings.h"

namespace creneau::booking {
namespace {

using rules::Policy;

// Counting the seats of a large agenda is some milliseconds: not more than a twentieth of the time.
constexpr int64_t kCountShare = 20;
// While people gather, how many they are is logged when it has grown by a tenth: a start after a
// crash would else admit too many at a time.
constexpr int64_t kGatheredEveryMs = 2'000;
constexpr uint32_t kGatheredShare = 10;

// An opening that waits for its beacon is lengthened this often, should there be a crash meanwhile.
constexpr int64_t kWaitLoggedEveryMs = 1'000;

// A round of the steward is to take some milliseconds.
constexpr int kKeysPerRound = 4;

surge::BatchCounts CountsOf(const wal::LogStats& stats) {
  static_assert(wal::LogStats::kBuckets == surge::BatchCounts::kBuckets);
  return {stats.by_duration, stats.duration_us_sum};
}

}  // namespace

surge::Capacity Openings::MeasureCapacity(Instant now) {
  const surge::Capacity capacity =
      batch_times_.Look(CountsOf(log_.stats()), log_.in_flight_ms(), now);
  // Before the first batch nothing is known, and a start must not refuse whoever comes first.
  if (log_.stats().batches > 0) hold_bound_.store(capacity.hold_bound, std::memory_order_relaxed);
  batch_p99_us_.store(static_cast<int64_t>(capacity.batch_p99_us), std::memory_order_relaxed);
  return capacity;
}

// Not under the mutex: the ledger needs none.
void Openings::CountSeats(const AgendaInfo& agenda, Instant now, int64_t now_ns) {
  {
    const std::lock_guard lock(mutex_);
    const auto board = boards_.find(agenda.id);
    if (board == boards_.end() || !board->second.line || now_ns < board->second.count_again_ns)
      return;
  }
  const rules::BookableWindow window = rules::BookableAt(agenda.rules, agenda.zone, now);
  const auto counts = ledger_.Count(agenda.id, window.earliest_start, window.latest_start);
  const ledger::ChannelCount& web = counts[static_cast<size_t>(Channel::kWeb)];
  const int64_t cost_ns = clock_.MonotonicNs() - now_ns;
  const std::lock_guard lock(mutex_);
  Board& board = boards_[agenda.id];
  board.free = web.free;
  board.held = web.held;
  board.counted = true;
  if (web.free + web.held > 0) {
    board.empty_since.reset();
  } else if (!board.empty_since) {
    board.empty_since = now;
  }
  board.count_again_ns = now_ns + kCountShare * cost_ns;
}

codec::OpeningState Openings::Begun(const AgendaInfo& agenda, const Board& board,
                                    Instant now) const {
  codec::OpeningState state = board.state;
  const auto gathered = static_cast<uint32_t>(board.gatherers->Estimate());
  // After a start in the middle of it some have come twice, and some only before.
  state.gathered = std::max(state.gathered, gathered);
  state.opened_at = now;
  state.k = board.k ? *board.k : KeyOf(agenda, board.state.day);
  return state;
}

surge::ChainValue Openings::KeyOf(const AgendaInfo& agenda, int32_t day) const {
  const auto k = surge::KeyChain(chain_, agenda.rules.name).KeyOf(day);
  CHECK(k);  // the engine does not start with a clock beyond the chain's years
  return *k;
}

void Openings::NoteNewcomer(Board& board, const surge::Tag& tag) {
  if (board.ranks.horizon() == surge::Rank{}) return;
  if (board.newcomers.size() < limits::kNewcomers)
    board.newcomers.push_back(tag);
  else
    board.ranks.LoseFrom(surge::Rank{});
}

// A hash each, not under the mutex.
void Openings::RankNewcomers(AgendaId agenda) {
  std::vector<surge::Tag> newcomers;
  surge::ChainValue k;
  int32_t day = 0;
  {
    const std::lock_guard lock(mutex_);
    const auto at = boards_.find(agenda);
    if (at == boards_.end() || at->second.line || !at->second.k) return;
    newcomers.swap(at->second.newcomers);
    k = *at->second.k;
    day = at->second.state.day;
  }
  std::vector<surge::Rank> ranks;
  for (const surge::Tag& tag : newcomers) ranks.push_back(surge::RankOf(k, tag, surge::Bucket{0}));
  const std::lock_guard lock(mutex_);
  Board& board = boards_[agenda];
  if (board.state.day != day || board.line) return;
  for (const surge::Rank rank : ranks) board.ranks.Add(rank);
}

// Some milliseconds of hashing each, which nobody should wait for at the hour, when all of them
// open at once: so while people gather, and not under the mutex.
void Openings::PrepareKeys(const std::vector<const AgendaInfo*>& queues, Instant now) {
  int prepared = 0;
  for (const AgendaInfo* agenda : queues) {
    int32_t day = 0;
    {
      const std::lock_guard lock(mutex_);
      const OpeningView view = View(*agenda, Find(agenda->id), now);
      if (view.phase != Phase::kGathering || BoardFor(*agenda, *view.times, now).k) continue;
      day = view.times->day;
    }
    const surge::ChainValue k = KeyOf(*agenda, day);
    const std::lock_guard lock(mutex_);
    if (boards_[agenda->id].state.day == day) boards_[agenda->id].k = k;
    if (++prepared == kKeysPerRound) return;
  }
}

// The line goes on; what is to be told of it comes back, to be told once it is durable.
codec::OpeningState Openings::Served(const OpeningView& view, Board& board, surge::EngineLoad* load,
                                     Instant now) {
  surge::Line& line = *board.line;
  if (view.state.paused && board.stepped_at != Instant{0}) line.Lengthen(now - board.stepped_at);
  board.stepped_at = now;
  line.Lapse(now);
  // A turn that comes must find its seat, so nobody is let in before the seats were counted.
  const surge::QueueLoad queue{.free_seats = board.free,
                               .waiting = line.waiting(),
                               .grants = line.Ages(now),
                               .rate_cap_per_min = view.state.rate_cap_per_min,
                               .halted = view.state.paused || !board.counted};
  surge::Admission verdict = surge::Admit(queue, *load, now, board.admission);
  board.admission = verdict.next;
  board.wants_more = verdict.wants_more;
  board.limit = surge::NameOf(verdict.limit);
  if (!queue.halted) {
    const surge::Bucket latest = surge::BucketAt(*board.state.opened_at, now);
    load->let_in += line.Admit(verdict.people, surge::Bucket{latest.value - 1}, now);
  }
  const surge::Line::Served served = line.served();
  // Over the last minute; in the first one, over what there has been of it.
  const int64_t open_ms = now - *board.state.opened_at;
  const double rate_per_min = open_ms >= kMsPerMinute
                                  ? verdict.rate_per_min
                                  : static_cast<double>(served.people) *
                                        static_cast<double>(kMsPerMinute) /
                                        static_cast<double>(std::max(open_ms, kMsPerSecond));
  board.rate_per_min = static_cast<uint32_t>(rate_per_min + 0.5);
  codec::OpeningState state = board.state;
  state.lapsed_rank = served.lapsed.value;
  state.served_rank = served.rank.value;
  state.served = served.people;
  state.late = served.late;
  return state;
}

// It begins; or waits for what its beacon gives, and closes as much later, unless people gather for
// the next one by then.
std::optional<codec::OpeningState> Openings::AtItsHour(const AgendaInfo& agenda,
                                                       const OpeningView& view, Board& board,
                                                       Instant now) const {
  const bool waits =
      !agenda.rules.beacon.empty() && board.state.beacon.empty() && !board.state.without_beacon;
  if (waits && !board.waited_until) {
    board.waited_until = now;
    board.limit = kWaitsForBeacon;
  }
  if (waits && now - *board.waited_until < kWaitLoggedEveryMs) return std::nullopt;
  codec::OpeningState state = waits ? board.state : Begun(agenda, board, now);
  if (board.waited_until) {
    const auto own = rules::OpeningOn(agenda.rules, agenda.zone, board.state.day);
    const auto next = own ? rules::OpeningAfter(agenda.rules, agenda.zone, own->closes_at) : own;
    state.closes_at = view.times->closes_at + (now - *board.waited_until);
    if (next && next->day > board.state.day)
      state.closes_at = std::min(*state.closes_at, next->gathers_at);
    board.waited_until = now;
  }
  return state;
}

// Of one that is under way.
std::optional<codec::OpeningState> Openings::Step(const AgendaInfo& agenda, surge::EngineLoad* load,
                                                  Instant now) {
  const OpeningView view = View(agenda, Find(agenda.id), now);
  Board& board = BoardFor(agenda, *view.times, now);
  if (board.line) {
    codec::OpeningState next = Served(view, board, load, now);
    // How many came late is worth a record only together with something else.
    codec::OpeningState same = board.state;
    same.late = next.late;
    return next == same ? std::nullopt : std::optional(next);
  }
  if (now >= view.times->opens_at) return AtItsHour(agenda, view, board, now);
  const auto gathered = static_cast<uint32_t>(board.gatherers->Estimate());
  if (gathered <= board.state.gathered + board.state.gathered / kGatheredShare ||
      now - board.logged_at < kGatheredEveryMs)
    return std::nullopt;
  board.logged_at = now;
  codec::OpeningState state = board.state;
  state.gathered = gathered;
  return state;
}

void Openings::Put(const codec::OpeningState& state) {
  Board& board = boards_[state.agenda];
  if (board.state.day != state.day) board.Renew();
  if (state.opened_at && !board.line) {
    board.line = std::make_unique<surge::Line>();
    board.line->SetGathered(state.gathered);
    board.drawn_with = surge::WithBeacon(state.k, state.beacon);
    // Those who came while its beginning was on its way to the disk: a handful.
    for (const surge::Tag& tag : board.newcomers)
      board.ranks.Add(surge::RankOf(board.drawn_with, tag, surge::Bucket{0}));
    board.line->Know(std::exchange(board.ranks, {}));
    board.newcomers = {};
    board.gatherers.reset();
  }
  board.state = state;
  touched_[state.agenda.value].store(true, std::memory_order_release);
}

void Openings::Advance(Instant now, Act& act, const std::function<bool()>& await) {
  const std::lock_guard one(changing_);
  surge::EngineLoad load;
  load.capacity = MeasureCapacity(now);
  load.live_holds = ledger_.live_holds();
  std::vector<const AgendaInfo*> queues = registry_.All();
  std::erase_if(queues,
                [](const AgendaInfo* agenda) { return agenda->rules.policy != Policy::kQueue; });
  for (const AgendaInfo* agenda : queues) CountSeats(*agenda, now, clock_.MonotonicNs());
  PrepareKeys(queues, now);
  for (const AgendaInfo* agenda : queues) RankNewcomers(agenda->id);
  // Another one first at each step, for what does not divide.
  if (!queues.empty())
    std::rotate(queues.begin(), queues.begin() + static_cast<ptrdiff_t>(turn_++ % queues.size()),
                queues.end());
  std::vector<codec::OpeningState> next;
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(queues, [&](const AgendaInfo* agenda) {
      return View(*agenda, Find(agenda->id), now).phase == Phase::kClosed;
    });
    load.queues = 0;
    for (const AgendaInfo* agenda : queues) {
      const Board* const board = Find(agenda->id);
      if (board == nullptr || !board->line) continue;
      load.grants += board->line->Ages(now).outstanding();
      load.queues += board->wants_more;
    }
    load.queues = std::max(1u, load.queues);
    for (const AgendaInfo* agenda : queues) {
      if (auto state = Step(*agenda, &load, now)) next.push_back(*std::move(state));
    }
  }
  // An outage is counted from the log's last record: in a queue its length matters.
  if (load.capacity.probe_wanted && (!queues.empty() || load.capacity.disk_is_slow))
    act.PushCopy(codec::EncodeProbe({now}));
  for (const codec::OpeningState& state : next) act.PushCopy(codec::EncodeOpening(state));
  if (!await()) return;
  for (const codec::OpeningState& state : next) RankNewcomers(state.agenda);
  const std::lock_guard lock(mutex_);
  for (const codec::OpeningState& state : next) Put(state);
}

std::vector<codec::OpeningState> Openings::Lengthened(Instant since, Instant now) const {
  std::vector<codec::OpeningState> states;
  for (const AgendaInfo* agenda : registry_.All()) {
    // The one that is under way, or was when nobody was served any more.
    for (const Instant at : {now, since}) {
      const OpeningView view = View(*agenda, Find(agenda->id), at);
      if (!view.times) continue;
      const int64_t missed_ms =
          std::min(now, view.times->closes_at) - std::max(since, view.times->opens_at);
      const Instant closes_at = view.times->closes_at + missed_ms;
      if (missed_ms <= 0 || closes_at <= now) continue;
      states.push_back(view.state);
      states.back().closes_at = closes_at;
      break;
    }
  }
  return states;
}

bool Openings::IsOwed(Instant since, Instant now) const {
  const std::lock_guard lock(mutex_);
  return !Lengthened(since, now).empty();
}

void Openings::Settle(const codec::OpeningState& state, Instant since, Instant now) {
  Put(state);
  Board& board = boards_[state.agenda];
  // It has been lengthened by all of that.
  if (board.waited_until)
    *board.waited_until = *board.waited_until + (now - std::max(since, *board.waited_until));
  // From the last step on: nobody was let in after it. While it is paused the time counts in any
  // case, and once.
  if (!board.line || board.stepped_at == Instant{0}) return;
  const Instant from = state.paused ? board.stepped_at : std::max(since, board.stepped_at);
  board.line->Lengthen(std::max<int64_t>(0, now - from));
  board.stepped_at = std::max(now, board.stepped_at);
}

void Openings::Lengthen(Instant since, Instant now, Act& act, const std::function<bool()>& await) {
  const std::lock_guard one(changing_);
  std::vector<codec::OpeningState> states;
  {
    const std::lock_guard lock(mutex_);
    states = Lengthened(since, now);
  }
  for (const codec::OpeningState& state : states) {
    act.Begin();
    act.PushCopy(codec::EncodeOpening(state));
  }
  if (!await()) return;
  const std::lock_guard lock(mutex_);
  for (const codec::OpeningState& state : states) Settle(state, since, now);
}

bool Openings::Change(const AgendaInfo& agenda, const OpeningOrder& order,
                      std::string_view attribution, Instant now, CommitPool& pool,
                      std::string* objection) {
  using What = OpeningOrder::What;
  const std::lock_guard one(changing_);
  codec::OpeningState state;
  {
    const std::lock_guard lock(mutex_);
    const OpeningView view = View(agenda, Find(agenda.id), now);
    *objection = ObjectionTo(order, agenda, view, now);
    if (!objection->empty()) return true;
    state = view.state;
    if (order.what == What::kExtend)
      state.closes_at = view.times->closes_at + order.value * kMsPerMinute;
  }
  if (order.what == What::kPause) state.paused = true;
  if (order.what == What::kResume) state.paused = state.draining = false;
  if (order.what == What::kDrain) state.draining = true;
  if (order.what == What::kRate) state.rate_cap_per_min = static_cast<uint32_t>(order.value);
  if (order.what == What::kBeacon) state.beacon = order.text;
  if (order.what == What::kWithoutBeacon) state.without_beacon = true;
  Act act(pool, log_);
  BlockingWait wait;
  act.Begin();
  act.PushCopy(attribution);
  act.PushCopy(codec::EncodeOpening(state));
  if (!wait.Finish(act)) return false;
  const std::lock_guard lock(mutex_);
  Put(state);
  return true;
}

std::vector<std::string> Openings::Snapshot(const std::function<void()>& begin) const {
  const std::lock_guard one(changing_);
  const std::lock_guard lock(mutex_);
  begin();
  std::vector<std::string> events;
  for (const auto& [agenda, board] : boards_) {
    events.push_back(codec::EncodeOpening(board.state));
    for (const auto& [subject, turns] : board.turns)
      events.push_back(
          codec::EncodeTurn({agenda, board.state.day, subject, turns.times, turns.latest}));
  }
  return events;
}

}  // namespace creneau::booking
