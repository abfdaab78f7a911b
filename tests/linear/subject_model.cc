#include "tests/linear/subject_model.h"

#include "base/limits.h"

namespace creneau::linear {
namespace {

using ledger::SeatState;

constexpr size_t kNone = ~size_t{0};

size_t LiveOf(const SubjectModel::State& state) {
  for (size_t i = 0; i < state.size(); ++i) {
    if (state[i].live()) return i;
  }
  return kNone;
}

size_t Named(const SubjectModel::State& state, SeatRef name) {
  for (size_t i = 0; i < state.size(); ++i) {
    if (state[i].name == name) return i;
  }
  return kNone;
}

bool HasLapsed(const Reservation& r, Instant now) {
  return ledger::AwaitsConfirm(r.state) && now > ledger::InstantOfDeadline(r.deadline_s);
}

bool Known(SeatRef ref) { return ref.generation.value != 0; }

// Whether a move may still be made: by whom it is asked.
bool MayMove(const Reservation& r, Verb verb) {
  return verb == Verb::kDisplace ? !r.by_office() : r.own_moves() < limits::kMaxMoves;
}

// Whether what was shown is this reservation; what was not known of it is known then.
bool Matches(Reservation& r, const Shown& shown, int who) {
  const ledger::SeatWord word = shown.word;
  if (!shown.any || shown.who != who) return false;
  if (Known(r.name) ? r.name != shown.name : !Known(shown.name)) return false;
  if (Known(r.at) && Known(shown.at) && r.at != shown.at) return false;
  if (r.slot >= 0 && shown.slot >= 0 && r.slot != shown.slot) return false;
  if (r.state != word.state() || r.extended != word.extended() || r.moves != word.moves())
    return false;
  if (shown.timed && r.deadline_s != word.deadline_s()) return false;
  r.name = shown.name;
  if (Known(shown.at)) r.at = shown.at;
  if (shown.slot >= 0) r.slot = shown.slot;
  return true;
}

// The state with one reservation changed, if what was shown is that reservation as it then is.
void Put(const SubjectModel::State& state, size_t i, Reservation r, const Shown& shown, int who,
         std::vector<SubjectModel::State>* out) {
  if (!Matches(r, shown, who)) return;
  out->push_back(state);
  out->back()[i] = r;
}

}  // namespace

std::vector<SubjectModel::Step> SubjectModel::Project(const History& history) const {
  std::vector<SeatRef> names;
  const auto mine = [&](SeatRef name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  for (const Operation& o : history) {
    if (o.shown.any && o.shown.who == who_ && Known(o.shown.name)) names.push_back(o.shown.name);
  }
  std::vector<Step> steps;
  for (const Operation& o : history) {
    Span span{o.called, o.returned, o.lost ? Duty::kMay : Duty::kMust, -1};
    switch (o.verb) {
      case Verb::kHold:
      case Verb::kFind:
        if (o.who == who_) steps.push_back({span, &o, Part::kWhole});
        break;
      case Verb::kOffer:
        // Of a seat that is not aside: the person was not asked for.
        if (o.who == who_ && o.outcome != Outcome::kSlotTaken)
          steps.push_back({span, &o, Part::kWhole});
        break;
      case Verb::kMove:
      case Verb::kDisplace: {
        if (!mine(o.name)) break;
        const bool moved = o.outcome == Outcome::kOk && !o.repeated;
        if (o.lost || !(moved || o.outcome == Outcome::kUnknownReservation)) {
          steps.push_back({span, &o, Part::kWhole});
          break;
        }
        if (!moved) span.duty = Duty::kMay;
        steps.push_back({span, &o, Part::kMoved});
        const int first = static_cast<int>(steps.size()) - 1;
        const Span look{o.called, o.returned, Duty::kMust, moved ? first : -1};
        steps.push_back({look, &o, moved ? Part::kShown : Part::kGone});
        break;
      }
      case Verb::kConfirm:
      case Verb::kExtend:
      case Verb::kCancel:
      case Verb::kLook:
        if (mine(o.name)) steps.push_back({span, &o, Part::kWhole});
        break;
      case Verb::kExpire:
      case Verb::kFree:
      case Verb::kLengthen:
      case Verb::kAside:
        steps.push_back({span, &o, Part::kWhole});
        break;
      case Verb::kUnaside:
      case Verb::kPublish:
      case Verb::kTrim:
        break;
    }
  }
  return steps;
}

void SubjectModel::Hold(const State& state, const Operation& o, std::vector<State>* out) const {
  const size_t live = LiveOf(state);
  if (o.outcome == Outcome::kAlreadyReserved || o.repeated) {
    if (live == kNone) return;
    if (o.shown.any) return Put(state, live, state[live], o.shown, who_, out);
    return out->push_back(state);
  }
  if (live != kNone) return;
  if (o.outcome != Outcome::kOk) return out->push_back(state);
  if (Named(state, o.shown.name) != kNone) return;  // a name is given once
  if (o.slot >= 0 && o.shown.slot != o.slot) return;
  Reservation fresh;
  if (o.verb == Verb::kOffer) fresh.state = SeatState::kOffered;
  fresh.deadline_s = ledger::DeadlineOf(o.until);
  State with = state;
  with.push_back(fresh);
  Put(with, state.size(), fresh, o.shown, who_, out);
}

// Confirm, extend, cancel, and what a move answers without having moved.
void SubjectModel::Act(const State& state, const Operation& o, size_t i,
                       std::vector<State>* out) const {
  Reservation r = state[i];
  const bool lapsed = HasLapsed(r, o.now) && o.shown.timed;
  switch (o.outcome) {
    case Outcome::kHoldExpired:
      if (r.state != SeatState::kCoolingExpired && !lapsed) return;
      return Put(state, i, r, o.shown, who_, out);
    case Outcome::kCancelled:
      if (r.state != SeatState::kCoolingCancelled) return;
      return o.shown.any ? Put(state, i, r, o.shown, who_, out) : out->push_back(state);
    case Outcome::kNotHeld:
      if (o.verb != Verb::kExtend || !r.live() || r.state == SeatState::kHeld || lapsed) return;
      return o.shown.any ? Put(state, i, r, o.shown, who_, out) : out->push_back(state);
    case Outcome::kMovesUsed:
      if (!r.live() || lapsed || r.slot == o.slot || MayMove(r, o.verb)) return;
      return o.shown.any ? Put(state, i, r, o.shown, who_, out) : out->push_back(state);
    case Outcome::kSlotTaken:
      if (!r.live() || lapsed || r.slot == o.slot || !MayMove(r, o.verb)) return;
      return o.shown.any ? Put(state, i, r, o.shown, who_, out) : out->push_back(state);
    case Outcome::kUnknownReservation:
      if (r.state == SeatState::kFree) out->push_back(state);
      return;
    case Outcome::kOk:
      break;
    default:
      return;
  }
  if (o.repeated) {  // it was so already
    const bool so = o.verb == Verb::kConfirm  ? r.state == SeatState::kConfirmed
                    : o.verb == Verb::kCancel ? r.state == SeatState::kCoolingCancelled
                    : o.verb == Verb::kExtend ? r.state == SeatState::kHeld && r.extended && !lapsed
                                              : r.live() && !lapsed && r.slot == o.slot;
    if (so) Put(state, i, r, o.shown, who_, out);
    return;
  }
  if (!r.live() || lapsed) return;
  if (o.verb == Verb::kCancel) {
    r.state = SeatState::kCoolingCancelled;
    r.deadline_s = ledger::DeadlineOf(o.until);
    return Put(state, i, r, o.shown, who_, out);
  }
  if (!ledger::AwaitsConfirm(r.state)) return;
  if (o.verb == Verb::kConfirm) {
    r.extended = r.by_office();
    r.state = SeatState::kConfirmed;
    r.deadline_s = 0;
  } else {
    if (r.extended || r.state != SeatState::kHeld) return;
    r.extended = true;
    r.deadline_s = ledger::DeadlineOf(ledger::InstantOfDeadline(r.deadline_s) + o.by_ms);
  }
  Put(state, i, r, o.shown, who_, out);
}

void SubjectModel::Move(const State& state, const Step& step, size_t i,
                        std::vector<State>* out) const {
  const Operation& o = *step.operation;
  Reservation r = state[i];
  if (step.part == Part::kShown) return Put(state, i, r, o.shown, who_, out);
  if (!r.live() || (HasLapsed(r, o.now) && o.shown.timed) || r.slot == o.slot ||
      !MayMove(r, o.verb))
    return;
  if (o.verb == Verb::kDisplace) {
    r.state = SeatState::kOffered;
    r.extended = true;
    r.deadline_s = ledger::DeadlineOf(o.offered);
  }
  ++r.moves;
  r.slot = o.slot;
  // What the answer shows is the move's own place if nobody has moved it on since.
  const bool shown = o.shown.any && o.shown.slot == o.slot && o.shown.word.moves() == r.moves;
  r.at = shown ? o.shown.at : SeatRef{};
  out->push_back(state);
  out->back()[i] = r;
}

void SubjectModel::Steward(const State& state, const Operation& o, std::vector<State>* out) const {
  // Whose seat it is cannot be told where a place is not known: then it may be this subject's.
  size_t mine = kNone;
  size_t perhaps = kNone;
  for (size_t i = 0; i < state.size(); ++i) {
    if (state[i].state == SeatState::kFree) continue;
    if (Known(state[i].at) && state[i].at.seat == o.seat) mine = i;
    if (!Known(state[i].at) && state[i].slot == SlotOf(o.seat)) perhaps = i;
  }
  if (mine == kNone) out->push_back(state);
  const size_t i = mine != kNone ? mine : perhaps;
  if (i == kNone) return;
  Reservation r = state[i];
  bool can = false;
  if (o.verb == Verb::kExpire) {
    can = HasLapsed(r, o.now);
    if (can && o.yes) {
      r.state = SeatState::kCoolingExpired;
      r.deadline_s = ledger::DeadlineOf(o.until);
    }
  } else if (o.verb == Verb::kLengthen) {
    can = ledger::AwaitsConfirm(r.state);
    if (can && o.yes)
      r.deadline_s = ledger::DeadlineOf(ledger::InstantOfDeadline(r.deadline_s) + o.by_ms);
  } else {
    can = ledger::IsCooling(r.state) && o.now >= ledger::InstantOfDeadline(r.deadline_s);
    if (can && o.yes) r = Reservation{r.name, r.at, -1, SeatState::kFree, false, 0, 0};
    // What leaves the calendar is not set aside.
    if (o.verb == Verb::kAside && !o.yes) can = false;
  }
  if (can != o.yes) return;
  out->push_back(state);
  out->back()[i] = r;
}

// It happened, and nobody was told what came of it.
void SubjectModel::Lost(const State& state, const Operation& o, std::vector<State>* out) const {
  State with = state;
  if (o.verb == Verb::kHold) {
    if (LiveOf(state) != kNone) return;
    Reservation fresh;
    fresh.slot = o.slot;
    with.push_back(fresh);
    return out->push_back(with);
  }
  const size_t i = Named(state, o.name);
  if (i == kNone || !state[i].live()) return;
  Reservation& r = with[i];
  if (o.verb == Verb::kConfirm) {
    r.state = SeatState::kConfirmed;
    r.extended = false;
  } else if (o.verb == Verb::kCancel) {
    r.state = SeatState::kCoolingCancelled;
  } else if (o.verb == Verb::kExtend) {
    if (r.state != SeatState::kHeld) return;
    r.extended = true;
  } else if (o.verb == Verb::kMove) {
    if (r.slot == o.slot || r.moves >= limits::kMaxMoves) return;
    r.slot = o.slot;
    r.at = SeatRef{};
    ++r.moves;
  }
  out->push_back(with);
}

void SubjectModel::Next(const State& state, const Step& step, std::vector<State>* out) const {
  const Operation& o = *step.operation;
  if (o.lost) return Lost(state, o, out);
  switch (o.verb) {
    case Verb::kHold:
    case Verb::kOffer:
      return Hold(state, o, out);
    case Verb::kFind: {
      const size_t live = LiveOf(state);
      if (live != kNone) return Put(state, live, state[live], o.shown, who_, out);
      if (!o.shown.any) out->push_back(state);
      return;
    }
    case Verb::kExpire:
    case Verb::kFree:
    case Verb::kLengthen:
    case Verb::kAside:
      return Steward(state, o, out);
    default:
      break;
  }
  const size_t i = Named(state, o.name);
  if (i == kNone) return;  // nobody can act on a name before it was given
  if (step.part == Part::kMoved || step.part == Part::kShown) return Move(state, step, i, out);
  if (o.verb == Verb::kLook || step.part == Part::kGone) {
    if (o.outcome == Outcome::kCancelled) {  // the engine says that it was, and no more
      if (state[i].state == SeatState::kCoolingCancelled) out->push_back(state);
      return;
    }
    const bool gone = state[i].state == SeatState::kFree;
    if (gone != !o.shown.any) return;
    if (gone) return out->push_back(state);
    return Put(state, i, state[i], o.shown, who_, out);
  }
  return Act(state, o, i, out);
}

}  // namespace creneau::linear
