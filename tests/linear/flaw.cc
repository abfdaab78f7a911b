#include "tests/linear/flaw.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "tests/linear/seat_model.h"
#include "tests/linear/slot_model.h"
#include "tests/linear/subject_model.h"

namespace creneau::linear {
namespace {

// Which operations, in the order of their calls, how far an order was found, and all there was.
template <typename Step>
std::string Story(const std::string& whose, const std::vector<Step>& steps, const Verdict& verdict,
                  const History& history) {
  std::vector<const Operation*> operations;
  for (const Step& step : steps) {
    if (std::find(operations.begin(), operations.end(), step.operation) == operations.end())
      operations.push_back(step.operation);
  }
  std::string out = verdict.gave_up ? whose + ": the search was given up\n"
                                    : whose + ": no order explains these answers\n";
  out += Told(operations) + "the longest order that does for the first ones:\n";
  for (const size_t i : verdict.order) out += "  " + Told(*steps[i].operation) + "\n";
  out += "and then none of these:\n";
  for (const size_t i : verdict.stuck) out += "  " + Told(*steps[i].operation) + "\n";
  std::vector<const Operation*> all;
  for (const Operation& o : history) all.push_back(&o);
  return out + "the whole history:\n" + Told(all);
}

template <typename Model>
std::string Search(const std::string& whose, const Model& model, const History& history,
                   const typename Model::State& initial, Tally* tally) {
  const auto steps = model.Project(history);
  const Verdict verdict = Checker<Model>(model, steps).Check(initial);
  ++tally->projections;
  tally->explored += verdict.explored;
  if (verdict.gave_up) ++tally->given_up;
  return verdict.linearizable ? "" : Story(whose, steps, verdict, history);
}

// Whether a refusal in this slot needed an excuse: without the steps that may have been, no order.
bool NeedsExcuse(const SlotModel& model, const History& history, int seats) {
  std::vector<SlotModel::Step> strict;
  for (SlotModel::Step step : model.Project(history)) {
    if (step.span.duty != Duty::kMust) continue;
    step.span.returned = step.operation->returned;
    strict.push_back(step);
  }
  return !Checker<SlotModel>(model, strict).Check({seats, true}).linearizable;
}

void Count(const History& history, Tally* tally) {
  ++tally->histories;
  tally->operations += history.size();
  for (size_t i = 0; i < history.size(); ++i) {
    const Outcome outcome = history[i].outcome;
    if (outcome == Outcome::kSlotTaken || outcome == Outcome::kNothingLeft) ++tally->refusals;
    for (size_t j = i + 1; j < history.size(); ++j) {
      if (Overlap(history[i], history[j])) ++tally->overlaps;
    }
  }
}

}  // namespace

void Tally::Add(const Tally& other) {
  histories += other.histories;
  operations += other.operations;
  projections += other.projections;
  explored += other.explored;
  overlaps += other.overlaps;
  refusals += other.refusals;
  unexcused += other.unexcused;
  given_up += other.given_up;
}

std::string Tally::Told() const {
  return absl::StrFormat(
      "%d histories, %d operations, %d pairs at the same time, %d refusals; %d projections, %d "
      "states, %d slots with a refusal that only a seat in somebody's hand explains, %d searches "
      "given up",
      histories, operations, overlaps, refusals, projections, explored, unexcused, given_up);
}

std::string Flaw(const History& history, const Size& size, Place place, Tally* tally) {
  Count(history, tally);
  bool published = false;
  for (const Operation& o : history) published = published || o.verb == Verb::kPublish;
  int people = size.people;
  for (const Operation& o : history) people = std::max(people, o.who + 1);
  for (int who = 0; who < people; ++who) {
    const std::string flaw =
        Search(absl::StrFormat("person %d", who), SubjectModel(who), history, {}, tally);
    if (!flaw.empty()) return flaw;
  }
  for (int slot = 0; slot < size.slots; ++slot) {
    const SlotModel model(slot);
    const std::string flaw =
        Search(absl::StrFormat("slot %d", slot), model, history, {size.seats, true}, tally);
    if (!flaw.empty()) return flaw;
    if (!published && NeedsExcuse(model, history, size.seats)) ++tally->unexcused;
    if (place == Place::kUnknown) continue;
    for (int i = 0; i < size.seats; ++i) {
      const SeatId seat{static_cast<uint32_t>(slot * kSeatsPerBlock + i)};
      const std::string of_seat = Search(absl::StrFormat("seat %d", seat.value),
                                         SeatModel(seat, history), history, {}, tally);
      if (!of_seat.empty()) return of_seat;
    }
  }
  return "";
}

}  // namespace creneau::linear
