// An agenda whose seats are drawn: entries from 30 November 2026, 10:30, to 1 December, 18:00; the
// round on 2 December at noon; two web seats in each of six slots on 8 and 10 December.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_replace.h"
#include "base/limits_draw.h"
#include "booking/draw.h"
#include "tests/booking/fixture.h"

namespace creneau::booking {

inline constexpr const char* kAgendaName = "93-titres";
inline constexpr const char* kValue = "4 8 15 16 23 42";

inline std::string DrawToml(const std::string& id = "2026-12", const std::string& draw = "",
                            const std::string& more = "") {
  const std::string table =
      "accept_invented = true\nproof_of_work = \"always\"\noffer_hours = { web = 1 }\n" + more +
      "[draw]\nid = \"" + id + "\"\nbeacon = \"Loto\"\nround = \"1 December\"\n" +
      (draw.empty() ? "from = 2026-11-30T10:30:00\nuntil = 2026-12-01T18:00:00\nround_at = "
                      "2026-12-02T12:00:00\nseats_from = 2026-12-08\nseats_until = 2026-12-10\n"
                    : draw);
  return absl::StrReplaceAll(AgendaToml(kAgendaName, table), {{"\"direct\"", "\"draw\""}});
}

class Lottery : public World {
 public:
  explicit Lottery(const std::string& toml = DrawToml()) {
    const PublishAnswer published = Publish(kAgendaName, toml);
    INFO((published.errors.empty() ? "" : published.errors[0].message));
    REQUIRE(published.outcome == Outcome::kOk);
  }

  // The clock at the office, and what the steward does then.
  void GoTo(const std::string& local) {
    std::string error;
    absl::TimeZone zone;
    REQUIRE(rules::LoadZone("Europe/Paris", &zone));
    clock.now = rules::InstantOf(*ParseLocalMinute(local), zone, &error);
    Pass(3);
  }

  // By the office for them, of whom no proof of work is asked.
  static EntryRequest Request(const std::string& dossier, const std::string& key = "",
                              const rules::Wishes& wishes = {}) {
    EntryRequest request;
    request.agenda = kAgendaName;
    request.actor = &kTester;
    request.applicant.fields[static_cast<size_t>(rules::IdentityField::kDossier)] = dossier;
    request.applicant.fields[static_cast<size_t>(rules::IdentityField::kBirthDate)] = "1990-05-17";
    request.wishes = wishes;
    request.idempotency_key = key;
    request.body_hash = std::hash<std::string>{}(rules::WishesText(wishes));
    return request;
  }
  EntryAnswer Enter(const std::string& dossier, const std::string& key = "",
                    const rules::Wishes& wishes = {}) {
    return Enter(Request(dossier, key, wishes));
  }
  EntryAnswer Enter(const EntryRequest& request) {
    act->Begin();
    EntryAnswer answer = EnterDraw(*engine, *act, request, clock.now);
    REQUIRE(wait.Finish(*act));
    return answer;
  }
  EntryView EnterAll(const std::string& dossier, const rules::Wishes& wishes = {}) {
    const EntryAnswer answer = Enter(dossier, "", wishes);
    REQUIRE(answer.outcome == Outcome::kOk);
    return answer.entry;
  }
  using What = EntryAnswer (*)(Engine&, Act&, const HolderRequest&, Instant);
  EntryAnswer Ask(What what, const EntryView& entry) {
    act->Begin();
    EntryAnswer answer = what(*engine, *act, {entry.name, entry.key.view()}, clock.now);
    REQUIRE(wait.Finish(*act));
    return answer;
  }
  EntryView Look(const EntryView& entry) {
    const EntryAnswer answer = Ask(ReadEntry, entry);
    REQUIRE(answer.outcome == Outcome::kOk);
    return answer.entry;
  }
  std::string StateOf(const EntryView& entry) { return std::string(Look(entry).state); }

  DrawView State() {
    const DrawAnswer answer = ReadDraw(*engine, kAgendaName, clock.now);
    REQUIRE(answer.draw.has_value());
    return *answer.draw;
  }
  DrawAnswer Seed(const std::string& value = kValue) {
    return SeedDraw(*engine, kAgendaName, value, kTester);
  }
  DrawAnswer Run() { return RunDraw(*engine, kAgendaName, kTester); }
  // To the end of the entries, the seed, the result.
  void Draw() {
    GoTo("2026-12-01T18:00");
    GoTo("2026-12-02T12:00");
    REQUIRE(Seed().outcome == Outcome::kOk);
    const DrawAnswer run = Run();
    INFO(run.problem);
    REQUIRE(run.outcome == Outcome::kOk);
    Pass(3);
  }
  std::string File(proof::DrawFile file) {
    std::string all;
    for (std::optional<size_t> after = 0; after;) {
      const DrawPage page = ReadDrawFile(*engine, kAgendaName, "", file, *after);
      REQUIRE(page.outcome == Outcome::kOk);
      all += page.lines;
      after = page.next;
    }
    return all;
  }
  // Another agenda of the same group, where seats are held.
  void PublishGuichet() {
    const std::string direct =
        absl::StrReplaceAll(AgendaToml("93-guichet", "group = \"93-titres\"\n"),
                            {{"notice_hours = 2", "notice_hours = 0"}});
    REQUIRE(Publish("93-guichet", direct).outcome == Outcome::kOk);
  }
  ReservationAnswer Confirm(const Reservation& offered) { return Do(&Engine::Confirm, offered); }
};

// Of what is offered or confirmed to them.
inline std::set<std::string> NamesOfOffers(Lottery& lottery,
                                           const std::vector<EntryView>& entries) {
  std::set<std::string> names;
  for (const EntryView& entry : entries) {
    const EntryView now = lottery.Look(entry);
    if (now.reservation && now.reservation->state != ReservationState::kCancelled)
      names.emplace(now.reservation->name.view());
  }
  return names;
}

inline std::string EntrantsDossier(int number) {
  std::string digits = std::to_string(number);
  return "93" + std::string(8 - digits.size(), '0') + digits;
}

}  // namespace creneau::booking
