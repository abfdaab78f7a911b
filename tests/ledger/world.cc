#include "tests/ledger/world.h"

#include <algorithm>

#include "base/check.h"
#include "base/prng.h"

namespace creneau::ledger {

SlotTarget Target(int minute_of_day, std::array<uint8_t, kChannels> seats) {
  return SlotTarget{SlotStart(minute_of_day), kStart + kMsPerDay + minute_of_day * kMsPerMinute, 20,
                    seats};
}

std::vector<SlotTarget> WebSlots(int slots, uint8_t seats) {
  std::vector<SlotTarget> targets;
  for (int i = 0; i < slots; ++i) targets.push_back(Target(i * 20, {seats, 0, 0, 0, 0}));
  return targets;
}

std::string WordTold(SeatWord word) {
  return std::string(SeatStateName(word.state())) + " " + std::to_string(word.generation().value) +
         "." + std::to_string(word.step());
}

Subject SubjectNumber(uint64_t number) { return Subject{Mix64(number), Mix64(~number)}; }

std::vector<SeatImage> Record::Images() const {
  std::vector<SeatImage> images(party.seats.begin(),
                                party.seats.begin() + static_cast<ptrdiff_t>(party.count));
  if (!images.empty()) return images;
  images.push_back(seat);
  if (is_move) images.push_back(from);
  return images;
}

absl::Status Apply(Ledger& ledger, const Record& record) {
  return record.party.count > 0 ? ledger.Apply(record.party)
                                : ledger.Apply(static_cast<const Event&>(record));
}

std::vector<Record> InQueueOrder(const std::vector<const RecordingSink*>& sinks) {
  std::vector<Logged> all;
  for (const RecordingSink* sink : sinks)
    all.insert(all.end(), sink->log().begin(), sink->log().end());
  std::sort(all.begin(), all.end(),
            [](const Logged& a, const Logged& b) { return a.ticket < b.ticket; });
  std::vector<Record> events;
  events.reserve(all.size());
  for (const Logged& logged : all) events.push_back(logged.record);
  return events;
}

Replayed Replay(const std::vector<CalendarChange>& changes, const std::vector<Record>& events,
                size_t count) {
  Replayed replayed{std::make_unique<Ledger>(), absl::OkStatus()};
  for (const CalendarChange& change : changes) replayed.ledger->Apply(change, /*recovering=*/true);
  for (size_t i = 0; i < count; ++i) {
    if (replayed.status = Apply(*replayed.ledger, events[i]); !replayed.status.ok())
      return replayed;
  }
  replayed.status = replayed.ledger->Rebuild();
  return replayed;
}

PublicationPlan Publish(Ledger& ledger, const std::vector<SlotTarget>& targets, uint32_t version,
                        EventSink& sink, std::vector<CalendarChange>& changes) {
  PublicationPlan plan = ledger.Plan(kAgenda, version, targets, kStart);
  CHECK(plan.overfull.empty() && !plan.no_room);
  ledger.Apply(plan.change);
  changes.push_back(plan.change);
  for (const SlotId slot : ledger.SlotsOf(kAgenda, kStart)) ledger.Trim(slot, sink);
  return plan;
}

PartyArgs PartyFor(uint64_t first, size_t count, Instant deadline, uint64_t people) {
  const HoldArgs one = HoldFor({}, deadline);
  PartyArgs args;
  args.agenda = one.agenda;
  args.earliest = one.earliest;
  args.latest = one.latest;
  args.deadline = one.deadline;
  args.count = count;
  for (size_t i = 0; i < count; ++i) args.members[i] = {SubjectNumber((first + i) % people), first};
  return args;
}

HoldArgs HoldFor(const Subject& subject, Instant deadline) {
  HoldArgs args;
  args.agenda = kAgenda;
  args.earliest = kStart;
  args.latest = kAlways;
  args.subject = subject;
  args.idempotency = subject.lo ^ 1;
  args.deadline = deadline;
  return args;
}

}  // namespace creneau::ledger
