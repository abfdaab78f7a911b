// Places at the staff's desk: whose they are, and for how long.
#include "http/staff_desk.h"

#include "tests/http/staff_office.h"

namespace creneau::http {

TEST_CASE("nobody takes all places at the desk, whatever keys he has") {
  StaffDesk desk(limits::kStaffConnectionsPerPerson + 2);
  const auto reserve = [&desk](const char* person, const char* key) {
    return desk.Reserve({.role = Role::kAgent, .person = person, .key = key});
  };
  std::vector<StaffDesk::Place> taken;
  for (int i = 0; i < limits::kStaffConnectionsPerPerson; ++i) {
    taken.push_back(reserve("claire", i % 2 == 0 ? "OLDKEY00" : "NEWKEY00"));
    REQUIRE(static_cast<bool>(taken.back()));
  }
  CHECK(!reserve("claire", "NEWKEY00"));
  taken.push_back(reserve("paul", "PAULKEY0"));
  CHECK(taken.back().key() == "PAULKEY0");
  taken.push_back(reserve("rose", "ROSEKEY0"));
  CHECK(!reserve("paul", "PAULKEY0"));  // there is none left at all
  taken.front() = StaffDesk::Place();
  CHECK(static_cast<bool>(reserve("claire", "NEWKEY00")));
  taken.clear();
  CHECK(static_cast<bool>(reserve("claire", "NEWKEY00")));
}

TEST_CASE("at the desk whoever shows a key that does not stand is refused, and leaves") {
  Office office;
  const auto answer = [&](const std::string& text) {
    const int status = office.AskStaff("GET", "/v1/snapshots", text);
    return std::to_string(status) +
           (office.reply.find("Connection: close\r\n") == std::string::npos ? " stays" : " leaves");
  };
  CHECK(answer(office.text(Role::kOperator)) == "200 stays");
  CHECK(answer(office.text(Role::kAgent)) == "403 stays");
  office.keys.front().revoked = office.world_.clock.now;
  const std::string revoked = office.text(static_cast<Role>(office.keys.front().role));
  office.Reload();
  CHECK(answer(revoked) == "401 leaves");
  CHECK(answer("") == "401 stays");  // of a pool, where each request has its own key
}

TEST_CASE("as many connections of the staff as there are places; then 503") {
  Office office;
  StaffDesk desk(1);
  Telemetry telemetry;
  SessionContext context = PublicContext(office.world_, telemetry, telemetry.AddThread("public"));
  context.desk = &desk;
  booking::CommitPool pool;
  booking::Act act(pool, office.world_.engine->log());
  const std::string request =
      "GET /v1/agendas HTTP/1.1\r\nHost: a\r\n\r\n"
      "PUT /v1/agendas/a HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\n"
      "Authorization: Bearer " +
      office.text(Role::kAgent) + "\r\n\r\n";
  const auto serve = [&](Session& session) {
    const Session::Round round = session.Serve(request, act, office.world_.clock.now);
    session.Settle(true, office.world_.clock.now);
    return round;
  };
  {
    // As soon as the head is there, however large the body is to be; what stood before is answered.
    Session first(context, limits::kMaxBodyBytes);
    const Session::Round round = serve(first);
    CHECK(round.hand_over);
    CHECK(!round.close);
    CHECK(round.consumed == request.find("PUT"));
    CHECK(first.replies().find("HTTP/1.1 200 OK") == 0);
    Session second(context, limits::kMaxBodyBytes);
    CHECK(!serve(second).hand_over);
    CHECK(second.replies().find("HTTP/1.1 503") != std::string::npos);
  }
  Session third(context, limits::kMaxBodyBytes);
  CHECK(serve(third).hand_over);
  context.stopping = true;
  StaffDesk free(1);
  context.desk = &free;
  Session late(context, limits::kMaxBodyBytes);
  CHECK(!serve(late).hand_over);
}

}  // namespace creneau::http
