// One operation, and others in the middle of it: they come before its i-th access to an atomic, and
// more before its j-th, for all i <= j, and run from beginning to end. What real threads meet once
// in a million histories is met here each time; the history is checked like theirs.
//
//     ada's move meets   hold bert 1 ; confirm ada | hold carl 1 ; move ada 2
//     (before the i-th)                              (before the j-th)
#include <sstream>

#include "tests/ledger/catch.h"
#include "tests/linear/desk.h"
#include "tests/linear/flaw.h"
#include "tests/linear/interrupt.h"

namespace creneau::linear {
namespace {

struct Case {
  const char* before;  // done first, alone
  const char* act;
  const char* first;   // in the middle of it
  const char* second;  // and then; empty: nothing
  Size size;
};

#ifdef CRENEAU_SANITIZED
constexpr uint64_t kStride = 5;  // one thread: the sanitizers have little to tell about it
#else
constexpr uint64_t kStride = 1;
#endif
constexpr Size kThreeSlots{3, 1, 3};

class Play final : public ledger::EventSink {
 public:
  explicit Play(const Case& which) : case_(which), desk_(ledger_, *this, Lie::kNone) {
    std::vector<ledger::SlotTarget> targets;
    for (int slot = 0; slot < case_.size.slots; ++slot)
      targets.push_back(
          ledger::Target(slot * 20, {static_cast<uint8_t>(case_.size.seats), 0, 0, 0, 0}));
    std::vector<ledger::CalendarChange> changes;
    ledger::Publish(ledger_, targets, 1, *this, changes);
    DoAll(case_.before);
  }
  void Push(const ledger::Event&) override {}
  void PushParty(const ledger::PartyHeld&) override {}

  // The act with the others before its accesses i and j; how many accesses it had.
  uint64_t Run(uint64_t i, uint64_t j) {
    Interrupt interrupt([&](uint64_t n) {
      if (n == i) DoAll(case_.first);
      if (n == j) DoAll(case_.second);
    });
    DoAll(case_.act);
    return interrupt.accesses();
  }

  std::string FlawOf(Tally* tally) {
    for (int who = 0; who < 3; ++who) DoAll("find " + std::string(kNames[who]));
    for (int who = 0; who < 3; ++who) DoAll("look " + std::string(kNames[who]));
    int stranger = 8;
    for (int slot = 0; slot < case_.size.slots; ++slot) {
      Operation o;
      do {
        o = Ask(Verb::kHold, stranger++, slot);
      } while (o.outcome == Outcome::kOk);
    }
    std::sort(history_.begin(), history_.end(),
              [](const Operation& a, const Operation& b) { return a.called < b.called; });
    const absl::Status status = ledger_.CheckInvariants();
    return status.ok() ? Flaw(history_, case_.size, Place::kKnown, tally)
                       : std::string(status.message());
  }

 private:
  static constexpr const char* kNames[] = {"ada", "bert", "carl"};

  Operation Ask(Verb verb, int who, int number) {
    Operation o;
    o.verb = verb;
    o.who = who;
    o.slot = number;
    o.now = ledger::kStart + 1'000;
    o.until = ledger::kStart + 60'000;
    o.by_ms = 1'000;
    if (verb == Verb::kCancel || verb == Verb::kMove) o.until = ledger::kStart;  // cools at once
    o.offered = ledger::kStart + 70'000;
    if (verb == Verb::kDisplace) o.until = ledger::kStart;
    if (verb == Verb::kOffer) o.seat = SeatId{static_cast<uint32_t>(number * kSeatsPerBlock)};
    if (verb == Verb::kExpire || verb == Verb::kFree || verb == Verb::kAside) {
      o.who = -1;
      o.seat = SeatId{static_cast<uint32_t>(number * kSeatsPerBlock)};
      o.now = ledger::kStart + 90'000;
      o.until = ledger::kStart;
    }
    if (who >= 0 && who < 3) o.name = names_[static_cast<size_t>(who)];
    o.thread = depth_;
    ++depth_;
    o.called = stamp_++;
    desk_.Do(o);
    o.returned = stamp_++;
    --depth_;
    const bool gives = verb == Verb::kHold || verb == Verb::kOffer;
    if (gives && o.outcome == Outcome::kOk && who < 3)
      names_[static_cast<size_t>(who)] = o.shown.name;
    history_.push_back(o);
    return o;
  }

  void DoAll(const std::string& text) {
    static const std::map<std::string, Verb> kVerbs = {
        {"hold", Verb::kHold},     {"confirm", Verb::kConfirm}, {"extend", Verb::kExtend},
        {"cancel", Verb::kCancel}, {"move", Verb::kMove},       {"look", Verb::kLook},
        {"find", Verb::kFind},     {"expire", Verb::kExpire},   {"free", Verb::kFree},
        {"aside", Verb::kAside},   {"offer", Verb::kOffer},     {"displace", Verb::kDisplace}};
    std::istringstream in(text);
    for (std::string one; std::getline(in, one, ';');) {
      std::istringstream words(one);
      std::string verb;
      std::string whom;
      int number = -1;
      words >> verb >> whom;
      if (verb.empty()) continue;
      if (!(words >> number)) number = -1;
      int who = -1;
      for (int i = 0; i < 3; ++i) {
        if (whom == kNames[i]) who = i;
      }
      if (who < 0) number = std::stoi(whom);  // the steward, by slot
      const bool named = verb == "hold" || verb == "find" || verb == "offer" || who < 0;
      if (!named && names_[static_cast<size_t>(who)] == SeatRef{}) continue;
      Ask(kVerbs.at(verb), who, number);
    }
  }

  Case case_;
  ledger::Ledger ledger_;
  Desk desk_;
  History history_;
  std::array<SeatRef, 3> names_{};
  uint64_t stamp_ = 1;
  int depth_ = 0;
};

const Case kCases[] = {
    {"hold ada 0", "move ada 1", "confirm ada", "hold bert 1; move ada 2", kThreeSlots},
    {"hold ada 0", "move ada 1", "confirm ada", "hold bert 1; cancel ada; free 0", kThreeSlots},
    {"hold ada 0", "move ada 1", "move ada 1", "cancel ada; free 1; hold bert 1", kThreeSlots},
    {"hold ada 0", "move ada 1", "move ada 2", "move ada 1", kThreeSlots},
    {"hold ada 0", "move ada 1", "cancel ada; free 0; hold ada 0", "hold bert 1", kThreeSlots},
    {"hold ada 0", "move ada 1", "extend ada", "expire 0; expire 1; free 1; hold carl 1",
     kThreeSlots},
    {"hold ada 0; move ada 1", "move ada 2", "confirm ada; hold bert 2", "cancel ada; free 1",
     kThreeSlots},
    {"", "hold ada 0", "hold ada 1", "cancel ada; free 1; hold bert 0", kThreeSlots},
    {"", "hold ada any", "hold ada 0; cancel ada", "free 0; hold bert 0", kThreeSlots},
    {"hold ada 0; cancel ada", "free 0", "hold bert 0", "look ada; hold carl 0", kThreeSlots},
    {"hold ada 0; move ada 1", "look ada", "move ada 2", "free 0; hold bert 0; free 1",
     kThreeSlots},
    {"hold ada 0", "find ada", "move ada 1; free 0", "hold bert 0; cancel ada; free 1; hold ada 2",
     kThreeSlots},
    {"hold ada 0", "confirm ada", "expire 0; free 0", "hold bert 0", kThreeSlots},
    {"hold ada 0", "cancel ada", "move ada 1", "free 0; hold bert 0", kThreeSlots},
    {"hold ada 0; cancel ada; aside 0", "offer bert 0", "hold bert 1", "offer carl 0", kThreeSlots},
    {"hold ada 0; cancel ada; aside 0", "offer bert 0", "offer carl 0; cancel carl",
     "aside 0; offer ada 0", kThreeSlots},
    {"hold ada 0; cancel ada", "aside 0", "free 0; hold bert 0", "cancel bert", kThreeSlots},
    {"hold ada 0; confirm ada", "displace ada 1", "cancel ada", "hold bert 1", kThreeSlots},
    {"hold ada 0", "displace ada 1", "move ada 2", "displace ada 1", kThreeSlots},
};

}  // namespace

TEST_CASE("others in the middle of an operation, at every two places") {
  Tally tally;
  uint64_t runs = 0;
  for (const Case& one : kCases) {
    CAPTURE(one.before, one.act, one.first, one.second);
    uint64_t accesses = 1;
    for (uint64_t i = 1; i <= accesses; ++i) {
      for (uint64_t j = i; j <= accesses; j += kStride) {
        Play play(one);
        accesses = std::max(play.Run(i, j), j);
        const std::string flaw = play.FlawOf(&tally);
        INFO("before the accesses " << i << " and " << j << ": " << flaw);
        CHECK(flaw.empty());
        ++runs;
        if (!flaw.empty()) i = j = accesses;
      }
    }
  }
  std::printf("%llu runs; %s\n", static_cast<unsigned long long>(runs), tally.Told().c_str());
  CHECK(runs > 1'000);
}

}  // namespace creneau::linear
