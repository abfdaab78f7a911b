#include "bench/creneau-bench/crowd/crowd.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "bench/creneau-bench/now.h"

namespace creneau::bench {
namespace {

constexpr const char* kHost = "creneau-bench";
constexpr int64_t kMs = 1'000'000;
constexpr int64_t kConnectNs = 60 * kNsPerSecond;
constexpr int64_t kLongestWaitNs = 10 * kMs;
constexpr int64_t kProbeNs = 100 * kMs;
constexpr uint32_t kProbes = 64;  // under way at once
constexpr uint32_t kProbeConnections = 4;
constexpr uint32_t kMostFetchConnections = 16;
// Who comes while it gathers needs some time for that.
constexpr int64_t kLeastGatheringNs = kNsPerSecond;
// Beyond its close nobody waits for longer than this, but for those whose turn had come.
constexpr int64_t kBeyondCloseNs = 3 * kNsPerSecond;
// Then look what came back, which would count as the server's time.
constexpr int kSendsAtOnce = 64;
constexpr uint32_t kPeopleAddresses = 0x7f020000;  // 127.2.0.0 and on: one each
constexpr uint32_t kBotAddresses = 0x7f010000;     // 127.1.0.0 and on

std::array<uint32_t, kLanes> Connections(const CrowdOptions& options) {
  const uint32_t people = options.common.connections;
  const uint32_t bots = options.bots + options.invented == 0 ? 0 : options.bot_connections;
  return {people, std::max(people / 8, 2u), bots, kProbeConnections,
          std::min(options.agendas, kMostFetchConnections)};
}

uint32_t AskersOf(const CrowdOptions& options) {
  return options.identities() + options.agendas + kProbes;
}

}  // namespace

Crowd::Crowd(const CrowdOptions& options, const Address& server, const Address& confirms)
    : options_(options),
      began_ns_(NowNs()),
      requests_(options.common.agendas, kHost, options.common.seed),
      people_(options.identities()),
      tickets_(people_.size()),
      slots_(people_.size()),
      documents_(options.common.agendas.size()),
      due_ns_(AskersOf(options)),
      next_looker_(people_.size()),
      wheel_(AskersOf(options)),
      lines_(Connections(options), AskersOf(options)),
      sockets_(server, lines_.connections(), this),
      prng_(Mix64(options.common.seed ^ 0xc0d)) {
  CHECK(documents_.size() == options.agendas);
  for (uint32_t i = 0; i < kProbes; ++i) {
    free_probes_.push_back(options.identities() + options.agendas + i);
  }
  story_.confirmed_by_agenda.resize(options.agendas);
  SetEnds(confirms);
}

void Crowd::SetEnds(const Address& confirms) {
  const auto each = [this](Lane lane, auto&& ends) {
    const uint32_t first = lines_.first_of(lane);
    for (uint32_t i = 0; i < lines_.count_of(lane); ++i) sockets_.SetEnds(first + i, ends(i));
  };
  each(Lane::kConfirms, [&](uint32_t) { return Sockets::Ends{&confirms, 0, false}; });
  each(Lane::kBots, [&](uint32_t i) {
    return Sockets::Ends{nullptr, kBotAddresses + 1 + i % options_.bot_addresses, false};
  });
  if (!options_.own_connections) return;
  each(Lane::kPeople, [](uint32_t) { return Sockets::Ends{nullptr, 0, true}; });
  for (uint32_t i = 0; i < lines_.count_of(Lane::kPeople); ++i) {
    lines_.Idle(lines_.first_of(Lane::kPeople) + i, 0);
  }
}

int64_t Crowd::QuietNs() const { return static_cast<int64_t>(options_.quiet_s * 1e9); }

int64_t Crowd::Now() const { return NowNs() - began_ns_; }

absl::Status Crowd::Prepare(const Watch& watch) {
  if (absl::Status opened = sockets_.Open(); !opened.ok()) return opened;
  const uint32_t wanted =
      lines_.connections() - (options_.own_connections ? lines_.count_of(Lane::kPeople) : 0);
  for (uint32_t agenda = 0; agenda < documents_.size(); ++agenda) {
    documents_[agenda].fetching = true;
    LineUp(static_cast<uint32_t>(people_.size()) + agenda, Lane::kFetches, 0);
  }
  const auto all_known = [this] {
    return std::all_of(documents_.begin(), documents_.end(),
                       [](const Shared& one) { return one.document.sight().known; });
  };
  while (sockets_.up() < wanted || !all_known()) {
    Turn(Now() + kLongestWaitNs);
    if (!watch()) return absl::CancelledError("interrupted");
    if (no_document_ != 0) {
      return absl::UnavailableError("an agenda has no status document, but a " +
                                    std::to_string(no_document_) + ": is its policy \"queue\"?");
    }
    const int error = sockets_.last_connect_error();
    if (Now() > kConnectNs || error == EMFILE || (error != 0 && sockets_.up() == 0)) {
      return absl::UnavailableError(
          std::to_string(sockets_.up()) + " of " + std::to_string(wanted) +
          " connections could be made, and " + (all_known() ? "all" : "not all") +
          " agendas have a status document: " + (error == 0 ? "no answer" : std::strerror(error)));
    }
  }
  return ReadTimeline();
}

absl::Status Crowd::ReadTimeline() {
  timeline_.arrivals_ns = Now() + QuietNs();
  for (const Shared& one : documents_) {
    const Sight& sight = one.document.sight();
    timeline_.arrivals_ns = std::max(timeline_.arrivals_ns, sight.gathers_ns);
    timeline_.opens_ns = std::max(timeline_.opens_ns, sight.opens_ns);
    timeline_.closes_ns = std::max(timeline_.closes_ns, sight.closes_ns);
    const bool ahead = sight.phase == Phase::kGathering || sight.phase == Phase::kClosed;
    if (!ahead || sight.opens_ns < timeline_.arrivals_ns + kLeastGatheringNs) {
      return absl::FailedPreconditionError(
          "an agenda is open already, or opens too soon: people need " +
          std::to_string((QuietNs() + kLeastGatheringNs) / kNsPerSecond) + " s to gather");
    }
  }
  story_.opens_s = static_cast<double>(timeline_.opens_ns) / 1e9;
  return absl::OkStatus();
}

// Everybody is somewhere, and knows when it comes.
void Crowd::Settle() {
  const Population population(options_, timeline_);
  for (uint32_t number = 0; number < people_.size(); ++number) {
    people_[number] = population.Make(number);
    const Move move = Arrive(&people_[number]);
    people_[number].act = move.act;
    wheel_.Put(number, move.at_ns);
  }
  live_ = static_cast<uint32_t>(people_.size());
  next_probe_ns_ = Now();
}

void Crowd::Run(const Watch& watch) {
  Settle();
  int64_t busy_ns = 0;  // for which those have who are busy when the others are cut off
  int64_t next_watch_ns = 0;
  for (int64_t now = Now();
       storm_end_ns_ == kNever || now < storm_end_ns_ + kNsPerSecond + QuietNs(); now = Now()) {
    // An outage moves the close.
    if (storm_end_ns_ == kNever && now >= timeline_.closes_ns + kBeyondCloseNs + busy_ns) {
      CutOff(busy_ns == 0);
      busy_ns = int64_t{options_.hold_s} * kNsPerSecond;
    }
    if (storm_end_ns_ == kNever && live_ == 0) storm_end_ns_ = now;
    Turn(now + kLongestWaitNs);
    if (now < next_watch_ns) continue;
    next_watch_ns = now + kLongestWaitNs;
    if (!watch()) break;
  }
  next_probe_ns_ = kNever;
  CutOff(false);
  story_.fairness = early_.Done();
  story_.storm_end_s = static_cast<double>(storm_end_ns_) / 1e9;
  story_.length_s = static_cast<double>(Now()) / 1e9;
}

void Crowd::Turn(int64_t latest_ns) {
  wheel_.Turn(Now(), [this](uint32_t asker, int64_t due_ns) { Due(asker, due_ns); });
  DueProbes(Now());
  bool more = false;
  for (size_t lane = 0; lane < kLanes; ++lane) {
    Dispatch(static_cast<Lane>(lane));
    more = more || lines_.CanPair(static_cast<Lane>(lane));
  }
  HangUps();
  const int64_t now = Now();
  int64_t wait_ns = 0;
  if (!more) wait_ns = std::min(wheel_.LookAgainNs(now, latest_ns), next_probe_ns_) - now;
  sockets_.Poll(wait_ns);
  HangUps();
}

void Crowd::Due(uint32_t asker, int64_t due_ns) {
  if (IsPerson(asker)) return DuePerson(asker, due_ns);
  CHECK(IsFetch(asker));
  LineUp(asker, Lane::kFetches, due_ns);
}

void Crowd::DuePerson(uint32_t asker, int64_t due_ns) {
  Person& person = people_[asker];
  if (person.stage == Stage::kGone) return;  // was cut off
  if (person.stage == Stage::kComing) {
    person.stage = Stage::kWaiting;
    ++story_.At(due_ns).arrived;
  }
  if (person.act == Act::kLeave) return Leave(asker, due_ns);
  person.Asks(due_ns);
  if (person.act == Act::kPoll) {
    ++story_.looks;
    ++story_.At(due_ns).looks;
    if (!options_.uncached) return Look(asker, due_ns);
  }
  if (person.act == Act::kLook && SeesSlots(asker, kNsPerSecond, due_ns)) {
    PickSlot(asker);
    Heard heard;
    heard.what = Heard::What::kSlots;
    const Sight& sight = documents_[person.agenda].document.sight();
    return GoOn(asker, AfterReply(&person, heard, sight, due_ns, &prng_));
  }
  if (person.act == Act::kConfirm) ++story_.At(due_ns).confirms_due;
  const Lane lane = person.is_bot()               ? Lane::kBots
                    : person.act == Act::kConfirm ? Lane::kConfirms
                                                  : Lane::kPeople;
  LineUp(asker, lane, due_ns);
}

void Crowd::Look(uint32_t asker, int64_t due_ns) {
  Person& person = people_[asker];
  Shared& shared = documents_[person.agenda];
  const int64_t now = std::max(Now(), due_ns);
  if (shared.document.Fresh(now)) {
    return GoOn(asker, AfterSight(&person, shared.document.sight(), now, &prng_));
  }
  next_looker_[asker] = shared.lookers;
  shared.lookers = asker;
  if (shared.fetching) return;
  shared.fetching = true;
  LineUp(static_cast<uint32_t>(people_.size()) + person.agenda, Lane::kFetches, now);
}

void Crowd::LineUp(uint32_t asker, Lane lane, int64_t due_ns) {
  due_ns_[asker] = due_ns;
  lines_.Wait(asker, lane);
}

void Crowd::DueProbes(int64_t now_ns) {
  for (; next_probe_ns_ <= now_ns; next_probe_ns_ += kProbeNs) {
    ++probes_;
    if (free_probes_.empty()) {
      ++story_.losses.probes_skipped;
      continue;
    }
    const uint32_t asker = free_probes_.back();
    free_probes_.pop_back();
    LineUp(asker, Lane::kProbes, next_probe_ns_);
  }
}

void Crowd::Dispatch(Lane lane) {
  uint32_t connection = 0;
  uint32_t asker = 0;
  for (int sent = 0; sent < kSendsAtOnce && lines_.Pair(lane, &connection, &asker); ++sent) {
    const bool on_demand = options_.own_connections && lane == Lane::kPeople;
    if (on_demand) {
      sockets_.SetSource(connection, kPeopleAddresses + 1 + asker);
    } else if (!sockets_.usable(connection)) {
      // Lost while it was idle: comes back when it is up.
      lines_.at(connection).asker = kNobody;
      lines_.WaitFirst(asker, lane);
      continue;
    }
    Send(connection, asker);
  }
}

// After the sockets have handled what there was: a connection is not closed under their hands.
void Crowd::HangUps() {
  for (const uint32_t connection : to_hang_up_) {
    Line& line = lines_.at(connection);
    if (!line.dropping) continue;  // went by itself meanwhile
    const uint32_t asker = line.asker;
    const Line was = line;
    sockets_.HangUp(connection);
    line.dropping = false;
    line.asker = kNobody;
    if (asker != kNobody) Lost(asker, was, "phone", Now());
    if (options_.own_connections && line.lane == Lane::kPeople) lines_.Idle(connection, Now());
  }
  to_hang_up_.clear();
}

void Crowd::GoOn(uint32_t asker, Move move) {
  people_[asker].act = move.act;
  wheel_.Put(asker, move.at_ns);
}

void Crowd::Leave(uint32_t asker, int64_t now_ns) {
  Person& person = people_[asker];
  CHECK(person.stage != Stage::kGone && live_ > 0);
  const bool came = person.stage != Stage::kComing;
  person.stage = Stage::kGone;
  person.ended_ns = now_ns;
  --live_;
  const auto end = static_cast<size_t>(person.end);
  ++story_.ends[static_cast<size_t>(person.traits.group)][end];
  if (person.end == End::kSeated) ++story_.At(now_ns).seated;
  if (person.end == End::kNothingLeft) {
    ++story_.At(now_ns).told_nothing_left;
    ++documents_[person.agenda].told_nothing_left;
  }
  if (person.is_bot() || !came) return;
  if (person.traits.group == Group::kPerson && person.rank.value != 0 && person.bucket.value == 0) {
    early_.Add(static_cast<double>(person.arrives_ns), person.rank.share());
  }
  const int64_t stayed_ns = std::max<int64_t>(now_ns - person.arrives_ns, 0);
  story_.to_end[end].Record(static_cast<uint64_t>(stayed_ns));
  // Who leaves without an answer has waited for it until now; nobody drops out of the count.
  const int64_t open_ns = person.asked_ns == kNever ? 0 : now_ns - person.asked_ns;
  const int64_t worst_ns = std::max({person.worst_truth_ns, open_ns, int64_t{0}});
  story_.worst_truth.Record(static_cast<uint64_t>(worst_ns));
  if (person.told()) {
    story_.first_truth.Record(static_cast<uint64_t>(person.first_truth_ns));
  } else {
    ++(person.asked_ns == kNever ? story_.hung_up_first : story_.never_told);
  }
  if (person.end == End::kGaveUp && person.told() && person.asked_ns == kNever) {
    ++story_.gave_up_told;
  }
}

// Their end is that they are still there.
void Crowd::CutOff(bool but_busy) {
  const int64_t now = Now();
  bool left = false;
  for (uint32_t asker = 0; asker < people_.size() && live_ > 0; ++asker) {
    Person& person = people_[asker];
    if (person.stage == Stage::kGone) continue;
    if (but_busy && (person.stage == Stage::kChoosing || person.stage == Stage::kConfirming)) {
      left = true;
      continue;
    }
    person.end = End::kStillThere;
    Leave(asker, now);
  }
  if (!left && storm_end_ns_ == kNever) storm_end_ns_ = now;
}

}  // namespace creneau::bench
