// Records of what the log keeps beside seats and calendars.
#include <limits>

#include "base/limits.h"
#include "base/text.h"
#include "codec/event.h"
#include "creneau/v1/event.pb.h"
#include "rules/beacon.h"
#include "tests/codec/catch.h"

namespace creneau::codec {
namespace {

template <typename What>
void ComesBack(const What& what, const std::string& bytes) {
  const auto record = DecodeRecord(bytes);
  REQUIRE(record.ok());
  CHECK(std::get<What>(*record) == what);
}

TEST_CASE("an outage survives the log") {
  for (const bool settled : {false, true}) {
    const std::string bytes = EncodeOutage({Instant{1'796'083'200'000}, settled});
    const auto record = DecodeRecord(bytes);
    REQUIRE(record.ok());
    CHECK(std::get<Outage>(*record).since == Instant{1'796'083'200'000});
    CHECK(std::get<Outage>(*record).settled == settled);
    CHECK(DescribeRecord(bytes, false).find("outage since 2026-12-01T00:00:00Z") == 0);
  }
}

TEST_CASE("a loss survives the log") {
  LossAccepted loss{
      Instant{1'796'112'000'123}, Lsn{7}, 3, Instant{5}, 95'040, Generation{12}, 4, {}};
  CHECK(std::get<LossAccepted>(*DecodeRecord(EncodeLoss(loss))) == loss);
  loss.newest = LossAccepted::Known{9, Lsn{40}, 2, Instant{1'796'083'200'000}, {}};
  loss.newest->chain.fill(0xab);
  const std::string bytes = EncodeLoss(loss);
  CHECK(std::get<LossAccepted>(*DecodeRecord(bytes)) == loss);
  CHECK(DescribeRecord(bytes, false).find("after position 7") != std::string::npos);
  CHECK(DescribeRecord(bytes, false).find("at least 33 records") != std::string::npos);
  CHECK(DescribeRecord(bytes, true).find(R"("after":"7")") != std::string::npos);
  for (const auto& [era, generation] : {std::pair<uint64_t, uint32_t>{0, 1},
                                        {limits::kMaxEra + 1, 1},
                                        {1, 0},
                                        {1, limits::kMaxGeneration + 1}}) {
    loss.era = era;
    loss.first_generation = Generation{generation};
    CHECK(!DecodeRecord(EncodeLoss(loss)).ok());
  }
}

TEST_CASE("what the staff books survives the log, and fits into a node") {
  const HelperCount count{AgendaId{limits::kMaxAgendas - 1},
                          std::string(limits::kStaffPersonChars, 'a'), rules::IsoWeek{2026, 53},
                          ~0u};
  const std::string bytes = EncodeHelperCount(count);
  ComesBack(count, bytes);
  CHECK(bytes.size() <= kMaxEventBytes);
  CHECK(DescribeRecord(bytes, true).find(R"("week":"2026-W53")") != std::string::npos);
  const DeskNote note{AgendaId{limits::kMaxAgendas - 1},
                      Channel::kPost,
                      Instant{1'796'083'200'000},
                      SeatRef{SeatId{limits::kMaxSeats - 1}, Generation{limits::kMaxGeneration}},
                      true,
                      ~uint64_t{0},
                      ~uint64_t{1}};
  ComesBack(note, EncodeDeskNote(note));
  CHECK(EncodeDeskNote(note).size() <= kMaxEventBytes);
  CHECK(DescribeRecord(EncodeDeskNote(note), false).find("booked in post by a helper") !=
        std::string::npos);
  // What nobody of ours writes: a week that begins on a Tuesday, a channel that is none.
  v1::Event wrong;
  REQUIRE(wrong.ParseFromString(bytes));
  wrong.mutable_helper_count()->set_monday(wrong.helper_count().monday() + 1);
  CHECK(!DecodeRecord(wrong.SerializeAsString()).ok());
  REQUIRE(wrong.ParseFromString(EncodeDeskNote(note)));
  wrong.mutable_desk_note()->set_channel(kChannels);
  CHECK(!DecodeRecord(wrong.SerializeAsString()).ok());
}

TEST_CASE(
    "seats that went to another channel survive the log, and between channels that there are") {
  SeatsShifted shifted{AgendaId{7}, 12, ShiftCause::kFlow, Instant{1'796'083'200'000}, {}};
  ComesBack(shifted, EncodeShift(shifted));
  shifted.moved.push_back({Channel::kWeb, Channel::kPhone, 3, 2, 40});
  shifted.moved.push_back({std::nullopt, Channel::kCourt, 1, 1, 1});
  const std::string bytes = EncodeShift(shifted);
  ComesBack(shifted, bytes);
  CHECK(
      DescribeRecord(bytes, false) ==
      "agenda 7, with version 12 (flow): 3 seats of 2 slots from web to phone, 40 ever; 1 seats of "
      "1 slots from none to court, 1 ever");
  CHECK(DescribeRecord(bytes, true).find(R"("moved":[{"from":"web","to":"phone","seats":3)") !=
        std::string::npos);
  const auto refused = [&](auto change) {
    v1::Event wrong;
    REQUIRE(wrong.ParseFromString(bytes));
    change(*wrong.mutable_seats_shifted());
    return !DecodeRecord(wrong.SerializeAsString()).ok();
  };
  CHECK(refused([](v1::SeatsShifted& of) { of.set_cause(0); }));
  CHECK(refused([](v1::SeatsShifted& of) { of.set_cause(4); }));
  CHECK(refused([](v1::SeatsShifted& of) { of.mutable_moved(0)->set_to(kChannels); }));
  CHECK(refused([](v1::SeatsShifted& of) { of.mutable_moved(0)->set_from(1); }));
  CHECK(refused([](v1::SeatsShifted& of) { of.set_agenda(limits::kMaxAgendas); }));
}

TEST_CASE("a mandate survives the log, whatever is in it, and says nothing of what a court wrote") {
  Mandate mandate{.number = ~uint64_t{0}, .agenda = AgendaId{limits::kMaxAgendas - 1}};
  ComesBack(mandate, EncodeMandate(mandate));
  mandate.state = MandateState::kGiven;
  mandate.subject = Subject{1, ~uint64_t{0}};
  mandate.court = "TA \"Montreuil\"\n";
  mandate.decision = std::string("\0sealed", 7);
  mandate.epoch = 3;
  mandate.date = 20'777;
  mandate.deadline = 20'790;
  mandate.penalty_eur = 100;
  mandate.proposed_by = "c.martin";
  mandate.proposed_at = Instant{1'796'083'200'000};
  mandate.settled_by = "p.durand";
  mandate.settled_at = Instant{1'796'083'200'001};
  mandate.origin = SeatRef{SeatId{7}, Generation{8}};
  mandate.seat = MandateSeat::kCounted;
  mandate.told = true;
  mandate.given = 3;
  mandate.added = 2;
  mandate.counted = 1;
  mandate.state = MandateState::kVoid;
  ComesBack(mandate, EncodeMandate(mandate));
  mandate.state = MandateState::kGiven;
  const std::string bytes = EncodeMandate(mandate);
  ComesBack(mandate, bytes);
  const std::string line = DescribeRecord(bytes, false);
  CHECK(line.find("(TA \"Montreuil\"?, 2026-11-20, deadline 2026-12-03, 100 EUR a day): given") !=
        std::string::npos);
  CHECK(DescribeRecord(bytes, true).find(R"("court":"TA ?Montreuil??")") != std::string::npos);
  CHECK(DescribeRecord(bytes, true).find("sealed") == std::string::npos);
  const auto refused = [&](auto change) {
    v1::Event wrong;
    REQUIRE(wrong.ParseFromString(bytes));
    change(*wrong.mutable_mandate_changed());
    return !DecodeRecord(wrong.SerializeAsString()).ok();
  };
  CHECK(refused([](v1::MandateChanged& of) { of.set_state(5); }));
  CHECK(refused([](v1::MandateChanged& of) { of.set_from(4); }));
  CHECK(refused([](v1::MandateChanged& of) { of.set_epoch(0); }));
  CHECK(refused([](v1::MandateChanged& of) { of.set_agenda(limits::kMaxAgendas); }));
}

TEST_CASE("what a beacon gave can be written in one way only") {
  for (const char* value : {"7", "0", "7 12 33", "0 1 2", "0123456789abcdef", "4f1ce94f1ce94f1ce9"})
    CHECK(rules::IsBeaconValue(value));
  for (const char* value :
       {"", " ", "7 ", " 7", "7  12", "7, 12", "7-12", "07", "7 07", "00", "4f1ce9",
        "4F1CE94F1CE94F1C", "0123456789abcde", "0123456789abcdef 7", "7\n", "\"7\"", "sept"})
    CHECK(!rules::IsBeaconValue(value));
  CHECK(rules::IsBeaconValue(std::string(limits::kBeaconChars, 'f')));
  CHECK(!rules::IsBeaconValue(std::string(limits::kBeaconChars + 1, 'f')));
  OpeningState opening;
  opening.beacon = "07";
  CHECK(!DecodeRecord(EncodeOpening(opening)).ok());
}

TEST_CASE("states survive the log: openings, turns, rosters, probes") {
  OpeningState opening;
  opening.agenda = AgendaId{7};
  opening.day = 20788;
  CHECK(std::get<OpeningState>(*DecodeRecord(EncodeOpening(opening))) == opening);
  opening.opened_at = Instant{1'796'112'000'123};
  opening.closes_at = Instant{1'796'115'600'000};
  opening.k.fill(0xab);
  opening.lapsed_rank = 5;
  opening.served_rank = ~uint64_t{0};
  opening.gathered = opening.late = opening.served = opening.rate_cap_per_min = ~0u;
  opening.paused = opening.draining = opening.without_beacon = true;
  opening.beacon = std::string(limits::kBeaconChars, 'f');
  const std::string largest = EncodeOpening(opening);
  CHECK(std::get<OpeningState>(*DecodeRecord(largest)) == opening);
  CHECK(largest.size() <= kMaxEventBytes);
  opening.lapsed_rank = 6;
  opening.served_rank = 5;
  CHECK(!DecodeRecord(EncodeOpening(opening)).ok());

  const TurnLapsed turn{AgendaId{7}, 20788, Subject{1, ~uint64_t{0}}, 2,
                        SeatRef{SeatId{5}, Generation{9}}};
  CHECK(std::get<TurnLapsed>(*DecodeRecord(EncodeTurn(turn))) == turn);
  const Probe probe{Instant{1'796'112'000'123}};
  CHECK(std::get<Probe>(*DecodeRecord(EncodeProbe(probe))) == probe);

  const StaffAct act{.at = Instant{1'796'112'000'123},
                     .role = rules::Role::kHelper,
                     .person = std::string(limits::kStaffPersonChars, 'a'),
                     .key = "0123ABCZ",
                     .what = std::string(limits::kStaffWhatChars, 'b'),
                     .agenda = std::string(64, 'c'),
                     .reservation = SeatRef{SeatId{~0u}, Generation{~0u}},
                     .reason = std::string(limits::kStaffReasonChars, 'd')};
  CHECK(std::get<StaffAct>(*DecodeRecord(EncodeStaffAct(act))) == act);
  CHECK(EncodeStaffAct(act).size() <= kMaxEventBytes);
  const StaffAct least{.person = "uid:1000", .what = "pause"};
  CHECK(std::get<StaffAct>(*DecodeRecord(EncodeStaffAct(least))) == least);
  CHECK(DescribeRecord(EncodeStaffAct(least), false) ==
        "operator uid:1000 (admin socket) 1970-01-01T00:00:00Z: pause");

  std::vector<Subject> subjects;
  for (uint64_t i = 0; i < 30'000; ++i) subjects.push_back(Subject{i, ~i});
  const std::vector<std::string> records = EncodeRoster(AgendaId{7}, 3, /*adds=*/true, subjects);
  CHECK(records.size() == 3);
  std::vector<Subject> read;
  for (size_t i = 0; i < records.size(); ++i) {
    const auto record = DecodeRecord(records[i]);
    const RosterPart& part = std::get<RosterPart>(*record);
    CHECK(part.part == i);
    CHECK(part.parts == records.size());
    CHECK(part.adds);
    read.insert(read.end(), part.subjects.begin(), part.subjects.end());
  }
  CHECK(read == subjects);
  CHECK(EncodeRoster(AgendaId{7}, 4, /*adds=*/false, {}).size() == 1);
  for (const std::string& text :
       {largest, EncodeTurn(turn), EncodeProbe(probe), EncodeStaffAct(act), records[0]}) {
    CHECK(!DescribeRecord(text, false).empty());
    CHECK(DescribeRecord(text, true).front() == '{');
  }
}

TEST_CASE("peppers: of a group, made, retired; what does not go together is no record") {
  const Instant at{1'796'112'000'123};
  const std::string group(64, 'g');
  for (const PepperEpoch& fine :
       {PepperEpoch{2, at, group, 1}, PepperEpoch{limits::kPepperEpochs, at, group, 0},
        PepperEpoch{2, at, "", 0, false, ~uint64_t{0}}, PepperEpoch{1, at, "", 0, true, 7}}) {
    const std::string bytes = EncodePepper(fine);
    CHECK(std::get<PepperEpoch>(*DecodeRecord(bytes)) == fine);
    CHECK(bytes.size() <= kMaxEventBytes);
    CHECK(DescribeRecord(bytes, true).find(fine.retired ? "true" : "\"epoch\":") !=
          std::string::npos);
  }
  CHECK(DescribeRecord(EncodePepper({2, at, "93", 1}), false) ==
        "group 93 uses pepper 2 from 2026-12-01T08:00:00Z on, and pepper 1 no longer");
  for (const PepperEpoch& wrong :
       {PepperEpoch{0, at, "93"}, PepperEpoch{limits::kPepperEpochs + 1, at, "93"},
        PepperEpoch{2, at, "93", 2}, PepperEpoch{2, at, "", 1}, PepperEpoch{2, at, "93", 1, true},
        PepperEpoch{2, at, "93", 1, false, 7}, PepperEpoch{2, at, "a\"b"}})
    CHECK(absl::IsDataLoss(DecodeRecord(EncodePepper(wrong)).status()));
}

TEST_CASE("an act is attributed to somebody who can be of the staff, or the record is none") {
  const auto fine = [](auto change) {
    StaffAct act{.person = "a.dupont", .key = "0123ABCZ", .what = "lookup"};
    change(act);
    return IsStaffAct(act);
  };
  CHECK(fine([](StaffAct&) {}));
  CHECK(fine([](StaffAct& act) { act.agenda = "92-naturalisation"; }));
  CHECK(fine([](StaffAct& act) { act.reason = "wrong-digit"; }));
  // Nobody with a key is taken for a user of the admin socket, nor the other way round.
  CHECK(!fine([](StaffAct& act) { act.person = "uid:1000"; }));
  CHECK(!fine([](StaffAct& act) { act.key = ""; }));
  for (const char* person : {"", "A.Dupont", "-a", "a b", "a\n", "\xc3\xa9lodie"})
    CHECK(!fine([=](StaffAct& act) { act.person = person; }));
  for (const char* key : {"0123ABC", "0123abcz", "0123ABCI", "0123ABCZ0"})
    CHECK(!fine([=](StaffAct& act) { act.key = key; }));
  for (const char* word : {"Lookup", "look up", "a-word-of-seventeen-and-more-letters"}) {
    CHECK(!fine([=](StaffAct& act) { act.what = word; }));
    CHECK(!fine([=](StaffAct& act) { act.reason = word; }));
  }
  CHECK(!fine([](StaffAct& act) { act.what = ""; }));
  CHECK(!fine([](StaffAct& act) { act.agenda = "92/naturalisation"; }));
}

TEST_CASE("acts about identities survive the log, and no field of an identity is in them") {
  const SeatRef seat{SeatId{7}, Generation{3}};
  const Subject ada{1, 2}, bert{3, 4};
  ComesBack(SubjectsLinked{AgendaId{1}, Instant{5}, {{ada, bert}, {bert, ada}}},
            EncodeLinks({AgendaId{1}, Instant{5}, {{ada, bert}, {bert, ada}}}));
  ComesBack(Rekeyed{seat, 2}, EncodeRekeyed({seat, 2}));
  for (const ActKind kind : {ActKind::kCorrection, ActKind::kRepair, ActKind::kLink}) {
    const ActProposed proposed{9,    kind,           AgendaId{1}, seat,      ada,
                               bert, "typing-error", "c.martin",  Instant{6}};
    ComesBack(proposed, EncodeProposed(proposed));
  }
  for (const ActSettled& settled : {ActSettled{9, "p.durand", Instant{7}, false, 3},
                                    ActSettled{9, "p.durand", Instant{7}, true, 0}})
    ComesBack(settled, EncodeSettled(settled));
  for (const NoticeKind kind :
       {NoticeKind::kRecovery, NoticeKind::kAskedAgain, NoticeKind::kSlotClosed}) {
    const HolderNotice notice{kind, AgendaId{1}, seat, Instant{8}};
    ComesBack(notice, EncodeNotice(notice));
    CHECK(EncodeNotice(notice).size() <= kMaxEventBytes);
  }
}

TEST_CASE("an act about identities that nobody could have logged is no record") {
  const auto refused = [](const v1::Event& message) {
    CHECK(absl::IsDataLoss(DecodeRecord(message.SerializeAsString()).status()));
  };
  v1::Event nobody;
  nobody.mutable_subjects_linked()->add_links()->set_subject_lo(1);
  refused(nobody);
  v1::Event kind;
  kind.mutable_act_proposed()->set_what(4);
  refused(kind);
  v1::Event notice;
  notice.mutable_holder_notice();
  refused(notice);
}

TEST_CASE("a place in a waitlist and a closed day come back whole") {
  const WaitlistPlace place{(uint64_t{3} << 32) + 9,
                            AgendaId{5},
                            Subject{1, 2},
                            Channel::kPost,
                            20'800,
                            ~uint64_t{0},
                            77,
                            Instant{1'796'029'200'000},
                            PlaceState::kOffered,
                            Instant{1'796'029'200'001},
                            2,
                            SeatRef{SeatId{12}, Generation{4}}};
  const std::string bytes = EncodePlace(place);
  CHECK(bytes.size() < 150);
  CHECK(std::get<WaitlistPlace>(*DecodeRecord(bytes)) == place);
  CHECK(DescribeRecord(bytes, false).find("(post, since 2026-12-13)") != std::string::npos);
  CHECK(DescribeRecord(bytes, true).find(R"("state":"offered")") != std::string::npos);
  for (WaitlistPlace wrong : {WaitlistPlace{}, place, place, place}) {
    static int nth = 0;
    if (nth == 1) wrong.subject = {};
    if (nth == 2) wrong.agenda = AgendaId{limits::kMaxAgendas};
    if (nth == 3) wrong.offer.seat = SeatId{limits::kMaxSeats};
    ++nth;
    CHECK(absl::IsDataLoss(DecodeRecord(EncodePlace(wrong)).status()));
  }
  const DayClosed closed{AgendaId{5}, 20'800, false, Instant{1'796'029'200'000}};
  CHECK(std::get<DayClosed>(*DecodeRecord(EncodeClosed(closed))) == closed);
  // Whatever day somebody can say: a log with another one would never be read again.
  const int32_t first = DaysFromCivil(*ParseDate("1900-01-01"));
  const int32_t last = DaysFromCivil(*ParseDate("2199-12-31"));
  const auto is_read = [&](int32_t day) {
    return DecodeRecord(EncodeClosed({AgendaId{5}, day, false, closed.at})).ok();
  };
  CHECK((is_read(first) && is_read(-1) && is_read(last)));
  CHECK_FALSE((is_read(first - 1) || is_read(last + 1)));
  CHECK_FALSE(is_read(std::numeric_limits<int32_t>::max()));
  CHECK(DescribeRecord(EncodeClosed(closed), false) == "agenda 5: 2026-12-13 is no longer closed");
}

}  // namespace
}  // namespace creneau::codec
