// Attempts and receipts: who was refused can prove it, to whoever has the public key alone.
#include "tests/booking/receipt_fixture.h"

namespace creneau::booking {

// One slot, and one seat in it.
static std::string OneSlot(const std::string& name) {
  std::string one = AgendaToml(name, "", "{ web = 1, desk = 1 }");
  one.replace(one.find("2026-12-31"), 10, "2026-12-01");
  one.replace(one.find("12:00"), 5, "09:30");
  return one;
}

TEST_CASE("whoever is refused a seat can prove it, and nothing was written for that") {
  World world;
  REQUIRE(world.Publish("93-titres", OneSlot("93-titres")).outcome == Outcome::kOk);
  REQUIRE(world.Hold("A1000").outcome == Outcome::kOk);
  const uint64_t written = world.engine->stats().log.records;
  const ReservationAnswer refused = world.Hold("a 10-02");
  REQUIRE(refused.outcome == Outcome::kNothingLeft);
  const proof::AttemptReceipt receipt =
      Checked(world, ReceiptOf(world, refused.attempt), By("A1002"));
  CHECK(receipt.outcome == "nothing-left");
  CHECK(receipt.phase == "exhausted");
  CHECK(receipt.agenda == "93-titres");
  CHECK(receipt.title == "Titres de séjour");
  CHECK(receipt.office == "Préfecture de la Seine-Saint-Denis, Bobigny");
  CHECK(receipt.timezone == "Europe/Paris");
  CHECK(receipt.identity == proof::IdentityGiven::kDeclared);
  CHECK(receipt.at == Instant(world.clock.now));
  CHECK(receipt.iso_year == 2026);
  CHECK(receipt.iso_week == 49);
  CHECK(world.engine->stats().log.records == written);
}

TEST_CASE("each refusal of a hold that is nobody's fault carries an attempt, and no other does") {
  World world;
  REQUIRE(world.Publish("93-titres", AgendaToml()).outcome == Outcome::kOk);
  REQUIRE(world.Publish("closed", AgendaToml("closed", kOpensTuesdays)).outcome == Outcome::kOk);
  REQUIRE(world.Publish("listed", AgendaToml("listed", "identity_proof = \"listed\"")).outcome ==
          Outcome::kOk);
  REQUIRE(world.Publish("paused", AgendaToml("paused")).outcome == Outcome::kOk);
  REQUIRE(world.engine->Order("paused", {OpeningOrder::What::kPause, 0, ""}, kTester).outcome ==
          Outcome::kOk);
  REQUIRE(world.Publish("full", OneSlot("full")).outcome == Outcome::kOk);
  REQUIRE(world.Hold("A1000", "", "", "full").outcome == Outcome::kOk);
  struct Case {
    const char* agenda;
    const char* slot;
    Outcome outcome;
    const char* phase;
    proof::IdentityGiven identity = proof::IdentityGiven::kDeclared;
  };
  const Case cases[] = {{"full", "", Outcome::kNothingLeft, "exhausted"},
                        {"closed", "", Outcome::kNotOpenYet, "closed"},
                        {"paused", "", Outcome::kPaused, "open"},
                        // The office knows nobody yet.
                        {"listed", "", Outcome::kNotListed, "open"},
                        // The one slot that there is.
                        {"full", "2026-12-01T09:00", Outcome::kSlotTaken, "open"}};
  for (const Case& c : cases) {
    INFO(c.agenda << " " << c.slot);
    const ReservationAnswer refused = world.Hold("B2000", c.slot, "", c.agenda);
    REQUIRE(refused.outcome == c.outcome);
    const auto receipt = Checked(world, ReceiptOf(world, refused.attempt), By("B2000"));
    CHECK(receipt.outcome == OutcomeName(c.outcome));
    CHECK(receipt.phase == c.phase);
    CHECK(receipt.identity == c.identity);
    CHECK(receipt.agenda == c.agenda);
  }
  CHECK_FALSE(world.Hold("B2000", "2026-12-01T09:01").attempt);  // there is no such slot
  // A slot beyond the horizon, or one known to be taken, where others can be had.
  const ReservationAnswer beyond = world.Hold("B2000", "2026-12-31T09:00");
  CHECK(beyond.outcome == Outcome::kNotOpenYet);
  CHECK_FALSE(beyond.attempt);
  // Where nothing can be held at all, such a slot is as good as any.
  CHECK(ReceiptOf(world, world.Hold("B2000", "2026-12-31T09:00", "", "paused").attempt).attempted ==
        "paused");
  std::string few = AgendaToml("few", "", "{ web = 1, desk = 1 }");
  few.replace(few.find("2026-12-31"), 10, "2026-12-01");
  REQUIRE(world.Publish("few", few).outcome == Outcome::kOk);
  REQUIRE(world.Hold("A1000", "2026-12-01T09:00", "", "few").outcome == Outcome::kOk);
  const ReservationAnswer taken = world.Hold("B2000", "2026-12-01T09:00", "", "few");
  CHECK(taken.outcome == Outcome::kSlotTaken);
  CHECK_FALSE(taken.attempt);
  CHECK_FALSE(world.Hold("x", "").attempt);
  CHECK_FALSE(world.Hold("B2000", "", "", "nowhere").attempt);
  const ReservationAnswer held = world.Hold("B2000");
  REQUIRE(held.outcome == Outcome::kOk);
  CHECK_FALSE(held.attempt);
  CHECK_FALSE(world.Hold("B2000").attempt);  // has one already
  CHECK_FALSE(world.Move(held.reservation, "2026-12-31T09:00").attempt);
}

TEST_CASE("a receipt is the same octets whenever it is asked for, for thirty days") {
  World world;
  REQUIRE(world.Publish("closed", AgendaToml("closed", kOpensTuesdays)).outcome == Outcome::kOk);
  const auto attempt = world.Hold("A1000", "", "", "closed").attempt;
  const std::string other(world.Hold("A1001", "", "", "closed").attempt->view());
  const ReceiptAnswer first = ReceiptOf(world, attempt);
  REQUIRE(first.outcome == Outcome::kOk);
  CHECK(other != attempt->view());
  world.Restart();
  world.clock.now = world.clock.now + 30 * kMsPerDay;
  const ReceiptAnswer last = ReceiptOf(world, attempt);
  CHECK(last.receipt == first.receipt);
  CHECK(last.nonce == first.nonce);
  world.clock.now = world.clock.now + 1;
  CHECK(ReceiptOf(world, attempt).outcome == Outcome::kAttemptExpired);
  // An attempt of tomorrow is one too: a clock was set back.
  world.Stop();
  world.clock.now = world.clock.now + (-40 * kMsPerDay);
  world.Start();
  CHECK(ReceiptOf(world, attempt).receipt == first.receipt);
}

TEST_CASE("an attempt of another engine, or one that was changed, is none") {
  World world;
  World elsewhere;
  for (World* one : {&world, &elsewhere})
    REQUIRE(one->Publish("closed", AgendaToml("closed", kOpensTuesdays)).outcome == Outcome::kOk);
  const auto attempt = world.Hold("A1000", "", "", "closed").attempt;
  CHECK(ReceiptOf(elsewhere, attempt).outcome == Outcome::kValidationFailed);
  std::string text(attempt->view());
  text[40] = text[40] == 'A' ? 'B' : 'A';
  CHECK(world.engine->SignAttempt(text, world.clock.now).outcome == Outcome::kValidationFailed);
  CHECK(world.engine->SignAttempt("", world.clock.now).outcome == Outcome::kValidationFailed);
  CHECK(world.engine->stats().receipts.attempts == 0);
}

TEST_CASE("a receipt is found good here, and with any octet changed nowhere") {
  World world;
  World elsewhere;
  REQUIRE(world.Publish("closed", AgendaToml("closed", kOpensTuesdays)).outcome == Outcome::kOk);
  const std::string good = ReceiptOf(world, world.Hold("A1000", "", "", "closed").attempt).receipt;
  const ReceiptVerdict verdict = world.engine->VerifyReceipt(good);
  CHECK(verdict.receipt);
  CHECK(verdict.reason.empty());
  CHECK_FALSE(elsewhere.engine->VerifyReceipt(good).receipt);
  for (size_t i = 0; i < good.size(); ++i) {
    std::string changed = good;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    world.clock.now = world.clock.now + 1;  // for the budget
    const ReceiptVerdict refused = world.engine->VerifyReceipt(changed);
    REQUIRE(refused.outcome == Outcome::kOk);
    REQUIRE_FALSE(refused.receipt);
    REQUIRE_FALSE(refused.reason.empty());
  }
}

TEST_CASE("more receipts than can be signed in a second are refused, and come later") {
  World world;
  REQUIRE(world.Publish("closed", AgendaToml("closed", kOpensTuesdays)).outcome == Outcome::kOk);
  const auto attempt = world.Hold("A1000", "", "", "closed").attempt;
  int signed_ = 0;
  ReceiptAnswer answer;
  for (int i = 0; i < 200; ++i) {
    answer = ReceiptOf(world, attempt);
    signed_ += answer.outcome == Outcome::kOk;
  }
  CHECK(signed_ == limits::kReceiptsAtOnce);
  CHECK(answer.outcome == Outcome::kOverloaded);
  CHECK(answer.retry_after_s >= limits::kRetryFirstS);
  CHECK(answer.retry_after_s <= limits::kRetryLastS);
  CHECK(world.engine->VerifyReceipt("x").outcome == Outcome::kOverloaded);
  const ReceiptStats stats = world.engine->stats().receipts;
  CHECK(stats.attempts == 100);
  CHECK(stats.refused == 101);
  // A forged one takes nothing from anybody.
  CHECK(world.engine->SignAttempt("forged", world.clock.now).outcome == Outcome::kValidationFailed);
  world.clock.now = world.clock.now + 1;
  CHECK(ReceiptOf(world, attempt).outcome == Outcome::kOk);
}

TEST_CASE("whoever sees an empty list can say so, with a name or without") {
  World world;
  std::string toml = AgendaToml("full", "", "{ web = 1, desk = 1 }");
  toml.replace(toml.find("2026-12-31"), 10, "2026-12-01");
  toml.replace(toml.find("12:00"), 5, "09:30");
  REQUIRE(world.Publish("full", toml).outcome == Outcome::kOk);
  rules::Applicant who;
  who.fields[static_cast<size_t>(rules::IdentityField::kPassport)] = "12 ab 345";
  who.fields[static_cast<size_t>(rules::IdentityField::kBirthDate)] = "1990-05-17";
  CHECK(Ask(world, "full", &who).outcome == Outcome::kSeatsLeft);
  CHECK(Ask(world, "full", nullptr).outcome == Outcome::kSeatsLeft);
  REQUIRE(world.Hold("A1000", "", "", "full").outcome == Outcome::kOk);
  const uint64_t written = world.engine->stats().log.records;
  const AttemptAnswer named = Ask(world, "full", &who);
  REQUIRE(named.outcome == Outcome::kOk);
  CHECK(named.attempted == "nothing-left");
  const auto receipt = Checked(world, ReceiptOf(world, named.attempt),
                               {{"passport", "12AB345"}, {"birth_date", "1990-05-17"}});
  CHECK(receipt.phase == "exhausted");
  const AttemptAnswer nameless = Ask(world, "full", nullptr);
  REQUIRE(nameless.outcome == Outcome::kOk);
  CHECK(Checked(world, ReceiptOf(world, nameless.attempt), {}).identity ==
        proof::IdentityGiven::kNone);
  CHECK(Ask(world, "nowhere", &who).outcome == Outcome::kUnknownAgenda);
  CHECK(Ask(world, "full", &who, "ticket").outcome == Outcome::kValidationFailed);
  CHECK(Ask(world, "full", nullptr, "ticket").problems[0].pointer == "/applicant");
  who.fields[static_cast<size_t>(rules::IdentityField::kPassport)] = "?";
  CHECK(Ask(world, "full", &who).problems[0].pointer == "/applicant/passport");
  CHECK(world.engine->stats().log.records == written);
  // One person asks no oftener than for tickets.
  who.fields[static_cast<size_t>(rules::IdentityField::kPassport)] = "99 zz 999";
  Outcome last = Outcome::kOk;
  for (uint32_t i = 0; i < 2 * limits::kAsksPerSubject; ++i)
    last = Ask(world, "full", &who).outcome;
  CHECK(last == Outcome::kRateLimited);
}

TEST_CASE("asking for an attempt counts nobody as refused, once more or at all") {
  World world;
  REQUIRE(world.Publish("full", AgendaToml("full", "", "{ web = 0, desk = 1 }")).outcome ==
          Outcome::kOk);
  const AgendaId agenda = world.engine->FindAgenda("full")->id;
  const auto refused = [&] { return world.engine->Refused(agenda, Outcome::kNothingLeft); };
  REQUIRE(Ask(world, "full", nullptr).outcome == Outcome::kOk);
  CHECK(refused() == 0);
  REQUIRE(world.Hold("A1000", "", "", "full").outcome == Outcome::kNothingLeft);
  CHECK(refused() == 1);
  REQUIRE(Ask(world, "full", nullptr).outcome == Outcome::kOk);
  CHECK(refused() == 1);
}

TEST_CASE("a pause, a closed hour and a roster are said too") {
  World world;
  REQUIRE(world.Publish("93-titres", AgendaToml()).outcome == Outcome::kOk);
  REQUIRE(world.Publish("closed", AgendaToml("closed", kOpensTuesdays)).outcome == Outcome::kOk);
  REQUIRE(world.Publish("listed", AgendaToml("listed", "identity_proof = \"listed\"")).outcome ==
          Outcome::kOk);
  rules::Applicant who;
  who.fields[static_cast<size_t>(rules::IdentityField::kDossier)] = "A1000";
  who.fields[static_cast<size_t>(rules::IdentityField::kBirthDate)] = "1990-05-17";
  CHECK(Ask(world, "closed", &who).attempted == "not-open-yet");
  CHECK(Ask(world, "listed", &who).attempted == "not-listed");
  CHECK(Ask(world, "listed", nullptr).outcome == Outcome::kSeatsLeft);
  REQUIRE(world.engine->ImportRoster({"listed", "dossier;birth_date\nA1000;1990-05-17\n"}, kTester)
              .outcome == Outcome::kOk);
  CHECK(Ask(world, "listed", &who).outcome == Outcome::kSeatsLeft);
  REQUIRE(world.engine->Order("listed", {OpeningOrder::What::kPause, 0, ""}, kTester).outcome ==
          Outcome::kOk);
  const AttemptAnswer paused = Ask(world, "listed", &who);
  CHECK(paused.attempted == "paused");
  CHECK(Checked(world, ReceiptOf(world, paused.attempt), By("A1000")).identity ==
        proof::IdentityGiven::kListed);
}

TEST_CASE("a confirmation's receipt names the log that has it, and only its holder gets it") {
  World world;
  REQUIRE(world.Publish("93-titres", AgendaToml()).outcome == Outcome::kOk);
  const Reservation held = world.Hold("A1000", "2026-12-01T09:00").reservation;
  const auto prepare = [&](std::string_view name, std::string_view key) {
    world.act->Begin();
    PendingReceipt pending = world.engine->PrepareReceipt(*world.act, {name, key}, world.clock.now);
    REQUIRE(world.wait.Finish(*world.act));
    return pending;
  };
  CHECK(prepare(held.name.view(), held.key.view()).outcome == Outcome::kNotConfirmed);
  // Confirmed and asked for in one act: the confirmation is not durable when it is looked at.
  world.act->Begin();
  REQUIRE(world.engine->Confirm(*world.act, {held.name.view(), held.key.view()}, world.clock.now)
              .outcome == Outcome::kOk);
  const Lsn before = world.engine->log().head().lsn;
  const PendingReceipt pending = world.engine->PrepareReceipt(
      *world.act, {held.name.view(), held.key.view()}, world.clock.now);
  REQUIRE(pending.outcome == Outcome::kOk);
  REQUIRE(world.wait.Finish(*world.act));
  const auto receipt = proof::ReadReceipt(world.engine->SignConfirmation(pending, world.clock.now));
  REQUIRE(receipt.ok());
  CHECK(proof::VerifyReceipt(*receipt, PublicOf(world)));
  const auto& body = std::get<proof::ConfirmationReceipt>(receipt->body);
  CHECK(body.reservation == held.name.view());
  CHECK(body.agenda == "93-titres");
  CHECK(body.slot == "2026-12-01T09:00");
  CHECK(body.starts_at == held.starts_at);
  CHECK(body.minutes == 30);
  CHECK(body.channel == "web");
  CHECK(body.identity == proof::IdentityGiven::kDeclared);
  CHECK(body.holder == proof::HolderOf(held.name.view(), held.key.view()));
  CHECK(body.lsn > before);
  const wal::Head head = world.engine->log().head();
  CHECK(body.batch == head.batch);
  CHECK(body.lsn == head.lsn);
  CHECK(body.epoch == head.epoch);
  CHECK(body.chain == head.chain);
  std::string wrong(held.key.view());
  wrong[0] = wrong[0] == 'A' ? 'B' : 'A';
  CHECK(prepare(held.name.view(), wrong).outcome == Outcome::kUnknownReservation);
  CHECK(prepare("0123456789ABC", held.key.view()).outcome == Outcome::kUnknownReservation);
  const uint64_t taken = world.engine->stats().receipts.refused;
  for (int i = 0; i < 200; ++i)
    REQUIRE(prepare(held.name.view(), wrong).outcome == Outcome::kUnknownReservation);
  CHECK(world.engine->stats().receipts.refused == taken);  // a stranger uses nothing up
  REQUIRE(world.Do(&Engine::Cancel, held).outcome == Outcome::kOk);
  CHECK(prepare(held.name.view(), held.key.view()).outcome == Outcome::kCancelled);
}
}  // namespace creneau::booking
