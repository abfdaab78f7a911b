// The notice's paragraphs about seats that come back, in both languages: when, to whom, and what
// happens when the office closes a day.

#include "absl/strings/str_cat.h"
#include "base/limits_waitlist.h"
#include "rules/french_words.h"
#include "rules/notice_words.h"

namespace creneau::rules {
namespace {

int HoursFor(const NoticeInput& in, Channel channel) {
  return in.agenda.offer_hours[static_cast<size_t>(channel)];
}

}  // namespace

namespace french {
namespace {

std::string Heures(int count) { return Many(count, "heure", "heures"); }

}  // namespace

std::string Cooldown(const NoticeInput& in) {
  const int least = in.agenda.cooldown_min_hours;
  const int most = in.agenda.cooldown_max_hours;
  const std::string random = least == most ? Heures(least)
                                           : absl::StrCat("un délai tiré au sort entre ",
                                                          Heures(least), " et ", Heures(most));
  std::string text =
      "Une place annulée ou rendue n’est pas proposée aussitôt à tous, pour que personne ne puisse "
      "la guetter : ";
  if (in.agenda.waitlist)
    text +=
        "elle l’est d’abord aux personnes inscrites sur la liste d’attente ; si aucune ne la "
        "prend, ";
  if (in.agenda.opening) {
    absl::StrAppend(&text,
                    "sur internet elle revient à la première ouverture qui commence plus de ",
                    Heures(least), " après ; par les autres canaux, après ", random, ".");
  } else {
    absl::StrAppend(&text, "elle l’est de nouveau après ", random, ".");
  }
  if (in.queue())
    text +=
        " Pendant une ouverture, une place gardée et non confirmée passe aussitôt à la personne "
        "suivante dans la file.";
  return Set(text);
}

std::string Waitlist(const NoticeInput& in) {
  if (!in.agenda.waitlist) return "";
  return Set(absl::StrCat(
      "Si aucune place n’est libre, vous pouvez vous inscrire sur la liste d’attente, une fois par "
      "personne : sur internet, ou auprès d’un agent par téléphone, au guichet ou par courrier. "
      "Une "
      "place qui se libère est proposée aux personnes de son canal, dans l’ordre des jours "
      "d’inscription ; entre les inscriptions d’un même jour, l’ordre est tiré au sort à la fin de "
      "la journée. La proposition vous est réservée ; vous avez pour l’accepter ",
      Heures(HoursFor(in, Channel::kWeb)), " sur internet, ", Heures(HoursFor(in, Channel::kPhone)),
      " par téléphone, ", Heures(HoursFor(in, Channel::kPost)),
      " par courrier, sans dépasser le moment où le rendez-vous ne peut plus être pris. Après ",
      limits::kOffersOfPlace,
      " propositions non acceptées, l’inscription prend fin. Se désinscrire est libre."));
}

std::string ClosedDay(const NoticeInput&) {
  return Set(
      "Si l’administration doit fermer un jour, les personnes qui avaient rendez-vous ce jour-là "
      "se "
      "voient proposer une autre place, la plus proche qui soit libre, avant toute autre personne. "
      "Ce changement ne compte pas parmi leurs déplacements.");
}

}  // namespace french

namespace english {
namespace {

std::string Hours(int count) { return absl::StrCat(count, count == 1 ? " hour" : " hours"); }

}  // namespace

std::string Cooldown(const NoticeInput& in) {
  const int least = in.agenda.cooldown_min_hours;
  const int most = in.agenda.cooldown_max_hours;
  const std::string random = least == most ? Hours(least)
                                           : absl::StrCat("a time drawn at random between ",
                                                          Hours(least), " and ", Hours(most));
  std::string text =
      "A seat that was cancelled or given back is not offered to everybody at once, so that nobody "
      "can lie in wait for it: ";
  if (in.agenda.waitlist)
    text += "it is offered to the people on the waitlist first; where none of them takes it, ";
  if (in.agenda.opening) {
    absl::StrAppend(&text, "on the web it comes back in the first opening that begins more than ",
                    Hours(least), " later; through the other channels, after ", random, ".");
  } else {
    absl::StrAppend(&text, "it is again after ", random, ".");
  }
  if (in.queue())
    text +=
        " During an opening, a seat that was kept and not confirmed goes at once to the next in "
        "the queue.";
  return text;
}

std::string Waitlist(const NoticeInput& in) {
  if (!in.agenda.waitlist) return "";
  return absl::StrCat(
      "If no seat is free you can take a place on the waitlist, one a person: on the web, or with "
      "an agent by phone, at the desk or by post. A seat that comes back is offered to the people "
      "of its channel, in the order of the days on which they came; between those of one day the "
      "order is drawn when the day ends. The offer is yours alone; you have ",
      Hours(HoursFor(in, Channel::kWeb)), " to accept it on the web, ",
      Hours(HoursFor(in, Channel::kPhone)), " by phone, ", Hours(HoursFor(in, Channel::kPost)),
      " by post, but not beyond the moment until which the appointment can be booked. After ",
      limits::kOffersOfPlace, " offers that were not accepted the place ends. Leaving is free.");
}

std::string ClosedDay(const NoticeInput&) {
  return "If the administration has to close on a day, whoever had an appointment then is offered "
         "another one, the nearest that is free, before anybody else. It does not count as one of "
         "their moves.";
}

}  // namespace english
}  // namespace creneau::rules
