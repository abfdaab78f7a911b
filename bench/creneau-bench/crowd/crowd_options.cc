#include "bench/creneau-bench/crowd/crowd_options.h"

#include <CLI/CLI.hpp>

namespace creneau::bench {
namespace {

// A number of the person is part of an address of 127/8, and 16 bits name an agenda.
constexpr uint32_t kMostIdentities = 8'000'000;
constexpr uint32_t kMostAgendas = 1000;
constexpr uint32_t kMostSeats = 60'000;  // of an agenda

CLI::Option* Positive(CLI::Option* option, double most) {
  return option->check(CLI::Range(1e-3, most))->capture_default_str();
}

CLI::Option* Count(CLI::Option* option, uint32_t least, uint32_t most) {
  return option->check(CLI::Range(least, most))->capture_default_str();
}

void People(CLI::App* profile, CrowdOptions* options) {
  Count(profile->add_option("--people", options->people, "who want a seat"), 1, kMostIdentities);
  Count(profile->add_option("--seats", options->seats, "of all agendas"), 1,
        kMostSeats * kMostAgendas);
  Count(profile->add_option("--watchers", options->watchers,
                            "beside them, who look at the status document and ask for nothing"),
        0, kMostIdentities);
  Positive(profile->add_option("--think-s", options->think_s,
                               "typing, from the hold to the confirm: half are faster"),
           3600);
  Positive(profile->add_option("--look-s", options->habits.look_median_s,
                               "at the slots, before the hold: half are faster"),
           3600);
  Positive(profile->add_option("--patience-s", options->patience_s,
                               "until somebody gives up: half do sooner"),
           86'400);
  Positive(profile->add_option("--late-s", options->habits.late_mean_s,
                               "behind the opening, of those who come then: the mean"),
           3600);
  Positive(profile->add_option("--gather-s", options->gather_s,
                               "from now to the opening at least, which is at a full minute"),
           3600);
  Positive(profile->add_option("--quiet-s", options->quiet_s,
                               "to see the service before anybody comes, and as long from a second "
                               "after the storm on"),
           600);
  Positive(profile->add_option("--minutes", options->minutes, "that it stays open at most"), 600);
  Count(profile->add_option("--hold-s", options->hold_s, "for which a seat is held"), 60, 3600);
  profile->add_option("--seed", options->common.seed,
                      "people and moments follow from it [drawn, and reported]");
}

void Bots(CLI::App* profile, CrowdOptions* options) {
  Count(profile->add_option("--bots", options->bots, "identities of bots that exist"), 0,
        kMostIdentities);
  Count(profile->add_option("--invented", options->invented, "identities that bots made up"), 0,
        kMostIdentities);
  Count(profile->add_option("--bot-connections", options->bot_connections,
                            "that they ask over, each again as soon as it has its reply"),
        1, 10'000);
  Count(profile->add_option("--bot-addresses", options->bot_addresses, "that these come from"), 1,
        60'000);
  profile
      ->add_option("--bot-pause-ms", options->bot_pause_ms,
                   "of an identity between a reply and its next request")
      ->check(CLI::Range(0.0, 3'600'000.0))
      ->capture_default_str();
}

void Server(CLI::App* profile, CrowdOptions* options) {
  Options& common = options->common;
  auto* server = profile->add_option("--server", common.server,
                                     "HOST:PORT of a running server [start our own creneaud]");
  auto* agenda = profile->add_option("--agenda", common.agendas,
                                     "one of that server that opens soon; may be repeated");
  auto* admin = profile->add_option("--admin", options->admin,
                                    "admin socket of that server: publish our own agendas there");
  auto* pid = profile->add_option("--server-pid", common.server_pids,
                                  "its process, for its CPU time; may be repeated");
  auto* confirms = profile->add_option("--confirm-server", options->confirm_server,
                                       "HOST:PORT that takes confirms [the same]");
  for (CLI::Option* of_a_server : {agenda, admin, pid, confirms}) of_a_server->needs(server);
  agenda->excludes(admin);
  for (CLI::Option* own :
       {Count(profile->add_option("--server-threads", common.server_threads,
                                  "I/O threads of our own creneaud"),
              1, 64),
        profile->add_option("--creneaud", common.creneaud, "its program [that of this build]"),
        profile->add_option("--dir", common.dir,
                            "where its directory is made: the disk to measure [TMPDIR]"),
        profile->add_flag("--keep", common.keep, "leave that directory")}) {
    own->excludes(server);
  }
  profile->add_flag("--listed", options->listed,
                    "our own agendas take only who is on their roster: all but the invented");
}

void Adversities(CLI::App* profile, Adversity* adversity) {
  constexpr uint32_t kMostConnections = 60'000;
  auto* flood = Positive(profile->add_option("--flood", adversity->flood_per_s,
                                             "requests a second on top of those of people, from "
                                             "the first of them to the last"),
                         10'000'000);
  auto* storm = Positive(profile->add_option("--storm", adversity->storm,
                                             "a flood of so many times what a creneaud without a "
                                             "queue first sheds at, which is found before"),
                         1000);
  storm->excludes(flood);
  Count(profile->add_option("--idle", adversity->idle, "connections beside, that say nothing"), 0,
        kMostConnections);
  Count(profile->add_option("--slow-clients", adversity->slow,
                            "connections beside, that send one byte a second, of a head or a body"),
        0, kMostConnections);
  auto* disk = profile
                   ->add_option("--slow-disk", adversity->slow_disk,
                                "each write and sync of our own creneaud takes so many times as "
                                "long")
                   ->check(CLI::Range(1.0, 1000.0))
                   ->capture_default_str();
  auto* kill = Positive(profile->add_option("--kill-s", adversity->kill_s,
                                            "behind the opening, our own creneaud is killed (9), "
                                            "and started again after a while"),
                        36'000);
  auto* down = Positive(profile->add_option("--down-s", adversity->down_s,
                                            "until it is started again, after --kill-s"),
                        3600)
                   ->needs(kill);
  for (CLI::Option* own : {storm, disk, kill, down}) own->excludes("--server");
}

void Load(CLI::App* profile, CrowdOptions* options) {
  Count(profile->add_option("--connections", options->common.connections,
                            "of people, which they share as behind a website; an eighth as many "
                            "more for confirms"),
        1, 60'000);
  profile->add_flag("--connections-per-person", options->own_connections,
                    "each request of a person over a connection and from an address of its own; "
                    "--connections at once");
  profile->add_flag("--uncached", options->uncached,
                    "each look at the status document is a request: no cache in front");
  profile->add_option("--json", options->common.json, "write a report for programs to this file");
  profile->add_option("--html", options->common.html, "write a page with plots to this file");
  profile->add_flag("--quiet", options->common.quiet, "no progress line");
}

}  // namespace

void AddCrowdProfiles(CLI::App* app, std::array<CrowdOptions, 3>* profiles, CrowdOptions** chosen) {
  constexpr std::pair<const char*, const char*> kProfiles[] = {
      {"nine-oclock", "people come before and at an opening, wait, reload, give up, get seats"},
      {"bots", "the same, and bots that ask as fast as they can"},
      {"national", "the same at 101 offices that open at one moment"}};
  for (size_t i = 0; i < profiles->size(); ++i) {
    CrowdOptions* const options = &(*profiles)[i];
    options->profile = kProfiles[i].first;
    options->common.connections = 512;
    options->common.own_confirm_listener = true;
    if (options->profile == "bots") {
      options->people = 20'000;
      options->bots = 2000;
    }
    if (options->profile == "national") {
      options->agendas = 101;
      options->seats = 5050;
    }
    CLI::App* const profile = app->add_subcommand(kProfiles[i].first, kProfiles[i].second);
    People(profile, options);
    if (options->profile == "bots") Bots(profile, options);
    if (options->profile == "national") {
      Count(profile->add_option("--agendas", options->agendas, "offices"), 1, kMostAgendas);
    }
    Server(profile, options);
    Load(profile, options);
    Adversities(profile, &options->adversity);
    profile->callback([options, chosen] { *chosen = options; });
  }
}

std::string Interpret(CrowdOptions* options) {
  Options& common = options->common;
  common.own_server = common.server.empty();
  common.slow_disk = options->adversity.slow_disk;
  if (!common.own_server && common.agendas.empty() && options->admin.empty()) {
    return "--server needs --agenda, or --admin to publish one there";
  }
  if (!common.agendas.empty()) options->agendas = static_cast<uint32_t>(common.agendas.size());
  if (options->identities() > kMostIdentities) {
    return "people, watchers and bots are " + std::to_string(kMostIdentities) + " at most";
  }
  if (options->seats < options->agendas) return "each agenda needs a seat: --seats";
  if (options->seats / options->agendas > kMostSeats) {
    return "an agenda has " + std::to_string(kMostSeats) + " seats at most: --seats";
  }
  return "";
}

}  // namespace creneau::bench
