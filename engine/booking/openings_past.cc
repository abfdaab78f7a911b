// What became of tickets whose opening is over (openings.h).
#include "booking/openings.h"

namespace creneau::booking {

OpeningView Openings::BriefAt(const AgendaInfo& agenda, Instant now) const {
  const std::lock_guard lock(mutex_);
  return View(agenda, Find(agenda.id), now);
}

std::optional<bool> Openings::NotReached(const AgendaInfo& agenda, const surge::Ticket& ticket,
                                         Instant now) const {
  const std::lock_guard lock(mutex_);
  const Board* const board = Find(agenda.id);
  if (board == nullptr) return std::nullopt;
  if (board->past && board->past->day == ticket.opening.day) {
    const Board::Past& past = *board->past;
    return !past.served_rank ||
           surge::RankOf(past.drawn_with, ticket.tag, ticket.bucket) > *past.served_rank;
  }
  if (board->state.day != ticket.opening.day) return std::nullopt;
  // Under way, or still to come.
  if (View(agenda, board, now).state.day == board->state.day) return false;
  return !board->line || surge::RankOf(board->drawn_with, ticket.tag, ticket.bucket).value >
                             board->state.served_rank;
}

}  // namespace creneau::booking
