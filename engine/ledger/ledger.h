// The ledger: who holds which seat. Lock-free, in memory, knows neither log nor HTTP nor rules;
// every transition goes out as an Event through the caller's EventSink.
//
// Reading order: seat_word.h (what a seat is), this header, hold.cc, resolve.cc (helping),
// transition.cc, move.cc.
//
// ## The protocol (design 3)
//
// A seat is a word and a payload (subject, idempotency hash). Its bit in the free word of its slot
// and channel says that it may be claimed. Whoever clears the bit owns the seat privately and may
// write the payload; nobody else touches it. The subject index says which seat a subject has; its
// entries are {seat, generation}, and whose they are stands in the seat.
//
//   hold     claim the bit → write payload → word := claimed(generation+1) → CAS {seat,
//            generation+1} into the first place of the index that is empty, all entries of the
//            subject before it being dead [decides] → CAS word to held+pending → push event → clear
//            pending
//   others   CAS word to its next value, next step, +pending [decides] → push event → clear pending
//   move     claim a bit elsewhere → payload, intent, word := moving(generation+1) → CAS the index
//            entry from the old seat to the new → CAS the old word from the expected step to
//            cooling-moved+pending [decides: yes if it succeeded, no if that word went any other
//            way] → new word to its target+pending → push one event for both → note the new place
//            under the old name → clear both marks
//   party    see party.cc
//
// Whoever meets a pending mark, a claimed seat named by the index, or a moving one, finishes it
// first: everything needed to do so is in the words and payloads. So nobody acts on what the log's
// queue has not got, and nobody waits. Several may push the same event; Apply ignores what is not
// newer. Exactly one thread clears a mark (a CAS), and that one does what must happen once: give
// the free bit back, touch the timer bitmap.
//
// ## Why the orderings suffice
//
// - Payload stores are release, loads acquire: a reader who sees a later owner's payload thereby
//   sees that the word has moved on, and its re-read of the word fails. The word's CASes are
//   acq_rel: whoever sees a word sees the payload written before it.
// - The index CAS is acq_rel: whoever sees {seat, generation} sees the claimed word and payload.
// - Free words are changed by sequentially consistent read-modify-writes, the summary bitmaps and
//   the calendar pointer likewise: freeing sets the word, then loads the calendar and sets its
//   bits; clearing a bit re-reads the word afterwards; a new calendar starts with all bits set. In
//   the one total order, one of two such parties always sees the other, so no free seat stays
//   hidden.
// - Events of one seat enter the queue in their order at least once: a transition starts only from
//   a word without mark, and the mark goes only after the push. Events of one subject too: an index
//   entry is passed only when its seat has no mark.
//
// A thread that stops for ever costs at most the one seat it had claimed (or whose bit it was about
// to give back), or those of the party it had, until the next restart. Between claim and clearing
// there is no suspension, no throw, and no allocation but in the index's emergency growth.
//
// Threads: everything is safe from any thread, but Plan, Apply(CalendarChange), Trim (one publisher
// at a time) and Apply(Event), Rebuild (recovery, alone).
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/status/status.h"
#include "base/atomic.h"
#include "base/ids.h"
#include "base/instant.h"
#include "base/limits.h"
#include "base/outcome.h"
#include "ledger/bitmap.h"
#include "ledger/calendar.h"
#include "ledger/counts.h"
#include "ledger/epochs.h"
#include "ledger/event.h"
#include "ledger/inbox.h"
#include "ledger/memory.h"
#include "ledger/party.h"
#include "ledger/publication.h"
#include "ledger/rebuilt.h"
#include "ledger/region.h"
#include "ledger/request.h"
#include "ledger/seat_word.h"
#include "ledger/slot_record.h"
#include "ledger/subject_index.h"
#include "ledger/written.h"

namespace creneau::ledger {

class Ledger final : private Holdings {
 public:
  Ledger();
  ~Ledger() override;
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;

  // --- what requests do -------------------------------------------------------------------------
  // Claims, then asks the index: ask Find first, so that repeats hide no seat from others.
  Result Hold(const HoldArgs& args, EventSink& sink);
  // A seat for each member, all in one slot, beside one another where there are such; or none. Each
  // is a reservation like any other from then on.
  PartyResult HoldParty(const PartyArgs& args, EventSink& sink);
  Result Confirm(SeatRef name, Instant received_at, EventSink& sink);
  // Once: the deadline moves by `by_ms`.
  Result Extend(SeatRef name, Instant received_at, int64_t by_ms, EventSink& sink);
  Result Cancel(SeatRef name, Instant received_at, Instant cooling_until, EventSink& sink);
  Result Move(const MoveArgs& args, EventSink& sink);
  // The office cannot keep to the slot: a seat of another one is offered to its holder instead,
  // until `offer_deadline`, in the reservation's channel or another. Once, and not one of the
  // holder's two moves; kMovesUsed: it has been.
  Result MoveByOffice(const MoveArgs& args, std::optional<Channel> channel, Instant offer_deadline,
                      EventSink& sink);
  // What a name stands for now, moves followed; nothing when its generation has passed.
  std::optional<SeatView> Look(SeatRef name, EventSink& sink);
  // The subject's live reservation in its group, if there is one.
  std::optional<SeatView> Find(const Subject& subject, EventSink& sink);
  // Only the fetching of what Find reads first: for whoever has something else to do before.
  void WillFind(const Subject& subject) const;

  // --- what time brings (the steward) ----------------------------------------------------------
  // Calls each(seat, word) for the seats whose deadline may have changed since the last call, and
  // for those that may have been set aside; at first for all.
  void TakeTouched(const std::function<void(SeatId, SeatWord)>& each);
  SeatWord WordOf(SeatId seat) const;
  // Whose seat that is, in that generation, whether it was held there or moved there; nothing when
  // it is nobody's.
  std::optional<Subject> HolderOf(SeatRef seat) const;
  AgendaId AgendaOf(SeatId seat) const { return SlotOf(PlaceOf(seat).slot).agenda; }
  AgendaId AgendaOf(SlotId slot) const { return SlotOf(slot).agenda; }
  LocalMinute StartOf(SlotId slot) const { return SlotOf(slot).start; }
  bool BeginsAfter(SlotId slot, Instant now) const { return StartOf(SlotOf(slot)) > now; }
  // When and for whom a seat is, also once its slot is over or has left the calendar. Nothing:
  // there is no such seat.
  std::optional<SeatTime> TimeOf(SeatId seat) const;
  // A hold or an offer past its deadline starts to cool. False: it is not one.
  bool Expire(SeatId seat, Instant now, Instant cooling_until, EventSink& sink);
  // A seat that has cooled is free again, or withdrawn where it was the last. False: it has not.
  bool Free(SeatId seat, Instant now, EventSink& sink);
  // A seat that has cooled is kept for an offer: nobody's, and in no free word, also after a crash.
  // False: it has not cooled, or leaves the calendar now; Free does that.
  bool Aside(SeatId seat, Instant now, EventSink& sink);
  // It is somebody's: kAlreadyReserved (then `seat` is the one that subject has) and kSlotTaken (it
  // is not aside) leave it as it is.
  Result OfferAside(SeatId seat, const OfferArgs& args, EventSink& sink);
  // It is free, in its channel. False: it is not aside.
  bool FreeAside(SeatId seat, EventSink& sink);
  // A confirmed reservation whose slot is over lets go of its subject: the seat is withdrawn.
  // False: it is not one, or not over at `now`.
  bool EndPast(SeatId seat, Instant now, EventSink& sink);
  // The deadline of a hold or an offer moves by `by_ms`: the engine was away for that long. False:
  // neither.
  bool Lengthen(SeatId seat, int64_t by_ms, EventSink& sink);

  // --- public reads ---------------------------------------------------------------------------
  using SlotCount = ledger::SlotCount;
  // Slots of the agenda that start in [earliest, latest], by start, at most `limit`.
  std::vector<SlotCount> Slots(AgendaId agenda, Instant earliest, Instant latest, size_t limit);
  // Free slots of a channel nearest in time to `start`, for a refusal that helps.
  std::vector<LocalMinute> FreeNear(AgendaId agenda, Channel channel, LocalMinute start,
                                    Instant earliest, Instant latest, size_t limit);
  bool AnyFree(AgendaId agenda, Channel channel, Instant earliest, Instant latest);
  // Whether the agenda's calendar has that slot; its start.
  std::optional<Instant> StartOf(AgendaId agenda, LocalMinute slot);
  // Seats of slots that start in [from, until], by channel.
  std::array<ChannelCount, kChannels> Count(AgendaId agenda, Instant from,
                                            Instant until = Instant{INT64_MAX});
  SeatCounts CountSeats() const;
  uint64_t live_holds() const;
  uint64_t seats() const { return seats_made_.load(std::memory_order_relaxed); }
  size_t index_entries() const { return index_.entries(); }

  // --- publication (one publisher at a time) -----------------------------------------------------
  // What it takes to bring an agenda's calendar to `targets` (by start). Slots that began before
  // `now` are left as they are: nobody's seat there can be taken away any more. Changes nothing.
  PublicationPlan Plan(AgendaId agenda, uint32_t version, const std::vector<SlotTarget>& targets,
                       Instant now);
  // Whether Apply can take it: what a plan makes always can, what a log says need not. DataLoss.
  absl::Status Check(const CalendarChange& change) const;
  // Makes the seats and puts the calendar in force. Its record must be durable first.
  // `recovering`: nobody claims yet, and Rebuild will give the free seats.
  void Apply(const CalendarChange& change, bool recovering = false);
  // Brings the seats of one slot to what the calendar in force says: free ones are withdrawn or
  // restored, reserved ones marked to be withdrawn when they end. A seat that is on its way from
  // one state to another escapes it: TrimCounts::left says how many are still too many or too few.
  TrimCounts Trim(SlotId slot, EventSink& sink);
  // Withdraws free seats of one channel, at most so many, and says how many it got: for a calendar
  // that is to give them to another one. Until that is in force, Trim would bring them back.
  uint32_t TakeFree(SlotId slot, Channel channel, uint32_t most, EventSink& sink);
  // Every slot that the agenda ever had and that begins after `now`.
  std::vector<SlotId> SlotsOf(AgendaId agenda, Instant now) const;

  // --- recovery --------------------------------------------------------------------------------
  // Never refuses; ignores what is not newer. An event of a seat that does not exist is DataLoss.
  absl::Status Apply(const Event& event);
  absl::Status Apply(const PartyHeld& party);
  // Fetches the memory that Apply will need. Also of an event that Apply will refuse.
  void PrefetchFor(const Event& event) const;
  void PrefetchFor(const PartyHeld& party) const;
  // Seats are given out in this generation at least, from here on: what a log that goes on after a
  // loss must not do is give one out again in a generation that was lost (booking/loss.h). A seat
  // that is free in an earlier one is raised by whoever claims it, so that nothing needs be written
  // to ten million. Only ever grows; before anybody claims.
  void RaiseGenerations(Generation first);
  // More than that of any seat that anybody has or can still be given, and not less than what was
  // raised to. While nobody else is at work.
  Generation NextOfAll() const;
  // Derives free words and index from the seats. DataLoss when a subject has two live reservations.
  absl::Status Rebuild();
  // The same in parts: Begin, then all slots by number, each once. Any threads, each with its own
  // `rebuilt`, which is added to. Which two reservations are named depends on the threads: where
  // that counts, Rebuild tells it.
  void BeginRebuild();
  absl::Status RebuildSlots(uint32_t from, uint32_t until, Rebuilt* rebuilt);
  uint32_t slots_made() const { return slots_made_.load(); }
  // While everyone goes on: has the system give the memory of seats that recovery left alone, and
  // gives the index the room that a publication would have.
  void TouchSeats(const std::function<bool()>& stop);

  // --- snapshots (scan.cc; slot_record.h says what they hold) ------------------------------------
  // How many seats each slot has, by its number. While no publication is under way.
  std::vector<uint8_t> SeatsBySlot() const;
  // The calendar in force as a change that makes nothing; version 0: there is none.
  CalendarChange InForce(AgendaId agenda);
  // One slot with its first `seats` seats, while everyone goes on: lock-free, any thread. Finishes
  // what it meets decided, so that all it tells is in the queue when it returns. A seat that is
  // private to somebody is told as it was before: what becomes of it will be logged later.
  void Scan(SlotId slot, uint32_t seats, EventSink& sink, SlotRecord* out);
  // Every reservation in that slot, while everyone goes on: lock-free, any thread.
  void EachReserved(SlotId slot, EventSink& sink, const std::function<void(const SeatView&)>& each);
  // Recovery, before any event: makes that slot, which must be the next by number. DataLoss.
  absl::Status Load(const SlotRecord& record);
  // After the last slot: DataLoss unless the seats' numbers fit together.
  absl::Status CheckLoaded() const;

  // --- proof (of a quiet ledger) ---------------------------------------------------------------
  // 64 hexadecimal digits over everything that counts: equal for a live ledger and its replay.
  std::string Digest();
  // OK, or the first invariant of design 3 that does not hold.
  absl::Status CheckInvariants();

 private:
  // claim.cc
  struct Claimed {
    Slot* slot = nullptr;  // null: there is none
    SeatId seat;
  };
  void FetchFor(const Calendar& calendar, size_t position, uint64_t free, uint32_t number,
                SeatId seat) const;
  void FetchNext(SlotId next, uint32_t block) const;
  Claimed Claim(Calendar& calendar, const HoldArgs& args);
  Claimed ClaimNamed(Calendar& calendar, Channel channel, LocalMinute slot, Instant earliest,
                     Instant latest, uint64_t random);
  Claimed ClaimInSlot(Calendar& calendar, Channel channel, size_t position, uint64_t random);
  struct ClaimedParty {
    Slot* slot = nullptr;  // null: there is none
    uint64_t seats = 0;    // a bit for each number within it
  };
  ClaimedParty ClaimParty(Calendar& calendar, const PartyArgs& args);
  ClaimedParty ClaimSeats(Calendar& calendar, size_t position, const PartyArgs& args);
  Claimed ClaimByLook(Calendar& calendar, const HoldArgs& args);
  void GiveBit(SeatId seat, Channel channel);
  void GiveBits(Slot& slot, Channel channel, uint64_t bits);
  Slot& SlotOf(SlotId slot) { return slots_[slot.value]; }
  const Slot& SlotOf(SlotId slot) const { return slots_[slot.value]; }
  SeatPlace PlaceOf(SeatId seat) const;
  SeatId SeatAt(const Slot& slot, uint32_t number) const;
  static Instant StartOf(const Slot& slot) {
    return Instant{slot.starts_at_ms.load(std::memory_order_relaxed)};
  }
  Calendar* CalendarOf(AgendaId agenda) const { return agendas_[agenda.value].calendar.load(); }

  // hold.cc
  Outcome HoldTo(SeatView* view, const HoldArgs& args, EventSink& sink);
  std::optional<SeatView> LostTo(IndexValue other, const IndexKey& subject, SeatRef mine,
                                 EventSink& sink);
  void WritePayload(SeatId seat, const Subject& subject, uint64_t idempotency);

  // resolve.cc
  SeatWord Settle(SeatId seat, EventSink& sink);
  void Finish(SeatId seat, SeatWord word, EventSink& sink);
  void FinishMovedAway(SeatId seat, SeatWord word, EventSink& sink);
  void Tell(SeatId seat, SeatWord word, const Subject& subject, uint64_t idempotency,
            EventSink& sink);
  bool ClearMark(SeatId seat, SeatWord word);
  bool CompareExchange(SeatId seat, SeatWord& expected, SeatWord desired,
                       Epochs::Guard* guard = nullptr);
  bool ResolveTo(SeatView* view, SeatRef name, EventSink& sink);
  std::optional<SeatView> Resolve(SeatRef name, EventSink& sink);
  IndexValue ForwardOf(SeatRef name);
  bool ViewOf(SeatId seat, SeatWord word, SeatView* view) const;
  static void SeeSlot(const Slot& slot, SeatView* view);
  SeatImage ImageOf(SeatId seat, SeatWord word) const;
  std::optional<SeatView> LiveSeat(IndexValue value, EventSink& sink);
  std::optional<SeatView> LiveOf(const IndexKey& subject, EventSink& sink);
  Holding HoldingOf(SeatRef ref, bool as_name) const override;
  void Prefetch(SeatRef ref) const override;

  // move.cc
  struct PreparedMove {
    SeatRef to;
    SeatWord before;  // of the new seat, for giving it back
  };
  struct OfficeMove {
    std::optional<Channel> channel;  // of the new seat; the old one's where there is none
    Instant deadline;                // of the offer
  };
  static bool MayMove(SeatWord word, const OfficeMove* office);
  Result MoveTo(const MoveArgs& args, const OfficeMove* office, EventSink& sink);
  std::optional<PreparedMove> PrepareMove(const SeatView& from, const MoveArgs& args,
                                          const OfficeMove* office);
  void FinishMove(SeatId to, Generation generation, EventSink& sink);
  void DecideMove(SeatId to, SeatWord word, EventSink& sink);
  void RecordMove(SeatId to, SeatWord word, EventSink& sink);
  bool WentThrough(const SeatView& from, SeatRef to, const SeatView& now) const;
  void AbortMove(SeatId to, SeatWord word, const MoveIntent& intent, EventSink& sink);
  void Forward(SeatRef name, SeatRef previous, SeatRef now);

  // party.cc
  bool AnyReserved(const PartyArgs& args, PartyResult* result, EventSink& sink);
  SeatWord PrepareParty(const PartyArgs& args, const std::array<uint8_t, limits::kPartyMax>& order,
                        const ClaimedParty& claimed, PartyResult* result);
  void FinishParty(SeatRef leader, EventSink& sink);
  void FinishPartyOf(SeatId seat, SeatWord word, EventSink& sink);
  SeatRef LeaderOf(SeatId seat) const;
  bool StillJoins(SeatRef leader, SeatId seat, SeatWord word, SeatImage* image) const;
  void DecideParty(SeatRef leader, SeatWord word, EventSink& sink);
  void RecordParty(SeatRef leader, SeatWord word, EventSink& sink);
  void DisbandParty(SeatRef leader, SeatWord word, EventSink& sink);

  // transition.cc
  template <typename Next>
  bool Step(SeatId seat, EventSink& sink, Next next);
  template <typename Next>
  Result Transition(SeatRef name, EventSink& sink, Next next);
  static SeatWord Ended(SeatWord word);

  // apply.cc, publish.cc, rebuild.cc, scan.cc, trim.cc
  struct SlotTally;
  SlotTally TallyOf(const Slot& slot) const;
  void PlanSlot(const Slot& slot, const std::array<uint8_t, kChannels>& target,
                PublicationPlan& plan, SlotChange* change) const;
  void MakeSlot(AgendaId agenda, const SlotChange& change);
  void MakeSeats(const SlotChange& change, bool recovering);
  void ExpectSeats(const CalendarChange& change);
  void ProvideFor(size_t more);
  static size_t FreshSeats(const CalendarChange& change);
  bool WithdrawFree(SeatId seat, Channel channel, EventSink& sink);
  bool WithdrawAside(SeatId seat, Channel channel, EventSink& sink);
  bool MarkLast(SeatId seat, Channel channel, bool last, bool cooling, EventSink& sink);
  void TakeAway(const SlotTally& before, const Slot& slot, Channel channel, uint32_t excess,
                TrimCounts& counts, EventSink& sink);
  void BringBack(const SlotTally& before, const Slot& slot, Channel channel, uint32_t need,
                 TrimCounts& counts, EventSink& sink);
  bool Restore(SeatId seat, Channel channel, EventSink& sink);
  SeatRecord ScanSeat(SeatId seat, EventSink& sink);
  absl::Status CheckMade(SeatId seat) const;
  bool ApplyImage(const SeatImage& image);
  void NoteReserved(SeatWord before, SeatWord after) {
    reserved_ += IsReserved(after.state());
    reserved_ -= IsReserved(before.state());
  }
  absl::Status RebuildSeat(SeatId seat, SeatWord word, const Slot& slot);
  absl::Status RebuildSlot(SlotId slot, Rebuilt* rebuilt, size_t* likely);
  bool IsUntrimmed(const Slot& slot, const SlotTally& tally, size_t* likely) const;
  absl::Status CheckSeat(SeatId seat, const Slot& slot, uint32_t number);
  void AddHolds(int64_t change, Epochs::Guard* guard);

  mutable Epochs epochs_;
  Region<Seat> seats_;
  Written written_;  // of seats_
  Region<ColdSeat> cold_;
  Region<Atomic<uint32_t>> block_slots_;  // slot * 8 + number of the block within it
  Region<Slot> slots_;
  Region<AgendaState> agendas_;
  Inbox touched_;  // blocks with a seat whose deadline may have changed
  SubjectIndex index_;
  Atomic<uint32_t> slots_made_{0};
  Atomic<uint32_t> seats_made_{0};
  // Live holds beside those counted in the guards' notes: by helpers and moves.
  Atomic<int64_t> helped_holds_{0};
  Generation first_generation_;  // of what is given out from now on, at least
  // Recovery's own: how many seats are reserved, by what was loaded and applied.
  size_t reserved_ = 0;
  // The publisher's own: by the calendars in force.
  size_t seats_in_force_ = 0;
  // The publisher's own: start → slot, for each agenda.
  using SlotsByStart = absl::btree_map<LocalMinute, SlotId>;
  std::map<AgendaId, SlotsByStart> slots_by_start_;
};

}  // namespace creneau::ledger
