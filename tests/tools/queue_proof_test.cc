// What anybody can check of an opening from what was published, and that each untruth is found.
#include "tools/creneauctl/queue_proof.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "surge/key_chain.h"
#include "surge/ticket.h"

namespace creneau::ctl {
namespace {

constexpr int32_t kDay = 20788;  // 2026-12-01

// What an honest engine publishes of 2026-12-01.
struct World {
  KeyedHash::Key secret{1, 2, 3};
  surge::KeyChain chain{secret, "92"};
  KeyedHash mac{secret};
  std::string end = Hex(chain.End());

  std::string KeyOf(int32_t day) const { return Hex(*chain.KeyOf(day)); }
  NamedText Agenda() const {
    return {"agenda.json",
            R"({"agenda":"92","rules":{"chain_from":"2026-01-01","chain_end":")" + end + "\"}}"};
  }
  NamedText Status(int minute, const std::string& k, const std::string& served_rank) const {
    const std::string name = "09" + std::to_string(10 + minute) + ".json";
    std::string text = R"({"agenda":"92","opening":"2026-12-01","now":"2026-12-01T09:)" +
                       std::to_string(10 + minute) + R"(:00+01:00","served_rank":")" + served_rank +
                       R"(","chain_end":")" + end + "\"";
    if (!k.empty()) text += R"(,"k":")" + k + "\"";
    return {name, text + "}"};
  }
  std::string Ticket(uint8_t who, uint32_t bucket = 0, int32_t day = kDay,
                     uint32_t agenda = 3) const {
    surge::Ticket ticket;
    ticket.opening = {AgendaId{agenda}, day};
    ticket.bucket.value = bucket;
    ticket.tag.fill(who);
    return std::string(surge::Sign(mac, ticket).view());
  }
  uint64_t RankOf(uint8_t who, uint32_t bucket = 0) const {
    surge::Tag tag;
    tag.fill(who);
    return surge::RankOf(*chain.KeyOf(kDay), tag, surge::Bucket{bucket}).value;
  }
};

std::string Failure(const World& world, const std::vector<NamedText>& statuses,
                    const std::string& tickets = "") {
  const auto proof = ProveQueue(world.Agenda(), statuses, NamedText{"tickets", tickets});
  if (proof.ok()) return "";
  return std::string(absl::IsDataLoss(proof.status()) ? "untrue: " : "unusable: ") +
         std::string(proof.status().message());
}

TEST_CASE("what is right is found right: K, ranks, places, who was admitted") {
  const World world;
  const std::string k = world.KeyOf(kDay);
  const std::string served = std::to_string(world.RankOf(1));
  // The first one's rank is told, the third is the first one's second ticket, the last came late.
  const std::string tickets = world.Ticket(1) + " " + served + "\n" + world.Ticket(2) + "\n\n" +
                              world.Ticket(1) + "\r\n" + world.Ticket(3, 7) + "\n";
  const auto proof =
      ProveQueue(world.Agenda(),
                 {world.Status(0, "", "0"), world.Status(1, k, "0"), world.Status(2, k, served)},
                 NamedText{"tickets", tickets});
  INFO(proof.status().message());
  REQUIRE(proof.ok());
  CHECK(proof->k == k);
  CHECK(proof->hashes == 335);  // the 335th day of the year: hashed once for the first
  CHECK(proof->documents == 3);
  REQUIRE(proof->tickets.size() == 4);
  const bool first = world.RankOf(1) < world.RankOf(2);
  CHECK(proof->tickets[0].place == (first ? 1 : 2));
  CHECK(proof->tickets[1].place == (first ? 2 : 1));
  CHECK(proof->tickets[2].place == proof->tickets[0].place);
  CHECK(proof->tickets[2].line == 4);
  CHECK(proof->tickets[3].place == 3);
  CHECK(proof->tickets[0].admitted);
  CHECK(proof->tickets[1].admitted != first);
  CHECK(!proof->tickets[3].admitted);
}

TEST_CASE("what a beacon gave is mixed in, once, and told; or it is told that nothing was") {
  const World world;
  const surge::ChainValue k_chain = *world.chain.KeyOf(kDay);
  const auto agenda = [&](const std::string& beacon) {
    NamedText file = world.Agenda();
    file.text.insert(file.text.size() - 2, ",\"beacon\":\"" + beacon + "\"");
    return file;
  };
  // Of minute 1, with what is told of the beacon.
  const auto status = [&](const std::string& k, const std::string& told) {
    NamedText file = world.Status(1, k, "0");
    file.text.insert(file.text.size() - 1, told);
    return file;
  };
  const auto gave = [&](const std::string& value) {
    return R"(,"k_chain":")" + Hex(k_chain) + R"(","beacon":{"source":"Loto","value":")" + value +
           "\"}";
  };
  const std::string mixed = Hex(surge::WithBeacon(k_chain, "7 12"));
  const std::string plain = Hex(k_chain);
  const std::string without = R"(,"beacon":{"source":"Loto","without":true})";
  const auto said = [&](const NamedText& of_agenda, const std::vector<NamedText>& statuses) {
    const auto proof = ProveQueue(of_agenda, statuses, std::nullopt);
    return proof.ok() ? proof->beacon + ": " + proof->beacon_value
                      : std::string(proof.status().message());
  };
  CHECK(said(agenda("Loto"), {status(mixed, gave("7 12"))}) == "Loto: 7 12");
  CHECK_THAT(said(agenda("Loto"), {status(plain, without)}),
             Catch::Contains("began without its beacon"));
  CHECK(ProveQueue(agenda("Loto"), {status(plain, without)}, std::nullopt, true).ok());
  CHECK_THAT(said(agenda("Bourse"), {status(mixed, gave("7 12"))}),
             Catch::Contains("its beacon is \"Loto\", and the agenda's \"Bourse\""));
  CHECK_THAT(said(agenda("Loto"), {status(mixed, gave("7 13"))}),
             Catch::Contains("K is not what mixing 7 13"));
  CHECK_THAT(said(agenda("Loto"), {status(plain, gave("7 12"))}), Catch::Contains("K is not what"));
  CHECK_THAT(said(agenda("Loto"), {status(plain, "")}),
             Catch::Contains("does not say what its beacon gave"));
  CHECK_THAT(said(world.Agenda(), {status(mixed, gave("7 12"))}),
             Catch::Contains("names no beacon"));
  NamedText later = status(mixed, gave("8 12"));
  CHECK_THAT(said(agenda("Loto"), {status(mixed, gave("7 12")), later}),
             Catch::Contains("the beacon gave 8 12, and 7 12"));
  // Tickets have the rank that they have with K as it was mixed.
  const auto proof = ProveQueue(agenda("Loto"), {status(mixed, gave("7 12"))},
                                NamedText{"tickets", world.Ticket(1)});
  REQUIRE(proof.ok());
  surge::Tag tag;
  tag.fill(1);
  CHECK(proof->tickets[0].rank ==
        surge::RankOf(surge::WithBeacon(k_chain, "7 12"), tag, surge::Bucket{0}));
}

TEST_CASE("each untruth is found, with the file it stands in") {
  const World world;
  const std::string k = world.KeyOf(kDay);
  const NamedText good = world.Status(1, k, "500");
  World other;
  other.end = Hex(surge::KeyChain(world.secret, "93").End());
  struct Case {
    std::vector<NamedText> statuses;
    std::string tickets;
    std::string said;
  };
  const Case cases[] = {
      {{world.Status(1, world.KeyOf(kDay + 1), "0")}, "", "0911.json: K does not belong"},
      {{world.Status(1, "ab", "0")}, "", "0911.json: K does not belong"},
      {{good, world.Status(2, world.KeyOf(kDay + 1), "500")}, "", "0912.json: K is "},
      {{good, world.Status(2, "", "500")}, "", "0912.json: K is gone"},
      {{good, world.Status(2, k, "499")}, "", "0912.json: served_rank fell to 499 from 500"},
      {{other.Status(1, k, "0")}, "", "0911.json: chain_end is "},
      {{good}, absl::StrCat(world.Ticket(1), " 7"), "tickets, line 1: the ticket's rank is "},
      {{good},
       absl::StrCat("\n", world.Ticket(1, 0, kDay + 1)),
       "tickets, line 2: the ticket is of the opening "
       "of 2026-12-02"},
      {{good},
       absl::StrCat(world.Ticket(1), "\n", world.Ticket(2, 0, kDay, 4)),
       "line 2: the ticket is of "
       "another agenda"},
  };
  for (const Case& one : cases) {
    const std::string failure = Failure(world, one.statuses, one.tickets);
    INFO(failure << "\nwanted: " << one.said);
    CHECK(failure.rfind("untrue: ", 0) == 0);
    CHECK(failure.find(one.said) != std::string::npos);
  }
}

TEST_CASE("files that are something else, or say too little, are not untrue") {
  const World world;
  const std::string k = world.KeyOf(kDay);
  const NamedText good = world.Status(1, k, "500");
  NamedText tomorrow = world.Status(2, k, "500");
  tomorrow.text.replace(tomorrow.text.find("2026-12-01"), 10, "2026-12-02");
  struct Case {
    std::vector<NamedText> statuses;
    std::string tickets;
    std::string said;
  };
  const Case cases[] = {
      {{}, "", "no status document"},
      {{{"x.json", "{}"}}, "", "x.json: is not the status of a queue"},
      {{world.Status(1, "", "0")}, "", "has no K yet"},
      {{good, world.Status(0, k, "500")}, "", "0910.json: is older than 0911.json"},
      {{good, tomorrow}, "", "give those of one opening"},
      {{good}, "nonsense", "tickets, line 1: is no ticket"},
  };
  for (const Case& one : cases) {
    const std::string failure = Failure(world, one.statuses, one.tickets);
    INFO(failure << "\nwanted: " << one.said);
    CHECK(failure.rfind("unusable: ", 0) == 0);
    CHECK(failure.find(one.said) != std::string::npos);
  }
  const auto no_agenda = ProveQueue({"a.json", R"({"agenda":"92"})"}, {good}, std::nullopt);
  CHECK(absl::IsInvalidArgument(no_agenda.status()));
}

}  // namespace
}  // namespace creneau::ctl
