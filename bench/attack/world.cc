#include "bench/attack/world.h"

#include <algorithm>

#include "base/check.h"
#include "base/limits.h"

namespace creneau::attack {
namespace {

rules::Applicant Person(std::string_view dossier) {
  rules::Applicant applicant;
  applicant.fields[static_cast<size_t>(rules::IdentityField::kDossier)] = dossier;
  applicant.fields[static_cast<size_t>(rules::IdentityField::kBirthDate)] = "1990-05-17";
  return applicant;
}

constexpr booking::Actor kOperator{.person = "uid:1000"};

}  // namespace

World::World(uint64_t seed, Instant start, std::string_view name, std::string_view toml)
    : name_(name), disk_(seed), entropy_(seed ^ 0x9e3779b97f4a7c15) {
  clock_.now = start;
  booking::EngineOptions options;
  options.data = "data";
  options.keys = "keys";
  options.segment_bytes = limits::kMinSegmentBytes;
  options.steward_thread = false;
  options.log_threads = false;
  auto opened = booking::Engine::Open(options, disk_, clock_, entropy_,
                                      [](const absl::Status&) { CHECK(false); });
  CHECK(opened.ok());
  engine_ = *std::move(opened);
  act_ = std::make_unique<booking::Act>(pool_, engine_->log());
  Publish(toml);
}

void World::Publish(std::string_view toml) {
  booking::PublishRequest request;
  request.name = name_;
  request.body = toml;
  CHECK(engine_->Publish(request, kOperator).outcome == Outcome::kOk);
}

int World::Free(CivilDate day) const {
  int free = 0;
  for (const booking::SlotView& slot : engine_->ReadSlots(name_, day, day, clock_.now).slots)
    free += slot.free;
  return free;
}

void World::Step() {
  clock_.now = clock_.now + limits::kStewardTickMs;
  engine_->Tick();
}

void World::Until(Instant then) {
  while (clock_.now < then) {
    clock_.now = std::min(then, clock_.now + limits::kStewardTickMs + limits::kExpiryLagMs);
    engine_->Tick();
  }
}

void World::LeapTo(Instant then) {
  clock_.now = then - limits::kStewardTickMs;
  engine_->Tick();
  Step();
}

template <typename Answer, typename Ask>
Answer World::Durable(Ask ask) {
  act_->Begin();
  Answer answer = ask();
  CHECK(wait_.Finish(*act_));
  return answer;
}

booking::ReservationAnswer World::Hold(std::string_view who, std::string_view ticket) {
  booking::HoldRequest request;
  request.agenda = name_;
  request.applicant = Person(who);
  request.ticket = ticket;
  return Durable<booking::ReservationAnswer>(
      [&] { return engine_->Hold(*act_, request, clock_.now); });
}

bool World::Confirm(const booking::Reservation& reservation) {
  return Durable<booking::ReservationAnswer>([&] {
           return engine_->Confirm(*act_, {reservation.name.view(), reservation.key.view()},
                                   clock_.now);
         }).outcome == Outcome::kOk;
}

bool World::Cancel(const booking::Reservation& reservation) {
  return Durable<booking::ReservationAnswer>([&] {
           return engine_->Cancel(*act_, {reservation.name.view(), reservation.key.view()},
                                  clock_.now);
         }).outcome == Outcome::kOk;
}

bool World::Move(const booking::Reservation& reservation, LocalMinute slot) {
  return Durable<booking::ReservationAnswer>([&] {
           return engine_->Move(*act_, {reservation.name.view(), reservation.key.view()}, slot,
                                clock_.now);
         }).outcome == Outcome::kOk;
}

booking::TicketAnswer World::Ticket(std::string_view who, std::string_view before) {
  return engine_->Ticket({name_, Person(who), before}, clock_.now);
}

booking::PlaceView World::Join(std::string_view who) {
  booking::JoinRequest request;
  request.agenda = name_;
  request.applicant = Person(who);
  const auto answer = Durable<booking::PlaceAnswer>(
      [&] { return booking::JoinWaitlist(*engine_, *act_, request, nullptr, clock_.now); });
  CHECK(answer.outcome == Outcome::kOk);
  return *answer.place;
}

booking::PlaceView World::Read(const booking::PlaceView& place) {
  const auto answer = Durable<booking::PlaceAnswer>([&] {
    return booking::ReadPlace(*engine_, *act_, {place.name, place.key.view()}, clock_.now);
  });
  CHECK(answer.outcome == Outcome::kOk);
  return *answer.place;
}

}  // namespace creneau::attack
