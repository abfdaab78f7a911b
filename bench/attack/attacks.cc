#include "bench/attack/attacks.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "base/check.h"
#include "base/prng.h"
#include "bench/attack/world.h"

namespace creneau::attack {
namespace {

constexpr std::string_view kName = "93-regularisation";
constexpr Instant kMonday{1'796'029'200'000};      // 2026-11-30T10:00 in Paris
constexpr Instant kTuesday730{1'796'106'600'000};  // 2026-12-01T07:30 in Paris
constexpr CivilDate kDay{2026, 12, 15};            // of the one slot
constexpr std::string_view kNine = "2026-12-15T09:00";
constexpr std::string_view kHalfPastNine = "2026-12-15T09:30";
constexpr int64_t kHoldMs = 300 * kMsPerSecond;

// One slot, so that all want the same, or two.
std::string Agenda(std::string_view policy, std::string_view more, int seats,
                   std::string_view cooldown_hours = "[1, 24]",
                   std::string_view hours = "09:00-09:30") {
  return std::string("agenda = \"") + std::string(kName) +
         "\"\ntitle = \"Admission exceptionnelle au séjour\"\n"
         "office = \"Préfecture de la Seine-Saint-Denis, Bobigny\"\n"
         "timezone = \"Europe/Paris\"\npolicy = \"" +
         std::string(policy) +
         "\"\nidentity = [[\"dossier\", \"birth_date\"]]\nhold_s = 300\nhorizon_days = 42\n"
         "cooldown_hours = " +
         std::string(cooldown_hours) + "\naccept_invented = true\n" + std::string(more) +
         "\n[[session]]\nweekdays = [\"tue\"]\nfrom = 2026-12-15\nuntil = 2026-12-15\n"
         "hours = [\"" +
         std::string(hours) + "\"]\nminutes = 30\nseats = { web = " + std::to_string(seats) +
         ", desk = 1 }\n";
}

constexpr std::string_view kOpening =
    "[opening]\nweekdays = [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\"]\n"
    "gather = \"08:30\"\nopen = \"09:00\"\nclose = \"10:00\"\n";

std::string Name(std::string_view what, int number) {
  return std::string(what) + "-" + std::to_string(10'000 + number);
}

std::vector<booking::Reservation> TakeAll(World& world, int seats) {
  std::vector<booking::Reservation> taken;
  for (int i = 0; i < seats; ++i) {
    const auto held = world.Hold(Name("RESELLER", i));
    CHECK(held.outcome == Outcome::kOk && world.Confirm(held.reservation));
    taken.push_back(held.reservation);
  }
  return taken;
}

// Somebody in a queue: a ticket, and what came of it.
struct Queuer {
  std::string who;
  bool confirms = true;
  bool comes = true;
  int holds_left = 1;
  bool moves = false;  // what they hold, as often as they may
  std::string ticket{};
  bool has_seat = false;
};

void TryToHold(World& world, Queuer& one) {
  if (!one.comes || one.has_seat || one.holds_left == 0) return;
  const booking::ReservationAnswer answer = world.Hold(one.who, one.ticket);
  if (answer.outcome == Outcome::kNotAdmitted && answer.turn == booking::Turn::kMissed) {
    const booking::TicketAnswer again = world.Ticket(one.who);
    if (again.outcome == Outcome::kOk) one.ticket = std::string(again.ticket.view());
  }
  if (answer.outcome != Outcome::kOk || answer.existed) return;
  --one.holds_left;
  if (one.confirms) one.has_seat = world.Confirm(answer.reservation);
  for (size_t move = 0; one.moves && move < limits::kMaxMoves; ++move) {
    const bool at_nine = FormatLocalMinute(answer.reservation.slot) == kNine;
    world.Move(answer.reservation,
               *ParseLocalMinute(at_nine == (move == 0) ? kHalfPastNine : kNine));
  }
}

// From the gathering to the close. Whoever asks for it every step stands first in `people`.
void PlayOpening(World& world, int seats, std::vector<Queuer>& people, bool first_never_rests) {
  world.Until(kTuesday730 + 65 * kMsPerMinute);
  for (Queuer& one : people) {
    const booking::TicketAnswer ticket = world.Ticket(one.who);
    CHECK(ticket.outcome == Outcome::kOk);
    one.ticket = std::string(ticket.ticket.view());
  }
  const Instant closes_at = kTuesday730 + 150 * kMsPerMinute;
  int step = 0;
  while (world.now() < closes_at) {
    world.Step();
    if (first_never_rests) TryToHold(world, people.front());
    // The others look every few seconds, when their rank may have been called.
    if (++step % 20 != 0) continue;
    for (Queuer& one : people) TryToHold(world, one);
    // Whoever holds may let go: it is over when all seats are confirmed, not when none is free.
    const auto with_seat =
        std::count_if(people.begin(), people.end(), [](const Queuer& one) { return one.has_seat; });
    if (with_seat == seats) break;
  }
}

Played Result(const std::vector<Queuer>& people, bool has_buyer) {
  Played played;
  for (size_t i = 0; i < people.size(); ++i) {
    if (has_buyer && i == 0) {
      played.buyer_has_seat = people[i].has_seat;
    } else {
      played.to_others += people[i].has_seat;
    }
  }
  return played;
}

}  // namespace

Played HandoverInQueue(uint64_t seed, int seats, int others, int stay_away) {
  World world(seed, kMonday, kName, Agenda("direct", "", seats));
  std::vector<booking::Reservation> all = TakeAll(world, seats);
  world.Publish(Agenda("queue", std::string(kOpening), seats));
  world.LeapTo(kTuesday730);
  for (const booking::Reservation& one : all) CHECK(world.Cancel(one));
  std::vector<Queuer> people = {{Name("BUYER", 0)}};
  for (int i = 0; i < others; ++i)
    people.push_back({.who = Name("PERSON", i), .comes = i >= stay_away});
  PlayOpening(world, seats, people, /*first_never_rests=*/true);
  return Result(people, /*has_buyer=*/true);
}

Played HandoverWithWaitlist(uint64_t seed, int seats, int others) {
  World world(seed, kMonday, kName, Agenda("direct", "waitlist = true\n", seats));
  std::vector<booking::Reservation> all = TakeAll(world, seats);
  std::vector<booking::PlaceView> places = {world.Join(Name("BUYER", 0))};
  for (int i = 0; i < others; ++i) places.push_back(world.Join(Name("PERSON", i)));
  world.LeapTo(kTuesday730);
  for (const booking::Reservation& one : all) CHECK(world.Cancel(one));
  Played played;
  for (const Instant end = world.now() + 5 * kMsPerMinute; world.now() < end;) {
    world.Step();
    const auto held = world.Hold(Name("BUYER", 0));
    if (held.outcome == Outcome::kOk) played.buyer_has_seat = world.Confirm(held.reservation);
  }
  for (size_t i = 0; i < places.size(); ++i) {
    const booking::PlaceView seen = world.Read(places[i]);
    if (!seen.offer || !world.Confirm(*seen.offer)) continue;
    if (i == 0) {
      played.buyer_has_seat = true;
    } else {
      ++played.to_others;
    }
  }
  return played;
}

// Who asks in vain changes nothing, so only when there is a seat is anybody let ask.
Played HandoverAlwaysOpen(uint64_t seed, int seats, int others, Asks buyer) {
  const char* const hours = buyer == Asks::kWhenItIsTime ? "[1, 1]" : "[1, 2]";
  World world(seed, kMonday, kName, Agenda("direct", "", seats, hours));
  std::vector<booking::Reservation> all = TakeAll(world, seats);
  world.LeapTo(kTuesday730);
  for (const booking::Reservation& one : all) CHECK(world.Cancel(one));
  Prng prng(seed);
  const auto rest = [&] { return static_cast<int64_t>(5'000 + prng.Below(25'000)); };
  struct Looker {
    std::string who;
    Instant next;
    bool has_seat = false;
  };
  const Instant first = kTuesday730 + kMsPerHour - kMsPerMinute;
  std::vector<Looker> people = {{Name("BUYER", 0), first + rest()}};
  for (int i = 0; i < others; ++i) people.push_back({Name("PERSON", i), first + rest()});
  world.LeapTo(first);
  const auto ask = [&](Looker& one) {
    const auto held = world.Hold(one.who);
    one.has_seat = held.outcome == Outcome::kOk && world.Confirm(held.reservation);
  };
  for (const Instant end = kTuesday730 + 2 * kMsPerHour + kMsPerMinute; world.now() < end;) {
    world.Until(world.now() + kMsPerSecond);
    const bool any = world.Free(kDay) > 0;
    if (any && buyer != Asks::kAsPeopleDo && !people[0].has_seat) ask(people[0]);
    // In the order in which they look.
    std::vector<Looker*> looking;
    for (Looker& one : people) {
      if (one.next > world.now() || one.has_seat) continue;
      if (any) looking.push_back(&one);
    }
    std::sort(looking.begin(), looking.end(),
              [](const Looker* a, const Looker* b) { return a->next < b->next; });
    for (Looker* const one : looking) ask(*one);
    for (Looker& one : people) {
      while (one.next <= world.now()) one.next = one.next + rest();
    }
  }
  Played played;
  for (const Looker& one : people) {
    if (&one == &people[0]) {
      played.buyer_has_seat = one.has_seat;
    } else {
      played.to_others += one.has_seat;
    }
  }
  return played;
}

Played HandoverFirstCome(uint64_t seed, int seats, int others) {
  Prng prng(seed);
  int free = 0;
  std::vector<int64_t> looks_at(static_cast<size_t>(others));
  const auto rest = [&] { return static_cast<int64_t>(5'000 + prng.Below(25'000)); };
  for (int64_t& at : looks_at) at = rest();
  Played played;
  const auto ends_ms = static_cast<int64_t>(5 * kMsPerMinute);
  for (int64_t ms = 0; ms < ends_ms; ++ms) {
    if (ms == 60'000) free = seats;  // given up
    if (free > 0 && !played.buyer_has_seat) {
      played.buyer_has_seat = true;
      --free;
    }
    for (int64_t& at : looks_at) {
      if (at != ms) continue;
      if (free > 0) {
        --free;
        ++played.to_others;
        at = -1;
      } else {
        at = ms + rest();
      }
    }
  }
  return played;
}

Played HoldAndLapseInQueue(uint64_t seed, int seats, int bots, int people, bool moves) {
  const std::string agenda =
      moves ? Agenda("queue", std::string(kOpening), seats / 2, "[1, 24]", "09:00-10:00")
            : Agenda("queue", std::string(kOpening), seats);
  World world(seed, kMonday, kName, agenda);
  world.LeapTo(kTuesday730);
  std::vector<Queuer> all;
  // A bot holds as often as it may.
  for (int i = 0; i < bots; ++i) {
    all.push_back({.who = Name("BOT", i), .confirms = false, .holds_left = 1'000, .moves = moves});
  }
  for (int i = 0; i < people; ++i) all.push_back({Name("PERSON", i)});
  PlayOpening(world, seats, all, /*first_never_rests=*/false);
  return Result(all, /*has_buyer=*/false);
}

Played HoldAndLapseFirstCome(uint64_t seed, int seats, int bots, int people) {
  enum class State { kFree, kHeld, kTaken };
  struct Seat {
    State state = State::kFree;
    int64_t until_ms = 0;  // of a hold
  };
  Prng prng(seed);
  std::vector<Seat> all(static_cast<size_t>(seats));
  std::vector<int64_t> looks_at(static_cast<size_t>(people));
  const auto rest = [&] { return static_cast<int64_t>(5'000 + prng.Below(25'000)); };
  for (int64_t& at : looks_at) at = rest();
  Played played;
  int holding = 0;
  for (int64_t ms = 0; ms < 60 * kMsPerMinute; ++ms) {
    for (Seat& seat : all) {
      if (seat.state == State::kHeld && seat.until_ms == ms) {
        seat.state = State::kFree;
        --holding;
      }
      if (seat.state != State::kFree || holding == bots) continue;
      seat = {State::kHeld, ms + kHoldMs};  // before anybody else looks
      ++holding;
    }
    for (int64_t& looks : looks_at) {
      if (looks != ms) continue;
      looks = ms + rest();
      for (Seat& seat : all) {
        if (seat.state != State::kFree) continue;
        seat.state = State::kTaken;
        looks = -1;
        ++played.to_others;
        break;
      }
    }
  }
  return played;
}

}  // namespace creneau::attack
