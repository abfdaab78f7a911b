#include "codec/service.h"

#include "creneau/v1/event.pb.h"
#include "tests/codec/catch.h"

namespace creneau::codec {
namespace {

ServiceMinute Everything() {
  ServiceMinute minute;
  minute.from = Instant{1'796'029'200'000};
  minute.until = minute.from + 60'000;
  minute.quiet_since = minute.from + -180'000;
  minute.shed = {{"arrival", 12}, {"read", 3}};
  minute.over_rate = 4;
  minute.turned_away = 5;
  minute.stalled_ms = 1'500;
  minute.down_since = minute.from + -20'000;
  minute.unknown_since = minute.from + -50'000;
  minute.agendas = {{AgendaId{0}, "open", false, {3, 0, 1, 0, 2}, 310, {{"nothing-left", 31}}},
                    {AgendaId{7}, "closed", true, {}, 0, {}}};
  return minute;
}

TEST_CASE("a service record is read as it was written") {
  for (const ServiceMinute& minute : {Everything(), ServiceMinute{}}) {
    const auto record = DecodeRecord(EncodeService(minute));
    REQUIRE(record.ok());
    CHECK(std::get<ServiceMinute>(*record) == minute);
    CHECK(MayBeService(EncodeService(minute)));
  }
}

TEST_CASE("what no service record says is not believed") {
  const auto with = [](auto change) {
    v1::Event message;
    REQUIRE(message.ParseFromString(EncodeService(Everything())));
    change(*message.mutable_service_minute());
    return absl::IsDataLoss(DecodeRecord(message.SerializeAsString()).status());
  };
  using Minute = v1::ServiceMinute;
  CHECK_FALSE(with([](Minute&) {}));
  CHECK(with([](Minute& minute) { minute.set_until(minute.from() - 1); }));
  CHECK(with([](Minute& minute) { minute.set_quiet_since(minute.from() + 1); }));
  CHECK(with([](Minute& minute) { minute.set_stalled_ms(-1); }));
  CHECK(with([](Minute& minute) { minute.mutable_shed(0)->set_name("\"quoted\""); }));
  CHECK(with([](Minute& minute) { minute.mutable_shed(0)->set_count(0); }));
  CHECK(with([](Minute& minute) { minute.mutable_agendas(0)->set_phase(""); }));
  CHECK(with([](Minute& minute) { minute.mutable_agendas(0)->add_free(1); }));
  CHECK(with([](Minute& minute) {
    minute.mutable_agendas(0)->mutable_refused(0)->set_name(std::string(41, 'x'));
  }));
}

TEST_CASE("totals are encoded as protobuf would") {
  const ChannelTotals kCases[] = {{AgendaId{0}, Channel::kWeb, 0},
                                  {AgendaId{4095}, Channel::kCourt, UINT64_MAX},
                                  {AgendaId{3}, Channel::kPost, 128}};
  for (const ChannelTotals& totals : kCases) {
    char bytes[kMaxTotalsBytes];
    const std::string_view record(bytes, EncodeTotals(totals, bytes));
    v1::Event message;
    REQUIRE(message.ParseFromArray(record.data(), static_cast<int>(record.size())));
    CHECK(message.SerializeAsString() == record);
    const auto decoded = DecodeRecord(record);
    REQUIRE(decoded.ok());
    CHECK(std::get<ChannelTotals>(*decoded) == totals);
  }
}

TEST_CASE("a service record is told to people and to programs") {
  const std::string record = EncodeService(Everything());
  CHECK(DescribeRecord(record, false) ==
        "service record from 2026-11-30T09:00:00Z until 2026-11-30T09:01:00Z, quiet since "
        "2026-11-30T08:57:00Z, nothing known since 2026-11-30T08:59:10Z, down since "
        "2026-11-30T08:59:40Z, stalled 1500 ms, shed 12 arrival, 3 read, 4 over their rate, 5 "
        "connections turned away; agenda 0 open, free 3 0 1 0 2, 310 waiting, refused 31 "
        "nothing-left; agenda 7 closed (paused), free 0 0 0 0 0");
  const std::string json = DescribeRecord(record, true);
  CHECK(json.find(R"("shed":{"arrival":12,"read":3},"over_rate":4)") != std::string::npos);
  CHECK(json.find(R"("refused":{"nothing-left":31}},{"agenda":7)") != std::string::npos);
  char bytes[kMaxTotalsBytes];
  const ChannelTotals totals{AgendaId{3}, Channel::kDesk, 12};
  CHECK(DescribeRecord({bytes, EncodeTotals(totals, bytes)}, true) ==
        R"({"event":"totals","agenda":3,"channel":"desk","cancelled":12})");
}

}  // namespace
}  // namespace creneau::codec
