// What a lawyer reads first, in an export.

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/text.h"
#include "tools/audit/export.h"

namespace creneau::audit {
namespace {

std::string Utc(Instant at) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S UTC", absl::FromUnixMillis(at.ms),
                          absl::UTCTimeZone());
}

constexpr char kFrench[] = R"(EXPORT D'AUDIT D'UN MOTEUR DE RÉSERVATION « CRÉNEAU »

Ce dossier permet de recompter, sans le concours de l'administration ni de son serveur, ce qui a été attribué,
quand, sur quel canal et selon quelle règle. Il ne contient ni nom, ni adresse, ni numéro de dossier.

  agendas.json      les règles de chaque agenda (démarche), dans toutes leurs versions, avec leur date d'entrée en vigueur
  decisions.ndjson  une ligne par enregistrement du journal : pré-réservations, confirmations, annulations, déplacements,
                    échéances dépassées, ouvertures (avec leur clé K et le rang servi), listes, actes des agents, pannes
  totals.json       les totaux par agenda et par canal
  log/              le journal lui-même, tel quel (compressé par zstd) : c'est lui qui fait preuve
  checkpoints       les points de contrôle signés du journal ; keys/ : les clés publiques
  manifest.json     ce que contient l'export, et l'empreinte SHA-256 de chaque fichier

VÉRIFIER.  « creneauctl audit verify DOSSIER » recompte tout à partir de ces seuls fichiers : chaque lot du journal est
enchaîné au précédent par une empreinte ; les règles que le journal permet de recompter le sont ; le tableau est
recalculé et comparé ligne à ligne. La première différence est nommée. Cela montre que l'export est cohérent. Que le journal
n'a pas été réécrit tout entier, seul le montre un point de contrôle publié à l'époque hors du serveur :
« creneauctl audit verify DOSSIER --checkpoint FICHIER --key CLÉ ».

LIRE.  « reservation » et « subject » (usager), « staff » (agent) sont des numéros d'ordre propres à cet export : ils disent qui
est le même à l'intérieur de celui-ci, et rien au-delà. « rule » est la règle qui a décidé :
  queue           file d'attente : rang tiré au sort par la clé K publiée de l'ouverture (champ « opening »)
  first-come      agenda sans file : premier arrivé ;  channel : par un agent, sur le canal indiqué
  holder          la personne elle-même, avec la clé de sa réservation
  hold_s, extended-once, outage   durée de la pré-réservation ; prolongée une fois ; allongée après une panne
  cooldown_hours  une place libérée attend un délai aléatoire, ou la prochaine ouverture ;  moves-twice : deux déplacements au plus
  offer           une place proposée à qui attend ;  desk : donnée par un agent ;  office : jour fermé, place proposée ailleurs
  calendar        une nouvelle version du calendrier
« version » est celle des règles en vigueur. Qui a une attestation de réservation y trouve une position (lsn) du journal.

CE QUE LE JOURNAL NE MONTRE PAS.  Le rang de chaque réservation d'une file (le billet est chez la personne, qui peut le vérifier
avec K) ; les refus (voir l'enregistrement public du service) ; l'heure exacte de réception d'une confirmation.

DONNÉES PERSONNELLES.  Le journal (log/) contient des pseudonymes à clé. Tant que la clé (« pepper ») existe, ce sont des
données personnelles pseudonymisées (RGPD, art. 4, 5) : l'administration peut reconnaître un usager dont elle connaît
l'identité, personne d'autre. Quand elle est détruite, ces pseudonymes ne désignent plus personne. La chaîne d'empreintes
engage le journal entier : un export limité à un agenda limite le tableau, non le journal. Ne pas publier log/.
)";

constexpr char kEnglish[] = R"(AUDIT EXPORT OF A "CRÉNEAU" RESERVATION ENGINE

With this folder anybody can recount, without the office and without its server, what was given out, when, through which
channel and by which rule. There is no name in it, no address, no file number.

  agendas.json      the rules of every agenda (service), in all their versions, and since when each was in force
  decisions.ndjson  a line for each record of the log: holds, confirmations, cancellations, moves, lapses, openings (with
                    their key K and the rank served), rosters, acts of the staff, outages
  totals.json       totals by agenda and channel
  log/              the log itself, as it is (compressed with zstd): this is the evidence
  checkpoints       signed checkpoints of the log; keys/: the public keys
  manifest.json     what is in the export, and the SHA-256 of each file

TO VERIFY.  "creneauctl audit verify FOLDER" recounts everything from these files alone: each batch of the log is chained
to the one before it by a hash; the rules that the log allows to be recounted are; the table is computed again and compared
line by line. The first difference is named. That shows the export to be consistent. That the log was not rewritten as a
whole is shown by a checkpoint that was published at the time, outside the server, and by nothing else:
"creneauctl audit verify FOLDER --checkpoint FILE --key KEY".

TO READ.  "reservation", "subject" (an applicant) and "staff" (a member of it) are numbers of this export: they say who is the
same within it, and nothing beyond. "rule" is what decided:
  queue           a rank drawn by the published key K of the opening (member "opening")
  first-come      an agenda without a queue;  channel: by an agent, through the channel that is named
  holder          the person, with the key of the reservation
  hold_s, extended-once, outage   the time of a hold; extended once; lengthened after an outage
  cooldown_hours  a freed seat waits for a random time, or for the next opening;  moves-twice: two moves at most
  offer           a seat offered to who waits;  desk: given by an agent;  office: a closed day, a seat offered elsewhere
  calendar        a new version of the calendar
"version" is that of the rules in force. Whoever has a receipt of a reservation finds a position (lsn) of the log in it.

WHAT THE LOG DOES NOT SHOW.  The rank of each hold in a queue (the ticket is with the person, who can check it with K);
refusals (see the public service record); when exactly a confirmation was received.

PERSONAL DATA.  The log (log/) holds keyed pseudonyms. As long as the key ("pepper") exists they are pseudonymised personal
data (GDPR, article 4(5)): the office can recognise an applicant whose identity it knows, and nobody else can. When it is
destroyed they stand for nobody. The chain of hashes commits to the whole log: an export of one agenda limits the table, not
the log. Do not publish log/.
)";

}  // namespace

std::string FrenchText(const Manifest& manifest) {
  return absl::StrCat(kFrench, "\nJournal jusqu'à la position ", manifest.end.lsn.value, " (lot ",
                      manifest.end.batch, "), écrite le ", Utc(manifest.written_at),
                      ".\nChaîne : ", Hex(manifest.end.chain), "\nTableau : ",
                      manifest.agenda.empty() ? "tous les agendas" : manifest.agenda, ", ",
                      manifest.lines, " lignes. Export du ", Utc(manifest.made_at), ".\n");
}

std::string EnglishText(const Manifest& manifest) {
  return absl::StrCat(kEnglish, "\nThe log up to position ", manifest.end.lsn.value, " (batch ",
                      manifest.end.batch, "), written ", Utc(manifest.written_at),
                      ".\nChain: ", Hex(manifest.end.chain),
                      "\nTable: ", manifest.agenda.empty() ? "all agendas" : manifest.agenda, ", ",
                      manifest.lines, " lines. Exported ", Utc(manifest.made_at), ".\n");
}

}  // namespace creneau::audit
