// Another pepper for the groups of agendas in which nothing is under way (pepper_epochs.h); the end
// of one: pepper_retire.cc.
//
// Why a group is looked at several times: whoever makes holds keeps a Reading, and is away while a
// Writing is held; whoever moves a reservation does not, and may take it from a seat that is still
// to be looked at to one that was. It is not moved more than ledger::kMostMoves times, so one look
// more than that cannot miss it.

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "booking/attribution.h"
#include "booking/engine_impl.h"
#include "booking/pepper_files.h"

namespace creneau::booking {
namespace {

using What = PepperObstacle::What;

constexpr int kLooks = static_cast<int>(ledger::kMostMoves) + 1;
// No slot is longer than its minutes can say (ledger::SlotTarget).
constexpr int64_t kLongestSlotMs = int64_t{UINT16_MAX} * kMsPerMinute;

}  // namespace

std::string_view PepperObstacleName(PepperObstacle::What what) {
  switch (what) {
    case What::kReservations:
      return "reservations";
    case What::kHolds:
      return "holds";
    case What::kOpening:
      return "opening";
    case What::kWaiting:
      return "waitlist";
    case What::kDraw:
      return "draw";
    case What::kPasses:
      return "passes";
  }
  CHECK(false);
}

// Never one of which a later state, that an older backup has taken back, was rid.
absl::StatusOr<uint32_t> Engine::Impl::NextEpoch() {
  for (uint32_t next = people_->peppers.newest() + 1;; ++next) {
    const absl::StatusOr<bool> destroyed = WasDestroyed(files_, options_.keys, next);
    if (!destroyed.ok()) return destroyed.status();
    if (!*destroyed) return next;
  }
}

// Those that are in an earlier epoch; only the one of that agenda, where one is named.
std::vector<PepperAnswer::Group> Engine::Impl::GroupsBefore(uint32_t epoch,
                                                            std::string_view only) const {
  std::map<std::string, PepperAnswer::Group> groups;
  for (const AgendaInfo* agenda : registry_.All()) {
    const std::string& name = agenda->rules.group;
    if (people_->peppers.Of(name) >= epoch) continue;
    if (!only.empty() && registry_.Find(only)->rules.group != name) continue;
    groups[name].agendas.push_back(agenda);
  }
  std::vector<PepperAnswer::Group> all;
  for (auto& [name, group] : groups) {
    group.name = name;
    all.push_back(std::move(group));
  }
  return all;
}

// Seats of an agenda that are somebody's whose appointment is not over.
void Engine::Impl::FindReserved(const AgendaInfo& agenda, const std::vector<uint8_t>& seats,
                                Instant now, Act& act, std::vector<PepperObstacle>* obstacles) {
  using ledger::SeatState;
  PepperObstacle reservations{&agenda, What::kReservations, 0, {}};
  PepperObstacle holds{&agenda, What::kHolds, 0, {}};
  const auto note = [](PepperObstacle& obstacle, Instant until) {
    ++obstacle.count;
    obstacle.until = std::max(obstacle.until, until);
  };
  ledger::SlotRecord slot;
  for (const SlotId id : ledger_.SlotsOf(agenda.id, now - kLongestSlotMs)) {
    act.Begin();
    ledger_.Scan(id, seats[id.value], act, &slot);
    const Instant over = slot.starts_at + slot.minutes * kMsPerMinute;
    for (const ledger::SeatRecord& seat : slot.seats) {
      const ledger::SeatWord word = seat.image.word;
      if (ledger::AwaitsConfirm(word.state()))
        note(holds, ledger::InstantOfDeadline(word.deadline_s()));
      if (word.state() == SeatState::kConfirmed && over > now) note(reservations, over);
    }
  }
  for (const PepperObstacle& obstacle : {reservations, holds}) {
    if (obstacle.count > 0) obstacles->push_back(obstacle);
  }
}

std::vector<PepperObstacle> Engine::Impl::WhatKeeps(const PepperAnswer::Group& group, Instant now,
                                                    Act& act) {
  std::vector<PepperObstacle> obstacles;
  const std::vector<uint8_t> seats = ledger_.SeatsBySlot();
  for (const AgendaInfo* agenda : group.agendas) {
    const bool queue = agenda->rules.policy == rules::Policy::kQueue;
    // Tickets are made for a subject, and rank it; passes let it in.
    const OpeningView opening = queue ? openings_->BriefAt(*agenda, now) : OpeningView();
    if (queue && opening.phase != Phase::kClosed)
      obstacles.push_back({agenda, What::kOpening, 0, opening.times->closes_at});
    const Instant passes = peppers_.PassesUntil(agenda->id);
    if (queue && agenda->rules.proof_of_work != rules::ProofDemand::kOff && passes > now)
      obstacles.push_back({agenda, What::kPasses, 0, passes});
    // Until they have been served or have left.
    if (const size_t waiting = people_->waitlist.Waiting(agenda->id); waiting > 0)
      obstacles.push_back({agenda, What::kWaiting, static_cast<uint32_t>(waiting), {}});
    // Entries are a subject's, and so are the offers that they will get.
    if (const auto until = draw_keeper_->NeedsPepper(*agenda, now))
      obstacles.push_back({agenda, What::kDraw, 0, *until});
    FindReserved(*agenda, seats, now, act, &obstacles);
  }
  return obstacles;
}

// False: something has come up in it meanwhile. `begin` is called before anything is pushed.
bool Engine::Impl::MoveGroup(PepperAnswer::Group& group, uint32_t epoch, Act& act,
                             const std::function<void()>& begin) {
  const Identities::Writing writing = people_->identities.Write();
  const Instant now = clock_.Now();  // an opening may have begun while this waited
  for (int look = 0; look < kLooks; ++look) {
    group.obstacles = WhatKeeps(group, now, act);
    if (!group.obstacles.empty()) return false;
  }
  begin();
  codec::PepperEpoch record;
  record.epoch = epoch;
  record.at = now;
  record.group = group.name;
  record.left = people_->peppers.Of(group.name);
  act.PushCopy(codec::EncodePepper(record));
  people_->peppers.Take(record);
  for (const AgendaInfo* agenda : group.agendas) {
    people_->identities.Forget(agenda->id);
    rosters_.Forget(agenda->id);
    peppers_.Use(agenda->id, epoch);
  }
  return true;
}

// An error: the pepper could not be made, and nothing has changed.
absl::Status Engine::Impl::MoveGroups(const PepperRequest& request, const Actor& actor,
                                      std::vector<PepperAnswer::Group> quiet, Instant now, Act& act,
                                      PepperAnswer* answer) {
  codec::PepperEpoch made;
  if (answer->made) {
    // On the disk before the log speaks of it: what is made and never used does no harm.
    auto pepper = MakePepper(files_, options_.keys, request.epoch, entropy_);
    if (!pepper.ok()) return pepper.status();
    made.epoch = request.epoch;
    made.at = now;
    made.check = CheckOf(*pepper);
    peppers_.Put(request.epoch, *pepper);
    explicit_bzero(pepper->data(), pepper->size());
  }
  bool begun = false;
  const auto begin = [&] {
    if (std::exchange(begun, true)) return;
    act.PushCopy(Attribution(actor, {"new-pepper", request.agenda}, now));
    if (!answer->made) return;
    act.PushCopy(codec::EncodePepper(made));
    people_->peppers.Take(made);
  };
  for (PepperAnswer::Group& group : quiet) {
    const bool moved = MoveGroup(group, request.epoch, act, begin);
    (moved ? answer->moved : answer->stayed).push_back(std::move(group));
  }
  if (!request.agenda.empty() && !answer->stayed.empty()) {
    answer->outcome = Outcome::kPepperInUse;
    answer->made = false;
  } else if (answer->made) {
    begin();
  }
  return absl::OkStatus();
}

PepperAnswer Engine::Impl::RenewPepper(const PepperRequest& request, const Actor& actor) {
  const std::lock_guard lock(publishing_);
  PepperAnswer answer;
  const auto refused = [&](Outcome outcome, std::string problem = "") {
    answer.outcome = outcome;
    answer.problem = std::move(problem);
    return answer;
  };
  if (!request.agenda.empty() && registry_.Find(request.agenda) == nullptr)
    return refused(Outcome::kUnknownAgenda);
  const uint32_t newest = people_->peppers.newest();
  const absl::StatusOr<uint32_t> next = NextEpoch();
  if (!next.ok()) return refused(Outcome::kOutcomeUnknown, std::string(next.status().message()));
  if ((request.epoch != newest && request.epoch != *next) ||
      request.epoch > limits::kPepperEpochs) {
    return refused(Outcome::kValidationFailed,
                   absl::StrCat("is ", *next, " for another pepper, or ", newest,
                                " for those that have not gone over to that one yet"));
  }
  if (!request.dry_run && LogRoom() != Room::kPlenty) return refused(Outcome::kReadOnly);
  const Instant now = clock_.Now();
  answer.made = request.epoch != newest;
  Act act(publisher_pool_, *log_);
  BlockingWait wait;
  act.Begin();
  std::vector<PepperAnswer::Group> quiet;
  for (PepperAnswer::Group& group : GroupsBefore(request.epoch, request.agenda)) {
    group.obstacles = WhatKeeps(group, now, act);
    (group.obstacles.empty() ? quiet : answer.stayed).push_back(std::move(group));
  }
  if (!request.agenda.empty() && !answer.stayed.empty()) {
    answer.outcome = Outcome::kPepperInUse;
  } else if (request.dry_run) {
    answer.moved = std::move(quiet);
  } else if (const absl::Status status =
                 MoveGroups(request, actor, std::move(quiet), now, act, &answer);
             !status.ok()) {
    refused(Outcome::kOutcomeUnknown,
            absl::StrCat("Nothing has changed: the pepper could not be made. ",
                         std::string(status.message())));
  }
  // Looking at seats finishes what it meets half done, and that is pushed too.
  if (act.pushed() && !wait.Finish(act)) return refused(Outcome::kOutcomeUnknown);
  return answer;
}

PepperAnswer Engine::RenewPepper(const PepperRequest& request, const Actor& actor) {
  return impl_->RenewPepper(request, actor);
}

}  // namespace creneau::booking
