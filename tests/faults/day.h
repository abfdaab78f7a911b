// A day of an office, through the whole engine: publications, holds, confirmations, moves,
// cancellations, extensions, lapses, segments that fill up, snapshots and their archive. From one
// seed; always the same until a fault comes. It remembers, apart from the engine,
//
// - the state in memory, as a digest, at every write that was to make something durable;
// - of which of these states an answer that has left the machine was the word.
//
// So that afterwards: what is on disk must be one of these states, and none from before the last
// that was acknowledged.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/prng.h"
#include "tests/sim/machine.h"

namespace creneau::faults {

inline constexpr uint64_t kSeed = 20261130;
inline const std::string kData = "data";

// What the people of the office were told, and what the machine thought when they were.
struct Memory {
  std::vector<std::string> states;  // digests, in order
  size_t acknowledged = 0;          // states[acknowledged] was acknowledged
  // Confirmed, acknowledged, and left alone from then on: name → key.
  std::map<std::string, std::string> settled;
  // Whether a log may end in this state: one that memory had, or that the log has after the same
  // write on a day without a fault. For a calendar comes into force after it is durable, and then
  // memory goes on.
  bool Allows(const std::string& digest) const;
  // "" or why the files on this disk are not what was promised. Reads only.
  std::string Judge(sim::Disk& disk) const;
};

// What the log said after each of these writes, in a day without a fault.
const std::vector<std::string>& LoggedStates();

// What an answer is the word of.
struct Asked {
  size_t state = 0;     // the first that has it
  std::string settles;  // a reservation's name
  std::string key;
};

class Day {
 public:
  explicit Day(sim::Machine& machine, uint64_t seed = kSeed);

  // Until its end, or the machine's. False: the machine was at its end first.
  bool Live();

  const Memory& memory() const { return memory_; }
  struct Counts {
    int acknowledged = 0;
    int unknown = 0;
    int snapshots = 0;
    std::map<std::string, int> answers;  // by verb
  };
  const Counts& counts() const { return counts_; }

 private:
  struct Booking {
    std::string name, key;
    bool ended = false;
    bool settled = false;
  };
  bool Over() const { return machine_.failed() || machine_.disk.dead(); }
  sim::Told Ask(const std::string& request, http::Audience audience, Asked asked = {});
  void Leave();
  void Act();
  void Hold();
  void OnBooking(Booking& booking);
  void Publish(const std::string& agenda, int seats);
  void Snapshot();
  void Pass(int64_t ms);

  sim::Machine& machine_;
  Prng prng_;
  Memory memory_;
  Counts counts_;
  std::vector<Booking> bookings_;
  std::map<uint64_t, Asked> asked_;
  int holds_ = 0;
};

// The engine starts on these files, as often as asked for; "" or what is wrong. The state it comes
// to, which is the same each time.
std::string StartsAgree(sim::Machine& machine, const Memory& memory, int starts,
                        std::string* digest);

}  // namespace creneau::faults
