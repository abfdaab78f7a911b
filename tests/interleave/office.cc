#include "tests/interleave/office.h"

#include <algorithm>
#include <bit>
#include <sstream>

#include "base/check.h"
#include "base/outcome.h"
#include "base/prng.h"

namespace creneau::limits {
// Room enough that no case grows the index without meaning to.
size_t kIndexEntriesAtStart = 128;
}  // namespace creneau::limits

namespace creneau::interleave {
namespace {

using ledger::SeatState;
using ledger::SeatView;
using ledger::SeatWord;

constexpr Instant kStart{1'796'083'200'000};  // 2026-12-01T00:00:00Z; slots are on the day after
constexpr LocalMinute kSlotDay{29'936'160};
// Requests come at once; holds end after five minutes, offers after five and a half; at 400 s the
// steward takes them back; what cools has cooled at 500 s; at 600 s the steward frees it.
constexpr Instant kReceived = kStart + 10'000;
constexpr Instant kDeadline = kStart + 300'000;
constexpr Instant kOffered = kStart + 330'000;
constexpr Instant kExpiry = kStart + 400'000;
constexpr Instant kCooled = kStart + 500'000;
constexpr Instant kFreeing = kStart + 600'000;
constexpr Instant kAlways{int64_t{1} << 42};

LocalMinute StartOfSlot(int slot) { return LocalMinute{kSlotDay.value + 20 * slot}; }

ledger::SlotTarget TargetOf(int slot, int seats) {
  return ledger::SlotTarget{StartOfSlot(slot),
                            kStart + kMsPerDay + 20 * slot * kMsPerMinute,
                            20,
                            {static_cast<uint8_t>(seats), 0, 0, 0, 0}};
}

int PersonNamed(const std::string& name) {
  const auto at = std::find(kPeople.begin(), kPeople.end(), name);
  CHECK(at != kPeople.end());
  return static_cast<int>(at - kPeople.begin());
}

// What is shown of a reservation must be its holder's throughout.
std::string Whose(const SeatView& view, int who) {
  const Subject subject = Office::SubjectOf(who);
  return view.subject == subject && view.idempotency == (subject.lo ^ 1) ? "" : " of somebody else";
}

std::string WordFor(const ledger::Result& result, int who) {
  std::string word(result.outcome == Outcome::kOk ? "ok" : OutcomeName(result.outcome));
  if (result.repeated) word += "-again";
  if (result.seat.subject != Subject{}) word += Whose(result.seat, who);
  return word;
}

std::string WordFor(const std::optional<SeatView>& view, int who) {
  if (!view) return "nothing";
  return Whose(*view, who) + std::string(SeatStateName(view->word.state())) + "@" +
         std::to_string((view->start.value - kSlotDay.value) / 20);
}

std::string YesNo(bool yes) { return yes ? "yes" : "no"; }

}  // namespace

std::vector<Act> ActsFromText(const std::string& text) {
  std::vector<Act> acts;
  std::istringstream in(text);
  for (std::string one; std::getline(in, one, ';');) {
    std::istringstream words(one);
    Act act;
    words >> act.verb;
    for (std::string word; words >> word;) {
      if (act.verb == "publish") {
        for (const char digit : word) {
          if (digit != ',') act.seats.push_back(digit - '0');
        }
      } else if (word[0] >= '0' && word[0] <= '9') {
        act.number = std::stoi(word);
      } else if (word != "any") {
        act.all.push_back(PersonNamed(word));
        act.who = act.all.front();
      }
    }
    acts.push_back(act);
  }
  return acts;
}

// Ada and Bert begin at the same place of a small index, and their entries look alike but for the
// seat: the walk past one's entry asks the seat whose it is.
Subject Office::SubjectOf(int who) {
  static const std::vector<Subject> people = [] {
    std::vector<Subject> found;
    const auto looks = [](const Subject& one) {
      const uint64_t hash = ledger::IndexKey::Of(one).hash;
      return std::pair(hash >> 45, hash & 3);
    };
    for (uint64_t number = 1; found.size() < kPeople.size(); ++number) {
      const Subject one{Mix64(number), Mix64(~number)};
      if (found.size() != 1 || looks(one) == looks(found[0])) found.push_back(one);
    }
    return found;
  }();
  return people[static_cast<size_t>(who)];
}

ledger::HoldArgs Office::HoldOf(int who, int slot) {
  ledger::HoldArgs args;
  args.agenda = kAgenda;
  if (slot >= 0) args.slot = StartOfSlot(slot);
  args.earliest = kStart;
  args.latest = kAlways;
  args.subject = SubjectOf(who);
  args.idempotency = args.subject.lo ^ 1;
  args.deadline = kDeadline;
  return args;
}

Office::Office(const std::vector<Act>& setup) {
  log_.reserve(64);
  told_.reserve(64);
  for (const Act& act : setup) Do(act, 0);
  for (auto& names : names_) names = names_[0];
  setup_entries_ = log_.size();
}

void Office::Log(Entry entry) {
  queue_.fetch_add(1, std::memory_order_release);
  log_.push_back(std::move(entry));
}

void Office::Push(const ledger::Event& event) { Log(Entry{false, event, {}, {}}); }
void Office::PushParty(const ledger::PartyHeld& party) { Log(Entry{false, {}, {}, party}); }

std::vector<ledger::SeatImage> Entry::Images() const {
  if (is_calendar) return {};
  std::vector<ledger::SeatImage> images(party.seats.begin(), party.seats.begin() + party.count);
  if (!images.empty()) return images;
  images.push_back(event.seat);
  if (event.is_move) images.push_back(event.from);
  return images;
}

// All of them have their own, or the answer is that of the whole.
std::string Office::Party(const Act& act, int thread) {
  const ledger::HoldArgs one = HoldOf(act.who, act.number);
  ledger::PartyArgs args;
  args.agenda = one.agenda;
  args.slot = one.slot;
  args.earliest = one.earliest;
  args.latest = one.latest;
  args.deadline = one.deadline;
  for (const int who : act.all)
    args.members[args.count++] = {SubjectOf(who), HoldOf(who, 0).idempotency};
  const ledger::PartyResult result = ledger_.HoldParty(args, *this);
  if (result.outcome != Outcome::kOk) return std::string(OutcomeName(result.outcome));
  for (size_t i = 0; i < args.count; ++i) {
    const SeatView& seat = result.seats[i];
    if (seat.start != result.seats[0].start || !Whose(seat, act.all[i]).empty())
      return "not what was asked for";
    names_[static_cast<size_t>(thread)][static_cast<size_t>(act.all[i])] = seat.ref;
  }
  return "ok";
}

SeatRef Office::NameOf(int who, int thread) const {
  return names_[static_cast<size_t>(thread)][static_cast<size_t>(who)];
}

// Whether somebody else's reservation was given that name before the threads began.
bool Office::IsNameOfAnother(SeatRef name, int who) const {
  for (size_t other = 0; other < kPeople.size(); ++other) {
    if (static_cast<int>(other) != who && names_.back()[other] == name) return true;
  }
  return false;
}

// As booking does it: planned, logged, put in force, and the seats brought to it.
std::string Office::Publish(const std::vector<int>& seats) {
  std::vector<ledger::SlotTarget> targets;
  for (size_t slot = 0; slot < seats.size(); ++slot)
    targets.push_back(TargetOf(static_cast<int>(slot), seats[slot]));
  slots_ = std::max(slots_, seats.size());
  const ledger::PublicationPlan plan = ledger_.Plan(kAgenda, ++version_, targets, kStart);
  CHECK(plan.overfull.empty() && !plan.no_room);
  Log(Entry{true, {}, plan.change, {}});
  ledger_.Apply(plan.change);
  for (const SlotId slot : ledger_.SlotsOf(kAgenda, kStart)) ledger_.Trim(slot, *this);
  return "published";
}

// As booking does it. What the scanner knows to be in the log was pushed before all that it does.
void Office::BeginSnapshot() {
  Snapshot& snapshot = snapshot_.emplace();
  snapshot.position = queue_.load(std::memory_order_acquire);
  snapshot.calendar = ledger_.InForce(kAgenda);
  snapshot.seats = ledger_.SeatsBySlot();
}

std::string Office::Scan() {
  if (!snapshot_) BeginSnapshot();
  Snapshot& snapshot = *snapshot_;
  CHECK(snapshot.slots.empty());  // one scan a case
  snapshot.slots.reserve(snapshot.seats.size());
  for (uint32_t slot = 0; slot < snapshot.seats.size(); ++slot) {
    ledger::SlotRecord record;
    ledger_.Scan(SlotId{slot}, snapshot.seats[slot], *this, &record);
    snapshot.slots.push_back(std::move(record));
  }
  // The barrier: a push like any other, but that nothing is recorded.
  snapshot.covers = queue_.fetch_add(0, std::memory_order_release);
  snapshot.complete = true;
  return "scanned";
}

std::string Office::Do(const Act& act, int thread) {
  const SeatRef name = act.who >= 0 ? NameOf(act.who, thread) : SeatRef{};
  const SeatId seat{act.number >= 0 ? static_cast<uint32_t>(act.number) : 0};
  if (act.verb == "hold") {
    ledger::HoldArgs args = HoldOf(act.who, act.number);
    const ledger::Result result = ledger_.Hold(args, *this);
    if (result.outcome == Outcome::kOk)
      names_[static_cast<size_t>(thread)][static_cast<size_t>(act.who)] = result.seat.ref;
    return WordFor(result, act.who);
  }
  if (act.verb == "confirm") return WordFor(ledger_.Confirm(name, kReceived, *this), act.who);
  if (act.verb == "extend") return WordFor(ledger_.Extend(name, kReceived, 60'000, *this), act.who);
  if (act.verb == "cancel")
    return WordFor(ledger_.Cancel(name, kReceived, kCooled, *this), act.who);
  if (act.verb == "move") {
    return WordFor(
        ledger_.Move({name, StartOfSlot(act.number), kStart, kAlways, kReceived, kCooled, 0},
                     *this),
        act.who);
  }
  if (act.verb == "party") return Party(act, thread);
  if (act.verb == "displace") {
    return WordFor(ledger_.MoveByOffice(
                       {name, StartOfSlot(act.number), kStart, kAlways, kReceived, kCooled, 0},
                       std::nullopt, kOffered, *this),
                   act.who);
  }
  if (act.verb == "offer") {
    const Subject subject = SubjectOf(act.who);
    const ledger::Result result =
        ledger_.OfferAside(seat, {subject, subject.lo ^ 1, kOffered, SeatState::kOffered}, *this);
    if (result.outcome == Outcome::kOk)
      names_[static_cast<size_t>(thread)][static_cast<size_t>(act.who)] = result.seat.ref;
    return WordFor(result, act.who);
  }
  if (act.verb == "look" || act.verb == "find") {
    const auto view =
        act.verb == "look" ? ledger_.Look(name, *this) : ledger_.Find(SubjectOf(act.who), *this);
    return (view && IsNameOfAnother(view->origin, act.who) ? "by another's name " : "") +
           WordFor(view, act.who);
  }
  if (act.verb == "expire") return YesNo(ledger_.Expire(seat, kExpiry, kCooled, *this));
  if (act.verb == "free") return YesNo(ledger_.Free(seat, kFreeing, *this));
  if (act.verb == "aside") return YesNo(ledger_.Aside(seat, kFreeing, *this));
  if (act.verb == "unaside") return YesNo(ledger_.FreeAside(seat, *this));
  if (act.verb == "lengthen") return YesNo(ledger_.Lengthen(seat, 60'000, *this));
  if (act.verb == "publish") return Publish(act.seats);
  if (act.verb == "scan") return Scan();
  if (act.verb == "begin") {
    BeginSnapshot();
    return "begun";
  }
  if (act.verb == "anyfree") return YesNo(ledger_.AnyFree(kAgenda, Channel::kWeb, kStart, kAlways));
  if (act.verb == "touched") return TakeTouched();
  if (act.verb == "count") {
    const auto counts = ledger_.Count(kAgenda, kStart);
    return std::to_string(counts[0].held) + "h" + std::to_string(counts[0].confirmed) + "c";
  }
  CHECK(act.verb == "slots");
  std::string free;
  for (const auto& slot : ledger_.Slots(kAgenda, kStart, kAlways, 8))
    free += std::to_string(slot.free[0]) + "f";
  return free;
}

std::string Office::TakeTouched() {
  ledger_.TakeTouched([&](SeatId id, SeatWord word) { told_.emplace_back(id, word.deadline_s()); });
  return "told";
}

std::string Office::Forgotten() {
  TakeTouched();
  for (uint32_t number = 0; number < ledger_.seats(); ++number) {
    const SeatWord word = ledger_.WordOf(SeatId{number});
    if (!IsStewards(word.state())) continue;
    const std::pair told(SeatId{number}, word.deadline_s());
    if (std::find(told_.begin(), told_.end(), told) == told_.end())
      return "the steward is never told the deadline of seat " + std::to_string(number);
  }
  return "";
}

std::string Office::Hidden() {
  for (const auto& slot : ledger_.Slots(kAgenda, kStart, kAlways, 8)) {
    if (slot.free[0] != 0 &&
        !ledger_.AnyFree(kAgenda, Channel::kWeb, slot.starts_at, slot.starts_at))
      return "a free seat is hidden in slot " +
             std::to_string((slot.start.value - kSlotDay.value) / 20);
  }
  return "";
}

std::string Office::Summary() {
  std::string out;
  for (size_t who = 0; who < kPeople.size(); ++who) {
    const auto view = ledger_.Find(SubjectOf(static_cast<int>(who)), *this);
    if (view) out += std::string(kPeople[who]) + " " + WordFor(view, static_cast<int>(who)) + ", ";
  }
  for (const auto& slot : ledger_.Slots(kAgenda, kStart, kAlways, 8))
    out += std::to_string(slot.free[0]) + " free, ";
  return out;
}

}  // namespace creneau::interleave
