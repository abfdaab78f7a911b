// What status documents, operators, time and the log say of queues.
#include "tests/sim/queues.h"

#include <algorithm>

#include "base/limits.h"
#include "tests/sim/verdict.h"

namespace creneau::sim {
namespace {

// An hour ahead of UTC, as in auditor.cc.
constexpr int64_t kOfficeMs = kMsPerHour;
// An outage begins for the engine with the last thing it knows to have been written: a probe is
// written every second while a queue is under way, and the steward may have been away.
constexpr int64_t kOutageSlackMs = 10'000;

Instant SecondOf(Instant now) { return Instant{now.ms / kMsPerSecond * kMsPerSecond}; }

surge::ChainValue ChainValueOf(const std::string& hex) {
  surge::ChainValue value{};
  for (size_t i = 0; i < value.size(); ++i)
    value[i] = static_cast<uint8_t>(std::stoi(hex.substr(2 * i, 2), nullptr, 16));
  return value;
}

}  // namespace

int Queues::DayOf(Instant now) { return static_cast<int>((now.ms + kOfficeMs) / kMsPerDay); }

Instant Queues::TimeOn(int day, int minute) {
  return Instant{day * kMsPerDay + minute * kMsPerMinute - kOfficeMs};
}

Queues::Phases Queues::At(const Agenda& agenda, Instant now) const {
  const int day = DayOf(now);
  const QueueRules& rules = agenda.rules;
  const auto at = agenda.openings.find(day);
  const Instant base = TimeOn(day, rules.close);
  const bool known = at != agenda.openings.end();
  const Instant closes = known ? std::max(base, at->second.closes_at) : base;
  // What was moved by an outage was told without its milliseconds.
  const Instant closed = closes > base ? closes + (kMsPerSecond - 1) : closes;
  Phases phases;
  phases.closed = now < TimeOn(day, rules.gather) || now >= closes;
  if (now < TimeOn(day, rules.gather) || now >= closed) return phases;
  const bool opened = known && at->second.opened;
  phases.gathering = !opened;
  phases.open = now >= TimeOn(day, rules.open);
  return phases;
}

Sure Queues::IsOpen(const std::string& agenda, Instant now) const {
  const auto at = agendas_.find(agenda);
  if (at == agendas_.end()) return Sure::kNo;
  const Phases phases = At(at->second, now);
  if (!phases.open) return Sure::kNo;
  return phases.OnlyOpen() ? Sure::kYes : Sure::kPerhaps;
}

bool Queues::IsUnderWay(const std::string& agenda, Instant now) const {
  const Phases phases = At(agendas_.at(agenda), now);
  return phases.gathering || phases.open;
}

bool Queues::WantsStatus(const std::string& agenda, Instant now) const {
  return IsOpen(agenda, now) == Sure::kPerhaps;
}

// --- status documents ----------------------------------------------------------------------------

std::string Queues::LearnTimes(Agenda& agenda, Opening& opening, int day, const Told& told,
                               Instant now) {
  const Instant opens{Seconds(told.Member("opens_at")) * kMsPerSecond};
  const Instant closes{Seconds(told.Member("closes_at")) * kMsPerSecond};
  if (Seconds(told.Member("gathers_at")) * kMsPerSecond != TimeOn(day, agenda.rules.gather).ms)
    return Wrong("people gather by the rules", told);
  if (opens < TimeOn(day, agenda.rules.open)) return Wrong("it opens by the rules", told);
  const Instant before = std::max(opening.closes_at, TimeOn(day, agenda.rules.close));
  if (closes < before) return Wrong("a closing time never comes nearer", told);
  if (closes > before + opening.closes_later_ms + kMsPerSecond)
    return Wrong("it closes later by more than outages and operators say", told);
  if (opening.closes_least > now && closes < SecondOf(opening.closes_least))
    return Wrong("an outage moves the closing time", told);
  if (opening.closes_at != closes) opening.learnt_at = now;
  opening.closes_at = closes;
  opening.closes_later_ms = 0;
  opening.closes_least = Instant{0};
  return "";
}

std::string Queues::LearnKey(Agenda& agenda, Opening& opening, int day, const Told& told,
                             Instant now) {
  const std::string end = told.Member("chain_end");
  if (!agenda.chain_end.empty() && end != agenda.chain_end)
    return Wrong("the end of the chain was published", told);
  agenda.chain_end = end;
  const std::string hex = told.Member("k");
  if (hex.empty()) return "";
  if (now < TimeOn(day, agenda.rules.open)) return Wrong("K is told before the opening", told);
  const surge::ChainValue k = ChainValueOf(hex);
  if (opening.opened) return k == opening.k ? "" : Wrong("K changes", told);
  if (!surge::BelongsToChain(k, day, ChainValueOf(end)))
    return Wrong("K is not of the chain that was published", told);
  Reach("queue-opened");
  opening.opened = true;
  opening.learnt_at = now;
  opening.k = k;
  return "";
}

std::string Queues::LearnServed(Agenda& agenda, Opening& opening, const Told& told, Instant now) {
  const uint64_t served = std::stoull(told.Member("served_rank"));
  uint64_t before = 0;  // at the beginning of this second
  for (const Sample& one : opening.reached) {
    if (one.at < SecondOf(now)) before = std::max(before, one.rank);
  }
  if (served < before) return Wrong("the served rank falls from " + std::to_string(before), told);
  if (agenda.paused == Sure::kYes && opening.halted_at > 0 && served > opening.halted_at)
    return Wrong("somebody is let in while it is paused", told);
  if (opening.opened) {
    opening.lapsed_most = std::min(opening.lapsed_most, served);
    Reached(opening, served, now);
    Waits(opening, served + 1, SecondOf(now));
  }
  const int64_t people = std::stoll(told.Member("served"));
  if (opening.cap_per_min > 0 && opening.served_people >= 0) {
    const int64_t most = opening.cap_per_min * (now - opening.capped_at) / kMsPerMinute + 2;
    if (people - opening.served_people > most) return Wrong("more are let in than the cap", told);
    if (people > opening.served_people) Reach("queue-admits-under-a-cap");
  }
  return "";
}

std::string Queues::Status(const std::string& name, const Told& told, Instant now, bool fresh) {
  Agenda& agenda = agendas_[name];
  if (told.status != 200) return Wrong("everybody may see the queue", told);
  const auto minute = ParseLocalMinute(told.Member("opening") + "T00:00");
  if (!minute) return Wrong("there is an opening every day", told);
  const int day = minute->value / (24 * 60);
  Opening& opening = agenda.openings[day];
  // An operator, or whoever asked another thread, was told more within this second.
  const bool stale = !fresh && std::max(agenda.ordered_at, opening.learnt_at) >= SecondOf(now);
  std::string wrong = stale ? "" : LearnTimes(agenda, opening, day, told, now);
  if (wrong.empty()) wrong = LearnKey(agenda, opening, day, told, now);
  if (wrong.empty()) wrong = LearnServed(agenda, opening, told, now);
  if (!wrong.empty()) return wrong;
  if (stale) return "";
  const Phases current = At(agenda, now);
  const Phases before = At(agenda, SecondOf(now));
  const std::string phase = told.Member("phase");
  const bool open = phase == "open" || phase == "exhausted";
  if (open && told.Member("k").empty()) return Wrong("an open queue has a K", told);
  if ((phase == "closed" && !current.closed && !before.closed) ||
      (phase == "gathering" && !current.gathering && !before.gathering) ||
      (open && !current.open && !before.open))
    return Wrong("it is in another phase", told);
  if (phase == "exhausted") Reach("queue-exhausted");
  const bool paused = told.Member("paused") == "true";
  if (agenda.paused == Sure::kPerhaps) {
    agenda.paused = paused ? Sure::kYes : Sure::kNo;
  } else if (paused != (agenda.paused == Sure::kYes)) {
    return Wrong("operators paused or resumed it", told);
  }
  return "";
}

// --- operators -----------------------------------------------------------------------------------

void Queues::Expect(const std::string& name, const std::string& what, int64_t value, Instant now) {
  Agenda& agenda = agendas_[name];
  Opening& opening = Current(agenda, now);
  if (what == "pause" || what == "resume") agenda.paused = Sure::kPerhaps;
  if (what == "drain" || what == "resume") opening.draining = Sure::kPerhaps;
  if (what == "rate") opening.cap_per_min = 0;
  if (what == "extend") opening.closes_later_ms += value * kMsPerMinute;
  opening.halted_at = 0;
}

std::string Queues::Order(const std::string& name, const std::string& what, int64_t value,
                          const Told& told, Instant now) {
  Agenda& agenda = agendas_[name];
  Opening& opening = Current(agenda, now);
  const bool any_time = what == "pause" || what == "resume";
  if (told.code == "validation-failed") {
    Reach("queue-order-refused");
    if (any_time || !At(agenda, now).closed) return Wrong("an operator may do that", told);
    if (what == "drain") opening.draining = Sure::kNo;
    return "";
  }
  if (told.status != 200) return Wrong("an operator may do that", told);
  Reach("queue-" + what);
  agenda.ordered_at = now;
  const Instant before = opening.closes_at;
  if (std::string wrong = Status(name, told, now, /*fresh=*/true); !wrong.empty()) return wrong;
  if (what == "extend" && opening.closes_at < before + value * kMsPerMinute)
    return Wrong("it closes later", told);
  if ((agenda.paused == Sure::kYes) != (what == "pause") && any_time)
    return Wrong("it was asked to " + what, told);
  opening.draining = told.Member("draining") == "true" ? Sure::kYes : Sure::kNo;
  if (what == "pause") opening.halted_at = opening.served;
  if (what == "rate") {
    opening.cap_per_min = static_cast<uint32_t>(value);
    opening.capped_at = now;
    opening.served_people = std::stoll(told.Member("served"));
  }
  return "";
}

void Queues::ExpectRoster(const std::string& name, const std::set<int>& people, bool adds) {
  Agenda& agenda = agendas_[name];
  for (auto& [person, sure] : agenda.listed) {
    if (!adds && sure == Sure::kYes && !people.contains(person)) sure = Sure::kPerhaps;
  }
  for (const int person : people) {
    Sure& sure = agenda.listed[person];
    if (sure == Sure::kNo) sure = Sure::kPerhaps;
  }
}

std::string Queues::Roster(const std::string& name, const std::set<int>& people, bool adds,
                           const Told& told, bool disk_low) {
  if (told.code == "read-only") return disk_low ? "" : Wrong("the disk has room", told);
  if (told.status != 200) return Wrong("a roster can be imported", told);
  Agenda& agenda = agendas_[name];
  Reach(adds ? "roster-added" : "roster-replaced");
  if (!adds) agenda.listed.clear();
  for (const int person : people) agenda.listed[person] = Sure::kYes;
  return "";
}

// --- time, starts, the log -----------------------------------------------------------------------

// As long as nobody could use them, grants live longer.
void Queues::Tick(Instant now, int64_t away_ms) {
  for (auto& [name, agenda] : agendas_) {
    Opening& opening = Current(agenda, now);
    // What was open when a standstill began gets its time back, though by its hour it has closed
    // meanwhile: it closes later.
    const Phases phases = At(agenda, now - away_ms);
    if (away_ms > 0) opening.closes_later_ms += away_ms + kOutageSlackMs;
    if (phases.OnlyOpen()) {
      if (opening.stepped_at > Instant{0}) {
        if (agenda.paused == Sure::kYes) {
          opening.lengthened_ms += now - opening.stepped_at;
        } else if (away_ms > 0) {
          opening.lengthened_ms += std::min(away_ms, now - opening.stepped_at);
        }
      }
      opening.stepped_at = now;
    }
  }
  last_tick_ = now;
}

void Queues::Restarted(Instant died, Instant now) {
  // A write that took long and then failed was an outage already: the log has nothing since before.
  const Instant written = last_tick_ == Instant{0} ? died : std::min(died, last_tick_);
  for (auto& [name, agenda] : agendas_) {
    Current(agenda, now);
    for (auto& [day, opening] : agenda.openings) {
      const Instant opens = TimeOn(day, agenda.rules.open);
      const Instant closes = std::max(opening.closes_at, TimeOn(day, agenda.rules.close));
      opening.closes_later_ms += now - written + kOutageSlackMs;
      if (died < closes && opens < now && opening.opened)
        opening.closes_least = closes + (std::min(now, closes) - std::max(died, opens));
      // Grants that had not lapsed are given anew.
      uint64_t first_good = UINT64_MAX;
      for (const Sample& one : opening.waits) {
        if (!MayHaveLapsed(opening, one.rank, died)) first_good = std::min(first_good, one.rank);
      }
      opening.lapsed_most = first_good - 1;
      opening.waits.clear();
      opening.reached.clear();
      if (opening.opened) Waits(opening, 1, now);
      if (opening.served > 0)
        opening.reached.push_back({now - kMsPerSecond, opening.lengthened_ms, opening.served});
      opening.stepped_at = Instant{0};
      opening.cap_per_min = 0;
      for (auto& [person, place] : opening.people) place.remembered.reset();
    }
    const Phases phases = At(agenda, died);
    if (phases.gathering && !phases.open) Reach("restart-while-gathering");
    if (phases.OnlyOpen()) Reach("restart-while-open");
    agenda.empty = true;  // not counted yet
    agenda.paused = Sure::kPerhaps;
    agenda.ordered_at = Instant{0};  // what a new process tells is fresh
    Current(agenda, now).halted_at = 0;
  }
  last_tick_ = now;
}

std::string Queues::CheckLog(const std::string& name, const std::vector<codec::OpeningState>& log) {
  std::map<int, codec::OpeningState> latest;
  for (const codec::OpeningState& state : log) {
    codec::OpeningState& before = latest[state.day];
    const std::string of = name + " in the log, day " + std::to_string(state.day) + ": ";
    if (state.served_rank < before.served_rank) return of + "the served rank falls";
    if (state.lapsed_rank < before.lapsed_rank) return of + "the lapsed rank falls";
    if (state.lapsed_rank > state.served_rank) return of + "more have lapsed than were served";
    if (before.closes_at && (!state.closes_at || *state.closes_at < *before.closes_at))
      return of + "the closing time comes nearer";
    if (before.opened_at && (state.opened_at != before.opened_at || state.k != before.k))
      return of + "it opens again, or with another K";
    if (state.opened_at && *state.opened_at < TimeOn(state.day, agendas_[name].rules.open))
      return of + "it opens before its time";
    before = state;
  }
  for (const auto& [day, opening] : agendas_[name].openings) {
    const codec::OpeningState& state = latest[day];
    const std::string of = name + " in the log, day " + std::to_string(day) + ": ";
    if (opening.opened && state.k != opening.k) return of + "another K than was told";
    if (state.served_rank < opening.served) return of + "less is served than was told";
    for (const uint64_t rank : opening.granted) {
      if (rank > state.served_rank) return of + "rank " + std::to_string(rank) + " has held";
    }
  }
  return "";
}

}  // namespace creneau::sim
