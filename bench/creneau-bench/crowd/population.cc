#include "bench/creneau-bench/crowd/population.h"

#include <algorithm>
#include <cmath>

namespace creneau::bench {
namespace {

constexpr double kPi = 3.14159265358979323846;
// Nobody comes later than so many times the mean, nor in the last tenth of the opening.
constexpr double kLatest = 6;
constexpr double kLastTenth = 0.9;

bool Chance(double share, Prng* prng) { return UnitOf(prng) <= share; }

uint32_t Ms(double seconds) {
  return static_cast<uint32_t>(std::clamp(seconds * 1000, 1.0, 3'600'000.0));
}

}  // namespace

double LogNormal(double median, double sigma, Prng* prng) {
  // Box and Muller, 1958.
  const double radius = std::sqrt(-2 * std::log(UnitOf(prng)));
  return median * std::exp(sigma * radius * std::cos(2 * kPi * UnitOf(prng)));
}

Group Population::GroupOf(uint32_t number) const {
  uint32_t until = options_.people;
  if (number < until) return Group::kPerson;
  if (number < (until += options_.watchers)) return Group::kWatcher;
  return number < until + options_.bots ? Group::kBot : Group::kInvented;
}

int64_t Population::ArrivalNs(Prng* prng) const {
  const auto gather_s = static_cast<double>(timeline_.opens_ns - timeline_.arrivals_ns) / 1e9;
  const Habits& habits = options_.habits;
  double after_opening_s = 0;
  if (Chance(habits.early, prng)) {
    // More and more towards the opening; whom that would bring before the gathering comes within
    // it.
    const double before_s = -std::log(UnitOf(prng)) * gather_s * habits.rush_part;
    after_opening_s = -(before_s <= gather_s ? before_s : gather_s * UnitOf(prng));
  } else {
    const double late_s = -std::log(UnitOf(prng)) * habits.late_mean_s;
    const auto open_s = static_cast<double>(timeline_.closes_ns - timeline_.opens_ns) / 1e9;
    after_opening_s = std::min({late_s, kLatest * habits.late_mean_s, kLastTenth * open_s});
  }
  return timeline_.opens_ns + static_cast<int64_t>(after_opening_s * 1e9);
}

uint16_t Population::AgendaOf(Prng* prng) const {
  // Offices are of different size: the n-th has 1/sqrt(n) of the first one's people.
  const double share = UnitOf(prng);
  const auto at = static_cast<uint32_t>(share * share * options_.agendas);
  return static_cast<uint16_t>(std::min(at, options_.agendas - 1));
}

void Population::MakePerson(Prng* prng, Traits* traits) const {
  const Habits& habits = options_.habits;
  const double fate = UnitOf(prng);
  if (fate <= habits.closes_page) {
    traits->fate = Fate::kClosesPage;
  } else if (fate <= habits.closes_page + habits.leaves_hold) {
    traits->fate = Fate::kLeavesHold;
  }
  traits->picks = Chance(habits.picks, prng);
  if (Chance(habits.phones, prng)) {
    traits->drops_of_256 = static_cast<uint8_t>(habits.drops * 256);
  }
  traits->think_ms = Ms(LogNormal(options_.think_s, habits.think_sigma, prng));
  traits->look_ms = Ms(LogNormal(habits.look_median_s, habits.think_sigma, prng));
  if (Chance(habits.restless, prng)) {
    const double range_s = habits.reload_most_s - habits.reload_least_s;
    traits->reload_ms = Ms(habits.reload_least_s + range_s * UnitOf(prng));
  }
}

Person Population::Make(uint32_t number) const {
  Prng prng(Mix64(options_.common.seed ^ 0x9ea17) + number);
  Person person;
  Traits& traits = person.traits;
  traits.group = GroupOf(number);
  person.agenda = AgendaOf(&prng);
  person.arrives_ns = ArrivalNs(&prng);
  if (person.is_bot()) {
    // They are there from the beginning, and all the time.
    const auto spread_ns = static_cast<uint64_t>(kNsPerSecond);
    person.arrives_ns = timeline_.arrivals_ns + static_cast<int64_t>(prng.Below(spread_ns));
    traits.reload_ms = static_cast<uint32_t>(options_.bot_pause_ms);
    return person;
  }
  const Habits& habits = options_.habits;
  const double patience_s = LogNormal(options_.patience_s, habits.patience_sigma, &prng);
  traits.patience_ns = static_cast<int64_t>(std::min(patience_s, 86'400.0) * 1e9);
  if (traits.group == Group::kPerson) MakePerson(&prng, &traits);
  return person;
}

}  // namespace creneau::bench
