#include "booking/replay.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "booking/snapshot_file.h"
#include "codec/snapshot.h"
#include "rules/calendar.h"

namespace creneau::booking {

absl::Status Replay::Read(Lsn lsn, Instant written_at, std::string_view record) {
  last_ = lsn;
  absl::StatusOr<codec::Record> decoded = codec::DecodeRecord(record);
  absl::Status status = decoded.status();
  if (status.ok()) {
    if (auto* part = std::get_if<codec::CalendarPart>(&*decoded)) {
      status = Take(*part, written_at);
    } else if (const auto* outage = std::get_if<codec::Outage>(&*decoded)) {
      status = Take(*outage);
    } else {
      status = Take(std::get<ledger::Event>(*decoded));
    }
  }
  if (status.ok()) return status;
  return absl::Status(status.code(), absl::StrFormat("record %d of the log: %s", lsn.value,
                                                     std::string(status.message())));
}

absl::Status Replay::End() {
  if (last_ < covers_) {
    return absl::DataLossError(absl::StrFormat(
        "the log ends at record %d, but %s was taken when record %d was durable: what came between "
        "was acknowledged and is missing. Nothing on disk was changed. Restore the newest segments "
        "from their backup or replica.",
        last_.value, snapshot_, covers_.value));
  }
  return ledger_.Rebuild();
}

absl::Status Replay::Load(env::FileSystem& files, const std::string& path) {
  bool slots = true;
  const auto each = [&](PartKind kind, std::string_view record) -> absl::Status {
    if (kind == PartKind::kSlots) {
      const absl::StatusOr<ledger::SlotRecord> slot = codec::DecodeSlot(record);
      return slot.ok() ? ledger_.Load(*slot) : slot.status();
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

absl::Status Replay::Take(const ledger::Event& event) { return ledger_.Apply(event); }

absl::Status Replay::Take(const codec::Outage& outage) {
  owed_since_ = outage.settled ? std::nullopt : std::optional<Instant>(outage.since);
  return absl::OkStatus();
}

// The calendar comes into force with its last part, as one change.
absl::Status Replay::Take(codec::CalendarPart& part, Instant written_at) {
  // Taken from a snapshot already, which has that version or a later one.
  const AgendaInfo* known = registry_.Find(part.change.agenda);
  if (known != nullptr && part.change.version <= known->version) return absl::OkStatus();
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
  if (!rules::LoadZone(info.rules.timezone, &zone)) {
    return absl::FailedPreconditionError(absl::StrFormat(
        "agenda %s needs time zone %s, which this machine does not have; install tzdata",
        info.rules.name, info.rules.timezone));
  }
  info.zone = zone;
  if (info.id.value > registry_.NextId().value)
    return absl::DataLossError("an agenda number was skipped");
  if (absl::Status fits = ledger_.Check(open_->change); !fits.ok()) return fits;
  ledger_.Apply(open_->change);
  registry_.Put(std::move(info));
  open_.reset();
  return absl::OkStatus();
}

}  // namespace creneau::booking
