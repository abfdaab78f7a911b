#include "tests/linear/desk.h"

#include "base/check.h"
#include "tests/ledger/world.h"

namespace creneau::linear {
namespace {

using ledger::SeatState;
using ledger::SeatView;
using ledger::SeatWord;

int PersonOf(const Subject& subject) {
  for (int who = 0; who < 8 + kStrangers; ++who) {
    if (SubjectOf(who) == subject) return who;
  }
  return -1;
}

Shown ShownOf(const SeatView& view) {
  Shown shown;
  shown.any = view.subject != Subject{};
  if (!shown.any) return shown;
  shown.who = PersonOf(view.subject);
  shown.slot = (view.start.value - ledger::kSlotDay.value) / 20;
  shown.name = view.origin;
  shown.at = view.ref;
  shown.word = view.word;
  return shown;
}

}  // namespace

std::string_view LieName(Lie lie) {
  static constexpr std::string_view kNames[] = {
      "none",         "stale find",  "forgotten cancel", "double claim", "stale refusal",
      "early answer", "idle expiry", "lost seat",        "second hold",  "old place"};
  return kNames[static_cast<size_t>(lie)];
}

Subject SubjectOf(int who) { return ledger::SubjectNumber(static_cast<uint64_t>(who) + 1); }

void Desk::Take(const ledger::Result& result, Operation& o) {
  o.outcome = result.outcome;
  o.repeated = result.repeated;
  o.shown = ShownOf(result.seat);
}

void Desk::Honest(Operation& o) {
  const auto slot = [&] { return ledger::SlotStart(o.slot * 20); };
  const auto see = [&](const std::optional<SeatView>& view) {
    o.shown = view ? ShownOf(*view) : Shown{};
  };
  switch (o.verb) {
    case Verb::kHold: {
      ledger::HoldArgs args = ledger::HoldFor(SubjectOf(o.who), o.until);
      if (o.slot >= 0) args.slot = slot();
      args.random = static_cast<uint64_t>(o.by_ms);
      return Take(ledger_.Hold(args, sink_), o);
    }
    case Verb::kConfirm:
      return Take(ledger_.Confirm(o.name, o.now, sink_), o);
    case Verb::kExtend:
      return Take(ledger_.Extend(o.name, o.now, o.by_ms, sink_), o);
    case Verb::kCancel:
      return Take(ledger_.Cancel(o.name, o.now, o.until, sink_), o);
    case Verb::kMove:
      return Take(ledger_.Move({o.name, slot(), ledger::kStart, ledger::kAlways, o.now, o.until,
                                static_cast<uint64_t>(o.by_ms)},
                               sink_),
                  o);
    case Verb::kLook:
      return see(ledger_.Look(o.name, sink_));
    case Verb::kFind:
      return see(ledger_.Find(SubjectOf(o.who), sink_));
    case Verb::kExpire:
      o.yes = ledger_.Expire(o.seat, o.now, o.until, sink_);
      return;
    case Verb::kFree:
      o.yes = ledger_.Free(o.seat, o.now, sink_);
      return;
    case Verb::kLengthen:
      o.yes = ledger_.Lengthen(o.seat, o.by_ms, sink_);
      return;
    case Verb::kAside:
      o.yes = ledger_.Aside(o.seat, o.now, sink_);
      return;
    case Verb::kUnaside:
      o.yes = ledger_.FreeAside(o.seat, sink_);
      return;
    case Verb::kOffer: {
      const ledger::HoldArgs one = ledger::HoldFor(SubjectOf(o.who), o.until);
      return Take(ledger_.OfferAside(o.seat, {one.subject, one.idempotency, o.until}, sink_), o);
    }
    case Verb::kDisplace:
      return Take(ledger_.MoveByOffice({o.name, slot(), ledger::kStart, ledger::kAlways, o.now,
                                        o.until, static_cast<uint64_t>(o.by_ms)},
                                       std::nullopt, o.offered, sink_),
                  o);
    case Verb::kTrim: {
      const ledger::TrimCounts counts = ledger_.Trim(SlotId{static_cast<uint32_t>(o.slot)}, sink_);
      o.withdrawn = counts.withdrawn;
      o.kept = counts.kept;
      o.restored = counts.restored;
      return;
    }
    case Verb::kPublish:
      break;  // the recorder's, which has the plan
  }
  CHECK(false);
}

// Each of them asked the same, but for who it is for.
void Desk::Together(std::span<Operation> each) {
  const Operation& o = each.front();
  ledger::PartyArgs args = ledger::PartyFor(0, each.size(), o.until);
  for (size_t i = 0; i < each.size(); ++i) {
    const ledger::HoldArgs one = ledger::HoldFor(SubjectOf(each[i].who), o.until);
    args.members[i] = {one.subject, one.idempotency};
  }
  if (o.slot >= 0) args.slot = ledger::SlotStart(o.slot * 20);
  args.random = static_cast<uint64_t>(o.by_ms);
  const ledger::PartyResult result = ledger_.HoldParty(args, sink_);
  for (size_t i = 0; i < each.size(); ++i) {
    each[i].outcome = result.outcome;
    each[i].shown = ShownOf(result.seats[i]);
  }
}

// Whether the answer was given, and is a lie or perhaps one; otherwise the truth is still to be
// told.
bool Desk::Lied(Operation& o) {
  switch (lie_) {
    case Lie::kNone:
      return false;
    case Lie::kStaleFind:
      return o.verb == Verb::kFind && StaleFind(o);
    case Lie::kForgottenCancel:
    case Lie::kEarlyAnswer:
      return NotDone(o);
    case Lie::kDoubleClaim:
    case Lie::kStaleRefusal:
    case Lie::kSecondHold:
      return o.verb == Verb::kHold && LiedAboutHold(o);
    case Lie::kIdleExpiry:
    case Lie::kLostSeat: {
      if (o.verb != (lie_ == Lie::kIdleExpiry ? Verb::kExpire : Verb::kFree)) return false;
      const ledger::SeatWord word = ledger_.WordOf(o.seat);
      const Instant deadline = ledger::InstantOfDeadline(word.deadline_s());
      o.yes = o.verb == Verb::kExpire ? word.state() == SeatState::kHeld && o.now > deadline
                                      : ledger::IsCooling(word.state()) && o.now >= deadline;
      return true;
    }
    case Lie::kOldPlace: {
      if (o.verb != Verb::kMove) return false;
      const auto before = ledger_.Look(o.name, sink_);
      Honest(o);
      if (o.outcome == Outcome::kOk && !o.repeated && before) o.shown = ShownOf(*before);
      return true;
    }
  }
  return false;
}

bool Desk::StaleFind(Operation& o) {
  std::optional<Shown>& found = found_[static_cast<size_t>(o.who)];
  if (!found) {
    Honest(o);
    found = o.shown;
  }
  o.shown = *found;
  return true;
}

// Cancelled or confirmed, says the answer.
bool Desk::NotDone(Operation& o) {
  const bool cancels = lie_ == Lie::kForgottenCancel;
  if (o.verb != (cancels ? Verb::kCancel : Verb::kConfirm)) return false;
  const auto view = ledger_.Look(o.name, sink_);
  if (!view || view->word.state() != SeatState::kHeld ||
      o.now > ledger::InstantOfDeadline(view->word.deadline_s()))
    return false;
  if (!cancels) later_ = o;
  o.shown = ShownOf(*view);
  const SeatWord next = view->word.NextStep();
  o.shown.word =
      cancels ? next.With(SeatState::kCoolingCancelled).WithDeadline(ledger::DeadlineOf(o.until))
              : next.With(SeatState::kConfirmed).WithDeadline(0).WithExtended(false);
  return true;
}

bool Desk::LiedAboutHold(Operation& o) {
  if (lie_ == Lie::kStaleRefusal && o.slot >= 0) {
    bool& taken = taken_[static_cast<size_t>(o.slot)];
    if (taken) {
      o.outcome = Outcome::kSlotTaken;
      return true;
    }
    Honest(o);
    taken = o.outcome == Outcome::kSlotTaken;
    return true;
  }
  Honest(o);
  if (lie_ == Lie::kSecondHold) {
    if (o.outcome == Outcome::kAlreadyReserved && o.slot == o.shown.slot) o.outcome = Outcome::kOk;
  } else if (lie_ == Lie::kDoubleClaim) {
    if (o.outcome == Outcome::kOk) given_ = o.shown;
    if (o.outcome == Outcome::kSlotTaken && given_ && given_->slot == o.slot) {
      o.outcome = Outcome::kOk;
      o.shown = *given_;
      o.shown.who = o.who;
      o.shown.word = o.shown.word.WithDeadline(ledger::DeadlineOf(o.until));
    }
  }
  return true;
}

void Desk::Do(Operation& o) {
  if (later_) {
    Honest(*later_);
    later_.reset();
  }
  if (!Lied(o)) Honest(o);
}

}  // namespace creneau::linear
