// What everybody may know of a draw: where it stands, and its published files.

#include "base/limits_draw.h"
#include "booking/draw_keeper.h"
#include "booking/engine_impl.h"
#include "rules/draw_text.h"

namespace creneau::booking {

using codec::DrawStep;
using codec::EntryState;

std::string_view DrawKeeper::PhaseOf(const AgendaInfo& agenda, const codec::DrawState& state,
                                     Instant now) const {
  if (state.step != DrawStep::kAnnounced) return codec::DrawStepName(state.step);
  const bool open = now >= InstantOf(agenda, state.rules.entries_from) &&
                    now < InstantOf(agenda, state.rules.entries_until);
  return open ? "open" : "announced";
}

std::optional<Instant> DrawKeeper::EntriesFrom(const AgendaInfo& agenda, Instant now) const {
  if (!agenda.rules.draw) return std::nullopt;
  const Instant from = InstantOf(agenda, agenda.rules.draw->entries_from);
  return now < from ? std::optional(from) : std::nullopt;
}

bool DrawKeeper::TakesEntries(const AgendaInfo& agenda, Instant now) const {
  return agenda.rules.draw && now >= InstantOf(agenda, agenda.rules.draw->entries_from) &&
         now < InstantOf(agenda, agenda.rules.draw->entries_until);
}

DrawView DrawKeeper::ViewOf(const AgendaInfo& agenda, const Draw& draw, Instant now) const {
  DrawView view;
  view.state = draw.state;
  view.phase = PhaseOf(agenda, draw.state, now);
  view.entries_from = InstantOf(agenda, draw.state.rules.entries_from);
  view.entries_until = InstantOf(agenda, draw.state.rules.entries_until);
  view.round_at = InstantOf(agenda, draw.state.rules.round_at);
  view.rules = proof::Sha256Of(
      rules::DrawRulesText(agenda.rules.name, agenda.rules.timezone, draw.state.rules));
  view.format = proof::DrawFormat(draw.state.holders);
  view.surprise_limit = rules::Uniformity::limit_text();
  view.entered = draw.committed ? draw.committed->tags.size() : draw.standing();
  view.offered = draw.count(EntryState::kOffered);
  view.taken = draw.count(EntryState::kTaken);
  view.passed = draw.count(EntryState::kPassed);
  if (!draw.drawn) return view;
  view.waiting = draw.count(EntryState::kEntered);
  for (const rules::DrawSlot& slot : draw.drawn->slots) view.seats += slot.seats;
  for (const uint32_t given : draw.drawn->given) view.given += given != rules::kNoSlot;
  return view;
}

DrawAnswer DrawKeeper::Look(std::string_view name, Instant now) const {
  DrawAnswer answer;
  answer.agenda = engine_.registry_.Find(name);
  if (answer.agenda == nullptr) {
    answer.outcome = Outcome::kUnknownAgenda;
    return answer;
  }
  const Draws::Lock lock = draws_.Take();
  const auto* const all = draws_.All(answer.agenda->id);
  if (all == nullptr) {
    answer.outcome = Outcome::kUnknownRoute;
    return answer;
  }
  for (auto draw = all->rbegin(); draw != all->rend(); ++draw) {
    DrawView view = ViewOf(*answer.agenda, **draw, now);
    if (!answer.draw) {
      answer.draw = std::move(view);
    } else {
      answer.earlier.push_back(std::move(view));
    }
  }
  return answer;
}

DrawPage DrawKeeper::Page(std::string_view name, std::string_view id, proof::DrawFile file,
                          size_t after) const {
  DrawPage page;
  const AgendaInfo* const agenda = engine_.registry_.Find(name);
  std::shared_ptr<const DrawCommitted> committed;
  std::shared_ptr<const DrawDrawn> drawn;
  rules::DrawRules rules;
  {
    const Draws::Lock lock = draws_.Take();
    const Draw* const draw = agenda == nullptr ? nullptr
                             : id.empty()      ? draws_.Latest(agenda->id)
                                               : draws_.OfId(agenda->id, id);
    if (draw == nullptr) {
      page.outcome = agenda == nullptr ? Outcome::kUnknownAgenda : Outcome::kUnknownRoute;
      return page;
    }
    committed = draw->committed;
    drawn = draw->drawn;
    rules = draw->state.rules;
  }
  if (file == proof::DrawFile::kRules) {
    page.lines = rules::DrawRulesText(agenda->rules.name, agenda->rules.timezone, rules);
    return page;
  }
  // Of a draw whose entries are forgotten there are none either.
  const bool committed_to = file == proof::DrawFile::kEntries || file == proof::DrawFile::kSeats;
  if (committed_to ? committed == nullptr : drawn == nullptr) {
    page.outcome = Outcome::kDrawStep;
    page.problem = "There is no such file of this draw, or not yet.";
    return page;
  }
  page.lines = LinesFrom(file, *committed, drawn.get(), after, limits::kDrawLinesPerPage);
  const size_t until = after + limits::kDrawLinesPerPage;
  if (until < LinesOf(file, *committed, drawn.get())) page.next = until;
  return page;
}

DrawStats DrawKeeper::stats() const {
  const auto read = [](const std::atomic<uint64_t>& counter) {
    return counter.load(std::memory_order_relaxed);
  };
  return {read(entries_), read(crowded_), read(broken_), read(offers_), read(passed_)};
}

}  // namespace creneau::booking
