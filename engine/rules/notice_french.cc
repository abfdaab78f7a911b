// The notice in French. Times as people say them: « mardi 1er décembre 2026, 9 h 20 ».

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/limits.h"
#include "rules/calendar.h"
#include "rules/french_words.h"
#include "rules/notice_words.h"

namespace creneau::rules::french {
namespace {

std::string Hours(int count) { return Many(count, "heure", "heures"); }

std::string Seconds(int count) {
  if (count % 60 == 0) return Many(count / 60, "minute", "minutes");
  if (count < 60) return Many(count, "seconde", "secondes");
  return absl::StrCat(Many(count / 60, "minute", "minutes"), " et ",
                      Many(count % 60, "seconde", "secondes"));
}

std::string Weekdays(const rules::Weekdays& weekdays) {
  if (weekdays.bits == 0x7f) return "tous les jours";
  if (weekdays.bits == 0x1f) return "du lundi au vendredi";
  std::vector<std::string> days;
  for (int day = 0; day < 7; ++day) {
    if (weekdays.Has(day)) days.push_back(absl::StrCat("le ", kDays[static_cast<size_t>(day)]));
  }
  return Listed(days, " et ");
}

std::string Field(IdentityField field) {
  switch (field) {
    case IdentityField::kDossier:
      return "votre numéro de dossier";
    case IdentityField::kPassport:
      return "votre numéro de passeport";
    case IdentityField::kForeignerNumber:
      return "votre numéro étranger";
    case IdentityField::kBirthDate:
      return "votre date de naissance";
  }
  CHECK(false);
}

}  // namespace

std::string Law(const NoticeInput& in) {
  return Set(absl::StrCat(
      "Comment sont attribués les rendez-vous « ", in.agenda.title, " » (", in.agenda.office,
      "). Un programme informatique, Créneau, les attribue selon les règles qui suivent. Cette "
      "notice est publiée en application des articles L. 311-3-1 et R. 311-3-1-1 du code des "
      "relations entre le public et l’administration. Vous pouvez demander à l’administration "
      "comment ces règles se sont appliquées à vous."));
}

std::string InForce(const NoticeInput& in) {
  if (in.facts.version == 0) return "Ces règles ne sont pas encore en vigueur.";
  return Set(absl::StrCat("Version ", in.facts.version, " des règles, en vigueur depuis le ",
                          Moment(in.facts.in_force_since, in.zone), "."));
}

std::string Decides(const NoticeInput&) {
  return "Sur internet, le programme décide seul : aucun agent ne choisit qui obtient un "
         "rendez-vous, et le programme ne tient compte ni de votre nom, ni de votre nationalité, "
         "ni "
         "du contenu de votre dossier.";
}

std::string Opens(const NoticeInput& in) {
  if (in.agenda.draw) return DrawOpens(in);
  if (!in.agenda.opening)
    return "Les rendez-vous peuvent être demandés à toute heure, tous les jours.";
  const Opening& opening = *in.agenda.opening;
  std::string text =
      absl::StrCat("Les rendez-vous peuvent être demandés ", Weekdays(opening.weekdays), ", de ",
                   Clock(opening.open), " à ", Clock(opening.close));
  if (in.queue() && opening.gather < opening.open)
    absl::StrAppend(&text, " ; on peut se présenter dès ", Clock(opening.gather));
  return Set(absl::StrCat(text, " (heure locale du service)."));
}

std::string Window(const NoticeInput& in) {
  const std::string until = in.agenda.notice_hours == 0
                                ? "jusqu’à son début"
                                : absl::StrCat("jusqu’à ", Hours(in.agenda.notice_hours), " avant");
  return absl::StrCat("Un rendez-vous peut être réservé à partir de ",
                      Many(in.agenda.horizon_days, "jour", "jours"), " avant sa date, et ", until,
                      ".");
}

std::string Policy(const NoticeInput& in) {
  if (in.agenda.draw) return DrawPolicy(in);
  if (!in.queue())
    return Set(
        "Chaque demande est traitée dès qu’elle arrive : la première demande reçue pour une place "
        "libre l’obtient.");
  return "Les places sont attribuées dans l’ordre d’une file d’attente : pour demander une place, "
         "il "
         "faut un ticket, et attendre que son rang soit appelé.";
}

std::string Rank(const NoticeInput& in) {
  if (!in.queue()) return "";
  const std::string opens = Clock(in.agenda.opening ? in.agenda.opening->open : 0);
  return Set(absl::StrCat(
      "Toutes les personnes qui ont pris un ticket avant ", opens,
      " sont classées par tirage au sort : arriver la première, avoir une connexion rapide ou "
      "demander plusieurs fois ne change rien, car le rang est attaché à la personne. Celles qui "
      "arrivent après ",
      opens,
      " passent derrière, dans l’ordre des secondes ; celles de la même seconde sont départagées "
      "par tirage au sort. Le rang est calculé à partir de l’identité, sous forme chiffrée, et "
      "d’un "
      "nombre K publié à l’ouverture. Les nombres K forment une chaîne, dont le dernier maillon "
      "est "
      "publié d’avance : ",
      Hex(in.agenda.chain_end), "."));
}

std::string Beacon(const NoticeInput& in) {
  if (!in.queue()) return "";
  if (in.agenda.beacon.empty())
    return Set(
        "Aucun nombre public n’est mêlé à K : l’administration, qui détient la chaîne, peut "
        "connaître K avant l’ouverture ; elle ne peut pas le changer sans que cela se voie.");
  return Set(absl::StrCat(
      "À K est mêlé un nombre public que personne ne connaît avant l’ouverture, pas même "
      "l’administration : « ",
      in.agenda.beacon,
      " ». Si l’administration ouvre sans ce nombre, l’état public de la file le dit."));
}

std::string Turn(const NoticeInput& in) {
  if (!in.queue()) return "";
  return Set(absl::StrCat(
      "Quand votre tour vient, vous avez ", Seconds(static_cast<int>(limits::kGrantLifeMs / 1000)),
      " pour demander une place ; ensuite, il faut un nouveau ticket, à la fin de la file. Une "
      "personne qui laisse passer ",
      limits::kTurnsPerOpening,
      " pré-réservations sans les confirmer a eu son tour pour cette ouverture."));
}

std::string Work(const NoticeInput& in) {
  if ((!in.queue() && !in.agenda.draw) || in.agenda.proof_of_work == ProofDemand::kOff) return "";
  const std::string what = in.queue() ? "prendre un ticket" : "s’inscrire au tirage";
  return absl::StrCat(
      in.agenda.proof_of_work == ProofDemand::kAlways
          ? absl::StrCat("Pour ", what,
                         ", votre navigateur doit faire un calcul de quelques secondes")
          : absl::StrCat("Quand les demandes sont très nombreuses, votre navigateur doit faire un "
                         "calcul de quelques secondes pour ",
                         what),
      ", sans que vous ayez rien à faire. Si votre appareil ne le peut pas, le service peut vous "
      "en "
      "dispenser.");
}

std::string Identity(const NoticeInput& in) {
  std::vector<std::string> ways;
  for (const IdentityAlternative& alternative : in.agenda.identity) {
    std::vector<std::string> fields;
    for (const IdentityField field : alternative) fields.push_back(Field(field));
    ways.push_back(Listed(fields, " et "));
  }
  std::string text = "Pour réserver, vous donnez ";
  for (size_t i = 0; i < ways.size(); ++i)
    absl::StrAppend(&text, i == 0 ? "" : ", ou bien ", ways[i]);
  return text + ". Aucune autre information sur vous n’est demandée pour attribuer une place.";
}

std::string Proof(const NoticeInput& in) {
  switch (in.agenda.identity_proof) {
    case IdentityProof::kDeclared: {
      std::string text =
          "Cette identité est déclarée : elle n’est pas vérifiée au moment de réserver, mais au "
          "rendez-vous. Rien n’empêche donc d’indiquer une personne qui n’existe pas";
      if (in.agenda.accept_invented)
        text += " ; l’administration le sait et l’a accepté pour cet agenda";
      return Set(text + ".");
    }
    case IdentityProof::kListed:
      return Set(
          "Seules les personnes inscrites sur la liste de l’administration peuvent réserver ; une "
          "personne qui n’y figure pas en est informée et peut s’adresser au service.");
    case IdentityProof::kAsserted:
      return "Le site de l’administration vérifie cette identité et s’en porte garant.";
  }
  CHECK(false);
}

std::string OnlyOne(const NoticeInput& in) {
  const bool alone = in.agenda.group == in.agenda.name;
  return absl::StrCat(
      "Une personne ne peut avoir qu’un seul rendez-vous à la fois ",
      alone ? "pour cette démarche"
            : absl::StrCat("pour l’ensemble des démarches du groupe ", in.agenda.group),
      ". Un rendez-vous ne peut pas être cédé : l’identité ne change pas.");
}

std::string Hold(const NoticeInput& in) {
  if (in.agenda.draw) return DrawHold(in);
  const std::string time = Seconds(in.agenda.hold_s);
  return Set(
      absl::StrCat("La place choisie vous est gardée ", time,
                   ", le temps de confirmer ; ce délai peut être prolongé une fois, de la "
                   "même durée. Sans confirmation, la place est rendue. Si le service est en "
                   "panne, le délai s’allonge d’autant."));
}

std::string Moves(const NoticeInput&) {
  return absl::StrCat("Un rendez-vous confirmé peut être annulé, ou déplacé ", limits::kMaxMoves,
                      " fois au plus.");
}

std::string Channels(const NoticeInput& in) {
  if (in.total() == 0) return "Aucune place n’est publiée pour des rendez-vous à venir.";
  std::vector<std::string> shares;
  for (const Channel channel : kAllChannels) {
    const uint64_t seats = in.seats(channel);
    if (seats == 0) continue;
    shares.push_back(
        absl::StrCat(seats, " ", Place(channel), " (", Percent(seats, in.total(), ','), " %)"));
  }
  return Set(absl::StrCat(in.total() == 1 ? "Place publiée" : "Places publiées",
                          " pour les rendez-vous à venir : ", Listed(shares, " et "),
                          ". Chaque place n’est proposée que par un seul de ces moyens."));
}

std::string Alternative(const NoticeInput& in) {
  if (!in.agenda.alternative.empty())
    return Set(
        absl::StrCat("Si vous ne pouvez pas utiliser internet, l’administration indique : « ",
                     in.agenda.alternative, " »."));
  std::vector<std::string> places;
  for (const Channel channel : {Channel::kPhone, Channel::kDesk, Channel::kPost}) {
    if (in.seats(channel) > 0) places.push_back(Place(channel));
  }
  if (places.empty()) return "Aucune solution sans internet n’est indiquée pour cette démarche.";
  return absl::StrCat(
      "Si vous ne pouvez pas utiliser internet, vous pouvez demander un rendez-vous ",
      Listed(places, " ou "), ".");
}

std::string Stored(const NoticeInput&) {
  return "Le programme ne conserve ni nom, ni numéro, ni date de naissance, ni adresse, ni "
         "téléphone : seulement un pseudonyme, calculé avec une clé secrète. C’est une donnée "
         "personnelle au sens du RGPD, et le journal qui la contient est protégé comme telle.";
}

std::string Retention(const NoticeInput& in) {
  return Set(absl::StrCat(
      "Le relevé public du service, qui ne désigne personne, est conservé au moins ",
      Many(in.agenda.retention_days, "jour", "jours"),
      ". Passé ce délai, l’administration peut détruire la clé des pseudonymes ; ils ne désignent "
      "alors plus personne."));
}

std::string Receipt(const NoticeInput&) {
  return Set(absl::StrCat(
      "Si vous n’obtenez pas de rendez-vous, vous pouvez demander, pendant ", kAttemptDays,
      " jours, une attestation signée de votre tentative, que chacun peut vérifier. Une capture "
      "d’écran datée reste une preuve. Chaque rendez-vous confirmé a aussi son attestation."));
}

std::string Check(const NoticeInput& in) {
  std::string text = absl::StrCat(
      "Pour vérifier : le relevé du service (/v1/agendas/", in.agenda.name,
      "/record) dit, minute par minute, combien de places étaient libres, combien de personnes ont "
      "été refusées et pourquoi, et quand le service était en panne ; le calendrier (/v1/agendas/",
      in.agenda.name,
      "/releases) dit quand des places seront proposées. Le journal est signé : ce qui y est écrit "
      "ne peut pas être changé ensuite sans que cela se voie.");
  if (in.queue())
    text +=
        " Le tirage au sort d’une ouverture peut être refait par chacun à partir de K et de "
        "l’état public de la file.";
  return Set(text);
}

}  // namespace creneau::rules::french
