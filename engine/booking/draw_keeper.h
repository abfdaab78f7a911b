// Draws (policy "draw", design 5): who enters, the closing, the seed, the run, the offers and how
// they roll on. Whatever is decided is in the log before anybody is told (draws.h), and a start
// goes on where it was: of the same entries, seed and seats nothing else can come.
//
//   announced   with the agenda, before its window of entries begins
//   closed      by the steward when the window ends: tags, tree, root, seats
//   abandoned   instead, where that could not be done before the public number was known
//   seeded      by an operator, who says what the round of the public source gave
//   done        by an operator: ranks and seats are worked out, tested, logged, published; then the
//               steward offers the seats
//
// What is given are the seats of the closing, whatever has become of them: so nobody who knows the
// ranks changes who gets what by moving seats. Of a slot that has fewer by then, those who are last
// by rank among those who were given it get no offer of it, and wait for what comes back.
//
// Offers roll on: a web seat of the draw's dates that comes back is set aside for, and offered to,
// the first by rank whose turn has not come and who can take it, before anybody who waits in a
// list; and so is one that is free otherwise, since on the web nobody can hold a seat of such an
// agenda. What nobody of the draw can take is given out as any cooled seat is: to the waitlist, or
// it is free again, for another channel (flow, shift) or the next draw that names its date.
//
// Threads: requests any; steps an operator's, one at a time, as they hold the publishing lock;
// Advance the steward's.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "booking/act.h"
#include "booking/actor.h"
#include "booking/draw_answers.h"
#include "booking/draws.h"
#include "booking/engine.h"
#include "booking/names.h"
#include "booking/steward.h"
#include "rules/draw_takers.h"

namespace creneau::booking {

class DrawKeeper {
 public:
  DrawKeeper(Engine::Impl& engine, const Names::Secret& names);
  ~DrawKeeper();
  DrawKeeper(const DrawKeeper&) = delete;
  DrawKeeper& operator=(const DrawKeeper&) = delete;

  // After recovery: works out what is only told in the log. FailedPrecondition: with these keys, it
  // is not what was published.
  absl::Status Restore();

  // draw_requests.cc
  EntryAnswer Enter(Act& act, const EntryRequest& request, Instant received_at);
  // That an address sends more than its share.
  void NoteCrowd(AgendaId agenda);

  // draw_holders.cc
  EntryAnswer Leave(Act& act, const HolderRequest& request, Instant received_at);
  EntryAnswer Read(Act& act, const HolderRequest& request, Instant received_at);
  InclusionAnswer Receipt(const HolderRequest& request, Instant received_at);

  // draw_reads.cc
  DrawAnswer Look(std::string_view agenda, Instant now) const;
  // Lines of a published file; of the draw of that id, or, where it is empty, of the latest.
  DrawPage Page(std::string_view agenda, std::string_view draw, proof::DrawFile file,
                size_t after) const;
  DrawStats stats() const;

  // draw_steps.cc. What keeps those rules from being published; empty: nothing. With the publishing
  // lock, as the next.
  std::string ObjectionTo(const AgendaInfo* current, const rules::Agenda& rules, Instant now) const;
  // What is to be in the log with it, in this order; then Put, once that is durable.
  std::vector<codec::DrawState> Announced(const AgendaInfo* current, AgendaId id,
                                          const rules::Agenda& rules, Instant now) const;
  void Put(const std::vector<codec::DrawState>& states);
  // Whether pseudonyms of that agenda are needed as they are: until when, if that is known.
  std::optional<Instant> NeedsPepper(const AgendaInfo& agenda, Instant now) const;
  // From when on entries are taken, where that is still to come; whether they are now.
  std::optional<Instant> EntriesFrom(const AgendaInfo& agenda, Instant now) const;
  bool TakesEntries(const AgendaInfo& agenda, Instant now) const;
  // Whether that slot's seats are the draw's to give: nobody moves there.
  bool Claims(const AgendaInfo& agenda, LocalMinute slot) const;

  DrawAnswer Close(std::string_view agenda, const Actor& actor);
  DrawAnswer Seed(std::string_view agenda, std::string_view value, const Actor& actor);
  DrawAnswer Run(std::string_view agenda, const Actor& actor);

  // draw_offers.cc: the steward's. Of a seat that has cooled, or is set aside: true where it is
  // offered to the next one who waits. Sets it aside for that (`aside`), and it may stay so.
  bool TakeBack(const AgendaInfo& agenda, SeatId seat, const ledger::SeatTime& time, Instant now,
                Act& act, bool* aside);
  // Its duty.
  void Advance(Instant now, Act& act, const Steward::Await& await);

 private:
  using Key = std::pair<AgendaId, uint32_t>;
  // What a start works out anew.
  struct Progress {
    uint32_t offered_until = 0;  // by rank: those before it have got what the draw gave them
    size_t looked_until = 0;     // among the entries
    std::vector<rules::DrawSlot> fruitless;  // free, and nobody who waits can take them
    size_t fruitless_waiting = 0;            // how many waited then
    Instant rolled_at;
    std::optional<rules::DrawTakers> takers;  // from the first seat that came back on
  };
  struct Offer {
    uint32_t entry = 0;
    LocalMinute slot;
  };

  proof::DrawKey KeyOf(const AgendaInfo& agenda, std::string_view draw) const;
  EntryHolder HoldersOfEntries() const;
  absl::Status WorkOut(const AgendaInfo& agenda, Draw& draw) const;
  Instant InstantOf(const AgendaInfo& agenda, LocalMinute local) const;
  std::string_view PhaseOf(const AgendaInfo& agenda, const codec::DrawState& state,
                           Instant now) const;
  DrawView ViewOf(const AgendaInfo& agenda, const Draw& draw, Instant now) const;

  // draw_requests.cc
  std::optional<EntryAnswer> Existing(Act& act, const AgendaInfo& agenda, const Subject& subject,
                                      const EntryRequest& request, uint64_t idempotency);
  std::optional<EntryAnswer> MayEnter(Act& act, const AgendaInfo& agenda,
                                      const EntryRequest& request, const Subject& derived,
                                      const Subject& subject, Instant now);
  EntryAnswer Add(Act& act, const AgendaInfo& agenda, const EntryRequest& request,
                  const Subject& subject, uint64_t idempotency, Instant now);
  EntryAnswer AddFor(Act& act, const AgendaInfo& agenda, const EntryRequest& request,
                     const Subject& subject, uint64_t idempotency, Instant now);
  EntryAnswer Told(Act& act, const AgendaInfo& agenda, const EntryRequest& request,
                   EntryAnswer answer, Instant now) const;
  static EntryAnswer Refused(Outcome outcome, const AgendaInfo* agenda);

  // draw_holders.cc
  struct Held {
    Key draw;
    codec::DrawEntry entry;
    ReservationKey key;
  };
  std::optional<Held> Authorise(const HolderRequest& request) const;
  EntryAnswer Answer(Act& act, const Held& held, Instant now) const;
  bool NoteLeft(Act& act, Held* held);

  // draw_steps.cc
  bool CloseNow(const AgendaInfo& agenda, Act& act, const Steward::Await& await);
  // `doubles`: places of entries that take no part from that step on.
  bool PushStep(const codec::DrawState& state, Act& act, const Steward::Await& await,
                const std::vector<uint32_t>& doubles = {});
  std::vector<uint32_t> DoublesNow(const std::vector<codec::DrawEntry>& entries) const;
  // Why nothing more comes of it; empty: it goes on.
  std::string WhyOver(const AgendaInfo& agenda, const codec::DrawState& state) const;
  std::vector<rules::DrawSlot> SlotsToGive(const AgendaInfo& agenda, const rules::DrawRules& rules,
                                           Instant now) const;
  // Where the agenda's latest draw stands. False: it has none, and the answer says so.
  bool Begin(std::string_view name, DrawAnswer* answer, codec::DrawState* state) const;
  // Blocks until that is durable, with who did it before it.
  bool Log(const codec::DrawState& state, std::string_view what, const Actor& actor,
           const std::vector<std::string>& before = {});
  DrawAnswer Now(DrawAnswer answer) const;

  // draw_offers.cc
  void AnnounceWhatIsNot(Instant now, Act& act);
  void CloseWhatIsDue(Instant now, Act& act, const Steward::Await& await);
  void TellOfCrowds(Instant now, Act& act);
  bool OfferDrawn(const AgendaInfo& agenda, Key key, Instant now, Act& act);
  void RollOn(const AgendaInfo& agenda, Key key, Instant now, Act& act);
  void LookAtOffers(Key key, Act& act);
  bool Make(const AgendaInfo& agenda, Key key, const Offer& offer, Instant now, Act& act);
  std::optional<Key> GivesOut(const AgendaInfo& agenda, LocalMinute slot) const;
  // What the draw gave, kept after the lock is let go. Null: it has not been run, or is kept no
  // more.
  struct Result {
    std::shared_ptr<const DrawCommitted> committed;
    std::shared_ptr<const DrawDrawn> drawn;
  };
  Result ResultOf(Key key) const;
  rules::DrawTakers* TakersOf(Key key);
  std::optional<uint32_t> NextFor(Key key, LocalMinute slot);
  std::vector<uint32_t> WaitingByRank(Key key) const;
  bool Settle(Key key, uint32_t entry, uint64_t idempotency, const ledger::Result& result,
              Instant now, Act& act);
  bool Change(Key key, uint32_t entry, codec::EntryState state, std::optional<SeatRef> offer,
              Act& act);

  Engine::Impl& engine_;
  Draws& draws_;
  proof::DrawKey secret_;  // of which each draw's key is made

  std::mutex stepping_;  // held by whoever makes a step, until it is durable; before Draws' lock

  // The steward's.
  std::map<Key, Progress> progress_;
  bool announced_ = false;
  Instant crowds_told_;

  std::mutex crowd_mutex_;
  std::map<AgendaId, uint64_t> crowds_;  // not told yet

  std::atomic<uint64_t> entries_{0};
  std::atomic<uint64_t> crowded_{0};
  std::atomic<uint64_t> broken_{0};
  std::atomic<uint64_t> offers_{0};
  std::atomic<uint64_t> passed_{0};
};

}  // namespace creneau::booking
