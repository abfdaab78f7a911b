// Many threads, a small agenda, few people: contention as brutal as it gets. Whatever happens, no
// seat has two owners, no person two reservations, and the log, in the order of its queue, tells
// exactly what is in memory. A failing case prints its seed; the schedule is the machine's, so run
// the seed again a few times.
#include <map>
#include <set>
#include <string>
#include <thread>

#include "base/prng.h"
#include "tests/ledger/catch.h"

namespace creneau::ledger {
namespace {

#ifdef CRENEAU_SANITIZED
constexpr int kActs = 8'000;
constexpr uint64_t kSeeds = 3;
constexpr size_t kPrefixes = 10;
constexpr size_t kScans = 10;
#else
constexpr int kActs = 40'000;
constexpr uint64_t kSeeds = 6;
constexpr size_t kPrefixes = 40;
constexpr size_t kScans = 60;
#endif
constexpr int kSlots = 4;
constexpr uint64_t kPeople = 6;

struct Office {
  Ledger ledger;
  Tickets tickets{0};
  std::vector<CalendarChange> changes;
  // The last name that somebody's hold was given: everybody acts on everybody's.
  std::array<std::atomic<uint64_t>, kPeople> names{};
  std::atomic<int64_t> now_ms{kStart.ms};

  SeatRef Name(uint64_t who) const { return IndexValue(names[who].load()).ref(); }
};

// Hesitates now and then just before or after its push, where a seat's mark stands and others must
// help.
class HesitantSink final : public EventSink {
 public:
  HesitantSink(Tickets& tickets, uint64_t seed) : recorded(tickets), prng_(seed) {}
  void Push(const Event& event) override {
    Around([&] { recorded.Push(event); });
  }
  void PushParty(const PartyHeld& party) override {
    Around([&] { recorded.PushParty(party); });
  }

  RecordingSink recorded;

 private:
  template <typename Push>
  void Around(Push push) {
    if (prng_.Below(8) == 0) std::this_thread::yield();
    push();
    if (prng_.Below(8) == 0) std::this_thread::yield();
  }
  Prng prng_;
};

// One thread's acts.
class Visitor {
 public:
  Visitor(Office& office, uint64_t seed)
      : sink(office.tickets, ~seed), office_(office), prng_(seed) {}

  void Act() {
    // A second passes every other act; holds last five, seats cool for one or two.
    const Instant now{office_.now_ms.fetch_add(static_cast<int64_t>(prng_.Below(1'000)))};
    const uint64_t who = prng_.Below(kPeople);
    const SeatRef name = office_.Name(who);
    const Instant cooling_until = now + static_cast<int64_t>(prng_.Below(2'000));
    switch (prng_.Below(15)) {
      case 0:
      case 1:
        return Hold(who, now);
      case 2:
        return Party(who, now);
      case 3:
        office_.ledger.Confirm(name, now, sink);
        return;
      case 4:
        office_.ledger.Extend(name, now, 1'000, sink);
        return;
      case 5:
        office_.ledger.Cancel(name, now, cooling_until, sink);
        return;
      case 6:
      case 7:
      case 8:
        return Move(who, name, now, cooling_until);
      case 9:
        return Look(who, name);
      default:
        return Tick(now, cooling_until);
    }
  }

  HesitantSink sink;
  std::string wrong;  // the first answer that cannot be
  std::map<Outcome, int> outcomes;

 private:
  LocalMinute RandomSlot() { return SlotStart(static_cast<int>(prng_.Below(kSlots)) * 20); }

  void Hold(uint64_t who, Instant now) {
    HoldArgs args = HoldFor(SubjectNumber(who), now + 5'000);
    if (prng_.Below(2) == 0) args.slot = RandomSlot();
    args.random = prng_.Next();
    const Result result = office_.ledger.Hold(args, sink);
    ++outcomes[result.outcome];
    // Both tell the name; after a lost race between two holds, the second sets it right.
    if (result.outcome == Outcome::kOk || result.outcome == Outcome::kAlreadyReserved) {
      office_.names[who].store(IndexValue(result.seat.origin).bits());
    }
    if (result.outcome == Outcome::kAlreadyReserved && result.seat.subject != args.subject) {
      wrong = "a hold was told of somebody else's reservation";
    }
  }

  void Party(uint64_t who, Instant now) {
    PartyArgs args = PartyFor(who, 2 + prng_.Below(2), now + 5'000, kPeople);
    args.random = prng_.Next();
    const PartyResult result = office_.ledger.HoldParty(args, sink);
    for (size_t i = 0; i < args.count && result.outcome == Outcome::kOk; ++i)
      office_.names[(who + i) % kPeople].store(IndexValue(result.seats[i].origin).bits());
  }

  void Move(uint64_t who, SeatRef name, Instant now, Instant cooling_until) {
    const MoveArgs args{name, RandomSlot(), kStart, kAlways, now, cooling_until, prng_.Next()};
    const Result result = office_.ledger.Move(args, sink);
    ++outcomes[result.outcome];
    if (result.outcome == Outcome::kOk) Check(who, name, result.seat);
  }

  void Look(uint64_t who, SeatRef name) {
    if (const auto view = office_.ledger.Look(name, sink)) Check(who, name, *view);
  }

  void Check(uint64_t who, SeatRef name, const SeatView& view) {
    if (view.subject != SubjectNumber(who)) wrong = "a name led to somebody else's seat";
    if (view.origin != name) wrong = "a name led to a reservation of another name";
  }

  void Tick(Instant now, Instant cooling_until) {
    const SeatId seat{static_cast<uint32_t>(prng_.Below(office_.ledger.seats()))};
    if (prng_.Below(8) == 0) office_.ledger.Lengthen(seat, 1'000, sink);
    office_.ledger.Expire(seat, now, cooling_until, sink);
    office_.ledger.Free(seat, now, sink);
  }

  Office& office_;
  Prng prng_;
};

// Publishes calendars that differ, all the time.
void PublishOften(Office& office, RecordingSink& sink, uint64_t seed,
                  const std::atomic<int>& busy) {
  Prng prng(seed);
  for (uint32_t version = 2; busy.load() > 0; ++version) {
    std::vector<SlotTarget> targets;
    for (int i = 0; i < kSlots; ++i) {
      if (prng.Below(8) == 0) continue;
      const auto web = static_cast<uint8_t>(prng.Below(4));
      const auto phone = static_cast<uint8_t>(prng.Below(2));
      targets.push_back(Target(i * 20, {web, phone, 0, 0, 0}));
    }
    const PublicationPlan plan = office.ledger.Plan(kAgenda, version, targets, kStart);
    if (!plan.overfull.empty()) continue;
    office.ledger.Apply(plan.change);
    office.changes.push_back(plan.change);
    for (const SlotId slot : office.ledger.SlotsOf(kAgenda, kStart)) office.ledger.Trim(slot, sink);
    std::this_thread::yield();
  }
}

// Who owns what at the end, by a way of its own: the newest image of each seat in the log, without
// any index.
std::string DoubleOwner(const Ledger& ledger, const std::vector<Record>& events) {
  std::map<uint32_t, SeatImage> newest;
  const auto note = [&](const SeatImage& image) {
    SeatImage& known = newest[image.seat.value];
    if (image.word.sequence() > known.word.sequence()) known = image;
  };
  for (const Record& event : events) {
    for (const SeatImage& image : event.Images()) note(image);
  }
  std::set<Subject> owners;
  for (const auto& [seat, image] : newest) {
    if (ledger.WordOf(SeatId{seat}) != image.word)
      return "seat " + std::to_string(seat) + " is not as logged";
    if (IsReserved(image.word.state()) && !owners.insert(image.subject).second)
      return "a subject has two seats";
  }
  return "";
}

// A seat's owner may change only from one generation to the next, in the log as in memory.
std::string OwnerChange(const std::vector<Record>& events) {
  std::map<std::pair<uint32_t, uint32_t>, Subject> owners;
  for (const Record& event : events) {
    for (const SeatImage& image : event.Images()) {
      if (image.word.pending()) return "a pending word was logged";
      if (!IsReserved(image.word.state()) && !IsCooling(image.word.state())) continue;
      const auto [at, fresh] =
          owners.emplace(std::pair{image.seat.value, image.word.generation().value}, image.subject);
      if (!fresh && at->second != image.subject)
        return "seat " + std::to_string(image.seat.value) + " had two owners";
    }
  }
  return "";
}

// Each seat's words enter the queue in sequence, the first of each; none is skipped.
std::string Gap(const std::vector<Record>& events) {
  std::map<uint32_t, SeatWord> last;
  for (const Record& event : events) {
    for (const SeatImage& image : event.Images()) {
      const SeatWord before = last[image.seat.value];
      const SeatWord word = image.word;
      if (word.sequence() <= before.sequence()) continue;
      const bool next_step = word.sequence() == before.sequence() + 1;
      // An aborted move spends a generation and says so in step 1.
      const bool next_generation =
          word.generation().value == before.generation().value + 1 && word.step() <= 1;
      if (!next_step && !next_generation) {
        return "seat " + std::to_string(image.seat.value) + " went from " + WordTold(before) +
               " to " + WordTold(word);
      }
      last[image.seat.value] = word;
    }
  }
  return "";
}

void CheckLog(Office& office, const std::vector<Record>& events) {
  CHECK(Gap(events) == "");
  CHECK(OwnerChange(events) == "");
  CHECK(DoubleOwner(office.ledger, events) == "");
  const Replayed whole = Replay(office.changes, events, events.size());
  INFO(whole.status.message());
  REQUIRE(whole.status.ok());
  CHECK(whole.ledger->Digest() == office.ledger.Digest());
  for (size_t i = 1; i <= kPrefixes; ++i) {
    const size_t count = events.size() * i / kPrefixes;
    const Replayed part = Replay(office.changes, events, count);
    INFO("prefix of " << count << " of " << events.size() << ": " << part.status.message());
    REQUIRE(part.status.ok());
    REQUIRE(part.ledger->CheckInvariants().ok());
  }
}

// What one scan found while everyone went on, and which part of the queue came meanwhile.
struct Scanned {
  size_t since = 0;
  size_t until = 0;
  std::vector<SlotRecord> slots;
  CalendarChange calendar;
};

std::vector<Scanned> ScanOften(Office& office, RecordingSink& sink, const std::atomic<int>& busy) {
  std::vector<Scanned> scans;
  while (busy.load() > 0) {
    Scanned scan;
    scan.since = office.tickets.load();
    scan.calendar = office.ledger.InForce(kAgenda);
    const std::vector<uint8_t> seats = office.ledger.SeatsBySlot();
    for (uint32_t slot = 0; slot < seats.size(); ++slot) {
      scan.slots.emplace_back();
      office.ledger.Scan(SlotId{slot}, seats[slot], sink, &scan.slots.back());
    }
    scan.until = office.tickets.load();
    if (scans.size() < kScans) {
      scans.push_back(std::move(scan));
    } else {
      scans[scan.until % kScans] = std::move(scan);
    }
    std::this_thread::yield();
  }
  return scans;
}

// The scan, then the queue from where it began, up to `count`.
std::string AfterScan(const Scanned& scan, const std::vector<Record>& events, size_t count) {
  Ledger ledger;
  for (const SlotRecord& slot : scan.slots) {
    if (const absl::Status status = ledger.Load(slot); !status.ok()) return status.ToString();
  }
  if (const absl::Status status = ledger.CheckLoaded(); !status.ok()) return status.ToString();
  ledger.Apply(scan.calendar);
  for (size_t i = scan.since; i < count; ++i) {
    if (const absl::Status status = Apply(ledger, events[i]); !status.ok())
      return status.ToString();
  }
  if (const absl::Status status = ledger.Rebuild(); !status.ok()) return status.ToString();
  if (const absl::Status status = ledger.CheckInvariants(); !status.ok()) return status.ToString();
  return ledger.Digest();
}

void CheckScans(const std::vector<Scanned>& scans, const Office& office,
                const std::vector<Record>& events) {
  CHECK(scans.size() > 3);
  const std::string whole = Replay(office.changes, events, events.size()).ledger->Digest();
  for (const Scanned& scan : scans) {
    INFO("a scan from " << scan.since << " to " << scan.until << " of " << events.size());
    REQUIRE(AfterScan(scan, events, events.size()) == whole);
    // The least that is durable when a snapshot counts.
    REQUIRE(AfterScan(scan, events, scan.until) ==
            Replay(office.changes, events, scan.until).ledger->Digest());
  }
}

void RunOffice(int threads, bool publishing, uint64_t seed) {
  INFO("seed " << seed << ", " << threads << " threads" << (publishing ? " and a publisher" : ""));
  const auto office = std::make_unique<Office>();
  RecordingSink publisher(office->tickets);
  Publish(office->ledger, WebSlots(kSlots, 1), 1, publisher, office->changes);

  std::vector<std::unique_ptr<Visitor>> visitors;
  std::vector<std::thread> running;
  std::atomic<int> busy{threads};
  for (int t = 0; t < threads; ++t) {
    visitors.push_back(std::make_unique<Visitor>(*office, seed * 1'000 + static_cast<uint64_t>(t)));
    running.emplace_back([&busy, visitor = visitors.back().get()] {
      for (int i = 0; i < kActs; ++i) visitor->Act();
      busy.fetch_sub(1);
    });
  }
  std::vector<Scanned> scans;
  if (publishing) {
    PublishOften(*office, publisher, seed, busy);
  } else {
    scans = ScanOften(*office, publisher, busy);
  }
  for (std::thread& thread : running) thread.join();

  std::vector<const RecordingSink*> sinks = {&publisher};
  std::map<Outcome, int> outcomes;
  for (const auto& visitor : visitors) {
    CHECK(visitor->wrong == "");
    sinks.push_back(&visitor->sink.recorded);
    for (const auto& [outcome, count] : visitor->outcomes) outcomes[outcome] += count;
  }
  const absl::Status invariants = office->ledger.CheckInvariants();
  INFO(invariants.message());
  CHECK(invariants.ok());
  const std::vector<Record> events = InQueueOrder(sinks);
  CheckLog(*office, events);
  if (!publishing) CheckScans(scans, *office, events);
  // The run was worth something: holds and moves were granted and refused.
  CHECK(outcomes[Outcome::kOk] > kActs / 400);
  CHECK(outcomes[Outcome::kAlreadyReserved] > 0);
}

}  // namespace

TEST_CASE("two threads on a small agenda, and one that scans it") {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) RunOffice(2, false, seed);
}

TEST_CASE("eight threads on a small agenda, and one that scans it") {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) RunOffice(8, false, seed);
}

TEST_CASE("four threads while calendars are published under them") {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) RunOffice(4, true, seed);
}

TEST_CASE("the last seat goes to exactly one of eight") {
  for (uint64_t seed = 1; seed <= kSeeds * 20; ++seed) {
    INFO("seed " << seed);
    Office office;
    RecordingSink publisher(office.tickets);
    Publish(office.ledger, WebSlots(1, 1), 1, publisher, office.changes);
    std::atomic<int> granted{0};
    std::atomic<int> ready{0};
    std::vector<std::thread> running;
    for (uint64_t t = 0; t < 8; ++t) {
      running.emplace_back([&, t] {
        RecordingSink sink(office.tickets);
        ready.fetch_add(1);
        while (ready.load() < 8) std::this_thread::yield();
        const Result result = office.ledger.Hold(HoldFor(SubjectNumber(t), kStart + 1'000), sink);
        if (result.outcome == Outcome::kOk) granted.fetch_add(1);
      });
    }
    for (std::thread& thread : running) thread.join();
    CHECK(granted.load() == 1);
    CHECK(office.ledger.CheckInvariants().ok());
  }
}

}  // namespace creneau::ledger
