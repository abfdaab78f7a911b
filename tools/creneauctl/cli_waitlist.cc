#include "tools/creneauctl/cli_waitlist.h"

#include "base/text.h"

namespace creneau::ctl {
namespace {

CLI::App* OfPlace(CLI::App* group, const MakeLeaf& leaf, Command* command, Verb verb,
                  const std::string& name, const std::string& about) {
  CLI::App* of =
      leaf(group, verb, name.c_str(),
           "--admin data/admin.sock waitlist " + name + " W3F7QK2M9XA0CW --key-file " + "place.key",
           about);
  of->add_option("PLACE", command->place, "its name")->required();
  of->add_option("--key-file", command->key_file,
                 "file with its key; - for stdin; else asked on the terminal");
  return of;
}

std::string CheckDay(const std::string& text) {
  return ParseDate(text) ? "" : "expected a day such as 2026-12-01, got \"" + text + "\"";
}

void OfDay(CLI::App* agenda, const MakeLeaf& leaf, Command* command, Verb verb,
           const std::string& name, const std::string& about) {
  CLI::App* of = leaf(
      agenda, verb, name.c_str(),
      "--admin data/admin.sock agenda " + name + " 93-titres 2026-12-15 --reason strike", about);
  of->add_option("AGENDA", command->agenda, "its name")->required();
  of->add_option("DAY", command->day, "2026-12-15")->required()->check(CheckDay);
  of->add_option("--reason", command->reason, "a short word for the log, such as strike");
  DryRun(of, command);
}

}  // namespace

void AddWaitlistCommands(CLI::App* group, const MakeLeaf& leaf, Command* command) {
  CLI::App* join = leaf(group, Verb::kWaitlistJoin, "join",
                        "--admin data/admin.sock --bearer claire.key waitlist join 93-titres "
                        "--channel phone --applicant ada.json --key-file place.key",
                        "Takes a place for somebody: one a person. The order of those who come on "
                        "one day is drawn when it ends.\n"
                        "With --channel, by an agent or a helper, for whoever calls, comes or "
                        "writes.");
  join->add_option("AGENDA", command->agenda, "its name")->required();
  join->add_option("--channel", command->channel, "phone, desk or post [web]")
      ->check(CLI::IsMember({"phone", "desk", "post"}));
  join->add_option("--applicant", command->applicant_file,
                   "JSON file naming the applicant; - for stdin; else asked on the terminal");
  join->add_option("--key-file", command->key_file,
                   "write the place's key to this new file (mode 0600) instead of the terminal");
  join->add_option("--idempotency-key", command->idempotency_key_file,
                   "file with the Idempotency-Key of one whose outcome is not known, to repeat it; "
                   "- for stdin; else a fresh one is drawn");
  DryRun(join, command);
  OfPlace(group, leaf, command, Verb::kWaitlistShow, "show",
          "Where it stands, and what is offered: confirm that with reserve confirm.");
  DryRun(OfPlace(group, leaf, command, Verb::kWaitlistLeave, "leave",
                 "Gives the place up, and what is offered. Free."),
         command);
}

void AddClosingCommands(CLI::App* agenda, const MakeLeaf& leaf, Command* command) {
  OfDay(agenda, leaf, command, Verb::kAgendaClose, "close",
        "Closes a day: its slots leave the calendar, whatever the file says.\n"
        "Whoever has a seat in them is offered the nearest free one, before anybody else.");
  OfDay(agenda, leaf, command, Verb::kAgendaReopen, "reopen",
        "Takes that back: publish the agenda again to have the day's slots.");
}

}  // namespace creneau::ctl
