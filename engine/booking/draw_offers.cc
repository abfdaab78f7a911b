// What time brings to draws: closings, offers, and how they roll on.

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/limits_draw.h"
#include "base/limits_waitlist.h"
#include "booking/draw_keeper.h"
#include "booking/engine_impl.h"
#include "rules/freed.h"

namespace creneau::booking {
namespace {

using codec::DrawStep;
using codec::EntryState;
using ledger::SeatState;

constexpr int64_t kTellCrowdsEveryMs = kMsPerMinute;
// Looking for seats that have come back counts the slots of the draw's dates.
constexpr int64_t kRollEveryMs = kMsPerSecond;
// Entries that are looked at before others get the lock: as many cache misses.
constexpr size_t kRanksAtOnce = 1'000;

}  // namespace

// A publication that a crash cut short between its agenda and its draw.
void DrawKeeper::AnnounceWhatIsNot(Instant now, Act& act) {
  for (const AgendaInfo* const agenda : engine_.registry_.All()) {
    const std::vector<codec::DrawState> states = Announced(agenda, agenda->id, agenda->rules, now);
    const Draws::Lock lock = draws_.Take();
    for (const codec::DrawState& state : states) {
      act.PushOwned(codec::EncodeDraw(state));
      CHECK(draws_.Put(state).ok());
    }
  }
}

void DrawKeeper::CloseWhatIsDue(Instant now, Act& act, const Steward::Await& await) {
  for (const AgendaInfo* const agenda : engine_.registry_.All()) {
    if (!agenda->rules.draw) continue;
    {
      const Draws::Lock lock = draws_.Take();
      const Draw* const draw = draws_.Latest(agenda->id);
      if (draw == nullptr || draw->state.step != DrawStep::kAnnounced) continue;
      const Instant until = InstantOf(*agenda, draw->state.rules.entries_until);
      if (now < until + limits::kDrawClosingGraceMs) continue;
    }
    act.Begin();
    if (!CloseNow(*agenda, act, await)) return;
  }
}

// Once a minute at most: a flood is not to fill the log.
void DrawKeeper::TellOfCrowds(Instant now, Act& act) {
  if (now - crowds_told_ < kTellCrowdsEveryMs) return;
  std::map<AgendaId, uint64_t> crowds;
  {
    const std::lock_guard lock(crowd_mutex_);
    crowds.swap(crowds_);
  }
  if (crowds.empty()) return;
  crowds_told_ = now;
  const Draws::Lock lock = draws_.Take();
  for (const auto& [agenda, times] : crowds) {
    const Draw* const draw = draws_.Latest(agenda);
    if (draw == nullptr) continue;
    codec::DrawState state = draw->state;
    state.crowded += times;
    act.PushOwned(codec::EncodeDraw(state));
    CHECK(draws_.Put(std::move(state)).ok());
  }
}

// False: the entry has come to its end meanwhile, or the draw is kept no more (a third one of its
// agenda was announced). Nothing is changed then.
bool DrawKeeper::Change(Key key, uint32_t place, EntryState state, std::optional<SeatRef> offer,
                        Act& act) {
  const Draws::Lock lock = draws_.Take();
  const Draw& draw = *draws_.Of(key.first, key.second);
  if (!draw.kept) return false;
  codec::DrawEntry entry = draw.entries[place];
  if (entry.state != EntryState::kEntered && entry.state != EntryState::kOffered) return false;
  if (state == EntryState::kPassed) passed_.fetch_add(1, std::memory_order_relaxed);
  entry.state = state;
  if (offer) entry.offer = offer;
  act.PushOwned(codec::EncodeDrawEntry(entry));
  CHECK(draws_.Put(entry).ok());
  return true;
}

// True: the seat is theirs, or was given to them before a crash. Otherwise somebody else may have
// it: the person has a reservation, or the seat is nobody's to give any more. Whoever has left
// meanwhile, and been told so, is offered nothing.
bool DrawKeeper::Settle(Key key, uint32_t entry, uint64_t idempotency, const ledger::Result& result,
                        Instant now, Act& act) {
  const bool theirs = result.outcome == Outcome::kOk ||
                      (result.outcome == Outcome::kAlreadyReserved &&
                       result.seat.idempotency == idempotency && result.seat.agenda == key.first);
  if (theirs && Change(key, entry, EntryState::kOffered, result.seat.origin, act)) {
    offers_.fetch_add(1, std::memory_order_relaxed);
  } else if (theirs) {
    engine_.ledger_.Cancel(result.seat.origin, engine_.DeadlineTime(now), now, act);
  } else if (result.outcome == Outcome::kAlreadyReserved) {
    Change(key, entry, EntryState::kPassed, std::nullopt, act);
  }
  return theirs;
}

bool DrawKeeper::Make(const AgendaInfo& agenda, Key key, const Offer& offer, Instant now,
                      Act& act) {
  codec::DrawEntry entry;
  {
    const Draws::Lock lock = draws_.Take();
    const Draw& draw = *draws_.Of(key.first, key.second);
    if (!draw.kept) return false;
    entry = draw.entries[offer.entry];
  }
  const auto starts_at = engine_.ledger_.StartOf(agenda.id, offer.slot);
  if (entry.state != EntryState::kEntered || !starts_at) return false;
  const Instant until = rules::OfferedUntil(agenda.rules, Channel::kWeb, *starts_at, now);
  if (until <= now) return false;
  const Identities::Reading reading = engine_.people_->identities.Read();
  ledger::HoldArgs args;
  args.agenda = agenda.id;
  args.slot = offer.slot;
  args.earliest = now;
  args.latest = *starts_at;
  args.subject = engine_.people_->identities.Now(entry.subject);
  args.idempotency = entry.idempotency;
  args.deadline = until;
  args.random = engine_.names_->Random(args.subject, now.ms, 6);
  args.into = SeatState::kOffered;
  // Who was served may come again.
  if (const auto live = engine_.ledger_.Find(args.subject, act))
    engine_.ledger_.EndPast(live->ref.seat, now, act);
  return Settle(key, offer.entry, entry.idempotency, engine_.ledger_.Hold(args, act), now, act);
}

DrawKeeper::Result DrawKeeper::ResultOf(Key key) const {
  const Draws::Lock lock = draws_.Take();
  const Draw& draw = *draws_.Of(key.first, key.second);
  return {draw.committed, draw.drawn};
}

// What people wish for does not change after the closing, so it is held against slots without the
// lock, which requests wait for. Null: the draw is kept no more.
rules::DrawTakers* DrawKeeper::TakersOf(Key key) {
  std::optional<rules::DrawTakers>& takers = progress_[key].takers;
  if (takers) return &*takers;
  const auto [committed, drawn] = ResultOf(key);
  if (!drawn) return nullptr;
  std::vector<std::string_view> wishes;
  wishes.reserve(drawn->order.size());
  for (const uint32_t leaf : drawn->order) wishes.push_back(committed->wishes[leaf]);
  return &takers.emplace(wishes);
}

// The first by rank who waits and can take that slot.
std::optional<uint32_t> DrawKeeper::NextFor(Key key, LocalMinute slot) {
  const auto entry_at = [](const Draw& draw, uint32_t place) {
    return draw.committed->entry_of[draw.drawn->order[place]];
  };
  const auto first_waiting = [&](std::span<const uint32_t> places) {
    const Draws::Lock lock = draws_.Take();
    const Draw& draw = *draws_.Of(key.first, key.second);
    if (!draw.drawn) return places.size();
    const auto waits = [&](uint32_t place) {
      return draw.entries[entry_at(draw, place)].state == EntryState::kEntered;
    };
    return static_cast<size_t>(std::find_if(places.begin(), places.end(), waits) - places.begin());
  };
  rules::DrawTakers* const takers = TakersOf(key);
  if (takers == nullptr) return std::nullopt;
  const std::optional<uint32_t> place = takers->First(slot, first_waiting);
  if (!place) return std::nullopt;
  const Draws::Lock lock = draws_.Take();
  const Draw& draw = *draws_.Of(key.first, key.second);
  return draw.drawn ? std::optional(entry_at(draw, *place)) : std::nullopt;
}

bool DrawKeeper::TakeBack(const AgendaInfo& agenda, SeatId seat, const ledger::SeatTime& time,
                          Instant now, Act& act, bool* aside) {
  if (engine_.ledger_.WordOf(seat).channel() != Channel::kWeb) return false;
  const Instant until = rules::OfferedUntil(agenda.rules, Channel::kWeb, time.starts_at, now);
  // Who has no time to answer is asked nothing.
  const Instant last = time.starts_at - agenda.rules.notice_hours * kMsPerHour;
  if (until <= now || last - now < limits::kLeastOfferMs) return false;
  const std::optional<Key> key = GivesOut(agenda, time.start);
  if (!key) return false;
  const Identities::Reading reading = engine_.people_->identities.Read();
  // Whoever is asked has had their turn, if nothing else.
  while (const std::optional<uint32_t> next = NextFor(*key, time.start)) {
    if (!*aside && !engine_.ledger_.Aside(seat, now, act)) return false;
    *aside = true;
    Subject subject;
    uint64_t idempotency = 0;
    {
      const Draws::Lock lock = draws_.Take();
      const Draw& draw = *draws_.Of(key->first, key->second);
      if (!draw.kept) return false;
      const codec::DrawEntry& entry = draw.entries[*next];
      if (entry.state != EntryState::kEntered) continue;  // has left meanwhile
      subject = engine_.people_->identities.Now(entry.subject);
      idempotency = entry.idempotency;
    }
    const ledger::Result result =
        engine_.ledger_.OfferAside(seat, {subject, idempotency, until, SeatState::kOffered}, act);
    if (result.outcome == Outcome::kSlotTaken) return true;  // somebody has it
    Settle(*key, *next, idempotency, result, now, act);
    if (result.outcome == Outcome::kOk) return true;
  }
  return false;
}

// The draw that is done and has that slot's seats to give; of several the latest.
std::optional<DrawKeeper::Key> DrawKeeper::GivesOut(const AgendaInfo& agenda,
                                                    LocalMinute slot) const {
  const CivilDate day = CivilFromDays(slot.value / (24 * 60));
  const Draws::Lock lock = draws_.Take();
  std::optional<Key> key;
  for (const Key& kept : draws_.Kept()) {
    if (kept.first != agenda.id) continue;
    const Draw& draw = *draws_.Of(kept.first, kept.second);
    if (draw.drawn && day >= draw.state.rules.seats_from && day <= draw.state.rules.seats_until)
      key = kept;
  }
  return key;
}

// What the draw gave, in the order of the ranks. True: all of it has been offered.
bool DrawKeeper::OfferDrawn(const AgendaInfo& agenda, Key key, Instant now, Act& act) {
  Progress& progress = progress_[key];
  std::vector<Offer> offers;
  bool done = false;
  {
    const Draws::Lock lock = draws_.Take();
    const Draw& draw = *draws_.Of(key.first, key.second);
    if (!draw.drawn) return true;
    uint32_t& place = progress.offered_until;
    for (; place < draw.drawn->order.size() && offers.size() < limits::kDrawOffersPerRound;
         ++place) {
      const uint32_t slot = draw.drawn->given[place];
      const uint32_t entry = draw.committed->entry_of[draw.drawn->order[place]];
      if (slot == rules::kNoSlot || draw.entries[entry].state != EntryState::kEntered) continue;
      offers.push_back({entry, draw.drawn->slots[slot].start});
    }
    done = place == draw.drawn->order.size();
  }
  for (const Offer& offer : offers) {
    act.Begin();
    Make(agenda, key, offer, now, act);
  }
  return done;
}

// The places of those who wait. One who leaves while this looks may be among them: whoever offers
// looks again. Nobody's of a draw that is kept no more.
std::vector<uint32_t> DrawKeeper::WaitingByRank(Key key) const {
  std::vector<uint32_t> waiting;
  for (size_t place = 0;;) {
    const Draws::Lock lock = draws_.Take();
    const Draw& draw = *draws_.Of(key.first, key.second);
    if (!draw.drawn) return {};
    const std::vector<uint32_t>& order = draw.drawn->order;
    const size_t until = std::min(order.size(), place + kRanksAtOnce);
    for (; place < until; ++place) {
      const uint32_t entry = draw.committed->entry_of[order[place]];
      if (draw.entries[entry].state == EntryState::kEntered)
        waiting.push_back(static_cast<uint32_t>(place));
    }
    if (place == order.size()) return waiting;
  }
}

// What is free goes to those who wait, by the same rule as in the run.
void DrawKeeper::RollOn(const AgendaInfo& agenda, Key key, Instant now, Act& act) {
  Progress& progress = progress_[key];
  if (now - progress.rolled_at < kRollEveryMs) return;
  progress.rolled_at = now;
  rules::DrawRules rules;
  size_t waiting = 0;
  {
    const Draws::Lock lock = draws_.Take();
    const Draw& draw = *draws_.Of(key.first, key.second);
    waiting = draw.count(EntryState::kEntered);
    rules = draw.state.rules;
  }
  if (waiting == 0) return;
  std::vector<rules::DrawSlot> slots = SlotsToGive(agenda, rules, now);
  if (slots.empty() || (slots == progress.fruitless && waiting == progress.fruitless_waiting))
    return;
  const auto [committed, drawn] = ResultOf(key);
  if (!drawn) return;
  std::vector<uint32_t> entries;
  std::vector<std::string_view> wishes;
  for (const uint32_t place : WaitingByRank(key)) {
    const uint32_t leaf = drawn->order[place];
    entries.push_back(committed->entry_of[leaf]);
    wishes.push_back(committed->wishes[leaf]);
  }
  const std::vector<uint32_t> given = rules::Allocate(wishes, slots);
  size_t made = 0;
  for (size_t i = 0; i < given.size() && made < limits::kDrawOffersPerRound; ++i) {
    if (given[i] == rules::kNoSlot) continue;
    ++made;
    act.Begin();
    Make(agenda, key, {entries[i], slots[given[i]].start}, now, act);
  }
  if (made > 0) return;
  progress.fruitless = std::move(slots);
  progress.fruitless_waiting = waiting;
}

// Notes what became of offers, for those who ask how many are left.
void DrawKeeper::LookAtOffers(Key key, Act& act) {
  Progress& progress = progress_[key];
  std::vector<std::pair<uint32_t, SeatRef>> offered;
  {
    const Draws::Lock lock = draws_.Take();
    const Draw& draw = *draws_.Of(key.first, key.second);
    if (draw.count(EntryState::kOffered) == 0) return;
    size_t& at = progress.looked_until;
    for (size_t looks = 0; looks < draw.entries.size() && looks < limits::kDrawLooksPerRound;
         ++looks, ++at) {
      if (at >= draw.entries.size()) at = 0;
      if (draw.entries[at].state == EntryState::kOffered)
        offered.emplace_back(static_cast<uint32_t>(at), *draw.entries[at].offer);
    }
  }
  for (const auto& [entry, name] : offered) {
    const auto seat = engine_.ledger_.Look(name, act);
    if (seat && seat->word.state() == SeatState::kOffered) continue;
    const bool taken = seat && seat->word.state() == SeatState::kConfirmed;
    act.Begin();
    Change(key, entry, taken ? EntryState::kTaken : EntryState::kPassed, std::nullopt, act);
  }
}

void DrawKeeper::Advance(Instant now, Act& act, const Steward::Await& await) {
  {
    // An operator's step is under way: it will be looked at in the next round.
    const std::unique_lock stepping(stepping_, std::try_to_lock);
    if (!stepping.owns_lock()) return;
    if (!std::exchange(announced_, true)) AnnounceWhatIsNot(now, act);
    CloseWhatIsDue(now, act, await);
    TellOfCrowds(now, act);
  }
  // Offers can wait until the disk has room; what holds need cannot.
  if (engine_.log_->poisoned() || engine_.LogRoom() != Room::kPlenty) {
    await();
    return;
  }
  std::vector<Key> keys;
  {
    const Draws::Lock lock = draws_.Take();
    for (const Key& key : draws_.Kept()) {
      if (draws_.Of(key.first, key.second)->drawn) keys.push_back(key);
    }
  }
  std::erase_if(progress_, [&keys](const auto& kept) {
    return std::find(keys.begin(), keys.end(), kept.first) == keys.end();
  });
  for (const Key& key : keys) {
    const AgendaInfo& agenda = *engine_.registry_.Find(key.first);
    act.Begin();
    LookAtOffers(key, act);
    if (OfferDrawn(agenda, key, now, act)) RollOn(agenda, key, now, act);
    if (!await()) return;
  }
  await();
}

}  // namespace creneau::booking
