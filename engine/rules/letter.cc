#include "rules/letter.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "rules/french_words.h"

namespace creneau::rules {
namespace {

using french::Many;
using french::Set;

std::string_view AskedFor(Channel channel) {
  switch (channel) {
    case Channel::kWeb:
      return "Vous avez réservé un rendez-vous sur internet.";
    case Channel::kPhone:
      return "Vous avez demandé un rendez-vous par téléphone.";
    case Channel::kDesk:
      return "Vous avez demandé un rendez-vous au guichet.";
    case Channel::kPost:
      return "Vous avez demandé un rendez-vous par courrier.";
    case Channel::kCourt:
      return "Ce rendez-vous vous est donné en exécution d’une décision de justice.";
  }
  CHECK(false);
}

std::string Begun(std::string text) {
  text[0] = absl::ascii_toupper(static_cast<unsigned char>(text[0]));
  return text;
}

std::string Text(std::string_view text) { return std::string(text); }

std::string HowToCancel(const LetterFacts& facts) {
  std::string text = "Si vous ne pouvez pas venir, annulez ce rendez-vous";
  if (facts.moves_left > 0) {
    absl::StrAppend(&text, ", ou déplacez-le (", Many(facts.moves_left, "fois", "fois"),
                    " au plus)");
  }
  return text +
         ", sur internet, par téléphone ou au guichet, avec le numéro et le code ci-dessus. La "
         "place est alors proposée à une autre personne. Personne ne peut venir à votre place : le "
         "rendez-vous est attaché à votre identité.";
}

}  // namespace

std::string LetterOf(const Agenda& agenda, const Zone& zone, const LetterFacts& facts) {
  std::string letter = absl::StrCat(agenda.office, "\n\nObjet : votre rendez-vous « ", agenda.title,
                                    " »\n\nMadame, Monsieur,\n\n");
  absl::StrAppend(&letter, Text(AskedFor(facts.channel)), " Il est confirmé :\n\n    ",
                  Begun(french::Moment(facts.starts_at, zone)), " (",
                  Many(facts.minutes, "minute", "minutes"), ")\n    ", agenda.office, "\n\n");
  absl::StrAppend(&letter, "Numéro du rendez-vous : ", Text(facts.reservation),
                  "\nCode secret, à ne donner à personne d’autre : ", Text(facts.key), "\n\n");
  absl::StrAppend(&letter,
                  "Venez à l’heure, avec cette lettre et le document d’identité que vous avez "
                  "indiqué.\n\n",
                  HowToCancel(facts), "\n\n");
  absl::StrAppend(
      &letter,
      "Ce qui est conservé : le programme qui attribue les places ne garde ni votre nom, ni votre "
      "numéro, ni votre date de naissance, seulement un pseudonyme calculé avec une clé secrète. "
      "L’administration peut détruire cette clé au bout de ",
      Many(agenda.retention_days, "jour", "jours"),
      " ; ce pseudonyme ne désigne alors plus personne.\n");
  return Set(letter);
}

}  // namespace creneau::rules
