// Records of draws.
#include "codec/draw.h"

#include <functional>

#include "base/limits.h"
#include "base/limits_draw.h"
#include "tests/codec/catch.h"

namespace creneau::codec {
namespace {

DrawState Done() {
  DrawState state;
  state.agenda = AgendaId{3};
  state.draw = 2;
  state.rules = {"2026-12",
                 "drand quicknet",
                 "34670212",
                 *ParseLocalMinute("2026-12-01T09:00"),
                 *ParseLocalMinute("2026-12-08T18:00"),
                 *ParseLocalMinute("2026-12-09T12:00"),
                 {2027, 1, 4},
                 {2027, 1, 29}};
  state.step = DrawStep::kDone;
  state.announced_at = Instant{1'000};
  state.closed_at = Instant{2'000};
  state.entries = 20'000;
  state.root.fill(1);
  state.closed_lsn = Lsn{77};
  state.holders = true;
  state.value = "4 8 15";
  state.seeded_at = Instant{3'000};
  state.seed.fill(2);
  state.done_at = Instant{4'000};
  state.seats.fill(3);
  state.slots = {{LocalMinute{30'000'000}, 64}, {LocalMinute{30'000'020}, 1}};
  state.allocation.fill(4);
  state.surprise_tags = "2.417";
  state.surprise_entries = "1.932";
  state.crowded = 5;
  state.first_name = 6;
  return state;
}

DrawEntry Entry() {
  DrawEntry entry;
  entry.agenda = AgendaId{3};
  entry.draw = 2;
  entry.number = 17;
  entry.name = 0x123456789abcdef0;
  entry.subject = {7, 8};
  entry.idempotency = 9;
  entry.at = Instant{1'500};
  entry.wishes = "mon,tue morning 2027-01-05";
  entry.state = EntryState::kOffered;
  entry.offer = SeatRef{SeatId{0}, Generation{1}};
  return entry;
}

template <typename T>
T Again(const std::string& record) {
  const absl::StatusOr<Record> decoded = DecodeRecord(record);
  REQUIRE(decoded.ok());
  return std::get<T>(*decoded);
}

bool IsRefused(const std::string& record) {
  return absl::IsDataLoss(DecodeRecord(record).status());
}

}  // namespace

TEST_CASE("a draw and its entries come back as they were") {
  CHECK(Again<DrawState>(EncodeDraw(Done())) == Done());
  DrawState fresh;
  fresh.rules.id = "1";
  CHECK(Again<DrawState>(EncodeDraw(fresh)) == fresh);
  CHECK(Again<DrawEntry>(EncodeDrawEntry(Entry())) == Entry());
  DrawEntry plain = Entry();
  plain.offer.reset();
  plain.state = EntryState::kEntered;
  CHECK(Again<DrawEntry>(EncodeDrawEntry(plain)) == plain);
}

TEST_CASE("the largest result fits the log, in parts, and comes back whole") {
  std::vector<rules::DrawSlot> slots;
  for (size_t i = 0; i < limits::kDrawSlots; ++i)
    slots.push_back({LocalMinute{30'000'000 + static_cast<int32_t>(i)}, 64});
  std::vector<uint32_t> given(limits::kDrawEntries);
  for (size_t i = 0; i < given.size(); ++i)
    given[i] = i % 3 == 0 ? rules::kNoSlot : static_cast<uint32_t>(i * 7 % slots.size());
  std::vector<rules::DrawSlot> slots_again;
  std::vector<uint32_t> given_again;
  const std::vector<std::string> records = EncodeDrawResult(AgendaId{3}, 2, slots, given);
  CHECK(records.size() > 1);
  uint32_t number = 0;
  for (const std::string& record : records) {
    CHECK(record.size() <= limits::kMaxRecordBytes);
    const auto part = Again<DrawResult>(record);
    CHECK(part.part == number++);
    CHECK(part.parts == records.size());
    slots_again.insert(slots_again.end(), part.slots.begin(), part.slots.end());
    given_again.insert(given_again.end(), part.given.begin(), part.given.end());
    CHECK(EncodeDrawPart(part) == record);
  }
  CHECK(slots_again == slots);
  CHECK(given_again == given);
  CHECK(EncodeDrawResult(AgendaId{3}, 2, {}, {}).size() == 1);
  DrawState closed = Done();
  closed.slots = slots;
  CHECK(EncodeDraw(closed).size() <= limits::kMaxRecordBytes);
  CHECK(Again<DrawState>(EncodeDraw(closed)) == closed);
}

TEST_CASE("what nothing of ours would say of a draw is refused") {
  const std::function<void(DrawState&)> states[] = {
      [](DrawState& s) { s.step = static_cast<DrawStep>(6); },
      [](DrawState& s) { s.step = static_cast<DrawStep>(0); },
      [](DrawState& s) { s.draw = 0; },
      [](DrawState& s) { s.rules.id = "Dezember"; },
      [](DrawState& s) { s.rules.beacon = "two\nlines"; },
      [](DrawState& s) { s.rules.round = std::string(201, 'r'); },
      [](DrawState& s) { s.value = "\x1b[2J"; },
      [](DrawState& s) { s.slots[1] = s.slots[0]; },
      [](DrawState& s) { s.slots[1].seats = 0; },
      [](DrawState& s) { s.slots[1].seats = 65; }};
  for (const auto& change : states) {
    DrawState state = Done();
    change(state);
    CHECK(IsRefused(EncodeDraw(state)));
  }
  const std::function<void(DrawEntry&)> entries[] = {
      [](DrawEntry& e) { e.draw = 0; }, [](DrawEntry& e) { e.number = 0; },
      [](DrawEntry& e) { e.number = limits::kDrawEntries + 1; },
      [](DrawEntry& e) { e.state = static_cast<EntryState>(kEntryStates); },
      [](DrawEntry& e) { e.wishes = "everything"; }};
  for (const auto& change : entries) {
    DrawEntry entry = Entry();
    change(entry);
    CHECK(IsRefused(EncodeDrawEntry(entry)));
  }
  DrawResult result;
  result.slots = {{LocalMinute{5}, 1}, {LocalMinute{5}, 1}};
  CHECK(IsRefused(EncodeDrawPart(result)));
  result.slots = {{LocalMinute{5}, 65}};
  CHECK(IsRefused(EncodeDrawPart(result)));
  result.slots.clear();
  result.part = 1;
  CHECK(IsRefused(EncodeDrawPart(result)));
}

TEST_CASE("draws are told to people and to programs") {
  CHECK(DescribeRecord(EncodeDraw(Done()), false).find("agenda 3, draw 2026-12: done, 20000") == 0);
  CHECK(DescribeRecord(EncodeDrawEntry(Entry()), false).find("agenda 3, draw 2, entry 17 of") == 0);
  const std::string part =
      EncodeDrawResult(AgendaId{3}, 2, {{LocalMinute{5}, 4}}, {0, rules::kNoSlot})[0];
  CHECK(DescribeRecord(part, false) ==
        "agenda 3, draw 2, result (part 1 of 1): 1 of 2 entries get a seat");
  for (const std::string& record : {EncodeDraw(Done()), EncodeDrawEntry(Entry()), part})
    CHECK(DescribeRecord(record, true).find(R"({"event":"draw-)") == 0);
}

}  // namespace creneau::codec
