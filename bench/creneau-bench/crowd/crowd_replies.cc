// What the crowd sends, and what it makes of what comes back.
#include <algorithm>
#include <charconv>
#include <utility>

#include "base/check.h"
#include "bench/creneau-bench/crowd/crowd.h"
#include "bench/creneau-bench/now.h"
#include "bench/creneau-bench/response.h"

namespace creneau::bench {
namespace {

using What = Heard::What;

// Written so much later than due although a connection was idle: our own doing. A twenty-fifth of
// what a confirm may take.
constexpr int64_t kLateNs = 10'000'000;
// Our clock and the server's, and whole seconds in what it says.
constexpr int64_t kEdgeNs = kNsPerSecond;
constexpr int64_t kFetchAgainNs = 100'000'000;
constexpr int64_t kStaleNs = 60 * kNsPerSecond;

std::string_view CodeOf(const Reply& reply) {
  return reply.status < 300 ? std::string_view() : JsonText(reply.body, "\"code\"");
}

}  // namespace

Ask Crowd::AskOf(uint32_t asker) const {
  if (IsFetch(asker)) return Ask::kStatus;
  if (!IsPerson(asker)) return Ask::kProbe;
  switch (people_[asker].act) {
    case Act::kAskTicket:
      return Ask::kTicket;
    case Act::kPoll:
      return Ask::kStatus;
    case Act::kLook:
      return Ask::kSlots;
    case Act::kHold:
      return Ask::kHold;
    case Act::kConfirm:
      return Ask::kConfirm;
    case Act::kLeave:
      break;
  }
  CHECK(false);
}

void Crowd::WriteRequest(uint32_t asker) {
  out_.clear();
  if (IsFetch(asker)) return requests_.Status(asker - people_.size(), &out_);
  if (!IsPerson(asker)) return requests_.Slots(probes_ % documents_.size(), &out_);
  const Person& person = people_[asker];
  switch (AskOf(asker)) {
    case Ask::kTicket:
      return requests_.Ticket(person.agenda, asker, &out_);
    case Ask::kStatus:
      return requests_.Status(person.agenda, &out_);
    case Ask::kSlots:
      return requests_.Slots(person.agenda, &out_);
    case Ask::kHold:
      return requests_.Hold(person.agenda, asker, tickets_[asker].view(), slots_[asker].view(),
                            &out_);
    case Ask::kConfirm: {
      const Told& told = journal_.at(person.reservation);
      return requests_.Confirm(told.name.view(), told.key.view(), &out_);
    }
    case Ask::kProbe:
      break;
  }
  CHECK(false);
}

void Crowd::NoteLag(const Line& line, uint32_t asker, int64_t now_ns) {
  ++story_.losses.requests;
  // Bots keep to no schedule.
  if (IsPerson(asker) && people_[asker].is_bot()) return;
  const int64_t due_ns = due_ns_[asker];
  const int64_t own_ns = std::max<int64_t>(now_ns - std::max(due_ns, line.idle_ns), 0);
  story_.send_lag.Record(static_cast<uint64_t>(std::max<int64_t>(now_ns - due_ns, 0)));
  story_.own_lag.Record(static_cast<uint64_t>(own_ns));
  if (own_ns > kLateNs) ++story_.losses.late;
}

void Crowd::NoteConfirm(Line* line, Person* person, int64_t now_ns) {
  const int64_t left_ns = person->deadline_ns - now_ns;
  line->in_time = left_ns > kEdgeNs;
  if (!line->in_time) {
    if (left_ns > -kEdgeNs) ++story_.confirms.at_edge;
    return;
  }
  if (!person->in_time) ++story_.confirms.in_time;
  person->in_time = true;
  ++(line->dropping ? story_.confirms.cut : story_.confirms.sent_in_time);
  if (!line->dropping && person->is_bot()) ++story_.confirms.sent_by_bots;
}

void Crowd::Send(uint32_t connection, uint32_t asker) {
  Line& line = lines_.at(connection);
  WriteRequest(asker);
  const int64_t now = Now();
  NoteLag(line, asker, now);
  line.dropping = false;
  if (IsPerson(asker)) {
    Person& person = people_[asker];
    ++person.requests;
    ++story_.requests[static_cast<size_t>(person.traits.group)];
    const uint8_t drops = person.traits.drops_of_256;
    line.dropping = drops > 0 && prng_.Below(256) < drops;
    if (person.act == Act::kConfirm) NoteConfirm(&line, &person, now);
  }
  sockets_.Send(connection, out_, 1);
  if (line.dropping) to_hang_up_.push_back(connection);
}

void Crowd::OnUp(uint32_t connection) {
  const Line& line = lines_.at(connection);
  if (line.asker != kNobody) return;  // on demand: its request is on its way
  lines_.Idle(connection, Now());
}

void Crowd::OnReply(uint32_t connection, const Reply& reply) {
  Line& line = lines_.at(connection);
  CHECK(line.asker != kNobody && reply.last);
  const Line was = line;
  line.asker = kNobody;
  const int64_t now = sockets_.now_ns() - began_ns_;
  if (IsPerson(was.asker)) {
    Hear(was.asker, was, reply, now);
  } else if (IsFetch(was.asker)) {
    Fetched(was.asker - static_cast<uint32_t>(people_.size()), &reply, now);
  } else {
    Probed(was.asker, reply.status, now);
  }
  if (options_.own_connections && line.lane == Lane::kPeople) {
    line.dropping = true;
    to_hang_up_.push_back(connection);
  } else if (sockets_.usable(connection)) {
    lines_.Idle(connection, now);
  }
}

void Crowd::OnDown(uint32_t connection, uint32_t lost, std::string_view why) {
  Line& line = lines_.at(connection);
  const Line was = line;
  line.asker = kNobody;
  line.dropping = false;
  if (options_.own_connections && line.lane == Lane::kPeople) lines_.Idle(connection, Now());
  if (why == "no-descriptor") ++story_.losses.no_descriptor;
  if (why == "no-port") ++story_.losses.no_port;
  if (was.asker == kNobody) return;
  CHECK(lost > 0);
  Lost(was.asker, was, why, Now());
}

void Crowd::Lost(uint32_t asker, const Line& line, std::string_view why, int64_t now_ns) {
  if (IsFetch(asker)) {
    return Fetched(asker - static_cast<uint32_t>(people_.size()), nullptr, now_ns);
  }
  if (!IsPerson(asker)) return Probed(asker, 0, now_ns);
  Person& person = people_[asker];
  if (person.stage == Stage::kGone) return;
  CountReply(person, AskOf(asker), 0, why, due_ns_[asker], now_ns);
  if (person.act == Act::kConfirm && line.in_time) {
    journal_.at(person.reservation).state = Told::State::kUnknown;
  }
  // A phone's new attempt is a new question; a server that went away leaves the old one open.
  if (line.dropping && person.asked_ns == due_ns_[asker]) person.asked_ns = kNever;
  const Sight& sight = documents_[person.agenda].document.sight();
  Heard heard;
  heard.cut_off = line.dropping;
  GoOn(asker, AfterReply(&person, heard, sight, now_ns, &prng_));
}

void Crowd::CountReply(const Person& person, Ask ask, int status, std::string_view code,
                       int64_t due_ns, int64_t now_ns) {
  const bool bot = person.is_bot();
  story_.Count(ask, bot, status, code);
  StorySecond& second = story_.At(now_ns);
  ++(bot ? second.bot_requests : second.requests);
  const bool refused = status == 0 || status == 429 || status >= 500;
  if (refused && code != "phone") {
    ++second.refused;
    if (!bot && !person.told()) ++story_.refused_first;
  }
  if (bot || status == 0) return;
  const int64_t took_ns = std::max<int64_t>(now_ns - due_ns, 0);
  story_.latency[static_cast<size_t>(ask)].Record(static_cast<uint64_t>(took_ns));
}

void Crowd::Hear(uint32_t asker, const Line& line, const Reply& reply, int64_t now_ns) {
  Person& person = people_[asker];
  if (person.stage == Stage::kGone) return;
  const Ask ask = AskOf(asker);
  CountReply(person, ask, reply.status, CodeOf(reply), due_ns_[asker], now_ns);
  if (ask == Ask::kStatus) return HearStatus(asker, reply, now_ns);
  const Heard heard = Judge(asker, line, reply, now_ns);
  if (heard.what == What::kWrong) {
    story_.Wrong(std::string(NameOf(ask)) + " got " + std::to_string(reply.status) + " " +
                 std::string(CodeOf(reply)) + ", which is no answer to it");
  }
  const Sight& sight = documents_[person.agenda].document.sight();
  GoOn(asker, AfterReply(&person, heard, sight, now_ns, &prng_));
}

// A look that is a request of its own.
void Crowd::HearStatus(uint32_t asker, const Reply& reply, int64_t now_ns) {
  Person& person = people_[asker];
  Shared& shared = documents_[person.agenda];
  Heard heard = HeardOf(Ask::kTicket, 503, {}, reply.retry_after_s);
  if (shared.document.Take(reply.status, reply.body, now_ns, &untrue_)) {
    return GoOn(asker, AfterSight(&person, shared.document.sight(), now_ns, &prng_));
  }
  person.act = Act::kPoll;
  GoOn(asker, AfterReply(&person, heard, shared.document.sight(), now_ns, &prng_));
}

Heard Crowd::Judge(uint32_t asker, const Line& line, const Reply& reply, int64_t now_ns) {
  Person& person = people_[asker];
  const Ask ask = AskOf(asker);
  Heard heard = HeardOf(ask, reply.status, reply.body, reply.retry_after_s);
  switch (ask) {
    case Ask::kTicket:
      return heard.what == What::kTicket ? JudgeTicket(asker, reply, heard) : heard;
    case Ask::kSlots:
      return JudgeSlots(asker, reply, heard, now_ns);
    case Ask::kHold:
      if (heard.what == What::kNotAdmitted && person.admitted_ns != kNever && !person.is_bot()) {
        ++story_.denied_though_admitted;
      }
      return heard.what == What::kHeld ? JudgeHold(asker, reply, heard) : heard;
    case Ask::kConfirm:
      return JudgeConfirm(asker, line, reply, heard, now_ns);
    case Ask::kStatus:
    case Ask::kProbe:
      break;
  }
  CHECK(false);
}

Heard Crowd::JudgeTicket(uint32_t asker, const Reply& reply, Heard heard) {
  Person& person = people_[asker];
  const std::string_view text = JsonText(reply.body, "\"ticket\"");
  const std::optional<surge::Ticket> ticket = surge::ReadUnverified(text);
  bool keep = false;
  if (!ticket || !TakeTicket(&person, *ticket, &keep)) {
    heard.what = What::kWrong;
    if (ticket) story_.Wrong("a ticket that was asked for again is about somebody else");
    return heard;
  }
  if (keep) CHECK(tickets_[asker].Set(text));
  const std::string_view said = JsonText(reply.body, "\"rank\"");
  const Sight& sight = documents_[person.agenda].document.sight();
  if (said.empty() || !sight.k) return heard;
  uint64_t rank = 0;
  std::from_chars(said.data(), said.data() + said.size(), rank);
  if (rank != surge::RankOf(*sight.k, ticket->tag, ticket->bucket).value) {
    story_.Wrong("a rank that was said is not that of its ticket under the K of the opening");
  }
  return heard;
}

Heard Crowd::JudgeSlots(uint32_t asker, const Reply& reply, Heard heard, int64_t now_ns) {
  Shared& shared = documents_[people_[asker].agenda];
  if (heard.what == What::kSlots) {
    shared.slots.assign(reply.body);
    shared.slots_ns = now_ns;
  }
  if (heard.what == What::kRefused && SeesSlots(asker, kStaleNs, now_ns)) heard.what = What::kSlots;
  if (heard.what == What::kSlots) PickSlot(asker);
  return heard;
}

bool Crowd::SeesSlots(uint32_t asker, int64_t within_ns, int64_t now_ns) const {
  const Person& person = people_[asker];
  return !options_.uncached && !person.is_bot() &&
         now_ns - documents_[person.agenda].slots_ns < within_ns;
}

void Crowd::PickSlot(uint32_t asker) {
  const Person& person = people_[asker];
  slots_[asker].Set(person.traits.picks ? FreeSlot(documents_[person.agenda].slots, prng_.Next())
                                        : std::string_view());
}

Heard Crowd::JudgeHold(uint32_t asker, const Reply& reply, Heard heard) {
  Person& person = people_[asker];
  Told told;
  told.agenda = person.agenda;
  const std::string_view name = JsonText(reply.body, "\"reservation\"");
  const std::string_view key = JsonText(reply.body, "\"key\"");
  const std::string_view slot = JsonText(reply.body, "\"slot\"");
  const bool fits = told.name.Set(name) && told.key.Set(key) && told.slot.Set(slot);
  const bool whole = fits && !name.empty() && !key.empty() && !slot.empty() &&
                     heard.expires_in_ns > 0 &&
                     JsonText(reply.body, "\"agenda\"") == options_.common.agendas[told.agenda];
  if (!whole) {
    heard.what = What::kWrong;
    return heard;
  }
  // Who was told that nothing is left, before, has left for nothing.
  if (reply.status == 201) {
    story_.gone_too_early += std::exchange(documents_[person.agenda].told_nothing_left, 0);
  }
  person.reservation = static_cast<uint32_t>(journal_.size());
  journal_.Add(told);
  return heard;
}

Heard Crowd::JudgeConfirm(uint32_t asker, const Line& line, const Reply& reply, Heard heard,
                          int64_t now_ns) {
  Person& person = people_[asker];
  Told& told = journal_.at(person.reservation);
  if (heard.what == What::kConfirmed &&
      (JsonText(reply.body, "\"reservation\"") != told.name.view() ||
       JsonText(reply.body, "\"slot\"") != told.slot.view())) {
    heard.what = What::kWrong;
  }
  if (heard.what != What::kConfirmed) {
    told.state = Told::State::kUnknown;
    return heard;
  }
  told.state = Told::State::kConfirmed;
  ++story_.confirmed_by_agenda[person.agenda];
  ++story_.At(now_ns).confirmed;
  const int64_t took_ns = std::max<int64_t>(now_ns - due_ns_[asker], 0);
  if (!person.is_bot()) story_.confirm_success.Record(static_cast<uint64_t>(took_ns));
  if (person.in_time) ++story_.confirms.kept;
  if (!line.in_time) return heard;
  ++story_.confirms.answered;
  if (took_ns <= kNsPerSecond && !person.is_bot()) ++story_.confirms.within_1s;
  return heard;
}

void Crowd::Fetched(uint32_t agenda, const Reply* reply, int64_t now_ns) {
  Shared& shared = documents_[agenda];
  ++story_.fetches;
  ++story_.At(now_ns).fetches;
  const bool good =
      reply != nullptr && shared.document.Take(reply->status, reply->body, now_ns, &untrue_);
  if (!good) {
    const int status = reply == nullptr ? 0 : reply->status;
    if (status >= 400 && status < 500 && status != 429) no_document_ = status;
    // As nginx tells everybody who waits for it: nothing yet.
    wheel_.Put(static_cast<uint32_t>(people_.size()) + agenda, now_ns + kFetchAgainNs);
    return;
  }
  if (!untrue_.empty()) story_.Wrong(untrue_);
  shared.fetching = false;
  if (agenda == 0) NoteSight(shared.document.sight(), now_ns);
  uint32_t looker = shared.lookers;
  shared.lookers = kNobody;
  while (looker != kNobody) {
    const uint32_t next = next_looker_[looker];
    Person& person = people_[looker];
    if (person.stage != Stage::kGone) {
      GoOn(looker, AfterSight(&person, shared.document.sight(), now_ns, &prng_));
    }
    looker = next;
  }
}

void Crowd::NoteSight(const Sight& sight, int64_t now_ns) {
  StorySecond& second = story_.At(now_ns);
  second.rate_per_min = sight.rate_per_min;
  second.served = sight.served;
  second.waiting = sight.waiting;
  second.free = sight.free;
  if (first_day_ == 0) {
    first_day_ = sight.day;
    first_length_ns_ = sight.closes_ns - sight.opens_ns;
  }
  if (sight.day != first_day_) return;
  const int64_t by_ns = sight.closes_ns - sight.opens_ns - first_length_ns_ - lengthened_ns_;
  if (by_ns <= 0) return;
  lengthened_ns_ += by_ns;
  timeline_.closes_ns += by_ns;
}

void Crowd::Probed(uint32_t asker, int status, int64_t now_ns) {
  free_probes_.push_back(asker);
  const int64_t due_ns = due_ns_[asker];
  const int64_t after_ns = storm_end_ns_ == kNever ? -1 : due_ns - storm_end_ns_;
  ProbeTime& time = due_ns < timeline_.arrivals_ns ? story_.before
                    : after_ns < 0                 ? story_.during
                    : after_ns < kNsPerSecond      ? story_.settling
                                                   : story_.after;
  time.latency.Record(static_cast<uint64_t>(std::max<int64_t>(now_ns - due_ns, 0)));
  if (status != 200) ++time.failed;
}

}  // namespace creneau::bench
