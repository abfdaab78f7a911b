// The engine as others call it: each call goes to where it is done, and refusals are counted on the
// way.

#include <utility>

#include "base/check.h"
#include "booking/engine.h"
#include "booking/engine_impl.h"
#include "booking/recovery.h"

namespace creneau::booking {

std::string_view ReservationStateName(ReservationState state) {
  switch (state) {
    case ReservationState::kHeld:
      return "held";
    case ReservationState::kConfirmed:
      return "confirmed";
    case ReservationState::kCancelled:
      return "cancelled";
    case ReservationState::kOffered:
      return "offered";
  }
  CHECK(false);
}

absl::StatusOr<std::unique_ptr<Engine>> Engine::Open(
    EngineOptions options, env::FileSystem& files, const Clock& clock, Entropy& entropy,
    std::function<void(const absl::Status&)> failed) {
  auto impl = std::make_unique<Impl>(std::move(options), files, clock, entropy);
  if (const absl::Status status = impl->Open(std::move(failed)); !status.ok()) return status;
  return std::unique_ptr<Engine>(std::make_unique<Engine>(Private{}, std::move(impl)));
}

Engine::Engine(Private, std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Engine::~Engine() { Close(); }

const StartReport& Engine::start_report() const { return impl_->report_; }
wal::Log& Engine::log() { return *impl_->log_; }
const Clock& Engine::clock() const { return impl_->clock_; }
Entropy& Engine::entropy() const { return impl_->entropy_; }

ReservationAnswer Engine::Hold(Act& act, const HoldRequest& request, Instant received_at) {
  ReservationAnswer answer = impl_->Hold(act, request, received_at);
  impl_->refusals_.Count(answer.agenda, answer.outcome);
  if (answer.outcome != Outcome::kOk)
    answer.attempt =
        impl_->AttemptAt(answer.agenda, request.applicant, answer.outcome, received_at);
  return answer;
}
ReservationAnswer Engine::Confirm(Act& act, const HolderRequest& request, Instant received_at) {
  return impl_->Confirm(act, request, received_at);
}
ReservationAnswer Engine::Extend(Act& act, const HolderRequest& request, Instant received_at) {
  return impl_->Extend(act, request, received_at);
}
ReservationAnswer Engine::Cancel(Act& act, const HolderRequest& request, Instant received_at) {
  return impl_->Cancel(act, request, received_at);
}
ReservationAnswer Engine::Read(Act& act, const HolderRequest& request, Instant received_at) {
  return impl_->Read(act, request, received_at);
}
ReservationAnswer Engine::Move(Act& act, const HolderRequest& request, LocalMinute slot,
                               Instant received_at) {
  ReservationAnswer answer = impl_->Move(act, request, slot, received_at);
  impl_->refusals_.Count(answer.agenda, answer.outcome);
  return answer;
}

std::vector<const AgendaInfo*> Engine::Agendas() const { return impl_->registry_.All(); }
const AgendaInfo* Engine::FindAgenda(std::string_view name) const {
  return impl_->registry_.Find(name);
}
AgendaAnswer Engine::ReadAgenda(std::string_view name, Instant now) const {
  return impl_->ReadAgenda(name, now);
}
SlotsAnswer Engine::ReadSlots(std::string_view name, std::optional<CivilDate> from,
                              std::optional<CivilDate> to, Instant now) const {
  return impl_->ReadSlots(name, from, to, now);
}

RecordAnswer Engine::ReadRecord(std::string_view name, rules::IsoWeek week,
                                std::string_view after) const {
  return impl_->ReadRecord(name, week, after);
}
ReleasesAnswer Engine::ReadReleases(std::string_view name, int days, Instant now) const {
  return impl_->ReadReleases(name, days, now);
}
uint64_t Engine::Refused(AgendaId agenda, Outcome outcome) const {
  return impl_->refusals_.Of(agenda, outcome);
}
void Engine::WatchRefused(std::function<EdgeRefused()> refused) {
  impl_->WatchRefused(std::move(refused));
}

TicketAnswer Engine::Ticket(const TicketRequest& request, Instant received_at) {
  TicketAnswer answer = impl_->Ticket(request, received_at);
  impl_->refusals_.Count(answer.agenda, answer.outcome);
  if (answer.outcome != Outcome::kOk)
    answer.attempt =
        impl_->AttemptAt(answer.agenda, request.applicant, answer.outcome, received_at);
  return answer;
}
QueueAnswer Engine::ReadQueue(std::string_view name, Instant now) const {
  return impl_->ReadQueue(name, now);
}
std::optional<ChallengeText> Engine::Challenge(std::string_view agenda, Instant now) {
  return impl_->Challenge(agenda, now);
}
PassAnswer Engine::GrantPass(Act& act, std::string_view agenda, const rules::Applicant& applicant,
                             const Actor& actor, Instant now) {
  return impl_->GrantPass(act, agenda, applicant, actor, now);
}
IdentityAnswer Engine::Lookup(Act& act, std::string_view agenda, const rules::Applicant& applicant,
                              const Actor& actor, Instant now) {
  return impl_->Lookup(act, agenda, applicant, actor, now);
}
IdentityAnswer Engine::Recover(Act& act, std::string_view agenda, const rules::Applicant& applicant,
                               Instant now) {
  return impl_->Recover(act, agenda, applicant, now);
}
IdentityAnswer Engine::Link(Act& act, const LinkRequest& request, const Actor& actor, Instant now) {
  return impl_->Link(act, request, actor, now);
}
IdentityAnswer Engine::Correct(Act& act, const CorrectionRequest& request, const Actor& actor,
                               Instant now) {
  return impl_->Correct(act, request, actor, now);
}
IdentityAnswer Engine::Repair(Act& act, const RepairRequest& request, const Actor& actor,
                              Instant now) {
  return impl_->Repair(act, request, actor, now);
}
IdentityAnswer Engine::Approve(Act& act, std::string_view name, const Actor& actor, Instant now) {
  return impl_->Approve(act, name, actor, now);
}
IdentityAnswer Engine::Withdraw(Act& act, std::string_view name, const Actor& actor, Instant now) {
  return impl_->Withdraw(act, name, actor, now);
}
std::vector<WaitingAct> Engine::WaitingActs(const Actor& actor, Instant now) const {
  return impl_->WaitingActs(actor, now);
}
OpeningView Engine::ReadOpening(const AgendaInfo& agenda, Instant now) const {
  return impl_->openings_->At(agenda, now);
}
size_t Engine::ListedPeople(std::string_view agenda) const {
  const AgendaInfo* const info = impl_->registry_.Find(agenda);
  return info == nullptr ? 0 : impl_->rosters_.size(info->id);
}
OrderAnswer Engine::Order(std::string_view agenda, const OpeningOrder& order, const Actor& actor) {
  return impl_->Order(agenda, order, actor);
}
RosterAnswer Engine::ImportRoster(const RosterRequest& request, const Actor& actor) {
  return impl_->ImportRoster(request, actor);
}

PublishAnswer Engine::Publish(const PublishRequest& request, const Actor& actor) {
  return impl_->Publish(request, actor);
}
absl::StatusOr<SnapshotHeader> Engine::TakeSnapshot() { return impl_->TakeSnapshot(nullptr); }
absl::StatusOr<SnapshotHeader> Engine::TakeSnapshot(const Actor& actor) {
  return impl_->TakeSnapshot(&actor);
}
absl::StatusOr<std::vector<SnapshotListing>> Engine::Snapshots() const {
  return ReadSnapshotHeaders(impl_->files_, impl_->options_.data);
}
absl::StatusOr<EventRange> Engine::Events(std::optional<Lsn> after) const {
  return FindEventRange(impl_->SourcesOfEvents(), after);
}
std::unique_ptr<EventFeed> Engine::EventsAfter(Lsn after) const {
  return std::make_unique<EventFeed>(impl_->SourcesOfEvents(), after);
}
size_t Engine::EventFeedBytes() const {
  return static_cast<size_t>(impl_->ledger_.seats()) * sizeof(ledger::SeatWord);
}
EngineStats Engine::stats() const { return impl_->Stats(); }
const StaffAccess& Engine::staff() const { return impl_->staff_; }
absl::Status Engine::ReloadStaffKeys() {
  return impl_->staff_.Reload(impl_->files_, impl_->options_.keys);
}
void Engine::Tick() { impl_->steward_->Tick(); }
void Engine::Keep() { impl_->Keep(); }
void Engine::WatchEdge(std::function<int64_t()> lag_ms) {
  impl_->steward_->WatchEdge(std::move(lag_ms));
}
std::string Engine::Digest() { return impl_->ledger_.Digest(); }
absl::Status Engine::CheckInvariants() { return impl_->ledger_.CheckInvariants(); }
void Engine::Close() { impl_->Close(); }

}  // namespace creneau::booking
