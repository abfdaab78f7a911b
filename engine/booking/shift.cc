#include "booking/shift.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>

#include "base/check.h"
#include "base/limits_shares.h"
#include "booking/attribution.h"
#include "booking/engine_impl.h"
#include "rules/flow.h"
#include "rules/no_computer.h"
#include "rules/opening.h"

namespace creneau::booking {
namespace {

constexpr std::string_view kDeed = "shift";
constexpr int kShiftsPerBarrier = 64;
constexpr int32_t kMinutesPerDay = 24 * 60;

struct Wanted {
  LocalMinute slot;
  Channel from;
  Channel to;
  uint32_t most;
};

// A calendar version in the making. With the publishing lock from beginning to end.
class Shift {
 public:
  Shift(Engine::Impl& in, const AgendaInfo& agenda, Instant now)
      : in_(in), agenda_(agenda), now_(now), change_(in.ledger_.InForce(agenda.id)) {
    CHECK(change_.version == agenda.version);
    ++change_.version;
  }

  uint32_t seats() const { return seats_; }
  uint32_t slots() const { return static_cast<uint32_t>(touched_.size()); }
  size_t all_slots() const { return change_.slots.size(); }

  ledger::SlotChange& SlotAt(LocalMinute start) {
    const auto at =
        std::lower_bound(change_.slots.begin(), change_.slots.end(), start,
                         [](const ledger::SlotChange& s, LocalMinute m) { return s.start < m; });
    CHECK(at != change_.slots.end() && at->start == start);
    return *at;
  }

  // Free seats leave their channel. False: the log has failed.
  bool Take(const std::vector<Wanted>& all, Act& act, const FinishAct& finish) {
    int acts = 0;
    for (const Wanted& wanted : all) {
      ledger::SlotChange& slot = SlotAt(wanted.slot);
      act.Begin();
      const uint32_t got = in_.ledger_.TakeFree(slot.slot, wanted.from, wanted.most, act);
      if (got > 0) Enter(slot, wanted.from, wanted.to, got);
      if (++acts % kShiftsPerBarrier == 0 && !finish()) return false;
    }
    return true;
  }

  // One more seat in a channel, as a plan has it.
  void Add(const ledger::SlotChange& planned, Channel to) {
    SlotAt(planned.start) = planned;
    Count(planned.slot, std::nullopt, to, 1);
  }

  // Logs the calendar, puts it in force, and gives the seats to their new channel. False: the log
  // has failed.
  bool PutInForce(codec::ShiftCause cause, Act& act, const FinishAct& finish) {
    codec::SeatsShifted record{agenda_.id, change_.version, cause, now_, {}};
    for (const auto& [way, sum] : moved_) {
      const uint64_t before = in_.people_->shifts.Ever(agenda_.id, way.first, way.second);
      record.moved.push_back({way.first, way.second, sum.seats, sum.slots, before + sum.seats});
    }
    std::vector<std::string> records = codec::EncodeCalendar(change_, agenda_.rules);
    records.insert(records.begin(), codec::EncodeShift(record));
    act.PushAll(records);
    if (!finish()) return false;
    in_.people_->shifts.Take(record);
    in_.ledger_.Apply(change_);
    AgendaInfo info = agenda_;  // the rules are those of before, and in force since then
    info.version = change_.version;
    in_.registry_.Put(std::move(info));
    in_.TrimSlots(touched_, act, finish);
    return true;
  }

 private:
  struct Sum {
    uint32_t seats = 0;
    uint32_t slots = 0;
  };

  void Enter(ledger::SlotChange& slot, Channel from, Channel to, uint32_t seats) {
    const auto shift = [&](Channel channel, int by) {
      const auto c = static_cast<size_t>(channel);
      slot.seats[c] = static_cast<uint8_t>(slot.seats[c] + by);
      slot.shifted[c] = static_cast<int8_t>(slot.shifted[c] + by);
    };
    const int by = static_cast<int>(seats);
    shift(from, -by);
    shift(to, by);
    Count(slot.slot, from, to, seats);
  }

  void Count(SlotId slot, std::optional<Channel> from, Channel to, uint32_t seats) {
    Sum& sum = moved_[{from, to}];
    sum.seats += seats;
    ++sum.slots;
    seats_ += seats;
    if (touched_.empty() || touched_.back() != slot) touched_.push_back(slot);
  }

  Engine::Impl& in_;
  const AgendaInfo& agenda_;
  const Instant now_;
  ledger::CalendarChange change_;
  std::map<std::pair<std::optional<Channel>, Channel>, Sum> moved_;
  std::vector<SlotId> touched_;
  uint32_t seats_ = 0;
};

uint64_t BytesFor(size_t slots, size_t wanted_seats) {
  constexpr uint64_t kBytesPerSlot = 80;
  constexpr uint64_t kBytesPerSeat = 2 * 64;  // withdrawn, and restored
  return limits::kMaxRecordBytes + slots * kBytesPerSlot + wanted_seats * kBytesPerSeat +
         wanted_seats / kShiftsPerBarrier * 2 * limits::kPageBytes;
}

uint32_t SeatsOf(const std::vector<Wanted>& all) {
  return std::accumulate(all.begin(), all.end(), 0u,
                         [](uint32_t sum, const Wanted& wanted) { return sum + wanted.most; });
}

bool InScope(const ShiftRequest& request, LocalMinute start) {
  if (request.slot) return start == *request.slot;
  const int32_t day = start.value / kMinutesPerDay;
  if (request.day) return day == DaysFromCivil(*request.day);
  return day <= DaysFromCivil(*request.until);
}

ShiftAnswer Wrong(ShiftAnswer answer, const char* pointer, std::string message) {
  answer.outcome = Outcome::kValidationFailed;
  answer.problems.push_back({pointer, std::move(message)});
  return answer;
}

// What makes a shift a request; empty: it is one.
std::optional<rules::IdentityProblem> ProblemOf(const ShiftRequest& request) {
  if (request.from == request.to)
    return rules::IdentityProblem{"/to", "must be another channel than `from`"};
  const int scopes = (request.slot ? 1 : 0) + (request.day ? 1 : 0) + (request.until ? 1 : 0);
  if (scopes != 1)
    return rules::IdentityProblem{"/slot", "say which slots: one of slot, day and until"};
  if (request.seats && (*request.seats == 0 || *request.seats > limits::kSeatsPerSlot))
    return rules::IdentityProblem{"/seats", "1 to 64 of each slot, or absent: all that are free"};
  return std::nullopt;
}

// Design 5: a seat that needs no computer must be left, and what is taken is nobody's to have. Only
// where the shift is what takes them: what goes between other channels, or back, is not held to it.
bool TakesTheLast(std::vector<ledger::SlotCount> slots, const AgendaInfo& agenda,
                  const ShiftRequest& request, const std::vector<Wanted>& all, Instant now) {
  if (!agenda.rules.alternative.empty() || all.empty() || !rules::NeedsNoComputer(request.from) ||
      rules::NeedsNoComputer(request.to))
    return false;
  const Instant earliest = rules::BookableAt(agenda.rules, agenda.zone, now).earliest_start;
  auto wanted = all.begin();
  for (ledger::SlotCount& slot : slots) {
    for (; wanted != all.end() && wanted->slot == slot.start; ++wanted)
      slot.free[static_cast<size_t>(wanted->from)] -= static_cast<uint8_t>(wanted->most);
    if (slot.starts_at >= earliest && rules::NeedNoComputer(slot.free)) return false;
  }
  return true;
}

// Which member says of which slots.
const char* ScopeOf(const ShiftRequest& request) {
  if (request.slot) return "/slot";
  return request.day ? "/day" : "/until";
}

}  // namespace

ShiftAnswer ShiftSeats(Engine& engine, const ShiftRequest& request, const Actor& actor) {
  Engine::Impl& in = engine.inside();
  const std::lock_guard lock(in.publishing_);
  ShiftAnswer answer;
  answer.agenda = in.registry_.Find(request.agenda);
  if (answer.agenda == nullptr) {
    answer.outcome = Outcome::kUnknownAgenda;
    return answer;
  }
  const AgendaInfo& agenda = *answer.agenda;
  answer.version = agenda.version;
  if (auto problem = ProblemOf(request)) {
    answer.outcome = Outcome::kValidationFailed;
    answer.problems.push_back(*std::move(problem));
    return answer;
  }
  const Instant now = in.clock_.Now();
  const auto slots = in.ledger_.Slots(agenda.id, now + 1, Instant{INT64_MAX - 1}, SIZE_MAX);
  std::vector<Wanted> all;
  bool any = false;
  for (const auto& slot : slots) {
    if (!InScope(request, slot.start)) continue;
    any = true;
    const uint32_t free = slot.free[static_cast<size_t>(request.from)];
    const uint32_t most = std::min(free, request.seats.value_or(free));
    if (most > 0) all.push_back({slot.start, request.from, request.to, most});
  }
  if (!any)
    return Wrong(std::move(answer), ScopeOf(request),
                 "names no slot of this agenda that is still to come");
  answer.seats = SeatsOf(all);
  answer.slots = static_cast<uint32_t>(all.size());
  if (TakesTheLast(slots, agenda, request, all, now))
    return Wrong(std::move(answer), "/to", std::string(rules::kLastThatIsFree));
  if (request.dry_run || all.empty()) return answer;
  if (in.LogRoom(BytesFor(slots.size(), answer.seats)) != Room::kPlenty) {
    answer.outcome = Outcome::kReadOnly;
    return answer;
  }
  Act act(in.publisher_pool_, *in.log_);
  BlockingWait wait;
  const FinishAct finish = [&] { return wait.Finish(act); };
  act.Begin();
  act.PushCopy(Attribution(actor, {kDeed, agenda.rules.name}, now));
  Shift shift(in, agenda, now);
  const bool taken = shift.Take(all, act, finish);
  answer.seats = shift.seats();
  answer.slots = shift.slots();
  // Where others were quicker, nothing is left to be said.
  const bool done =
      taken &&
      (answer.seats == 0 ? finish() : shift.PutInForce(codec::ShiftCause::kByHand, act, finish));
  if (!done) answer.outcome = Outcome::kOutcomeUnknown;
  answer.agenda = in.registry_.Find(agenda.id);
  answer.version = answer.agenda->version;
  return answer;
}

namespace {

// Free seats of slots whose time has come, and that can still be booked.
std::vector<Wanted> DueIn(Engine::Impl& in, const AgendaInfo& agenda, Instant now) {
  std::vector<Wanted> due;
  const Instant earliest = rules::BookableAt(agenda.rules, agenda.zone, now).earliest_start;
  int hours = 0;
  for (const rules::Flow& flow : agenda.rules.flow) hours = std::max(hours, flow.hours_before);
  const auto slots = in.ledger_.Slots(agenda.id, earliest, now + hours * kMsPerHour, SIZE_MAX);
  for (const auto& slot : slots) {
    for (const rules::Flow& flow : agenda.rules.flow) {
      const uint32_t free = slot.free[static_cast<size_t>(flow.from)];
      if (free > 0 && rules::IsDue(flow, slot.starts_at, now))
        due.push_back({slot.start, flow.from, flow.to, free});
    }
  }
  return due;
}

}  // namespace

void Flows::Look(Engine::Impl& in, Instant now, Act& act, const FinishAct& finish) {
  // A clock that was set back is followed.
  if (now < next_look_ && next_look_ - now <= limits::kFlowLookMs) return;
  const std::unique_lock lock(in.publishing_, std::try_to_lock);
  if (!lock.owns_lock()) return;  // the next round: holds do not wait for a publication
  next_look_ = now + limits::kFlowLookMs;
  for (const AgendaInfo* agenda : in.registry_.All()) {
    if (agenda->rules.flow.empty() || now < not_before_[agenda->id]) continue;
    const std::vector<Wanted> due = DueIn(in, *agenda, now);
    if (due.empty()) continue;
    Shift shift(in, *agenda, now);
    const size_t slots = shift.all_slots();
    if (in.LogRoom(BytesFor(slots, SeatsOf(due))) != Room::kPlenty) return;
    if (!shift.Take(due, act, finish)) return;
    if (shift.seats() > 0 && !shift.PutInForce(codec::ShiftCause::kFlow, act, finish)) return;
    const int64_t looks = 1 + static_cast<int64_t>(slots) / limits::kFlowSlotsPerLook;
    not_before_[agenda->id] = now + std::min(looks, limits::kFlowLooksMax) * limits::kFlowLookMs;
  }
}

bool AddCourtSeat(Engine::Impl& in, const AgendaInfo& agenda, LocalMinute slot, Instant now,
                  Act& act, const FinishAct& finish) {
  constexpr auto kCourt = static_cast<size_t>(Channel::kCourt);
  Shift shift(in, agenda, now);
  const ledger::SlotChange& old = shift.SlotAt(slot);
  ledger::SlotTarget target{old.start, old.starts_at, old.minutes,
                            old.seats, old.listed,    old.shifted};
  ++target.seats[kCourt];
  ++target.shifted[kCourt];
  // A plan of that slot alone: what it says of the others is not asked for.
  const ledger::PublicationPlan plan =
      in.ledger_.Plan(agenda.id, agenda.version + 1, {target}, now);
  if (!plan.overfull.empty() || plan.no_room || !in.ledger_.Check(plan.change).ok()) return false;
  shift.Add(plan.change.slots.front(), Channel::kCourt);
  return shift.PutInForce(codec::ShiftCause::kCourt, act, finish);
}

}  // namespace creneau::booking
