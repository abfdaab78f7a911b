// The end of a pepper (booking/pepper_retire.cc).
#include <sstream>

#include "tests/booking/faulty_files.h"
#include "tests/booking/pepper_fixture.h"

namespace creneau::booking {
namespace {

constexpr int64_t kMsPerDay = 24 * kMsPerHour;

// The default, as the fixture's agenda has it.
void PassRetention(World& world) {
  world.clock.now = world.clock.now + limits::kRetentionDays * kMsPerDay;
}

Subject SubjectWith(const std::string& pepper_text, const World& world, std::string_view dossier) {
  const auto bytes = FromHex(pepper_text.substr(0, 64));
  REQUIRE(bytes);
  rules::Pepper pepper;
  std::copy(bytes->begin(), bytes->end(), pepper.begin());
  return rules::Identify(world.engine->FindAgenda("93-titres")->rules, Peppered::Person(dossier),
                         KeyedHash(pepper), world.clock.now)
      .subject;
}

bool AnyFileHas(const std::string& directory, std::string_view bytes) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    std::ostringstream all;  // one by one, as an iterator has them, takes seconds
    all << in.rdbuf();
    if (all.view().find(bytes) != std::string::npos) return true;
  }
  return false;
}

std::string TwoEpochs(Peppered& office) {
  const std::string pepper = office.KeyText("pepper.1");
  REQUIRE(office.Renew(2).moved.size() == 1);
  return pepper;
}

}  // namespace

TEST_CASE("what was hashed with a pepper that is destroyed can be connected to nobody") {
  Peppered office;
  const auto held = office.Hold("FILE1");
  REQUIRE(office.Do(&Engine::Cancel, held.reservation).outcome == Outcome::kOk);
  const std::string pepper = TwoEpochs(office);
  const Subject subject = SubjectWith(pepper, office, "FILE1");
  const std::string in_the_log(reinterpret_cast<const char*>(&subject), sizeof subject.lo);
  PassRetention(office);
  const RetireAnswer dry = office.Retire(1, /*dry_run=*/true);
  CHECK(dry.outcome == Outcome::kOk);
  CHECK(office.HasKey("pepper.1"));
  // Another name of the same file: what is on the disk when its name is gone.
  std::filesystem::create_hard_link(office.KeyPath("pepper.1"), office.directory + "/linked");
  const RetireAnswer retired = office.Retire(1);
  INFO(retired.problem);
  REQUIRE(retired.outcome == Outcome::kOk);
  CHECK_FALSE(retired.existed);
  CHECK(office.Retire(1).existed);  // its reply was lost
  // The pseudonym is still there: it is the evidence. Whose it is, no file can tell any more.
  CHECK(AnyFileHas(office.directory + "/data", in_the_log));
  CHECK_FALSE(office.HasKey("pepper.1"));
  CHECK_FALSE(AnyFileHas(office.directory, pepper.substr(0, 64)));
  CHECK(office.KeyText("../linked") == std::string(65, '\0'));
  CHECK(SubjectWith(office.KeyText("pepper.2"), office, "FILE1") != subject);

  const LogLines log = office.Log();  // and starts
  CHECK(log.Find("\"what\":\"retire-pepper\"") + 1 == log.Find("\"retired\":true"));
  CHECK(office.engine->start_report().peppers.empty());
  REQUIRE(office.engine->TakeSnapshot().ok());
  office.Again();
  const std::vector<PepperListing> all = office.engine->ListPeppers();
  REQUIRE(all.size() == 2);
  CHECK(all[0].retired);
  CHECK_FALSE(all[1].retired);
  CHECK(office.Retire(1).existed);
}

TEST_CASE(
    "a pepper that somebody needs is not destroyed, and the refusal says who and until when") {
  Peppered office;
  REQUIRE(office.Publish("14-titres", AgendaToml("14-titres", "retention_days = 400")).outcome ==
          Outcome::kOk);
  const Instant left = office.clock.now;
  struct Case {
    std::function<void()> before;
    uint32_t epoch;
    Outcome outcome;
    std::string says;
  };
  const auto nothing = [] {};
  const auto at = [&](int64_t days) {
    return [&office, left, days] { office.clock.now = left + days * kMsPerDay; };
  };
  const Case cases[] = {
      {nothing, 0, Outcome::kValidationFailed, "is of no pepper"},
      {nothing, 2, Outcome::kValidationFailed, "is of no pepper"},
      {nothing, 1, Outcome::kPepperInUse, "Agendas still use it: 14-titres, 93-titres."},
      {[&] { REQUIRE(office.Renew(2, "93-titres").moved.size() == 1); }, 1, Outcome::kPepperInUse,
       "Agendas still use it: 14-titres."},
      {[&] { REQUIRE(office.Renew(3).moved.size() == 2); }, 3, Outcome::kPepperInUse,
       "Agendas still use it: 14-titres, 93-titres."},
      {nothing, 1, Outcome::kPepperInUse,
       "Agenda 14-titres has used it and keeps what it has for 400 days (retention_days): not "
       "before 2028-01-04T09:00:00Z."},
      {nothing, 2, Outcome::kPepperInUse, "Agenda 93-titres has used it"},
      {at(365), 2, Outcome::kOk, ""},
      {at(400), 4, Outcome::kValidationFailed, "is of no pepper"},
      {[&] { REQUIRE(office.Hold("FILE1").outcome != Outcome::kPepperInUse); }, 1, Outcome::kOk,
       ""},
  };
  for (const Case& one : cases) {
    one.before();
    const RetireAnswer answer = office.Retire(one.epoch);
    INFO(one.epoch << ": " << answer.problem);
    CHECK(answer.outcome == one.outcome);
    CHECK(answer.problem.find(one.says) == 0);
  }
  office.Again();
  CHECK(office.EpochOf("14-titres") == 3);
}

TEST_CASE("nobody uses the newest: it is still what new agendas begin with") {
  Peppered office;
  REQUIRE(office.Hold("FILE1").outcome == Outcome::kOk);
  REQUIRE(office.Renew(2).made);
  const RetireAnswer answer = office.Retire(2);
  CHECK(answer.outcome == Outcome::kPepperInUse);
  CHECK(answer.problem.find("It is the newest") == 0);
}

TEST_CASE(
    "a process that dies while it destroys a pepper leaves the old state, or a start ends it") {
  bool old_state = false;
  for (int at = 1;; ++at) {
    INFO("operation " << at);
    Peppered office;
    const std::string pepper = TwoEpochs(office);
    PassRetention(office);
    FaultyFiles faulty(office.files, "/keys");
    office.disk = &faulty;
    office.Restart();
    faulty.operations = 0;
    faulty.die_at = at;
    const RetireAnswer answer = office.Retire(1);
    const bool died = faulty.operations >= at;
    CHECK(answer.outcome == (died ? Outcome::kOutcomeUnknown : Outcome::kOk));
    faulty.die_at = 0;
    office.disk = &office.files;
    const bool left = office.HasKey("pepper.1");
    office.Restart();
    if (office.engine->ListPeppers()[0].retired) {
      CHECK_FALSE(office.HasKey("pepper.1"));
      CHECK_FALSE(AnyFileHas(office.directory, pepper.substr(0, 64)));
      CHECK(office.engine->start_report().peppers.size() == (left ? 1 : 0));
    } else {
      old_state = true;
      CHECK(office.KeyText("pepper.1") == pepper);
    }
    CHECK(office.Retire(1).outcome == Outcome::kOk);
    CHECK_FALSE(office.HasKey("pepper.1"));
    if (!died) break;
  }
  CHECK_FALSE(old_state);  // the log comes first, and it does not die here
}

TEST_CASE("a pepper that comes back from a backup of the keys is destroyed by the next start") {
  Peppered office;
  const std::string pepper = TwoEpochs(office);
  PassRetention(office);
  REQUIRE(office.Retire(1).outcome == Outcome::kOk);
  office.Stop();
  office.PutKey("pepper.1", pepper);
  office.Start();
  CHECK_FALSE(office.HasKey("pepper.1"));
  REQUIRE(office.engine->start_report().peppers.size() == 1);
  CHECK(office.engine->start_report().peppers[0].find("is destroyed now") != std::string::npos);
  // Another engine's, by a wrong --keys or a mistaken copy: not ours to destroy.
  office.Stop();
  const std::string foreign = std::string(64, 'a') + "\n";
  office.PutKey("pepper.1", foreign);
  office.Start();
  CHECK(office.KeyText("pepper.1") == foreign);
  REQUIRE(office.engine->start_report().peppers.size() == 1);
  CHECK(office.engine->start_report().peppers[0].find("was left alone") != std::string::npos);
}

TEST_CASE("an older backup whose pepper is destroyed does not start, and says what to do") {
  Peppered office;
  const std::string data = office.directory + "/data";
  office.Stop();
  std::filesystem::copy(data, office.directory + "/backup",
                        std::filesystem::copy_options::recursive);
  office.Start();
  TwoEpochs(office);
  PassRetention(office);
  REQUIRE(office.Retire(1).outcome == Outcome::kOk);
  office.Stop();
  std::filesystem::remove_all(data);
  std::filesystem::rename(office.directory + "/backup", data);
  EngineOptions options;
  options.data = data;
  options.keys = office.directory + "/keys";
  options.steward_thread = false;
  const auto opened = Engine::Open(options, office.files, office.clock, office.entropy, nullptr);
  REQUIRE(absl::IsFailedPrecondition(opened.status()));
  const std::string message(opened.status().message());
  CHECK(message.find("pepper.1 was destroyed (creneauctl key retire), 2027-11-30T09:00:00Z, and "
                     "agenda 93-titres still needs it here") != std::string::npos);
  CHECK(message.find("Restore a backup from after that") != std::string::npos);
}

TEST_CASE("a number whose pepper was destroyed in a state that is lost is not given again") {
  Peppered office;
  office.PutKey("pepper.2.retired", "2026-11-30T09:00:00Z\n");
  CHECK(office.Renew(2).outcome == Outcome::kValidationFailed);
  CHECK(office.Renew(3).moved.size() == 1);
  office.Again();
  CHECK(office.EpochOf("93-titres") == 3);
}

}  // namespace creneau::booking
