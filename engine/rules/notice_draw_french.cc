// The notice of an agenda whose seats are drawn, in French.

#include "absl/strings/str_cat.h"
#include "base/limits_draw.h"
#include "rules/calendar.h"
#include "rules/french_words.h"
#include "rules/notice_words.h"

namespace creneau::rules::french {
namespace {

std::string At(LocalMinute local, const NoticeInput& in) {
  std::string error;
  return Moment(InstantOf(local, in.zone.absl(), &error), in.zone);
}

std::string Day(CivilDate date) {
  return absl::StrCat(date.day, "/", absl::Dec(date.month, absl::kZeroPad2), "/", date.year);
}

}  // namespace

std::string DrawPolicy(const NoticeInput&) {
  return Set(
      "Les places sont tirées au sort entre les personnes qui se sont inscrites : s’inscrire la "
      "première ne change rien, et aucune place n’est à prendre sur internet en dehors du tirage.");
}

std::string DrawOpens(const NoticeInput& in) {
  const DrawRules& draw = *in.agenda.draw;
  return Set(absl::StrCat("On s’inscrit au tirage « ", draw.id, " » du ", At(draw.entries_from, in),
                          " au ", At(draw.entries_until, in), " (heure locale du service)."));
}

std::string DrawHold(const NoticeInput& in) {
  const int hours = in.agenda.offer_hours[static_cast<size_t>(Channel::kWeb)];
  return Set(absl::StrCat(
      "La place tirée vous est proposée pendant ", Many(hours, "heure", "heures"),
      " : confirmez-la dans ce délai. Une place refusée ou non confirmée est proposée à la "
      "personne "
      "suivante par ordre de tirage qui peut la prendre. Ce que personne ne prend va à la liste "
      "d’attente, à un autre moyen de réserver ou au tirage suivant."));
}

std::string Draw(const NoticeInput& in) {
  if (!in.agenda.draw) return "";
  const DrawRules& draw = *in.agenda.draw;
  return Set(absl::StrCat(
      "Chaque personne s’inscrit une fois et dit ce qu’elle peut prendre : jours de la semaine, "
      "matin ou après-midi, dates. À la clôture, l’administration publie le nombre d’inscriptions "
      "et l’empreinte de leur liste, et chaque personne peut obtenir une attestation signée que la "
      "sienne y figure. Le rang est ensuite calculé à partir d’un nombre public que personne ne "
      "connaît avant le ",
      At(draw.round_at, in), " : « ", draw.beacon, ", ", draw.round, " ». Les places du ",
      Day(draw.seats_from), " au ", Day(draw.seats_until),
      " sont données dans l’ordre des rangs, chacune étant la première qui convient à la personne. "
      "Avant toute publication, le programme vérifie que les rangs ne suivent ni l’ordre "
      "d’inscription ni aucun autre ordre. Tout est publié : chacun peut refaire le tirage sans "
      "l’administration. Le tirage départage des personnes qui peuvent toutes demander ce "
      "rendez-vous ; il ne remplace aucun critère fixé par un texte (Conseil d’État, 22 décembre "
      "2017, n° 410561). Vous pouvez demander à l’administration sur quel fondement elle y "
      "recourt."));
}

}  // namespace creneau::rules::french
