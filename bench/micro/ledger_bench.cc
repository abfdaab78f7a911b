// How many hold + confirm pairs a second the ledger does, beside its simple twin: a mutex per
// agenda around a hash map, an ordered map of free seats and a queue of deadlines. Both give the
// earliest seat to a subject that never came before and confirm it under its name, on one large
// agenda and on 100 small ones, with one thread and two. Neither writes a log: events go to a sink
// that counts them.
//
//   bench_ledger            the figures
//   bench_ledger --tiny     a quick run that only shows that it works (for the test suite)
//
// Each run checks its own result: as many confirmed seats as were asked for, one owner each, all
// invariants. A wrong one ends with exit 1.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <queue>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "base/prng.h"
#include "ledger/ledger.h"

namespace creneau {
namespace {

constexpr uint64_t kSeed = 1;
constexpr Instant kNow{1'796'083'200'000};  // 2026-12-01T00:00:00Z
constexpr Instant kDeadline{kNow.ms + 300 * kMsPerSecond};
constexpr Instant kForever{int64_t{1} << 42};
constexpr uint8_t kSeatsPerSlot = 8;

Subject SubjectNumber(uint64_t number) { return Subject{Mix64(kSeed + number), Mix64(~number)}; }

[[noreturn]] void Wrong(const std::string& what) {
  std::fprintf(stderr, "bench_ledger: wrong result: %s\n", what.c_str());
  std::exit(1);
}

class CountingSink final : public ledger::EventSink {
 public:
  void Push(const ledger::Event&) override { ++pushed; }
  void PushParty(const ledger::PartyHeld&) override { ++pushed; }
  uint64_t pushed = 0;
};

// The engine's ledger with `agendas` calendars of `slots` slots each.
class LockFree {
 public:
  LockFree(uint32_t agendas, uint32_t slots) : agendas_(agendas) {
    for (uint32_t a = 1; a <= agendas; ++a) {
      std::vector<ledger::SlotTarget> targets;
      targets.reserve(slots);
      for (uint32_t s = 0; s < slots; ++s) {
        const auto minute = static_cast<int32_t>(s);
        targets.push_back({LocalMinute{minute},
                           kNow + kMsPerDay + minute * kMsPerMinute,
                           1,
                           {kSeatsPerSlot, 0, 0, 0, 0}});
      }
      ledger_.Apply(ledger_.Plan(AgendaId{a}, 1, targets, Instant{}).change);
    }
  }

  class Client {
   public:
    explicit Client(LockFree& world, uint64_t seed) : world_(world), prng_(seed) {}
    bool HoldAndConfirm(uint32_t agenda, const Subject& subject) {
      ledger::HoldArgs args{
          AgendaId{agenda + 1}, Channel::kWeb, std::nullopt, kNow, kForever, subject,
          subject.lo,           kDeadline,     prng_.Next()};
      const ledger::Result held = world_.ledger_.Hold(args, sink_);
      if (held.outcome != Outcome::kOk) return false;
      return world_.ledger_.Confirm(held.seat.origin, kNow, sink_).outcome == Outcome::kOk;
    }

   private:
    LockFree& world_;
    Prng prng_;
    CountingSink sink_;
  };

  // Confirmed seats; ends the program if any rule is broken. CheckInvariants asks each seat's
  // subject for its one seat.
  uint64_t Check() {
    if (const absl::Status status = ledger_.CheckInvariants(); !status.ok())
      Wrong(std::string(status.message()));
    uint64_t confirmed = 0;
    for (uint32_t a = 1; a <= agendas_; ++a)
      confirmed += ledger_.Count(AgendaId{a}, kNow)[0].confirmed;
    return confirmed;
  }

 private:
  uint32_t agendas_;
  ledger::Ledger ledger_;
};

// What one would write first, and which does the same: the earliest free seat in a range of starts,
// one live reservation a subject, generations, deadlines for the steward, a count of live holds,
// and every transition as an event, in order, before anybody can build on it.
class MutexTwin {
 public:
  MutexTwin(uint32_t agendas, uint32_t slots) : agendas_(agendas) {
    uint32_t next_seat = 0;
    for (auto& agenda : agendas_) {
      agenda = std::make_unique<Agenda>();
      agenda->first_seat = next_seat;
      agenda->seats.resize(size_t{slots} * kSeatsPerSlot);
      agenda->by_subject.reserve(agenda->seats.size());  // as the ledger's index is at publication
      for (uint32_t s = 0; s < slots; ++s) {
        std::vector<uint32_t>& free = agenda->open[kNow + kMsPerDay + s * kMsPerMinute];
        for (uint32_t n = 0; n < kSeatsPerSlot; ++n) free.push_back(s * kSeatsPerSlot + n);
      }
      next_seat += slots * kSeatsPerSlot;
    }
  }

  class Client {
   public:
    explicit Client(MutexTwin& world, uint64_t) : world_(world) {}
    bool HoldAndConfirm(uint32_t agenda, const Subject& subject) {
      const auto name = world_.Hold(*world_.agendas_[agenda], subject, sink_);
      return name && world_.Confirm(*world_.agendas_[agenda], *name, sink_);
    }

   private:
    MutexTwin& world_;
    CountingSink sink_;
  };

  uint64_t Check() {
    uint64_t confirmed = 0;
    for (const auto& agenda : agendas_) {
      if (agenda->live_holds != 0) Wrong("holds that nobody has");
      for (uint32_t i = 0; i < agenda->seats.size(); ++i) {
        const Seat& seat = agenda->seats[i];
        if (seat.word.state() != ledger::SeatState::kConfirmed) continue;
        ++confirmed;
        const auto at = agenda->by_subject.find(Key(seat.subject));
        if (at == agenda->by_subject.end() || at->second != i) Wrong("a seat is not its subject's");
      }
    }
    return confirmed;
  }

 private:
  using Pair = std::pair<uint64_t, uint64_t>;
  using Due = std::pair<uint32_t, uint32_t>;  // deadline, seat
  struct Seat {
    ledger::SeatWord word;
    Subject subject;
    uint64_t idempotency = 0;
  };
  struct Agenda {
    std::mutex mutex;
    uint32_t first_seat = 0;
    std::vector<Seat> seats;
    std::map<Instant, std::vector<uint32_t>> open;  // slots with free seats, by start
    absl::flat_hash_map<Pair, uint32_t> by_subject;
    std::priority_queue<Due, std::vector<Due>, std::greater<>> due;
    uint64_t live_holds = 0;
  };

  static Pair Key(const Subject& subject) { return {subject.lo, subject.hi}; }

  static void Tell(const Agenda& agenda, uint32_t number, ledger::EventSink& sink) {
    const Seat& seat = agenda.seats[number];
    sink.Push(ledger::Event(ledger::SeatImage{SeatId{agenda.first_seat + number}, seat.word,
                                              seat.subject, seat.idempotency}));
  }

  std::optional<SeatRef> Hold(Agenda& agenda, const Subject& subject, ledger::EventSink& sink) {
    const std::lock_guard lock(agenda.mutex);
    if (agenda.by_subject.contains(Key(subject))) return std::nullopt;
    const auto slot = agenda.open.lower_bound(kNow);
    if (slot == agenda.open.end() || slot->first > kForever) return std::nullopt;
    const uint32_t number = slot->second.back();
    slot->second.pop_back();
    if (slot->second.empty()) agenda.open.erase(slot);
    Seat& seat = agenda.seats[number];
    seat = Seat{seat.word.NextGeneration()
                    .With(ledger::SeatState::kHeld)
                    .WithDeadline(ledger::DeadlineOf(kDeadline)),
                subject, subject.lo};
    agenda.by_subject.emplace(Key(subject), number);
    agenda.due.emplace(seat.word.deadline_s(), number);
    ++agenda.live_holds;
    Tell(agenda, number, sink);
    return SeatRef{SeatId{agenda.first_seat + number}, seat.word.generation()};
  }

  bool Confirm(Agenda& agenda, SeatRef name, ledger::EventSink& sink) {
    const std::lock_guard lock(agenda.mutex);
    const uint32_t number = name.seat.value - agenda.first_seat;
    Seat& seat = agenda.seats[number];
    if (seat.word.generation() != name.generation ||
        seat.word.state() != ledger::SeatState::kHeld ||
        kNow > ledger::InstantOfDeadline(seat.word.deadline_s()))
      return false;
    seat.word = seat.word.NextStep().With(ledger::SeatState::kConfirmed).WithDeadline(0);
    --agenda.live_holds;
    Tell(agenda, number, sink);
    return true;
  }

  std::vector<std::unique_ptr<Agenda>> agendas_;
};

// Thread 0 builds before the threads start together and checks after they have all stopped.
template <typename World>
void HoldConfirm(benchmark::State& state) {
  static std::unique_ptr<World> world;
  const auto agendas = static_cast<uint32_t>(state.range(0));
  const auto slots = static_cast<uint32_t>(state.range(1));
  if (state.thread_index() == 0) world = std::make_unique<World>(agendas, slots);
  const auto me = static_cast<uint64_t>(state.thread_index());
  Prng prng(kSeed + me);
  std::unique_ptr<typename World::Client> client;
  uint64_t refused = 0;
  uint64_t number = me << 40;
  for (auto _ : state) {
    if (!client) client = std::make_unique<typename World::Client>(*world, kSeed + me);
    const auto agenda = static_cast<uint32_t>(prng.Below(agendas));
    if (!client->HoldAndConfirm(agenda, SubjectNumber(++number))) ++refused;
  }
  state.SetItemsProcessed(state.iterations());
  if (refused != 0) Wrong(std::to_string(refused) + " refused though there were seats for all");
  if (state.thread_index() != 0) return;
  const uint64_t confirmed = world->Check();
  const auto asked =
      static_cast<uint64_t>(state.iterations()) * static_cast<uint64_t>(state.threads());
  if (confirmed != asked)
    Wrong(std::to_string(confirmed) + " confirmed of " + std::to_string(asked));
  state.counters["confirmed"] = static_cast<double>(confirmed);
  world.reset();
}

template <typename World>
void Register(const char* name, int64_t pairs) {
  for (const int64_t agendas : {1, 100}) {
    // Seats for half as many again: random agendas are not filled evenly.
    const int64_t slots = pairs * 3 / 2 / kSeatsPerSlot / agendas + 64;
    for (const int threads : {1, 2}) {
      benchmark::RegisterBenchmark(name, HoldConfirm<World>)
          ->Args({agendas, slots})
          ->ArgNames({"agendas", "slots_each"})
          ->Threads(threads)
          ->Iterations(pairs / threads)
          ->UseRealTime();
    }
  }
}

}  // namespace
}  // namespace creneau

int main(int argc, char** argv) {
  const auto tiny =
      std::find_if(argv, argv + argc, [](const char* a) { return std::strcmp(a, "--tiny") == 0; });
  int64_t pairs = 2'000'000;
  if (tiny != argv + argc) {
    pairs = 2'000;
    std::rotate(tiny, tiny + 1, argv + argc);
    --argc;
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::AddCustomContext(
      "does", std::to_string(pairs) + " hold + confirm pairs a run, by subjects that come once");
  benchmark::AddCustomContext("compiler", __VERSION__);
  benchmark::AddCustomContext("seed", std::to_string(creneau::kSeed));
  creneau::Register<creneau::LockFree>("ledger/hold_confirm", pairs);
  creneau::Register<creneau::MutexTwin>("twin/hold_confirm", pairs);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
