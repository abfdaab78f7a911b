// What those who have an entry do: look, leave, and have it in writing. Whoever has its key is its
// holder.

#include "base/check.h"
#include "booking/draw_keeper.h"
#include "booking/engine_impl.h"
#include "rules/draw_text.h"

namespace creneau::booking {
namespace {

using codec::DrawStep;
using codec::EntryState;

std::string_view StateOf(const Draw& draw, const codec::DrawEntry& entry,
                         const std::optional<Reservation>& reservation) {
  switch (entry.state) {
    case EntryState::kEntered:
      if (draw.state.step == DrawStep::kAbandoned) return "abandoned";
      if (draw.state.step == DrawStep::kDone) return "waiting";
      return draw.entries_fixed ? "committed" : "entered";
    case EntryState::kWithdrawn:
      return "withdrawn";
    case EntryState::kDeclined:
      return "declined";
    case EntryState::kSamePerson:
      return "same-person";
    case EntryState::kOffered:
    case EntryState::kTaken:
    case EntryState::kPassed:
      break;
  }
  // What the seat says is newer than what the steward has noted.
  if (!reservation || reservation->state == ReservationState::kCancelled) return "passed";
  return reservation->state == ReservationState::kConfirmed ? "confirmed" : "offered";
}

// Given back to its owner by two agents: nothing for whoever has the entry's key.
bool WentBack(const Engine::Impl& in, const ledger::SeatView& seat) {
  return in.people_->identities.TimesRekeyed(seat.origin) != 0;
}

}  // namespace

// The entry of that name, if the key is its. Otherwise nothing, after the same work.
std::optional<DrawKeeper::Held> DrawKeeper::Authorise(const HolderRequest& request) const {
  const uint64_t name = engine_.names_->Parse(Names::Kind::kEntry, request.name).value_or(0);
  Held held;
  bool known = false;
  {
    const Draws::Lock lock = draws_.Take();
    if (Draw* const draw = draws_.OfEntry(name)) {
      held.draw = {draw->state.agenda, draw->state.draw};
      held.entry = *draw->Find(name);
      known = true;
    }
  }
  held.key =
      engine_.names_->KeyOf(Names::Kind::kEntry, name, held.entry.subject, held.entry.idempotency);
  if (!Names::Same(held.key, request.key) || !known) return std::nullopt;
  return held;
}

EntryAnswer DrawKeeper::Answer(Act& act, const Held& held, Instant now) const {
  EntryAnswer answer;
  EntryView& view = answer.entry;
  view.name = engine_.names_->NameOf(Names::Kind::kEntry, held.entry.name);
  view.key = held.key;
  view.agenda = answer.agenda = engine_.registry_.Find(held.draw.first);
  view.wishes = held.entry.wishes;
  if (held.entry.offer) {
    const auto seat = engine_.ledger_.Look(*held.entry.offer, act);
    // By what it was made with: whose identity its holder is by now, an agent may have said since.
    if (seat && seat->idempotency == held.entry.idempotency && !WentBack(engine_, *seat)) {
      view.reservation = engine_.Describe(*seat, engine_.HandleOf(*seat));
      const bool lapsed = view.reservation->state == ReservationState::kOffered &&
                          engine_.DeadlineTime(now) > view.reservation->expires_at;
      if (lapsed) view.reservation->state = ReservationState::kCancelled;
    }
  }
  const Draws::Lock lock = draws_.Take();
  Draw* const draw = draws_.Of(held.draw.first, held.draw.second);
  const uint32_t place = held.entry.number - 1;
  view.draw = draw->state.rules.id;
  view.state = StateOf(*draw, held.entry, view.reservation);
  if (!draw->committed || draw->committed->leaf_of[place] == DrawCommitted::kNoLeaf) return answer;
  const uint32_t leaf = draw->committed->leaf_of[place];
  view.committed = true;
  view.entries = draw->committed->tags.size();
  if (!draw->drawn) return answer;
  view.rank = draw->drawn->place_of[leaf] + 1;
  const uint32_t slot = draw->drawn->given[view.rank - 1];
  if (slot != rules::kNoSlot) view.drawn = draw->drawn->slots[slot].start;
  return answer;
}

EntryAnswer DrawKeeper::Read(Act& act, const HolderRequest& request, Instant received_at) {
  const std::optional<Held> held = Authorise(request);
  return held ? Answer(act, *held, received_at) : Refused(Outcome::kUnknownEntry, nullptr);
}

// Before the closing it takes no part; after it, it keeps its rank, which others' ranks do not hang
// on, and its offer goes to the next. A repeat changes nothing.
EntryAnswer DrawKeeper::Leave(Act& act, const HolderRequest& request, Instant received_at) {
  std::optional<Held> held = Authorise(request);
  if (!held) return Refused(Outcome::kUnknownEntry, nullptr);
  const AgendaInfo* const agenda = engine_.registry_.Find(held->draw.first);
  do {
    if (!held->entry.offer) continue;
    const auto seat = engine_.ledger_.Look(*held->entry.offer, act);
    if (seat && WentBack(engine_, *seat)) return Answer(act, *held, received_at);
    if (seat && seat->word.state() == ledger::SeatState::kConfirmed) {
      EntryAnswer answer = Refused(Outcome::kDrawStep, agenda);
      answer.detail =
          "What was offered is confirmed: it is a reservation now, and is given up by its own "
          "name.";
      return answer;
    }
    if (seat && seat->word.state() == ledger::SeatState::kOffered)
      engine_.ledger_.Cancel(*held->entry.offer, engine_.DeadlineTime(received_at), received_at,
                             act);
  } while (!NoteLeft(act, &*held));
  return Answer(act, *held, received_at);
}

// Unless it was so already. False: a seat has been offered since the entry was read, which has to
// be given up first.
bool DrawKeeper::NoteLeft(Act& act, Held* held) {
  const Draws::Lock lock = draws_.Take();
  const Draw* const draw = draws_.Of(held->draw.first, held->draw.second);
  if (!draw->kept) return true;
  codec::DrawEntry entry = draw->entries[held->entry.number - 1];
  if (entry.offer != held->entry.offer) {
    held->entry = entry;
    return false;
  }
  if (entry.state == EntryState::kOffered) {
    entry.state = EntryState::kPassed;
    passed_.fetch_add(1, std::memory_order_relaxed);
  } else if (entry.state == EntryState::kEntered) {
    entry.state = draw->entries_fixed ? EntryState::kDeclined : EntryState::kWithdrawn;
  } else {
    return true;
  }
  act.PushOwned(codec::EncodeDrawEntry(entry));
  CHECK(draws_.Put(entry).ok());
  held->entry = entry;
  return true;
}

InclusionAnswer DrawKeeper::Receipt(const HolderRequest& request, Instant received_at) {
  InclusionAnswer answer;
  const std::optional<Held> held = Authorise(request);
  if (!held) {
    answer.outcome = Outcome::kUnknownEntry;
    return answer;
  }
  answer.agenda = engine_.registry_.Find(held->draw.first);
  const AgendaInfo& agenda = *answer.agenda;
  std::shared_ptr<const DrawCommitted> committed;
  codec::DrawState state;
  {
    const Draws::Lock lock = draws_.Take();
    const Draw* const draw = draws_.Of(held->draw.first, held->draw.second);
    committed = draw->committed;
    state = draw->state;
  }
  const uint32_t place = held->entry.number - 1;
  const Instant round_at = InstantOf(agenda, state.rules.round_at);
  // One that was closed too late, by an engine of before, is over: its receipts would mislead.
  if (!committed || committed->leaf_of[place] == DrawCommitted::kNoLeaf ||
      state.closed_at >= round_at) {
    answer.outcome = Outcome::kDrawStep;
    return answer;
  }
  if (const auto later_s = engine_.receipts_->TooMany(engine_.clock_.MonotonicNs(),
                                                      static_cast<uint8_t>(held->entry.name))) {
    answer.outcome = Outcome::kOverloaded;
    answer.retry_after_s = *later_s;
    return answer;
  }
  proof::InclusionReceipt receipt;
  receipt.agenda = agenda.rules.name;
  receipt.title = agenda.rules.title;
  receipt.office = agenda.rules.office;
  receipt.timezone = agenda.rules.timezone;
  receipt.draw = state.rules.id;
  receipt.closed_at = state.closed_at;
  receipt.round_at = round_at;
  receipt.rules =
      proof::Sha256Of(rules::DrawRulesText(agenda.rules.name, agenda.rules.timezone, state.rules));
  receipt.root = committed->tree.root();
  receipt.index = committed->leaf_of[place];
  receipt.tag = committed->tags[receipt.index];
  receipt.wishes = committed->wishes[receipt.index];
  if (const auto holder = committed->HolderAt(receipt.index)) {
    receipt.entry = engine_.names_->NameOf(Names::Kind::kEntry, held->entry.name);
    receipt.holder = *holder;
  }
  receipt.entries = static_cast<uint32_t>(committed->tags.size());
  receipt.path = committed->tree.PathOf(receipt.index);
  answer.receipt = engine_.receipts_->Sign(receipt, received_at);
  return answer;
}

}  // namespace creneau::booking
