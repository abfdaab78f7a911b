#include "tests/linear/history.h"

#include "absl/strings/str_format.h"

namespace creneau::linear {
namespace {

std::string Ref(SeatRef ref) {
  if (ref.generation.value == 0) return "?";
  return absl::StrFormat("%d.%d", ref.seat.value, ref.generation.value);
}

std::string Person(int who) {
  static const char* const kNames[] = {"ada", "bert", "carl", "dora", "emil", "fanny"};
  return who < 0 ? "?" : who < 6 ? kNames[who] : absl::StrFormat("person %d", who);
}

std::string Slot(int slot) { return slot < 0 ? "any" : absl::StrFormat("slot %d", slot); }

int64_t Second(Instant instant) { return instant.ms / kMsPerSecond % 1'000; }

std::string Told(const Shown& shown) {
  if (!shown.any) return "";
  const ledger::SeatWord word = shown.word;
  return absl::StrFormat(
      ": %s's %s, %s at %s in %s, step %d%s, moves %d%s%s", Person(shown.who), Ref(shown.name),
      std::string(SeatStateName(word.state())), Ref(shown.at), Slot(shown.slot), word.step(),
      shown.timed
          ? absl::StrFormat(" until %ds", Second(ledger::InstantOfDeadline(word.deadline_s())))
          : "",
      word.moves(), word.extended() ? ", extended" : "", word.last() ? ", last" : "");
}

std::string Asked(const Operation& o) {
  switch (o.verb) {
    case Verb::kHold:
      return absl::StrFormat("hold %s %s until=%ds%s", Person(o.who), Slot(o.slot), Second(o.until),
                             o.seats > 1 ? absl::StrFormat(", one of %d", o.seats) : "");
    case Verb::kConfirm:
      return absl::StrFormat("confirm %s at=%ds", Ref(o.name), Second(o.now));
    case Verb::kExtend:
      return absl::StrFormat("extend %s at=%ds", Ref(o.name), Second(o.now));
    case Verb::kCancel:
      return absl::StrFormat("cancel %s at=%ds cools=%ds", Ref(o.name), Second(o.now),
                             Second(o.until));
    case Verb::kMove:
      return absl::StrFormat("move %s %s at=%ds cools=%ds", Ref(o.name), Slot(o.slot),
                             Second(o.now), Second(o.until));
    case Verb::kLook:
      return "look " + Ref(o.name);
    case Verb::kFind:
      return "find " + Person(o.who);
    case Verb::kExpire:
      return absl::StrFormat("expire seat %d at=%ds cools=%ds", o.seat.value, Second(o.now),
                             Second(o.until));
    case Verb::kFree:
      return absl::StrFormat("free seat %d at=%ds", o.seat.value, Second(o.now));
    case Verb::kLengthen:
      return absl::StrFormat("lengthen seat %d", o.seat.value);
    case Verb::kAside:
      return absl::StrFormat("set seat %d aside at=%ds", o.seat.value, Second(o.now));
    case Verb::kUnaside:
      return absl::StrFormat("free seat %d that is aside", o.seat.value);
    case Verb::kOffer:
      return absl::StrFormat("offer seat %d to %s until=%ds", o.seat.value, Person(o.who),
                             Second(o.until));
    case Verb::kDisplace:
      return absl::StrFormat("displace %s %s at=%ds cools=%ds until=%ds", Ref(o.name), Slot(o.slot),
                             Second(o.now), Second(o.until), Second(o.offered));
    case Verb::kPublish:
      return "publish";
    case Verb::kTrim:
      return "trim " + Slot(o.slot);
  }
  return "?";
}

std::string Answered(const Operation& o) {
  if (o.lost) return "no answer";
  switch (o.verb) {
    case Verb::kExpire:
    case Verb::kFree:
    case Verb::kLengthen:
    case Verb::kAside:
    case Verb::kUnaside:
      return o.yes ? "yes" : "no";
    case Verb::kPublish:
      return "in force";
    case Verb::kTrim:
      return absl::StrFormat("%d withdrawn, %d kept, %d restored", o.withdrawn, o.kept, o.restored);
    case Verb::kLook:
    case Verb::kFind:
      return o.shown.any ? "there" + Told(o.shown) : "nothing";
    default:
      return std::string(o.outcome == Outcome::kOk ? "ok" : OutcomeName(o.outcome)) +
             (o.repeated ? " again" : "") + Told(o.shown);
  }
}

}  // namespace

std::string Told(const Operation& o) {
  const std::string returned = o.returned == kNever ? "-" : absl::StrFormat("%d", o.returned);
  return absl::StrFormat("[%4d,%4s] thread %d: %s -> %s", o.called, returned, o.thread, Asked(o),
                         Answered(o));
}

std::string Told(const std::vector<const Operation*>& operations) {
  std::string out;
  for (const Operation* operation : operations) out += Told(*operation) + "\n";
  return out;
}

}  // namespace creneau::linear
