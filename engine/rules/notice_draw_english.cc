// The notice of an agenda whose seats are drawn, in English.

#include "absl/strings/str_cat.h"
#include "rules/calendar.h"
#include "rules/notice_words.h"

namespace creneau::rules::english {
namespace {

std::string At(LocalMinute local, const NoticeInput& in) {
  std::string error;
  return Moment(InstantOf(local, in.zone.absl(), &error), in.zone);
}

}  // namespace

std::string DrawPolicy(const NoticeInput&) {
  return "Seats are drawn by lot among those who have entered: to enter first changes nothing, and "
         "on the web there is no seat to be had outside the draw.";
}

std::string DrawOpens(const NoticeInput& in) {
  const DrawRules& draw = *in.agenda.draw;
  return absl::StrCat("You can enter draw “", draw.id, "” from ", At(draw.entries_from, in),
                      " until ", At(draw.entries_until, in), " (the office's local time).");
}

std::string DrawHold(const NoticeInput& in) {
  const int hours = in.agenda.offer_hours[static_cast<size_t>(Channel::kWeb)];
  return absl::StrCat(
      "What you have drawn is offered to you for ", hours, hours == 1 ? " hour" : " hours",
      ": confirm it in that time. A seat that is declined or not confirmed is offered to the next "
      "person by rank who can take it. What nobody takes goes to the waitlist, to another way of "
      "booking, or to the next draw.");
}

std::string Draw(const NoticeInput& in) {
  if (!in.agenda.draw) return "";
  const DrawRules& draw = *in.agenda.draw;
  return absl::StrCat(
      "Each person enters once and says what they can take: weekdays, mornings or afternoons, "
      "dates. At the closing the office publishes how many entries there are and the hash of their "
      "list, and everybody can have a signed receipt that theirs is in it. The rank is then "
      "computed "
      "from a public number that nobody knows before ",
      At(draw.round_at, in), ": “", draw.beacon, ", ", draw.round, "”. The seats from ",
      FormatDate(draw.seats_from), " to ", FormatDate(draw.seats_until),
      " are given in the order of the ranks, to each the first one that suits them. Before "
      "anything "
      "is published the program checks that the ranks follow neither the order of entry nor any "
      "other. All of it is published: anybody can repeat the draw without the office. The draw "
      "decides between people who may all ask for this appointment; it replaces no criterion that "
      "a "
      "law or rule sets (Conseil d'État, 22 December 2017, n° 410561). You can ask the office on "
      "what ground it draws lots.");
}

}  // namespace creneau::rules::english
