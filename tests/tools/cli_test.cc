// What creneauctl's arguments become.
#include "tools/creneauctl/cli.h"

#include <catch2/catch.hpp>
#include <sstream>
#include <string>
#include <vector>

namespace creneau::ctl {
namespace {

CommandLine Parse(const std::string& line) {
  std::vector<std::string> words = {"creneauctl"};
  for (size_t at = 0; at < line.size();) {
    const size_t end = std::min(line.find(' ', at), line.size());
    words.push_back(line.substr(at, end - at));
    at = end + 1;
  }
  std::vector<const char*> argv;
  for (const std::string& word : words) argv.push_back(word.c_str());
  return ParseCommandLine(static_cast<int>(argv.size()), argv.data());
}

Command Accepted(const std::string& line) {
  const CommandLine parsed = Parse(line);
  INFO(line << ": " << parsed.output);
  REQUIRE_FALSE(parsed.exit_code.has_value());
  return parsed.command;
}

TEST_CASE("every subcommand has its verb") {
  CHECK(Accepted("agenda check f.toml").verb == Verb::kAgendaCheck);
  CHECK(Accepted("--admin s agenda publish f.toml").verb == Verb::kAgendaPublish);
  CHECK(Accepted("--admin s agenda list").verb == Verb::kAgendaList);
  CHECK(Accepted("--admin s agenda show a").verb == Verb::kAgendaShow);
  CHECK(Accepted("--admin s slot list a").verb == Verb::kSlotList);
  CHECK(Accepted("--admin s reserve hold a").verb == Verb::kReserveHold);
  CHECK(Accepted("--admin s reserve confirm N").verb == Verb::kReserveConfirm);
  CHECK(Accepted("--admin s reserve extend N").verb == Verb::kReserveExtend);
  CHECK(Accepted("--admin s reserve show N").verb == Verb::kReserveShow);
  CHECK(Accepted("--admin s reserve cancel N").verb == Verb::kReserveCancel);
  CHECK(Accepted("--admin s reserve move N --slot 2026-12-01T09:20").verb == Verb::kReserveMove);
  CHECK(Accepted("log verify d").verb == Verb::kLogVerify);
  CHECK(Accepted("log show d").verb == Verb::kLogShow);
  CHECK(Accepted("--admin s snapshot save").verb == Verb::kSnapshotSave);
  CHECK(Accepted("--admin s snapshot list").verb == Verb::kSnapshotList);
  CHECK(Accepted("snapshot list d").data == "d");
  CHECK(Accepted("snapshot verify d").verb == Verb::kSnapshotVerify);
  CHECK(Accepted("--admin s queue status a").verb == Verb::kQueueStatus);
  CHECK(Accepted("--admin s queue pause a").verb == Verb::kQueuePause);
  CHECK(Accepted("--admin s queue resume a").verb == Verb::kQueueResume);
  CHECK(Accepted("--admin s queue drain a --dry-run").verb == Verb::kQueueDrain);
  CHECK(Accepted("--admin s queue rate a 600").per_min == 600);
  CHECK(Accepted("--admin s queue rate a 0").verb == Verb::kQueueRate);
  CHECK(Accepted("--admin s queue extend a 15").minutes == 15);
  CHECK(Accepted("--admin s queue beacon a 4f1ce9").value == "4f1ce9");
  CHECK(Accepted("--admin s queue beacon a --without").without);
  const Command verify = Accepted("queue verify --agenda a --status s1 s2 --tickets -");
  CHECK(verify.verb == Verb::kQueueVerify);
  CHECK(verify.status_files == std::vector<std::string>{"s1", "s2"});
  CHECK(verify.tickets_file == "-");
  CHECK(Accepted("--admin s roster import a f.csv --add").adds);
  CHECK(Accepted("roster import a - --dry-run").file == "-");
  CHECK(Accepted("--admin s watch a").verb == Verb::kWatch);
  CHECK(Accepted("--admin s watch a --count 3").count == 3);
  const Command preflight = Accepted("--admin s preflight a --listen l --confirm-listen c");
  CHECK(preflight.verb == Verb::kPreflight);
  CHECK(preflight.listen == "l");
  CHECK(preflight.confirm_listen == "c");
  CHECK(Parse("snapshot list").exit_code == 2);
  CHECK(Parse("snapshot save").exit_code == 2);
}

TEST_CASE("options for all may stand before or after the subcommand") {
  for (const char* line : {"--admin s --json agenda show a", "agenda show a --json --admin s",
                           "agenda --json show a --admin s"}) {
    const Command command = Accepted(line);
    CHECK(command.json);
    CHECK(command.admin == "s");
    CHECK(command.agenda == "a");
  }
}

TEST_CASE("options of one subcommand") {
  const Command publish =
      Accepted("--admin s agenda publish f.toml s.csv --dry-run --displaced keep --if-match 3");
  CHECK(publish.file == "f.toml");
  CHECK(publish.slots_file == "s.csv");
  CHECK(publish.dry_run);
  CHECK(publish.displaced == "keep");
  CHECK(publish.if_match == 3u);
  CHECK(Accepted("--admin s agenda publish f.toml").displaced == "refuse");

  const Command hold =
      Accepted("--admin s reserve hold a --slot 2026-12-01T09:20 --applicant - --key-file k");
  CHECK(hold.slot == "2026-12-01T09:20");
  CHECK(hold.applicant_file == "-");
  CHECK(hold.key_file == "k");
  CHECK(hold.idempotency_key_file.empty());
  CHECK(Accepted("--admin s reserve hold a --idempotency-key -").idempotency_key_file == "-");

  const Command show = Accepted("log show d --from 7 --limit 2");
  CHECK(show.from_lsn == 7);
  CHECK(show.limit == 2);
}

TEST_CASE("keys, and how an engine is reached with one") {
  const Command create = Accepted(
      "key create --keys k --role agent --person a.dupont --agenda a --agenda b --days 30 --out o");
  CHECK(create.verb == Verb::kKeyCreate);
  CHECK(create.role == "agent");
  CHECK(create.person == "a.dupont");
  CHECK(create.agendas == std::vector<std::string>{"a", "b"});
  CHECK(create.days == 30);
  CHECK(create.out_file == "o");
  CHECK(create.keys == "k");
  CHECK(Accepted("key list --keys k").verb == Verb::kKeyList);
  const Command rotate = Accepted("key rotate 7K3M9QXA --keys k --overlap-days 0 --out o");
  CHECK(rotate.verb == Verb::kKeyRotate);
  CHECK(rotate.key_id == "7K3M9QXA");
  CHECK(rotate.overlap_days == 0);
  CHECK(Accepted("key revoke 7K3M9QXA --keys k --dry-run").dry_run);
  const Command with = Accepted("--url http://127.0.0.1:8080/ --bearer f agenda list");
  CHECK(with.admin == "tcp:127.0.0.1:8080");
  CHECK(with.bearer_file == "f");
}

TEST_CASE("what is wrong is said, with exit code 2") {
  struct Case {
    const char* line;
    const char* said;
  };
  const Case cases[] = {
      {"agenda list", "--admin SOCKET"},
      {"--admin s agenda", "subcommand"},
      {"--admin s agenda publish", "FILE"},
      {"--admin s agenda publish f --displaced away", "--displaced"},
      {"--admin s agenda publish f --if-match x", "--if-match"},
      {"--admin s slot list a --from 2026-13-01", "expected a date such as 2026-12-01"},
      {"--admin s slot list a --to 1/12/2026", "expected a date"},
      {"--admin s reserve hold a --slot 09:20", "expected a slot such as 2026-12-01T09:20"},
      {"--admin s reserve move N", "--slot"},
      {"--admin s reserve confirm", "NAME"},
      {"--admin s reserve confirm N --key secret", "--key"},
      {"--admin s reserve hold a --applicant - --idempotency-key -", "both be read from stdin"},
      {"--admin s --timeout 0 agenda list", "--timeout"},
      {"--admin s queue rate a", "PER_MIN"},
      {"--admin s queue rate a -1", "PER_MIN"},
      {"--admin s queue extend a 0", "MINUTES"},
      {"--admin s queue beacon a", "VALUE, or --without"},
      {"--admin s queue beacon a 1 --without", "VALUE"},
      {"roster import a f.csv", "--admin SOCKET"},
      {"queue verify --agenda a", "--status"},
      {"log verify", "DATA"},
      {"key create --keys k --role king --person a --out o", "--role"},
      {"key create --keys k --role agent --person a", "--out"},
      {"key create --role agent --person a --out o", "--keys"},
      {"key create --keys k --role agent --person a --out o --days 731", "--days"},
      {"key rotate --keys k --out o", "ID"},
      {"--url https://127.0.0.1:8080 agenda list", "--url is http://ADDRESS:PORT"},
      {"--url http://127.0.0.1 agenda list", "--url is"},
      {"--url http://127.0.0.1:8080/v1 agenda list", "--url is"},
      {"--url http://127.0.0.1:8080 --admin s agenda list", "instead of --admin"},
      {"frobnicate", "subcommand"},
  };
  for (const Case& one : cases) {
    const CommandLine parsed = Parse(one.line);
    INFO(one.line << ": " << parsed.output);
    CHECK(parsed.exit_code == 2);
    CHECK(parsed.output.find(one.said) != std::string::npos);
  }
}

TEST_CASE("a list of subcommands has a line for each, with its purpose") {
  struct Case {
    const char* line;
    size_t subcommands;
    const char* said;
  };
  const Case cases[] = {
      {"agenda --help", 9, "Makes an agenda, or changes its calendar by difference.\n"},
      {"agenda --help", 9, "The rules that decide, in plain words, as the law asks for them.\n"},
      {"agenda --help", 9, "Reads an agenda file, and a CSV of slots, without an engine.\n"},
      {"slot --help", 1, "Slots that can be booked now"},
      {"reserve --help", 12, "Keeps a seat until a deadline.\n"},
      {"log --help", 2, "says whether it is right; changes nothing.\n"},
      {"snapshot --help", 3, "Takes one now, while the engine serves; returns when it counts.\n"},
      {"queue --help", 8, "No new holds, of agendas without a queue too, until resume.\n"},
      {"roster --help", 1, "Replaces the list of those who may book"},
      {"key --help", 7, "Ends a key at once"},
      {"key --help", 7, "Destroys a pepper that no agenda uses, once their retention is over.\n"},
      {"record --help", 1, "What was free, who was refused and why, minute by minute.\n"},
      {"audit --help", 2, "Recounts an export, alone; names the first difference.\n"},
      {"mandate --help", 5, "Enters what a court has ordered. A colleague approves it.\n"},
      {"receipt --help", 4, "Whether it is genuine, and whose it is"},
      {"waitlist --help", 3, "Gives the place up, and what is offered. Free.\n"},
      {"--help", 18, "check, publish and look at agendas\n"},
  };
  for (const Case& one : cases) {
    const std::string help = Parse(one.line).output;
    INFO(one.line << ":\n" << help);
    const size_t begin = help.find("Subcommands:\n");
    REQUIRE(begin != std::string::npos);
    const std::string list = help.substr(begin + 13);
    CHECK(list.find("Example:") == std::string::npos);
    CHECK(list.find(one.said) != std::string::npos);
    std::istringstream lines(list);
    size_t count = 0;
    for (std::string line; std::getline(lines, line);) count += line.empty() ? 0 : 1;
    CHECK(count == one.subcommands);
  }
}

TEST_CASE("help begins with examples") {
  CHECK(Parse("--help").exit_code == 0);
  CHECK(Parse("--help").output.rfind("Examples:", 0) == 0);
  CHECK(Parse("agenda publish --help").output.rfind("Example:", 0) == 0);
  CHECK(Parse("reserve move --help").exit_code == 0);
  CHECK(Parse("reserve move --help").output.rfind("Example:", 0) == 0);
  CHECK(Parse("log verify --help").output.find("no seat has two owners") != std::string::npos);
  CHECK(Parse("--version").output.rfind("creneauctl ", 0) == 0);
}

}  // namespace
}  // namespace creneau::ctl
