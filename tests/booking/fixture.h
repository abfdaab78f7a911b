// An engine on a directory of its own and a clock that tests move. One thread; the steward ticks
// when time passes.
#pragma once

#include <stdlib.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>

#include "booking/audit.h"
#include "booking/engine.h"
#include "catch2/catch.hpp"
#include "env/posix/posix_entropy.h"
#include "env/posix/posix_file.h"
#include "rules/calendar.h"

namespace creneau::booking {

// A moment that the test sets while the log's threads read it.
class SharedInstant {
 public:
  explicit SharedInstant(Instant start) : ms_(start.ms) {}
  operator Instant() const { return Instant{ms_.load()}; }
  void operator=(Instant instant) { ms_.store(instant.ms); }
  Instant operator+(int64_t later_ms) const { return Instant{ms_.load()} + later_ms; }

 private:
  std::atomic<int64_t> ms_;
};

class ManualClock final : public Clock {
 public:
  Instant Now() const override { return now; }
  int64_t MonotonicNs() const override { return Now().ms * 1'000'000; }
  SharedInstant now{Instant{1796029200000}};  // 2026-11-30T09:00:00Z, a Monday, 10:00 in Paris
};

// One slot of two web seats and one desk seat every half hour from 9:00 to 12:00, Tuesdays and
// Thursdays of December 2026.
inline std::string AgendaToml(const std::string& name = "93-titres", const std::string& more = "",
                              const std::string& seats = "{ web = 2, desk = 1 }") {
  return "agenda = \"" + name + R"("
title = "Titres de séjour"
office = "Préfecture de la Seine-Saint-Denis, Bobigny"
timezone = "Europe/Paris"
policy = "direct"
identity = [["dossier", "birth_date"], ["passport", "birth_date"]]
hold_s = 300
notice_hours = 2
horizon_days = 20
cooldown_hours = [1, 24]
)" + more +
         R"(
[[session]]
weekdays = ["tue", "thu"]
from = 2026-12-01
until = 2026-12-31
hours = ["09:00-12:00"]
minutes = 30
seats = )" +
         seats + "\n";
}

// Who does the staff's acts.
inline constexpr Actor kTester{.person = "uid:1000"};

class World {
 public:
  World() {
    std::string path = (std::filesystem::temp_directory_path() / "creneau-booking-XXXXXX").string();
    REQUIRE(mkdtemp(path.data()) != nullptr);
    directory = path;
    Start();
  }
  ~World() {
    engine.reset();
    std::filesystem::remove_all(directory);
  }

  void Start() {
    EngineOptions options;
    options.data = directory + "/data";
    options.keys = directory + "/keys";
    options.segment_bytes = limits::kMinSegmentBytes;
    options.steward_thread = false;
    auto opened = Engine::Open(options, *disk, clock, entropy,
                               [](const absl::Status& status) { FAIL(status); });
    INFO(opened.status());
    REQUIRE(opened.ok());
    engine = *std::move(opened);
    act = std::make_unique<Act>(pool, engine->log());
  }
  void Stop() {
    act.reset();
    engine.reset();
  }
  void Restart() {
    Stop();
    Start();
  }

  PublishAnswer Publish(const std::string& name, const std::string& body,
                        Displaced displaced = Displaced::kRefuse,
                        AgendaFormat format = AgendaFormat::kToml) {
    PublishRequest request;
    request.name = name;
    request.body = body;
    request.format = format;
    request.displaced = displaced;
    return engine->Publish(request, kTester);
  }

  // Lets time pass as the steward sees it.
  void Pass(int64_t seconds) {
    for (int64_t i = 0; i < seconds * 4; ++i) Round();
  }
  void Round() {
    // Time runs a thousandfold here; the disk does not. Expiry stands still while the log does.
    while (engine->log().in_flight_ms() != 0) std::this_thread::yield();
    clock.now = clock.now + limits::kStewardTickMs;
    engine->Tick();
  }

  ReservationAnswer Hold(const std::string& dossier, const std::string& slot = "",
                         const std::string& key = "", const std::string& agenda = "93-titres") {
    HoldRequest request;
    request.agenda = agenda;
    request.applicant.fields[static_cast<size_t>(rules::IdentityField::kDossier)] = dossier;
    request.applicant.fields[static_cast<size_t>(rules::IdentityField::kBirthDate)] = "1990-05-17";
    if (!slot.empty()) request.slot = ParseLocalMinute(slot);
    request.idempotency_key = key;
    request.body_hash = slot.empty() ? 1 : std::hash<std::string>{}(slot);
    act->Begin();
    return Done(engine->Hold(*act, request, clock.now));
  }

  using Act1 = ReservationAnswer (Engine::*)(Act&, const HolderRequest&, Instant);
  ReservationAnswer Do(Act1 what, const Reservation& reservation) {
    act->Begin();
    return Done(
        (*engine.*what)(*act, {reservation.name.view(), reservation.key.view()}, clock.now));
  }
  ReservationAnswer Move(const Reservation& reservation, const std::string& slot) {
    act->Begin();
    return Done(engine->Move(*act, {reservation.name.view(), reservation.key.view()},
                             *ParseLocalMinute(slot), clock.now));
  }
  int FreeSeats(const std::string& slot) {
    for (const SlotView& view :
         engine->ReadSlots("93-titres", ParseDate(slot.substr(0, 10)), std::nullopt, clock.now)
             .slots) {
      if (view.start == *ParseLocalMinute(slot)) return view.free;
    }
    return -1;
  }

  std::string directory;
  env::PosixFileSystem files;
  env::FileSystem* disk = &files;  // the next engine's
  ManualClock clock;
  env::PosixEntropy entropy;
  CommitPool pool;  // ends after the engine's log
  std::unique_ptr<Engine> engine;
  BlockingWait wait;
  std::unique_ptr<Act> act;

 private:
  ReservationAnswer Done(ReservationAnswer answer) {
    REQUIRE(wait.Finish(*act));
    return answer;
  }
};

}  // namespace creneau::booking
