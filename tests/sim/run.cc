// What happens to the office: time, faults, crashes; and runs from beginning to end.
#include "tests/sim/run.h"

#include <algorithm>

#include "http/text.h"
#include "tests/sim/life.h"
#include "tests/sim/verdict.h"

namespace creneau::sim {
namespace {

// So long into a write, others ask: long enough for new holds to be refused.
constexpr int64_t kStandsMs = limits::kHoldLogMs + 50;

}  // namespace

void Life::TickOnce() {
  const Instant now = machine_.clock.now;
  int64_t away_ms = 0;
  const Instant expected = last_tick_ + limits::kStewardTickMs;
  if (now - expected > limits::kExpiryLagMs) away_ms = now - expected;
  // Who holds is counted only where it matters: this comes often.
  const bool holds =
      away_ms > 0 &&
      (std::any_of(auditor_.book().live.begin(), auditor_.book().live.end(),
                   [&](const auto& one) {
                     return auditor_.book().bookings.at(one.second).state == Booking::State::kHeld;
                   }) ||
       waiting_.AnyAwaits() || waiting_.IsUnsure(now));
  machine_.Tick();
  if (!machine_.failed() && !machine_.disk.dead()) machine_.Keep();
  last_tick_ = machine_.clock.now;
  if (DiskLow()) disk_low_at_ = now;
  Trace("tick, away " + std::to_string(away_ms));
  const bool frees = now - disk_low_at_ > 3'000;
  auditor_.queues().Tick(now, away_ms);
  if (away_ms > 0) AskStatuses();
  if (away_ms > 0) auditor_.NoteOutage(now);
  auditor_.Tick(now, holds ? away_ms : 0, frees);
  if (fair_) AfterTick(frees && away_ms == 0 && slow_ms_ == 0);
  TendLists(now, away_ms, frees);
}

// Time goes by and the steward does its rounds.
void Life::Pass(int64_t ms) {
  const Instant until = machine_.clock.now + ms;
  while (machine_.clock.now < until && !machine_.failed() && !machine_.disk.dead()) {
    // An hour is fourteen thousand rounds in which nothing happens: they are taken wider apart,
    // just below what would be an outage.
    machine_.clock.now = std::min(until, machine_.clock.now + (ms > 60'000 ? 1'200 : 250));
    TickOnce();
  }
}

// The log does its work, and looks at the disk.
void Life::Turn() {
  const uint64_t faults = machine_.disk.faults();
  if (slow_ms_ > 0) {
    machine_.disk.before_durable_write = [this](uint64_t) {
      const int64_t part_ms = std::min(slow_ms_, kStandsMs);
      machine_.clock.now = machine_.clock.now + part_ms;
      Meanwhile();
      machine_.clock.now = machine_.clock.now + (slow_ms_ - part_ms);
    };
  }
  machine_.Turn();
  machine_.disk.before_durable_write = nullptr;
  if (machine_.disk.faults() == faults) looked_past_ = faults;
}

void Life::LeaveAnswers() {
  for (const Machine::Answer& answer : machine_.Leave()) {
    const Told told(answer.wire);
    digest_ = Mix64(digest_ ^ http::Fingerprint(answer.wire));
    const auto at = acknowledges_.find(answer.number);
    Trace("leaves " + std::to_string(answer.number) + ": " + std::to_string(told.status));
    if (told.code == "outcome-unknown") Reach("outcome-unknown");
    if (const auto due = receipts_due_.extract(answer.number); !due.empty() && told.status == 200)
      Complain(receipts_.Confirmation(due.mapped(), told, machine_.clock.now));
    // One reply in sixteen gets lost on the way: the client believes nothing then.
    const bool lost = Below(16) == 0;
    if (at != acknowledges_.end() && told.code != "outcome-unknown" && !lost)
      auditor_.Acknowledge(at->second);
    if (at != acknowledges_.end()) acknowledges_.erase(at);
  }
}

void Life::NoteFault() {
  if (machine_.disk.met() == noted_) return;
  noted_ = machine_.disk.met();
  if (noted_ != Fault::kNone) Reach("met-" + std::string(FaultName(noted_)));
}

// Time goes to just after a hold's deadline, where it has lapsed and the steward has not come.
void Life::Late() {
  for (const auto& [person, name] : auditor_.book().live) {
    const Booking booking = auditor_.book().bookings.at(name);
    const int64_t left_ms = booking.deadline_s * kMsPerSecond + 1'100 - machine_.clock.now.ms;
    if (booking.state != Booking::State::kHeld || left_ms < 0) continue;
    Pass(left_ms);
    if (machine_.failed() || machine_.disk.dead()) return;
    const OfficeAgenda& agenda = AgendaNamed(AgendaOf(booking.slot));
    if (agenda.queue)
      return AskQueueHold(agenda, booking.identity, {booking.idempotency, false}, booking.asked);
    return AskHold({booking.identity, booking.asked, booking.idempotency});
  }
}

// Sooner or later the disk meets it.
void Life::PrepareFault() {
  const Fault fault = static_cast<Fault>(1 + Below(kFaults - 1));
  machine_.disk.FailAt(1 + Below(24), fault, kLosses[Below(std::size(kLosses))]);
}

void Life::AfterFault() {
  NoteSnapshots();
  // Those who wait are told that nobody knows, unless the machine is off.
  if (!machine_.disk.dead()) LeaveAnswers();
  Reach(machine_.disk.dead() ? "down-power-loss" : "down-failed-log");
  machine_.Kill();
  machine_.clock.now = machine_.clock.now + static_cast<int64_t>(Below(120'000));
  Recover();
}

// The machine will be off until the office's Monday has begun and that of UTC has not: attempts are
// counted by the office's week, and acts that wait for a second person get too old.
void Life::OverTheWeekend() {
  constexpr int64_t kWeekMs = 7 * kMsPerDay;
  const int64_t at_ms = (machine_.clock.now.ms + 3 * kMsPerDay) % kWeekMs;  // since Monday
  off_ms_ = (kWeekMs - 40 * kMsPerMinute - at_ms + kWeekMs) % kWeekMs;
  Reach("over-the-weekend");
}

// As SIGTERM does it.
void Life::StopInPeace() {
  Turn();
  LeaveAnswers();
  NoteSnapshots();
  if (machine_.failed() || machine_.disk.dead()) return;
  // Where nothing was read or written since the snapshot that this start began with, nothing is to
  // be signed.
  const bool signs = machine_.engine().log().head().epoch != 0;
  const uint64_t faults = machine_.disk.faults();
  machine_.Stop();
  Reach("stopped");
  const bool undisturbed = !DiskLow() && machine_.disk.faults() == faults;
  if (signs && undisturbed) CollectCheckpoints(/*last=*/true);
  // Without its line, a seal that is read as zeros leaves no trace (wal/FORMAT.md).
  const bool misread = Below(3) == 0;
  if (misread && undisturbed) Misread();
  machine_.clock.now = machine_.clock.now + std::exchange(off_ms_, 0);
  Recover();
}

void Life::FillDisk(bool low) {
  machine_.disk.set_available_bytes(low ? 0 : uint64_t{1} << 30);
  disk_low_ = true;  // whoever asks while the log still writes may be told so either way
  Turn();            // the log has looked at the disk
  disk_low_ = low;
  LeaveAnswers();
}

// One batch of many sectors. Nobody asks a machine that is off: without power a snapshot fails, and
// the log knows nothing of it yet.
void Life::ManyActs() {
  for (int act = 0; act < 20 && !machine_.failed() && !machine_.disk.dead(); ++act) Act();
  if (machine_.disk.dead()) return;
  if (Below(2) == 0) machine_.disk.FailAt(1, Fault::kPowerLoss, Loss::kTorn);
  Turn();
}

// From now on a write takes another time; a very long one, once.
void Life::OnAnotherDisk() {
  static constexpr int64_t kSlowMs[] = {0, 20, 300, 900, 20'000, 110'000};
  slow_ms_ = kSlowMs[Below(std::size(kSlowMs))];
  Reach(slow_ms_ > 10'000 ? "disk-very-slow" : slow_ms_ > 0 ? "disk-slow" : "disk-quick");
  Act();
  const bool off = machine_.disk.dead();
  if (!off) Turn();
  if (slow_ms_ > 900 || machine_.failed() || off) slow_ms_ = 0;
  if (!off) LeaveAnswers();
}

void Life::Step() {
  machine_.clock.now = machine_.clock.now + static_cast<int64_t>(Below(200));
  // The steward is in time, but for standstills.
  if (machine_.clock.now - last_tick_ >= limits::kStewardTickMs) TickOnce();
  // What was admitted in a round that did not become durable is told to nobody: nor to the auditor.
  if (machine_.failed() || machine_.disk.dead()) {
    NoteFault();
    return AfterFault();
  }
  Crowds();
  const uint64_t what = Below(1000);
  // Somebody makes room before long.
  if (disk_low_ && what % 40 == 0) {
    FillDisk(false);
  } else if (what < 780) {
    Act();
  } else if (what < 930) {
    Turn();
    LeaveAnswers();
  } else if (what < 980) {
    Pass(static_cast<int64_t>(Below(2'000)));
  } else if (what < 986) {
    Pass(static_cast<int64_t>(Below(400'000)));
  } else if (what < 987) {
    Late();
  } else if (what < 988) {
    ManyActs();
  } else if (what < 989 && HasQueues() && Below(3) != 0) {
    Overnight();
    if (machine_.up()) return;
  } else if (what < 989) {
    Pass(static_cast<int64_t>(Below(26)) * kMsPerHour);
  } else if (what < 992) {
    machine_.clock.now = machine_.clock.now + static_cast<int64_t>(Below(90'000));
    TickOnce();
  } else if (what < 994) {
    FillDisk(!disk_low_);
  } else if (what < 997) {
    PrepareFault();
  } else if (what < 998) {
    Reach("killed");
    machine_.Kill();
    Recover();
  } else if (what < 999) {
    if (Below(4) == 0) OverTheWeekend();
    StopInPeace();
    if (machine_.up()) return;
  } else if (Below(2) == 0) {
    CheckLog();
  } else {
    OnAnotherDisk();
  }
  NoteFault();
  if (Fine() && machine_.up() && (machine_.failed() || machine_.disk.dead())) AfterFault();
}

RunReport Life::Live() {
  Start();
  AskKeys();
  for (size_t i = 0; i < agendas_ && Fine(); ++i) Publish(OfficeAgendas()[i], 2, false);
  PublishAllShares();
  if (has_lists_ && Fine()) PublishLists();
  if (HasQueues() && Fine()) ImportRoster(OfficeAgendas().back());
  for (report_.step = 0; report_.step < steps_ && Fine(); ++report_.step) Step();
  if (Fine()) {
    machine_.Kill();
    Recover();
  }
  if (Fine()) CheckLog();
  if (Fine()) AskStatuses();
  report_.reached = auditor_.reached();
  static constexpr char kHex[] = "0123456789abcdef";
  for (int shift = 60; shift >= 0; shift -= 4) report_.digest += kHex[digest_ >> shift & 15];
  return report_;
}

CrashReport Life::LiveAndCrash(const CrashOptions& options) {
  machine_.disk.FailAt(options.at_call, Fault::kPowerLoss, options.loss);
  // A start that the power ends can only be tried again.
  if (const absl::Status started = machine_.Start(); !started.ok() && !machine_.disk.dead())
    Complain(std::string(started.message()));
  last_tick_ = machine_.clock.now;
  AskKeys();
  for (size_t i = 0; i < agendas_; ++i) {
    if (machine_.up() && !machine_.disk.dead()) Publish(OfficeAgendas()[i], 2, false);
  }
  PublishAllShares();
  if (has_lists_ && machine_.up() && !machine_.disk.dead()) PublishLists();
  for (int act = 0; act < options.acts && Fine() && !machine_.disk.dead(); ++act) {
    machine_.clock.now = machine_.clock.now + static_cast<int64_t>(Below(40));
    // A day on which the machine stood still: holds are made good for it, and what cooled is free.
    if (act % 50 == 49) {
      machine_.clock.now = machine_.clock.now + 25 * kMsPerHour;
      TickOnce();
      machine_.clock.now = machine_.clock.now + 2 * limits::kStewardTickMs;
      TickOnce();
    }
    if (machine_.disk.dead()) break;
    if (act % 60 == 59) {
      Snapshot();
    } else if (options.lists) {
      InLists();
    } else if (act % 5 == 4) {
      AtTheDesk();
    } else if (options.fairly && act % 5 != 2) {
      Fairly();
    } else {
      Act();
    }
    if (Below(2) != 0) Turn();
    if (!machine_.disk.dead()) LeaveAnswers();
    if (machine_.clock.now - last_tick_ >= limits::kStewardTickMs) TickOnce();
  }
  CrashReport report;
  report.reached = auditor_.reached();
  report.crashed = machine_.disk.dead();
  if (!report.crashed || !Fine()) {
    report.violation = report_.violation;
    return report;
  }
  if (machine_.up()) machine_.Kill();
  machine_.disk.Forget();
  if (options.at_recovery_call > 0) {
    machine_.disk.FailAt(options.at_recovery_call, Fault::kPowerLoss, options.loss);
    const absl::Status started = machine_.Start();
    report.crashed_again = machine_.disk.dead();
    if (!started.ok() && !report.crashed_again) Complain(std::string(started.message()));
    if (machine_.up()) machine_.Kill();
    machine_.disk.Forget();
  }
  // Three starts, one answer.
  for (int start = 0; start < 3 && Fine(); ++start) {
    if (machine_.up()) machine_.Kill();
    acknowledges_.clear();
    receipts_due_.clear();
    Start();
    Compare();
  }
  AskWhoIsWho();
  if (Fine()) CheckLog();
  report.violation = report_.violation;
  return report;
}

CrashReport RunAndCrash(const CrashOptions& options) {
  const uint64_t kind = options.lists ? 3 : options.fairly ? 2 : 0;
  return Life({4 * options.seed + kind, 0, false, options.lists}).LiveAndCrash(options);
}

RunReport Run(const RunOptions& options) { return Life(options).Live(); }

}  // namespace creneau::sim
