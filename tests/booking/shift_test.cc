// Seats from one channel to another: when the agenda says so, by hand, over publications, restarts
// and crashes in between.
#include "booking/shift.h"

#include "booking/engine_impl.h"
#include "tests/booking/log_lines.h"

namespace creneau::booking {
namespace {

using Counts = std::array<int, kChannels>;  // web, phone, desk, post, court

constexpr const char* kSeats = "{ web = 2, phone = 2, desk = 1, post = 1, court = 1 }";
constexpr const char* kFlow = "[[flow]]\nfrom = \"phone\"\nto = \"web\"\nhours_before = 24\n";

// It is Monday, 2026-11-30, 10:00; slots are on Tuesday from 9:00 on, every half hour.
class Shares : public World {
 public:
  explicit Shares(const std::string& more = "", const std::string& seats = kSeats)
      : toml(CoolingOneHour(AgendaToml("93-titres", more, seats))) {
    Ready();
    REQUIRE(Publish("93-titres", toml).outcome == Outcome::kOk);
  }
  void Ready() {
    while (engine->stats().read_only) std::this_thread::yield();
  }
  void Again() {
    Restart();
    Ready();
  }

  Counts FreeOf(const std::string& slot) {
    for (const auto& one :
         ledger().Slots(AgendaId{0}, Instant{0}, Instant{INT64_MAX - 1}, SIZE_MAX)) {
      if (one.start != *ParseLocalMinute(slot)) continue;
      Counts free{};
      for (size_t c = 0; c < kChannels; ++c) free[c] = one.free[c];
      return free;
    }
    return {-1, -1, -1, -1, -1};
  }
  ShiftAnswer Shift(Channel from, Channel to, const std::string& slot,
                    std::optional<uint32_t> seats = std::nullopt) {
    ShiftRequest request{.agenda = "93-titres", .from = from, .to = to, .seats = seats};
    request.slot = ParseLocalMinute(slot);
    return ShiftSeats(*engine, request, kTester);
  }
  uint32_t Version() { return engine->FindAgenda("93-titres")->version; }
  ChannelCounts CountsOf(Channel channel) {
    return engine->ReadAgenda("93-titres", clock.now).counts[static_cast<size_t>(channel)];
  }
  ledger::Ledger& ledger() { return engine->inside().ledger_; }

  const std::string toml;

 private:
  static std::string CoolingOneHour(std::string text) {
    return text.replace(text.find("[1, 24]"), 7, "[1, 1]");
  }
};

TEST_CASE("seats that nobody has taken go to the other channel at the hour that the agenda says") {
  Shares office(kFlow);
  const uint32_t version = office.Version();
  office.Pass(1);
  CHECK(office.FreeOf("2026-12-01T09:00") == Counts{4, 0, 1, 1, 1});
  CHECK(office.FreeOf("2026-12-01T10:00") == Counts{4, 0, 1, 1, 1});
  CHECK(office.FreeOf("2026-12-01T10:30") == Counts{2, 2, 1, 1, 1});
  CHECK(office.Version() == version + 1);  // one calendar for all that was due
  CHECK(office.CountsOf(Channel::kWeb).shifted_in == 6);
  CHECK(office.CountsOf(Channel::kPhone).shifted_out == 6);
  CHECK(office.CountsOf(Channel::kPhone).published == 60 * 2 - 6);
  office.Pass(25 * 60);  // no calendar while nothing is due
  CHECK(office.Version() == version + 1);
  office.Pass(6 * 60);
  CHECK(office.FreeOf("2026-12-01T10:30") == Counts{4, 0, 1, 1, 1});
  CHECK(office.Version() == version + 2);
  CHECK(office.engine->CheckInvariants().ok());

  const std::string digest = office.engine->Digest();
  const LogLines log = LinesOf(office);
  CHECK(office.engine->Digest() == digest);
  CHECK(office.CountsOf(Channel::kWeb).shifted_in == 8);
  CHECK(log.Find(R"("event":"seats-shifted","agenda":0,"version":2,"cause":"flow")") <
        log.Find(R"("event":"calendar","agenda":0,"name":"93-titres","version":2)"));
  CHECK(log.Count(R"("event":"staff-act")") == 1);  // the publication: nobody did this
}

TEST_CASE("what somebody holds is not shifted, and goes when it comes back") {
  Shares office(kFlow, "{ web = 1, phone = 1 }");
  ledger::HoldArgs args;
  args.agenda = AgendaId{0};
  args.channel = Channel::kPhone;
  args.slot = *ParseLocalMinute("2026-12-01T09:30");
  args.latest = office.clock.now + 3 * kMsPerDay;
  args.subject = Subject{1, 2};
  args.deadline = office.clock.now + 5 * kMsPerMinute;
  office.act->Begin();
  REQUIRE(office.ledger().Hold(args, *office.act).outcome == Outcome::kOk);
  REQUIRE(office.wait.Finish(*office.act));
  office.Pass(1);
  CHECK(office.FreeOf("2026-12-01T09:30") == Counts{1, 0, 0, 0, 0});
  CHECK(office.FreeOf("2026-12-01T09:00") == Counts{2, 0, 0, 0, 0});
  office.Pass(6 * 60);  // it has lapsed, and cools for an hour
  CHECK(office.FreeOf("2026-12-01T09:30") == Counts{1, 0, 0, 0, 0});
  office.clock.now = office.clock.now + 61 * kMsPerMinute;
  office.Pass(60);
  CHECK(office.FreeOf("2026-12-01T09:30") == Counts{2, 0, 0, 0, 0});
  CHECK(office.engine->CheckInvariants().ok());
}

TEST_CASE("by hand, of one slot, a day, or until a day; a dry run moves nothing") {
  Shares office;
  ShiftRequest request{.agenda = "93-titres", .from = Channel::kPost, .to = Channel::kDesk};
  request.day = CivilDate{2026, 12, 1};
  request.dry_run = true;
  const ShiftAnswer dry = ShiftSeats(*office.engine, request, kTester);
  CHECK(dry.outcome == Outcome::kOk);
  CHECK(dry.seats == 6);
  CHECK(dry.version == 1);
  CHECK(office.FreeOf("2026-12-01T09:00") == Counts{2, 2, 1, 1, 1});
  request.dry_run = false;
  const ShiftAnswer done = ShiftSeats(*office.engine, request, kTester);
  CHECK(done.seats == 6);
  CHECK(done.slots == 6);
  CHECK(done.version == 2);
  CHECK(office.FreeOf("2026-12-01T11:30") == Counts{2, 2, 2, 0, 1});
  CHECK(office.FreeOf("2026-12-03T09:00") == Counts{2, 2, 1, 1, 1});
  // A seat of each slot, and all that are left.
  request = {.agenda = "93-titres", .from = Channel::kPhone, .to = Channel::kWeb, .seats = 1};
  request.until = CivilDate{2026, 12, 3};
  CHECK(ShiftSeats(*office.engine, request, kTester).seats == 12);
  CHECK(office.FreeOf("2026-12-03T11:30") == Counts{3, 1, 1, 1, 1});
  CHECK(office.FreeOf("2026-12-08T09:00") == Counts{2, 2, 1, 1, 1});
  CHECK(office.Shift(Channel::kPhone, Channel::kWeb, "2026-12-01T09:00").seats == 1);
  CHECK(office.Shift(Channel::kPhone, Channel::kWeb, "2026-12-01T09:00").seats == 0);
  CHECK(office.Version() == 4);  // what moves nothing makes no calendar
  // And back.
  CHECK(office.Shift(Channel::kWeb, Channel::kPhone, "2026-12-01T09:00", 2).seats == 2);
  CHECK(office.FreeOf("2026-12-01T09:00") == Counts{2, 2, 2, 0, 1});
  CHECK(office.engine->CheckInvariants().ok());
  const LogLines log = LinesOf(office);
  CHECK(log.Find(R"("person":"uid:1000","key":"","what":"shift")") <
        log.Find(R"("event":"seats-shifted")"));
}

TEST_CASE("what cannot be shifted is refused with its reason") {
  Shares office("", "{ web = 1, phone = 1 }");
  struct Case {
    Channel from;
    Channel to;
    const char* slot;
    std::optional<uint32_t> seats;
    const char* pointer;
  };
  const Case cases[] = {
      {Channel::kWeb, Channel::kWeb, "2026-12-01T09:00", {}, "/to"},
      {Channel::kWeb, Channel::kDesk, "2026-12-01T09:10", {}, "/slot"},
      {Channel::kWeb, Channel::kDesk, "2026-12-01T09:00", 0u, "/seats"},
      {Channel::kWeb, Channel::kDesk, "2026-12-01T09:00", 65u, "/seats"},
  };
  for (const Case& one : cases) {
    const ShiftAnswer answer = office.Shift(one.from, one.to, one.slot, one.seats);
    CHECK(answer.outcome == Outcome::kValidationFailed);
    REQUIRE(answer.problems.size() == 1);
    CHECK(answer.problems.front().pointer == one.pointer);
  }
  ShiftRequest request{.agenda = "93-titres", .from = Channel::kPhone, .to = Channel::kWeb};
  CHECK(ShiftSeats(*office.engine, request, kTester).problems.at(0).pointer == "/slot");
  request.day = CivilDate{2026, 12, 2};
  CHECK(ShiftSeats(*office.engine, request, kTester).problems.at(0).pointer == "/day");
  request.day.reset();
  request.until = CivilDate{2026, 11, 30};
  CHECK(ShiftSeats(*office.engine, request, kTester).problems.at(0).pointer == "/until");
  // Nobody without a computer would have a seat any more, and no substitute is named.
  request.until = CivilDate{2026, 12, 31};
  CHECK(ShiftSeats(*office.engine, request, kTester).problems.at(0).pointer == "/to");
  request.until = CivilDate{2026, 12, 30};
  CHECK(ShiftSeats(*office.engine, request, kTester).outcome == Outcome::kOk);
  request.agenda = "14-titres";
  CHECK(ShiftSeats(*office.engine, request, kTester).outcome == Outcome::kUnknownAgenda);
}

TEST_CASE("the last seat that needs no computer and is free is not shifted away") {
  Shares office("", "{ web = 2, phone = 1, court = 1 }");
  const auto take = [&](const std::string& slot) {
    ledger::HoldArgs args;
    args.agenda = AgendaId{0};
    args.channel = Channel::kPhone;
    args.slot = *ParseLocalMinute(slot);
    args.latest = office.clock.now + 60 * kMsPerDay;
    args.subject = Subject{static_cast<uint64_t>(args.slot->value), 2};
    args.into = ledger::SeatState::kConfirmed;
    office.act->Begin();
    REQUIRE(office.ledger().Hold(args, *office.act).outcome == Outcome::kOk);
    REQUIRE(office.wait.Finish(*office.act));
  };
  take("2026-12-08T09:00");
  ShiftRequest request{.agenda = "93-titres", .from = Channel::kPhone, .to = Channel::kWeb};
  request.until = CivilDate{2026, 12, 31};
  for (const Channel to : {Channel::kWeb, Channel::kCourt}) {
    request.to = to;
    for (const bool dry : {true, false}) {
      request.dry_run = dry;
      const ShiftAnswer refused = ShiftSeats(*office.engine, request, kTester);
      REQUIRE(refused.problems.size() == 1);
      CHECK(refused.problems[0].pointer == "/to");
      CHECK(refused.problems[0].message.find("what is taken does not count") != std::string::npos);
    }
  }
  // One may be left, as long as it can be booked.
  request.to = Channel::kWeb;
  request.until = CivilDate{2026, 12, 30};
  CHECK(ShiftSeats(*office.engine, request, kTester).seats == 9 * 6 - 1);
  for (const char* half : {"09:00", "09:30", "10:00", "10:30", "11:00"})
    CHECK(office.Shift(Channel::kPhone, Channel::kWeb, "2026-12-31T" + std::string(half)).seats ==
          1);
  CHECK(office.Shift(Channel::kPhone, Channel::kWeb, "2026-12-31T11:30").problems.at(0).pointer ==
        "/to");
  // Once it is taken nothing of theirs is there to be shifted, and what is others' goes as before.
  take("2026-12-31T11:30");
  CHECK(office.Shift(Channel::kPhone, Channel::kWeb, "2026-12-31T11:30").outcome == Outcome::kOk);
  CHECK(office.Shift(Channel::kCourt, Channel::kWeb, "2026-12-31T11:30").seats == 1);
  CHECK(office.Shift(Channel::kWeb, Channel::kDesk, "2026-12-31T11:30").seats == 3);
  CHECK(office.Shift(Channel::kDesk, Channel::kPhone, "2026-12-31T11:30").seats == 3);
}

TEST_CASE("a seat that nobody can book any more is not one that is left") {
  Shares office("", "{ web = 1, phone = 1 }");
  office.clock.now = office.clock.now + (31 * 24 - 1) * kMsPerHour + 15 * kMsPerMinute;
  office.Pass(1);  // 31 December, 9:15, and two hours' notice: 11:30 can still be booked
  for (const char* half : {"09:30", "10:00", "10:30", "11:00"})
    REQUIRE(office.Shift(Channel::kPhone, Channel::kWeb, "2026-12-31T" + std::string(half)).seats ==
            1);
  REQUIRE(office.Shift(Channel::kWeb, Channel::kPhone, "2026-12-31T11:00", 1).seats == 1);
  CHECK(office.Shift(Channel::kPhone, Channel::kWeb, "2026-12-31T11:30").problems.at(0).pointer ==
        "/to");
}

TEST_CASE(
    "a calendar whose seats outside the web flow away as it is published is only on the web") {
  World world;  // Monday, 2026-11-30, 10:00
  const auto toml = [](int hours, const std::string& until) {
    std::string text = AgendaToml("93-titres",
                                  "[[flow]]\nfrom = \"desk\"\nto = \"web\"\n"
                                  "hours_before = " +
                                      std::to_string(hours) + "\n");
    return text.replace(text.find("2026-12-31"), 10, until);
  };
  const PublishAnswer refused = world.Publish("93-titres", toml(60, "2026-12-03"));
  REQUIRE(refused.outcome == Outcome::kValidationFailed);
  CHECK(refused.errors.at(0).message.find("flows to another channel within a day") !=
        std::string::npos);
  REQUIRE(world.Publish("93-titres", toml(48, "2026-12-03")).outcome == Outcome::kOk);
  // The same once it has come to its end, and more that is worth it.
  world.clock.now = world.clock.now + 2 * kMsPerDay;
  CHECK(world.Publish("93-titres", toml(48, "2026-12-03")).outcome == Outcome::kOk);
  CHECK(world.Publish("93-titres", toml(47, "2026-12-03")).outcome == Outcome::kValidationFailed);
  CHECK(world.Publish("93-titres", toml(48, "2026-12-08")).outcome == Outcome::kOk);
}

TEST_CASE("the next publication of the same file takes back nothing that was shifted") {
  Shares office;
  REQUIRE(office.Shift(Channel::kPhone, Channel::kWeb, "2026-12-01T09:00").seats == 2);
  for (const char* who : {"AAAA1", "AAAA2", "AAAA3", "AAAA4"})
    REQUIRE(office.Hold(who, "2026-12-01T09:00").outcome == Outcome::kOk);
  const PublishAnswer same = office.Publish("93-titres", office.toml);
  CHECK(same.outcome == Outcome::kOk);
  CHECK(same.seats_added + same.seats_withdrawn + same.seats_kept == 0);
  CHECK(office.FreeOf("2026-12-01T09:00") == Counts{0, 0, 1, 1, 1});
  office.Again();
  REQUIRE(office.engine->TakeSnapshot().ok());
  office.Again();  // what was shifted comes from the snapshot
  CHECK(office.CountsOf(Channel::kWeb).shifted_in == 2);
  CHECK(office.Publish("93-titres", office.toml).seats_kept == 0);

  // A file with one more of each: beside what was shifted.
  const PublishAnswer more = office.Publish(
      "93-titres", AgendaToml("93-titres", "", "{ web = 3, phone = 3, desk = 1, post = 1 }"));
  CHECK(more.outcome == Outcome::kOk);
  CHECK(office.FreeOf("2026-12-01T09:00") == Counts{1, 1, 1, 1, 0});
  // One that no longer has what was given away: so much less was given. The seats are reserved.
  const std::string fewer = AgendaToml("93-titres", "", "{ web = 3, phone = 1, desk = 1 }");
  const PublishAnswer refused = office.Publish("93-titres", fewer);
  CHECK(refused.outcome == Outcome::kOk);
  CHECK(office.FreeOf("2026-12-01T09:00") == Counts{0, 0, 1, 0, 0});
  CHECK(office.FreeOf("2026-12-01T09:30") == Counts{3, 1, 1, 0, 0});
  CHECK(office.engine->CheckInvariants().ok());
  // One without that slot forgets it.
  REQUIRE(office.Publish("93-titres", AgendaToml("93-titres", "", "{ desk = 1 }"), Displaced::kKeep)
              .outcome == Outcome::kOk);
  CHECK(office.ledger().Slots(AgendaId{0}, Instant{0}, Instant{INT64_MAX - 1}, 1).front().shifted ==
        std::array<int8_t, kChannels>{});
}

TEST_CASE("a crash between taking seats and giving them leaves no slot with fewer, or with more") {
  Shares office;
  Engine::Impl& in = office.engine->inside();
  // Taken, and no calendar: the start brings them back.
  const ledger::CalendarChange before = in.ledger_.InForce(AgendaId{0});
  office.act->Begin();
  CHECK(in.ledger_.TakeFree(before.slots[0].slot, Channel::kPhone, 5, *office.act) == 2);
  CHECK(in.ledger_.TakeFree(before.slots[0].slot, Channel::kPhone, 5, *office.act) == 0);
  REQUIRE(office.wait.Finish(*office.act));
  CHECK(office.FreeOf("2026-12-01T09:00") == Counts{2, 0, 1, 1, 1});
  office.Again();
  CHECK(office.FreeOf("2026-12-01T09:00") == Counts{2, 2, 1, 1, 1});
  CHECK(office.Version() == 1);

  // Taken, and the calendar is there: the start gives them. Its record without the calendar counts
  // for nothing.
  Engine::Impl& again = office.engine->inside();
  ledger::CalendarChange change = again.ledger_.InForce(AgendaId{0});
  ++change.version;
  change.slots[0].seats = {4, 0, 1, 1, 1};
  change.slots[0].shifted = {2, -2, 0, 0, 0};
  codec::SeatsShifted record{AgendaId{0}, 2, codec::ShiftCause::kByHand, office.clock.now, {}};
  record.moved.push_back({Channel::kPhone, Channel::kWeb, 2, 1, 2});
  const std::string shifted = codec::EncodeShift(record);
  office.act->Begin();
  CHECK(again.ledger_.TakeFree(change.slots[0].slot, Channel::kPhone, 5, *office.act) == 2);
  office.act->PushBytes(shifted);
  REQUIRE(office.wait.Finish(*office.act));
  office.Again();
  CHECK(office.FreeOf("2026-12-01T09:00") == Counts{2, 2, 1, 1, 1});
  CHECK(office.CountsOf(Channel::kWeb).shifted_in == 0);
  Engine::Impl& third = office.engine->inside();
  office.act->Begin();
  CHECK(third.ledger_.TakeFree(change.slots[0].slot, Channel::kPhone, 5, *office.act) == 2);
  std::vector<std::string> records =
      codec::EncodeCalendar(change, office.engine->FindAgenda("93-titres")->rules);
  records.insert(records.begin(), shifted);
  office.act->PushAll(records);
  REQUIRE(office.wait.Finish(*office.act));
  office.Again();
  CHECK(office.FreeOf("2026-12-01T09:00") == Counts{4, 0, 1, 1, 1});
  CHECK(office.CountsOf(Channel::kWeb).shifted_in == 2);
  CHECK(office.engine->CheckInvariants().ok());
}

TEST_CASE("a desk seat that was there once is none that is left, in a calendar of the web alone") {
  World world;
  const std::string toml = AgendaToml("93-titres", "", "{ web = 2 }") +
                           "\n[[session]]\nweekdays = [\"mon\"]\nfrom = 2026-11-30\nuntil = "
                           "2026-11-30\nhours = [\"14:00-14:30\"]\nminutes = 30\n"
                           "seats = { desk = 1 }\n";
  REQUIRE(world.Publish("93-titres", toml).outcome == Outcome::kOk);
  world.clock.now = world.clock.now + kMsPerDay;
  const PublishAnswer refused = world.Publish("93-titres", toml);
  CHECK(refused.outcome == Outcome::kValidationFailed);
  REQUIRE_FALSE(refused.errors.empty());
  CHECK(refused.errors[0].message.find("every seat is on the web") != std::string::npos);
}

TEST_CASE("a list of slots is held to seats without a computer, like sessions") {
  World world;
  std::string toml = AgendaToml();
  toml = toml.substr(0, toml.find("[[session]]"));
  REQUIRE(world.Publish("93-titres", toml).outcome == Outcome::kOk);
  const auto publish = [&](const std::string& seats) {
    return world.Publish("93-titres", "slot,minutes,web,phone,court\n2026-12-04T14:00,20," + seats,
                         Displaced::kRefuse, AgendaFormat::kCsv);
  };
  CHECK(publish("2,0,0\n").outcome == Outcome::kValidationFailed);
  CHECK(publish("2,0,1\n").errors.at(0).message.find("every seat is on the web") == 0);
  CHECK(publish("2,1,0\n").outcome == Outcome::kOk);
}

}  // namespace
}  // namespace creneau::booking
