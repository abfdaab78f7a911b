// The engine: ties ledger, log and rules together. Every way into Créneau (HTTP, CLI through HTTP,
// simulation) ends here.
//
// Requests are decided at once, without waiting for anybody: a call answers from the ledger,
// pushing what it decided through the Act. The caller then pushes the Act's barrier, waits for it,
// and only then lets the answer out; if the barrier comes back as not durable, the true answer is
// outcome-unknown.
//
// Threads: everything is safe from any thread, each with its own Act; Publish blocks until its
// records are durable and is serialised, so it belongs on the admin listener's thread, like
// TakeSnapshot. The engine must outlive every act.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/ids.h"
#include "base/instant.h"
#include "booking/act.h"
#include "booking/actor.h"
#include "booking/answers.h"
#include "booking/identity_answers.h"
#include "booking/loss.h"
#include "booking/pepper_answers.h"
#include "booking/receipts.h"
#include "booking/record.h"
#include "booking/snapshot_file.h"
#include "booking/staff_access.h"
#include "env/clock.h"
#include "env/entropy.h"
#include "env/file.h"
#include "ledger/ledger.h"
#include "rules/iso_week.h"
#include "wal/log.h"

namespace creneau::booking {

struct EngineOptions {
  std::string data;  // directory; made when missing
  std::string keys;  // directory; made when missing
  uint64_t segment_bytes = limits::kDefaultSegmentBytes;
  // A snapshot is taken when the log has grown by so many bytes since the last one. 0: only when
  // asked for.
  uint64_t snapshot_bytes = 0;
  size_t max_batch_bytes = limits::kMaxBatchBytes;
  Restoring restoring;  // what an operator says of a log that was restored
  // False: no threads of the engine's own; the caller calls Tick and Keep, as simulations and tests
  // do.
  bool steward_thread = true;
  // False: the caller calls log().Turn() too, and the engine has no thread at all.
  bool log_threads = true;
};

// What start-up found, for the daemon's ready line and diary.
struct StartReport {
  wal::Recovery recovery;
  std::optional<SnapshotHeader> snapshot;      // that recovery began with
  std::vector<std::string> damaged_snapshots;  // that it passed over, and why
  bool unwitnessed = false;  // the last checkpoints are by another key: held against none of them
  std::optional<codec::LossAccepted> loss;  // accepted by this start
  std::vector<std::string> lost_aside;      // files of what was lost, kept under names of their own
  bool loss_known = false;                  // what was to be accepted had been, by an earlier one
  bool keys_made = false;
  bool mac_key_made = false;         // alone: there had been others
  bool receipt_key_made = false;     // likewise
  std::vector<std::string> peppers;  // that are retired: what this start did about their files
  size_t agendas = 0;
  size_t reservations = 0;  // live ones
  int64_t duration_ms = 0;
};

struct SnapshotStats {
  uint64_t taken = 0;   // since start
  uint64_t failed = 0;  // since start
  std::string last_failure;
  uint64_t archived = 0;               // segments of the log, since start
  std::optional<SnapshotHeader> last;  // that counts
  int64_t last_duration_ms = 0;
  uint64_t log_bytes_since = 0;  // by which the log has grown since it was taken
};

// For /metrics and /readyz.
struct EngineStats {
  wal::LogStats log;
  wal::LogSpace space;
  Lsn durable_lsn;
  int64_t log_in_flight_ms = 0;
  uint64_t live_holds = 0;
  uint64_t hold_bound = 0;   // live holds that the log can confirm in time (design 6)
  int64_t batch_p99_us = 0;  // recent
  uint64_t index_entries = 0;
  uint64_t seats = 0;
  uint64_t expired = 0;          // holds taken back by the steward, since start
  uint64_t freed = 0;            // cooled seats given back or on, since start
  uint64_t displaced = 0;        // who have a seat on a closed day, and none elsewhere yet
  uint64_t displaced_stuck = 0;  // of those, whom the steward cannot help now
  SnapshotStats snapshots;
  uint64_t checkpoints = 0;          // written since start
  uint64_t checkpoint_failures = 0;  // since start
  uint64_t service_records = 0;      // since start
  uint64_t record_failures = 0;      // of its files, since start
  ReceiptStats receipts;
  bool read_only = false;  // new holds are refused because the disk is nearly full
  bool poisoned = false;
};

class EventFeed;
struct EventRange;

class Engine {
  struct Private {};

 public:
  class Impl;

  Engine(Private, std::unique_ptr<Impl> impl);
  // Recovers, opens the log, starts the steward. `failed` is called once when the log fails: the
  // process must end with exit code 7. DataLoss: the log is corrupt, nothing was changed (exit code
  // 5). FailedPrecondition: another process has the directory.
  static absl::StatusOr<std::unique_ptr<Engine>> Open(
      EngineOptions options, env::FileSystem& files, const Clock& clock, Entropy& entropy,
      std::function<void(const absl::Status&)> failed);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  const StartReport& start_report() const;
  wal::Log& log();
  const Clock& clock() const;
  Entropy& entropy() const;

  // Who of the staff may come, by KEYS/staff.
  const StaffAccess& staff() const;
  // Reads that anew (SIGHUP). An error: those in force stay so, and it says which line is to blame.
  absl::Status ReloadStaffKeys();

  // `received_at`: when the request had come; a confirm received before the deadline counts,
  // whenever it is processed (design 3.8).
  ReservationAnswer Hold(Act& act, const HoldRequest& request, Instant received_at);
  ReservationAnswer Confirm(Act& act, const HolderRequest& request, Instant received_at);
  ReservationAnswer Extend(Act& act, const HolderRequest& request, Instant received_at);
  ReservationAnswer Cancel(Act& act, const HolderRequest& request, Instant received_at);
  ReservationAnswer Read(Act& act, const HolderRequest& request, Instant received_at);
  ReservationAnswer Move(Act& act, const HolderRequest& request, LocalMinute slot,
                         Instant received_at);

  // Public reads; they promise nothing to anybody and need no barrier.
  std::vector<const AgendaInfo*> Agendas() const;  // by name
  // The version in force; null where there is none of that name.
  const AgendaInfo* FindAgenda(std::string_view name) const;
  AgendaAnswer ReadAgenda(std::string_view name, Instant now) const;
  // `from` and `to` are local dates, both inclusive; absent: today, and from + 6.
  SlotsAnswer ReadSlots(std::string_view name, std::optional<CivilDate> from,
                        std::optional<CivilDate> to, Instant now) const;

  // A piece of an agenda's service record of one week, from where `after` says on. Reads two files
  // that are small, mostly from the system's cache: a millisecond. Rests on nothing that is not
  // durable.
  RecordAnswer ReadRecord(std::string_view name, rules::IsoWeek week, std::string_view after) const;
  // When seats are given out on the `days` days from now on.
  ReleasesAnswer ReadReleases(std::string_view name, int days, Instant now) const;
  // How often somebody was refused so, by what asks for a seat, since the process began.
  uint64_t Refused(AgendaId agenda, Outcome outcome) const;

  // A place in the queue of an agenda. Rests on nothing in the log.
  TicketAnswer Ticket(const TicketRequest& request, Instant received_at);
  // A challenge for whoever is to arrive at a queue; nothing where there is no such agenda,
  // or it has no queue.
  std::optional<ChallengeText> Challenge(std::string_view agenda, Instant now);
  // What the staff does about identities (identity_requests.cc). The answers rest on the act, like
  // those of requests. Whoever calls has seen to it that the actor may act for the agenda that is
  // named; where none is, a reservation of one that he may not act for is unknown to him.
  IdentityAnswer Lookup(Act& act, std::string_view agenda, const rules::Applicant& applicant,
                        const Actor& actor, Instant now);
  // Anybody's: whoever holds a reservation under that identity is told by the website that it was
  // asked for. Answers kOk whether there is one or not.
  IdentityAnswer Recover(Act& act, std::string_view agenda, const rules::Applicant& applicant,
                         Instant now);
  // Two identities of one person become one: kAlreadyReserved where both have a reservation. Where
  // one has, a second agent has to approve.
  IdentityAnswer Link(Act& act, const LinkRequest& request, const Actor& actor, Instant now);
  // One field of what was typed is put right at once; anything more waits for a second agent. What
  // the reservation was known by before is no longer its holder's: a new document is linked
  // instead.
  IdentityAnswer Correct(Act& act, const CorrectionRequest& request, const Actor& actor,
                         Instant now);
  // Its owner gets another key, and whoever has the old one none, once a second agent approves.
  IdentityAnswer Repair(Act& act, const RepairRequest& request, const Actor& actor, Instant now);
  // The second person's. May be repeated by the same, until the reservation has got another key
  // again: kActSettled, as where what it was about has changed since it was proposed.
  IdentityAnswer Approve(Act& act, std::string_view name, const Actor& actor, Instant now);
  // What nobody has approved is not to be. Anybody's who may act for its agenda.
  IdentityAnswer Withdraw(Act& act, std::string_view name, const Actor& actor, Instant now);
  // Those of the actor's agendas, oldest first.
  std::vector<WaitingAct> WaitingActs(const Actor& actor, Instant now) const;

  // The way round it, for an applicant whom the site or an agent vouches for. Its answer rests on
  // the act: that somebody of the staff gave it is in the log before it is given.
  PassAnswer GrantPass(Act& act, std::string_view agenda, const rules::Applicant& applicant,
                       const Actor& actor, Instant now);
  // What everybody may know of an agenda's opening, for all policies. Counts its seats.
  QueueAnswer ReadQueue(std::string_view name, Instant now) const;
  // The same for less: its seats as they were counted last.
  OpeningView ReadOpening(const AgendaInfo& agenda, Instant now) const;

  // Attempts and receipts (receipts.h). What an attempt says rests on the log, as a hold's refusal,
  // though it pushes nothing.
  AttemptAnswer Attempt(const AttemptRequest& request, Instant received_at);
  ReceiptAnswer SignAttempt(std::string_view attempt, Instant now);
  // The receipt of a confirmed reservation, all but where the log stands: SignConfirmation adds
  // that, once the act is durable and the log therefore has the confirmation.
  PendingReceipt PrepareReceipt(Act& act, const HolderRequest& request, Instant received_at);
  std::string SignConfirmation(const PendingReceipt& pending, Instant now);
  ReceiptVerdict VerifyReceipt(std::string_view text);
  const std::vector<PublishedKey>& PublicKeys() const;

  // How many people the agenda's roster lists.
  size_t ListedPeople(std::string_view agenda) const;

  // These three block until their records are durable, like TakeSnapshot below. The log says who
  // `actor` was before it says what was done; of what is refused, or was a dry run, it says
  // nothing.
  PublishAnswer Publish(const PublishRequest& request, const Actor& actor);
  OrderAnswer Order(std::string_view agenda, const OpeningOrder& order, const Actor& actor);
  RosterAnswer ImportRoster(const RosterRequest& request, const Actor& actor);

  // Peppers (pepper_epochs.h). These block like the three before.
  std::vector<PepperListing> ListPeppers();
  // Has groups in which nothing is under way go over to that pepper, which is made where it is the
  // next one. Their rosters and links are void. kPepperInUse: of the one group that was asked for,
  // why not.
  PepperAnswer RenewPepper(const PepperRequest& request, const Actor& actor);
  // Destroys a pepper that nobody needs any more. May be repeated.
  RetireAnswer RetirePepper(uint32_t epoch, bool dry_run, const Actor& actor);

  // Takes a snapshot while everyone goes on, checks it by reading it back, keeps it and the one
  // before it, and archives the log behind that one. Blocks until that is done: not for I/O
  // threads. One at a time: Unavailable while another is under way. ResourceExhausted: the disk has
  // no room for it beside what the log may need. Any error leaves those that count as they were.
  absl::StatusOr<SnapshotHeader> TakeSnapshot();
  // The same, asked for by one of the staff: the log says who, before it is begun.
  absl::StatusOr<SnapshotHeader> TakeSnapshot(const Actor& actor);
  // Those there are, newest first.
  absl::StatusOr<std::vector<SnapshotListing>> Snapshots() const;

  // Where readers of events can go on from, and one that goes on there (event_feed.h); both look at
  // the disk. A feed must end before the engine is closed.
  absl::StatusOr<EventRange> Events(std::optional<Lsn> after = std::nullopt) const;
  std::unique_ptr<EventFeed> EventsAfter(Lsn after) const;
  // How much memory a feed may come to.
  size_t EventFeedBytes() const;

  EngineStats stats() const;

  // By how many ms the event loops are late, as whoever runs them measures it; null: nobody does.
  // Expiry stands still while it is more than a second. Any thread; called by the steward's.
  void WatchEdge(std::function<int64_t()> lag_ms);

  // What the edge refuses without asking the engine, since the process began, as whoever runs it
  // counts; null: nobody does any more, and it is asked a last time. Any thread; called by the
  // keeper's.
  void WatchRefused(std::function<EdgeRefused()> refused);

  // One round of the steward, where it has no thread of its own.
  void Tick();
  // One round of the keeper, who tells the service record, writes checkpoints and takes snapshots
  // when they are due, where it has no thread of its own. Blocks like TakeSnapshot.
  void Keep();
  // Of a quiet engine: equal for the running state and the replay of its log.
  std::string Digest();
  // Of a quiet engine: OK, or the first invariant of design 3 that does not hold.
  absl::Status CheckInvariants();

  // For the parts of booking/ that have headers of their own (desk.h, waitlist.h, ...), which take
  // an Engine&; nobody else can see into it.
  Impl& inside() { return *impl_; }
  const Impl& inside() const { return *impl_; }

  // Stops the steward, drains and seals the log. No act may be under way or begin. Idempotent.
  void Close();

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace creneau::booking
