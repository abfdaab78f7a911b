// What the auditor's books say of fairness (design 5): what of each channel's share is public, what
// helpers have made in a week, what courts have ordered. Plain maps, part of what a crash must
// leave a prefix of.
//
// A slot of a channel other than the web is named as the auditor names slots, with the channel
// behind it, "sim-shares/2027-01-05T09:00#desk": so all that he knows of seats, that they are free,
// somebody's or cooling, he knows by channel.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace creneau::sim {

inline const std::array<std::string, 5>& ChannelNames() {
  static const std::array<std::string, 5> kNames = {"web", "phone", "desk", "post", "court"};
  return kNames;
}
inline std::string InChannel(const std::string& slot, const std::string& channel) {
  return channel == "web" ? slot : slot + "#" + channel;
}
inline std::string ChannelOf(const std::string& slot) {
  const size_t at = slot.find('#');
  return at == std::string::npos ? "web" : slot.substr(at + 1);
}
// Without the channel.
inline std::string BareSlot(const std::string& slot) { return slot.substr(0, slot.find('#')); }

// Of an agenda, as everybody sees it; by channel, and only what is not 0.
struct AgendaCounts {
  int version = 0;  // of its calendar; 0: it is not published
  std::map<std::string, int> shifted_in;
  std::map<std::string, int> shifted_out;
  std::map<std::string, int> by_agents;
  std::map<std::string, int> by_helpers;
  int given = 0;  // to whom a court sent
  int added = 0;
  int overflow = 0;
  // By slot and channel: what it has more than the agenda's file says. Nobody is told.
  std::map<std::string, int> shifted;
};

struct CourtOrder {
  enum class State : uint8_t { kProposed, kGiven, kWithdrawn };
  std::string agenda;  // "sim-shares/"
  int identity = 0;    // as it was entered
  std::string court;
  std::string deadline;  // "2027-01-05"
  int penalty_eur = 0;
  std::string proposed_by;
  State state = State::kProposed;
  std::string settled_by{};
  std::string reservation{};
};

struct FairBook {
  std::map<std::string, AgendaCounts> agendas;  // "sim-shares/"
  // By agenda and person: the week, by the number of its Monday, and how many.
  std::map<std::pair<std::string, std::string>, std::pair<int64_t, int>> helpers;
  std::map<std::string, CourtOrder> orders;  // by name
};

}  // namespace creneau::sim
