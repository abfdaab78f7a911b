#include "booking/event_feed.h"

#include <algorithm>

#include "booking/audit.h"
#include "booking/loss.h"
#include "booking/snapshot_file.h"

namespace creneau::booking {
namespace {

// Between two answers: some hundredths of a millisecond.
constexpr int kMostRecords = 256;

}  // namespace

absl::StatusOr<EventRange> FindEventRange(const EventSources& sources, std::optional<Lsn> after) {
  const Lsn newest = sources.log.durable_lsn();
  const wal::Follow log(sources.files, LogDirectory(sources.data), ArchiveDirectory(sources.data));
  const absl::StatusOr<Lsn> oldest = log.Oldest();
  if (!oldest.ok()) return oldest.status();
  EventRange range{Lsn{oldest->value - 1}, newest};
  const codec::LossAccepted* const loss = after ? LossOfPosition(sources.losses, *after) : nullptr;
  range.lost = loss != nullptr;
  if (range.lost) range.oldest = std::max(range.oldest, loss->after);
  return range;
}

EventFeed::EventFeed(const EventSources& sources, Lsn after)
    : sources_(sources),
      position_(after),
      follow_(sources.files, LogDirectory(sources.data), ArchiveDirectory(sources.data)),
      teller_(sources.ledger, sources.registry, sources.names) {}

// From the newest snapshot that knows nothing of what is to be told; from the oldest segment where
// none is so old. A snapshot is of many moments, the last of which is when what it covers was
// durable. One that is damaged, or gone by now, is passed over.
absl::Status EventFeed::Begin() {
  const auto snapshots = ReadSnapshotHeaders(sources_.files, sources_.data);
  if (!snapshots.ok()) return snapshots.status();
  for (const SnapshotListing& listing : *snapshots) {
    if (!listing.header || listing.header->covers > position_) continue;
    if (!follow_.SeekSegment(listing.header->start.segment).ok()) continue;
    if (teller_.Load(sources_.files, SnapshotPath(sources_.data, listing.number)).ok())
      return absl::OkStatus();
    teller_.Forget();
  }
  const absl::StatusOr<Lsn> oldest = follow_.Oldest();
  if (!oldest.ok()) return oldest.status();
  if (position_.value + 1 < oldest->value) return absl::NotFoundError("what came next is gone");
  return follow_.Seek(*oldest);
}

absl::StatusOr<EventFeed::Step> EventFeed::Next(PublicEvent* event) {
  if (!begun_) {
    if (absl::Status begun = Begin(); !begun.ok()) return begun;
    begun_ = true;
  }
  const Lsn durable = sources_.log.durable_lsn();
  for (int i = 0; i < kMostRecords; ++i) {
    wal::Follow::Record record;
    const auto step = follow_.Next(durable, &record);
    if (!step.ok()) return step.status();
    if (*step == wal::Follow::Step::kCaughtUp) return Step::kCaughtUp;
    if (*step == wal::Follow::Step::kMore) return Step::kMore;
    const auto told = teller_.Tell(record.lsn, record.written_at, record.bytes, event);
    if (!told.ok()) return told.status();
    if (record.lsn <= position_) continue;
    position_ = record.lsn;
    if (*told) return Step::kEvent;
  }
  return Step::kMore;
}

}  // namespace creneau::booking
