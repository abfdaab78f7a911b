// The website's word for an applicant: what is believed, of what once, and that whatever is wrong
// with it is told in the same words.
#include "proof/assertion.h"

#include <fstream>

#include "booking/assertions.h"
#include "booking/families.h"
#include "tests/booking/queue_fixture.h"

namespace creneau::booking {
namespace {

using proof::Assertion;

constexpr proof::Seed kSite{1, 2, 3};
constexpr proof::Seed kStranger{4, 5, 6};
constexpr int64_t kDay = 24 * kMsPerHour;

// An engine that knows one site's key.
class Site {
 public:
  explicit Site(std::vector<std::string> agendas = {}) {
    key.id = "7K3M9QXA";
    key.role = rules::Role::kSite;
    key.person = "site-93";
    key.agendas = std::move(agendas);
    key.created = world.clock.now;
    key.expires = world.clock.now + kDay;
    key.assert_key = proof::PublicKeyOf(kSite);
    Reload();
    const PublishAnswer published =
        world.Publish("93-titres", AgendaToml("93-titres",
                                              "identity_proof = \"asserted\"\n"
                                              "waitlist = true\n"));
    REQUIRE(published.outcome == Outcome::kOk);
    warnings = published.warnings.size();
    world.clock.now = world.clock.now + 60'000;
  }
  void Reload() {
    std::ofstream(world.directory + "/keys/staff") << WriteStaffKeys({key});
    REQUIRE(world.engine->ReloadStaffKeys().ok());
  }

  // As a good website makes it, another nonce each time.
  Assertion For(const std::string& dossier) {
    const proof::NamedField fields[] = {{"birth_date", "1990-05-17"}, {"dossier", dossier}};
    Assertion said;
    std::copy(key.id.begin(), key.id.end(), said.key.begin());
    said.issued_at = world.clock.now;
    said.expires_at = said.issued_at + limits::kAssertionLifeMs;
    world.entropy.Fill(said.nonce);
    said.audience = proof::AudienceOf("93-titres");
    said.applicant = proof::ApplicantDigest(fields);
    return said;
  }
  ReservationAnswer Hold(const std::string& dossier, const std::string& assertion,
                         const std::string& key_sent = "", const std::string& slot = "") {
    HoldRequest request;
    request.agenda = "93-titres";
    request.applicant.fields[static_cast<size_t>(rules::IdentityField::kDossier)] = dossier;
    request.applicant.fields[static_cast<size_t>(rules::IdentityField::kBirthDate)] = "1990-05-17";
    request.assertion = assertion;
    request.idempotency_key = key_sent;
    if (!slot.empty()) request.slot = ParseLocalMinute(slot);
    request.body_hash = slot.empty() ? 1 : std::hash<std::string>{}(slot);
    world.act->Begin();
    ReservationAnswer answer = world.engine->Hold(*world.act, request, world.clock.now);
    REQUIRE(world.wait.Finish(*world.act));
    return answer;
  }
  bool Believes(const std::string& dossier, const std::string& assertion) {
    const ReservationAnswer answer = Hold(dossier, assertion);
    if (answer.outcome == Outcome::kOk || answer.outcome == Outcome::kAlreadyReserved) return true;
    CHECK(answer.outcome == Outcome::kValidationFailed);
    REQUIRE(answer.problems.size() == 1);
    CHECK(answer.problems[0].pointer == "/assertion");
    if (!assertion.empty()) {
      if (words.empty()) words = answer.problems[0].message;
      CHECK(answer.problems[0].message == words);
    }
    return false;
  }

  World world;
  StaffKey key;
  std::string words;
  size_t warnings = 0;
};

template <typename Change>
bool Believed(Change change) {
  Site site;
  Assertion said = site.For("A1234");
  change(site, said);
  return site.Believes("A1234", SignAssertion(said, kSite));
}

}  // namespace

TEST_CASE("a statement reads back, has one spelling, and each of its octets counts") {
  Site site;
  const std::string text = SignAssertion(site.For("A1234"), kSite);
  REQUIRE(text.size() == proof::kAssertionChars);
  const auto read = proof::ReadAssertion(text);
  REQUIRE(read);
  CHECK(read->key_id() == "7K3M9QXA");
  CHECK(read->issued_at == site.world.clock.now);
  CHECK(proof::IsSignedBy(text, proof::PublicKeyOf(kSite)));
  CHECK(!proof::IsSignedBy(text, proof::PublicKeyOf(kStranger)));
  for (size_t i = 0; i < text.size(); ++i) {
    std::string wrong = text;
    wrong[i] = wrong[i] == 'A' ? 'B' : 'A';
    CHECK(!proof::IsSignedBy(wrong, proof::PublicKeyOf(kSite)));
    CHECK(!proof::ReadAssertion(text.substr(0, i)));
    for (const char c : {'=', '\xbf', '\0'}) {
      wrong[i] = c;
      CHECK(!proof::ReadAssertion(wrong));
    }
  }
  CHECK(!proof::ReadAssertion(text + "A"));
}

TEST_CASE("of a family each has the website's word, in their order") {
  Site site;
  REQUIRE(site.world
              .Publish("93-titres",
                       AgendaToml("93-titres", "identity_proof = \"asserted\"\nparty_max = 3\n"))
              .outcome == Outcome::kOk);
  const auto together = [&](const std::string& said) {
    std::vector<rules::Applicant> people(2);
    for (size_t i = 0; i < people.size(); ++i) {
      people[i].fields[static_cast<size_t>(rules::IdentityField::kDossier)] =
          i == 0 ? "A1234" : "A5678";
      people[i].fields[static_cast<size_t>(rules::IdentityField::kBirthDate)] = "1990-05-17";
    }
    PartyRequest request{.agenda = "93-titres", .applicants = people, .assertion = said};
    site.world.act->Begin();
    PartyAnswer answer =
        HoldForParty(*site.world.engine, *site.world.act, request, site.world.clock.now);
    REQUIRE(site.world.wait.Finish(*site.world.act));
    return answer.about;
  };
  const std::string first = SignAssertion(site.For("A1234"), kSite);
  const std::string second = SignAssertion(site.For("A5678"), kSite);
  for (const std::string& said :
       {std::string(), first, second + " " + first, first + " " + first}) {
    const ReservationAnswer refused = together(said);
    CHECK(refused.outcome == Outcome::kValidationFailed);
    CHECK(refused.problems.at(0).pointer == "/assertion");
  }
  CHECK(together(first + " " + second).outcome == Outcome::kOk);
}

TEST_CASE("the fields are hashed with their lengths: none runs into the next") {
  using Fields = std::vector<proof::NamedField>;
  const auto digest = [](const Fields& fields) { return proof::ApplicantDigest(fields); };
  CHECK(digest({{"dossier", "A1"}}) == digest({{"dossier", "A1"}}));
  CHECK(digest({{"dossier", "A1"}}) != digest({{"dossier", "a1"}}));
  CHECK(digest({{"a", "bc"}}) != digest({{"ab", "c"}}));
  CHECK(digest({{"a", "b"}, {"c", "d"}}) != digest({{"a", "bc"}, {"", "d"}}));
  CHECK(proof::AudienceOf("93-titres") != proof::AudienceOf("93-titre"));
}

TEST_CASE("a site's word is believed for what it says, and for nothing else") {
  CHECK(Believed([](Site&, Assertion&) {}));
  CHECK(!Believed([](Site&, Assertion& said) { said.key[0] = '0'; }));
  CHECK(!Believed(
      [](Site&, Assertion& said) { said.audience = proof::AudienceOf("92-naturalisation"); }));
  CHECK(!Believed([](Site& site, Assertion& said) { said = site.For("A1235"); }));
  // Its time.
  CHECK(!Believed([](Site& site, Assertion& said) { said.expires_at = site.world.clock.now; }));
  CHECK(Believed([](Site& site, Assertion& said) { said.expires_at = site.world.clock.now + 1; }));
  CHECK(!Believed([](Site&, Assertion& said) { said.expires_at = said.expires_at + 1; }));
  CHECK(Believed(
      [](Site&, Assertion& said) { said.issued_at = said.issued_at + limits::kAssertionSkewMs; }));
  CHECK(!Believed([](Site&, Assertion& said) {
    said.issued_at = said.issued_at + (limits::kAssertionSkewMs + 1);
  }));
  CHECK(Believed([](Site&, Assertion& said) {
    said.issued_at = said.issued_at - 60'000;  // the moment at which the engine began
    said.expires_at = said.expires_at - 60'000;
  }));
  CHECK(!Believed([](Site&, Assertion& said) {
    said.issued_at = said.issued_at - 60'001;
    said.expires_at = said.expires_at - 60'001;
  }));
  CHECK(!Believed([](Site&, Assertion& said) {
    said.issued_at = Instant{-1};
    said.expires_at = Instant{-1};
  }));
  // Its key.
  CHECK(!Believed([](Site& site, Assertion&) {
    site.key.revoked = site.world.clock.now;
    site.Reload();
  }));
  CHECK(!Believed([](Site& site, Assertion&) {
    site.key.expires = site.world.clock.now;
    site.Reload();
  }));
  CHECK(!Believed([](Site& site, Assertion&) {
    site.key.assert_key.reset();
    site.Reload();
  }));
  CHECK(!Believed([](Site& site, Assertion&) {
    site.key.assert_key = proof::PublicKeyOf(kStranger);
    site.Reload();
  }));
  CHECK(!Believed([](Site& site, Assertion&) {
    site.key.agendas = {"92-naturalisation"};
    site.Reload();
  }));
}

TEST_CASE("without the website's word nobody books, and the office is told when none can give it") {
  Site site;
  CHECK(site.warnings == 0);
  CHECK(Site({"92-naturalisation"}).warnings == 1);
  CHECK(!site.Believes("A1234", ""));
  CHECK(!site.Believes("A1234", "x"));
  CHECK(!site.Believes("A1234", std::string(proof::kAssertionChars, 'A')));
  CHECK(!site.Believes("A1234", SignAssertion(site.For("A1234"), kStranger)));
  // Where it is not asked for, nobody looks at it.
  World world;
  REQUIRE(world.Publish("93-titres", AgendaToml()).outcome == Outcome::kOk);
  CHECK(world.Hold("A1234").outcome == Outcome::kOk);
}

TEST_CASE("a statement is good for one request, and for the same one again") {
  Site site;
  const std::string one(22, '1');
  const std::string other(22, '2');
  const std::string said = SignAssertion(site.For("A1234"), kSite);
  const ReservationAnswer held = site.Hold("A1234", said, one);
  REQUIRE(held.outcome == Outcome::kOk);
  const ReservationAnswer again = site.Hold("A1234", said, one);  // its reply was lost
  CHECK(again.existed);
  CHECK(again.reservation.name.view() == held.reservation.name.view());
  CHECK(site.Hold("A1234", said, other).outcome == Outcome::kValidationFailed);
  CHECK(site.Hold("A1234", said).outcome == Outcome::kValidationFailed);
  CHECK(site.Hold("A1234", said, one).existed);
  // Another statement, the same key: the same reservation, also after the first one has expired.
  site.world.clock.now = site.world.clock.now + (limits::kAssertionLifeMs - 1000);
  CHECK(site.Hold("A1234", SignAssertion(site.For("A1234"), kSite), one).existed);
  // A restart has forgotten what was shown, and believes nothing that is older.
  const std::string before = SignAssertion(site.For("A1235"), kSite);
  REQUIRE(site.Hold("A1235", before, one).outcome == Outcome::kOk);
  site.world.clock.now = site.world.clock.now + 1;
  site.world.Restart();
  CHECK(site.Hold("A1235", before, other).outcome == Outcome::kValidationFailed);
  CHECK(site.Hold("A1235", before, one).outcome == Outcome::kValidationFailed);
  CHECK(site.Hold("A1235", SignAssertion(site.For("A1235"), kSite), one).existed);
}

TEST_CASE(
    "a queue of vouched people needs no word on invented ones; a ticket asks for a statement") {
  Queue queue(8, "identity_proof = \"asserted\"");
  queue.GoTo(8, 40);
  const TicketAnswer refused = queue.Ticket("FILE1");
  CHECK(refused.outcome == Outcome::kValidationFailed);
  REQUIRE(refused.problems.size() == 1);
  CHECK(refused.problems[0].pointer == "/assertion");
}

TEST_CASE("nonces: good again for the same, never for something else, until they expire") {
  surge::SpentNonces spent(surge::Cells::Salt{}, surge::Cells::kWays);
  const Instant now{1'796'029'200'000};
  const Instant expires = now + limits::kAssertionLifeMs;
  const auto name = [](int i) { return "nonce" + std::to_string(i); };
  CHECK(spent.Spend(name(0), "H1", expires, now));
  CHECK(spent.Spend(name(0), "H1", expires, now + 1000));
  CHECK(!spent.Spend(name(0), "H2", expires, now));
  CHECK(!spent.Spend(name(0), "T", expires, now));
  CHECK(spent.Spend(name(1), "H2", expires, now));
  CHECK(spent.Spend(name(0), "H2", expires + 2000 * kMsPerSecond, expires + 2000));
  // One set: of nine that are alive, the one that expires first gives way.
  surge::SpentNonces full(surge::Cells::Salt{}, surge::Cells::kWays);
  for (int i = 0; i < 9; ++i)
    CHECK(full.Spend(name(i), "H1", now + 100'000 + i * kMsPerSecond, now));
  CHECK(!full.Spend(name(8), "H2", now + 108'000, now));
  CHECK(full.Spend(name(0), "H2", now + 100'000, now));
}

}  // namespace creneau::booking
