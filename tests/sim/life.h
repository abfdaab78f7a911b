// The office of run.h as it lives: what its people do (life.cc, queue_life.cc, receipt_life.cc) and
// its staff (staff_life.cc), what happens to it (run.cc), and how it comes back (recovery.cc).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/prng.h"
#include "proof/checkpoint.h"
#include "tests/sim/auditor.h"
#include "tests/sim/crowd.h"
#include "tests/sim/desk.h"
#include "tests/sim/lanes.h"
#include "tests/sim/machine.h"
#include "tests/sim/mandates.h"
#include "tests/sim/office.h"
#include "tests/sim/receipts.h"
#include "tests/sim/run.h"
#include "tests/sim/shares.h"
#include "tests/sim/staff.h"
#include "tests/sim/trust.h"
#include "tests/sim/waiting.h"

namespace creneau::sim {

// The lines of the file of checkpoints that were read and verified already, and what they say.
struct SignedLines {
  proof::PublicKey key{};
  std::string verified;
  std::vector<proof::Checkpoint> checkpoints;  // by batch

  // Reads what has been added. DataLoss as of proof::ReadLines; a line that is still being written
  // is none yet.
  absl::Status Read(std::string_view text, const proof::PublicKey& by);
};

class Life {
 public:
  explicit Life(const RunOptions& options)
      : steps_(options.steps),
        trace_(options.trace),
        // A queue is dear (its chain, its probes of the disk): one office in four has some.
        agendas_(options.seed % 4 == 1 ? OfficeAgendas().size() : kDirectAgendas),
        // So are shares (their people come beside the others), in lives of their own.
        fair_(options.seed % 4 == 2),
        // Other seeds than the queues'.
        has_lists_(options.lists && options.seed % 4 == 3),
        prng_(options.seed),
        machine_(options.seed),
        crowd_(~options.seed, machine_.clock, lanes_) {
    machine_.Face(crowd_);
    machine_.disk.set_available_bytes(uint64_t{1} << 30);
    machine_.disk.Put("keys/staff", StaffFile());
    for (size_t i = 0; i < agendas_; ++i) {
      const OfficeAgenda& agenda = OfficeAgendas()[i];
      if (!agenda.opening.empty()) {
        auditor_.KeepOpening(agenda.name + "/",
                             agenda.queue ? agenda.queue->open : agenda.open.open);
      }
      if (agenda.queue) {
        auditor_.queues().Add(agenda.name + "/", *agenda.queue);
      } else {
        auditor_.KeepHours(agenda.name + "/", agenda.open);
      }
    }
    if (fair_) BeginFairly();
    if (has_lists_) KeepLists();
  }

  RunReport Live();
  CrashReport LiveAndCrash(const CrashOptions& options);

 private:
  // Whether there is nothing to complain of.
  bool Fine() const { return report_.violation.empty(); }
  void Complain(const std::string& what) {
    if (!what.empty() && Fine()) report_.violation = what;
  }
  uint64_t Below(uint64_t bound) { return prng_.Below(bound); }
  void Reach(const std::string& branch) {
    auditor_.Reach(branch);
    Trace(branch);
  }
  void Trace(const std::string& what) const {
    if (trace_)
      std::fprintf(stderr, "%d %lld %s\n", report_.step,
                   static_cast<long long>(machine_.clock.now.ms), what.c_str());
  }
  // Whether the log may say that the disk has no room: a write of which a part was taken says so
  // too, until it has looked again.
  bool DiskLow() const {
    const Fault met = machine_.disk.met();
    return disk_low_ || (machine_.disk.faults() != looked_past_ &&
                         (met == Fault::kNoSpace || met == Fault::kShortWrite));
  }
  void Turn();

  void Step();
  void ManyActs();
  void OnAnotherDisk();
  // recovery.cc
  void Start();
  void Recover();
  void DamageSnapshots();
  void Misread();
  void CollectCheckpoints(bool last);
  void Compare();
  void PrepareFault();
  void CheckLog();
  void NoteStart();
  void NoteSnapshots();
  void StopInPeace();
  void OverTheWeekend();
  void AfterFault();
  void LeaveAnswers();
  void Pass(int64_t ms);
  void TickOnce();

  // crowd_life.cc
  void Crowds();
  void Meanwhile();
  bool ComeAgain();
  std::string EngineState();
  std::string BeforeRefusal(http::Audience audience);
  bool WasRefused(const std::string& request, const std::string& before, const Told& told,
                  std::function<void()> again);

  // Asks, hands the decided reply to `judge`, and remembers what the answer will acknowledge. Where
  // it is refused for load, nobody judges it, and `again` asks another time.
  enum class Rests : uint8_t { kOnLog, kOnNothing };  // the answer
  template <typename Judge>
  void Ask(const std::string& request, Judge judge,
           http::Audience audience = http::Audience::kPublic, Rests rests = Rests::kOnLog,
           std::function<void()> again = nullptr);
  struct Wish {
    int identity = 0;
    std::string slot;
    std::string idempotency;
  };
  void Act();
  void Hold();
  void AskHold(const Wish& wish);
  void AskMove(const std::string& name, const std::string& slot);
  void AskSlots(const OfficeAgenda& agenda);
  void OnBooking(const std::string& name);
  std::string SomeSlot(const OfficeAgenda& agenda, bool any_too);
  const OfficeAgenda& SomeAgenda();
  void Publish(const OfficeAgenda& agenda, int seats, bool keep);
  void LearnSeats();
  Told SlotsOf(const OfficeAgenda& agenda);
  void Snapshot();
  void NoteFault();
  void FillDisk(bool low);
  void Late();
  std::string HolderRequest(const std::string& method, const std::string& name,
                            const std::string& verb, const std::string& key,
                            const std::string& body = "");

  // staff_life.cc
  void AtTheDesk();
  int SomeIdentity();
  int OfFamily(int person);  // -1: of anybody
  const Staff& SomeAgent();
  std::string SomeReservation(bool of_family);
  int OwnerOf(const std::string& reservation);
  static std::string StaffRequest(const Staff& who, const std::string& line,
                                  const std::string& body);
  std::optional<std::string> NoRoom(const Told& told);
  template <typename Judge>
  void AskAsStaff(const Staff& who, const std::string& line, const std::string& body, Judge judge,
                  Rests rests = Rests::kOnLog);
  void AskWho(int identity);
  void AskLink();
  void AskCorrection();
  void AskRepair();
  void AskApproval();
  void AskRecovery(const OfficeAgenda& agenda, int identity);
  void AskActs();
  void AskPass();
  void AskWithoutRight();
  void AskWhoIsWho();

  // receipt_life.cc
  void WithReceipts();
  static std::string Post(const std::string& path, const std::string& body);
  void AskKeys();
  void ReportAttempt(const OfficeAgenda& agenda, int identity);
  void AskReceipt(const Attempted& attempted);
  void ForgeAttempt();
  void VerifySomeReceipt();
  void AskConfirmation(const std::string& name);

  // fair_life.cc, share_life.cc
  void BeginFairly();
  void PublishAllShares();
  const OfficeAgenda& SomeFairAgenda();
  std::string SomeKey(const std::string& of);
  int SomeoneForAShare();
  void Fairly();
  void AskSomebodysSeatInAShare();
  void ComeToTheDesk();
  void AskDesk(const DeskWish& wish);
  void ComeAsAFamily();
  void AskFamily(const DeskAuditor::Family& family);
  std::vector<int> OnePersonTwice() const;
  void LateAsAFamily();
  void RepeatFamily(const std::string& idempotency);
  void AfterTick(bool works);
  Told StatusOf(const OfficeAgenda& agenda);
  std::map<std::string, Told> AllShares();
  void AskShares(const OfficeAgenda& agenda);
  void AskCapacities(const OfficeAgenda& agenda);
  void PublishShares(const OfficeAgenda& agenda, const Shares& file, bool keep);
  void ShiftSomeSeats();
  const Staff& SomeCourtAgent();
  void EnterSomeMandate();
  void SettleSomeMandate();
  void AskMandateApproval(const Staff& who, const std::string& name);
  int VersionOf(const std::string& mandate);
  void AskMandates();
  // waiting_life.cc
  void KeepLists();
  Told Sight(const std::string& path, const std::string& key);
  void PublishLists();
  void TendLists(Instant now, int64_t away_ms, bool frees);
  void InLists();
  void AskPlace();
  void AskJoin(const Waiting::Join& join);
  const Staff& SomeAgentOf(const std::string& agenda);
  template <typename Map, typename Ended>
  std::string SomeName(const Map& map, Ended ended);
  void LeavePlace();
  void AskLeave(const std::string& name);
  void ReadPlace();
  void AskListHold();
  void AskListDesk();
  void OnKept();
  void AskKept(const std::string& name, uint64_t what);
  void AskListSlots();
  void CloseSomeDay();
  void LearnLists();
  void LearnClosing();
  void WaitForOffers();

  // queue_life.cc
  bool HasQueues() const { return agendas_ > kDirectAgendas; }
  const OfficeAgenda& SomeQueue();
  void InQueue();
  void AskStatus(const OfficeAgenda& agenda);
  void AskStatuses();
  Shown SomeTicket(const std::string& agenda, int person);
  void AskTicket(const OfficeAgenda& agenda, int person);
  void AskQueueHold(const OfficeAgenda& agenda, int person, const Shown& shown,
                    const std::string& slot);
  void GiveOrder(const OfficeAgenda& agenda);
  void ImportRoster(const OfficeAgenda& agenda);
  void CheckQueueLog();
  void Overnight();

  const int steps_;
  const bool trace_;
  const size_t agendas_;  // of OfficeAgendas(), the first so many
  const bool fair_;       // with FairAgendas()
  const bool has_lists_;
  Prng prng_;
  Machine machine_;
  Auditor auditor_;
  Trust trust_{auditor_};
  Waiting waiting_{auditor_};
  ReceiptAuditor receipts_{auditor_.reached()};
  ShareAuditor shares_{auditor_};
  DeskAuditor desk_{auditor_, trust_};
  CourtAuditor courts_{auditor_, trust_, shares_};
  Lanes lanes_{auditor_.reached()};
  Crowd crowd_;
  // Those who were refused for load, by when they come again.
  std::multimap<Instant, std::function<void()>> later_;
  bool again_ = false;  // what is asked was refused before
  RunReport report_;
  std::map<uint64_t, uint64_t> acknowledges_;  // number of an answer → position
  std::map<uint64_t, Seated> receipts_due_;    // by number of the answer that will have them
  uint64_t asked_ = 0;                         // number of the latest answer
  std::vector<Wish> wishes_;                   // the latest holds that were asked for
  std::vector<DeskWish> desk_wishes_;
  std::vector<DeskAuditor::Family> families_;
  uint64_t digest_ = 0;
  struct Publishing {
    const OfficeAgenda* agenda = nullptr;
    int seats = 0;
  };
  Publishing publishing_;  // that was not answered
  struct Closing {
    std::string day;
    bool closes = true;
  };
  Closing closing_;  // likewise
  bool publishing_lists_ = false;
  uint64_t asked_before_tick_ = 0;
  SignedLines signed_;
  std::vector<proof::Checkpoint> checkpoints_;  // as somebody else keeps them
  Fault noted_ = Fault::kNone;
  uint64_t looked_past_ = 0;  // the fault after which the log has looked at the disk
  bool disk_low_ = false;
  Instant disk_low_at_;  // the last time that it was
  int64_t slow_ms_ = 0;  // a write takes so long
  int64_t off_ms_ = 0;   // after the next stop
  // What the log said of openings, as it was last read.
  std::vector<codec::OpeningState> logged_openings_;
  Instant last_tick_;
};

}  // namespace creneau::sim
