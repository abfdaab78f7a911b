// Where each agenda's opening stands (design 6): its phase, what operators and outages have made of
// it, and of a queue: who came, K, who has been admitted. Of a direct agenda it knows pauses and
// moved closing times.
//
// Its states (codec/state.h) go to the log before anybody is told of them. They are changed by the
// steward's rounds, by operators and by outages, one after the other: whoever changes one waits for
// the disk. Everything else takes a mutex that is never held for longer than some copying.
// Confirming asks nothing of it.
//
// Threads: as said at each function; any where nothing is said.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "booking/act.h"
#include "booking/answers.h"
#include "booking/board.h"
#include "booking/registry.h"
#include "codec/state.h"
#include "env/clock.h"
#include "ledger/ledger.h"
#include "surge/arrivals.h"
#include "surge/capacity.h"

namespace creneau::booking {

class Openings {
 public:
  struct Secrets {
    KeyedHash::Key mac;    // tags and tickets
    KeyedHash::Key chain;  // where K comes from
  };

  Openings(const Registry& registry, ledger::Ledger& ledger, wal::Log& log, const Clock& clock,
           const Secrets& secrets);
  Openings(const Openings&) = delete;
  Openings& operator=(const Openings&) = delete;

  // Recovery, before anything else.
  void Restore(const std::vector<codec::OpeningState>& states,
               const std::vector<codec::TurnLapsed>& turns, Instant now);
  // Of an agenda that is published with policy "queue".
  surge::ChainValue ChainEnd(std::string_view agenda) const;

  OpeningView At(const AgendaInfo& agenda, Instant now) const;
  // The same for less: without an estimate of how many have gathered.
  OpeningView BriefAt(const AgendaInfo& agenda, Instant now) const;
  // Whether nothing but the rules says when a direct agenda is open. Costs next to nothing.
  bool IsPlain(const AgendaInfo& agenda) const {
    return agenda.rules.policy == rules::Policy::kDirect &&
           !touched_[agenda.id.value].load(std::memory_order_acquire);
  }

  // A ticket in the queue of an agenda that has one, for that subject. `before`: one of theirs,
  // verified. Pushes nothing: what is lost with a crash is only how many came.
  void Issue(const AgendaInfo& agenda, const Subject& subject,
             const std::optional<surge::Ticket>& before, const surge::Nonce& nonce, Instant now,
             TicketAnswer* answer);
  // The ticket if we made it for that subject in that agenda, whatever the opening.
  std::optional<surge::Ticket> Verify(const AgendaInfo& agenda, const Subject& subject,
                                      std::string_view text) const;

  // Whether the holder of that ticket may hold a seat now; without a ticket the answer says so.
  // kOk: `rank` is to be given to NoteHeld.
  struct Judgement {
    Outcome outcome = Outcome::kOk;
    bool foreign = false;  // the ticket is of another opening
    Turn turn = Turn::kNow;
    int64_t poll_after_s = 0;
    std::optional<Instant> opens_at;
    surge::Rank rank;
  };
  Judgement Judge(const AgendaInfo& agenda, const Subject& subject,
                  const std::optional<surge::Ticket>& ticket, Instant now) const;
  // Of a ticket of that agenda: whether its opening is over and its turn never came. Nothing where
  // that is not known any more: it was before the last one, or before a start.
  std::optional<bool> NotReached(const AgendaInfo& agenda, const surge::Ticket& ticket,
                                 Instant now) const;
  void NoteHeld(const AgendaInfo& agenda, surge::Rank rank);
  // That subject's hold lapsed, or was given up. True: its seat goes to the next in line at once.
  // The same hold counts once.
  bool NoteLapse(const AgendaInfo& agenda, const Subject& subject, SeatRef hold, Instant now,
                 Act& act);

  // Whether the agenda has a queue that gives out seats which come back now.
  bool IsServedNow(const AgendaInfo& agenda, Instant now) const;
  // A hold was moved away from that seat in such an opening: the seat, too, goes to the next in
  // line. It is no turn. Not there after a start, nor where the steward was quicker: who waits
  // comes first then.
  void NoteLeft(const AgendaInfo& agenda, SeatRef seat);

  // A seat that has cooled: whether it is the next one's in line, because that hold of it was let
  // go in an opening that still gives out seats. Asked once.
  bool TakeLetGo(const AgendaInfo& agenda, SeatRef hold, Instant now);

  // A hold that was given up and whose seat goes to the next in line at once; as it ended. Whoever
  // gives it up again, since the answer was lost, is to get that. Known by its name as long as the
  // opening lasts, unless the process ends, and until something is known of the agenda's next one.
  void NoteReleased(const ledger::SeatView& hold);
  std::optional<ledger::SeatView> Released(SeatRef name) const;

  // Live holds that the log can confirm in time if everybody comes at once (design 6). One bound
  // for all agendas.
  bool RoomForHold(uint64_t holds = 1) const {
    return ledger_.live_holds() + holds <= hold_bound_.load(std::memory_order_relaxed);
  }
  // Whether the subject has had its turn in the opening that is under way.
  bool IsOver(const AgendaInfo& agenda, const Subject& subject) const;
  uint64_t hold_bound() const { return hold_bound_.load(std::memory_order_relaxed); }
  int64_t batch_p99_us() const { return batch_p99_us_.load(std::memory_order_relaxed); }

  // The steward's round: openings begin, people are admitted, grants lapse. `await` waits until
  // what was pushed is durable; false: it will not be.
  void Advance(Instant now, Act& act, const std::function<bool()>& await);
  // Nobody was served from `since` to `now`: openings under way close so much later, and what was
  // granted in them lasts longer. `await` as above; what else such a time lengthens is done there.
  // The steward's.
  void Lengthen(Instant since, Instant now, Act& act, const std::function<bool()>& await);
  // Whether there is such an opening.
  bool IsOwed(Instant since, Instant now) const;

  // An operator's. Blocks until it is durable; false: the log failed. Where the order means nothing
  // there and now, `objection` says why, and nothing is changed. `attribution`: its record.
  bool Change(const AgendaInfo& agenda, const OpeningOrder& order, std::string_view attribution,
              Instant now, CommitPool& pool, std::string* objection);

  // As events: all that a snapshot needs of it. `begin` is called at a moment at which they are
  // complete and no change is under way.
  std::vector<std::string> Snapshot(const std::function<void()>& begin) const;

 private:
  const Board* Find(AgendaId agenda) const;
  OpeningView View(const AgendaInfo& agenda, const Board* board, Instant now) const;
  Board& BoardFor(const AgendaInfo& agenda, const rules::OpeningTimes& times, Instant now);
  std::optional<codec::OpeningState> Step(const AgendaInfo& agenda, surge::EngineLoad* load,
                                          Instant now);
  std::optional<codec::OpeningState> AtItsHour(const AgendaInfo& agenda, const OpeningView& view,
                                               Board& board, Instant now) const;
  codec::OpeningState Begun(const AgendaInfo& agenda, const Board& board, Instant now) const;
  codec::OpeningState Served(const OpeningView& view, Board& board, surge::EngineLoad* load,
                             Instant now);
  void CountSeats(const AgendaInfo& agenda, Instant now, int64_t now_ns);
  void PrepareKeys(const std::vector<const AgendaInfo*>& queues, Instant now);
  void NoteNewcomer(Board& board, const surge::Tag& tag);
  void RankNewcomers(AgendaId agenda);
  surge::ChainValue KeyOf(const AgendaInfo& agenda, int32_t day) const;
  surge::Capacity MeasureCapacity(Instant now);
  void Put(const codec::OpeningState& state);
  surge::Rank PlaceFor(Board& board, Instant now, bool shown, surge::Ticket* ticket);
  // Under the mutex, as the next.
  std::vector<codec::OpeningState> Lengthened(Instant since, Instant now) const;
  void Settle(const codec::OpeningState& state, Instant since, Instant now);
  uint64_t RandomOf(const surge::Tag& tag, Instant now) const;

  const Registry& registry_;
  ledger::Ledger& ledger_;
  wal::Log& log_;
  const Clock& clock_;
  const KeyedHash mac_;
  const KeyedHash::Key chain_;
  surge::Arrivals arrivals_;

  // Held by whoever changes states, until they are durable. Before mutex_.
  mutable std::mutex changing_;
  mutable std::mutex mutex_;  // guards what follows
  std::map<AgendaId, Board> boards_;
  std::array<std::atomic<bool>, limits::kMaxAgendas> touched_{};  // release after boards_ has it

  // The steward's.
  surge::BatchWindow batch_times_;
  uint64_t turn_ = 0;
  std::atomic<uint64_t> hold_bound_{UINT64_MAX};
  std::atomic<int64_t> batch_p99_us_{0};
};

}  // namespace creneau::booking
