// An engine alone with a simulated clock and disk, for programs that play attacks: no threads, no
// sockets, and as fast as the engine decides. One thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "booking/engine.h"
#include "booking/waitlist_answers.h"
#include "tests/sim/disk.h"
#include "tests/sim/machine.h"

namespace creneau::attack {

class World {
 public:
  // `toml`: the agenda, by the name it gives; `start`: what the clock says first.
  World(uint64_t seed, Instant start, std::string_view name, std::string_view toml);
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  Instant now() const { return clock_.now; }
  // A step of the clock, and a round of the steward: the shortest in which anything can change.
  void Step();
  // On to that moment; longer steps where nobody acts in between, as short as they have to be for
  // the steward not to think that it stood still.
  void Until(Instant then);
  // At once, where nothing is open and nobody holds anything: the office is asleep.
  void LeapTo(Instant then);

  // Ends with what the log says: a failure of the disk ends the program.
  booking::ReservationAnswer Hold(std::string_view who, std::string_view ticket = {});
  bool Confirm(const booking::Reservation& reservation);
  bool Cancel(const booking::Reservation& reservation);
  bool Move(const booking::Reservation& reservation, LocalMinute slot);
  // Of a queue: a ticket, kept from then on by who asks; `before`: the one they had.
  booking::TicketAnswer Ticket(std::string_view who, std::string_view before = {});
  booking::PlaceView Join(std::string_view who);
  booking::PlaceView Read(const booking::PlaceView& place);
  void Publish(std::string_view toml);
  // Web seats of that day that a hold could get now.
  int Free(CivilDate day) const;

 private:
  template <typename Answer, typename Ask>
  Answer Durable(Ask ask);

  std::string name_;
  sim::Disk disk_;
  sim::SimClock clock_;
  sim::SimEntropy entropy_;
  booking::CommitPool pool_;
  std::unique_ptr<booking::Engine> engine_;
  booking::BlockingWait wait_;
  std::unique_ptr<booking::Act> act_;
};

}  // namespace creneau::attack
