#include "http/ical.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>

#include "base/text.h"

namespace creneau::http {
namespace {

constexpr Instant kNow{1'795'000'000'000};  // 2026-11-18T11:06:40Z

booking::AgendaInfo Agenda() {
  booking::AgendaInfo info;
  info.rules.title = "Titres; premi\xc3\xa8re demande, ou renouvellement";
  info.rules.office =
      "Pr\xc3\xa9"
      "fecture de La R\xc3\xa9union, 6 rue des Messageries\nSaint-Denis";
  info.zone = absl::FixedTimeZone(4 * 3600);
  return info;
}

booking::Reservation Reservation(const booking::AgendaInfo& info) {
  booking::Reservation reservation;
  std::copy_n("0123456789ABC", 13, reservation.name.text.begin());
  reservation.state = booking::ReservationState::kConfirmed;
  reservation.agenda = &info;
  reservation.slot = *ParseLocalMinute("2026-12-01T09:20");
  reservation.starts_at = Instant{1'796'102'400'000};  // 2026-12-01T05:20:00Z
  reservation.minutes = 20;
  reservation.moves_left = 1;
  reservation.moves = 1;
  return reservation;
}

std::string Unfold(std::string text) {
  for (size_t at = text.find("\r\n "); at != std::string::npos; at = text.find("\r\n "))
    text.erase(at, 3);
  return text;
}

TEST_CASE("a reservation as iCalendar") {
  const booking::AgendaInfo info = Agenda();
  std::string text;
  AppendCalendar(text, Reservation(info), kNow);
  CHECK(Unfold(text) ==
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Creneau//EN\r\nCALSCALE:GREGORIAN\r\n"
        "BEGIN:VEVENT\r\nUID:0123456789ABC@creneau\r\nSEQUENCE:1\r\n"
        "DTSTAMP:20261118T110640Z\r\nDTSTART:20261201T052000Z\r\nDTEND:20261201T054000Z\r\n"
        "SUMMARY:Titres\\; premi\xc3\xa8re demande\\, ou renouvellement\r\n"
        "LOCATION:Pr\xc3\xa9"
        "fecture de La R\xc3\xa9union\\, 6 rue des Messageries\\nSaint-Denis\r\n"
        "STATUS:CONFIRMED\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
}

TEST_CASE("what cannot take place on its day is not confirmed in anybody's calendar") {
  const booking::AgendaInfo info = Agenda();
  booking::Reservation reservation = Reservation(info);
  reservation.day_closed = true;
  std::string text;
  AppendCalendar(text, reservation, kNow);
  CHECK(text.find("STATUS:TENTATIVE\r\n") != std::string::npos);
}

TEST_CASE("lines are folded at 75 octets, never within a character") {
  booking::AgendaInfo info = Agenda();
  for (size_t shift = 0; shift < 4; ++shift) {
    info.rules.title = std::string(shift, 'x');
    for (int i = 0; i < 80; ++i) info.rules.title += "\xc3\xa9";
    std::string text;
    AppendCalendar(text, Reservation(info), kNow);
    for (size_t begin = 0; begin < text.size();) {
      const size_t end = text.find("\r\n", begin);
      REQUIRE(end != std::string::npos);
      CHECK(end - begin <= 75);
      const size_t first = text[begin] == ' ' ? begin + 1 : begin;
      CHECK((static_cast<unsigned char>(text[first]) & 0xc0) != 0x80);
      begin = end + 2;
    }
    CHECK(Unfold(text).find("SUMMARY:" + info.rules.title + "\r\n") != std::string::npos);
  }
}

TEST_CASE("the state shows") {
  const booking::AgendaInfo info = Agenda();
  booking::Reservation reservation = Reservation(info);
  const auto has = [&reservation](const char* line) {
    std::string text;
    AppendCalendar(text, reservation, kNow);
    return text.find(line) != std::string::npos;
  };
  reservation.state = booking::ReservationState::kHeld;
  CHECK(has("STATUS:TENTATIVE\r\n"));
  reservation.state = booking::ReservationState::kCancelled;
  CHECK(has("STATUS:CANCELLED\r\n"));
}

}  // namespace
}  // namespace creneau::http
