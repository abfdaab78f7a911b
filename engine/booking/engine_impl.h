// The engine's inside, shared by engine.cc (start, end), requests.cc, reads.cc and publishing.cc.
// Not for others.
#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/keyed_hash.h"
#include "booking/assertions.h"
#include "booking/draw_keeper.h"
#include "booking/engine.h"
#include "booking/event_feed.h"
#include "booking/keys.h"
#include "booking/mandates.h"
#include "booking/names.h"
#include "booking/openings.h"
#include "booking/people.h"
#include "booking/peppers.h"
#include "booking/proofs.h"
#include "booking/receipts.h"
#include "booking/record_files.h"
#include "booking/recovery.h"
#include "booking/refusals.h"
#include "booking/registry.h"
#include "booking/room.h"
#include "booking/rosters.h"
#include "booking/service_minutes.h"
#include "booking/shift.h"
#include "booking/staff_access.h"
#include "booking/steward.h"
#include "booking/totals.h"
#include "ledger/ledger.h"

namespace creneau::booking {

class Engine::Impl {
 public:
  Impl(EngineOptions options, env::FileSystem& files, const Clock& clock, Entropy& entropy)
      : options_(std::move(options)), files_(files), clock_(clock), entropy_(entropy) {}

  // The log's thread ends first, also where a start failed: it reads what the steward has pushed.
  ~Impl() {
    if (log_) log_->Drain();
  }

  // engine.cc
  absl::Status Open(std::function<void(const absl::Status&)> failed);
  void Close();
  EngineStats Stats() const;

  // requests.cc
  ReservationAnswer Hold(Act& act, const HoldRequest& request, Instant received_at);
  ReservationAnswer Confirm(Act& act, const HolderRequest& request, Instant received_at);
  ReservationAnswer Extend(Act& act, const HolderRequest& request, Instant received_at);
  ReservationAnswer Cancel(Act& act, const HolderRequest& request, Instant received_at);
  ReservationAnswer Read(Act& act, const HolderRequest& request, Instant received_at);
  ReservationAnswer Move(Act& act, const HolderRequest& request, LocalMinute slot,
                         Instant received_at);

  // reads.cc
  AgendaAnswer ReadAgenda(std::string_view name, Instant now) const;
  SlotsAnswer ReadSlots(std::string_view name, std::optional<CivilDate> from,
                        std::optional<CivilDate> to, Instant now) const;

  ReleasesAnswer ReadReleases(std::string_view name, int days, Instant now) const;

  // service_record.cc
  RecordAnswer ReadRecord(std::string_view name, rules::IsoWeek week, std::string_view after) const;
  void WatchRefused(std::function<EdgeRefused()> refused);

  // queue_requests.cc
  TicketAnswer Ticket(const TicketRequest& request, Instant received_at);
  QueueAnswer ReadQueue(std::string_view name, Instant now) const;
  std::optional<ChallengeText> Challenge(std::string_view name, Instant now);
  PassAnswer GrantPass(Act& act, std::string_view name, const rules::Applicant& applicant,
                       const Actor& actor, Instant now);

  // identity_requests.cc
  IdentityAnswer Lookup(Act& act, std::string_view name, const rules::Applicant& applicant,
                        const Actor& actor, Instant now);
  IdentityAnswer Recover(Act& act, std::string_view name, const rules::Applicant& applicant,
                         Instant now);
  IdentityAnswer Link(Act& act, const LinkRequest& request, const Actor& actor, Instant now);
  IdentityAnswer Correct(Act& act, const CorrectionRequest& request, const Actor& actor,
                         Instant now);
  IdentityAnswer Repair(Act& act, const RepairRequest& request, const Actor& actor, Instant now);

  // act_requests.cc
  IdentityAnswer Approve(Act& act, std::string_view name, const Actor& actor, Instant now);
  IdentityAnswer Withdraw(Act& act, std::string_view name, const Actor& actor, Instant now);
  std::vector<WaitingAct> WaitingActs(const Actor& actor, Instant now) const;

  // receipt_requests.cc
  // The seats that a refusal is of.
  struct Wanted {
    Channel channel = Channel::kWeb;
    size_t seats = 1;  // in one slot
  };
  AttemptAnswer Attempt(const AttemptRequest& request, Instant received_at);
  bool AnotherCanBeHeld(const AgendaInfo& agenda, proof::AttemptOutcome refused, Phase phase,
                        Instant now) const;
  bool AnyFree(const AgendaInfo& agenda, Channel asked, Instant now) const;
  std::optional<proof::AttemptOutcome> WhatCanBeSigned(const AgendaInfo& agenda,
                                                       proof::AttemptOutcome refused, Phase phase,
                                                       const Wanted& wanted, Instant now) const;
  std::optional<AttemptText> AttemptAt(const AgendaInfo* agenda, const rules::Applicant& applicant,
                                       Outcome refusal, Instant received_at) const {
    return AttemptAt(agenda, applicant, refusal, received_at, Wanted());
  }
  std::optional<AttemptText> AttemptAt(const AgendaInfo* agenda, const rules::Applicant& applicant,
                                       Outcome refusal, Instant received_at,
                                       const Wanted& wanted) const;
  ReceiptAnswer SignAttempt(std::string_view attempt, Instant now);
  PendingReceipt PrepareReceipt(Act& act, const HolderRequest& request, Instant received_at);
  std::string SignConfirmation(const PendingReceipt& pending, Instant now);

  // openings_by_hand.cc
  OrderAnswer Order(std::string_view name, const OpeningOrder& order, const Actor& actor);
  RosterAnswer ImportRoster(const RosterRequest& request, const Actor& actor);

  // pepper_requests.cc
  PepperAnswer RenewPepper(const PepperRequest& request, const Actor& actor);
  // pepper_retire.cc
  std::vector<PepperListing> ListPeppers();
  RetireAnswer RetirePepper(uint32_t epoch, bool dry_run, const Actor& actor);

  // publishing.cc
  PublishAnswer Publish(const PublishRequest& request, const Actor& actor);

  EventSources SourcesOfEvents() const {
    return {files_, options_.data, *log_, ledger_, registry_, *names_, losses_};
  }

  // snapshots.cc
  absl::StatusOr<SnapshotHeader> TakeSnapshot(const Actor* actor);  // null: nobody asked
  void Keep();

  const EngineOptions options_;
  env::FileSystem& files_;
  const Clock& clock_;
  Entropy& entropy_;
  StartReport report_;
  std::optional<Instant> owed_since_;  // replay.h
  std::vector<SlotId> untrimmed_;      // ledger/rebuilt.h; until they are
  std::vector<codec::LossAccepted> losses_;
  std::unique_ptr<env::FileLock> lock_;
  Keys keys_;
  StaffAccess staff_;
  std::optional<Names> names_;
  Peppers peppers_;
  // Reads change nothing that counts: they clear summary hints.
  mutable ledger::Ledger ledger_;
  Registry registry_;
  Rosters rosters_;
  std::unique_ptr<People> people_;
  Refusals refusals_;
  Totals totals_;
  RecordFiles record_files_{files_, options_.data, registry_};
  CommitPool publisher_pool_;  // before the log, so that they end after it
  CommitPool snapshot_pool_;
  std::unique_ptr<wal::Log> log_;
  std::unique_ptr<Openings> openings_;
  std::unique_ptr<Proofs> proofs_;
  std::unique_ptr<Assertions> assertions_;
  std::unique_ptr<Receipts> receipts_;
  std::unique_ptr<DrawKeeper> draw_keeper_;
  std::unique_ptr<Steward> steward_;
  // The steward's: until when a seat that is set aside and that nobody takes is kept
  // (freed_seats.h).
  std::map<SeatId, Instant> kept_aside_;
  Flows flows_;  // the steward's, as the next one
  MandateAlarm mandate_alarm_;
  std::mutex publishing_;  // one publication at a time, and none while a snapshot begins

  // From here on what several files need; parts with headers of their own, as desk.h, among them.
  absl::Status Recover(std::vector<codec::OpeningState>* openings,
                       std::vector<codec::TurnLapsed>* turns, std::optional<Accepting>* accepting);
  absl::Status TakeDirectories();
  absl::Status LoadAllKeys();
  // pepper_requests.cc
  absl::StatusOr<uint32_t> NextEpoch();
  std::vector<PepperAnswer::Group> GroupsBefore(uint32_t epoch, std::string_view only) const;
  std::vector<PepperObstacle> WhatKeeps(const PepperAnswer::Group& group, Instant now, Act& act);
  void FindReserved(const AgendaInfo& agenda, const std::vector<uint8_t>& seats, Instant now,
                    Act& act, std::vector<PepperObstacle>* obstacles);
  absl::Status MoveGroups(const PepperRequest& request, const Actor& actor,
                          std::vector<PepperAnswer::Group> quiet, Instant now, Act& act,
                          PepperAnswer* answer);
  bool MoveGroup(PepperAnswer::Group& group, uint32_t epoch, Act& act,
                 const std::function<void()>& begin);
  // pepper_retire.cc
  void FinishRetiring();
  std::optional<Instant> RetentionUntil(uint32_t epoch, const AgendaInfo** longest) const;
  bool MayRetire(uint32_t epoch, Instant now, RetireAnswer* answer) const;
  absl::StatusOr<uint64_t> CheckOnDisk(uint32_t epoch);
  absl::Status Destroy(const codec::PepperEpoch& retired);
  // loss_start.cc
  absl::Status BeginLoss(const Accepting& accepting, wal::Recovery* goes_on);
  absl::Status AcceptLoss();
  absl::Status CheckChain() const;
  void TrimUnfinished(Instant now);
  void GiveDuties();  // duties.cc
  Room LogRoom(uint64_t extra_bytes = 0) const;
  // The moment that deadlines are held against: not later than the steward knows of.
  Instant DeadlineTime(Instant received_at) const {
    return std::min(received_at, steward_->KnownUntil());
  }

  // What a reservation is called, and what proves that it is one's own. Neither changes while it
  // lives, so what a request has shown need not be made again for its answer.
  struct Handle {
    ReservationName name;
    ReservationKey key;
  };
  struct Authorised {
    SeatRef ref;
    ledger::SeatView seat;
    Handle handle;
  };
  std::optional<Authorised> Authorise(Act& act, const HolderRequest& request);
  std::optional<Authorised> HasKey(const HolderRequest& request, SeatRef ref, ReservationName name,
                                   const std::optional<ledger::SeatView>& seat) const;
  ReservationKey KeyOf(const ledger::SeatView& seat) const {
    return names_->KeyOf(seat.origin, seat.subject, seat.idempotency,
                         people_->identities.TimesRekeyed(seat.origin));
  }
  static ReservationAnswer Unknown();
  Handle HandleOf(const ledger::SeatView& seat) const;
  ReservationAnswer Answer(const ledger::Result& result, const Handle& handle) const;
  Reservation Describe(const ledger::SeatView& seat, const Handle& handle) const;
  ReservationAnswer AnswerExisting(Act& act, const ledger::SeatView& seat, const AgendaInfo& agenda,
                                   uint64_t idempotency, bool has_key, Instant received_at);
  // What somebody shows for a hold: an Idempotency-Key, or in a queue a ticket, whose nonce is one.
  struct Entry {
    std::string_view key;  // empty: none; of a ticket, points into it
    Subject derived;       // what the applicant's fields give
    std::optional<surge::Ticket> ticket;
    std::optional<surge::Rank> rank;  // once it is their turn
  };
  void Attribute(Act& act, const Actor& actor, std::string_view what, const AgendaInfo& agenda,
                 std::optional<SeatRef> origin, std::string_view reason, Instant now);
  std::optional<ledger::SeatView> LiveByName(Act& act, std::string_view name, Instant now);
  std::optional<ledger::SeatView> LiveOf(Act& act, const Subject& subject, Instant now);
  void Notify(Act& act, codec::NoticeKind kind, const ledger::SeatView& seat, Instant now);
  void PutInForce(Act& act, const codec::SubjectsLinked& linked);
  Outcome Rebind(Act& act, const ledger::SeatView& seat, const Subject& right, Instant now);
  struct Joined {
    Outcome outcome = Outcome::kOk;
    bool existed = false;                  // they are one already
    std::optional<ledger::SeatView> seat;  // of either
    std::vector<codec::SubjectLink> links;
  };
  Joined ToJoin(Act& act, const Subject& one, const Subject& other, Instant now);
  void Rekey(Act& act, const ledger::SeatView& seat);
  IdentityAnswer Propose(Act& act, codec::ActProposed proposed, const AgendaInfo& agenda,
                         const Actor& actor, Instant now);
  bool IsOwners(const codec::ActProposed& repair, const ledger::SeatView& seat) const;
  Outcome CarryOut(Act& act, const codec::ActProposed& proposed, const ledger::SeatView& seat,
                   Instant now);
  bool ReadEntry(const AgendaInfo& agenda, const HoldRequest& request, const Subject& subject,
                 Entry* entry) const;
  std::optional<ReservationAnswer> MayHold(const AgendaInfo& agenda, const HoldRequest& request,
                                           const Subject& subject, Entry* entry, Instant now);
  std::vector<rules::IdentityProblem> NotVouchedFor(const AgendaInfo& agenda,
                                                    const rules::Applicant& applicant,
                                                    std::string_view assertion,
                                                    std::string_view purpose, Instant now);
  // With a Reading.
  bool IsListed(const AgendaInfo& agenda, const Subject& derived, const Subject& subject) const;
  bool IsListed(const AgendaInfo& agenda, const Subject& subject) const;
  std::optional<ReservationAnswer> MayQueue(const AgendaInfo& agenda, const Subject& subject,
                                            Entry* entry, Instant now);
  static ReservationAnswer BadTicket(const AgendaInfo& agenda);
  std::optional<Instant> NextOpening(const AgendaInfo& agenda, Instant now) const;
  // may_take.cc
  std::optional<ReservationAnswer> MayTake(const AgendaInfo& agenda, Channel channel,
                                           std::optional<LocalMinute> slot, Instant now);
  std::optional<ReservationAnswer> Shut(const AgendaInfo& agenda, Instant now);
  ReservationAnswer Refuse(Outcome outcome, const AgendaInfo& agenda, Channel channel,
                           std::optional<LocalMinute> slot, Instant now);
  Phase PhaseOf(const AgendaInfo& agenda, Instant now) const;
  std::optional<proof::AttemptOutcome> WhatKeepsFrom(const AgendaInfo& agenda,
                                                     const OpeningView& opening,
                                                     const std::optional<Subject>& derived,
                                                     const std::optional<Subject>& subject,
                                                     const std::optional<surge::Ticket>& ticket,
                                                     Instant now) const;

  bool ReadTargets(const PublishRequest& request, const AgendaInfo* current, rules::Agenda* agenda,
                   std::vector<ledger::SlotTarget>* targets, PublishAnswer* answer);
  bool Merge(const std::vector<rules::CalendarSlot>& slots, bool listed,
             const rules::Agenda& agenda, const AgendaInfo* current,
             std::vector<ledger::SlotTarget>* targets, rules::Diagnostics* errors);
  // `before`: what the log says first: who does it, and why.
  bool PutInForce(const ledger::CalendarChange& change, const rules::Agenda& agenda,
                  const absl::TimeZone& zone, std::vector<std::string> before);
  std::optional<codec::PepperEpoch> EpochOfNew(const rules::Agenda& agenda) const;
  void WarnOfNobody(AgendaId id, const rules::Agenda& agenda, rules::Diagnostics* warnings) const;
  ledger::TrimCounts TrimAll(AgendaId agenda);
  ledger::TrimCounts TrimSlots(std::vector<SlotId> slots, Act& act,
                               const std::function<bool()>& finish);

  // checkpoints.cc
  void Checkpoint();
  absl::Status WriteCheckpoint();

  // service_record.cc
  void BeginRecord(Recovered& recovered);
  void KeepRecord();
  void TellService(Instant until);
  ServiceSeen SeeService(Instant until);
  codec::AgendaMinute SeeAgenda(const AgendaInfo& agenda, Instant until);
  void FileRecords(const std::vector<std::pair<Lsn, codec::ServiceMinute>>& records);
  std::vector<std::string> ServiceSnapshot() const;

  ServiceMinutes service_;  // the keeper's, and then of whoever closes
  EdgeRefused edge_told_;   // likewise, as what follows
  int64_t stalled_told_ms_ = 0;
  bool service_begun_ = false;
  std::vector<std::pair<Lsn, codec::ServiceMinute>> not_filed_;
  bool files_are_whole_ = true;             // but for those
  bool filing_ = false;                     // CatchUp is done
  int64_t file_not_before_ns_ = INT64_MIN;  // after a failure
  int64_t record_synced_ns_ = 0;
  std::atomic<uint64_t> service_records_{0};
  std::atomic<uint64_t> record_failures_{0};
  std::mutex edge_refused_mutex_;
  std::function<EdgeRefused()> edge_refused_;
  EdgeRefused edge_last_;
  mutable std::mutex told_mutex_;  // guards what follows
  std::optional<Instant> service_told_until_;
  std::optional<proof::Checkpoint> last_checkpoint_;

  // Touched by the keeper's thread, and then by whoever closes.
  uint64_t checkpoint_batch_ = 0;               // of the last checkpoint in the file
  int64_t checkpoint_ns_ = 0;                   // when one was last thought of
  int64_t snapshot_not_before_ns_ = INT64_MIN;  // after one that failed
  std::atomic<uint64_t> checkpoints_written_{0};
  std::atomic<uint64_t> checkpoints_failed_{0};

  // snapshots.cc
  struct Begun;
  void KeepAtIt();
  bool SnapshotDue() const;
  uint64_t LogBytes() const;
  SnapshotStats StatsOfSnapshots() const;
  bool LogDeed(const std::string& attribution);
  absl::StatusOr<SnapshotHeader> WriteSnapshot(uint64_t number, const std::string& unfinished);
  absl::Status RoomForSnapshot() const;
  Begun BeginSnapshot(SnapshotHeader* header);
  absl::Status ScanInto(SnapshotWriter& writer, const std::vector<uint8_t>& seats,
                        SnapshotHeader* header);
  absl::Status KeepTwo();
  absl::Status Archive(uint64_t before_segment);

  uint64_t recovered_log_bytes_ = 0;  // of the log since the last snapshot, when this began
  std::atomic<uint64_t> snapshot_at_bytes_{0};  // LogBytes() when the last one was begun
  std::mutex snapshotting_;                     // one at a time
  mutable std::mutex snapshot_mutex_;           // guards what follows
  SnapshotStats snapshot_stats_;
  std::atomic<bool> closing_{false};
  std::mutex keeper_mutex_;
  std::condition_variable keeper_wake_;
  std::thread keeper_;  // takes snapshots when the log has grown
};

}  // namespace creneau::booking
