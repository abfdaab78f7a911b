#include "bench/creneau-bench/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <filesystem>
#include <sstream>

#include "bench/creneau-bench/crowd/crowd_options.h"
#include "bench/creneau-bench/server.h"
#include "env/posix/posix_entropy.h"
#include "tools/creneauctl/exit_code.h"

namespace creneau::bench {
namespace {

constexpr const char* kAbout = R"(Examples:
  creneau-bench steady --rate 2000 --seconds 10
  creneau-bench steady --rate 5000 --mix hold-confirm=8,read=1,cancel=1 --think-ms 200-3000 --connections 1000 --html steady.html
  creneau-bench steady --rate max --connections 64 --pipeline 16 --json max.json
  creneau-bench steady --rate 2000 --slo 'p(99)<50ms' --slo 'errors<0.1%'
  creneau-bench steady --server 127.0.0.1:8080 --server-pid 4711 --agenda 93-titres --rate 100
  creneau-bench confirm-storm --journeys 20000 --rate 2000 --connections 10000 --slo 'confirm.p(99)<2s'
  creneau-bench nine-oclock --people 50000 --seats 500 --html nine.html
  creneau-bench bots --people 20000 --bots 2000 --bot-addresses 1000
  creneau-bench national --json national.json

An open-loop load generator for creneaud: sends when it is due, measures from then, reads back every confirmation afterwards.
Without --server it starts its own creneaud on a private directory. See bench/creneau-bench/README.md.

Exit codes: 0 ok, 2 usage, 4 unreachable, 6 an objective was missed, a reply was not true, no request succeeded, or the generator
itself lost too much, 7 I/O,
130 interrupted (Ctrl-C): the report is of what was measured until then.)";

// What a closed loop is at most expected to confirm: the seats of our own agendas last for that.
constexpr double kMostReservationsPerS = 150'000;

struct Texts {
  std::string rate;
  std::string storm_rate = "max";
  std::string mix = "hold-confirm";
  std::string think = "0";
  std::string arrivals = "even";
  std::vector<std::string> objectives;
};

// CLI::PositiveNumber names its upper bound, in three hundred digits.
std::string WhyNotPositive(const std::string& text) {
  double number = 0;
  const bool read = CLI::detail::lexical_cast(text, number);
  return read && number > 0 ? "" : "is a number above 0, not \"" + text + "\"";
}

CLI::Option* Positive(CLI::Option* option) {
  return option->check(CLI::Validator(WhyNotPositive, "POSITIVE"))->capture_default_str();
}

class Builder {
 public:
  Builder(CLI::App* app, Options* options, Texts* texts)
      : app_(app), options_(options), texts_(texts) {}

  void Build() {
    app_->require_subcommand(1);
    CLI::App* steady = app_->add_subcommand("steady", "a constant rate of mixed journeys");
    CLI::App* storm = app_->add_subcommand(
        "confirm-storm", "everybody holds, gently; then everybody confirms at one moment");
    Steady(steady);
    ConfirmStorm(storm);
    for (CLI::App* profile : {steady, storm}) {
      Load(profile);
      Server(profile);
      Output(profile);
    }
  }

 private:
  void Steady(CLI::App* profile) {
    profile
        ->add_option("--rate", texts_->rate,
                     "requests per second of all connections, sent when they are due; or max: each "
                     "connection sends again when its reply has come")
        ->required();
    profile
        ->add_option("--mix", texts_->mix,
                     "journeys and their weights: hold, hold-confirm, cancel (hold, confirm, "
                     "cancel), read (a week of slots)")
        ->capture_default_str();
    profile
        ->add_option("--think-ms", texts_->think,
                     "between the requests of a journey: MS, MIN-MAX or exp:MEAN")
        ->capture_default_str();
    Positive(profile->add_option("--seconds", options_->seconds, "measured time"));
    profile->add_option("--warmup", options_->warmup_s, "seconds before that, not counted")
        ->check(CLI::Range(0.0, 3600.0))
        ->capture_default_str();
    profile->callback([this] { options_->profile = ProfileKind::kSteady; });
  }

  void ConfirmStorm(CLI::App* profile) {
    Positive(
        profile->add_option("--journeys", options_->journeys, "people who hold, then confirm"));
    texts_->rate = "2000";
    profile->add_option("--rate", texts_->rate, "holds per second, before")->capture_default_str();
    profile
        ->add_option("--storm-rate", texts_->storm_rate,
                     "confirms per second; max: all are due at one moment")
        ->capture_default_str();
    Positive(profile->add_option("--seconds", options_->seconds, "at most, from the storm on"));
    profile->callback([this] { options_->profile = ProfileKind::kConfirmStorm; });
  }

  void Load(CLI::App* profile) {
    Positive(profile->add_option("--connections", options_->connections, "in all"));
    Positive(profile->add_option("--pipeline", options_->pipeline,
                                 "requests in one write: so many journeys go in step"))
        ->check(CLI::Range(1, 1024));
    Positive(profile->add_option("--threads", options_->threads, "generator threads"))
        ->check(CLI::Range(1, 64));
    profile
        ->add_option("--arrivals", texts_->arrivals,
                     "even: the same distance between all; poisson: as strangers arrive")
        ->check(CLI::IsMember({"even", "poisson"}))
        ->capture_default_str();
    Positive(profile->add_option("--drain", options_->drain_s,
                                 "seconds to wait for what was due and is not answered"));
    profile->add_option("--seed", options_->seed,
                        "people, journeys and moments follow from it [drawn, and reported]");
  }

  void Server(CLI::App* profile) {
    auto* server = profile->add_option("--server", options_->server,
                                       "HOST:PORT of a running server [start our own creneaud]");
    auto* agenda = profile->add_option("--agenda", options_->agendas,
                                       "an agenda of that server; may be repeated");
    auto* pid = profile->add_option("--server-pid", options_->server_pids,
                                    "its process, for CPU per request; may be repeated");
    auto* unchecked =
        profile->add_flag("--unchecked", options_->unchecked,
                          "believe every 2xx and read nothing back: for servers that only pretend");
    agenda->needs(server);
    pid->needs(server);
    unchecked->needs(server);
    server->needs(agenda);
    for (CLI::Option* own :
         {Positive(profile->add_option("--agendas", options_->own_agendas,
                                       "agendas of our own creneaud; journeys take turns")),
          Positive(profile->add_option("--server-threads", options_->server_threads,
                                       "I/O threads of our own creneaud")),
          profile->add_option("--creneaud", options_->creneaud, "its program [that of this build]"),
          profile->add_option("--dir", options_->dir,
                              "where its directory is made: the disk to measure [TMPDIR]"),
          profile->add_flag("--keep", options_->keep, "leave that directory")}) {
      own->excludes(server);
    }
  }

  void Output(CLI::App* profile) {
    profile->add_option(
        "--slo", texts_->objectives,
        "p(N)|max|mean|errors|rate, <, <=, > or >=, number, us|ms|s|%; may be repeated; hold., "
        "confirm., cancel. or read. before it: of these only");
    profile->add_option("--json", options_->json, "write a report for programs to this file");
    profile->add_option("--html", options_->html, "write a page with plots to this file");
    profile->add_flag("--quiet", options_->quiet, "no progress line");
  }

  CLI::App* app_;
  Options* options_;
  Texts* texts_;
};

// 0 for "max"; false when it is neither that nor a number above 0.
bool ReadRate(const std::string& text, double* rate) {
  *rate = 0;
  if (text == "max") return true;
  std::istringstream number(text);
  return static_cast<bool>(number >> *rate) && number.eof() && *rate > 0 && *rate <= 1e8;
}

// Empty, or what is wrong.
std::string Interpret(const Texts& texts, Options* options) {
  std::string error;
  const bool storm = options->profile == ProfileKind::kConfirmStorm;
  if (!ReadRate(texts.rate, &options->rate) || (storm && options->rate == 0)) {
    return "--rate is a number of requests per second" + std::string(storm ? "" : ", or max") +
           ", not \"" + texts.rate + "\"";
  }
  if (!ReadRate(texts.storm_rate, &options->storm_rate)) {
    return "--storm-rate is a number of confirms per second, or max";
  }
  const std::optional<Mix> mix = Mix::Parse(texts.mix, &error);
  if (!mix) return "--mix " + error;
  options->mix = *mix;
  const std::optional<Think> think = Think::Parse(texts.think, &error);
  if (!think) return "--think-ms " + error;
  options->think = *think;
  options->own_server = options->server.empty();
  options->spacing = texts.arrivals == "even" ? Spacing::kEven : Spacing::kPoisson;
  for (const std::string& text : texts.objectives) {
    const std::optional<Objective> objective = ParseObjective(text, &error);
    if (!objective) return "--slo " + error;
    options->objectives.push_back(*objective);
  }
  if (options->closed_loop() && !options->think.none()) {
    return "--rate max sends when the reply has come: it does not go with --think-ms";
  }
  if (options->connections < options->threads) {
    return "every thread needs a connection: --connections is below --threads";
  }
  if (options->server.empty() &&
      options->SeatsNeeded() / options->own_agendas > MostSeatsOfAnAgenda()) {
    return "this run may take more seats than " + std::to_string(options->own_agendas) +
           " agendas have: give more --agendas, or fewer --seconds";
  }
  return "";
}

uint64_t DrawSeed() {
  std::array<uint8_t, 4> bytes{};
  env::PosixEntropy().Fill(bytes);
  uint64_t seed = 0;
  for (const uint8_t byte : bytes) seed = seed << 8 | byte;
  return seed;
}

std::string DefaultCreneaud() {
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  return (self.parent_path().parent_path().parent_path() / "engine/daemon/creneaud").string();
}

}  // namespace

double Options::SeatsNeeded() const {
  if (profile == ProfileKind::kConfirmStorm) {
    return static_cast<double>(journeys + uint64_t{pipeline} * threads);
  }
  const double journeys_per_s = closed_loop() ? kMostReservationsPerS / mix.RequestsPerJourney() * 2
                                              : rate / mix.RequestsPerJourney();
  const double length = warmup_s + seconds + 1;
  // The drawn share of journeys may be a little above the expected one.
  return journeys_per_s * length * mix.HoldsPerJourney() * 1.05 + 1000;
}

CommandLine ParseCommandLine(int argc, const char* const* argv) {
  CommandLine line;
  Texts texts;
  CLI::App app{kAbout, "creneau-bench"};
  Builder builder(&app, &line.options, &texts);  // its callbacks run within parse
  builder.Build();
  std::array<CrowdOptions, 3> crowds;
  CrowdOptions* crowd = nullptr;
  AddCrowdProfiles(&app, &crowds, &crowd);
  app.set_version_flag("--version", "creneau-bench " CRENEAU_VERSION);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::ostringstream out;
    std::ostringstream err;
    line.exit_code = app.exit(error, out, err) == 0 ? ctl::kExitOk : ctl::kExitUsage;
    line.output = *line.exit_code == ctl::kExitOk ? out.str() : err.str();
    return line;
  }
  Options& options = crowd != nullptr ? crowd->common : line.options;
  const std::string wrong = crowd != nullptr ? Interpret(crowd) : Interpret(texts, &options);
  if (!wrong.empty()) {
    line.exit_code = ctl::kExitUsage;
    line.output = "creneau-bench: " + wrong + "\n";
    return line;
  }
  if (options.seed == 0) options.seed = DrawSeed();
  if (options.creneaud.empty()) options.creneaud = DefaultCreneaud();
  if (crowd != nullptr) line.crowd = std::make_shared<const CrowdOptions>(*crowd);
  return line;
}

}  // namespace creneau::bench
