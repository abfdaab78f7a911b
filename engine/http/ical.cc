#include "http/ical.h"

#include "base/check.h"
#include "base/limits.h"
#include "base/text.h"
#include "http/text.h"

namespace creneau::http {
namespace {

constexpr size_t kMaxLineOctets = 75;

// RFC 5545 3.3.11. Control characters have no place in TEXT and become spaces.
void AppendEscaped(std::string& line, std::string_view text) {
  for (const char c : text) {
    if (c == '\\' || c == ';' || c == ',') {
      line += '\\';
      line += c;
    } else if (c == '\n') {
      line += "\\n";
    } else {
      line += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
    }
  }
}

bool ContinuesCharacter(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

// RFC 5545 3.1: lines of 75 octets at most; what follows begins with a space. Never within a UTF-8
// character, since some readers decode before they unfold.
void AppendFolded(std::string& out, std::string_view line) {
  size_t room = kMaxLineOctets;
  while (line.size() > room) {
    size_t cut = room;
    while (cut > 0 && ContinuesCharacter(line[cut])) --cut;
    if (cut == 0) cut = room;  // not UTF-8: cut anywhere
    out += line.substr(0, cut);
    out += "\r\n ";
    line.remove_prefix(cut);
    room = kMaxLineOctets - 1;  // the space counts
  }
  out += line;
  out += "\r\n";
}

// What cannot take place on its day is not cancelled: its holder has a claim on another seat.
std::string_view StatusText(const booking::Reservation& reservation) {
  switch (reservation.state) {
    case booking::ReservationState::kHeld:
    case booking::ReservationState::kOffered:
      return "TENTATIVE";
    case booking::ReservationState::kConfirmed:
      return reservation.day_closed ? "TENTATIVE" : "CONFIRMED";
    case booking::ReservationState::kCancelled:
      return "CANCELLED";
  }
  CHECK(false);
}

}  // namespace

void AppendCalendar(std::string& out, const booking::Reservation& reservation, Instant now) {
  std::string line;
  const auto put = [&out, &line] {
    AppendFolded(out, line);
    line.clear();
  };
  const auto put_text = [&](std::string_view name, std::string_view text) {
    line = name;
    AppendEscaped(line, text);
    put();
  };
  const auto put_time = [&](std::string_view name, Instant instant) {
    line = name;
    AppendCalendarUtc(line, instant);
    put();
  };
  const rules::Agenda& agenda = reservation.agenda->rules;
  // No METHOD: with one, this would be a scheduling message, which needs the same word in its
  // Content-Type (RFC 5545 3.7.2) and an ORGANIZER (RFC 5546 3.2.1). It is a plain entry.
  out +=
      "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Creneau//"
      "EN\r\nCALSCALE:GREGORIAN\r\nBEGIN:VEVENT\r\n";
  line = "UID:";
  line += reservation.name.view();
  line += "@creneau";
  put();
  // A calendar takes the copy with the higher number, so a move replaces the old time.
  line = "SEQUENCE:";
  AppendNumber(line, reservation.moves);
  put();
  put_time("DTSTAMP:", now);
  put_time("DTSTART:", reservation.starts_at);
  put_time("DTEND:", reservation.starts_at + reservation.minutes * kMsPerMinute);
  put_text("SUMMARY:", agenda.title);
  put_text("LOCATION:", agenda.office);
  line = "STATUS:";
  line += StatusText(reservation);
  put();
  out += "END:VEVENT\r\nEND:VCALENDAR\r\n";
}

void AppendCalendar(std::string& out, const booking::ReleasesAnswer& answer) {
  const rules::Agenda& agenda = answer.agenda->rules;
  std::string line;
  const auto put = [&](std::string_view name, std::string_view text) {
    line = name;
    AppendEscaped(line, text);
    AppendFolded(out, line);
  };
  const auto put_time = [&](std::string_view name, Instant instant) {
    line = name;
    AppendCalendarUtc(line, instant);
    AppendFolded(out, line);
  };
  out += "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Creneau//EN\r\nCALSCALE:GREGORIAN\r\n";
  for (const rules::ReleaseDay& day : answer.releases.days) {
    uint32_t web = 0;
    for (const rules::Release& release : day.releases)
      web += release.seats[static_cast<size_t>(Channel::kWeb)];
    out += "BEGIN:VEVENT\r\n";
    put("UID:", "release-" + FormatDate(CivilFromDays(day.day)) + "." + agenda.name + "@creneau");
    // When the rules that it comes from were made: so the answer stays the same until it changes.
    put_time("DTSTAMP:", answer.agenda->published_at);
    put_time("DTSTART:", day.opening ? day.opening->opens_at : day.releases.front().from);
    if (day.opening) put_time("DTEND:", day.opening->closes_at);
    put("SUMMARY:", "Ouverture des rendez-vous : " + agenda.title);
    if (!day.releases.empty()) {
      put("DESCRIPTION:", "Nouvelles places sur internet : " + std::to_string(web) +
                              ". Rendez-vous jusqu’au " +
                              FormatDate(CivilFromDays(day.releases.back().day)) + ".");
    }
    put("LOCATION:", agenda.office);
    out += "TRANSP:TRANSPARENT\r\nEND:VEVENT\r\n";
  }
  out += "END:VCALENDAR\r\n";
}

}  // namespace creneau::http
