// The notice's paragraphs about shares, in both languages: what goes from one channel to another,
// what the desk and helpers book, what a court orders.

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "rules/french_words.h"
#include "rules/notice_words.h"

namespace creneau::rules {
namespace {

std::string InEnglish(Channel channel) {
  switch (channel) {
    case Channel::kWeb:
      return "on the web";
    case Channel::kPhone:
      return "by phone";
    case Channel::kDesk:
      return "at the desk";
    case Channel::kPost:
      return "by post";
    case Channel::kCourt:
      return "for those whom a court sends";
  }
  CHECK(false);
}

}  // namespace

namespace french {

std::string Flow(const NoticeInput& in) {
  std::string text;
  for (const rules::Flow& flow : in.agenda.flow) {
    absl::StrAppend(&text, text.empty() ? "" : " ", "Une place proposée ", Place(flow.from),
                    " que personne n’a prise ", Many(flow.hours_before, "heure", "heures"),
                    " avant le rendez-vous est ensuite proposée ", Place(flow.to), ".");
  }
  if (!text.empty()) text += " Combien de places ont changé ainsi est publié.";
  return Set(text);
}

std::string Desk(const NoticeInput&) {
  return Set(
      "Les places proposées par téléphone, au guichet et par courrier sont réservées par un agent, "
      "pour la personne qui appelle, se présente ou écrit : la première place libre, ou celle "
      "qu’elle choisit, confirmée aussitôt, avec une lettre. Les mêmes règles s’appliquent : un "
      "seul rendez-vous par personne, attaché à son identité. Qui a réservé est inscrit au "
      "journal.");
}

std::string Helpers(const NoticeInput& in) {
  if (in.agenda.helper_cap == 0)
    return "Les associations et les avocats ne réservent pas pour d’autres dans cet agenda.";
  return absl::StrCat(
      "Une association ou un avocat habilité peut réserver pour d’autres, par téléphone ou au "
      "guichet, au plus ",
      Many(in.agenda.helper_cap, "rendez-vous", "rendez-vous"),
      " par semaine ; un rendez-vous annulé n’est pas rendu. Leur nombre est publié.");
}

std::string Court(const NoticeInput& in) {
  const bool add = in.agenda.court_overflow == CourtOverflow::kAdd;
  return Set(absl::StrCat(
      "Un rendez-vous ordonné par un juge est saisi par un agent et approuvé par un autre. Il "
      "prend une place réservée à ces convocations, dans le délai fixé ; s’il n’y en a plus, ",
      add ? "une place est ajoutée à un créneau"
          : "une place libre d’un autre moyen est prise, et comptée à part",
      ". Ces nombres sont publiés : s’ils sont élevés, la voie ordinaire ne suffit pas."));
}

}  // namespace french

namespace english {

std::string Flow(const NoticeInput& in) {
  std::string text;
  for (const rules::Flow& flow : in.agenda.flow) {
    absl::StrAppend(&text, text.empty() ? "" : " ", "A place offered ", InEnglish(flow.from),
                    " that nobody has taken ", flow.hours_before,
                    flow.hours_before == 1 ? " hour" : " hours",
                    " before the appointment is then offered ", InEnglish(flow.to), ".");
  }
  if (!text.empty()) text += " How many places have changed so is published.";
  return text;
}

std::string Desk(const NoticeInput&) {
  return "Places by phone, at the desk and by post are booked by an agent, for whoever calls, "
         "comes "
         "or writes: the first that is free, or the one that they choose, confirmed at once, with "
         "a letter. The same rules hold: one appointment for each person, tied to their identity. "
         "Who has booked stands in the log.";
}

std::string Helpers(const NoticeInput& in) {
  if (in.agenda.helper_cap == 0)
    return "Associations and lawyers do not book for others in this agenda.";
  return absl::StrCat(
      "An association or a lawyer whom the office has admitted can book for others, by phone or at "
      "the desk, ",
      in.agenda.helper_cap, in.agenda.helper_cap == 1 ? " appointment" : " appointments",
      " a week at most; one that is cancelled is not given back. How many they were is published.");
}

std::string Court(const NoticeInput& in) {
  const bool add = in.agenda.court_overflow == CourtOverflow::kAdd;
  return absl::StrCat(
      "An appointment ordered by a court is entered by one agent and approved by another. It takes "
      "a place kept for such appointments, within the time that the court has set; where there is "
      "none left, ",
      add ? "a place is added to a slot"
          : "a free place of another kind is taken, and counted apart",
      ". These numbers are published: where they are high, the ordinary way does not suffice.");
}

}  // namespace english
}  // namespace creneau::rules
