#include "tools/creneauctl/cli_queue.h"

namespace creneau::ctl {
namespace {

void AddOrders(CLI::App* group, const MakeLeaf& leaf, Command* command) {
  OfAgenda(group, leaf, command, Verb::kQueueStatus, "status", "",
           "Where the queue stands, as everybody sees it.");
  DryRun(OfAgenda(group, leaf, command, Verb::kQueuePause, "pause", "",
                  "No new holds, of agendas without a queue too, until resume.\n"
                  "Whoever holds a seat can still confirm it."),
         command);
  DryRun(OfAgenda(group, leaf, command, Verb::kQueueResume, "resume", "",
                  "Ends a pause, or the draining of a queue."),
         command);
  CLI::App* rate =
      OfAgenda(group, leaf, command, Verb::kQueueRate, "rate", " 600",
               "Lets in at most so many people a minute.\n"
               "The engine still lets in fewer where seats or the disk allow no more.");
  rate->add_option("PER_MIN", command->per_min, "people a minute; 0 for no cap")
      ->required()
      ->check(CLI::NonNegativeNumber);
  DryRun(rate, command);
  DryRun(OfAgenda(group, leaf, command, Verb::kQueueDrain, "drain", "",
                  "Gives out no more tickets, until resume; who has one is served."),
         command);
  CLI::App* extend = OfAgenda(group, leaf, command, Verb::kQueueExtend, "extend", " 15",
                              "Closes the opening that is under way so many minutes later.");
  extend->add_option("MINUTES", command->minutes, "by how many")
      ->required()
      ->check(CLI::PositiveNumber);
  DryRun(extend, command);
}

void AddBeacon(CLI::App* group, const MakeLeaf& leaf, Command* command) {
  CLI::App* beacon =
      OfAgenda(group, leaf, command, Verb::kQueueBeacon, "beacon", " 4f1c…e9",
               "Tells what the agenda's beacon gave for this opening: from its hour on it waits "
               "for that.\nSaid once, published, and mixed into K: anybody can compare it with "
               "the source.");
  CLI::Option* value = beacon->add_option("VALUE", command->value, "as its source has it");
  beacon
      ->add_flag("--without", command->without,
                 "the source gives nothing: begin without, and publish that")
      ->excludes(value);
  DryRun(beacon, command);
}

void AddVerify(CLI::App* group, const MakeLeaf& leaf, Command* command) {
  CLI::App* verify =
      leaf(group, Verb::kQueueVerify, "verify",
           "queue verify --agenda agenda.json --status 0900.json 0905.json --tickets -",
           "Checks an opening from published files alone, without an engine.\n"
           "K belongs to the chain and never changed, the rank served never fell; each ticket's "
           "rank, its place among those given, and whether it was admitted.");
  verify->add_option("--agenda", command->file, "what GET /v1/agendas/AGENDA answered")->required();
  verify
      ->add_option("--status", command->status_files,
                   "what GET /v1/agendas/AGENDA/queue answered, oldest first")
      ->required();
  verify->add_flag("--without-beacon", command->without,
                   "check the rest of an opening that began without its beacon");
  verify->add_option("--tickets", command->tickets_file,
                     "one a line, perhaps with the rank that it was told; - for stdin");
}

}  // namespace

void AddQueueCommands(CLI::App* group, const MakeLeaf& leaf, Command* command) {
  AddOrders(group, leaf, command);
  AddBeacon(group, leaf, command);
  AddVerify(group, leaf, command);
}

}  // namespace creneau::ctl
