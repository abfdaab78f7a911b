// What tickets and holds must be answered in a queue.
#include <algorithm>

#include "base/limits.h"
#include "tests/sim/queues.h"
#include "tests/sim/verdict.h"

namespace creneau::sim {
namespace {

// Grants are given by the second, and lapse at a round of the steward's.
constexpr int64_t kLapseSlackMs = 3'000;

bool Says(const Told& told, const char* words) {
  return told.code == "not-admitted" && told.body.find(words) != std::string::npos;
}
bool SaysMissed(const Told& told) { return Says(told, "came and was not used"); }
bool SaysUsed(const Told& told) { return Says(told, "have lapsed or were given up"); }
bool SaysWait(const Told& told) { return Says(told, "\"poll_after_s\":"); }

}  // namespace

// --- how far it is served ------------------------------------------------------------------------

void Queues::Reached(Opening& opening, uint64_t rank, Instant now) {
  if (rank <= opening.served) return;
  opening.served = rank;
  opening.reached.push_back({now, opening.lengthened_ms, rank});
}

void Queues::Waits(Opening& opening, uint64_t rank, Instant at) {
  // An older one of a rank that is no lower says nothing more.
  std::erase_if(opening.waits, [&](const Sample& one) { return one.rank >= rank && one.at <= at; });
  opening.waits.push_back({at, opening.lengthened_ms, rank});
}

bool Queues::MayHaveLapsed(const Opening& opening, uint64_t rank, Instant now) {
  if (rank <= opening.lapsed_most) return true;
  return std::none_of(opening.waits.begin(), opening.waits.end(), [&](const Sample& one) {
    const int64_t longer_ms = opening.lengthened_ms - one.lengthened_ms;
    return one.rank <= rank && now - one.at < limits::kGrantLifeMs + longer_ms;
  });
}

bool Queues::MustHaveLapsed(const Opening& opening, uint64_t rank) const {
  return std::any_of(opening.reached.begin(), opening.reached.end(), [&](const Sample& one) {
    const int64_t longer_ms = opening.lengthened_ms - one.lengthened_ms + kLapseSlackMs;
    return one.rank >= rank && last_tick_ - one.at > limits::kGrantLifeMs + longer_ms;
  });
}

// Whether a ticket of that rank is told the truth about its turn.
std::string Queues::CheckTurn(Opening& opening, uint64_t rank, const Told& told, Instant now) {
  if (SaysWait(told)) {
    Reach("queue-waits");
    if (rank <= opening.served) return Wrong("that rank was served already", told);
    Waits(opening, rank, now);
    return "";
  }
  if (SaysMissed(told)) {
    Reach("queue-turn-missed");
    if (!MayHaveLapsed(opening, rank, now)) return Wrong("its turn is not over yet", told);
    Reached(opening, rank, now);
    return "";
  }
  if (told.code == "not-admitted") return Wrong("it has a ticket", told);
  if (MustHaveLapsed(opening, rank)) return Wrong("its turn is over", told);
  Reached(opening, rank, now);
  if (told.status != 201) return "";
  Reach("queue-hold-granted");
  opening.granted.push_back(rank);
  return "";
}

// --- holds ---------------------------------------------------------------------------------------

// All alike, whatever is wrong with the ticket.
std::string Queues::RefusedTicket(const Told& told) {
  const bool alike = told.status == 422 && told.code == "validation-failed" &&
                     told.body.find("\"/ticket\"") != std::string::npos &&
                     told.body.find("ask for a new one") != std::string::npos;
  return alike ? "" : Wrong("that ticket is none of theirs", told);
}

// Nothing: they have a turn left, and were not told otherwise.
std::optional<std::string> Queues::CheckUsed(Turns turns, const Told& told) {
  constexpr int kTurns = static_cast<int>(limits::kTurnsPerOpening);
  if (!SaysUsed(told) && turns.least < kTurns) return std::nullopt;
  Reach("turns-used");
  if (!SaysUsed(told)) return Wrong("two of their holds have lapsed", told);
  return turns.most < kTurns ? Wrong("their turn is not over", told) : "";
}

std::optional<std::string> Queues::Gate(const std::string& name, int person, const Shown& shown,
                                        Turns turns, const Told& told, Instant now) {
  Agenda& agenda = agendas_[name];
  const Sure listed = agenda.rules.listed ? agenda.listed[person] : Sure::kYes;
  if (told.code == "not-listed" || listed == Sure::kNo) {
    Reach("hold-not-listed");
    if (told.code != "not-listed") return Wrong("the office does not know them", told);
    return listed == Sure::kYes ? Wrong("they are on the roster", told) : "";
  }
  const Phases phases = At(agenda, now);
  if (told.code == "not-open-yet" || !phases.open) {
    Reach(phases.gathering ? "hold-while-gathering" : "hold-while-closed");
    if (told.code != "not-open-yet") return Wrong("the queue is not open", told);
    return phases.OnlyOpen() ? Wrong("the queue is open", told) : "";
  }
  if (told.code == "paused" || agenda.paused == Sure::kYes) {
    Reach("hold-while-paused");
    if (told.code != "paused") return Wrong("it is paused", told);
    return agenda.paused == Sure::kNo ? Wrong("it is not paused", told) : "";
  }
  if (shown.text.empty()) {
    Reach("hold-without-ticket");
    const bool asked_for_one =
        told.code == "not-admitted" && !SaysWait(told) && !SaysMissed(told) && !SaysUsed(told);
    return asked_for_one ? "" : Wrong("there is no hold without a ticket", told);
  }
  const auto ticket = surge::ReadUnverified(shown.text);
  if (!ticket || ticket->opening.day != DayOf(now)) {
    Reach("ticket-of-yesterday");
    return RefusedTicket(told);
  }
  if (auto verdict = CheckUsed(turns, told)) return *verdict;
  Opening& opening = Current(agenda, now);
  if (!opening.opened) {  // opened meanwhile, and nobody has looked
    if (told.code == "not-admitted") return "";
    return std::nullopt;
  }
  const surge::Rank rank = surge::RankOf(opening.k, ticket->tag, ticket->bucket);
  std::string wrong = CheckTurn(opening, rank.value, told, now);
  if (told.code == "not-admitted" || !wrong.empty()) return wrong;
  return std::nullopt;
}

std::optional<std::string> Queues::MayMove(const std::string& name, const Told& told, Instant now) {
  const Agenda& agenda = agendas_[name];
  const Phases phases = At(agenda, now);
  if (told.code == "not-open-yet" || !phases.open)
    return told.code == "not-open-yet" && !phases.OnlyOpen()
               ? ""
               : Wrong(phases.open ? "the queue is open" : "the queue is not open", told);
  if (told.code == "paused" || agenda.paused == Sure::kYes)
    return told.code == "paused" && agenda.paused != Sure::kNo
               ? ""
               : Wrong("whether it is paused", told);
  return std::nullopt;
}

// --- tickets -------------------------------------------------------------------------------------

std::string Queues::Ticket(const std::string& name, int person, const Shown& shown, Turns turns,
                           const Told& told, Instant now) {
  Agenda& agenda = agendas_[name];
  const Sure listed = agenda.rules.listed ? agenda.listed[person] : Sure::kYes;
  if (told.code == "not-listed" || listed == Sure::kNo) {
    Reach("ticket-not-listed");
    if (told.code != "not-listed") return Wrong("the office does not know them", told);
    return listed == Sure::kYes ? Wrong("they are on the roster", told) : "";
  }
  if (shown.bad) {
    Reach("ticket-for-a-bad-one");
    return RefusedTicket(told);
  }
  const Phases phases = At(agenda, now);
  if (told.code == "not-open-yet" || (phases.closed && !phases.gathering && !phases.open)) {
    Reach("ticket-while-closed");
    if (told.code != "not-open-yet") return Wrong("the queue is closed", told);
    return phases.closed ? "" : Wrong("people can come", told);
  }
  if (told.code == "nothing-left") {
    Reach("ticket-nothing-left");
    return phases.open && agenda.empty ? "" : Wrong("there may be a seat yet", told);
  }
  const Sure draining = Current(agenda, now).draining;
  if (told.code == "paused" || draining == Sure::kYes) {
    Reach("ticket-while-draining");
    if (told.code != "paused") return Wrong("it is draining", told);
    return draining == Sure::kNo ? Wrong("it is not draining", told) : "";
  }
  if (auto verdict = CheckUsed(turns, told)) return *verdict;
  if (told.status != 201) return Wrong("there is a ticket", told);
  return Issued(agenda, person, shown, told, now);
}

std::string Queues::Issued(Agenda& agenda, int person, const Shown& shown, const Told& told,
                           Instant now) {
  const auto ticket = surge::ReadUnverified(told.Member("ticket"));
  if (!ticket || ticket->opening.day != DayOf(now))
    return Wrong("a ticket of today's opening", told);
  Opening& opening = Current(agenda, now);
  Place& place = opening.people[person];
  if (place.tag && *place.tag != ticket->tag) return Wrong("somebody's tag stays", told);
  for (const auto& [other, theirs] : opening.people) {
    if (other != person && theirs.tag == ticket->tag) return Wrong("another's tag", told);
  }
  place.tag = ticket->tag;
  std::vector<std::string>& tickets = agenda.tickets[person];
  tickets.push_back(told.Member("ticket"));
  if (tickets.size() > 5) tickets.erase(tickets.begin());
  const std::string rank = told.Member("rank");
  const Phases phases = At(agenda, now);
  if (rank.empty() ? !phases.gathering : !phases.open)
    return Wrong("a rank is known once it is open", told);
  if (rank.empty()) {
    Reach("ticket-while-gathering");
    place.remembered = ticket->bucket;
    return ticket->bucket.value == 0 ? "" : Wrong("who gathers is drawn among all", told);
  }
  if (!opening.opened) {  // opened meanwhile, and nobody has looked
    if (shown.text.empty()) place.remembered = ticket->bucket;
    return "";
  }
  if (surge::RankOf(opening.k, ticket->tag, ticket->bucket).value != std::stoull(rank))
    return Wrong("the rank follows from K and ticket", told);
  auto before = shown.text.empty() ? std::nullopt : surge::ReadUnverified(shown.text);
  if (before && before->opening != ticket->opening) before.reset();
  if (std::string wrong = CheckPlace(opening, place, *ticket, before, now); !wrong.empty())
    return Wrong(wrong, told);
  if (!before) place.remembered = ticket->bucket;
  const uint64_t value = std::stoull(rank);
  if (told.Member("admitted") == "true") {
    Reached(opening, value, now);
    return told.Member("place") == "0" ? "" : Wrong("nobody is before them", told);
  }
  if (value <= opening.served) return Wrong("that rank was served already", told);
  Waits(opening, value, now);
  return told.Member("place") == "0" ? Wrong("somebody is before them", told) : "";
}

// One rank for whoever asks again, until the turn has gone by.
std::string Queues::CheckPlace(Opening& opening, Place& place, const surge::Ticket& ticket,
                               const std::optional<surge::Ticket>& shown, Instant now) {
  const std::optional<surge::Bucket> before =
      shown ? std::optional(shown->bucket) : place.remembered;
  if (!before) {
    Reach("ticket-late");
    return ticket.bucket.value > 0 ? "" : "whoever comes late queues behind";
  }
  const uint64_t rank = surge::RankOf(opening.k, ticket.tag, *before).value;
  if (ticket.bucket == *before) {
    Reach(shown ? "same-rank-with-ticket" : "same-rank-again");
    return MustHaveLapsed(opening, rank) ? "a turn that is over does not come again" : "";
  }
  Reach("new-turn-after-a-missed-one");
  if (!MayHaveLapsed(opening, rank, now)) return "who asks again has the same rank";
  return ticket.bucket > *before ? "" : "a later turn is at the end";
}

}  // namespace creneau::sim
