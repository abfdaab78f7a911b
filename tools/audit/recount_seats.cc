// What happened to a seat, and whether it could.

#include <algorithm>
#include <boost/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/limits.h"
#include "base/text.h"
#include "rules/calendar.h"
#include "rules/opening.h"
#include "tools/audit/recount.h"

namespace creneau::audit {
namespace json = boost::json;
using ledger::SeatState;
using ledger::SeatWord;

namespace {

// By how much a decision may be older than the batch before the one that has it: a disk or an event
// loop that stood still. Longer ones are outages, which the log tells of.
constexpr int64_t kSlackMs = 60'000;
// Deadlines are whole seconds.
constexpr int64_t kRoundingMs = kMsPerSecond;

bool Follows(SeatWord before, SeatWord after) {
  if (after.generation() == before.generation()) return after.step() == before.step() + 1;
  return after.generation().value == before.generation().value + 1 && after.step() <= 1;
}

}  // namespace

Instant Recount::Earliest() const { return std::min(before_, at_) + -kSlackMs; }

int64_t Recount::Most(const Agenda& agenda, int rules::Agenda::*of) const {
  int64_t most = agenda.versions.back().rules.*of;
  const size_t count = agenda.versions.size();
  if (count > 1 && latest_ - agenda.versions.back().at < kSlackMs)
    most = std::max<int64_t>(most, agenda.versions[count - 2].rules.*of);
  return most;
}

int64_t Recount::Least(const Agenda& agenda, int rules::Agenda::*of) const {
  int64_t least = agenda.versions.back().rules.*of;
  const size_t count = agenda.versions.size();
  if (count > 1 && latest_ - agenda.versions.back().at < kSlackMs)
    least = std::min<int64_t>(least, agenda.versions[count - 2].rules.*of);
  return least;
}

Recount::Seat* Recount::SeatOf(SeatId id) {
  if (id.value < seats_.size() && seats_[id.value].made) return &seats_[id.value];
  Fail(absl::StrCat("seat ", id.value, " is of no calendar"));
  return nullptr;
}

// False: it was told before. Whatever is newer comes right after what is known.
bool Recount::InSequence(const ledger::SeatImage& image, const Seat& before) {
  const SeatWord word = before.word;
  if (image.word.sequence() <= word.sequence()) {
    if (image.word.sequence() == word.sequence() && image.word != word)
      Fail(absl::StrCat("seat ", image.seat.value, " is told in two ways"));
    return false;
  }
  const bool raised = ledger::IsNobodys(word.state()) || word.state() == SeatState::kWithdrawn;
  if (!Follows(word, image.word) &&
      !(raised && Follows(word.RaisedTo(first_generation_), image.word))) {
    Fail(absl::StrFormat(
        "seat %d goes from generation %d, step %d to generation %d, step %d: what came between is "
        "missing",
        image.seat.value, word.generation().value, word.step(), image.word.generation().value,
        image.word.step()));
  }
  return true;
}

// Of a seat that stays what it was.
Recount::Act Recount::StaysOf(SeatWord before, SeatWord after) {
  if (after.last() != before.last())
    return {after.last() ? "to-be-withdrawn" : "stays-in-calendar", "calendar"};
  if (after.extended() && !before.extended()) return {"extended", "extended-once"};
  if (ledger::AwaitsConfirm(after.state())) return {"lengthened", "outage"};
  return {"", ""};
}

Recount::Act Recount::ActOf(SeatWord before, SeatWord after) {
  const SeatState from = before.state();
  if (after.state() == from && from != SeatState::kFree) return StaysOf(before, after);
  switch (after.state()) {
    case SeatState::kHeld:
      return {ledger::IsNobodys(from) ? "held" : "", "first-come"};
    case SeatState::kOffered:
      return {ledger::IsNobodys(from) ? "offered" : "", "offer"};
    case SeatState::kConfirmed:
      if (from == SeatState::kFree) return {"assigned", "desk"};
      if (from == SeatState::kAside) return {"assigned", "offer"};
      return {ledger::AwaitsConfirm(from) ? "confirmed" : "", "holder"};
    case SeatState::kCoolingCancelled:
      return {ledger::IsReserved(from) ? "cancelled" : "", "holder"};
    case SeatState::kCoolingExpired:
      if (from == SeatState::kOffered) return {"lapsed", "offer"};
      return {from == SeatState::kHeld ? "lapsed" : "", "hold_s"};
    case SeatState::kFree:
      if (from == SeatState::kFree) return {"move-given-up", "moves"};
      if (from == SeatState::kWithdrawn) return {"restored", "calendar"};
      if (from == SeatState::kAside) return {"freed", "offer"};
      return {ledger::IsCooling(from) ? "freed" : "", "cooldown_hours"};
    case SeatState::kAside:
      return {ledger::IsCooling(from) ? "set-aside" : "", "offer"};
    case SeatState::kWithdrawn:
      return {ledger::AwaitsConfirm(from) ? "" : "withdrawn", "calendar"};
    default:
      return {"", ""};
  }
}

void Recount::CheckQueue(const Agenda& agenda, AgendaId id, const Subject& subject) {
  const auto& opening = agenda.opening;
  if (!opening || !opening->opened_at) return Fail("a hold in a queue that had not opened");
  const auto turn = turns_.find({id, subject});
  if (turn != turns_.end() && turn->second.day == opening->day &&
      turn->second.times >= limits::kTurnsPerOpening)
    Fail("a hold by a subject that has had its turn in this opening");
}

// Not sooner than notice_hours before it, not later than horizon_days.
void Recount::CheckWindow(const Agenda& agenda, const Slot& slot) {
  const int64_t notice_ms = Least(agenda, &rules::Agenda::notice_hours) * kMsPerHour;
  if (slot.starts_at < Earliest() + notice_ms)
    Fail("a hold of a slot that begins sooner than notice_hours allows");
  // Days are counted at the office: one more covers any zone and the change of clocks.
  const int64_t days = Most(agenda, &rules::Agenda::horizon_days) + 2;
  if (slot.starts_at > latest_ + days * 24 * kMsPerHour)
    Fail("a hold of a slot that is further away than horizon_days allows");
}

void Recount::CheckHold(const ledger::SeatImage& image, const Slot& slot) {
  const Agenda& agenda = agendas_[slot.agenda];
  const rules::Agenda& rules = agenda.versions.back().rules;
  if (image.word.generation() < first_generation_)
    Fail("a hold in a generation that may have been given out before the loss");
  // What the desk gives and what is offered follow rules of their own.
  if (image.word.state() == SeatState::kConfirmed) return;
  CheckWindow(agenda, slot);
  if (image.word.state() == SeatState::kOffered) return;
  if (agenda.paused_since && latest_ - *agenda.paused_since > kSlackMs)
    Fail("a hold while the agenda was paused");
  if (rules.policy == rules::Policy::kQueue) CheckQueue(agenda, slot.agenda, image.subject);
  if (rules.identity_proof == rules::IdentityProof::kListed &&
      latest_ - agenda.listed_at > kSlackMs && !agenda.listed.contains(image.subject))
    Fail("a hold by a subject that the roster does not list");
}

// A seat becomes somebody's.
void Recount::Arrive(const ledger::SeatImage& image, SeatRef origin, Seat& seat) {
  const SeatRef ref{image.seat, image.word.generation()};
  if (const auto [at, fresh] = live_.try_emplace(image.subject, ref); !fresh) {
    Fail(absl::StrFormat("a second live reservation of one subject: seats %d and %d",
                         at->second.seat.value, image.seat.value));
  }
  Slot& slot = slots_[seat.slot];
  const auto channel = static_cast<size_t>(image.word.channel());
  if (image.word.channel() != seat.word.channel())
    Fail("a seat that is given out in another channel");
  if (++slot.live[channel] > slot.most[channel]) {
    Fail(absl::StrFormat("%d seats of channel %s are reserved in slot %s, and %d were published",
                         slot.live[channel], std::string(ChannelName(image.word.channel())),
                         FormatLocalMinute(slot.start), slot.most[channel]));
  }
  ++agendas_[slot.agenda].live[channel];
  seat.origin = origin;
}

void Recount::Leave(SeatId id, const Seat& seat) {
  const auto at = live_.find(seat.subject);
  if (at != live_.end() && at->second.seat == id) live_.erase(at);
  Slot& slot = slots_[seat.slot];
  const auto channel = static_cast<size_t>(seat.word.channel());
  --slot.live[channel];
  --agendas_[slot.agenda].live[channel];
}

// Whether an opening of that agenda begins then, by the rules it has or had last.
bool Recount::OpensAt(const Agenda& agenda, Instant until) {
  for (const Version& version : agenda.versions) {
    absl::TimeZone zone;
    if (!rules::LoadZone(version.rules.timezone, &zone)) continue;
    const auto opening = rules::OpeningOn(version.rules, zone, rules::DayAt(Zone(zone), until));
    if (opening && opening->opens_at == until) return true;
  }
  return false;
}

void Recount::CheckCooling(SeatWord before, SeatWord after, const Agenda& agenda) {
  const Instant until = ledger::InstantOfDeadline(after.deadline_s());
  const int64_t most_ms = Most(agenda, &rules::Agenda::cooldown_max_hours) * kMsPerHour;
  const int64_t least_ms = Least(agenda, &rules::Agenda::cooldown_min_hours) * kMsPerHour;
  if (until > latest_ + most_ms + kRoundingMs && !OpensAt(agenda, until))
    Fail("a seat cools longer than cooldown_hours allows, and into no opening");
  // A hold that a queue takes back goes to the next in line at once, what people wait for to the
  // next of those; what the office leaves, leaves the calendar.
  const bool moved = after.state() == SeatState::kCoolingMoved;
  const rules::Agenda& rules = agenda.versions.back().rules;
  const bool may_be_at_once =
      rules.waitlist || before.state() == SeatState::kOffered || (moved && before.last()) ||
      (!moved && before.state() == SeatState::kHeld && rules.policy == rules::Policy::kQueue);
  if (!may_be_at_once && until < Earliest() + least_ms)
    Fail("a seat cools less than cooldown_hours allows");
}

void Recount::CheckTimes(SeatWord before, SeatWord after, const Slot& slot) {
  const Agenda& agenda = agendas_[slot.agenda];
  const Instant was = ledger::InstantOfDeadline(before.deadline_s());
  const Instant until = ledger::InstantOfDeadline(after.deadline_s());
  const int64_t hold_ms = Most(agenda, &rules::Agenda::hold_s) * kMsPerSecond;
  const bool held = after.state() == SeatState::kHeld;
  if (held && before.state() == SeatState::kFree && until > latest_ + hold_ms + kRoundingMs)
    Fail("a hold that is longer than hold_s");
  if (held && before.state() == SeatState::kHeld && until != was) {
    const bool extended = after.extended() && !before.extended();
    if (extended && until > was + hold_ms + kRoundingMs) Fail("extended by more than hold_s");
    if (!extended && !outage_) Fail("a hold was lengthened, and there was no outage");
  }
  if (after.state() == SeatState::kCoolingExpired && ledger::AwaitsConfirm(before.state()) &&
      latest_ <= was)
    Fail("a hold or an offer lapsed before its deadline");
  if (ledger::IsCooling(after.state()) && !ledger::IsCooling(before.state()))
    CheckCooling(before, after, agenda);
  if (ledger::IsNobodys(after.state()) && ledger::IsCooling(before.state()) && latest_ < was)
    Fail("a seat was free again before it had cooled");
  if (after.state() == SeatState::kWithdrawn && before.state() == SeatState::kConfirmed &&
      latest_ < slot.starts_at)
    Fail("a confirmed seat was withdrawn before its slot began");
}

void Recount::CountAct(const Act& act, const Slot& slot, Channel channel) {
  auto& totals = agendas_[slot.agenda].totals[static_cast<size_t>(channel)];
  if (act.what == "held") ++totals[kHeld];
  if (act.what == "confirmed") ++totals[kConfirmed];
  if (act.what == "cancelled") ++totals[kCancelled];
  if (act.what == "lapsed") ++totals[kLapsed];
  if (act.what == "moved") ++totals[kMoved];
}

std::string Recount::Line(const Act& act, const ledger::SeatImage& image, const Seat& seat,
                          const Slot* moved_from) {
  const Slot& slot = slots_[seat.slot];
  const Agenda& agenda = agendas_[slot.agenda];
  const bool holds = act.what == "held";
  std::string_view rule = act.rule;
  if (holds && image.word.channel() != Channel::kWeb) rule = "channel";
  if (holds && agenda.versions.back().rules.policy == rules::Policy::kQueue) rule = "queue";
  json::object line = {{"lsn", std::to_string(lsn_.value)},
                       {"at", At(at_)},
                       {"what", std::string(act.what)},
                       {"rule", std::string(rule)},
                       {"agenda", agenda.name},
                       {"version", agenda.versions.back().number},
                       {"slot", FormatLocalMinute(slot.start)},
                       {"channel", std::string(ChannelName(image.word.channel()))},
                       {"seat", image.seat.value},
                       {"generation", image.word.generation().value}};
  if (holds && rule == "queue" && agenda.opening)
    line["opening"] = FormatDate(CivilFromDays(agenda.opening->day));
  if (moved_from != nullptr) {
    line["from_slot"] = FormatLocalMinute(moved_from->start);
    line["moves"] = image.word.moves();
  }
  if (seat.reservation != 0) line["reservation"] = seat.reservation;
  if (image.subject != Subject{}) line["subject"] = NumberOf(image.subject);
  if (ledger::HasDeadline(image.word.state()))
    line["until"] = At(ledger::InstantOfDeadline(image.word.deadline_s()));
  return json::serialize(line);
}

std::optional<std::string> Recount::Changed(const ledger::Event& event) {
  const ledger::SeatImage& image = event.seat;
  Seat* const seat = SeatOf(image.seat);
  if (seat == nullptr) return std::nullopt;
  const Slot& slot = slots_[seat->slot];
  const bool concerns = Concerns(slot.agenda);
  if (!InSequence(image, *seat))
    return concerns ? std::optional(Line({"told-again", ""}, image, InSlot(seat->slot), nullptr))
                    : std::nullopt;
  const SeatWord before = seat->word;
  const Act act = ActOf(before, image.word);
  if (act.what.empty()) {
    Fail(absl::StrCat("a seat cannot go from ", std::string(SeatStateName(before.state())), " to ",
                      std::string(SeatStateName(image.word.state()))));
  }
  CheckTimes(before, image.word, slot);
  const bool was = ledger::IsReserved(before.state());
  const bool is = ledger::IsReserved(image.word.state());
  if (was && is && image.subject != seat->subject)
    Fail("a reservation has become another subject's");
  if (was && !is) Leave(image.seat, *seat);
  if (!was && is) {
    CheckHold(image, slot);
    Arrive(image, SeatRef{image.seat, image.word.generation()}, *seat);
    seat->reservation = concerns ? ++reservations_ : 0;
  }
  if (ledger::OwnMoves(image.word) > limits::kMaxMoves)
    Fail("a reservation that was moved more than twice");
  CountAct(act, slot, image.word.channel());
  seat->word = image.word;
  seat->subject = image.subject;
  const auto line =
      concerns ? std::optional(Line(act, image, *seat, nullptr)) : std::optional<std::string>();
  if (image.subject == Subject{}) seat->reservation = 0;
  return line;
}

// One line, as of each record: the leader's, with those of the others in it.
std::optional<std::string> Recount::PartyHeld(const ledger::PartyHeld& party) {
  std::optional<std::string> line;
  std::string others;
  const Seat* const leader = SeatOf(party.seats[0].seat);
  for (size_t i = 0; i < party.count; ++i) {
    const std::optional<std::string> one = Changed(ledger::Event(party.seats[i]));
    const Seat* const seat = SeatOf(party.seats[i].seat);
    if (seat != nullptr && leader != nullptr && seat->slot != leader->slot)
      Fail("a party in two slots");
    if (i == 0) line = one;
    if (i > 0 && one) absl::StrAppend(&others, others.empty() ? "" : ",", *one);
  }
  if (line) *line = absl::StrCat(line->substr(0, line->size() - 1), ",\"party\":[", others, "]}");
  return line;
}

std::optional<std::string> Recount::Moved(const ledger::Event& event) {
  Seat* const to = SeatOf(event.seat.seat);
  Seat* const from = SeatOf(event.from.seat);
  if (to == nullptr || from == nullptr) return std::nullopt;
  const Slot& slot = slots_[to->slot];
  const Slot& left = slots_[from->slot];
  const bool concerns = Concerns(slot.agenda);
  if (!InSequence(event.seat, *to))
    return concerns ? std::optional(Line({"told-again", ""}, event.seat, InSlot(to->slot), &left))
                    : std::nullopt;
  const SeatWord before = from->word;
  if (InSequence(event.from, *from)) {
    if (!ledger::IsReserved(before.state())) Fail("a move from a seat that nobody had");
    Leave(event.from.seat, *from);
    CheckTimes(before, event.from.word, left);
  }
  if (slot.agenda != left.agenda) Fail("a move to another agenda's slot");
  if (event.seat.subject != from->subject) Fail("a move has made a reservation another subject's");
  const SeatWord arrived = event.seat.word;
  const bool by_office = ledger::MovedByOffice(arrived) && !ledger::MovedByOffice(before);
  if (arrived.moves() != before.moves() + 1 || ledger::OwnMoves(arrived) > limits::kMaxMoves)
    Fail("a reservation that was moved more than twice");
  if (event.origin != from->origin) Fail("a move has given a reservation another name");
  if (by_office ? arrived.state() != SeatState::kOffered
                : arrived.state() != before.state() || arrived.deadline_s() != before.deadline_s())
    Fail("a move has made something else of a reservation");
  if (!by_office) CheckWindow(agendas_[slot.agenda], slot);
  Arrive(event.seat, event.origin, *to);
  to->reservation = from->reservation;
  const Act act{"moved", by_office ? "office" : "moves-twice"};
  CountAct(act, slot, event.seat.word.channel());
  to->word = event.seat.word;
  to->subject = event.seat.subject;
  from->word = event.from.word;
  return concerns ? std::optional(Line(act, event.seat, *to, &left)) : std::nullopt;
}

}  // namespace creneau::audit
