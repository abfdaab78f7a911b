// Holds that are let go while a queue is served: their seats are the next one's in line.

#include "booking/act.h"
#include "booking/openings.h"
#include "codec/state.h"

namespace creneau::booking {
namespace {

using rules::Policy;

// Seats that come back in it are given out in it.
bool IsServed(Phase phase) { return phase == Phase::kOpen || phase == Phase::kExhausted; }

}  // namespace

bool Openings::NoteLapse(const AgendaInfo& agenda, const Subject& subject, SeatRef hold,
                         Instant now, Act& act) {
  if (agenda.rules.policy != Policy::kQueue) return false;
  const std::lock_guard lock(mutex_);
  const auto board = boards_.find(agenda.id);
  if (board == boards_.end()) return false;
  const OpeningView view = View(agenda, &board->second, now);
  if (!IsServed(view.phase)) return false;
  // Under the mutex, so that the log has two of one subject in their order.
  Board::Turns& turns = board->second.turns[subject];
  board->second.let_go.insert(hold);
  if (turns.times > 0 && turns.latest == hold) return true;  // before a crash
  ++turns.times;
  turns.latest = hold;
  act.PushCopy(codec::EncodeTurn({agenda.id, view.state.day, subject, turns.times, hold}));
  return true;
}

bool Openings::IsServedNow(const AgendaInfo& agenda, Instant now) const {
  if (agenda.rules.policy != Policy::kQueue) return false;
  const std::lock_guard lock(mutex_);
  return IsServed(View(agenda, Find(agenda.id), now).phase);
}

void Openings::NoteLeft(const AgendaInfo& agenda, SeatRef seat) {
  const std::lock_guard lock(mutex_);
  const auto board = boards_.find(agenda.id);
  if (board != boards_.end()) board->second.let_go.insert(seat);
}

bool Openings::TakeLetGo(const AgendaInfo& agenda, SeatRef hold, Instant now) {
  if (agenda.rules.policy != Policy::kQueue) return false;
  const std::lock_guard lock(mutex_);
  const auto board = boards_.find(agenda.id);
  if (board == boards_.end() || board->second.let_go.erase(hold) == 0) return false;
  return IsServed(View(agenda, &board->second, now).phase);
}

void Openings::NoteReleased(const ledger::SeatView& hold) {
  const std::lock_guard lock(mutex_);
  const auto board = boards_.find(hold.agenda);
  if (board != boards_.end()) board->second.released.insert_or_assign(hold.origin, hold);
}

std::optional<ledger::SeatView> Openings::Released(SeatRef name) const {
  const std::lock_guard lock(mutex_);
  std::optional<ledger::SeatView> hold;
  // Each is asked, found or not: how long it takes does not tell who had one.
  for (const auto& [agenda, board] : boards_) {
    const auto at = board.released.find(name);
    if (at != board.released.end()) hold = at->second;
  }
  return hold;
}

}  // namespace creneau::booking
