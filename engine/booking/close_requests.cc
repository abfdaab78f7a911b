// A day that the office closes: its slots leave the calendar, and whoever has a seat in them is
// offered another one by the steward.

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "base/limits_waitlist.h"
#include "booking/attribution.h"
#include "booking/close.h"
#include "booking/engine_impl.h"
#include "booking/freed_seats.h"
#include "rules/freed.h"
#include "rules/opening.h"

namespace creneau::booking {
namespace {

constexpr size_t kSlotsTried = 5;
constexpr size_t kWarningBytes = 64;  // of a record, and what stands around it

CloseAnswer Closed(Outcome outcome, const AgendaInfo* agenda) {
  CloseAnswer answer;
  answer.outcome = outcome;
  answer.agenda = agenda;
  return answer;
}

// Somebody who has a seat on a closed day.
struct Holder {
  ledger::SeatView seat;
  uint64_t order;  // drawn
};

// What they can be offered lies between these, so that there is time to answer.
rules::BookableWindow OfferableAt(const AgendaInfo& agenda, Instant now) {
  rules::BookableWindow window = rules::BookableAt(agenda.rules, agenda.zone, now);
  window.earliest_start = window.earliest_start + limits::kLeastOfferMs;
  return window;
}

bool NothingIsFree(Engine::Impl& in, const AgendaInfo& agenda, Channel channel, Instant now) {
  const rules::BookableWindow window = OfferableAt(agenda, now);
  return !in.ledger_.AnyFree(agenda.id, channel, window.earliest_start, window.latest_start);
}

// A free seat of their channel, as near in time as there is one.
bool MoveOne(Engine::Impl& in, const AgendaInfo& agenda, const Holder& one, Instant now, Act& act,
             bool* stuck) {
  const rules::BookableWindow window = OfferableAt(agenda, now);
  const Channel channel = one.seat.word.channel();
  const Instant earliest = window.earliest_start;
  std::vector<LocalMinute> slots = in.ledger_.FreeNear(agenda.id, channel, one.seat.start, earliest,
                                                       window.latest_start, kSlotsTried);
  std::sort(slots.begin(), slots.end(), [&](LocalMinute a, LocalMinute b) {
    return std::abs(a.value - one.seat.start.value) < std::abs(b.value - one.seat.start.value);
  });
  for (const LocalMinute slot : slots) {
    const std::optional<Instant> starts_at = in.ledger_.StartOf(agenda.id, slot);
    if (!starts_at) continue;
    ledger::MoveArgs args;
    args.name = one.seat.origin;
    args.slot = slot;
    args.earliest = earliest;
    args.latest = window.latest_start;
    args.received_at = now;
    args.cooling_until = now;  // its calendar is over
    args.random = one.order;
    args.from = one.seat.ref;
    const Instant until = rules::OfferedUntil(agenda.rules, channel, *starts_at, now);
    const ledger::Result result = in.ledger_.MoveByOffice(args, std::nullopt, until, act);
    // Who has chosen another one meanwhile, or has given theirs up, needs none.
    if (result.outcome == Outcome::kOk || result.outcome == Outcome::kNotHeld) return true;
    *stuck = result.outcome == Outcome::kMovesUsed;
    if (result.outcome != Outcome::kSlotTaken) return false;
  }
  return false;
}

// A seat of that channel that was set aside and that nobody has taken is free now. False: none is.
bool GiveKept(Engine::Impl& in, const AgendaInfo& agenda, Channel channel, Instant now, Act& act) {
  for (auto at = in.kept_aside_.begin(); at != in.kept_aside_.end(); ++at) {
    const SeatId seat = at->first;
    // Its own day was closed since, and it is gone.
    if (in.ledger_.WordOf(seat).state() != ledger::SeatState::kAside) continue;
    const std::optional<ledger::SeatTime> time = in.ledger_.TimeOf(seat);
    if (!time || time->agenda != agenda.id || in.ledger_.WordOf(seat).channel() != channel ||
        !CanBeMovedTo(agenda, time->starts_at, now))
      continue;
    in.kept_aside_.erase(at);
    return in.ledger_.FreeAside(seat, act);
  }
  return false;
}

// For everybody who has a seat of that day, and is not among `told`, whom they join: what the
// website is to warn them of.
std::vector<std::string> Warnings(Engine::Impl& in, const codec::DayClosed& closed,
                                  std::set<SeatRef>* told) {
  std::vector<std::string> notices;
  Act act(in.publisher_pool_, *in.log_);  // waits for what it finished for others, if anything
  act.Begin();
  for (const SlotId slot : in.ledger_.SlotsOf(closed.agenda, closed.at)) {
    if (rules::DayOf(in.ledger_.StartOf(slot)) != closed.day) continue;
    in.ledger_.EachReserved(slot, act, [&](const ledger::SeatView& seat) {
      if (told->insert(seat.origin).second)
        notices.push_back(codec::EncodeNotice(
            {codec::NoticeKind::kSlotClosed, closed.agenda, seat.origin, closed.at}));
    });
  }
  return notices;
}

// In the log before the calendar, so that whoever closes again after a crash warns them again.
std::vector<std::string> Records(Engine::Impl& in, const CloseRequest& request, const Actor& actor,
                                 const codec::DayClosed& closed, std::set<SeatRef>* told) {
  const std::string& agenda = in.registry_.Find(closed.agenda)->rules.name;
  std::vector<std::string> records = {
      Attribution(actor, {closed.closed ? "close" : "reopen", agenda, {}, request.reason},
                  closed.at),
      codec::EncodeClosed(closed)};
  if (!closed.closed) return records;
  for (std::string& warning : Warnings(in, closed, told)) records.push_back(std::move(warning));
  return records;
}

// Whoever has got one since; from when the day is out of the calendar nobody does.
void WarnLate(Engine::Impl& in, const codec::DayClosed& closed, std::set<SeatRef>* told) {
  const std::vector<std::string> warnings = Warnings(in, closed, told);
  if (warnings.empty()) return;
  Act act(in.publisher_pool_, *in.log_);
  BlockingWait wait;
  act.PushAll(warnings);
  wait.Finish(act);
}

}  // namespace

bool CanBeMovedTo(const AgendaInfo& agenda, Instant starts_at, Instant now) {
  const rules::BookableWindow window = OfferableAt(agenda, now);
  return starts_at >= window.earliest_start && starts_at <= window.latest_start;
}

// By the seats: what the last look has counted may be two seconds old, in which somebody may have
// closed another day, confirmed a hold or given up a seat.
bool HasDisplaced(Engine::Impl& in, const AgendaInfo& agenda, Channel channel, Instant now,
                  Act& act) {
  bool any = false;
  for (const SlotId slot : in.people_->closures.Watched(agenda.id)) {
    if (any || !in.ledger_.BeginsAfter(slot, now)) continue;
    in.ledger_.EachReserved(slot, act, [&](const ledger::SeatView& seat) {
      any |= seat.word.state() == ledger::SeatState::kConfirmed && seat.word.channel() == channel &&
             !ledger::MovedByOffice(seat.word);
    });
  }
  return any;
}

void MoveDisplaced(Engine::Impl& in, const AgendaInfo& agenda, Instant now, Act& act) {
  std::vector<Holder> people;
  Closures::Counts left;
  for (const SlotId slot : in.people_->closures.Watched(agenda.id)) {
    if (!in.ledger_.BeginsAfter(slot, now)) continue;
    in.ledger_.EachReserved(slot, act, [&](const ledger::SeatView& seat) {
      // Of an offer in a day that was closed since its holder should hear before they confirm it.
      if (seat.word.state() == ledger::SeatState::kOffered) ++left.displaced, ++left.stuck;
      if (seat.word.state() != ledger::SeatState::kConfirmed) return;  // a hold may lapse
      people.push_back({seat, in.names_->Random(seat.subject, seat.start.value, agenda.id.value)});
    });
  }
  std::sort(people.begin(), people.end(),
            [](const Holder& a, const Holder& b) { return a.order < b.order; });
  for (const Holder& one : people) {
    // For somebody who cannot be moved no kept seat becomes everybody's.
    bool stuck = ledger::MovedByOffice(one.seat.word);
    act.Begin();
    const Channel channel = one.seat.word.channel();
    if (!stuck && (MoveOne(in, agenda, one, now, act, &stuck) ||
                   (!stuck && GiveKept(in, agenda, channel, now, act) &&
                    MoveOne(in, agenda, one, now, act, &stuck)))) {
      // Who confirmed a seat a moment ago may still have a place: what they are offered now is no
      // offer of the list's.
      NoteServed(in, agenda.id, one.seat.subject, now, act);
      continue;
    }
    ++left.displaced;
    left.stuck += stuck || NothingIsFree(in, agenda, channel, now);
  }
  in.people_->closures.NoteDisplaced(agenda.id, left);
}

void TendClosures(Engine::Impl& in, Instant now, Act& act) {
  if (!in.people_->closures.TakeTurn(now)) return;
  for (const AgendaId id : in.people_->closures.WatchedAgendas()) {
    const std::vector<SlotId> slots = in.people_->closures.Watched(id);
    const bool over = std::none_of(slots.begin(), slots.end(),
                                   [&](SlotId slot) { return in.ledger_.BeginsAfter(slot, now); });
    if (over) {
      in.people_->closures.Watch(id, {});
    } else {
      MoveDisplaced(in, *in.registry_.Find(id), now, act);
    }
  }
}

// With publishing_, or before anybody else is there.
void WatchClosed(Engine::Impl& in, const AgendaInfo& agenda) {
  std::vector<SlotId> slots;
  for (const SlotId slot : in.ledger_.SlotsOf(agenda.id, in.clock_.Now())) {
    if (in.people_->closures.IsClosed(agenda.id, rules::DayOf(in.ledger_.StartOf(slot))))
      slots.push_back(slot);
  }
  in.people_->closures.Watch(agenda.id, std::move(slots));
}

bool IsCloseReason(std::string_view text) { return codec::IsActReason(text); }

CloseAnswer CloseDay(Engine& engine, const CloseRequest& request, const Actor& actor) {
  Engine::Impl& in = engine.inside();
  const std::lock_guard lock(in.publishing_);
  const AgendaInfo* const agenda = in.registry_.Find(request.agenda);
  if (agenda == nullptr) return Closed(Outcome::kUnknownAgenda, nullptr);
  const int32_t day = DaysFromCivil(request.day);
  const Instant now = in.clock_.Now();
  CloseAnswer answer = Closed(Outcome::kOk, agenda);
  const auto refuse = [&answer](std::string why) {
    answer.outcome = Outcome::kValidationFailed;
    answer.error = std::move(why);
    return answer;
  };
  if (request.closed && day < rules::DayAt(agenda->zone, now))
    return refuse("is over: close a day that is still to come");
  answer.existed = in.people_->closures.IsClosed(agenda->id, day) == request.closed;
  std::vector<ledger::SlotTarget> targets;
  for (const auto& slot :
       in.ledger_.Slots(agenda->id, Instant{0}, Instant{INT64_MAX - 1}, SIZE_MAX)) {
    const bool closes = request.closed && rules::DayOf(slot.start) == day && slot.starts_at > now;
    if (closes) {
      ++answer.slots;
      continue;
    }
    targets.push_back({slot.start, slot.starts_at, static_cast<uint16_t>(slot.minutes), slot.seats,
                       slot.listed, slot.shifted});
  }
  if (answer.existed && answer.slots == 0) return answer;
  const ledger::PublicationPlan plan =
      in.ledger_.Plan(agenda->id, agenda->version + 1, targets, now);
  answer.seats_withdrawn = plan.withdrawn;
  answer.displaced = plan.kept;
  // What cannot be read back must never be written.
  if (const absl::Status fits = in.ledger_.Check(plan.change); !fits.ok())
    return refuse(std::string(fits.message()));
  if (request.dry_run) return answer;
  if (in.LogRoom(limits::kMaxRecordBytes + targets.size() * 128 + plan.kept * kWarningBytes) !=
      Room::kPlenty)
    return Closed(Outcome::kReadOnly, agenda);
  const codec::DayClosed closed{agenda->id, day, request.closed, now};
  in.people_->closures.Take(closed);
  std::set<SeatRef> told;
  const bool done = in.PutInForce(plan.change, agenda->rules, agenda->zone.absl(),
                                  Records(in, request, actor, closed, &told));
  if (!done) return Closed(Outcome::kOutcomeUnknown, agenda);
  const ledger::TrimCounts trimmed = in.TrimAll(agenda->id);
  if (request.closed) WarnLate(in, closed, &told);
  WatchClosed(in, *agenda);
  // Where the log has failed since, the next start does what was planned.
  if (in.log_->poisoned()) return answer;
  answer.seats_withdrawn = trimmed.withdrawn;
  answer.displaced = trimmed.kept;
  return answer;
}

}  // namespace creneau::booking
