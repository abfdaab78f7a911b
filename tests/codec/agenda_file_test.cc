// Every mistake in an agenda file is said with line, column and what was expected.

#include "codec/agenda_file.h"

#include <algorithm>

#include "catch2/catch.hpp"

namespace creneau::codec {
namespace {

// Line numbers below are those of this file.
const std::string kGood = R"(agenda = "92-naturalisation"
title = "Naturalisation"
office = "Nanterre"
timezone = "Europe/Paris"
policy = "direct"
identity = [["dossier", "birth_date"]]
hold_s = 300
cooldown_hours = [1, 24]

[opening]
weekdays = ["mon", "tue"]
open = "09:00"
close = "10:00"

[[session]]
weekdays = ["tue"]
from = 2026-12-01
until = 2026-12-31
hours = ["09:00-12:00"]
minutes = 20
seats = { web = 4, desk = 1 }
)";

std::string With(const std::string& what, const std::string& instead) {
  std::string text = kGood;
  const size_t at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), instead);
}

TEST_CASE("a good file is read whole") {
  const AgendaFile file = ReadAgendaToml(kGood);
  INFO((file.errors.empty() ? "" : file.errors[0].message));
  REQUIRE(file.errors.empty());
  CHECK(file.warnings.empty());
  CHECK(file.agenda.name == "92-naturalisation");
  CHECK(file.agenda.group == "92-naturalisation");
  CHECK(file.agenda.opening->gather == 540);
  CHECK(file.agenda.retention_days == 365);
  CHECK(file.slots.size() == 5 * 9);
  CHECK(file.slots[0].seats.total() == 5);
}

TEST_CASE("how seats are shared is read") {
  const AgendaFile file = ReadAgendaToml(With("hold_s = 300", R"(party_max = 4
waitlist = true
accept_invented = true
helper_cap = 5
court_overflow = "count"
offer_hours = { post = 300 }
flow = [{ from = "phone", to = "web", hours_before = 48 }])"));
  INFO((file.errors.empty() ? "" : file.errors[0].message));
  REQUIRE(file.errors.empty());
  const rules::Agenda& agenda = file.agenda;
  CHECK(agenda.party_max == 4);
  CHECK(agenda.waitlist);
  CHECK(agenda.helper_cap == 5);
  CHECK(agenda.court_overflow == rules::CourtOverflow::kCount);
  CHECK(agenda.offer_hours == std::array<int, kChannels>{72, 72, 72, 300, 72});
  CHECK(agenda.flow == std::vector<rules::Flow>{{Channel::kPhone, Channel::kWeb, 48}});
}

TEST_CASE("a family of declared identities at an opening is warned of, where it stands") {
  struct {
    const char* policy;
    const char* more;
    const char* warning;
  } const kCases[] = {
      {"\"queue\"", "accept_invented = true\nparty_max = 4",
       "`party_max` = 4 with declared identities: one ticket takes up to 4 seats"},
      {"\"direct\"", "hold_s = 300\nparty_max = 2", "one request takes up to 2 seats"},
      {"\"direct\"", "party_max = 1", nullptr},
      {"\"queue\"", "identity_proof = \"listed\"\nparty_max = 4", nullptr},
      {"\"direct\"", "identity_proof = \"asserted\"\nparty_max = 4", nullptr},
  };
  for (const auto& one : kCases) {
    std::string text = With("hold_s = 300", one.more);
    text.replace(text.find("\"direct\""), 8, one.policy);
    const AgendaFile file = ReadAgendaToml(text);
    CAPTURE(one.more);
    REQUIRE(file.errors.empty());
    REQUIRE(file.warnings.size() == (one.warning != nullptr ? 1u : 0u));
    if (one.warning == nullptr) continue;
    CHECK(file.warnings[0].line == 8);
    CHECK(file.warnings[0].column == 13);
    CHECK(file.warnings[0].message.find(one.warning) != std::string::npos);
    CHECK(file.warnings[0].message.find("leave `party_max` out") != std::string::npos);
  }
  // Open at any hour, nobody races.
  std::string text = With("hold_s = 300", "party_max = 4\nwaitlist = true\naccept_invented = true");
  const size_t opening = text.find("[opening]");
  text.erase(opening, text.find("[[session]]") - opening);
  CHECK(ReadAgendaToml(text).warnings.empty());
}

TEST_CASE("an agenda that is always open and keeps no waitlist is warned of") {
  struct {
    const char* policy;
    const char* more;
    bool opening;
    const char* seats;
    bool warned;
  } const kCases[] = {
      {"\"direct\"", "", false, "web = 4, desk = 1", true},
      {"\"direct\"", "offer_hours = { web = 1 }", false, "web = 4, desk = 1", true},
      {"\"direct\"", "", false, "phone = 4, desk = 1", false},
      {"\"direct\"", "waitlist = true\naccept_invented = true", false, "web = 4, desk = 1", false},
      {"\"direct\"", "", true, "web = 4, desk = 1", false},
      {"\"queue\"", "accept_invented = true", true, "web = 4, desk = 1", false},
  };
  for (const auto& one : kCases) {
    std::string text = With("hold_s = 300", one.more);
    const auto replace = [&](const std::string& what, const std::string& instead) {
      text.replace(text.find(what), what.size(), instead);
    };
    replace("\"direct\"", one.policy);
    replace("web = 4, desk = 1", one.seats);
    const size_t opening = text.find("[opening]");
    if (!one.opening) text.erase(opening, text.find("[[session]]") - opening);
    const AgendaFile file = ReadAgendaToml(text);
    CAPTURE(text);
    REQUIRE(file.errors.empty());
    REQUIRE(file.warnings.size() == (one.warned ? 1u : 0u));
    if (!one.warned) continue;
    CHECK(file.warnings[0].line == 5);
    CHECK(file.warnings[0].message.find("say `waitlist` = true") != std::string::npos);
  }
}

struct Mistake {
  const char* what;
  const char* instead;
  int line;
  int column;  // 0: where toml++ says
  const char* message;
};

void CheckTold(const Mistake& mistake) {
  const AgendaFile file = ReadAgendaToml(With(mistake.what, mistake.instead));
  CAPTURE(mistake.instead);
  REQUIRE_FALSE(file.errors.empty());
  CAPTURE(file.errors[0].message);
  CHECK(file.errors[0].line == mistake.line);
  if (mistake.column != 0) CHECK(file.errors[0].column == mistake.column);
  CHECK(file.errors[0].message.find(mistake.message) != std::string::npos);
}

TEST_CASE("each mistake: line, column, and what was expected") {
  const Mistake kMistakes[] = {
      {"hold_s = 300", "hold_s = 5", 7, 10,
       "`hold_s` must be a whole number of seconds from 60 to 3600"},
      {"hold_s = 300", "hold_s = \"300\"", 7, 10, "`hold_s` must be a whole number"},
      {"hold_s = 300", "hold_s = ", 7, 0, "not TOML"},
      {"hold_s = 300", "holds = 300", 7, 1, "unknown key `holds`; did you mean `hold_s`?"},
      {"\"direct\"", "\"queue\"", 1, 1,
       "a queue or draw of declared identities takes invented people too"},
      {"\"direct\"", "\"draw\"", 1, 1, "a queue or draw of declared identities"},
      {"\"direct\"", "\"best\"", 5, 10, "`policy` must be \"direct\""},
      {"hold_s = 300", "retention_days = 30", 7, 18, "days from 90 to 3660"},
      {"hold_s = 300", "party_max = 9", 7, 13, "people from 1 to 8"},
      {"hold_s = 300", "identity_proof = \"guessed\"", 7, 18,
       "\"declared\", \"listed\" or \"asserted\""},
      {"hold_s = 300", "accept_invented = \"yes\"", 7, 19, "true or false"},
      {"hold_s = 300", "proof_of_work = \"hard\"", 7, 17, "\"off\", \"load\" or \"always\""},
      {"hold_s = 300", "proof_of_work = \"load\"", 7, 17, "this agenda has none"},
      {"hold_s = 300", "beacon = \"Loto\"", 7, 10, "this agenda has none"},
      {"hold_s = 300", "beacon = 7", 7, 10, "`beacon` must be"},
      {"\"Europe/Paris\"", "\"Europe/Lutece\"", 4, 12, "IANA"},
      {"\"92-naturalisation\"", "\"92 Naturalisation\"", 1, 10, "lower-case letters"},
      {"[[\"dossier\", \"birth_date\"]]", "[[\"name\"]]", 6, 14,
       "dossier, passport, foreigner_number"},
      {"[1, 24]", "[24, 1]", 8, 18, "the smaller first"},
      {"open = \"09:00\"", "open = \"9:00\"", 12, 8, "from \"00:00\" to \"24:00\""},
      {"close = \"10:00\"", "close = \"08:00\"", 10, 1, "`open` before `close`"},
      {"[\"mon\", \"tue\"]", "[\"mon\", \"mardi\"]", 11, 20, "mon, tue, wed"},
      {"from = 2026-12-01", "from = \"2026-12-01\"", 17, 8, "a date without quotes"},
      {"from = 2026-12-01", "from = 2026-02-30", 17, 0, "not TOML"},
      {"until = 2026-12-31", "until = 2026-11-30", 18, 9, "must not be before `from`"},
      {"until = 2026-12-31", "until = 2036-12-31", 18, 9, "correct the year"},
      {"\"09:00-12:00\"", "\"12:00-09:00\"", 19, 10, "the earlier time first"},
      {"\"09:00-12:00\"", "\"09:00-12:00\", \"11:00-13:00\"", 19, 25, "must not overlap"},
      {"minutes = 20", "minutes = 3", 20, 11, "from 5 to 480"},
      {"{ web = 4, desk = 1 }", "{ web = 60, desk = 5 }", 21, 9, "add up to 1 to 64"},
      {"{ web = 4, desk = 1 }", "{ web = 4, guichet = 1 }", 21, 20,
       "unknown key `guichet` in `seats`"},
      {"{ web = 4, desk = 1 }", "{ web = 4 }", 1, 1, "every seat is on the web"},
      {"title = \"Naturalisation\"\n", "", 1, 1, "`title` is missing"},
  };
  for (const Mistake& mistake : kMistakes) CheckTold(mistake);
}

TEST_CASE("each mistake of how seats are shared") {
  const Mistake kMistakes[] = {
      {"hold_s = 300", "waitlist = 1", 7, 12, "true or false"},
      {"hold_s = 300", "waitlist = true", 7, 12, "takes invented people too"},
      {"hold_s = 300", "offer_hours = 3", 7, 15, "like { web = 72, post = 240 }"},
      {"hold_s = 300", "offer_hours = { web = 0 }", 7, 23, "hours from 1 to 1440"},
      {"hold_s = 300", "offer_hours = { fax = 9 }", 7, 17, "unknown key `fax`"},
      {"hold_s = 300", "offer_hours = { phone = 1 }\nwaitlist = true\naccept_invented = true", 7,
       15, "say phone = 2 or more"},
      {"hold_s = 300", "court_overflow = \"take\"", 7, 18, "\"add\" or \"count\""},
      {"hold_s = 300", "flow = \"web\"", 7, 8, "[[flow]]"},
      {"hold_s = 300", "flow = [{ from = \"fax\", to = \"web\", hours_before = 1 }]", 7, 18,
       "web, phone, desk, post or court"},
      {"hold_s = 300", "flow = [{ from = \"web\", to = \"web\", hours_before = 1 }]", 7, 9,
       "another one"},
      {"hold_s = 300",
       "flow = [{ from = \"post\", to = \"web\", hours_before = 9 }, { from = \"web\", to = "
       "\"desk\", hours_before = 1 }]",
       7, 58, "must not go on"},
      {"hold_s = 300", "flow = [{ from = \"post\", to = \"web\" }]", 7, 9,
       "`hours_before` is missing"},
      {"hold_s = 300", "draw = { id = \"2026-12\" }", 7, 8, "this agenda has none"},
  };
  for (const Mistake& mistake : kMistakes) CheckTold(mistake);
}

constexpr const char* kDraw = R"(accept_invented = true
proof_of_work = "always"
draw = { id = "2026-12", beacon = "drand quicknet", round = "34353412", from = 2026-11-20T09:00:00, until = 2026-11-27T18:00:00, round_at = 2026-11-28T12:00:00, seats_from = 2026-12-01, seats_until = 2026-12-31 }
)";

std::string WithDraw(const std::string& what, const std::string& instead) {
  std::string draw = kDraw;
  draw.replace(draw.find(what), what.size(), instead);
  std::string text = draw + kGood;
  text.replace(text.find("\"direct\""), 8, "\"draw\"");
  text.erase(text.find("[opening]"), text.find("[[session]]") - text.find("[opening]"));
  return text;
}

TEST_CASE("a draw is read: who may enter when, for which seats, by whose number") {
  const AgendaFile file = ReadAgendaToml(WithDraw("true", "true"));
  INFO((file.errors.empty() ? "" : file.errors[0].message));
  REQUIRE(file.errors.empty());
  REQUIRE(file.agenda.draw.has_value());
  const rules::DrawRules& draw = *file.agenda.draw;
  CHECK(draw.id == "2026-12");
  CHECK(draw.beacon == "drand quicknet");
  CHECK(draw.round == "34353412");
  CHECK(FormatLocalMinute(draw.entries_until) == "2026-11-27T18:00");
  CHECK(FormatLocalMinute(draw.round_at) == "2026-11-28T12:00");
  CHECK(FormatDate(draw.seats_until) == "2026-12-31");
}

TEST_CASE("each mistake of a draw") {
  const struct {
    const char* what;
    const char* instead;
    const char* message;
  } kMistakes[] = {
      {"id = \"2026-12\", ", "", "`id` is missing"},
      {"\"2026-12\"", "\"Dezember\"", "lower-case letters"},
      {"\"drand quicknet\"", "\"two\\nlines\"", "must be one line"},
      {"\"34353412\"", "\"14000000\"", "that is round 34353412"},
      {"\"34353412\"", "\"34353413\"", "that is round 34353412"},
      {"\"34353412\"", "\" 34353412\"", "that is round 34353412"},
      {"\"drand quicknet\"", "\"DRAND default\"", "that is round "},
      {"\"drand quicknet\"", "\"drand\"", "name a chain"},
      {"proof_of_work = \"always\"\n", "", "asks a proof of work of each entry"},
      {"\"always\"", "\"load\"", "asks a proof of work of each entry"},
      {"until = 2026-11-27T18", "until = 2026-11-19T18", "goes in this order"},
      {"round_at = 2026-11-28", "round_at = 2026-11-26", "goes in this order"},
      {"round_at = 2026-11-28", "round_at = 2026-12-01", "goes in this order"},
      {"seats_until = 2026-12-31", "seats_until = 2026-11-30", "goes in this order"},
      {"from = 2026-11-20T09:00:00", "from = 2026-11-20", "a time at the office"},
      {"draw = {", "draft = {", "a draw is announced: add [draw]"},
      {"accept_invented = true\n", "accept_invented = true\nopening = {}\n", "and no opening"},
  };
  for (const auto& [what, instead, message] : kMistakes) {
    const AgendaFile file = ReadAgendaToml(WithDraw(what, instead));
    CAPTURE(instead);
    REQUIRE_FALSE(file.errors.empty());
    const bool told =
        std::any_of(file.errors.begin(), file.errors.end(), [&](const rules::Diagnostic& error) {
          return error.message.find(message) != std::string::npos;
        });
    CAPTURE(file.errors[0].message);
    CHECK(told);
  }
}

TEST_CASE("a hostile file is refused, not crashed on") {
  std::string keys = "a";
  for (int i = 0; i < 100'000; ++i) keys += ".a";
  for (const std::string& text :
       {keys + " = 1\n", "a = " + std::string(100'000, '['), "a = " + std::string(50'000, '{')}) {
    const AgendaFile file = ReadAgendaToml(text);
    REQUIRE_FALSE(file.errors.empty());
    CHECK(file.errors[0].line == 1);
  }
}

TEST_CASE("what reads well and would mean something else is refused") {
  const struct {
    const char* what;
    const char* instead;
    int line;
  } kCases[] = {
      {"[[\"dossier\", \"birth_date\"]]", "[[\"birth_date\"]]", 6},  // everyone born that day
      {"[[\"dossier\", \"birth_date\"]]", "[[\"dossier\"], [\"dossier\"]]", 6},
      {"\"Europe/Paris\"", "\"localtime\"", 4},  // another place on another machine
      {"\"Europe/Paris\"", "\"../zoneinfo/Europe/Paris\"", 4},
      {"from = 2026-12-01", "from = 9999-12-01", 17},
      {"from = 2026-12-01", "from = 0001-12-01", 17},
  };
  for (const auto& [what, instead, line] : kCases) {
    const AgendaFile file = ReadAgendaToml(With(what, instead));
    CAPTURE(instead);
    REQUIRE_FALSE(file.errors.empty());
    CHECK(file.errors[0].line == line);
  }
}

TEST_CASE("all mistakes are told at once, in the order of the file") {
  std::string text = With("hold_s = 300", "hold_s = 5");
  text.replace(text.find("minutes = 20"), 12, "minutes = 3");
  text.replace(text.find("\"direct\""), 8, "\"best\"");
  const AgendaFile file = ReadAgendaToml(text);
  REQUIRE(file.errors.size() == 3);
  CHECK(file.errors[0].line == 5);
  CHECK(file.errors[2].line == 20);
}

TEST_CASE("an agenda only on the web is fine when it says where the substitute is") {
  std::string text = With("{ web = 4, desk = 1 }", "{ web = 4 }");
  text = "alternative = \"Par courrier\"\n" + text;
  CHECK(ReadAgendaToml(text).errors.empty());
}

// Seats are given out 42 days before their slot: 1008 hours.
TEST_CASE("a flow that takes every seat outside the web at once makes an agenda only on the web") {
  const auto flow = [](const std::string& to, int hours) {
    return "flow = [{ from = \"desk\", to = \"" + to +
           "\", hours_before = " + std::to_string(hours) + " }]";
  };
  for (const std::string to : {"web", "court"}) {
    for (const int hours : {985, 1008, 1440}) {
      const AgendaFile file = ReadAgendaToml(With("hold_s = 300", flow(to, hours)));
      CAPTURE(to, hours);
      REQUIRE(file.errors.size() == 1);
      CHECK(file.errors[0].line == 7);
      CHECK(file.errors[0].column == (to == "web" ? 53 : 55));
      CHECK(file.errors[0].message.find("`hours_before` = " + std::to_string(hours)) == 0);
      CHECK(file.errors[0].message.find("say 984 or less") != std::string::npos);
    }
  }
  // Who has no computer has a day, or another channel, or is told where to go.
  CHECK(ReadAgendaToml(With("hold_s = 300", flow("web", 984))).errors.empty());
  CHECK(ReadAgendaToml(With("hold_s = 300", flow("phone", 1440))).errors.empty());
  std::string phone = With("hold_s = 300", flow("web", 1440));
  phone.replace(phone.find("desk = 1 }"), 10, "desk = 1, phone = 1 }");
  CHECK(ReadAgendaToml(phone).errors.empty());
  CHECK(ReadAgendaToml("alternative = \"Par courrier\"\n" + With("hold_s = 300", flow("web", 1440)))
            .errors.empty());
  // With a day's horizon no flow leaves one.
  CHECK(ReadAgendaToml(With("hold_s = 300", "horizon_days = 1\n" + flow("web", 1)))
            .errors.at(0)
            .message.find("leave this [[flow]] out") != std::string::npos);
}

TEST_CASE("daylight saving: the session's line") {
  std::string text = With("[\"tue\"]", "[\"sun\"]");
  text.replace(text.find("2026-12-31"), 10, "2027-03-31");
  text.replace(text.find("09:00-12:00"), 11, "02:00-04:00");
  const AgendaFile file = ReadAgendaToml(text);
  REQUIRE(file.errors.size() == 1);
  CHECK(file.errors[0].line == 15);
  CHECK(file.errors[0].message.find("2027-03-28T02:00 does not exist") == 0);
}

TEST_CASE("worth a look, not wrong: unused minutes, exceptions out of reach, no slot at all") {
  CHECK(ReadAgendaToml(With("minutes = 20", "minutes = 50"))
            .warnings.at(0)
            .message.find("30 minutes") != std::string::npos);
  CHECK(ReadAgendaToml(With("minutes = 20", "minutes = 20\nexcept = [2027-05-01]"))
            .warnings.at(0)
            .line == 21);
  CHECK(ReadAgendaToml(With("until = 2026-12-31", "until = 2026-12-01\nexcept = [2026-12-01]"))
            .warnings.size() == 1);
}

}  // namespace
}  // namespace creneau::codec
