// creneau-attack: plays the attacks that the office knows (attacks.h), many times, each beside the
// plain first-come table that booking sites have, and says what they bought. Exit code 6: more than
// chance.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "bench/attack/attacks.h"

namespace creneau::attack {
namespace {

struct Sizes {
  int runs = 1000;
  int seats = 10;
  int others = 39;
  int stay_away = 13;
  int bots = 20;
  uint64_t seed = 1;
  std::string only;
};

struct Row {
  std::string name;
  bool handover = true;  // else what reaches people counts
  bool control = false;  // or what nobody calls fair: its result is told, and is no fault
  std::function<Played(uint64_t)> play;
  int stay_away = 0;  // of the others
  int buyer = 0;
  int64_t to_others = 0;
};

// Four standard deviations: one wrong alarm in 15,000.
constexpr double kAlarm = 4;

// Of those who come.
double ChanceOf(const Row& row, const Sizes& sizes) {
  return std::min(1.0, static_cast<double>(sizes.seats) /
                           static_cast<double>(sizes.others - row.stay_away + 1));
}

// In standard deviations of what chance gives.
double Beyond(const Row& row, const Sizes& sizes) {
  const double chance = ChanceOf(row, sizes);
  const double expected = chance * sizes.runs;
  return (row.buyer - expected) / std::sqrt(expected * (1 - chance));
}

bool IsFair(const Row& row, const Sizes& sizes) {
  if (row.control) return true;
  if (row.handover) return std::abs(Beyond(row, sizes)) <= kAlarm;
  return row.to_others == int64_t{sizes.runs} * sizes.seats;
}

void Print(const std::vector<Row>& rows, const Sizes& sizes, bool json) {
  if (json)
    std::printf("{\"runs\":%d,\"seats\":%d,\"seed\":%llu,\"rows\":[", sizes.runs, sizes.seats,
                static_cast<unsigned long long>(sizes.seed));
  bool first = true;
  for (const Row& row : rows) {
    const double share = row.handover ? 100.0 * row.buyer / sizes.runs
                                      : 100.0 * static_cast<double>(row.to_others) /
                                            (static_cast<double>(sizes.runs) * sizes.seats);
    if (json) {
      std::printf("%s{\"attack\":\"%s\",\"percent\":%.2f,\"fair\":%s}", first ? "" : ",",
                  row.name.c_str(), share, IsFair(row, sizes) ? "true" : "false");
    } else if (row.handover) {
      std::printf(
          "%-36s the buyer has a seat in %5.1f %% of runs; anybody's chance %.1f %% (%+.1f sd)\n",
          row.name.c_str(), share, 100 * ChanceOf(row, sizes), Beyond(row, sizes));
    } else {
      std::printf("%-36s %5.1f %% of the seats reach people in the same opening\n",
                  row.name.c_str(), share);
    }
    first = false;
  }
  if (json) std::printf("]}\n");
}

int Run(const Sizes& sizes, bool json) {
  std::vector<Row> rows = {
      {"handover, queue", true, false,
       [&](uint64_t seed) { return HandoverInQueue(seed, sizes.seats, sizes.others); }},
      {"handover, queue, some stay away", true, false,
       [&](uint64_t seed) {
         return HandoverInQueue(seed, sizes.seats, sizes.others, sizes.stay_away);
       },
       std::min(sizes.stay_away, sizes.others)},
      {"handover, waitlist", true, false,
       [&](uint64_t seed) { return HandoverWithWaitlist(seed, sizes.seats, sizes.others); }},
      {"handover, always open, as others do", true, false,
       [&](uint64_t seed) {
         return HandoverAlwaysOpen(seed, sizes.seats, sizes.others, Asks::kAsPeopleDo);
       }},
      {"handover, always open", true, true,
       [&](uint64_t seed) {
         return HandoverAlwaysOpen(seed, sizes.seats, sizes.others, Asks::kAllTheTime);
       }},
      {"handover, always open, known hour", true, true,
       [&](uint64_t seed) {
         return HandoverAlwaysOpen(seed, sizes.seats, sizes.others, Asks::kWhenItIsTime);
       }},
      {"handover, first come (control)", true, true,
       [&](uint64_t seed) { return HandoverFirstCome(seed, sizes.seats, sizes.others); }},
      {"hold and lapse, queue", false, false,
       [&](uint64_t seed) {
         return HoldAndLapseInQueue(seed, sizes.seats, sizes.bots, sizes.others, false);
       }},
      {"hold, move and lapse, queue", false, false,
       [&](uint64_t seed) {
         return HoldAndLapseInQueue(seed, sizes.seats, sizes.bots, sizes.others, true);
       }},
      {"hold and lapse, first come (control)", false, true,
       [&](uint64_t seed) {
         return HoldAndLapseFirstCome(seed, sizes.seats, sizes.bots, sizes.others);
       }},
  };
  std::erase_if(rows, [&](const Row& row) { return row.name.rfind(sizes.only, 0) != 0; });
  bool fair = true;
  for (Row& row : rows) {
    for (int run = 0; run < sizes.runs; ++run) {
      const Played played = row.play(sizes.seed + static_cast<uint64_t>(run));
      row.buyer += played.buyer_has_seat;
      row.to_others += played.to_others;
    }
    fair = fair && IsFair(row, sizes);
  }
  Print(rows, sizes, json);
  return fair ? 0 : 6;
}

}  // namespace
}  // namespace creneau::attack

int main(int argc, char** argv) {
  creneau::attack::Sizes sizes;
  bool json = false;
  CLI::App app("Plays the reseller's attacks against the engine, on a simulated clock.");
  app.add_option("--runs", sizes.runs, "of each")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--seats", sizes.seats, "an even number: in one row they are in two slots")
      ->check(CLI::Range(2, 32))
      ->check([](const std::string& seats) {
        return (seats.back() - '0') % 2 == 0 ? "" : "--seats: an even number is expected";
      })
      ->capture_default_str();
  app.add_option("--others", sizes.others, "people who want a seat beside the buyer")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--stay-away", sizes.stay_away,
                 "of these, in the row that says so: they take a ticket and never come")
      ->check(CLI::Range(0, 1000))
      ->capture_default_str();
  app.add_option("--bots", sizes.bots)->check(CLI::Range(0, 1000))->capture_default_str();
  app.add_option("--seed", sizes.seed, "of the first run")->capture_default_str();
  app.add_option("--only", sizes.only, "the attacks whose names begin so: \"hold\"");
  app.add_flag("--json", json);
  CLI11_PARSE(app, argc, argv);
  return creneau::attack::Run(sizes, json);
}
