#include "codec/event.h"

#include <google/protobuf/stubs/logging.h>

#include "base/prng.h"
#include "catch2/catch.hpp"
#include "creneau/v1/event.pb.h"

namespace creneau::codec {
namespace {

using ledger::SeatState;
using ledger::SeatWord;

ledger::Event Everything() {
  ledger::Event event;
  event.is_move = true;
  event.seat = {SeatId{(1u << 26) - 1},
                SeatWord(~uint64_t{0})
                    .With(SeatState::kConfirmed)
                    .WithPending(false)
                    .WithChannel(Channel::kCourt),
                Subject{~uint64_t{0}, ~uint64_t{1}}, ~uint64_t{2}};
  event.from = event.seat;
  event.from.seat = SeatId{7};
  event.origin = SeatRef{SeatId{(1u << 26) - 2}, Generation{limits::kMaxGeneration}};
  return event;
}

TEST_CASE("the largest event fits, and every event comes back as it was") {
  std::array<char, kMaxEventBytes> bytes;
  for (const bool is_move : {false, true}) {
    ledger::Event event = Everything();
    event.is_move = is_move;
    const size_t size = EncodeEvent(event, bytes);
    const auto record = DecodeRecord({bytes.data(), size});
    REQUIRE(record.ok());
    const auto& back = std::get<ledger::Event>(*record);
    CHECK(back.is_move == is_move);
    CHECK(back.seat.seat == event.seat.seat);
    CHECK(back.seat.word == event.seat.word);
    CHECK(back.seat.subject == event.seat.subject);
    CHECK(back.seat.idempotency == event.seat.idempotency);
    if (!is_move) continue;
    CHECK(back.from.seat == SeatId{7});
    CHECK(back.origin == event.origin);
  }
}

// As protobuf writes it: what EncodeEvent must agree with to the byte.
std::string ByProtobuf(const ledger::Event& event) {
  const auto fill = [](const ledger::SeatImage& image, v1::SeatImage* out) {
    out->set_seat(image.seat.value);
    out->set_word(image.word.bits());
    out->set_subject_lo(image.subject.lo);
    out->set_subject_hi(image.subject.hi);
    out->set_idempotency(image.idempotency);
  };
  v1::Event message;
  if (event.is_move) {
    fill(event.seat, message.mutable_seat_moved()->mutable_to());
    fill(event.from, message.mutable_seat_moved()->mutable_from());
    message.mutable_seat_moved()->set_origin_seat(event.origin.seat.value);
    message.mutable_seat_moved()->set_origin_generation(event.origin.generation.value);
  } else {
    fill(event.seat, message.mutable_seat_changed()->mutable_image());
  }
  return message.SerializeAsString();
}

TEST_CASE("an event is written as protobuf would write it, byte for byte") {
  Prng prng(2026);
  // Of any length, and now and then nothing: each has its own bytes on the wire, or none.
  const auto number = [&prng] { return prng.Below(8) == 0 ? 0 : prng.Next() >> prng.Below(64); };
  const auto image = [&number] {
    return ledger::SeatImage{SeatId{static_cast<uint32_t>(number())}, SeatWord(number()),
                             Subject{number(), number()}, number()};
  };
  size_t shortest = kMaxEventBytes, longest = 0;
  for (int i = 0; i < 20'000; ++i) {
    ledger::Event event;
    event.is_move = i % 2 == 1;
    event.seat = image();
    event.from = image();
    event.origin = SeatRef{SeatId{static_cast<uint32_t>(number())},
                           Generation{static_cast<uint32_t>(number())}};
    std::array<char, kMaxEventBytes> bytes;
    const size_t size = EncodeEvent(event, bytes);
    REQUIRE(std::string(bytes.data(), size) == ByProtobuf(event));
    shortest = std::min(shortest, size);
    longest = std::max(longest, size);
  }
  CHECK(shortest < 20);
  CHECK(longest > 90);
}

TEST_CASE("a party is written as protobuf would write it, and comes back as it was") {
  Prng prng(20261127);
  size_t shortest = kMaxEventBytes, longest = 0;
  for (int i = 0; i < 4'000; ++i) {
    ledger::PartyHeld party;
    party.count = 2 + prng.Below(limits::kPartyMax - 1);
    const auto number = [&] { return i % 3 == 0 ? prng.Below(2) : ~uint64_t{0} - prng.Below(9); };
    for (size_t seat = 0; seat < party.count; ++seat) {
      party.seats[seat] = {SeatId{static_cast<uint32_t>(number()) % limits::kMaxSeats},
                           SeatWord(i % 3 == 0 ? 0 : prng.Next())
                               .With(SeatState::kOffered)
                               .WithPending(false)
                               .WithChannel(Channel::kPhone),
                           Subject{number(), number()}, number()};
    }
    std::array<char, kMaxEventBytes> bytes;
    const size_t size = EncodeParty(party, bytes);
    const std::string_view record(bytes.data(), size);
    v1::Event message;
    for (size_t seat = 0; seat < party.count; ++seat) {
      v1::SeatImage* const out = message.mutable_party_held()->add_seats();
      const ledger::SeatImage& image = party.seats[seat];
      out->set_seat(image.seat.value);
      out->set_word(image.word.bits());
      out->set_subject_lo(image.subject.lo);
      out->set_subject_hi(image.subject.hi);
      out->set_idempotency(image.idempotency);
    }
    REQUIRE(record == message.SerializeAsString());
    const auto back = DecodeRecord(record);
    REQUIRE(back.ok());
    std::array<char, kMaxEventBytes> again;
    REQUIRE(std::string_view(again.data(),
                             EncodeParty(std::get<ledger::PartyHeld>(*back), again)) == record);
    shortest = std::min(shortest, size);
    longest = std::max(longest, size);
  }
  CHECK(shortest < 0x80);
  CHECK(longest > 340);
}

TEST_CASE("a party of one or of nine, or with a seat that nobody has, is no record") {
  const auto record = [](int seats, SeatState state) {
    v1::Event message;
    for (int i = 0; i < seats; ++i) {
      v1::SeatImage* const seat = message.mutable_party_held()->add_seats();
      seat->set_word(SeatWord().With(i == 1 ? state : SeatState::kHeld).bits());
    }
    return DecodeRecord(message.SerializeAsString());
  };
  CHECK(record(8, SeatState::kHeld).ok());
  CHECK(record(2, SeatState::kConfirmed).ok());
  CHECK(absl::IsDataLoss(record(1, SeatState::kHeld).status()));
  CHECK(absl::IsDataLoss(record(9, SeatState::kHeld).status()));
  CHECK(absl::IsDataLoss(record(2, SeatState::kFree).status()));
  CHECK(absl::IsDataLoss(record(2, SeatState::kJoining).status()));
}

// Mutated bytes may be taken or not; what is taken is what the encoder would have written.
TEST_CASE("the fast way reads every event, and nothing that is not the encoder's own") {
  Prng prng(20261126);
  std::array<char, kMaxEventBytes> bytes;
  std::array<char, kMaxEventBytes> again;
  int refused = 0;
  for (int i = 0; i < 50'000; ++i) {
    const auto some = [&](uint64_t value) { return prng.Below(4) == 0 ? 0 : value; };
    const auto image = [&] {
      return ledger::SeatImage{SeatId{static_cast<uint32_t>(some(prng.Next() >> (32 + i % 32)))},
                               SeatWord(some(prng.Next()))
                                   .With(i % 2 == 0 ? SeatState::kHeld : SeatState::kFree)
                                   .WithPending(false)
                                   .WithChannel(static_cast<Channel>(prng.Below(kChannels))),
                               Subject{some(prng.Next()), some(prng.Next())}, some(prng.Next())};
    };
    ledger::Event event;
    event.seat = image();
    event.is_move = i % 3 == 0;
    if (event.is_move) {
      event.from = image();
      event.origin = SeatRef{SeatId{static_cast<uint32_t>(some(prng.Next() >> 40))},
                             Generation{static_cast<uint32_t>(prng.Below(3))}};
    }
    size_t size = EncodeEvent(event, bytes);
    ledger::Event back;
    REQUIRE(DecodeSeatEvent({bytes.data(), size}, &back));
    REQUIRE(EncodeEvent(back, again) == size);
    REQUIRE(std::equal(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(size), again.begin()));

    bytes[prng.Below(size)] ^= static_cast<char>(1 << prng.Below(8));
    if (prng.Below(4) == 0) size = prng.Below(size);
    const bool taken = DecodeSeatEvent({bytes.data(), size}, &back);
    const auto record = DecodeRecord({bytes.data(), size});
    refused += taken ? 0 : 1;
    if (!taken) continue;
    REQUIRE(record.ok());
    REQUIRE(EncodeEvent(back, again) == size);
    REQUIRE(std::equal(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(size), again.begin()));
    REQUIRE(EncodeEvent(std::get<ledger::Event>(*record), again) == size);
    REQUIRE(std::equal(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(size), again.begin()));
  }
  CHECK(refused > 5'000);
}

TEST_CASE("a calendar of any size comes in parts that fit the log, and comes back whole") {
  rules::Agenda agenda;
  agenda.name = "93-titres";
  agenda.timezone = "Europe/Paris";
  agenda.identity = {{rules::IdentityField::kPassport, rules::IdentityField::kBirthDate}};
  agenda.opening = rules::Opening{rules::Weekdays{5}, 510, 540, 600};
  agenda.party_max = 3;
  agenda.offer_hours = {1, 2, 3, 4, 5};
  agenda.flow = {{Channel::kPost, Channel::kPhone, 36}};
  agenda.waitlist = true;
  agenda.helper_cap = 0;
  agenda.court_overflow = rules::CourtOverflow::kCount;
  agenda.policy = rules::Policy::kDraw;
  agenda.draw = rules::DrawRules{"2026-12",
                                 "drand",
                                 "77",
                                 LocalMinute{1},
                                 LocalMinute{2},
                                 LocalMinute{3},
                                 CivilDate{2026, 12, 1},
                                 CivilDate{2026, 12, 31}};
  ledger::CalendarChange change{AgendaId{3}, 9, {}};
  for (int i = 0; i < 7'001; ++i) {
    change.slots.push_back({SlotId{static_cast<uint32_t>(i)},
                            LocalMinute{29'000'000 + i},
                            Instant{i * 60'000ll},
                            15,
                            {6, 2, 2, 1, 1},
                            {1, 0, 0, 0, 0},
                            static_cast<uint32_t>(i * 2),
                            i % 2 == 0,
                            {-64, 0, 0, 0, 64}});
  }
  const std::vector<std::string> records = EncodeCalendar(change, agenda);
  CHECK(records.size() == 3);
  size_t slots = 0;
  for (const std::string& bytes : records) {
    CHECK(bytes.size() <= limits::kMaxRecordBytes);
    const auto record = DecodeRecord(bytes);
    REQUIRE(record.ok());
    const auto& part = std::get<CalendarPart>(*record);
    CHECK(part.change.version == 9);
    CHECK(part.rules.has_value() == (part.part == 0));
    if (part.rules) CHECK(part.rules->opening == agenda.opening);
    if (part.rules) CHECK(part.rules->identity == agenda.identity);
    if (part.rules) CHECK(part.rules->party_max == 3);
    if (part.rules) CHECK(part.rules->offer_hours == agenda.offer_hours);
    if (part.rules) CHECK(part.rules->flow == agenda.flow);
    if (part.rules) CHECK(part.rules->waitlist);
    if (part.rules) CHECK(part.rules->helper_cap == 0);
    if (part.rules) CHECK(part.rules->court_overflow == rules::CourtOverflow::kCount);
    if (part.rules) CHECK(part.rules->draw == agenda.draw);
    for (const auto& slot : part.change.slots) {
      CHECK(slot.start == change.slots[slots].start);
      CHECK(slot.seats == change.slots[slots].seats);
      CHECK(slot.fresh == change.slots[slots].fresh);
      CHECK(slot.listed == change.slots[slots].listed);
      CHECK(slot.shifted == change.slots[slots].shifted);
      ++slots;
    }
  }
  CHECK(slots == change.slots.size());
}

// As DecodeRecord would take a part's slots without the fast way.
std::vector<ledger::SlotChange> SlotsByProtobuf(const std::string& bytes) {
  v1::Event message;
  REQUIRE(message.ParseFromString(bytes));
  std::vector<ledger::SlotChange> slots;
  for (const v1::CalendarSlot& slot : message.calendar_part().slots()) {
    ledger::SlotChange one{SlotId{slot.slot()}, LocalMinute{slot.start()},
                           Instant{slot.starts_at()}, static_cast<uint16_t>(slot.minutes())};
    for (size_t i = 0; i < kChannels && i < slot.seats().size(); ++i)
      one.seats[i] = static_cast<uint8_t>(slot.seats()[i]);
    for (size_t i = 0; i < kChannels && i < slot.fresh().size(); ++i)
      one.fresh[i] = static_cast<uint8_t>(slot.fresh()[i]);
    one.first_block = slot.first_block();
    one.listed = slot.listed();
    for (size_t i = 0; i < kChannels && i < slot.shifted().size(); ++i)
      one.shifted[i] = static_cast<int8_t>(slot.shifted()[i]);
    slots.push_back(one);
  }
  return slots;
}

void CheckSame(const std::vector<ledger::SlotChange>& some,
               const std::vector<ledger::SlotChange>& others) {
  REQUIRE(some.size() == others.size());
  for (size_t i = 0; i < some.size(); ++i) {
    REQUIRE(some[i].slot == others[i].slot);
    REQUIRE(some[i].start == others[i].start);
    REQUIRE(some[i].starts_at == others[i].starts_at);
    REQUIRE(some[i].minutes == others[i].minutes);
    REQUIRE(some[i].seats == others[i].seats);
    REQUIRE(some[i].fresh == others[i].fresh);
    REQUIRE(some[i].first_block == others[i].first_block);
    REQUIRE(some[i].listed == others[i].listed);
    REQUIRE(some[i].shifted == others[i].shifted);
  }
}

TEST_CASE("the fast way reads every calendar, and of changed bytes what protobuf reads of them") {
  const google::protobuf::LogSilencer quiet;
  Prng prng(27);
  rules::Agenda agenda;
  agenda.name = "93-titres";
  int refused = 0;
  for (int i = 0; i < 5'000; ++i) {
    const auto some = [&](uint64_t value) { return prng.Below(4) == 0 ? 0 : value; };
    const auto counts = [&] {
      std::array<uint8_t, kChannels> of{};
      if (prng.Below(3) == 0) return of;
      for (uint8_t& count : of) count = static_cast<uint8_t>(some(prng.Next()));
      return of;
    };
    ledger::CalendarChange change{AgendaId{static_cast<uint32_t>(prng.Below(3))},
                                  static_cast<uint32_t>(prng.Below(1'000)),
                                  {}};
    for (uint64_t left = prng.Below(4); left > 0; --left) {
      change.slots.push_back({SlotId{static_cast<uint32_t>(some(prng.Next() >> prng.Below(64)))},
                              LocalMinute{static_cast<int32_t>(some(prng.Next()))},
                              Instant{static_cast<int64_t>(some(prng.Next()) >> prng.Below(64))},
                              static_cast<uint16_t>(some(prng.Next())), counts(), counts(),
                              static_cast<uint32_t>(some(prng.Next())), prng.Below(2) == 0});
      // The message has blocks only where there are seats for them.
      if (change.slots.back().fresh == std::array<uint8_t, kChannels>{})
        change.slots.back().first_block = 0;
      change.slots.back().shifted = std::bit_cast<std::array<int8_t, kChannels>>(counts());
    }
    std::string bytes = EncodeCalendar(change, agenda).front();
    std::string_view rest;
    std::vector<ledger::SlotChange> slots;
    REQUIRE(DecodeSlots(bytes, &rest, &slots));
    CheckSame(slots, change.slots);

    bytes[prng.Below(bytes.size())] ^= static_cast<char>(1 << prng.Below(8));
    if (prng.Below(4) == 0) bytes.resize(prng.Below(bytes.size()));
    v1::CalendarPart part;
    if (!DecodeSlots(bytes, &rest, &slots) || !part.ParseFromString(std::string(rest))) {
      ++refused;
      continue;
    }
    CheckSame(slots, SlotsByProtobuf(bytes));
    REQUIRE(part.slots().empty());
  }
  CHECK(refused > 1'000);
}

TEST_CASE("what is no record, or one of a later version, is refused; descriptions never fail") {
  CHECK(absl::IsDataLoss(DecodeRecord("garbage").status()));
  CHECK(absl::IsDataLoss(
      DecodeRecord(std::string("\x8a\x01\x00", 3)).status()));  // number 17: families
  CHECK(DescribeRecord("garbage", true) == R"({"event":"unknown"})");
  std::array<char, kMaxEventBytes> bytes;
  ledger::Event strange = Everything();
  strange.seat.word = SeatWord(~uint64_t{0});
  CHECK(absl::IsDataLoss(DecodeRecord({bytes.data(), EncodeEvent(strange, bytes)}).status()));
  const size_t size = EncodeEvent(Everything(), bytes);
  CHECK(DescribeRecord({bytes.data(), size}, false).find("moved: seat 67108863") == 0);
  CHECK(DescribeRecord({bytes.data(), size}, true).find(R"({"event":"seat-moved")") == 0);
}

TEST_CASE("a description is one line, and JSON, whatever a log calls an agenda") {
  rules::Agenda agenda;
  agenda.name = "93\"\\\x1b[2J\n\xc3\xa9 x";
  const std::string bytes = EncodeCalendar({AgendaId{3}, 1, {}}, agenda).front();
  CHECK(DescribeRecord(bytes, false).find("agenda 3 (93???[2J??? x) version 1") !=
        std::string::npos);
  CHECK(DescribeRecord(bytes, true).find(R"("name":"93???[2J??? x",)") != std::string::npos);
}

}  // namespace
}  // namespace creneau::codec
