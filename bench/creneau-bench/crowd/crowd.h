// All those people, on a bounded number of connections: carries out what each does next, at the
// moment at which it wants to, whatever the server does, and tells the story. Every latency counts
// from that moment.
//
// Behind a website there is a pool of connections to the engine (nginx's upstream with keepalive),
// and people share it. With --connections-per-person each request has its own, from an address of
// its own. Looks at the status document are answered from one that is fetched once a second for
// all, those at the slots from what somebody got within a second; where the engine refuses that for
// load, from what there was within the minute, as tools/nginx does. A request every 100 ms, by
// nobody in particular, tells how the service is before, during and after.
//
// One thread. Allocates nothing per request once buffers have their size. Nanoseconds since the
// crowd was made.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "bench/creneau-bench/crowd/crowd_options.h"
#include "bench/creneau-bench/crowd/crowd_requests.h"
#include "bench/creneau-bench/crowd/lines.h"
#include "bench/creneau-bench/crowd/population.h"
#include "bench/creneau-bench/crowd/shared_document.h"
#include "bench/creneau-bench/crowd/story.h"
#include "bench/creneau-bench/crowd/wheel.h"
#include "bench/creneau-bench/journal.h"
#include "bench/creneau-bench/sockets.h"

namespace creneau::bench {

class Crowd : private Sockets::Handler {
 public:
  // `confirms`: where those go; the same as `server` or the engine's listener for them.
  Crowd(const CrowdOptions& options, const Address& server, const Address& confirms);

  // Looked at every ten milliseconds; false: stop.
  using Watch = std::function<bool()>;

  // All connections up, and every agenda's status document read: then the moments are known.
  // Unavailable, Cancelled, or FailedPrecondition where an agenda does not open soon.
  absl::Status Prepare(const Watch& watch);
  // Until nobody is left, and a while more; or until the opening is over.
  void Run(const Watch& watch);

  const Story& story() const { return story_; }
  const Journal& journal() const { return journal_; }
  const Timeline& timeline() const { return timeline_; }
  // From the first arrival until nobody is left.
  bool storming() const { return Now() >= timeline_.arrivals_ns && storm_end_ns_ == kNever; }
  // By which the first agenda closes later than it first said.
  int64_t lengthened_ns() const { return lengthened_ns_; }

  // For the progress line.
  struct Glance {
    int64_t now_ns;
    uint32_t live;
    uint64_t waiting_for_connection;
    uint64_t requests;
  };
  Glance glance() const { return {Now(), live_, lines_.waiting(), story_.losses.requests}; }

 private:
  void OnUp(uint32_t connection) override;
  void OnReply(uint32_t connection, const Reply& reply) override;
  void OnDown(uint32_t connection, uint32_t lost, std::string_view why) override;

  // --- crowd.cc: the loop, and what is due ---
  int64_t Now() const;
  int64_t QuietNs() const;
  void SetEnds(const Address& confirms);
  absl::Status ReadTimeline();
  void Settle();
  void Turn(int64_t latest_ns);
  void Due(uint32_t asker, int64_t due_ns);
  void DuePerson(uint32_t asker, int64_t due_ns);
  void Look(uint32_t asker, int64_t due_ns);
  void LineUp(uint32_t asker, Lane lane, int64_t due_ns);
  void DueProbes(int64_t now_ns);
  void Dispatch(Lane lane);
  void HangUps();
  void GoOn(uint32_t asker, Move move);
  void Leave(uint32_t asker, int64_t now_ns);
  void CutOff(bool but_busy);

  // --- crowd_replies.cc: what is sent, and what comes back ---
  void Send(uint32_t connection, uint32_t asker);
  void WriteRequest(uint32_t asker);
  void NoteLag(const Line& line, uint32_t asker, int64_t now_ns);
  void NoteConfirm(Line* line, Person* person, int64_t now_ns);
  void Hear(uint32_t asker, const Line& line, const Reply& reply, int64_t now_ns);
  void HearStatus(uint32_t asker, const Reply& reply, int64_t now_ns);
  Heard Judge(uint32_t asker, const Line& line, const Reply& reply, int64_t now_ns);
  Heard JudgeTicket(uint32_t asker, const Reply& reply, Heard heard);
  Heard JudgeSlots(uint32_t asker, const Reply& reply, Heard heard, int64_t now_ns);
  void PickSlot(uint32_t asker);
  bool SeesSlots(uint32_t asker, int64_t within_ns, int64_t now_ns) const;
  Heard JudgeHold(uint32_t asker, const Reply& reply, Heard heard);
  Heard JudgeConfirm(uint32_t asker, const Line& line, const Reply& reply, Heard heard,
                     int64_t now_ns);
  void Lost(uint32_t asker, const Line& line, std::string_view why, int64_t now_ns);
  void Fetched(uint32_t agenda, const Reply* reply, int64_t now_ns);
  void NoteSight(const Sight& sight, int64_t now_ns);
  void Probed(uint32_t asker, int status, int64_t now_ns);
  void CountReply(const Person& person, Ask ask, int status, std::string_view code, int64_t due_ns,
                  int64_t now_ns);

  bool IsPerson(uint32_t asker) const { return asker < people_.size(); }
  bool IsFetch(uint32_t asker) const {
    return asker >= people_.size() && asker < people_.size() + documents_.size();
  }
  Ask AskOf(uint32_t asker) const;

  const CrowdOptions& options_;
  const int64_t began_ns_;
  Timeline timeline_;
  int32_t first_day_ = 0;  // of the first agenda's opening
  int64_t first_length_ns_ = 0;
  int64_t lengthened_ns_ = 0;
  CrowdRequests requests_;
  std::vector<Person> people_;
  std::vector<ShortText<95>> tickets_;  // by person
  std::vector<ShortText<19>> slots_;    // that it picked
  struct Shared {
    SharedDocument document;
    bool fetching = false;
    uint32_t lookers = kNobody;      // who wait for it
    uint64_t told_nothing_left = 0;  // since the last hold
    std::string slots;               // as a cache in front has them
    int64_t slots_ns = INT64_MIN / 2;
  };
  std::vector<Shared> documents_;  // by agenda
  std::vector<uint32_t> free_probes_;
  std::vector<int64_t> due_ns_;        // by asker: when it wanted what it waits for
  std::vector<uint32_t> next_looker_;  // by person
  Wheel wheel_;
  Lines lines_;
  Sockets sockets_;
  std::vector<uint32_t> to_hang_up_;
  Prng prng_;
  Journal journal_;
  Story story_;
  Correlation early_;
  std::string out_;
  std::string untrue_;
  uint32_t live_ = 0;
  int64_t next_probe_ns_ = kNever;
  int64_t storm_end_ns_ = kNever;
  uint64_t probes_ = 0;
  int no_document_ = 0;  // the status that came instead of one
};

}  // namespace creneau::bench
