// Who did what stands in the log just before what was done, and only where something was.
#include "booking/attribution.h"

#include "booking/audit.h"
#include "codec/event.h"
#include "tests/booking/queue_fixture.h"
#include "wal/reader.h"

namespace creneau::booking {
namespace {

// Of each record that is not an act's attribution and follows one: that one's words.
class Deeds final : public wal::RecordReader {
 public:
  absl::Status Read(Lsn, Instant, std::string_view record) override {
    const auto decoded = codec::DecodeRecord(record);
    REQUIRE(decoded.ok());
    if (const auto* act = std::get_if<codec::StaffAct>(&*decoded)) {
      CHECK(act->person == kTester.person);
      CHECK(act->agenda == (act->what == "snapshot" ? "" : "92-naturalisation"));
      told.push_back(act->what);
    } else if (std::holds_alternative<codec::CalendarPart>(*decoded)) {
      told.back() += "+calendar";
    } else if (std::holds_alternative<codec::OpeningState>(*decoded)) {
      if (!told.back().ends_with("+opening")) told.back() += "+opening";
    } else if (std::holds_alternative<codec::RosterPart>(*decoded)) {
      told.back() += "+roster";
    }
    return absl::OkStatus();
  }
  absl::Status EndBatch(const wal::Head&) override { return absl::OkStatus(); }

  std::vector<std::string> told;
};

}  // namespace

TEST_CASE("an act of the staff is attributed before its records; what is refused is not") {
  Queue queue;
  Engine& engine = *queue.world.engine;
  using What = OpeningOrder::What;
  CHECK(queue.Order(What::kExtend, 15).outcome == Outcome::kValidationFailed);
  REQUIRE(queue.Order(What::kPause).outcome == Outcome::kOk);
  REQUIRE(queue.Order(What::kResume).outcome == Outcome::kOk);
  const std::string csv = "dossier,birth_date\nFILE1,1990-05-17\n";
  CHECK(engine.ImportRoster({"92-naturalisation", csv, false, true}, kTester).people == 1);
  REQUIRE(engine.ImportRoster({"92-naturalisation", csv, false}, kTester).listed == 1);
  const std::string file = Dossier(1);
  queue.world.act->Begin();
  const PassAnswer pass = engine.GrantPass(*queue.world.act, "92-naturalisation",
                                           queue.Person(file), kTester, queue.world.clock.now);
  CHECK(pass.outcome == Outcome::kOk);
  CHECK(queue.world.act->pushed());
  REQUIRE(queue.world.wait.Finish(*queue.world.act));
  CHECK(queue.world.Publish("92-naturalisation", "agenda = ").outcome ==
        Outcome::kValidationFailed);
  REQUIRE(engine.TakeSnapshot(kTester).ok());
  REQUIRE(engine.TakeSnapshot().ok());  // nobody asked
  queue.world.Stop();

  Deeds deeds;
  REQUIRE(wal::Reader(queue.world.files, LogDirectory(queue.world.directory + "/data"), deeds)
              .Read()
              .ok());
  CHECK(deeds.told == std::vector<std::string>{"publish+calendar", "pause+opening",
                                               "resume+opening", "roster+roster", "pass",
                                               "snapshot"});
}

TEST_CASE("persons are compared, not keys; a site is nobody") {
  const Actor ada{.role = rules::Role::kAgent, .person = "ada", .key = "0123ABCZ"};
  const Actor ada_again{.role = rules::Role::kOperator, .person = "ada", .key = "9123ABCZ"};
  const Actor bert{.role = rules::Role::kAgent, .person = "bert", .key = "0123ABCZ"};
  const Actor site{.role = rules::Role::kSite, .person = "ada", .key = "7123ABCZ"};
  CHECK(SamePerson(ada, ada_again));
  CHECK(!SamePerson(ada, bert));
  CHECK(!SamePerson(ada, site));
  CHECK(IsPerson(ada));
  CHECK(!IsPerson(site));
  CHECK(Covers(ada, "92-naturalisation"));
  const std::vector<std::string> one = {"92-naturalisation"};
  const Actor scoped{.person = "ada", .agendas = one};
  CHECK(Covers(scoped, "92-naturalisation"));
  CHECK(!Covers(scoped, "92-naturalisation-2"));
}

}  // namespace creneau::booking
