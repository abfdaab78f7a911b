// The service record: what is told when, that nothing is told twice, and files that can be lost.

#include <fstream>

#include "booking/service_minutes.h"
#include "rules/iso_week.h"
#include "tests/booking/snapshot_fixture.h"

namespace creneau::booking {
namespace {

constexpr Instant kNine{1'796'029'200'000};
constexpr int64_t kMinute = limits::kServiceMinuteMs;

codec::AgendaMinute Open(uint32_t free, std::vector<codec::NamedCount> refused = {}) {
  return {AgendaId{0}, "open", false, {free, 0, 0, 0, 0}, 0, std::move(refused)};
}

// In minutes and seconds after nine: "-3:00 0:00-1:00 agendas", and what else it says.
std::string Told(const std::vector<codec::ServiceMinute>& records) {
  const auto at = [](Instant instant) { return std::to_string((instant - kNine) / 1000); };
  std::string out;
  for (const codec::ServiceMinute& minute : records) {
    out += out.empty() ? "" : "; ";
    out += "quiet " + at(minute.quiet_since) + ", " + at(minute.from) + " to " + at(minute.until);
    if (minute.unknown_since) out += ", unknown " + at(*minute.unknown_since);
    if (minute.down_since) out += ", down " + at(*minute.down_since);
    out += ", agendas " + std::to_string(minute.agendas.size());
  }
  return out;
}

TEST_CASE("a minute is told when something changed, somebody was refused, or all was quiet") {
  ServiceMinutes minutes;
  minutes.Begin(kNine + 20'000, std::nullopt, std::nullopt);
  CHECK(minutes.Due(kNine + 20'000));
  CHECK(Told(minutes.Tell(kNine + 20'000, {.agendas = {Open(5)}})) ==
        "quiet 20, 20 to 20, agendas 1");
  CHECK_FALSE(minutes.Due(kNine + 59'999));
  CHECK(minutes.Due(kNine + 60'000));
  CHECK(minutes.UntilAt(kNine + 61'500) == kNine + 60'000);
  const struct {
    int minute;
    ServiceSeen seen;
    const char* told;
  } kCases[] = {
      {1, {.agendas = {Open(5)}}, ""},
      {2, {.agendas = {Open(4)}}, "quiet 20, 60 to 120, agendas 1"},
      {3, {.agendas = {Open(4, {{"nothing-left", 2}})}}, "quiet 120, 120 to 180, agendas 1"},
      {4, {.agendas = {Open(4)}}, ""},
      {5, {.agendas = {Open(4)}, .shed = {{"arrival", 1}}}, "quiet 180, 240 to 300, agendas 0"},
      {6, {.agendas = {Open(4)}, .turned_away = 1}, "quiet 300, 300 to 360, agendas 0"},
      {7, {.agendas = {Open(4)}, .stalled_ms = 1}, "quiet 360, 360 to 420, agendas 0"},
      {9, {.agendas = {Open(4)}}, ""},
      {12, {.agendas = {Open(4)}}, "quiet 420, 720 to 720, agendas 0"},
      {15, {.agendas = {Open(3)}}, "quiet 720, 720 to 900, agendas 1"},  // the keeper was kept
  };
  for (const auto& [minute, seen, told] : kCases) {
    CAPTURE(minute);
    CHECK(Told(minutes.Tell(kNine + minute * kMinute, seen)) == told);
  }
  CHECK(minutes.told_until() == kNine + 15 * kMinute);
}

TEST_CASE("a start says since when the engine was away, and of what it knows nothing") {
  const struct {
    std::optional<Instant> last_written;
    std::optional<Instant> told_until;
    const char* told;
  } kCases[] = {
      {std::nullopt, std::nullopt, "quiet 0, 0 to 0, agendas 1"},
      {kNine - 90'000, std::nullopt, "quiet 0, 0 to 0, down -90, agendas 1"},
      {kNine - 90'000, kNine - 130'000, "quiet 0, 0 to 0, unknown -130, down -90, agendas 1"},
      {kNine - 90'000, kNine - 90'500, "quiet 0, 0 to 0, down -90, agendas 1"},
      {kNine + 90'000, std::nullopt, "quiet 0, 0 to 0, down 0, agendas 1"},  // the clock was set
  };
  for (const auto& [last_written, told_until, told] : kCases) {
    ServiceMinutes minutes;
    minutes.Begin(kNine, last_written, told_until);
    CHECK(Told(minutes.Tell(kNine, {.agendas = {Open(5)}})) == told);
    CHECK(Told(minutes.Tell(kNine + kMinute, {.agendas = {Open(4)}})) ==
          "quiet 0, 0 to 60, agendas 1");
  }
}

TEST_CASE("without agendas nothing is told, and of very many in several records") {
  ServiceMinutes minutes;
  minutes.Begin(kNine, kNine - 90'000, std::nullopt);
  CHECK(minutes.Tell(kNine + 10 * kMinute, {}).empty());
  ServiceSeen many;
  for (uint32_t i = 0; i < 2 * limits::kAgendasPerServiceRecord + 1; ++i) {
    many.agendas.push_back(Open(1));
    many.agendas.back().agenda = AgendaId{i};
  }
  many.over_rate = 7;
  const auto records = minutes.Tell(kNine + 11 * kMinute, many);
  REQUIRE(records.size() == 3);
  CHECK(records[0].over_rate == 7);
  CHECK(records[1].over_rate + records[2].over_rate == 0);
  CHECK(records[2].agendas.size() == 1);
  CHECK_FALSE(records[0].down_since);  // there was nobody to be kept from anything
}

struct Kept : Office {
  // The keeper's next look, a minute later.
  void Look() {
    clock.now = clock.now + kMinute;
    engine->Keep();
  }
  RecordPage Page() {
    const auto week = rules::ParseIsoWeek("2026-W49");
    const RecordAnswer answer = engine->ReadRecord("93-titres", *week, "");
    INFO(answer.status);
    REQUIRE(answer.status.ok());
    return answer.page;
  }
  size_t Count(const std::string& what) {
    const std::string lines = Page().agenda_lines;
    size_t count = 0;
    for (size_t at = lines.find(what); at != std::string::npos; at = lines.find(what, at + 1))
      ++count;
    return count;
  }
  fs::path Record() const { return fs::path(Data()) / "record"; }
};

TEST_CASE("who is refused is counted once, whatever becomes of the process") {
  Kept office;
  office.Look();
  const std::string slot = "2026-12-08T09:00";
  office.Hold("AAAA1", slot);
  office.Hold("AAAA2", slot);
  for (const char* who : {"AAAA3", "AAAA4"})
    CHECK(office.Hold(who, slot).outcome == Outcome::kSlotTaken);
  office.Look();
  CHECK(office.Count(R"("refused":{"slot-taken":2})") == 1);
  office.Again();
  office.Look();
  office.Look();
  CHECK(office.Count("refused") == 1);
  // What was counted since the last minute is told by a stop, too.
  CHECK(office.Hold("AAAA5", slot).outcome == Outcome::kSlotTaken);
  office.Again();
  office.Look();
  CHECK(office.Count(R"("refused":{"slot-taken":1})") == 1);
  CHECK(office.Count("refused") == 2);
  CHECK(office.engine->ReadAgenda("93-titres", office.clock.now).counts[0].held == 2);
}

TEST_CASE("the record's files become what the log says, whatever a crash has made of them") {
  const char* const how = GENERATE("behind", "torn", "ahead", "zeros", "gone", "no position");
  const bool snapshot_first = GENERATE(false, true);  // before anybody has looked at the files
  CAPTURE(how, snapshot_first);
  Kept office;
  office.Look();
  office.Hold("AAAA1");
  office.Look();
  const fs::path before = fs::path(office.directory) / "before";
  fs::copy(office.Record(), before, fs::copy_options::recursive);
  for (const char* who : {"AAAA2", "AAAA3", "AAAA4"}) {
    office.Hold(who);
    office.Look();
  }
  office.Again();
  const std::string whole = office.Page().agenda_lines;
  office.Stop();
  const std::string file = (office.Record() / "2026-W49.93-titres").string();
  const std::string position = (office.Record() / "position").string();
  const std::string known = ReadBytes(file);
  const std::string what = how;
  if (what == "gone") fs::remove_all(office.Record());
  if (what == "no position") fs::remove(position);
  if (what != "gone" && what != "no position") {
    // As after kill -9 between a record and its file: both are what they were, or the file is more.
    fs::remove_all(office.Record());
    fs::copy(before, office.Record(), fs::copy_options::recursive);
    const std::string synced = ReadBytes(file);
    if (what == "torn") WriteBytes(file, known.substr(0, known.size() - 7));
    if (what == "zeros") WriteBytes(file, synced + std::string(100, '\0') + "\n");
    if (what == "ahead") WriteBytes(file, known + "{\"lsn\":\"999999\"}\n");
  }
  office.Begin();
  if (snapshot_first) office.Snapshot();
  office.engine->Keep();
  CHECK(office.Page().agenda_lines.starts_with(whole));
  CHECK(office.Count("\"lsn\":\"999999\"") == 0);
  CHECK(office.engine->stats().record_failures == 0);
  CHECK(AuditLog(office.files, office.Data()).ok());
}

TEST_CASE("a record is read in pieces, each line once") {
  Kept office;
  office.Look();
  office.Stop();
  const std::string file = (office.Record() / "2026-W49.93-titres").string();
  std::string lines;
  for (int i = 1; lines.size() < 3 * limits::kRecordPageBytes; ++i)
    lines += "{\"lsn\":\"" + std::to_string(i) + "\",\"x\":\"" + std::string(i % 90, 'x') + "\"}\n";
  office.Begin();
  office.engine->Keep();
  WriteBytes(file, lines + "{\"lsn\":\"being writ");
  const auto week = *rules::ParseIsoWeek("2026-W49");
  std::string read;
  std::string after;
  for (;;) {
    const RecordAnswer answer = office.engine->ReadRecord("93-titres", week, after);
    REQUIRE(answer.status.ok());
    CHECK(answer.page.agenda_lines.size() < limits::kRecordPageBytes);
    read += answer.page.agenda_lines + "\n";
    if (!answer.page.next || answer.page.agenda_lines.empty()) break;
    after = *answer.page.next;
  }
  std::replace(lines.begin(), lines.end(), '\n', ',');
  std::replace(read.begin(), read.end(), '\n', ',');
  while (read.ends_with(",,")) read.pop_back();
  CHECK(read == lines);
  for (const char* wrong : {"1-0", "x", "-", "999999999-0", "0-1", "18446744073709551616-0"}) {
    CAPTURE(wrong);
    CHECK(absl::IsInvalidArgument(office.engine->ReadRecord("93-titres", week, wrong).status));
  }
}

TEST_CASE("what is older than an agenda keeps it goes, and nothing else") {
  Kept office;
  office.Look();
  office.Stop();
  for (const char* name : {"2025-W40.93-titres", "2026-W40.93-titres", "2025-W40._Europe+Paris",
                           "2025-W40.another", "notes"})
    WriteBytes((office.Record() / name).string(), "{\"lsn\":\"1\"}\n");
  office.Begin();
  office.engine->Keep();
  office.clock.now = office.clock.now + limits::kRecordSyncMs;
  office.engine->Keep();
  CHECK_FALSE(office.Has("record/2025-W40.93-titres"));
  CHECK_FALSE(office.Has("record/2025-W40.another"));
  CHECK_FALSE(office.Has("record/2025-W40._Europe+Paris"));
  CHECK(office.Has("record/2026-W40.93-titres"));
  CHECK(office.Has("record/notes"));
}

TEST_CASE("cancellations are counted for ever: over starts, snapshots, and seats given out again") {
  Kept office;
  const auto cancelled = [&] {
    return office.engine->ReadAgenda("93-titres", office.clock.now).counts[0].cancelled;
  };
  const auto cancel = [&](const char* who, bool confirmed) {
    const Reservation held = office.Hold(who).reservation;
    if (confirmed) CHECK(office.Do(&Engine::Confirm, held).outcome == Outcome::kOk);
    for (int repeat = 0; repeat < 2; ++repeat)
      CHECK(office.Do(&Engine::Cancel, held).outcome == Outcome::kOk);
  };
  cancel("AAAA1", true);
  cancel("AAAA2", false);
  CHECK(cancelled() == 1);
  office.Again();
  CHECK(cancelled() == 1);
  cancel("AAAA3", true);
  office.Snapshot();
  office.Again();
  office.Snapshot();
  office.Again();
  CHECK(cancelled() == 2);
  cancel("AAAA4", true);
  CHECK(cancelled() == 3);
}

}  // namespace
}  // namespace creneau::booking
