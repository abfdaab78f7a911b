#include "surge/admission.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace creneau::surge {
namespace {

// A step that comes late is not made up for at once.
constexpr int64_t kLongestStepMs = kMsPerSecond;
// How fast the way to a bound is gone: slowly where grants that lapse two minutes later would come
// back as a wave, quickly where a seat would stand empty meanwhile.
constexpr double kSeatsPaceS = 5;
constexpr double kHoldsPaceS = 30;
constexpr double kFadeS = 600;
constexpr double kShownRateS = 60;
constexpr double kAlmostOne = 1 - 1e-9;

constexpr double kAgeS = 1.0 * kGrantAgeMs / kMsPerSecond;
// What is expected of an age about which nothing is known: so many uses a second and unused grant.
// Everybody comes, two of three within ten seconds.
constexpr double kExpectedUses = 0.1;
// It counts like so many grants watched throughout that age.
constexpr double kExpectedGrants = 5;
// Of those who notice their turn within some time, more and more of the rest come as it runs out.
constexpr double kGrowth = 1.5;
// So many have to have come before anything is concluded from those who do not come any more.
constexpr double kEnoughCame = 0.25;

double SecondsSince(Instant last_step, Instant now) {
  if (last_step == Instant{}) return 0;
  const int64_t ms = std::clamp<int64_t>(now - last_step, 0, kLongestStepMs);
  return static_cast<double>(ms) / kMsPerSecond;
}

// What part of a way is gone in that time, when it is gone ever more slowly.
double PartGone(double elapsed_s, double pace_s) { return -std::expm1(-elapsed_s / pace_s); }

void Learn(const QueueLoad& queue, double elapsed_s, AdmissionState& state) {
  const GrantAges& grants = queue.grants;
  const double watched_s = queue.halted ? 0 : elapsed_s;
  const double kept = 1 - PartGone(elapsed_s, kFadeS);
  for (size_t age = 0; age < kGrantAges; ++age) {
    const uint64_t before = std::min(state.used_before[age], grants.used[age]);
    const auto used = static_cast<double>(grants.used[age] - before);
    state.seen.used[age] = state.seen.used[age] * kept + used;
    state.seen.waited_s[age] = state.seen.waited_s[age] * kept + grants.unused[age] * watched_s;
    state.used_before[age] = grants.used[age];
  }
}

// How likely it is that a grant is used before it lapses: one given now, and an unused one of each
// age, which is halfway through it on average.
struct Chances {
  double now = 0;
  std::array<double, kGrantAges> by_age{};
};

// What is expected of an age is what happened at the age before it, until it has been seen itself:
// once people have stopped coming, they are not expected to begin again. Before many have come, it
// is too early to say so.
Chances ChancesOf(const AdmissionState::Seen& seen) {
  std::array<double, kGrantAges> uses;  // of one grant that stays unused, within that age
  double expected = kExpectedUses;
  double all = 0;
  for (size_t age = 0; age < kGrantAges; ++age) {
    const double rate = (seen.used[age] + expected * kExpectedGrants * kAgeS) /
                        (seen.waited_s[age] + kExpectedGrants * kAgeS);
    uses[age] = rate * kAgeS;
    all += uses[age];
    expected =
        -std::expm1(-all) < kEnoughCame ? kExpectedUses : std::min(kExpectedUses, rate * kGrowth);
  }
  Chances chances;
  chances.now = -std::expm1(-all);
  for (size_t age = 0; age < kGrantAges; ++age) {
    all -= uses[age];
    chances.by_age[age] = -std::expm1(-(uses[age] / 2 + all));
  }
  return chances;
}

double Below(uint64_t bound, uint64_t taken) {
  return taken < bound ? static_cast<double>(bound - taken) : 0;
}

// How many people there is room for, by each of the bounds.
struct Room {
  double waiting = 0;
  double seats = 0;
  double share = 0;  // of the holds that the bound allows
  double holds = 0;  // all that are left of them
};

Room RoomIn(const QueueLoad& queue, const EngineLoad& engine, double expected, double shown_up) {
  Room room;
  room.waiting = static_cast<double>(queue.waiting);
  room.seats = std::max(0.0, static_cast<double>(queue.free_seats) - expected) / shown_up;
  const uint64_t before = engine.live_holds + engine.grants;
  room.share = Below(engine.capacity.hold_bound, before) / std::max(engine.queues, 1u);
  room.holds = Below(engine.capacity.hold_bound, before + engine.let_in);
  return room;
}

Limit LimitOf(const Room& room, bool disk_is_slow) {
  if (room.waiting <= std::min(room.seats, room.share)) return Limit::kNobodyWaits;
  if (room.seats <= room.share) return Limit::kSeats;
  return disk_is_slow ? Limit::kDisk : Limit::kConfirms;
}

}  // namespace

std::string_view NameOf(Limit limit) {
  switch (limit) {
    case Limit::kNobodyWaits:
      return "nobody-waits";
    case Limit::kSeats:
      return "seats";
    case Limit::kConfirms:
      return "confirms";
    case Limit::kDisk:
      return "disk";
    case Limit::kRateCap:
      return "rate";
    case Limit::kPaused:
      return "paused";
  }
  CHECK(false);
}

Admission Admit(const QueueLoad& queue, const EngineLoad& engine, Instant now,
                const AdmissionState& state) {
  Admission admission;
  AdmissionState& next = admission.next = state;
  const double elapsed_s = SecondsSince(state.last_step, now);
  next.last_step = now;
  Learn(queue, elapsed_s, next);
  const Chances chances = ChancesOf(next.seen);
  admission.shown_up = std::max(chances.now, 1.0 / limits::kGrantsPerSeat);
  for (size_t age = 0; age < kGrantAges; ++age)
    admission.expected += queue.grants.unused[age] * chances.by_age[age];

  const Room room = RoomIn(queue, engine, admission.expected, admission.shown_up);
  admission.limit = LimitOf(room, engine.capacity.disk_is_slow);
  admission.wants_more = !queue.halted && room.waiting > 0 && room.seats > 0;
  double people = std::min({room.waiting, room.seats * PartGone(elapsed_s, kSeatsPaceS),
                            room.share * PartGone(elapsed_s, kHoldsPaceS)});
  const double by_cap = queue.rate_cap_per_min * elapsed_s / 60;
  if (queue.rate_cap_per_min > 0 && by_cap < people) {
    people = by_cap;
    admission.limit = Limit::kRateCap;
  }
  if (queue.halted) {
    people = 0;
    admission.limit = Limit::kPaused;
  }
  if (people > 0) {
    const double sum = people + state.carried;
    const double whole = std::floor(std::min({sum, room.holds, room.waiting}));
    admission.people = static_cast<uint32_t>(whole);
    next.carried = std::min(sum - whole, kAlmostOne);
  }
  next.last_minute = state.last_minute * (1 - PartGone(elapsed_s, kShownRateS)) + admission.people;
  admission.rate_per_min = next.last_minute;
  return admission;
}

}  // namespace creneau::surge
