// What people and the office do while the steward offers a draw's seats.
#include <chrono>
#include <thread>

#include "booking/engine_impl.h"
#include "tests/booking/draw_fixture.h"

namespace creneau::booking {
namespace {

constexpr int kEntries = 240;
// A sanitizer sees in few what takes many otherwise, and takes ten times as long for each.
#ifdef CRENEAU_SANITIZED
constexpr int kLeavings = 4;
constexpr int kForgettings = 12;
#else
constexpr int kLeavings = 20;
constexpr int kForgettings = 60;
#endif

std::string WideToml(const std::string& id, const std::string& draw = "") {
  return absl::StrReplaceAll(DrawToml(id, draw), {{"web = 2", "web = 40"}});
}

std::string LaterToml(const std::string& id) {
  return WideToml(
      id,
      "from = 2026-12-03T09:00:00\nuntil = 2026-12-04T18:00:00\nround_at = 2026-12-05T12:00:00\n"
      "seats_from = 2026-12-15\nseats_until = 2026-12-17\n");
}

// Drawn, and no seat offered yet: one for each of them.
class Drawn : public Lottery {
 public:
  Drawn() : Lottery(WideToml("2026-12")) {
    GoTo("2026-11-30T10:30");
    for (int i = 0; i < kEntries; ++i) entries.push_back(EnterAll(EntrantsDossier(i)));
    GoTo("2026-12-01T18:00");
    GoTo("2026-12-02T12:00");
    REQUIRE(Seed().outcome == Outcome::kOk);
    REQUIRE(Run().outcome == Outcome::kOk);
  }
  // Seats that somebody has.
  uint32_t Offered() {
    return engine->ReadAgenda(kAgendaName, clock.now)
        .counts[static_cast<size_t>(Channel::kWeb)]
        .offered;
  }

  std::vector<EntryView> entries;
};

}  // namespace

TEST_CASE("who leaves a draw while its seats are offered has none, and is told nothing else") {
  for (int round = 0; round < kLeavings; ++round) {
    Drawn drawn;
    std::thread steward([&] { drawn.engine->Tick(); });
    drawn.act->Begin();
    for (const EntryView& entry : drawn.entries)
      LeaveDraw(*drawn.engine, *drawn.act, {entry.name, entry.key.view()}, drawn.clock.now);
    REQUIRE(drawn.wait.Finish(*drawn.act));
    steward.join();
    drawn.Pass(2);
    for (const EntryView& entry : drawn.entries) {
      const EntryView now = drawn.Look(entry);
      CHECK((now.state == "declined" || now.state == "passed"));
      CHECK(!now.reservation.has_value());
    }
    CHECK(drawn.Offered() == 0);
    CHECK(drawn.engine->CheckInvariants().ok());
  }
}

TEST_CASE("a draw that is forgotten while its seats are offered takes nobody's seat with it") {
  for (int round = 0; round < kForgettings; ++round) {
    Drawn drawn;
    const auto began = std::chrono::steady_clock::now();
    REQUIRE(drawn.Publish(kAgendaName, LaterToml("2027-01")).outcome == Outcome::kOk);
    const auto takes = std::chrono::steady_clock::now() - began;
    std::thread office([&] { drawn.Publish(kAgendaName, LaterToml("2027-02")); });
    // Offered at one moment after another of the publication.
    std::this_thread::sleep_for(takes * round / kForgettings);
    drawn.Round();
    office.join();
    drawn.Pass(2);
    CHECK(drawn.State().state.rules.id == "2027-02");
    // Whose entry is kept no more has the seat that was offered, until it lapses.
    CHECK(drawn.Offered() <= kEntries);
    CHECK(drawn.engine->CheckInvariants().ok());
    drawn.Restart();
    CHECK(drawn.engine->CheckInvariants().ok());
  }
}

}  // namespace creneau::booking
