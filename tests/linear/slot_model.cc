#include "tests/linear/slot_model.h"

#include <algorithm>

namespace creneau::linear {
namespace {

// When all have returned who were at work at that moment.
uint64_t WhenAllAreBack(const History& history, uint64_t moment) {
  uint64_t back = moment;
  for (const Operation& o : history) {
    if (o.called < moment && o.returned > moment) back = std::max(back, o.returned);
  }
  return back;
}

bool IsSteward(const Operation& o) {
  return o.verb == Verb::kExpire || o.verb == Verb::kFree || o.verb == Verb::kLengthen ||
         o.verb == Verb::kAside || o.verb == Verb::kUnaside;
}

// Whether the other one can make a try of this move fail: an act on the same reservation.
bool InTheWay(const Operation& move, const Operation& other) {
  if (&move == &other || !Overlap(move, other)) return false;
  if (other.verb == Verb::kTrim) return other.kept + other.withdrawn + other.restored > 0;
  if (IsSteward(other)) return other.yes;
  return other.who == move.who && other.verb != Verb::kLook && other.verb != Verb::kFind;
}

// Whether a family that got its seats may have had others in its hand before, and given them back:
// one of its members got a reservation meanwhile, which ended before it looked again.
bool MayHaveStartedAgain(const History& history, const Operation& o) {
  return o.seats > 1 && std::any_of(history.begin(), history.end(), [&o](const Operation& other) {
           return other.who == o.who && other.called != o.called && Overlap(o, other) &&
                  (other.verb == Verb::kHold || other.verb == Verb::kOffer);
         });
}

// Whether it may have had to do with the slot's free word or its summary: claimed there, given
// back, or brought to an end what does.
bool WorksOn(const Operation& o, int slot) {
  if (IsSteward(o)) return true;
  if (o.verb == Verb::kPublish) return true;
  return o.slot == slot || o.slot < 0 || o.who >= 0;
}

}  // namespace

void SlotModel::ProjectHold(const History& history, const Operation& o,
                            std::vector<Step>* steps) const {
  if (o.slot >= 0 && o.slot != slot_) return;
  const Span must{o.called, o.returned, Duty::kMust, -1};
  const Span may{o.called, o.returned, Duty::kMay, -1};
  if (o.lost) return steps->push_back({may, &o, What::kTake});
  switch (o.outcome) {
    case Outcome::kOk:
      if (o.repeated) break;
      if (o.shown.slot == slot_) {
        steps->push_back({must, &o, What::kTake});
      } else if (o.shown.slot > slot_) {
        for (const Operation& other : history) {
          if (&other != &o && Overlap(o, other) && WorksOn(other, slot_)) return;
        }
        steps->push_back({must, &o, What::kNone});
      }
      if (MayHaveStartedAgain(history, o)) break;
      return;
    case Outcome::kSlotTaken:
    case Outcome::kNothingLeft:
      steps->push_back({must, &o, What::kNone});
      // A party that met another one with a common member may have been made to start again: it had
      // seats in its hand before it found none (and has spent their generations).
      if (o.seats > 1) break;
      return;
    default:
      break;
  }
  // Lost at the index, perhaps. A party's seats may then be given back by somebody who helped.
  const uint64_t back = o.seats > 1 ? WhenAllAreBack(history, o.returned) : o.returned;
  for (int i = 0; i < o.seats; ++i) {
    steps->push_back({may, &o, What::kTake});
    const int first = static_cast<int>(steps->size()) - 1;
    steps->push_back({{o.called, back, Duty::kIfFirst, first}, &o, What::kGive});
  }
}

void SlotModel::ProjectMove(const History& history, const Operation& o,
                            std::vector<Step>* steps) const {
  if (o.slot != slot_) return;
  Span span{o.called, o.returned, Duty::kMust, -1};
  if (o.lost) span.duty = Duty::kMay;
  const bool moved = o.outcome == Outcome::kOk && !o.repeated;
  if (moved || o.lost) steps->push_back({span, &o, What::kTake});
  if (o.outcome == Outcome::kSlotTaken && !o.lost) steps->push_back({span, &o, What::kNone});
  const Span may{o.called, o.returned, Duty::kMay, -1};
  if (o.outcome == Outcome::kUnknownReservation) steps->push_back({may, &o, What::kTake});
  const uint64_t back = WhenAllAreBack(history, WhenAllAreBack(history, o.returned));
  for (const Operation& other : history) {
    if (!InTheWay(o, other)) continue;
    steps->push_back({may, &o, What::kTake});
    const int first = static_cast<int>(steps->size()) - 1;
    steps->push_back({{o.called, back, Duty::kIfFirst, first}, &o, What::kGive});
  }
}

std::vector<SlotModel::Step> SlotModel::Project(const History& history) const {
  bool published = false;
  for (const Operation& o : history) published = published || o.verb == Verb::kPublish;
  std::vector<Step> steps;
  for (const Operation& o : history) {
    Span span{o.called, o.returned, Duty::kMust, -1};
    if (o.verb == Verb::kHold) ProjectHold(history, o, &steps);
    if (o.verb == Verb::kMove || o.verb == Verb::kDisplace) ProjectMove(history, o, &steps);
    if ((o.verb == Verb::kFree || o.verb == Verb::kUnaside) && o.yes && SlotOf(o.seat) == slot_) {
      span.returned = WhenAllAreBack(history, o.returned);
      if (published) span.duty = Duty::kMay;
      steps.push_back({span, &o, What::kGive});
    }
    if (o.verb == Verb::kPublish) {
      const bool listed = (o.listed >> slot_ & 1) != 0;
      steps.push_back({span, &o, listed ? What::kList : What::kUnlist});
    }
    if (o.verb == Verb::kTrim && o.slot == slot_) {
      span.duty = Duty::kMay;
      for (uint32_t i = 0; i < o.withdrawn; ++i) steps.push_back({span, &o, What::kTake});
      span.returned = WhenAllAreBack(history, o.returned);
      for (uint32_t i = 0; i < o.restored; ++i) steps.push_back({span, &o, What::kGive});
    }
  }
  return steps;
}

void SlotModel::Next(const State& state, const Step& step, std::vector<State>* out) const {
  switch (step.what) {
    case What::kTake:
      if (state.free > 0) out->push_back({state.free - 1, state.listed});
      return;
    case What::kGive:
      return out->push_back({state.free + 1, state.listed});
    case What::kNone:
      if (state.free < step.operation->seats || !state.listed) out->push_back(state);
      return;
    case What::kList:
      return out->push_back({state.free, true});
    case What::kUnlist:
      return out->push_back({state.free, false});
  }
}

}  // namespace creneau::linear
