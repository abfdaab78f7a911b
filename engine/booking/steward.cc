#include "booking/steward.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/limits.h"
#include "booking/room.h"
#include "codec/event.h"

namespace creneau::booking {
namespace {

// Acts between two waits for the disk: a flood of lapses is a few batches, and confirms still go
// between them.
constexpr int kActsPerBarrier = 256;
constexpr int64_t kLookAgainMs = 1'000;

}  // namespace

Steward::Steward(ledger::Ledger& ledger, wal::Log& log, const Registry& registry,
                 const Names& names, Openings& openings, const Clock& clock)
    : ledger_(ledger),
      log_(log),
      registry_(registry),
      names_(names),
      openings_(openings),
      clock_(clock),
      act_(pool_, log) {}

Steward::~Steward() { Stop(); }

Instant Steward::DueOf(ledger::SeatWord word) const {
  const Instant deadline = ledger::InstantOfDeadline(word.deadline_s());
  // A confirm that came in time may still be on its way to the ledger; nobody waits for a cooled
  // seat.
  return ledger::AwaitsConfirm(word.state()) ? deadline + limits::kExpiryGraceMs : deadline;
}

void Steward::Begin(Instant now) {
  last_tick_ = now;
  known_ms_.store(now.ms, std::memory_order_relaxed);
}

void Steward::WatchEdge(std::function<int64_t()> lag_ms) {
  const std::lock_guard lock(edge_mutex_);
  edge_lag_ms_ = std::move(lag_ms);
}

void Steward::Learn() {
  ledger_.TakeTouched([this](SeatId seat, ledger::SeatWord word) {
    timers_.push(Timer{DueOf(word), seat});
  });
  if (timers_.size() > compact_at_) Compact();
}

// A seat is learnt of anew with every change in its block: one timer a seat is enough.
void Steward::Compact() {
  std::vector<SeatId> seats;
  for (; !timers_.empty(); timers_.pop()) seats.push_back(timers_.top().seat);
  std::sort(seats.begin(), seats.end());
  seats.erase(std::unique(seats.begin(), seats.end()), seats.end());
  for (const SeatId seat : seats) {
    const ledger::SeatWord word = ledger_.WordOf(seat);
    if (ledger::IsStewards(word.state())) timers_.push(Timer{DueOf(word), seat});
  }
  compact_at_ = std::max(compact_at_, 4 * timers_.size());
}

void Steward::Owe(Instant since) { owed_from_ = std::min(owed_from_.value_or(since), since); }

// Waits until what was pushed is durable. A disk that takes its time took it from the holders too.
bool Steward::WaitForLog() {
  if (!act_.pushed()) return true;  // timers of what has long been confirmed
  const Instant started = clock_.Now();
  const bool durable = wait_.Finish(act_);
  if (clock_.Now() - started > limits::kExpiryLagMs) Owe(started);
  return durable;
}

// Whether confirms that came in time may be waiting for the log or an event loop.
bool Steward::Stalled(Instant now) {
  int64_t lag_ms = log_.in_flight_ms();
  {
    const std::lock_guard lock(edge_mutex_);
    if (edge_lag_ms_) lag_ms = std::max(lag_ms, edge_lag_ms_());
  }
  if (lag_ms <= limits::kExpiryLagMs) return false;
  Owe(now - lag_ms);
  return true;
}

void Steward::ContinueOutage(std::optional<Instant> since) {
  const std::lock_guard lock(outage_mutex_);
  outage_since_ = since;
}

void Steward::LookAtOutage(const std::function<void(std::optional<Instant>)>& look) {
  const std::lock_guard lock(outage_mutex_);
  look(outage_since_);
}

void Steward::LengthenAll(Instant since, Instant now) {
  // None where the clock was set back: what was owed is settled all the same.
  const int64_t by_ms = std::max<int64_t>(0, now - since);
  owed_record_ = codec::EncodeOutage({since, /*settled=*/false});
  settled_record_ = codec::EncodeOutage({since, /*settled=*/true});
  {
    const std::lock_guard lock(outage_mutex_);
    outage_since_ = since;
    act_.PushBytes(owed_record_);
  }
  // Openings by the rule for holds: from that record on, a crash makes the next start count again.
  openings_.Lengthen(since, now, act_, [&] {
    LengthenHolds(by_ms);
    {
      const std::lock_guard lock(outage_mutex_);
      outage_since_.reset();
      act_.PushBytes(settled_record_);
    }
    return WaitForLog();
  });
}

void Steward::LengthenHolds(int64_t by_ms) {
  Learn();
  std::vector<Timer> all;
  for (; !timers_.empty(); timers_.pop()) all.push_back(timers_.top());
  std::sort(all.begin(), all.end(), [](const Timer& a, const Timer& b) { return a.seat < b.seat; });
  int acts = 0;
  for (size_t i = 0; i < all.size(); ++i) {
    if (i > 0 && all[i].seat == all[i - 1].seat) continue;  // two timers of one seat are one hold
    act_.Begin();
    if (by_ms > 0) ledger_.Lengthen(all[i].seat, by_ms, act_);
    if (++acts % kActsPerBarrier == 0) WaitForLog();
    const ledger::SeatWord word = ledger_.WordOf(all[i].seat);
    if (ledger::IsStewards(word.state())) timers_.push(Timer{DueOf(word), all[i].seat});
  }
}

// By the seats, whoever has made it: a waitlist, a draw, the office for people whose day it closed.
bool Steward::AnyOffer() {
  Learn();
  return std::any_of(timers_.all().begin(), timers_.all().end(), [this](const Timer& timer) {
    return ledger_.WordOf(timer.seat).state() == ledger::SeatState::kOffered;
  });
}

bool Steward::OwedToAnyone(Instant since, Instant now) {
  return ledger_.live_holds() > 0 || openings_.IsOwed(since, now) || AnyOffer();
}

void Steward::Tick() {
  const Instant now = clock_.Now();
  // The process or the machine stood still, or the clock was set: those who were to confirm
  // meanwhile could not.
  if (now - last_tick_ > limits::kStewardTickMs + limits::kExpiryLagMs)
    Owe(last_tick_ + limits::kStewardTickMs);
  if (log_.poisoned()) return;
  if (Stalled(now)) {
    last_tick_ = now;
    return;
  }
  if (const std::optional<Instant> since = std::exchange(owed_from_, std::nullopt)) {
    stood_still_ms_.fetch_add(std::max<int64_t>(0, now - *since), std::memory_order_relaxed);
    if (OwedToAnyone(*since, now)) LengthenAll(*since, now);
  }
  known_ms_.store(now.ms, std::memory_order_relaxed);
  Learn();
  int acts = 0;
  while (!timers_.empty() && timers_.top().due <= now && !log_.poisoned()) {
    const SeatId seat = timers_.top().seat;
    timers_.pop();
    act_.Begin();
    Serve(seat, now);
    if (++acts % kActsPerBarrier != 0) continue;
    WaitForLog();
    if (owed_from_) break;  // the disk has become slow: holders first get their time
  }
  if (acts % kActsPerBarrier != 0) WaitForLog();
  if (!owed_from_ && !log_.poisoned()) {
    act_.Begin();
    const Await await = [this] { return WaitForLog(); };
    openings_.Advance(now, act_, await);
    for (const Duty& duty : duties_) {
      if (log_.poisoned()) break;
      act_.Begin();
      duty(now, act_, await);
    }
  }
  last_tick_ = clock_.Now();
}

void Steward::Serve(SeatId seat, Instant now) {
  const ledger::SeatWord word = ledger_.WordOf(seat);
  if (!ledger::IsStewards(word.state())) return;  // confirmed, or free already
  if (DueOf(word) > now) {
    timers_.push(Timer{DueOf(word), seat});  // extended meanwhile
    return;
  }
  if (ledger::IsCooling(word.state()) || word.state() == ledger::SeatState::kAside) {
    // On a disk that is nearly full a cooled seat can wait; what holds need cannot.
    if (RoomFor(log_.space(), ledger_.live_holds()) == Room::kReserve) {
      timers_.push(Timer{now + kLookAgainMs, seat});
      return;
    }
    const Reassigned reassigned = reassign_(seat, now, act_);
    if (reassigned.look_again) {
      timers_.push(Timer{*reassigned.look_again, seat});
      return;
    }
    if (reassigned.done || ledger_.Free(seat, now, act_))
      freed_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  const auto agenda = registry_.Find(ledger_.AgendaOf(seat));
  if (agenda == nullptr) return;
  const SeatRef hold = ledger::WholeRef(seat, word.generation());
  const std::optional<Subject> holder = ledger_.HolderOf(hold);
  // First the turn, then the seat: after a crash in between the same hold is not counted again.
  const bool at_once = word.state() == ledger::SeatState::kHeld && holder &&
                       openings_.NoteLapse(*agenda, *holder, hold, now, act_);
  const uint64_t random = names_.Random(Subject{word.bits(), 0}, now.ms, seat.value);
  const Instant cooling_until = at_once ? now : cools_until_(*agenda, word.channel(), now, random);
  if (ledger_.Expire(seat, now, cooling_until, act_)) {
    expired_.fetch_add(1, std::memory_order_relaxed);
  }
}

void Steward::Start() {
  thread_ = std::thread([this] {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      lock.unlock();
      Tick();
      lock.lock();
      wake_.wait_for(lock, std::chrono::milliseconds(limits::kStewardTickMs),
                     [this] { return stopping_; });
    }
  });
}

void Steward::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

}  // namespace creneau::booking
