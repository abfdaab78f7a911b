// What happened, to people and to requests. Filled by one crowd; then only read. Nanoseconds.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bench/creneau-bench/crowd/crowd_requests.h"
#include "bench/creneau-bench/crowd/person.h"
#include "bench/creneau-bench/stats.h"

namespace creneau::bench {

// How requests of one kind by people, or by bots, ended. Status 0: no reply, and the code says why.
struct AskOutcome {
  Ask ask = Ask::kTicket;
  bool bot = false;
  int status = 0;
  std::string code;
  uint64_t count = 0;
};

// One second of the run.
struct StorySecond {
  uint64_t arrived = 0;
  uint64_t requests = 0;  // replies to people, of all kinds
  uint64_t bot_requests = 0;
  uint64_t refused = 0;  // of either
  uint64_t confirms_due = 0;
  uint64_t confirmed = 0;
  uint64_t seated = 0;
  uint64_t told_nothing_left = 0;
  uint64_t fetches = 0;  // of status documents
  uint64_t looks = 0;    // at them
  // As the first agenda's document said it last in this second.
  uint64_t rate_per_min = 0;
  uint64_t served = 0;
  uint64_t waiting = 0;
  uint64_t free = 0;
};

// The promise to whoever has a seat in hand.
struct Confirms {
  uint64_t in_time = 0;       // people who sent one before their deadline
  uint64_t kept = 0;          // of these, confirmed, by a repeat or at once
  uint64_t sent_in_time = 0;  // requests, those that were cut off by ourselves not counted
  uint64_t sent_by_bots =
      0;                   // of these: they wait for each other, and nobody promised them anything
  uint64_t answered = 0;   // of these, with a confirmation
  uint64_t cut = 0;        // cut off by ourselves: phones
  uint64_t at_edge = 0;    // sent within a second of the deadline: ours and the server's clock
  uint64_t within_1s = 0;  // of sent_in_time, confirmed within a second of being due
};

// The generator's own faults.
struct Losses {
  uint64_t requests = 0;  // of all
  uint64_t late = 0;      // sent later than due by our own doing
  uint64_t no_descriptor = 0;
  uint64_t no_port = 0;
  uint64_t probes_skipped = 0;  // all were under way
  uint64_t lost() const { return late + no_descriptor + no_port + probes_skipped; }
  double share() const {
    return requests == 0 ? 0 : static_cast<double>(lost()) / static_cast<double>(requests);
  }
};

struct ProbeTime {
  Histogram latency = LatencyHistogram();
  uint64_t failed = 0;
};

// Do those who came early in the gathering have better ranks?
struct Fairness {
  uint64_t people = 0;
  double r = 0;  // Pearson, of arrival and rank
  double p = 1;  // of an r as large, if there is nothing to it
};

struct Story {
  std::array<std::array<uint64_t, kEnds>, kGroups> ends{};
  std::array<uint64_t, kGroups> requests{};
  // People only: bots ask for no sympathy.
  std::array<Histogram, kEnds> to_end = {LatencyHistogram(), LatencyHistogram(), LatencyHistogram(),
                                         LatencyHistogram(), LatencyHistogram(), LatencyHistogram(),
                                         LatencyHistogram(), LatencyHistogram(), LatencyHistogram(),
                                         LatencyHistogram()};
  Histogram first_truth = LatencyHistogram();
  Histogram worst_truth = LatencyHistogram();  // the longest of each, of all who were generated
  uint64_t never_told =
      0;  // left with a question that nobody had answered, and had no answer before
  uint64_t hung_up_first = 0;  // their own phone cut off the only question that they had
  uint64_t gave_up_told = 0;   // gave up, and knew how it stood
  uint64_t refused_first = 0;  // requests that were refused before somebody had a first answer
  std::array<Histogram, kAsks> latency = {LatencyHistogram(), LatencyHistogram(),
                                          LatencyHistogram(), LatencyHistogram(),
                                          LatencyHistogram(), LatencyHistogram()};  // of people
  Histogram confirm_success = LatencyHistogram();
  Histogram send_lag = LatencyHistogram();
  Histogram own_lag = LatencyHistogram();
  std::vector<AskOutcome> outcomes;
  std::vector<StorySecond> seconds;
  Confirms confirms;
  Losses losses;
  uint64_t looks = 0;    // at status documents
  uint64_t fetches = 0;  // of them
  ProbeTime before;      // nobody has come yet
  ProbeTime during;
  ProbeTime settling;  // within a second after the storm
  ProbeTime after;
  Fairness fairness;
  std::vector<uint64_t> confirmed_by_agenda;
  uint64_t wrong_replies = 0;
  std::vector<std::string> wrong_examples;  // the first few kinds
  uint64_t gone_too_early = 0;  // were told that nothing is left, and then others got a seat
  uint64_t denied_though_admitted = 0;  // refused a hold while the document says it is their turn
  double opens_s = 0;                   // of the run
  double storm_end_s = 0;
  double length_s = 0;
  double busiest_second = 0;  // share of a processor that our thread used

  Story() { static_assert(kEnds == 10 && kAsks == 6); }
  StorySecond& At(int64_t at_ns);
  void Count(Ask ask, bool bot, int status, std::string_view code);
  void Wrong(std::string what);
  uint64_t EndedAs(End end) const;  // of all groups
  uint64_t seated(Group group) const {
    return ends[static_cast<size_t>(group)][static_cast<size_t>(End::kSeated)];
  }
};

// Of pairs that are added one by one.
class Correlation {
 public:
  void Add(double x, double y);
  Fairness Done() const;

 private:
  uint64_t n_ = 0;
  double mean_x_ = 0;
  double mean_y_ = 0;
  double xx_ = 0;
  double yy_ = 0;
  double xy_ = 0;
};

}  // namespace creneau::bench
