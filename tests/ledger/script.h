// A language for the ledger's rules, so that a test reads like the rule it checks. One line is one
// act:
//
//   publish 09:00=web:2,phone:1 09:20=web:1      -> +4 -0 kept 0
//   hold    slot=09:00 who=ada at=0s             -> held
//   tick    at=301s                              -> expired ada
//
// verb, key=value words, "->", what must come of it. `at` is seconds after kStart, `for` how long a
// hold lasts (300s), `cool` how long a seat cools (3600s), `key` the idempotency key (by default
// the applicant's own), `into` what it becomes (held), `channel` web. A name that a hold gave out
// belongs to its applicant until the next hold; `note who=ada as=old` keeps it under another. After
// every line the ledger's invariants must hold; `restart` goes on with a replay of all that was
// logged, whose digest must be that of the ledger before. Text that is not understood fails the
// test. One thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/ledger/world.h"

namespace creneau::ledger {

class Script {
 public:
  Script();

  // Runs the lines; returns a description of the first that came out otherwise, or "".
  std::string Run(std::string_view lines);

  Ledger& ledger() { return *ledger_; }

 private:
  struct Line;

  std::string RunLine(std::string_view text);
  std::string Do(const Line& line);
  std::string Publish(const Line& line);
  std::string Hold(const Line& line);
  std::string Party(const Line& line);
  std::string Act(const Line& line);
  std::string Move(const Line& line);
  std::string Aside(const Line& line);
  std::string Tick(const Line& line);
  std::string Look(const Line& line);
  std::string FreeIn(const Line& line);
  std::string Age(const Line& line);
  std::string Restart();
  std::string WhoIs(const Subject& subject) const;

  Tickets tickets_{0};
  RecordingSink sink_;
  std::unique_ptr<Ledger> ledger_;
  std::vector<CalendarChange> changes_;
  std::map<std::string, SeatRef> names_;
  std::map<Subject, std::string> people_;
};

}  // namespace creneau::ledger
