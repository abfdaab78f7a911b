#include "booking/event_teller.h"

#include <utility>
#include <variant>

#include "base/check.h"
#include "booking/snapshot_file.h"
#include "codec/snapshot.h"
#include "rules/calendar.h"

namespace creneau::booking {
namespace {

using ledger::InstantOfDeadline;
using ledger::SeatState;
using ledger::SeatWord;

// What became of one seat; nothing that the public is told of.
std::optional<PublicFact> FactOf(SeatWord before, SeatWord after) {
  const bool same = before.generation() == after.generation();
  const SeatState was = same ? before.state() : SeatState::kFree;
  switch (after.state()) {
    case SeatState::kHeld:
      if (was != SeatState::kHeld) return PublicFact::kHeld;
      if (after.deadline_s() == before.deadline_s()) return std::nullopt;
      return PublicFact::kExtended;
    case SeatState::kConfirmed:
      if (was == SeatState::kConfirmed) return std::nullopt;
      return PublicFact::kConfirmed;
    case SeatState::kCoolingExpired:
      if (was == SeatState::kCoolingExpired) return std::nullopt;
      return PublicFact::kExpired;
    case SeatState::kCoolingCancelled:
      if (was == SeatState::kCoolingCancelled) return std::nullopt;
      return PublicFact::kCancelled;
    case SeatState::kWithdrawn:
    case SeatState::kFree:
    case SeatState::kClaimed:
    case SeatState::kMoving:
    case SeatState::kJoining:
    case SeatState::kLeading:
    case SeatState::kCoolingMoved:
    case SeatState::kAside:
      return std::nullopt;
    case SeatState::kOffered:
      if (was == SeatState::kOffered) return std::nullopt;  // lengthened
      return PublicFact::kOffered;
  }
  CHECK(false);
}

// One record may change several things; the one that matters most gives it its name, and all of
// them can be read in it.
std::optional<PublicFact> FactOf(const codec::OpeningState& before,
                                 const codec::OpeningState& after) {
  if (after.opened_at && !before.opened_at) return PublicFact::kOpeningOpened;
  if (after.paused && !before.paused) return PublicFact::kOpeningPaused;
  if (!after.paused && before.paused) return PublicFact::kOpeningResumed;
  if (after.draining && !before.draining) return PublicFact::kOpeningDraining;
  const bool changed = after.draining != before.draining || after.closes_at != before.closes_at ||
                       after.rate_cap_per_min != before.rate_cap_per_min ||
                       after.beacon != before.beacon ||
                       after.without_beacon != before.without_beacon;
  if (changed) return PublicFact::kOpeningChanged;
  return std::nullopt;  // people were let in: the queue's status tells that
}

}  // namespace

absl::Status EventTeller::Load(env::FileSystem& files, const std::string& path) {
  const auto each = [this](PartKind kind, std::string_view record) -> absl::Status {
    if (kind == PartKind::kSlots) {
      const absl::StatusOr<ledger::SlotRecord> slot = codec::DecodeSlot(record);
      if (!slot.ok()) return slot.status();
      for (const ledger::SeatRecord& seat : slot->seats) {
        Note(seat.image);
        if (seat.image.word.moves() > 0) origins_[seat.image.seat] = seat.origin;
      }
      return absl::OkStatus();
    }
    if (kind != PartKind::kStates) return absl::OkStatus();
    const absl::StatusOr<std::string> event = codec::DecodeState(record);
    if (!event.ok()) return event.status();
    PublicEvent untold;
    return TellOther(*event, &untold).status();
  };
  return ReadSnapshot(files, path, each).status();
}

void EventTeller::Forget() {
  words_.clear();
  origins_.clear();
  openings_.clear();
  draws_.clear();
}

absl::StatusOr<bool> EventTeller::Tell(Lsn lsn, Instant written_at, std::string_view record,
                                       PublicEvent* event) {
  *event = {};
  event->lsn = lsn;
  event->at = written_at;
  ledger::Event change;
  if (codec::DecodeSeatEvent(record, &change)) return Tell(change, event);
  return TellOther(record, event);
}

absl::StatusOr<bool> EventTeller::TellOther(std::string_view record, PublicEvent* event) {
  absl::StatusOr<codec::Record> decoded = codec::DecodeRecord(record);
  if (!decoded.ok()) return decoded.status();
  if (const auto* change = std::get_if<ledger::Event>(&*decoded)) return Tell(*change, event);
  if (const auto* party = std::get_if<ledger::PartyHeld>(&*decoded)) return Tell(*party, event);
  if (const auto* part = std::get_if<codec::CalendarPart>(&*decoded)) return Tell(*part, event);
  if (const auto* part = std::get_if<codec::RosterPart>(&*decoded)) return Tell(*part, event);
  if (auto* opening = std::get_if<codec::OpeningState>(&*decoded))
    return Tell(std::move(*opening), event);
  if (auto* act = std::get_if<codec::StaffAct>(&*decoded)) return Tell(std::move(*act), event);
  if (const auto* place = std::get_if<codec::WaitlistPlace>(&*decoded)) return Tell(*place, event);
  if (const auto* mandate = std::get_if<codec::Mandate>(&*decoded)) return Tell(*mandate, event);
  if (auto* shifted = std::get_if<codec::SeatsShifted>(&*decoded)) {
    shifted_ = std::move(*shifted);
    return false;
  }
  if (const auto* draw = std::get_if<codec::DrawState>(&*decoded)) return Tell(*draw, event);
  if (const auto* entry = std::get_if<codec::DrawEntry>(&*decoded)) return Tell(*entry, event);
  if (const auto* closed = std::get_if<codec::DayClosed>(&*decoded)) return Tell(*closed, event);
  if (const auto* notice = std::get_if<codec::HolderNotice>(&*decoded)) return Tell(*notice, event);
  if (const auto* loss = std::get_if<codec::LossAccepted>(&*decoded)) {
    event->fact = PublicFact::kLossAccepted;
    event->lost_after = loss->after;
    return true;
  }
  if (const auto* rekeyed = std::get_if<codec::Rekeyed>(&*decoded))
    return TellOf(rekeyed->origin, PublicFact::kRepaired, event);
  return false;  // of records that come later, those that are to be told have their place here
}

// What the seat's word was before; nothing when the image is not newer.
std::optional<SeatWord> EventTeller::Note(const ledger::SeatImage& image) {
  if (image.seat.value >= limits::kMaxSeats) return std::nullopt;  // no seat: the log is not ours
  if (image.seat.value >= words_.size()) words_.resize(image.seat.value + 1);
  SeatWord& word = words_[image.seat.value];
  if (word.sequence() >= image.word.sequence() && word != SeatWord()) return std::nullopt;
  return std::exchange(word, image.word);
}

std::optional<PublicSeat> EventTeller::SeatAt(SeatId seat, AgendaId* agenda) const {
  const std::optional<ledger::SeatTime> time = ledger_.TimeOf(seat);
  if (!time) return std::nullopt;
  *agenda = time->agenda;
  return PublicSeat{time->start, time->starts_at, time->minutes};
}

const AgendaLabel* EventTeller::LabelOf(AgendaId agenda) {
  const auto known = labels_.find(agenda);
  if (known != labels_.end()) return &known->second;
  const AgendaInfo* const info = registry_.Find(agenda);
  if (info == nullptr) return nullptr;
  return &labels_.emplace(agenda, AgendaLabel{info->rules.name, info->zone}).first->second;
}

// Whose reservation it is by name, and where. False: a seat that no calendar has.
bool EventTeller::Describe(const ledger::SeatImage& image, PublicEvent* event) {
  AgendaId agenda;
  const std::optional<PublicSeat> seat = SeatAt(image.seat, &agenda);
  if (!seat) return false;
  event->agenda = LabelOf(agenda);
  event->seat = *seat;
  event->channel = image.word.channel();
  const auto origin = origins_.find(image.seat);
  const SeatRef here{image.seat, image.word.generation()};
  event->reservation = names_.NameOf(origin == origins_.end() ? here : origin->second);
  if (ledger::AwaitsConfirm(image.word.state()))
    event->expires_at = InstantOfDeadline(image.word.deadline_s());
  return true;
}

bool EventTeller::Tell(const ledger::Event& change, PublicEvent* event) {
  if (change.is_move) return TellMove(change, event);
  const std::optional<SeatWord> before = Note(change.seat);
  if (!before) return false;
  const SeatWord after = change.seat.word;
  if (before->generation() != after.generation()) origins_.erase(change.seat.seat);
  const std::optional<PublicFact> fact = FactOf(*before, after);
  if (!fact || !Describe(change.seat, event)) return false;
  event->fact = *fact;
  event->confirmed = before->state() == SeatState::kConfirmed;
  event->by_holder = after.extended() && !before->extended();
  return true;
}

// One event, of the leader's reservation, which names them all.
bool EventTeller::Tell(const ledger::PartyHeld& party, PublicEvent* event) {
  bool told = false;
  for (size_t i = party.count; i-- > 0;) told = Tell(ledger::Event(party.seats[i]), event) || told;
  if (!told) return false;
  for (size_t i = 0; i < party.count; ++i) {
    const ledger::SeatImage& image = party.seats[i];
    event->party.push_back(names_.NameOf(SeatRef{image.seat, image.word.generation()}));
  }
  return true;
}

bool EventTeller::TellMove(const ledger::Event& move, PublicEvent* event) {
  Note(move.from);
  if (!Note(move.seat)) return false;
  origins_[move.seat.seat] = move.origin;
  AgendaId agenda;
  const std::optional<PublicSeat> from = SeatAt(move.from.seat, &agenda);
  if (!from || !Describe(move.seat, event)) return false;
  // The seat that was left says so too where the office had moved it before: it does so once.
  const SeatWord left = move.from.word;
  const bool moved_before = left.extended() && left.moves() > 0;
  event->fact = move.seat.word.state() == SeatState::kOffered && !moved_before &&
                        left.state() == SeatState::kCoolingMoved &&
                        ledger::MovedByOffice(move.seat.word)
                    ? PublicFact::kDisplaced
                    : PublicFact::kMoved;
  event->from = *from;
  event->moves = ledger::OwnMoves(move.seat.word);
  event->confirmed = move.seat.word.state() == SeatState::kConfirmed;
  return true;
}

bool EventTeller::Tell(const codec::CalendarPart& part, PublicEvent* event) {
  const AgendaId agenda = part.change.agenda;
  absl::TimeZone zone;
  // Of a first version, which the registry has only once it is in force.
  if (part.rules && labels_.count(agenda) == 0 && rules::LoadZone(part.rules->timezone, &zone))
    labels_.emplace(agenda, AgendaLabel{part.rules->name, Zone(zone)});
  if (part.part + 1 < part.parts) return false;
  event->fact = PublicFact::kPublished;
  if (shifted_.agenda == agenda && shifted_.version == part.change.version) {
    event->fact = PublicFact::kSeatsShifted;
    event->shifted = &shifted_;
  }
  event->agenda = LabelOf(agenda);
  event->version = part.change.version;
  return true;
}

bool EventTeller::Tell(const codec::RosterPart& part, PublicEvent* event) {
  if (part.part + 1 < part.parts) return false;
  event->fact = PublicFact::kRosterImported;
  event->agenda = LabelOf(part.agenda);
  event->version = part.version;
  event->adds = part.adds;
  return true;
}

bool EventTeller::Tell(codec::StaffAct act, PublicEvent* event) {
  act_ = std::move(act);
  event->fact = PublicFact::kStaffAct;
  const AgendaInfo* const info = registry_.Find(act_.agenda);
  if (info != nullptr) event->agenda = LabelOf(info->id);
  if (act_.reservation) event->reservation = names_.NameOf(*act_.reservation);
  event->act = &act_;
  return true;
}

// Once each: whoever enters, approves or withdraws one, an act of the staff tells.
bool EventTeller::Tell(const codec::Mandate& mandate, PublicEvent* event) {
  const bool is_void = mandate.state == codec::MandateState::kVoid;
  const bool due = mandate.told && mandate.state == codec::MandateState::kProposed;
  if (!is_void && !due) return false;
  event->fact = is_void ? PublicFact::kMandateVoid : PublicFact::kMandateDue;
  event->agenda = LabelOf(mandate.agenda);
  event->mandate = names_.NameOf(Names::Kind::kMandate, mandate.number);
  event->deadline = mandate.deadline;
  event->penalty_eur = mandate.penalty_eur;
  return true;
}

// Of a reservation, by its name alone: where it is now, other events have told.
bool EventTeller::TellOf(SeatRef origin, PublicFact fact, PublicEvent* event) {
  AgendaId agenda;
  if (!SeatAt(origin.seat, &agenda)) return false;
  event->fact = fact;
  event->agenda = LabelOf(agenda);
  event->reservation = names_.NameOf(origin);
  return true;
}

// Another day's opening begins as if nothing had been ordered.
bool EventTeller::Tell(codec::OpeningState opening, PublicEvent* event) {
  codec::OpeningState& latest = openings_[opening.agenda];
  codec::OpeningState before = std::move(latest);
  if (before.day != opening.day) before = {};
  latest = std::move(opening);
  const std::optional<PublicFact> fact = FactOf(before, latest);
  if (!fact) return false;
  event->fact = *fact;
  event->agenda = LabelOf(latest.agenda);
  event->opening = &latest;
  return true;
}

}  // namespace creneau::booking
