// What a profile of people is to be: nine-oclock, bots and national are one simulation with other
// numbers. Plain values; made once, then only read.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "bench/creneau-bench/options.h"

namespace CLI {
class App;
}

namespace creneau::bench {

// How people are. The shares are guesses of ours (shared/domain.md says what is known: 10 to 20 %
// do not come to consulates); what follows from them is in the report.
struct Habits {
  double early = 0.8;         // come while the opening gathers, more and more towards its beginning
  double rush_part = 0.25;    // of the gathering: the mean distance from its end
  double late_mean_s = 20;    // behind the beginning, of those who come later
  double phones = 0.3;        // of people; the others keep their connections
  double drops = 0.06;        // of a phone's requests, its connection does not see the reply
  double restless = 0.25;     // of people ask for their ticket again while they wait
  double reload_least_s = 2;  // every so often
  double reload_most_s = 15;
  double picks = 0.25;        // of people want a slot of their choice
  double closes_page = 0.05;  // of people, once they have a ticket
  double leaves_hold = 0.03;  // of people, once they have a seat
  double look_median_s = 2;   // at the slots
  double think_sigma = 0.6;   // of the logarithm
  double patience_sigma = 0.8;
};

// What besets the server while people come (crowd/siege.h), and what befalls it.
struct Adversity {
  double flood_per_s = 0;  // requests on top of those of people
  double storm = 0;        // so many times what a server without a queue first sheds at; then that
  uint32_t idle = 0;       // connections that say nothing
  uint32_t slow = 0;       // that send a byte a second
  double slow_disk = 1;    // our own creneaud's writes take so many times as long
  double kill_s = 0;       // behind the opening, our own creneaud is killed; 0: it is not
  double down_s = 3;       // until it is started again

  bool floods() const { return flood_per_s > 0 || storm > 0; }
};

struct CrowdOptions {
  Options common;       // server, connections of people, seed, files: what all profiles have
  std::string profile;  // its name
  uint32_t people = 50'000;
  uint32_t seats = 500;
  uint32_t agendas = 1;
  bool queue = true;      // false: open day and night, to whoever comes first
  uint32_t watchers = 0;  // who look at the document and ask for nothing
  uint32_t bots = 0;      // identities
  uint32_t invented = 0;
  uint32_t bot_connections = 64;
  uint32_t bot_addresses = 4;    // 127.0.1.x
  double bot_pause_ms = 0;       // between a reply and the next request
  bool listed = false;           // the agenda wants everybody on its roster
  bool own_connections = false;  // each request of a person over a connection of its own
  bool uncached = false;         // every look at the document is a request
  double gather_s = 20;          // at least, from now to the opening
  double quiet_s = 2;       // how the service is before anybody comes, and from 1 s after the storm
  double minutes = 10;      // that it stays open at most
  double think_s = 12;      // median
  double patience_s = 300;  // median
  uint32_t hold_s = 120;
  std::string admin;           // socket of --server, to publish our agendas there
  std::string confirm_server;  // HOST:PORT for confirms; empty: the same as the others
  Habits habits;
  Adversity adversity;

  uint32_t identities() const { return people + watchers + bots + invented; }
};

// Adds nine-oclock, bots and national to the command line, each with its own options; once one was
// parsed, `*chosen` points at them.
void AddCrowdProfiles(CLI::App* app, std::array<CrowdOptions, 3>* profiles, CrowdOptions** chosen);
// Empty, or what is wrong with them.
std::string Interpret(CrowdOptions* options);

}  // namespace creneau::bench
