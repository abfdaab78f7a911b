// The attacks that the office knows, each played once (design 1, P5 and P6; domain.md). Pure but
// for the engine that each makes for itself; the same seed gives the same.
#pragma once

#include <cstdint>

namespace creneau::attack {

struct Played {
  bool buyer_has_seat = false;
  int to_others = 0;  // seats that others have in the end
};

// A reseller has all of `seats` seats under invented names, and gives them up for a buyer who asks
// for one after every step of the engine: nobody could ask more often. `others` want one as well,
// and ask as people do.
//
// A queue: given up an hour before the gathering; the others and the buyer each have one ticket,
// and `stay_away` of the others never ask for a seat.
Played HandoverInQueue(uint64_t seed, int seats, int others, int stay_away = 0);
// An agenda that is always open and keeps a waitlist: all of them are on it since the day before.
Played HandoverWithWaitlist(uint64_t seed, int seats, int others);
// An agenda that is always open and keeps no list: each seat comes back at a moment of its own,
// which nobody can know, between one and two hours after it was given up. How the buyer asks:
enum class Asks {
  kAllTheTime,   // after every step of the engine
  kAsPeopleDo,   // as the others do
  kWhenItIsTime  // at the moment that the seats come back, which an agenda can make known: its two
                 // bounds are the same hour
};
Played HandoverAlwaysOpen(uint64_t seed, int seats, int others, Asks buyer);
// The control: a table of seats in which the first to come gets one, as booking sites have it. The
// others look again every five to thirty seconds.
Played HandoverFirstCome(uint64_t seed, int seats, int others);

// `bots` take every hold they can get in a queue's opening and let it go; `people` hold and
// confirm. What matters is to_others: how many of the seats reach people before it closes.
// `moves`: the seats are in two slots, and bots move what they hold as often as they may before
// they let it go. An even number of seats.
Played HoldAndLapseInQueue(uint64_t seed, int seats, int bots, int people, bool moves);
// The control: holds of five minutes, first come, and bots that ask first whenever one lapses.
Played HoldAndLapseFirstCome(uint64_t seed, int seats, int bots, int people);

}  // namespace creneau::attack
