// What nobody is told of when it happens: flows, and what a crash has left.
#include "tests/sim/shares_inside.h"

namespace creneau::sim {
namespace {

// What is due goes within a minute and a round of the steward's, in which others may have been
// waited for. It is looked at now and then: rounds are many.
constexpr int64_t kLookMs = 10'000;
constexpr int64_t kFlowsWithinMs = 65'000 + kLookMs;

}  // namespace

// --- flows ---------------------------------------------------------------------------------------

// Free seats of slots whose time has come.
std::pair<int, int> ShareAuditor::Due(const Book& book, const std::string& agenda,
                                      const FlowRule& flow, Instant now) const {
  std::pair<int, int> due;
  for (const std::string& slot : AgendaNamed(agenda).slots) {
    if (now < FairSlotStart(slot) + -flow.hours_before * kMsPerHour) continue;
    const auto [least, most] = auditor_.Free(book, InChannel(slot, flow.from), now);
    due = {due.first + least, due.second + most};
  }
  return due;
}

// What that flow has moved by the status, of the only slot whose time can come.
std::optional<ShareAuditor::Moved> ShareAuditor::FlowOf(const Book& book, const std::string& agenda,
                                                        const FlowRule& flow,
                                                        const Told& status) const {
  const int out = NumberIn(OfChannel(status, flow.from), "shifted_out") -
                  CountOf(book.fair->agendas.at(agenda).shifted_out, flow.from);
  if (out <= 0) return std::nullopt;
  return Moved{{AgendaNamed(agenda).slots.front(), out}};
}

std::string ShareAuditor::Flowed(const std::string& agenda, const Told& status, Instant now) {
  owed_since_ = Instant{};
  Book& next = auditor_.Next();
  const int version = next.fair->agendas.at(agenda).version;
  for (const FlowRule& flow : FairRulesOf(agenda).flows) {
    const auto [least, most] = Due(next, agenda, flow, now);
    const auto moved = FlowOf(next, agenda, flow, status);
    const int seats = moved ? moved->begin()->second : 0;
    if (seats < least || seats > most)
      return Wrong(
          "from " + flow.from + " flow " + std::to_string(least) + " to " + std::to_string(most),
          status);
    if (!moved) continue;
    auditor_.Reach("flow-from-" + flow.from);
    Move(next, agenda, flow.from, flow.to, *moved);
  }
  ChangeFair(next).agendas[agenda].version = version + 1;  // of all that was due
  return Differs(next, agenda, status);
}

std::string ShareAuditor::Owed(const std::string& agenda, Instant now, bool works) {
  if (works && now < owed_looked_ + kLookMs) return "";
  owed_looked_ = now;
  const auto& flows = FairRulesOf(agenda).flows;
  const bool owed = works && auditor_.book().fair->agendas.contains(agenda) &&
                    std::any_of(flows.begin(), flows.end(), [&](const FlowRule& flow) {
                      return Due(auditor_.book(), agenda, flow, now).first > 0;
                    });
  if (!owed) {
    owed_since_ = Instant{};
  } else if (owed_since_ == Instant{}) {
    owed_since_ = now;
  }
  return owed && now - owed_since_ > kFlowsWithinMs ? "what should have flowed has not" : "";
}

// --- crashes -------------------------------------------------------------------------------------

// What may have come of the newest book: of what was asked for, or of a flow in the round in which
// the disk failed. Only one of them can be.
std::vector<Book> ShareAuditor::Guesses(const std::string& agenda, const Told& status,
                                        Instant now) const {
  std::vector<Book> guesses;
  const Book& newest = auditor_.book();
  const bool asked = unanswered_.agenda == agenda;
  if (asked && unanswered_.file) {
    Book& guess = guesses.emplace_back(newest);
    const OfficeAgenda& office = AgendaNamed(agenda);
    AgendaCounts& counts = ChangeFair(guess).agendas[agenda];
    Counts seats;
    Counts shifted;
    OnTop(office, counts.shifted, *unanswered_.file, &seats, &shifted);
    for (const auto& [slot, count] : seats) guess.slots[slot].seats = count;
    counts.shifted = shifted;
    ++counts.version;
  }
  if (!newest.fair->agendas.contains(agenda)) return guesses;
  if (asked && unanswered_.shift) {
    const ShiftWish& wish = *unanswered_.shift;
    const int out = NumberIn(OfChannel(status, wish.from), "shifted_out") -
                    CountOf(newest.fair->agendas.at(agenda).shifted_out, wish.from);
    const auto [least, most] = auditor_.Free(newest, InChannel(wish.slots.front(), wish.from), now);
    if (!unanswered_.moves.empty())
      Move(guesses.emplace_back(newest), agenda, wish.from, wish.to, unanswered_.moves);
    if (wish.slots.size() == 1 && out > 0 && out <= std::min(most, wish.seats.value_or(most)))
      Move(guesses.emplace_back(newest), agenda, wish.from, wish.to, {{wish.slots.front(), out}});
  }
  if (asked && !unanswered_.court_slot.empty()) {
    const int leaving = newest.slots.at(InChannel(unanswered_.court_slot, "court")).leaving_most;
    for (int seats = 1; seats <= leaving + 1; ++seats)
      AddSeats(guesses.emplace_back(newest), agenda, unanswered_.court_slot, seats);
  }
  Book flowed = newest;
  const int version = newest.fair->agendas.at(agenda).version;
  for (const FlowRule& flow : FairRulesOf(agenda).flows) {
    const auto moved = FlowOf(newest, agenda, flow, status);
    if (!moved || moved->begin()->second > Due(newest, agenda, flow, now).second) continue;
    Move(flowed, agenda, flow.from, flow.to, *moved);
    ChangeFair(flowed).agendas[agenda].version = version + 1;
  }
  guesses.push_back(std::move(flowed));
  return guesses;
}

std::string ShareAuditor::Misfit(const Book& book, const std::map<std::string, Told>& status,
                                 Instant now) const {
  for (const auto& [agenda, told] : status) {
    const std::string wrong = Differs(book, agenda, told);
    if (wrong.empty()) continue;
    if (&book != &auditor_.book()) return wrong;
    const std::vector<Book> guesses = Guesses(agenda, told, now);
    if (std::none_of(guesses.begin(), guesses.end(),
                     [&](const Book& guess) { return Differs(guess, agenda, told).empty(); }))
      return wrong;
  }
  return "";
}

void ShareAuditor::Learn(const std::map<std::string, Told>& status, Instant now) {
  for (const auto& [agenda, told] : status) {
    if (Differs(auditor_.book(), agenda, told).empty()) continue;
    for (Book& guess : Guesses(agenda, told, now)) {
      if (!Differs(guess, agenda, told).empty()) continue;
      auditor_.Reach("unanswered-shares-in-force");
      Auditor::Seats seats;
      for (const auto& [slot, state] : guess.slots) {
        if (AgendaOf(slot) == agenda) seats[slot] = state.seats;
      }
      const bool published = unanswered_.agenda == agenda && unanswered_.file;
      if (published) auditor_.Learn(seats, now);  // which seats went, too
      Book& next = auditor_.Next();
      next.fair = guess.fair;
      if (!published) next.slots = guess.slots;
      break;
    }
  }
  Forget();
  owed_since_ = Instant{};
}

}  // namespace creneau::sim
