#include "tests/ledger/script.h"

#include <set>
#include <sstream>
#include <utility>

#include "base/check.h"
#include "base/outcome.h"
#include "base/prng.h"

namespace creneau::ledger {

struct Script::Line {
  std::string verb;
  std::vector<std::pair<std::string, std::string>> words;

  std::string Get(const std::string& key, const std::string& otherwise = "") const {
    for (const auto& [name, value] : words) {
      if (name == key) return value;
    }
    return otherwise;
  }
  int64_t Ms(const std::string& key, const std::string& otherwise) const {
    return std::stoll(Get(key, otherwise)) * kMsPerSecond;  // "301s"
  }
  Instant At() const { return kStart + Ms("at", "0s"); }
  Instant CoolingUntil() const { return At() + Ms("cool", "3600s"); }
};

namespace {

int MinuteOf(const std::string& time) { return std::stoi(time) * 60 + std::stoi(time.substr(3)); }

std::string TimeOf(LocalMinute start) {
  const int minute = start.value - kSlotDay.value;
  const auto two = [](int n) { return std::string(n < 10 ? "0" : "") + std::to_string(n); };
  return two(minute / 60) + ":" + two(minute % 60);
}

uint64_t NumberOf(const std::string& text) {
  uint64_t number = 0;
  for (const char c : text) number = Mix64(number ^ static_cast<uint64_t>(c));
  return number;
}

std::string StateWord(SeatState state) {
  if (state == SeatState::kCoolingCancelled) return "cancelled";
  if (state == SeatState::kCoolingExpired) return "expired";
  return std::string(SeatStateName(state));
}

SeatState IntoOf(const std::string& word) {
  for (const SeatState state : {SeatState::kHeld, SeatState::kConfirmed, SeatState::kOffered}) {
    if (SeatStateName(state) == word) return state;
  }
  CHECK(false);
}

std::string Trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

}  // namespace

Script::Script() : sink_(tickets_), ledger_(std::make_unique<Ledger>()) {}

std::string Script::Run(std::string_view lines) {
  std::istringstream stream{std::string(lines)};
  for (std::string text; std::getline(stream, text);) {
    if (Trimmed(text).empty()) continue;
    const std::string wrong = RunLine(text);
    if (!wrong.empty()) return Trimmed(text) + "\n  " + wrong;
  }
  return Restart() == "same" ? "" : "at the end: the replay's digest differs";
}

std::string Script::RunLine(std::string_view text) {
  const size_t arrow = text.find("->");
  if (arrow == std::string_view::npos) return "has no ->";
  const std::string expected = Trimmed(text.substr(arrow + 2));
  std::istringstream words{std::string(text.substr(0, arrow))};
  Line line;
  words >> line.verb;
  for (std::string word; words >> word;) {
    const size_t equals = word.find('=');
    if (equals == std::string::npos) return "not key=value: " + word;
    line.words.emplace_back(word.substr(0, equals), word.substr(equals + 1));
  }
  const std::string got = Do(line);
  if (got != expected) return "came out as: " + got;
  const absl::Status invariants = ledger_->CheckInvariants();
  return invariants.ok() ? "" : "broke an invariant: " + std::string(invariants.message());
}

std::string Script::Do(const Line& line) {
  if (line.verb == "publish") return Publish(line);
  if (line.verb == "hold") return Hold(line);
  if (line.verb == "confirm" || line.verb == "extend" || line.verb == "cancel") return Act(line);
  if (line.verb == "party") return Party(line);
  if (line.verb == "move" || line.verb == "displace") return Move(line);
  if (line.verb == "aside" || line.verb == "unaside" || line.verb == "offer") return Aside(line);
  if (line.verb == "tick") return Tick(line);
  if (line.verb == "look") return Look(line);
  if (line.verb == "free") return FreeIn(line);
  if (line.verb == "age") return Age(line);
  if (line.verb == "restart") return Restart();
  if (line.verb == "holds") return std::to_string(ledger_->live_holds());
  if (line.verb == "note") {
    names_[line.Get("as")] = names_.at(line.Get("who"));
    return "noted";
  }
  return "unknown verb";
}

std::string Script::Publish(const Line& line) {
  std::vector<SlotTarget> targets;
  for (const auto& [time, seats] : line.words) {
    SlotTarget target = Target(MinuteOf(time), {});
    std::istringstream list(seats);
    for (std::string item; std::getline(list, item, ',');) {
      const size_t colon = item.find(':');
      const auto channel = ChannelFromName(item.substr(0, colon));
      CHECK(channel.has_value());
      target.seats[static_cast<size_t>(*channel)] =
          static_cast<uint8_t>(std::stoi(item.substr(colon + 1)));
    }
    targets.push_back(target);
  }
  const auto version = static_cast<uint32_t>(changes_.size() + 1);
  const PublicationPlan plan = ledger_->Plan(kAgenda, version, targets, kStart);
  if (!plan.overfull.empty()) return "overfull " + TimeOf(plan.overfull.front());
  ledger_->Apply(plan.change);
  changes_.push_back(plan.change);
  for (const SlotId slot : ledger_->SlotsOf(kAgenda, kStart)) ledger_->Trim(slot, sink_);
  return "+" + std::to_string(plan.added) + " -" + std::to_string(plan.withdrawn) + " kept " +
         std::to_string(plan.kept);
}

std::string Script::Hold(const Line& line) {
  const std::string who = line.Get("who");
  HoldArgs args = HoldFor(SubjectNumber(NumberOf(who)), line.At() + line.Ms("for", "300s"));
  people_[args.subject] = who;
  if (const std::string slot = line.Get("slot"); !slot.empty())
    args.slot = SlotStart(MinuteOf(slot));
  if (const std::string from = line.Get("from"); !from.empty())
    args.earliest = Target(MinuteOf(from), {}).starts_at;
  if (const std::string until = line.Get("until"); !until.empty())
    args.latest = Target(MinuteOf(until), {}).starts_at;
  args.channel = ChannelFromName(line.Get("channel", "web")).value();
  args.idempotency = NumberOf(line.Get("key", who));
  args.into = IntoOf(line.Get("into", "held"));
  const Result result = ledger_->Hold(args, sink_);
  if (result.outcome == Outcome::kAlreadyReserved && result.seat.idempotency == args.idempotency)
    return "the same";
  if (result.outcome != Outcome::kOk) return std::string(OutcomeName(result.outcome));
  names_[who] = result.seat.origin;
  return line.Get("slot").empty() ? "held " + TimeOf(result.seat.start)
                                  : StateWord(result.seat.word.state());
}

// Who it is, comma-separated; the answer tells the seats' numbers, lowest first.
std::string Script::Party(const Line& line) {
  const HoldArgs one = HoldFor({}, line.At() + line.Ms("for", "300s"));
  PartyArgs args{one.agenda, ChannelFromName(line.Get("channel", "web")).value(),
                 {},         one.earliest,
                 one.latest, {},
                 0,          one.deadline,
                 0,          IntoOf(line.Get("into", "held"))};
  if (const std::string slot = line.Get("slot"); !slot.empty())
    args.slot = SlotStart(MinuteOf(slot));
  std::vector<std::string> names;
  std::istringstream list(line.Get("who"));
  for (std::string who; std::getline(list, who, ',');) {
    const Subject subject = SubjectNumber(NumberOf(who));
    people_[subject] = who;
    args.members[args.count++] = {subject, NumberOf(line.Get("key", who))};
    names.push_back(who);
  }
  const PartyResult result = ledger_->HoldParty(args, sink_);
  if (result.outcome == Outcome::kAlreadyReserved)
    return "already-reserved " + WhoIs(result.seats[result.member].subject);
  if (result.outcome != Outcome::kOk) return std::string(OutcomeName(result.outcome));
  std::set<uint32_t> seats;
  for (size_t i = 0; i < args.count; ++i) {
    const SeatView& seat = result.seats[i];
    if (WhoIs(seat.subject) != names[i] || seat.start != result.seats[0].start)
      return "not what was asked for";
    names_[names[i]] = seat.origin;
    seats.insert(seat.ref.seat.value);
  }
  std::string told = StateWord(result.seats[0].word.state()) + " " + TimeOf(result.seats[0].start);
  for (const uint32_t seat : seats) told += " " + std::to_string(seat);
  return told;
}

std::string Script::Act(const Line& line) {
  const SeatRef name = names_.at(line.Get("who"));
  Result result;
  if (line.verb == "confirm") result = ledger_->Confirm(name, line.At(), sink_);
  if (line.verb == "extend")
    result = ledger_->Extend(name, line.At(), line.Ms("by", "300s"), sink_);
  if (line.verb == "cancel") result = ledger_->Cancel(name, line.At(), line.CoolingUntil(), sink_);
  if (result.outcome != Outcome::kOk) return std::string(OutcomeName(result.outcome));
  const std::string until =
      line.verb == "extend"
          ? " until " +
                std::to_string((InstantOfDeadline(result.seat.word.deadline_s()) - kStart) /
                               kMsPerSecond) +
                "s"
          : "";
  return StateWord(result.seat.word.state()) + until + (result.repeated ? " already" : "");
}

std::string Script::Move(const Line& line) {
  MoveArgs args;
  args.name = names_.at(line.Get("who"));
  args.slot = SlotStart(MinuteOf(line.Get("slot")));
  args.earliest = kStart;
  args.latest = kAlways;
  args.received_at = line.At();
  args.cooling_until = line.CoolingUntil();
  const Result result = line.verb == "move"
                            ? ledger_->Move(args, sink_)
                            : ledger_->MoveByOffice(args, ChannelFromName(line.Get("channel")),
                                                    line.At() + line.Ms("for", "7200s"), sink_);
  if (result.outcome != Outcome::kOk) return std::string(OutcomeName(result.outcome));
  return StateWord(result.seat.word.state()) + " " + TimeOf(result.seat.start) +
         (result.repeated ? " already" : "");
}

// Of a seat by its number.
std::string Script::Aside(const Line& line) {
  const SeatId seat{static_cast<uint32_t>(std::stoul(line.Get("seat")))};
  if (line.verb == "aside") return ledger_->Aside(seat, line.At(), sink_) ? "aside" : "no";
  if (line.verb == "unaside") {
    if (!ledger_->FreeAside(seat, sink_)) return "no";
    return std::string(SeatStateName(ledger_->WordOf(seat).state()));
  }
  const std::string who = line.Get("who");
  OfferArgs args{SubjectNumber(NumberOf(who)), NumberOf(who), line.At() + line.Ms("for", "7200s")};
  args.into = IntoOf(line.Get("into", "offered"));
  people_[args.subject] = who;
  const Result result = ledger_->OfferAside(seat, args, sink_);
  if (result.outcome != Outcome::kOk) return std::string(OutcomeName(result.outcome));
  names_[who] = result.seat.origin;
  return StateWord(result.seat.word.state()) + " " + TimeOf(result.seat.start);
}

// What the steward does, without its timers: looks at every seat.
std::string Script::Tick(const Line& line) {
  std::string told;
  for (uint32_t i = 0; i < ledger_->seats(); ++i) {
    const SeatId seat{i};
    const SeatRef ref{seat, ledger_->WordOf(seat).generation()};
    const auto view = ledger_->Look(ref, sink_);
    if (ledger_->Expire(seat, line.At(), line.CoolingUntil(), sink_)) {
      told += std::string(told.empty() ? "" : ", ") + "expired " +
              (view ? WhoIs(view->subject) : "somebody moved");
    } else if (ledger_->Free(seat, line.At(), sink_)) {
      told += std::string(told.empty() ? "" : ", ") +
              std::string(SeatStateName(ledger_->WordOf(seat).state()));
    }
  }
  return told.empty() ? "nothing" : told;
}

std::string Script::Look(const Line& line) {
  const auto view = ledger_->Look(names_.at(line.Get("who")), sink_);
  if (!view) return "unknown";
  return StateWord(view->word.state()) + " " + TimeOf(view->start) + " by " + WhoIs(view->subject);
}

std::string Script::FreeIn(const Line& line) {
  std::string told;
  for (const Ledger::SlotCount& slot : ledger_->Slots(kAgenda, kStart, kAlways, 1000)) {
    if (TimeOf(slot.start) != line.Get("slot")) continue;
    for (const Channel channel : kAllChannels) {
      const int free = slot.free[static_cast<size_t>(channel)];
      if (free == 0) continue;
      told += (told.empty() ? "" : " ") + std::string(ChannelName(channel)) + ":" +
              std::to_string(free);
    }
  }
  return told.empty() ? "none" : told;
}

// Every free seat of the one slot there is becomes as old as `generation` says: events of a long
// life, then a restart.
std::string Script::Age(const Line& line) {
  const auto generation = static_cast<uint64_t>(std::stoul(line.Get("generation")));
  uint32_t made = 0;
  for (const CalendarChange& change : changes_) {
    CHECK(change.slots.size() == 1);
    for (const uint8_t fresh : change.slots.front().fresh) made += fresh;
  }
  for (uint32_t i = 0; i < made; ++i) {
    const SeatWord word = ledger_->WordOf(SeatId{i});
    if (word.state() != SeatState::kFree) continue;
    const uint64_t bits = (word.bits() & ((1ull << 41) - 1)) | generation << 47 | 1ull << 41;
    sink_.Push(Event(SeatImage{SeatId{i}, SeatWord(bits), {}, 0}));
  }
  const std::vector<Record> events = InQueueOrder({&sink_});
  Replayed replayed = Replay(changes_, events, events.size());
  ledger_ = std::move(replayed.ledger);
  return replayed.status.ok() ? "aged" : std::string(replayed.status.message());
}

std::string Script::Restart() {
  const std::vector<Record> events = InQueueOrder({&sink_});
  Replayed replayed = Replay(changes_, events, events.size());
  if (!replayed.status.ok()) return std::string(replayed.status.message());
  const bool same = replayed.ledger->Digest() == ledger_->Digest();
  ledger_ = std::move(replayed.ledger);
  return same ? "same" : "different";
}

std::string Script::WhoIs(const Subject& subject) const {
  const auto at = people_.find(subject);
  return at == people_.end() ? "nobody" : at->second;
}

}  // namespace creneau::ledger
