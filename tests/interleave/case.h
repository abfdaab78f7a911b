// A case: what was before, and what each thread does. After every execution it is checked that
//
// - the invariants of design 3 hold, and live holds are counted right;
// - every prefix of the log replays into a ledger where they hold too, and the whole log into just
//   this ledger, by digest;
// - each seat's transitions stand in the log, each at least once and in sequence, and where one
//   stands twice it is the same;
// - the answers, with who has what in the end, are those of some order of the acts one after the
//   other; or the answers, or answers and end, are among `also`, each with its reason;
// - every deadline that there is was told by TakeTouched, before or now, and every free seat is
//   found by the summaries;
// - where somebody has taken a snapshot: each image in it was made by an event before its barrier,
//   and with the rest of the log, duplicates included, it makes at the barrier and after each entry
//   behind it what the whole log makes, by digest;
//
// and after one in which a thread was stopped for ever, that the others took a bounded number of
// steps, that at most one seat is lost, or a party's, and that the log's prefixes and a finished
// snapshot hold.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "tests/interleave/machine.h"
#include "tests/interleave/office.h"

namespace creneau::interleave {

struct Case {
  std::string name;
  std::string setup;
  std::vector<std::string> threads;
  // What no order of whole acts gives, and is right all the same: "ok|slot-taken".
  std::set<std::string> also = {};
  int preemptions = -1;       // the bound in the short run; -1: all interleavings
  int long_preemptions = -1;  // in the long one
  bool same_ids = false;      // all threads note their reading in the same place
  size_t index_entries = 128;
  bool suspends = true;  // not where others with fewer steps stop the same threads
};

class CaseProgram final : public Program {
 public:
  explicit CaseProgram(const Case& the_case);

  int Begin() override;
  void Run(int thread) override;
  void Check(int suspended) override;
  void End() override {
    office_.reset();
    answers_.clear();  // its strings are the modelled threads' memory
  }

  const std::set<std::string>& outcomes() const { return outcomes_; }

 private:
  void Sequential(std::vector<size_t>& next, std::vector<std::pair<int, Act>>& order);
  std::string Answers() const;
  void CheckLog();
  void CheckSequence();
  void CheckQuiet();
  size_t MostClaimed(int thread) const;
  void CheckLost(int suspended);
  void CheckSnapshot();
  std::string Replay(const Snapshot* snapshot, size_t count, bool want_digest);
  const std::string& DigestOf(size_t count);

  const Case& case_;
  std::vector<Act> setup_;
  std::vector<std::vector<Act>> threads_;
  std::unique_ptr<Office> office_;
  std::vector<std::vector<std::string>> answers_;
  std::set<std::string> sequential_;  // answers and summary
  std::set<std::string> outcomes_;
  std::unordered_set<uint64_t> checked_prefixes_;
  std::unordered_set<uint64_t> checked_snapshots_;
  std::unordered_map<uint64_t, std::string> digests_;  // of what a log makes, by its hash
};

}  // namespace creneau::interleave
