#include "tests/linear/recorder.h"

#include <algorithm>

#include "base/check.h"
#include "base/prng.h"
#include "tests/ledger/world.h"
#include "tests/linear/hesitant.h"

namespace creneau::linear {
namespace {

constexpr int kPublications = 2;

// Gives way before and after its push now and then: there a seat's mark stands and others must
// help.
class HesitantSink final : public ledger::EventSink {
 public:
  void Push(const ledger::Event&) override {
    Hesitate();
    Hesitate();
  }
  void PushParty(const ledger::PartyHeld&) override {
    Hesitate();
    Hesitate();
  }
};

Instant Second(uint64_t s) { return ledger::kStart + static_cast<int64_t>(s) * kMsPerSecond; }

Verb RandomVerb(Prng& prng) {
  static constexpr Verb kVerbs[] = {
      Verb::kHold,   Verb::kHold,     Verb::kHold,    Verb::kHold,    Verb::kHold,  Verb::kConfirm,
      Verb::kExtend, Verb::kCancel,   Verb::kCancel,  Verb::kMove,    Verb::kMove,  Verb::kMove,
      Verb::kLook,   Verb::kFind,     Verb::kExpire,  Verb::kExpire,  Verb::kFree,  Verb::kFree,
      Verb::kFree,   Verb::kLengthen, Verb::kAside,   Verb::kAside,   Verb::kAside, Verb::kOffer,
      Verb::kOffer,  Verb::kOffer,    Verb::kUnaside, Verb::kDisplace};
  return kVerbs[prng.Below(std::size(kVerbs))];
}

// What is asked. Holds end after 2 seconds or much later, requests come in the first three, cooling
// is over at once or soon, the steward comes towards the end: within a few operations a seat can
// have gone all the way round.
Operation Draw(Prng& prng, const Size& size) {
  Operation o;
  o.verb = RandomVerb(prng);
  o.who = static_cast<int>(prng.Below(static_cast<uint64_t>(size.people)));
  o.now = Second(prng.Below(4));
  o.by_ms = 2'000;
  const auto slots = static_cast<uint64_t>(size.slots);
  switch (o.verb) {
    case Verb::kHold:
      o.slot = prng.Below(3) == 0 ? -1 : static_cast<int>(prng.Below(slots));
      o.until = Second(prng.Below(2) == 0 ? 2 : 60);
      o.by_ms = static_cast<int64_t>(prng.Below(64));
      if (prng.Below(4) == 0) o.seats = 2;
      break;
    case Verb::kDisplace:
      o.offered = Second(prng.Below(2) == 0 ? 3 : 60);
      [[fallthrough]];
    case Verb::kMove:
      o.slot = static_cast<int>(prng.Below(slots));
      o.until = Second(1 + prng.Below(3));
      o.by_ms = static_cast<int64_t>(prng.Below(64));
      break;
    case Verb::kCancel:
      o.until = Second(1 + prng.Below(3));
      break;
    case Verb::kExpire:
    case Verb::kFree:
    case Verb::kLengthen:
    case Verb::kAside:
    case Verb::kUnaside:
    case Verb::kOffer:
      if (o.verb != Verb::kOffer) o.who = -1;
      o.seat = SeatId{static_cast<uint32_t>(prng.Below(slots) * kSeatsPerBlock +
                                            prng.Below(static_cast<uint64_t>(size.seats)))};
      o.now = Second(2 + prng.Below(3));
      o.until = Second(1 + prng.Below(4));
      if (o.verb == Verb::kOffer) o.slot = SlotOf(o.seat);
      break;
    default:
      break;
  }
  return o;
}

bool NeedsName(Verb verb) {
  return verb == Verb::kConfirm || verb == Verb::kExtend || verb == Verb::kCancel ||
         verb == Verb::kMove || verb == Verb::kLook || verb == Verb::kDisplace;
}

}  // namespace

struct Recorder::Office {
  explicit Office(const Scene& scene_in) : scene(scene_in) {
    HesitantSink sink;
    std::vector<ledger::CalendarChange> changes;
    std::vector<ledger::SlotTarget> targets(static_cast<size_t>(scene.size.slots));
    for (int slot = 0; slot < scene.size.slots; ++slot)
      targets[static_cast<size_t>(slot)] = At(slot, scene.size.seats);
    ledger::Publish(ledger, targets, 1, sink, changes);
    Prng prng(scene.seed);
    asked.resize(static_cast<size_t>(scene.threads));
    for (History& of_thread : asked) {
      for (int i = 0; i < scene.operations; ++i) of_thread.push_back(Draw(prng, scene.size));
      done.emplace_back();
      done.back().reserve(2 * static_cast<size_t>(scene.operations));  // a family's are two
    }
    done.emplace_back();
    done.back().reserve(64);
  }

  static ledger::SlotTarget At(int slot, int seats) {
    return ledger::Target(slot * 20, {static_cast<uint8_t>(seats), 0, 0, 0, 0});
  }

  uint64_t Stamp() { return stamps.fetch_add(1); }

  void Do(Operation& o, int thread, Desk& desk) {
    o.thread = thread;
    if (NeedsName(o.verb)) {
      // Mostly the newest name of that person; now and then the one before it.
      const auto& known = names[static_cast<size_t>(o.who)];
      const uint64_t bits = known[o.by_ms % 4 == 1 ? 1 : 0].load();
      if (bits == 0) {
        o.verb = Verb::kFind;
      } else {
        o.name = ledger::IndexValue(bits).ref();
      }
    }
    o.called = Stamp();
    desk.Do(o);
    o.returned = Stamp();
    Learn(o);
  }

  void Learn(const Operation& o) {
    const bool tells = o.verb == Verb::kHold || o.verb == Verb::kOffer;
    if (!o.shown.any || !tells || o.shown.who >= scene.size.people) return;
    auto& known = names[static_cast<size_t>(o.shown.who)];
    const uint64_t bits = ledger::IndexValue(o.shown.name).bits();
    if (known[0].load() != bits) known[1].store(known[0].exchange(bits));
  }

  // Those of a family's hold that say something.
  void Together(const Operation& what, int thread, Desk& desk, History& mine) {
    History each(static_cast<size_t>(what.seats), what);
    const uint64_t called = Stamp();
    for (size_t i = 0; i < each.size(); ++i) {
      each[i].who = (what.who + static_cast<int>(i)) % scene.size.people;
      each[i].thread = thread;
      each[i].called = called;
    }
    desk.Together(each);
    const uint64_t returned = Stamp();
    for (Operation& o : each) {
      o.returned = returned;
      if (o.outcome == Outcome::kAlreadyReserved && !o.shown.any) continue;
      Learn(o);
      mine.push_back(o);
    }
  }

  void Run(int thread) {
    HesitantSink sink;
    Desk desk(ledger, sink, scene.lie);
    History& mine = done[static_cast<size_t>(thread)];
    if (thread == scene.threads) return Publish(mine, thread, desk);
    for (const Operation& what : asked[static_cast<size_t>(thread)]) {
      if (what.seats > 1) {
        Together(what, thread, desk, mine);
        continue;
      }
      mine.push_back(what);
      Do(mine.back(), thread, desk);
    }
  }

  // Calendars with fewer seats, or without a slot; never with more than there were at first.
  void Publish(History& mine, int thread, Desk& desk) {
    Prng prng(~scene.seed);
    for (uint32_t version = 2; version < 2 + kPublications; ++version) {
      Operation o;
      o.verb = Verb::kPublish;
      o.thread = thread;
      std::vector<ledger::SlotTarget> targets;
      for (int slot = 0; slot < scene.size.slots; ++slot) {
        if (prng.Below(3) == 0) continue;
        o.listed |= 1u << slot;
        targets.push_back(
            At(slot, static_cast<int>(prng.Below(static_cast<uint64_t>(scene.size.seats) + 1))));
      }
      const auto plan = ledger.Plan(ledger::kAgenda, version, targets, ledger::kStart);
      for (const ledger::SlotChange& change : plan.change.slots) CHECK(change.fresh[0] == 0);
      o.called = Stamp();
      ledger.Apply(plan.change);
      o.returned = Stamp();
      mine.push_back(o);
      for (int slot = 0; slot < scene.size.slots; ++slot) {
        Operation trim;
        trim.verb = Verb::kTrim;
        trim.slot = slot;
        mine.push_back(trim);
        Do(mine.back(), thread, desk);
      }
    }
  }

  // What is asked when all is quiet: who has what, under every name, and what is left.
  void AskAll(History& history) {
    HesitantSink sink;
    Desk desk(ledger, sink, Lie::kNone);
    std::vector<std::pair<int, SeatRef>> given;
    for (const Operation& o : history) {
      const bool gives = o.verb == Verb::kHold || o.verb == Verb::kOffer;
      if (!gives || o.outcome != Outcome::kOk) continue;
      given.emplace_back(o.who, o.shown.name);
    }
    const auto ask = [&](Verb verb, int who, int slot, SeatRef name) {
      Operation o;
      o.verb = verb;
      o.thread = -1;
      o.who = who;
      o.slot = slot;
      o.name = name;
      o.until = Second(900);
      o.called = Stamp();
      desk.Do(o);
      o.returned = Stamp();
      history.push_back(o);
      return o.outcome;
    };
    for (int who = 0; who < scene.size.people; ++who) ask(Verb::kFind, who, -1, {});
    for (const auto& [who, name] : given) ask(Verb::kLook, who, -1, name);
    int stranger = 8;
    for (int slot = 0; slot < scene.size.slots; ++slot) {
      while (ask(Verb::kHold, stranger++, slot, {}) == Outcome::kOk) {
      }
    }
    ask(Verb::kHold, stranger++, -1, {});
  }

  History Gather() {
    History history;
    for (const History& of_thread : done)
      history.insert(history.end(), of_thread.begin(), of_thread.end());
    AskAll(history);
    std::sort(history.begin(), history.end(),
              [](const Operation& a, const Operation& b) { return a.called < b.called; });
    return history;
  }

  Scene scene;
  ledger::Ledger ledger;
  std::vector<History> asked;  // by thread
  std::vector<History> done;
  std::array<std::array<std::atomic<uint64_t>, 2>, 8> names{};  // by person: the newest, and before
  alignas(64) std::atomic<uint64_t> stamps{1};
};

Scene SceneOf(uint64_t seed) {
  Prng prng(seed ^ 0x5ce4e);
  Scene scene;
  scene.seed = seed;
  scene.threads = 2 + static_cast<int>(prng.Below(3));
  scene.operations = 24 / scene.threads;
  scene.size.slots = 2 + static_cast<int>(prng.Below(2));
  scene.size.seats = 1 + static_cast<int>(prng.Below(2));
  scene.size.people = 2 + static_cast<int>(prng.Below(3));
  scene.publish = seed % 4 == 0;
  return scene;
}

History RecordAlone(const Scene& scene) {
  Recorder::Office office(scene);
  HesitantSink sink;
  Desk desk(office.ledger, sink, scene.lie);
  for (int i = 0; i < scene.operations; ++i) {
    for (int thread = 0; thread < scene.threads; ++thread) {
      Operation o = office.asked[static_cast<size_t>(thread)][static_cast<size_t>(i)];
      if (o.seats > 1) {
        office.Together(o, thread, desk, office.done[0]);
        continue;
      }
      office.Do(o, thread, desk);
      office.done[0].push_back(o);
    }
  }
  return office.Gather();
}

Recorder::Recorder() {
  for (int thread = 0; thread < kMostThreads; ++thread)
    threads_.emplace_back([this, thread] { Work(thread); });
}

Recorder::~Recorder() {
  over_.store(true);
  round_.fetch_add(1);
  round_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Recorder::Work(int thread) {
  for (uint64_t round = 0;;) {
    round_.wait(round);
    round = round_.load();
    if (over_.load()) return;
    const Scene& scene = office_->scene;
    const int at_work = scene.threads + (scene.publish ? 1 : 0);
    if (thread < at_work) {
      Seed(scene.seed * 8 + static_cast<uint64_t>(thread));
      // All begin at once.
      ready_.fetch_add(1);
      while (ready_.load() < at_work) std::this_thread::yield();
      office_->Run(thread);
      Seed(0);
    }
    if (busy_.fetch_sub(1) == 1) busy_.notify_all();
  }
}

History Recorder::Record(const Scene& scene) {
  office_ = std::make_unique<Office>(scene);
  ready_.store(0);
  busy_.store(kMostThreads);
  round_.fetch_add(1);
  round_.notify_all();
  for (int busy = busy_.load(); busy > 0; busy = busy_.load()) busy_.wait(busy);
  History history = office_->Gather();
  CHECK(office_->ledger.CheckInvariants().ok());
  return history;
}

}  // namespace creneau::linear
