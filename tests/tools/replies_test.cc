// What a person reads of the engine's answers.
#include "tools/creneauctl/replies.h"

#include <catch2/catch.hpp>
#include <string>

#include "tools/creneauctl/table.h"

namespace creneau::ctl {
namespace {

TEST_CASE("columns are as wide as their widest cell, in characters") {
  Table table({Align::kLeft, Align::kRight, Align::kLeft});
  table.Row({"a", "1", "x"});
  table.Row({"éé", "100", ""});
  CHECK(table.Text() == "a     1  x\néé  100\n");
  CHECK(Table({Align::kLeft}).Text().empty());
}

TEST_CASE("a reservation") {
  const std::string body =
      R"({"reservation":"3F7QK2M9XA0CW","key":"SECRET","state":"held","agenda":"93-titres",
      "slot":"2026-12-01T09:20","starts_at":"2026-12-01T09:20:00+01:00","minutes":20,
      "expires_at":"2026-11-22T10:05:00+01:00","expires_in_s":300,"extended":false,"moves_left":2,"novelty":{}})";
  CHECK(RenderReservation(body) ==
        "reservation  3F7QK2M9XA0CW\n"
        "key          SECRET\n"
        "state        held\n"
        "agenda       93-titres\n"
        "slot         2026-12-01T09:20, 20 minutes\n"
        "expires      2026-11-22T10:05:00, in 300 s\n"
        "moves left   2\n");
  CHECK(NameOf(body) == "3F7QK2M9XA0CW");
  CHECK(KeyOf(body) == "SECRET");
  CHECK(WithoutKey(body).find("SECRET") == std::string::npos);
  CHECK(WithoutKey(body).find("3F7QK2M9XA0CW") != std::string::npos);
  // What a protobuf's or an act's reply need not say is not made up.
  CHECK(RenderReservation(R"({"state":"held","expires_at":"2026-11-22T10:05:00+01:00"})") ==
        "state    held\nexpires  2026-11-22T10:05:00\n");
  CHECK(RenderReservation(R"({"state":"confirmed","day_closed":true})") ==
        "state  confirmed\n"
        "day    closed by the office; another seat is looked for, or move it\n");
}

TEST_CASE(
    "what waits for a second person, and until when, whatever else is said of a reservation") {
  const std::string proposed = R"("act":"9f86","what":"repair","agenda":"93","reason":"usurped",
      "proposed_by":"claire","proposed_at":"2026-12-01T09:00:00+01:00",
      "act_expires_at":"2026-12-08T09:00:00+01:00","expires_at":"2026-12-01T09:05:00+01:00")";
  const std::string said =
      "9f86  repair in 93, usurped, proposed by claire at 2026-12-01T09:00:00+01:00, ";
  CHECK(RenderAct("{" + proposed + "}") ==
        said + "waits for another person until 2026-12-08T09:00:00+01:00");
  CHECK(RenderAct("{" + proposed + R"(,"approved_by":"paul"})") == said + "approved by paul");
  CHECK(RenderAct("{" + proposed + R"(,"withdrawn_by":"paul"})") == said + "withdrawn by paul");
}

TEST_CASE("slots, and where to go on") {
  CHECK(
      RenderSlots(
          R"({"slots":[{"slot":"2026-12-01T09:20","minutes":20,"free":4,"capacity":12}],"next":"2026-12-08"})") ==
      "SLOT              MINUTES  FREE  CAPACITY\n"
      "2026-12-01T09:20       20     4        12\n"
      "more: --from 2026-12-08\n");
  CHECK(RenderSlots(R"({"slots":[]})") == "no slot that can be booked now in these days\n");
}

TEST_CASE("agendas") {
  CHECK(RenderAgendaList(R"({"agendas":[{"agenda":"92","version":2,"phase":"closed",
      "opens_at":"2026-11-23T09:00:00+01:00","title":"Dépôt"}]})") ==
        "AGENDA  VERSION  NOW                            TITLE\n"
        "92            2  closed until 2026-11-23T09:00  Dépôt\n");
  CHECK(RenderAgendaList(R"({"agendas":[]})") == "no agenda has been published yet\n");

  const std::string agenda =
      R"({"agenda":"92","title":"T","version":1,"phase":"open","published_at":"2026-11-22T05:00:00+01:00",
      "rules":{"hold_s":300,"identity":[["dossier","birth_date"],["passport","birth_date"]],"identity_proof":"declared"},
      "channels":{"web":{"published":10,"free":7,"held":1,"confirmed":2}}})";
  const std::string text = RenderAgenda(agenda);
  CHECK(text.find("dossier and birth_date, or passport and birth_date (declared)") !=
        std::string::npos);
  CHECK(text.find("web             10     7     1          2") != std::string::npos);
  CHECK(text.find("opening   always") != std::string::npos);
  CHECK(IdentityAlternatives(agenda) == std::vector<std::vector<std::string>>{
                                            {"dossier", "birth_date"}, {"passport", "birth_date"}});
}

TEST_CASE("an agenda's shares, and what was done to them, are there for anybody to see") {
  const std::string text = RenderAgenda(
      R"({"agenda":"92","channels":{
      "web":{"published":13,"free":7,"held":1,"confirmed":2,"cooling":0,"offered":3,"cancelled":4,
        "by_agents":0,"by_helpers":0,"shifted_in":5,"shifted_out":1},
      "phone":{"published":6,"free":6,"held":0,"confirmed":0,"cooling":0,"offered":0,"cancelled":0,
        "by_agents":12,"by_helpers":8,"shifted_in":0,"shifted_out":5}},
      "by_mandate":2,"court":{"published":3,"given":9,"added":4,"overflow":1}})");
  CHECK(text.find("CHANNEL  PUBLISHED  FREE  HELD  CONFIRMED  COOLING  OFFERED  CANCELLED\n"
                  "web             13     7     1          2        0        3          4\n") !=
        std::string::npos);
  CHECK(text.find("CHANNEL  SHARE  SHIFTED IN  SHIFTED OUT  BY AGENTS  BY HELPERS\n"
                  "web       68 %           5            1          0           0\n"
                  "phone     32 %           0            5         12           8\n"
                  "\nby court order  2 reserved of 3 seats; 9 given ever, of these 4 added and 1 "
                  "from other channels\n") != std::string::npos);
}

TEST_CASE("publications") {
  const std::string body =
      R"({"agenda":"92","version":2,"created":false,"slots":5,"seats_added":1,"seats_withdrawn":2,
      "seats_kept":3,"warnings":[{"line":4,"column":1,"message":"w"}]})";
  CHECK(RenderPublication(body, false) ==
        "92: changed, version 2; 5 slots, 1 seats added, 2 withdrawn, 3 reserved ones kept until "
        "they end\n"
        "warning: 4:1: w\n");
  CHECK(RenderPublication(body, true).find("would change, version 2 is in force") !=
        std::string::npos);
  CHECK(VersionOf(body) == 2);
  CHECK_FALSE(WouldCreate(body));
}

TEST_CASE("problems say what helps") {
  const std::string taken =
      R"({"code":"slot-taken","detail":"Gone.","alternatives":["2026-12-01T09:40","2026-12-01T10:00"]})";
  CHECK(RenderProblem(409, taken) ==
        "refused: slot-taken: Gone.\nfree near it: 2026-12-01T09:40  2026-12-01T10:00\n");
  CHECK(ProblemCode(taken) == "slot-taken");
  CHECK(RenderProblem(
            409, R"({"code":"not-open-yet","detail":"No.","opens_at":"2026-11-23T09:00:00+01:00"})")
            .find("opens at: 2026-11-23T09:00\n") != std::string::npos);
  CHECK(RenderProblem(422, R"({"code":"validation-failed","detail":"D","errors":[
      {"pointer":"/applicant/birth_date","message":"m"},{"parameter":"to","message":"n"},{"line":3,"column":2,"message":"o"},{"line":0,"column":0,"message":"p"}]})") ==
        "refused: validation-failed: D\n/applicant/birth_date: m\nto: n\n3:2: o\np\n");
  CHECK(RenderProblem(502, "<html>") == "refused: HTTP 502, without saying why\n");
}

TEST_CASE("nonsense breaks nothing") {
  for (const char* body :
       {"", "null", "[]", "{", "{}", R"({"agendas":7,"slots":{},"rules":[],"errors":[1]})",
        R"({"agendas":[1],"slots":["x"],"rules":{"identity":[1,[2]]},"version":"x"})"}) {
    INFO(body);
    CHECK_NOTHROW(RenderAgendaList(body) + RenderAgenda(body) + RenderSlots(body) +
                  RenderReservation(body) + RenderPublication(body, true) +
                  RenderProblem(500, body) + NameOf(body) + WithoutKey(body));
    CHECK(IdentityAlternatives(body).empty());
    CHECK(VersionOf(body) == 0);
  }
}

TEST_CASE("a queue") {
  CHECK(RenderQueue(R"({"agenda":"92","phase":"open","paused":true,"opening":"2026-12-01",
      "gathers_at":"2026-12-01T08:30:00+01:00","opens_at":"2026-12-01T09:00:00+01:00",
      "closes_at":"2026-12-01T10:00:00+01:00","served_rank":"1234","served":80,"rate_per_min":60,
      "gathered":200,"waiting":120,"free":500,"k":"ab","chain_end":"cd","chain_from":"2026-01-01",
      "rate_cap_per_min":90,"draining":true,"limited_by":"rate"})") ==
        "agenda      92\n"
        "opening     2026-12-01\n"
        "now         open until 2026-12-01T10:00, PAUSED, DRAINING\n"
        "gathered    200\n"
        "waiting     120\n"
        "admitted    80, up to rank 1234\n"
        "rate        60 a minute, at most 90\n"
        "limited by  rate\n"
        "free        500\n"
        "k           ab\n"
        "chain       from 2026-01-01, ends in cd\n");
  // What has no queue has nothing to say about one.
  CHECK(RenderQueue(R"({"agenda":"93","phase":"closed","opens_at":"2026-12-01T09:00:00+01:00",
      "paused":true,"served":0,"free":0,"limited_by":""})") ==
        "agenda  93\nnow     closed until 2026-12-01T09:00, PAUSED\n");
  CHECK(RenderRoster(R"({"agenda":"92","listed":3})") == "92: 3 people are listed now\n");
}

TEST_CASE("lines of a part of a file are those of the file") {
  const std::string problem =
      R"({"errors":[{"line":2,"message":"m"},{"line":1},{"line":0},{"pointer":"/a"},7],"code":"c"})";
  CHECK(WithLinesOfFile(problem, 0) == problem);
  CHECK(
      WithLinesOfFile(problem, 40) ==
      R"({"errors":[{"line":42,"message":"m"},{"line":1},{"line":0},{"pointer":"/a"},7],"code":"c"})");
  CHECK(WithLinesOfFile("none", 40) == "none");
}

}  // namespace
}  // namespace creneau::ctl
