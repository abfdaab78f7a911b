// Who of the staff may do what, and where: the matrix of design 7 and 8, and what a key that is
// none comes to.
#include <array>
#include <set>

#include "base/text.h"
#include "tests/http/staff_office.h"

namespace creneau::http {
namespace {

// The routes as the table in the README has them: whose each is. "": anyone's; "machines": of the
// admin socket and the metrics listener, and of no role.
struct Expected {
  std::string_view method;
  std::string_view path;
  std::string_view roles;
};
constexpr Expected kExpected[] = {
    {"GET", "/v1/agendas", ""},
    {"GET", "/v1/agendas/{}", ""},
    {"GET", "/v1/agendas/{}/slots", ""},
    {"GET", "/v1/agendas/{}/queue", ""},
    {"GET", "/v1/agendas/{}/record", ""},
    {"GET", "/v1/agendas/{}/releases", ""},
    {"GET", "/v1/agendas/{}/notice", ""},
    {"POST", "/v1/agendas/{}/tickets", ""},
    {"GET", "/v1/agendas/{}/challenge", ""},
    {"POST", "/v1/agendas/{}/holds", ""},
    {"POST", "/v1/reservations/{}/confirm", ""},
    {"POST", "/v1/reservations/{}/move", ""},
    {"POST", "/v1/reservations/{}/extend", ""},
    {"GET", "/v1/reservations/{}", ""},
    {"DELETE", "/v1/reservations/{}", ""},
    {"GET", "/v1/reservations/{}/receipt", ""},
    {"POST", "/v1/agendas/{}/waitlist", ""},
    {"GET", "/v1/waitlist/{}", ""},
    {"DELETE", "/v1/waitlist/{}", ""},
    {"POST", "/v1/agendas/{}/attempts", ""},
    {"POST", "/v1/receipts", ""},
    {"POST", "/v1/receipts/verify", ""},
    {"GET", "/v1/keys", ""},
    {"POST", "/v1/agendas/{}/entries", ""},
    {"GET", "/v1/entries/{}", ""},
    {"DELETE", "/v1/entries/{}", ""},
    {"GET", "/v1/entries/{}/receipt", ""},
    {"GET", "/v1/agendas/{}/draw", ""},
    {"POST", "/v1/agendas/{}/draw/entries", "site agent helper"},
    {"POST", "/v1/agendas/{}/draw/close", "operator"},
    {"POST", "/v1/agendas/{}/draw/seed", "operator"},
    {"POST", "/v1/agendas/{}/draw/run", "operator"},
    {"PUT", "/v1/agendas/{}", "operator"},
    {"POST", "/v1/agendas/{}/pause", "operator"},
    {"POST", "/v1/agendas/{}/resume", "operator"},
    {"POST", "/v1/agendas/{}/drain", "operator"},
    {"POST", "/v1/agendas/{}/rate", "operator"},
    {"POST", "/v1/agendas/{}/extend", "operator"},
    {"POST", "/v1/agendas/{}/beacon", "operator"},
    {"POST", "/v1/agendas/{}/without-beacon", "operator"},
    {"POST", "/v1/agendas/{}/shift", "operator"},
    {"POST", "/v1/agendas/{}/passes", "site agent operator"},
    {"PUT", "/v1/agendas/{}/roster", "operator"},
    {"POST", "/v1/agendas/{}/roster", "operator"},
    {"POST", "/v1/agendas/{}/lookup", "agent helper"},
    {"POST", "/v1/agendas/{}/desk", "agent helper"},
    {"POST", "/v1/agendas/{}/links", "agent"},
    {"POST", "/v1/agendas/{}/recoveries", ""},
    {"POST", "/v1/agendas/{}/places", "agent helper"},
    {"POST", "/v1/agendas/{}/close", "operator"},
    {"POST", "/v1/agendas/{}/reopen", "operator"},
    {"POST", "/v1/reservations/{}/corrections", "agent"},
    {"POST", "/v1/reservations/{}/repairs", "agent"},
    {"GET", "/v1/acts", "agent"},
    {"POST", "/v1/acts/{}/approve", "agent"},
    {"DELETE", "/v1/acts/{}", "agent"},
    {"POST", "/v1/mandates", "agent"},
    {"GET", "/v1/mandates", "agent operator auditor"},
    {"POST", "/v1/mandates/{}/approve", "agent"},
    {"DELETE", "/v1/mandates/{}", "agent"},
    {"GET", "/v1/snapshots", "operator auditor"},
    {"POST", "/v1/snapshots", "operator"},
    {"GET", "/v1/peppers", "operator auditor"},
    {"PUT", "/v1/peppers/{}", "operator"},
    {"DELETE", "/v1/peppers/{}", "operator"},
    {"GET", "/v1/events", "site operator auditor"},
    {"GET", "/livez", "machines"},
    {"GET", "/readyz", "machines"},
    {"GET", "/metrics", "machines"},
};

std::string PathFor(const Expected& route) {
  std::string path(route.path);
  const size_t at = path.find("{}");
  if (at != std::string::npos)
    path.replace(at, 2, path.starts_with("/v1/agendas") ? "93-titres" : "3F7QK2M9XA0CW");
  return path;
}

// The handler was called: whatever it says, it is not that somebody may not.
bool Reached(Office& office, int status) {
  return status != Office::kHandedOver && status != 401 && status != 403 && status != 405 &&
         (office.reply.find("\"code\":\"unknown-route\"") == std::string::npos ||
          office.reply.find("This agenda has no queue") != std::string::npos ||
          office.reply.find("This agenda draws no lots") != std::string::npos);
}

}  // namespace

TEST_CASE("role by route, on each listener") {
  Office office;
  std::set<std::pair<std::string_view, std::string_view>> table;
  for (size_t i = 0; i < RouteCount(); ++i) table.insert({RouteMethod(i), RouteName(i)});
  for (const Expected& route : kExpected) {
    const std::string path = PathFor(route);
    INFO(route.method << " " << path);
    CHECK(table.erase({route.method, route.path}) == 1);
    const auto ask = [&](Audience audience, bool open, const std::string& authorization) {
      return office.Ask(audience, open, route.method, path, authorization);
    };
    const bool anyones = route.roles.empty();
    const bool machines = route.roles == "machines";
    // Nobody's key. Without staff_on_public there is nothing here for the staff, whoever asks.
    CHECK(Reached(office, ask(Audience::kAdmin, false, "")) ==
          (anyones || machines || route.roles.find("operator") != std::string_view::npos));
    CHECK(Reached(office, ask(Audience::kPublic, false, "")) == anyones);
    CHECK(Reached(office, ask(Audience::kProbe, false, "")) == machines);
    const int open = ask(Audience::kPublic, true, "");
    CHECK((anyones ? Reached(office, open) : machines ? open == 404 : open == 401));
    for (const Role role : rules::kAllRoles) {
      INFO(rules::RoleName(role));
      const std::string key = "Bearer " + office.text(role);
      const bool may = route.roles.find(rules::RoleName(role)) != std::string_view::npos;
      const int closed = ask(Audience::kPublic, false, key);
      CHECK((anyones ? Reached(office, closed) : closed == 404 || closed == 405));
      const int handed = ask(Audience::kPublic, true, key);
      CHECK((anyones    ? Reached(office, handed)
             : machines ? handed == 404
                        : handed == Office::kHandedOver));
      const int staff = ask(Audience::kStaff, false, key);
      CHECK((anyones || may ? Reached(office, staff) : staff == (machines ? 404 : 403)));
      // The key's role, instead of the socket's.
      const int admin = ask(Audience::kAdmin, false, key);
      CHECK((anyones || may || machines ? Reached(office, admin) : admin == 403));
      if (staff == 403) {
        CHECK(office.reply.find("This is done by ") != std::string::npos);
        CHECK(office.reply.find(rules::RoleName(role)) != std::string::npos);
      }
    }
  }
  CHECK(table.empty());  // a route that this table does not have
}

TEST_CASE(
    "peppers are renewed and retired by number, and what is refused says why and until when") {
  Office office;
  const std::string key = office.text(Role::kOperator);
  const auto held = office.world_.Hold("FILE1");
  REQUIRE(held.outcome == Outcome::kOk);
  struct Case {
    std::string_view method;
    std::string_view path;
    int status;
    std::string_view says;
  };
  const Case cases[] = {
      {"GET", "/v1/peppers", 200,
       R"({"peppers":[{"epoch":1,"newest":true,"agendas":["93-titres"]}]})"},
      {"PUT", "/v1/peppers/2?agenda=93-titres", 409,
       "agenda 93-titres: holds (1), until 2026-11-30T"},
      {"PUT", "/v1/peppers/2?agenda=93-titres", 409, "\r\nRetry-After: 301\r\n"},
      {"PUT", "/v1/peppers/2?agenda=14-titres", 404, "unknown-agenda"},
      {"PUT", "/v1/peppers/3", 422, "is 2 for another pepper, or 1 for those"},
      {"PUT", "/v1/peppers/02", 422, "the number of a pepper is expected"},
      {"PUT", "/v1/peppers/2x", 422, "the number of a pepper is expected"},
      {"PUT", "/v1/peppers/2?dryrun=1", 422, "is not known here; dry_run and agenda are"},
      {"PUT", "/v1/peppers/2?dry_run=1", 200,
       R"({"epoch":2,"made":true,"dry_run":true,"moved":[],)"
       R"("stayed":[{"group":"93-titres",)"},
      {"PUT", "/v1/peppers/2", 201,
       R"("because":[{"agenda":"93-titres","what":"holds","count":1,)"},
      {"PUT", "/v1/peppers/2", 200, R"("made":false)"},
      {"DELETE", "/v1/peppers/1", 409, "Agendas still use it: 93-titres."},
      {"DELETE", "/v1/peppers/2", 409, "It is the newest"},
      {"DELETE", "/v1/peppers/7", 422, "is of no pepper"},
      {"PUT", "/v1/peppers/3", 201, R"("made":true)"},
      {"DELETE", "/v1/peppers/2?agenda=93-titres", 422, "is not known here; dry_run is"},
      {"DELETE", "/v1/peppers/2?dry_run=1", 200, R"({"epoch":2,"retired":true,"dry_run":true})"},
      {"DELETE", "/v1/peppers/2", 200, R"({"epoch":2,"retired":true,"dry_run":false})"},
      {"DELETE", "/v1/peppers/2", 200, R"("existed":true)"},
      {"GET", "/v1/peppers", 200, R"("retired_at":"2026-11-30T09:00:00+00:00","agendas":[]})"},
  };
  for (const Case& one : cases) {
    INFO(one.method << " " << one.path);
    CHECK(office.AskStaff(one.method, one.path, key) == one.status);
    INFO(office.reply);
    CHECK(office.reply.find(one.says) != std::string::npos);
  }
}

TEST_CASE("events of another agenda than a key is for are not asked for") {
  Office office;
  const std::string key = office.Add(Role::kSite, {"93-titres"}).text;
  const std::string other = office.Add(Role::kSite, {"92-naturalisation"}).text;
  office.Reload();
  CHECK(office.AskStaff("GET", "/v1/events", key) == 200);
  CHECK(office.AskStaff("GET", "/v1/events?agenda=93-titres", key) == 200);
  CHECK(office.AskStaff("GET", "/v1/events?agenda=93-titres", other) == 403);
  CHECK(office.AskStaff("GET", "/v1/events", other) == 200);  // and is told of none
}

TEST_CASE("a key that is none is 401 everywhere, and says nothing of why") {
  Office office;
  const std::string good = office.text(Role::kOperator);
  std::string forged = good;
  forged[30] = forged[30] == 'A' ? 'B' : 'A';
  const std::string another = Office().text(Role::kOperator);  // another engine's
  std::string first;
  for (const std::string& authorization :
       {"Bearer " + forged, "Bearer " + another, std::string("Bearer"), "Bearer  " + good,
        "Bearer " + good + "x", "Bearer " + good + " x", "Basic " + good, good, "Bearer, " + good,
        "bearer\t" + good, std::string("Bearer crk_"), "Token " + good}) {
    INFO(authorization);
    CHECK(office.Ask(Audience::kAdmin, false, "GET", "/v1/snapshots", authorization) == 401);
    CHECK(office.Ask(Audience::kStaff, false, "GET", "/v1/snapshots", authorization) == 401);
    CHECK(office.reply.find("WWW-Authenticate: Bearer") != std::string::npos);
    CHECK(office.Ask(Audience::kPublic, true, "GET", "/v1/snapshots", authorization) == 401);
    CHECK(office.reply.find("WWW-Authenticate: Bearer") != std::string::npos);
    if (first.empty()) first = office.reply;
    CHECK(office.reply == first);
    // Whoever has a website behind a password may go on as before.
    CHECK(office.Ask(Audience::kPublic, true, "GET", "/v1/agendas", authorization) == 200);
  }
  CHECK(office.Ask(Audience::kStaff, false, "GET", "/v1/snapshots", "bEARER " + good) == 200);
}

TEST_CASE("a key that has ended is told so to its holder; one of other agendas is 403") {
  Office office;
  const auto pause = [&](const std::string& text) {
    return office.AskStaff("POST", "/v1/agendas/93-titres/pause", text);
  };
  const Office::Key mine = office.Add(Role::kOperator, {"14-titres", "93-titres"});
  const Office::Key other = office.Add(Role::kOperator, {"92-naturalisation"});
  office.Reload();
  CHECK(pause(mine.text) == 200);
  CHECK(pause(other.text) == 403);
  CHECK(office.reply.find("for other agendas") != std::string::npos);
  CHECK(office.AskStaff("POST", "/v1/agendas/92-naturalisation/pause", other.text) == 404);
  // What is of the whole engine is not for a key of one agenda.
  CHECK(office.AskStaff("POST", "/v1/snapshots", mine.text) == 403);

  office.keys[mine.place].revoked = office.world_.clock.now;
  CHECK(pause(mine.text) == 200);
  office.Reload();
  CHECK(pause(mine.text) == 401);
  CHECK(office.reply.find("was revoked") != std::string::npos);
  const std::string good = office.text(Role::kOperator);
  CHECK(pause(good) == 200);
  office.world_.clock.now = office.world_.clock.now + 90 * kDay;
  CHECK(pause(good) == 401);
  CHECK(office.reply.find("has expired") != std::string::npos);
}

TEST_CASE("who shows many wrong keys is told to wait; a good one from there is as good as before") {
  Office office;
  const Caller bad{.network = 7, .counted = true};
  const Caller neighbour{.network = 8, .counted = true};
  const std::string good = "Bearer " + office.text(Role::kOperator);
  const auto ask = [&](const std::string& authorization, const Caller& caller) {
    return office.Ask(Audience::kPublic, true, "GET", "/v1/snapshots", authorization, caller);
  };
  for (int i = 0; i < 3; ++i) CHECK(ask("Bearer x", bad) == 401);
  CHECK(ask("Bearer x", bad) == 429);
  CHECK(office.reply.find("Retry-After: ") != std::string::npos);
  CHECK(ask("Bearer x", neighbour) == 401);
  CHECK(ask(good, bad) == Office::kHandedOver);
  CHECK(ask("", bad) == 401);
}

}  // namespace creneau::http
