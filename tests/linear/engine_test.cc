// Histories through the whole engine: what is recorded is what was acknowledged, after the log had
// it. Several threads ask and wait for the durable answer; at some moment the disk takes nothing
// more, which is the end of that process: whoever waits then gets no answer, and what was asked may
// have happened or not. Another engine starts on what the disk has, and the history goes on. It is
// checked by subject and by slot, over the ends of all processes.
//
//     test_linear_engine [--histories N] [--seed N]
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <map>
#include <mutex>
#include <thread>

#include "absl/strings/str_replace.h"
#include "base/prng.h"
#include "tests/booking/fixture.h"
#include "tests/linear/flaw.h"
#include "tests/wal/memory_files.h"

namespace creneau::linear {
namespace {

using booking::Engine;
using booking::ReservationAnswer;

constexpr int kThreads = 3;
constexpr int kOperations = 6;  // of each thread in each process
constexpr int kProcesses = 3;
constexpr Size kSize{3, 3, 4};
constexpr const char* kSlots[] = {"2026-12-01T09:00", "2026-12-01T09:30", "2026-12-01T10:00"};

struct Known {
  int who;
  SeatRef id;  // the number under which the history has the name
  booking::Reservation reservation;
};

class World {
 public:
  explicit World(uint64_t seed) : prng_(seed) {
    Start();
    booking::PublishRequest request;
    const std::string body = absl::StrReplaceAll(
        booking::AgendaToml("93-titres", "", "{ web = 3, desk = 1 }"),
        {{"until = 2026-12-31", "until = 2026-12-01"}, {"09:00-12:00", "09:00-10:30"}});
    request.name = "93-titres";
    request.body = body;
    const booking::PublishAnswer answer = engine_->Publish(request, booking::kTester);
    if (answer.outcome == Outcome::kOk) return;
    wrong = "the agenda was refused";
    for (const auto& error : answer.errors) wrong += ": " + error.message;
  }

  History Run() {
    for (int process = 0; process < kProcesses && wrong.empty(); ++process) {
      const uint64_t end = stamps_.load() + 6 + prng_.Below(2 * kThreads * kOperations);
      std::vector<std::thread> threads;
      for (int thread = 0; thread < kThreads; ++thread) {
        const uint64_t seed = prng_.Next();
        threads.emplace_back([this, thread, seed] { Visit(thread, seed); });
      }
      if (process + 1 < kProcesses) {
        while (stamps_.load() < end && at_work_.load() > 0) std::this_thread::yield();
        const std::lock_guard lock(disk_.mutex);
        disk_.fail_at = 1;  // nothing is written any more
      }
      for (std::thread& thread : threads) thread.join();
      at_work_.store(kThreads);
      if (process + 1 < kProcesses) Restart();
    }
    if (wrong.empty()) AskAll();
    engine_.reset();
    std::sort(history_.begin(), history_.end(),
              [](const Operation& a, const Operation& b) { return a.called < b.called; });
    return history_;
  }

  std::string wrong;  // what is no matter of histories
  int lost = 0;

 private:
  void Start() {
    booking::EngineOptions options;
    options.data = "data";
    options.keys = "keys";
    options.segment_bytes = limits::kMinSegmentBytes;
    options.steward_thread = false;
    auto opened = Engine::Open(options, disk_, clock_, entropy_, [](const absl::Status&) {});
    if (!opened.ok()) {
      wrong = opened.status().ToString();
      return;
    }
    engine_ = *std::move(opened);
  }

  void Restart() {
    engine_.reset();
    const uint64_t crash = stamps_.fetch_add(1);
    for (Operation& o : history_) {
      if (!o.lost || o.returned != kNever) continue;
      o.returned = crash;
      ++lost;
    }
    disk_.fail_at = 0;
    Start();
  }

  // One thread's life in one process: it ends when an answer does not come.
  void Visit(int thread, uint64_t seed) {
    Prng prng(seed);
    booking::Act act(pools_[static_cast<size_t>(thread)], engine_->log());
    for (int i = 0; i < kOperations; ++i) {
      Operation o;
      o.thread = thread;
      o.who = static_cast<int>(prng.Below(static_cast<uint64_t>(kSize.people)));
      o.slot = static_cast<int>(prng.Below(static_cast<uint64_t>(kSize.slots)));
      std::optional<Known> known = NameOf(o.who, prng);
      static constexpr Verb kVerbs[] = {Verb::kHold,   Verb::kHold, Verb::kHold, Verb::kConfirm,
                                        Verb::kExtend, Verb::kMove, Verb::kMove, Verb::kCancel,
                                        Verb::kCancel, Verb::kLook};
      o.verb = known ? kVerbs[prng.Below(std::size(kVerbs))] : Verb::kHold;
      if (o.verb == Verb::kHold && prng.Below(3) == 0) o.slot = -1;
      if (!Ask(o, known, act, prng.Below(2) == 0)) break;
    }
    at_work_.fetch_sub(1);
  }

  std::optional<Known> NameOf(int who, Prng& prng) {
    const std::lock_guard lock(mutex_);
    std::vector<const Known*> theirs;
    for (const Known& one : known_) {
      if (one.who == who) theirs.push_back(&one);
    }
    if (theirs.empty()) return std::nullopt;
    // Mostly the newest.
    const size_t i = prng.Below(4) == 0 ? prng.Below(theirs.size()) : theirs.size() - 1;
    return *theirs[i];
  }

  ReservationAnswer Call(const Operation& o, const std::optional<Known>& known, booking::Act& act,
                         bool with_key) {
    act.Begin();
    if (o.verb == Verb::kHold) {
      const std::string dossier = "FILE" + std::to_string(o.who);
      const std::string key = "0123456789abcdefghijkl" + std::to_string(o.who);
      booking::HoldRequest request;
      request.agenda = "93-titres";
      request.applicant.fields[static_cast<size_t>(rules::IdentityField::kDossier)] = dossier;
      request.applicant.fields[static_cast<size_t>(rules::IdentityField::kBirthDate)] =
          "1990-05-17";
      if (o.slot >= 0) request.slot = ParseLocalMinute(kSlots[o.slot]);
      if (with_key) request.idempotency_key = key;
      request.body_hash = 1;
      return engine_->Hold(act, request, clock_.now);
    }
    const booking::HolderRequest holder{known->reservation.name.view(),
                                        known->reservation.key.view()};
    switch (o.verb) {
      case Verb::kConfirm:
        return engine_->Confirm(act, holder, clock_.now);
      case Verb::kExtend:
        return engine_->Extend(act, holder, clock_.now);
      case Verb::kCancel:
        return engine_->Cancel(act, holder, clock_.now);
      case Verb::kMove:
        return engine_->Move(act, holder, *ParseLocalMinute(kSlots[o.slot]), clock_.now);
      default:
        return engine_->Read(act, holder, clock_.now);
    }
  }

  // False: no answer came.
  bool Ask(Operation o, const std::optional<Known>& known, booking::Act& act, bool with_key) {
    if (known) o.name = known->id;
    booking::BlockingWait wait;
    o.called = stamps_.fetch_add(1);
    const ReservationAnswer answer = Call(o, known, act, with_key);
    o.lost = !wait.Finish(act);
    if (!o.lost) o.returned = stamps_.fetch_add(1);
    const std::lock_guard lock(mutex_);
    if (!o.lost) Write(answer, o);
    history_.push_back(o);
    return !o.lost;
  }

  void Write(const ReservationAnswer& answer, Operation& o) {
    o.outcome = answer.outcome;
    o.repeated = answer.outcome == Outcome::kOk && answer.existed;
    if (answer.outcome != Outcome::kOk) return;
    const booking::Reservation& told = answer.reservation;
    const auto id = ids_.emplace(std::string(told.name.view()), ids_.size() + 1).first->second;
    Shown& shown = o.shown;
    shown.any = true;
    shown.who = o.who;
    shown.timed = false;
    shown.name = SeatRef{SeatId{static_cast<uint32_t>(id)}, Generation{1}};
    for (int slot = 0; slot < kSize.slots; ++slot) {
      if (told.slot == *ParseLocalMinute(kSlots[slot])) shown.slot = slot;
    }
    const ledger::SeatState state =
        told.state == booking::ReservationState::kHeld      ? ledger::SeatState::kHeld
        : told.state == booking::ReservationState::kOffered ? ledger::SeatState::kOffered
        : told.state == booking::ReservationState::kConfirmed
            ? ledger::SeatState::kConfirmed
            : ledger::SeatState::kCoolingCancelled;
    shown.word = ledger::SeatWord()
                     .With(state)
                     .WithExtended(told.extended)
                     .WithMoves(limits::kMaxMoves - static_cast<uint32_t>(told.moves_left));
    const auto same = [&](const Known& one) { return one.id == shown.name; };
    if (std::none_of(known_.begin(), known_.end(), same))
      known_.push_back({o.who, shown.name, told});
  }

  // When all is quiet: what every name stands for, and how many seats strangers still get.
  void AskAll() {
    booking::Act act(pools_[0], engine_->log());
    Operation o;
    o.thread = -1;
    for (const Known& known : std::vector<Known>(known_)) {
      o.verb = Verb::kLook;
      o.who = known.who;
      Ask(o, known, act, false);
    }
    o.verb = Verb::kHold;
    o.who = kSize.people;
    for (o.slot = 0; o.slot < kSize.slots; ++o.slot) {
      do {
        ++o.who;
        Ask(o, std::nullopt, act, false);
      } while (history_.back().outcome == Outcome::kOk);
    }
    const absl::Status status = engine_->CheckInvariants();
    if (!status.ok()) wrong = std::string(status.message());
  }

  Prng prng_;
  wal::MemoryFiles disk_;
  booking::ManualClock clock_;
  env::PosixEntropy entropy_;
  // One for each thread. A log that has failed may still read what it refused to wait for: they end
  // after it.
  std::array<booking::CommitPool, kThreads> pools_;
  std::unique_ptr<Engine> engine_;
  std::atomic<uint64_t> stamps_{1};
  std::atomic<int> at_work_{kThreads};
  std::mutex mutex_;  // guards what follows
  std::vector<Known> known_;
  std::map<std::string, size_t> ids_;
  History history_;
};

int Run(uint64_t first, uint64_t histories) {
  Tally tally;
  int lost = 0;
  for (uint64_t seed = first; seed < first + histories; ++seed) {
    World world(seed);
    const History history = world.Run();
    lost += world.lost;
    std::string flaw = world.wrong;
    if (flaw.empty()) flaw = Flaw(history, kSize, Place::kUnknown, &tally);
    if (flaw.empty()) continue;
    std::printf("seed %llu: %s\nagain: --seed %llu --histories 1\n",
                static_cast<unsigned long long>(seed), flaw.c_str(),
                static_cast<unsigned long long>(seed));
    return 1;
  }
  std::printf("%s; %d operations without an answer\n", tally.Told().c_str(), lost);
  return lost > 0 && tally.given_up == 0 ? 0 : 1;
}

}  // namespace
}  // namespace creneau::linear

int main(int argc, char** argv) {
  uint64_t first = 1;
  uint64_t histories = 100;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (std::strcmp(argv[i], "--seed") == 0) first = std::stoull(argv[i + 1]);
    if (std::strcmp(argv[i], "--histories") == 0) histories = std::stoull(argv[i + 1]);
  }
  return creneau::linear::Run(first, histories);
}
