// Protobuf bodies, read and written by hand, against what generated code makes of api.proto.
#include "http/wire.h"

#include <catch2/catch.hpp>

#include "base/prng.h"
#include "base/text.h"
#include "creneau/v1/api.pb.h"
#include "tests/http/verdict.h"

namespace creneau::http {
namespace {

v1::HoldRequest Ada() {
  v1::HoldRequest request;
  request.mutable_applicant()->set_dossier("92-00.123 abc");
  request.mutable_applicant()->set_passport("12AB34567");
  request.mutable_applicant()->set_foreigner_number("9303104217");
  request.mutable_applicant()->set_birth_date("1990-05-17");
  request.set_slot("2026-12-01T09:20");
  return request;
}

std::string Verdict(std::string_view bytes) {
  Body body;
  const Body::Verdict verdict = body.ReadProtobuf(bytes);
  return Word(body, verdict);
}

TEST_CASE("a hold in protobuf, every member of it") {
  v1::HoldRequest request = Ada();
  request.set_ticket("t");
  request.set_assertion("AQ-_");
  const std::string bytes = request.SerializeAsString();
  Body body;
  REQUIRE(body.ReadProtobuf(bytes) == Body::Verdict::kRead);
  CHECK(body.has_applicant());
  CHECK(body.ticket() == "t");
  CHECK(body.assertion() == "AQ-_");
  CHECK(body.slot() == ParseLocalMinute("2026-12-01T09:20"));
  CHECK(FieldOf(body, rules::IdentityField::kDossier) == request.applicant().dossier());
  CHECK(FieldOf(body, rules::IdentityField::kPassport) == request.applicant().passport());
  CHECK(FieldOf(body, rules::IdentityField::kForeignerNumber) ==
        request.applicant().foreigner_number());
  CHECK(FieldOf(body, rules::IdentityField::kBirthDate) == request.applicant().birth_date());

  v1::MoveRequest move;
  move.set_slot("2026-12-01T09:40");
  const std::string moved = move.SerializeAsString();
  Body other;
  REQUIRE(other.ReadProtobuf(moved) == Body::Verdict::kRead);
  CHECK(other.slot() == ParseLocalMinute("2026-12-01T09:40"));
  CHECK_FALSE(other.has_applicant());
}

TEST_CASE("protobuf bodies and what becomes of them") {
  using std::string_literals::operator""s;
  const struct {
    std::string bytes;
    const char* verdict;
  } cases[] = {
      {"", "read"},
      {"\x0a\x00"s, "read"},  // an applicant of whom nothing is known
      {"\x28\x05\x31"s
       "12345678",
       "read"},  // members 5 and 6, which are not ours
      {"\xc2\x3e\x03"
       "abc\xc5\x3e"
       "1234",
       "read"},
      {"\x08\x01", "/applicant "},
      {"\x10\x01", "/slot "},
      {"\x12\x00"s, "/slot "},
      {"\x18\x05", "/ticket "},
      {"\x1a\x01x\x1a\x01x", "/ticket "},
      {"\x1a\x01x", "read"},
      {"\x12\x10"
       "2026-02-30T09:20",
       "/slot "},
      {"\x12\x10"
       "2026-12-01T09:20\x12\x10"
       "2026-12-01T09:40",
       "/slot "},
      {"\x0a\x00\x0a\x00"s, "/applicant "},
      {"\x0a\x02\x08\x01", "/applicant/dossier "},
      {"\x0a\x06\x22\x01"
       "1\x22\x01"
       "2",
       "/applicant/birth_date "},
      {"\x0a", "malformed"},
      {"\x0a\x05"
       "abc",
       "malformed"},
      {"\x0a\x02\x0a\x05", "malformed"},
      {"\x02\x01"
       "a",
       "malformed"},              // number 0
      {"\x0b\x0c", "malformed"},  // a group
      {"\x0e", "malformed"},      // no such type
      {"\x21"
       "1234567",
       "malformed"},
      {"\x80", "malformed"},
      {"\x18\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", "malformed"},  // more than 64 bits
      {"\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "malformed"},  // longer than anything
      {R"({"slot":"2026-12-01T09:20"})", "malformed"},
      // Texts that are not UTF-8: an octet that begins nothing, half a character, a surrogate.
      {"\x12\x02\x41\xff", "malformed"},
      {"\x0a\x04\x0a\x02\x41\xc3", "malformed"},
      {"\x0a\x05\x22\x03\xed\xa0\x80", "malformed"},
      {"\x0a\x04\x0a\x02\xc3\xa9", "read"},
      {"\x1a\x01\xff", "malformed"},
      {"\x2a\x01\xff", "read"},  // not ours, and perhaps no text
  };
  for (const auto& [bytes, verdict] : cases) {
    CAPTURE(Hex({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()}));
    CHECK(Verdict(bytes) == verdict);
  }
  CHECK(Verdict("\x2a\xfd\x3f" + std::string(limits::kMaxBodyBytes - 3, 'a')) == "read");
  CHECK(Verdict(std::string(limits::kMaxBodyBytes + 1, 'a')) == "too large");
}

TEST_CASE("what is read of a damaged body, generated code reads too") {
  const std::string whole = Ada().SerializeAsString();
  Prng prng(11);
  int read = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes = whole.substr(0, prng.Below(whole.size() + 1));
    for (uint64_t change = prng.Below(4); change > 0 && !bytes.empty(); --change) {
      bytes[prng.Below(bytes.size())] = static_cast<char>(prng.Below(256));
    }
    Body body;
    if (body.ReadProtobuf(bytes) != Body::Verdict::kRead) continue;
    ++read;
    CAPTURE(Hex({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()}));
    v1::HoldRequest request;
    REQUIRE(request.ParseFromString(bytes));
    REQUIRE(body.has_applicant() == request.has_applicant());
    REQUIRE(body.slot().has_value() == request.has_slot());
    if (body.slot()) REQUIRE(body.slot() == ParseLocalMinute(request.slot()));
    REQUIRE(body.ticket() == request.ticket());
    REQUIRE(FieldOf(body, rules::IdentityField::kDossier) == request.applicant().dossier());
    REQUIRE(FieldOf(body, rules::IdentityField::kBirthDate) == request.applicant().birth_date());
  }
  CHECK(read > 100);
}

TEST_CASE("what is written is what generated code writes") {
  v1::Reservation reservation;
  reservation.set_reservation("3F7QK2M9XA0CW");
  reservation.set_state(std::string(200, 'x'));  // a length of two octets
  reservation.set_starts_at("2026-12-01T09:20:00+01:00");
  reservation.set_minutes(20);
  reservation.set_expires_in_s(1'000'000'000'000);
  reservation.set_extended(false);
  reservation.set_moves_left(-1);
  std::string out;
  WireWriter wire(out);
  wire.Text(1, reservation.reservation());
  wire.Text(3, reservation.state());
  wire.Text(6, reservation.starts_at());
  wire.Number(7, reservation.minutes());
  wire.Number(9, reservation.expires_in_s());
  wire.Number(10, 0);
  wire.Number(11, reservation.moves_left());
  CHECK(out == reservation.SerializeAsString());
}

}  // namespace
}  // namespace creneau::http
