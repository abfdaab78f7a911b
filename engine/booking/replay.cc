#include "booking/replay.h"

#include <algorithm>
#include <atomic>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "booking/shares.h"
#include "booking/snapshot_file.h"
#include "codec/snapshot.h"
#include "rules/agenda.h"
#include "rules/calendar.h"

namespace creneau::booking {
namespace {

constexpr uint32_t kSlotsPerThread = 4096;
constexpr uint32_t kSlotsPerPiece = 1024;

absl::Status OfRecord(Lsn lsn, const absl::Status& status) {
  if (status.ok()) return status;
  return absl::Status(status.code(), absl::StrFormat("record %d of the log: %s", lsn.value,
                                                     std::string(status.message())));
}

}  // namespace

// A seat is a cache miss: a dozen are under way at once, and each is applied when it has come.
absl::Status Replay::Read(Lsn lsn, Instant written_at, std::string_view record) {
  last_ = lsn;
  Pending& free = pending_[(first_ + count_) % kAhead];
  if (!codec::DecodeSeatEvent(record, &free.event)) {
    if (absl::Status status = ApplyAll(); !status.ok()) return status;
    return OfRecord(lsn, ReadOther(written_at, record));
  }
  free.lsn = lsn;
  ledger_.PrefetchFor(free.event);
  if (++count_ < kAhead) return absl::OkStatus();
  const Pending& oldest = pending_[first_];
  first_ = (first_ + 1) % kAhead;
  --count_;
  return Apply(oldest);
}

absl::Status Replay::Apply(const Pending& pending) {
  return OfRecord(pending.lsn, ledger_.Apply(pending.event));
}

absl::Status Replay::ApplyAll() {
  for (; count_ > 0; --count_, first_ = (first_ + 1) % kAhead) {
    if (absl::Status status = Apply(pending_[first_]); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status Replay::ReadOther(Instant written_at, std::string_view record) {
  absl::StatusOr<codec::Record> decoded = codec::DecodeRecord(record);
  if (!decoded.ok()) return decoded.status();
  if (const auto* party = std::get_if<ledger::PartyHeld>(&*decoded)) return ledger_.Apply(*party);
  if (auto* part = std::get_if<codec::CalendarPart>(&*decoded)) return Take(*part, written_at);
  if (const auto* outage = std::get_if<codec::Outage>(&*decoded)) return Take(*outage);
  if (const auto* opening = std::get_if<codec::OpeningState>(&*decoded)) return Take(*opening);
  if (const auto* turn = std::get_if<codec::TurnLapsed>(&*decoded)) return Take(*turn);
  if (const auto* loss = std::get_if<codec::LossAccepted>(&*decoded)) return Take(*loss);
  if (const auto* pepper = std::get_if<codec::PepperEpoch>(&*decoded)) return Take(*pepper);
  if (auto* roster = std::get_if<codec::RosterPart>(&*decoded))
    return rosters_.Take(std::move(*roster), /*may_begin_before=*/!snapshot_.empty());
  if (std::holds_alternative<codec::Probe>(*decoded) ||
      std::holds_alternative<codec::StaffAct>(*decoded) ||
      std::holds_alternative<codec::HolderNotice>(*decoded))
    return absl::OkStatus();
  if (const auto* linked = std::get_if<codec::SubjectsLinked>(&*decoded)) return Take(*linked);
  if (const auto* rekeyed = std::get_if<codec::Rekeyed>(&*decoded)) {
    people_->identities.Take(*rekeyed);
    return absl::OkStatus();
  }
  if (const auto* proposed = std::get_if<codec::ActProposed>(&*decoded)) return Take(*proposed);
  if (const auto* settled = std::get_if<codec::ActSettled>(&*decoded)) {
    people_->acts.Take(*settled);
    return absl::OkStatus();
  }
  if (const auto* place = std::get_if<codec::WaitlistPlace>(&*decoded)) return Take(*place);
  if (const auto* closed = std::get_if<codec::DayClosed>(&*decoded)) return Take(*closed);
  if (auto* minute = std::get_if<codec::ServiceMinute>(&*decoded)) {
    service_.Take(last_, std::move(*minute));
    return absl::OkStatus();
  }
  if (const auto* totals = std::get_if<codec::ChannelTotals>(&*decoded)) {
    totals_.Take(*totals);
    return absl::OkStatus();
  }
  if (const auto* shifted = std::get_if<codec::SeatsShifted>(&*decoded)) {
    Take(*shifted);
    return absl::OkStatus();
  }
  if (const auto* mandate = std::get_if<codec::Mandate>(&*decoded)) return Take(*mandate);
  if (const auto* count = std::get_if<codec::HelperCount>(&*decoded)) {
    people_->desk.Take(people_->desk.Begin(), *count);
    return absl::OkStatus();
  }
  if (const auto* note = std::get_if<codec::DeskNote>(&*decoded)) {
    people_->desk.Take(people_->desk.Begin(), *note);
    return absl::OkStatus();
  }
  if (const auto* draw = std::get_if<codec::DrawState>(&*decoded)) return TakeOfDraw(*draw);
  if (const auto* entry = std::get_if<codec::DrawEntry>(&*decoded)) return TakeOfDraw(*entry);
  if (const auto* result = std::get_if<codec::DrawResult>(&*decoded)) return TakeOfDraw(*result);
  return ledger_.Apply(std::get<ledger::Event>(*decoded));
}

template <typename Record>
absl::Status Replay::TakeOfDraw(const Record& record) {
  if (registry_.Find(record.agenda) == nullptr)
    return absl::DataLossError("a draw of an agenda that was never published");
  const Draws::Lock lock = people_->draws.Take();
  if constexpr (std::is_same_v<Record, codec::DrawState>) {
    return people_->draws.Put(record, last_);
  } else {
    return people_->draws.Put(record);
  }
}

absl::Status Replay::End() {
  if (absl::Status status = ApplyAll(); !status.ok()) return status;
  if (last_ < covers_) {
    return absl::DataLossError(absl::StrFormat(
        "the log ends at record %d, but %s was taken when record %d was durable: what came between "
        "was acknowledged and is missing. Nothing on disk was changed. Restore the newest segments "
        "from their backup or replica.",
        last_.value, snapshot_, covers_.value));
  }
  return Rebuild();
}

// Which of a subject's seats is found to be one too many depends on the threads; so one tells it.
absl::Status Replay::Rebuild() {
  const uint32_t slots = ledger_.slots_made();
  std::vector<ledger::Rebuilt> rebuilt(ThreadsFor(slots, kSlotsPerThread));
  std::atomic<bool> failed{false};
  ledger_.BeginRebuild();
  ShareOut(rebuilt.size(), slots, kSlotsPerPiece, [&](size_t thread, uint32_t from, uint32_t to) {
    if (!failed && !ledger_.RebuildSlots(from, to, &rebuilt[thread]).ok()) failed = true;
  });
  rebuilt_ = {};
  if (failed) {
    ledger_.BeginRebuild();
    return ledger_.RebuildSlots(0, slots, &rebuilt_);
  }
  for (const ledger::Rebuilt& part : rebuilt) rebuilt_.Add(part);
  std::sort(rebuilt_.untrimmed.begin(), rebuilt_.untrimmed.end());
  return absl::OkStatus();
}

absl::Status Replay::Load(env::FileSystem& files, const std::string& path) {
  bool slots = true;
  const auto each = [&](PartKind kind, std::string_view record) -> absl::Status {
    if (kind == PartKind::kSlots) {
      const absl::StatusOr<ledger::SlotRecord> slot = codec::DecodeSlot(record);
      return slot.ok() ? ledger_.Load(*slot) : slot.status();
    }
    if (kind == PartKind::kStates) {
      const absl::StatusOr<std::string> event = codec::DecodeState(record);
      return event.ok() ? Read(Lsn{}, Instant{}, *event) : event.status();
    }
    if (slots) {
      slots = false;
      if (absl::Status status = ledger_.CheckLoaded(); !status.ok()) return status;
    }
    const absl::StatusOr<codec::PublishedPart> part = codec::DecodePublishedPart(record);
    if (!part.ok()) return part.status();
    return Read(Lsn{}, part->published_at, part->event);
  };
  const absl::StatusOr<SnapshotHeader> header = ReadSnapshot(files, path, each);
  if (!header.ok()) return header.status();
  if (open_) return absl::DataLossError(path + ": a calendar without its last part");
  owed_since_ = header->owed_since;
  last_ = Lsn{header->start.first_lsn - 1};
  covers_ = header->covers;
  snapshot_ = path;
  return ledger_.CheckLoaded();
}

absl::Status Replay::Take(const codec::Mandate& mandate) {
  if (registry_.Find(mandate.agenda) == nullptr)
    return absl::DataLossError("a mandate of an agenda that was never published");
  people_->mandates.Take(people_->mandates.Begin(), mandate);
  return absl::OkStatus();
}

// It counts with its calendar: one that never comes was never acknowledged, and shifted nothing.
void Replay::Take(const codec::SeatsShifted& shifted) {
  const AgendaInfo* known = registry_.Find(shifted.agenda);
  const uint32_t in_force = known == nullptr ? 0 : known->version;
  if (shifted.version <= in_force) return people_->shifts.Take(shifted);
  shifted_ = shifted;
}

absl::Status Replay::Take(const codec::Outage& outage) {
  owed_since_ = outage.settled ? std::nullopt : std::optional<Instant>(outage.since);
  return absl::OkStatus();
}

absl::Status Replay::Take(const codec::SubjectsLinked& linked) {
  if (registry_.Find(linked.agenda) == nullptr)
    return absl::DataLossError("identities of an agenda that was never published");
  const Identities::Writing writing = people_->identities.Write();
  people_->identities.Take(linked);
  return absl::OkStatus();
}

absl::Status Replay::Take(const codec::ActProposed& proposed) {
  if (registry_.Find(proposed.agenda) == nullptr)
    return absl::DataLossError("an act about an agenda that was never published");
  people_->acts.Take(proposed);
  return absl::OkStatus();
}

absl::Status Replay::Take(const codec::WaitlistPlace& place) {
  if (registry_.Find(place.agenda) == nullptr)
    return absl::DataLossError("a place in the waitlist of an agenda that was never published");
  people_->waitlist.Take(place);
  return absl::OkStatus();
}

absl::Status Replay::Take(const codec::DayClosed& closed) {
  if (registry_.Find(closed.agenda) == nullptr)
    return absl::DataLossError("a closed day of an agenda that was never published");
  people_->closures.Take(closed);
  return absl::OkStatus();
}

absl::Status Replay::Take(const codec::OpeningState& opening) {
  if (registry_.Find(opening.agenda) == nullptr)
    return absl::DataLossError("an opening of an agenda that was never published");
  openings_[opening.agenda] = opening;
  return absl::OkStatus();
}

absl::Status Replay::Take(const codec::TurnLapsed& turn) {
  codec::TurnLapsed& known = turns_[{turn.agenda, turn.subject}];
  // Each is later than those before it, and of the same opening or a later one.
  if (known.day != turn.day || known.times < turn.times) known = turn;
  return absl::OkStatus();
}

std::vector<codec::OpeningState> Replay::openings() const {
  std::vector<codec::OpeningState> all;
  for (const auto& [agenda, opening] : openings_) all.push_back(opening);
  return all;
}

absl::Status Replay::Take(const codec::LossAccepted& loss) {
  if (!losses_.empty() && loss.era <= losses_.back().era) {
    if (std::find(losses_.begin(), losses_.end(), loss) != losses_.end()) return absl::OkStatus();
    return absl::DataLossError("a loss in an era that is over");
  }
  ledger_.RaiseGenerations(loss.first_generation);
  losses_.push_back(loss);
  return absl::OkStatus();
}

// What was said before it of a group's people is void, also where it was read from a snapshot
// already: what counts of it comes again after this record.
absl::Status Replay::Take(const codec::PepperEpoch& pepper) {
  people_->peppers.Take(pepper);
  if (pepper.group.empty()) return absl::OkStatus();
  const Identities::Writing writing = people_->identities.Write();
  for (const AgendaInfo* agenda : AgendasOf(registry_, pepper.group)) {
    people_->identities.Forget(agenda->id);
    rosters_.Forget(agenda->id);
  }
  return absl::OkStatus();
}

// Those of the openings that are still the latest.
std::vector<codec::TurnLapsed> Replay::turns() const {
  std::vector<codec::TurnLapsed> all;
  for (const auto& [whose, turn] : turns_) {
    const auto opening = openings_.find(turn.agenda);
    if (opening != openings_.end() && opening->second.day == turn.day) all.push_back(turn);
  }
  return all;
}

// The calendar comes into force with its last part, as one change.
absl::Status Replay::Take(codec::CalendarPart& part, Instant written_at) {
  // Taken from a snapshot already, which has that version or a later one.
  const AgendaInfo* known = registry_.Find(part.change.agenda);
  if (known != nullptr && part.change.version <= known->version) return absl::OkStatus();
  // Replies write it as it is.
  if (part.rules && !rules::IsName(part.rules->name))
    return absl::DataLossError("an agenda with a name that no agenda file may give it");
  if (part.part == 0) {
    open_ = std::move(part);
  } else {
    if (!open_ || open_->change.agenda != part.change.agenda ||
        open_->change.version != part.change.version) {
      return absl::DataLossError("a part of a calendar without the parts before it");
    }
    auto& slots = open_->change.slots;
    slots.insert(slots.end(), part.change.slots.begin(), part.change.slots.end());
    open_->part = part.part;
  }
  if (open_->part + 1 < open_->parts) return absl::OkStatus();
  if (!open_->rules) return absl::DataLossError("a calendar without its agenda's rules");
  AgendaInfo info;
  info.id = open_->change.agenda;
  info.version = open_->change.version;
  info.rules = *std::move(open_->rules);
  info.published_at = written_at;
  absl::TimeZone zone;
  if (known != nullptr && known->rules.timezone == info.rules.timezone) {
    info.zone = known->zone;  // to make its table takes longer than all else here
  } else if (rules::LoadZone(info.rules.timezone, &zone)) {
    info.zone = zone;
  } else {
    return absl::FailedPreconditionError(absl::StrFormat(
        "agenda %s needs time zone %s, which this machine does not have; install tzdata",
        info.rules.name, info.rules.timezone));
  }
  if (info.id.value > registry_.NextId().value)
    return absl::DataLossError("an agenda number was skipped");
  if (absl::Status fits = ledger_.Check(open_->change); !fits.ok()) return fits;
  ledger_.Apply(open_->change, /*recovering=*/true);
  if (shifted_ && shifted_->agenda == info.id && shifted_->version == info.version) {
    people_->shifts.Take(*shifted_);
    // Its rules are those of the version before, and in force since then.
    if (const AgendaInfo* before = registry_.Find(info.id))
      info.published_at = before->published_at;
  }
  shifted_.reset();
  registry_.Put(std::move(info));
  open_.reset();
  return absl::OkStatus();
}

}  // namespace creneau::booking
