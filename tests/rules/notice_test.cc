// The notice says what the agenda says: a rule that is changed changes its paragraph, and no other.

#include "rules/notice.h"

#include <map>
#include <set>

#include "catch2/catch.hpp"
#include "rules/calendar.h"

namespace creneau::rules {
namespace {

// 2026-12-01, 9:20 in Paris.
constexpr Instant kInForce{1'796'113'200'000};

struct Subject {
  Agenda agenda;
  NoticeFacts facts{3, kInForce, {72, 18, 18, 18, 18}};
};

Subject Queue() {
  Subject subject;
  Agenda& agenda = subject.agenda;
  agenda.name = agenda.group = "92-naturalisation";
  agenda.title = "Naturalisation : dépôt de dossier";
  agenda.office = "Préfecture des Hauts-de-Seine";
  agenda.timezone = "Europe/Paris";
  agenda.policy = Policy::kQueue;
  agenda.accept_invented = true;
  agenda.identity = {{IdentityField::kDossier, IdentityField::kBirthDate},
                     {IdentityField::kPassport, IdentityField::kBirthDate}};
  agenda.notice_hours = 24;
  agenda.opening = Opening{Weekdays{0x1f}, 8 * 60 + 30, 9 * 60, 10 * 60};
  agenda.alternative = "point d’accueil numérique, du lundi au vendredi, 9 h à 16 h";
  return subject;
}

using ByRule = std::map<std::string, std::string>;

ByRule Paragraphs(const Subject& subject, Language language) {
  absl::TimeZone zone;
  REQUIRE(LoadZone("Europe/Paris", &zone));
  ByRule by_rule;
  for (const NoticeParagraph& paragraph : NoticeOf(subject.agenda, zone, subject.facts, language))
    by_rule[std::string(paragraph.rule)] = paragraph.text;
  return by_rule;
}

std::string Differences(const ByRule& a, const ByRule& b) {
  std::set<std::string> rules;
  for (const auto& [rule, text] : a) {
    if (!b.contains(rule) || b.at(rule) != text) rules.insert(rule);
  }
  for (const auto& [rule, text] : b) {
    if (!a.contains(rule)) rules.insert(rule);
  }
  std::string all;
  for (const std::string& rule : rules) all += (all.empty() ? "" : " ") + rule;
  return all;
}

// Spaces that do not break are spaces to a reader.
std::string Plain(std::string text) {
  for (size_t at; (at = text.find("\u00a0")) != std::string::npos;) text.replace(at, 2, " ");
  return text;
}

bool Says(const ByRule& paragraphs, const std::string& rule, const std::string& words) {
  CAPTURE(rule, words);
  const auto at = paragraphs.find(rule);
  const std::string text = at == paragraphs.end() ? "" : Plain(at->second);
  CAPTURE(text);
  const bool says = text.find(words) != std::string::npos;
  CHECK(says);
  return says;
}

// Each changes one rule.
struct Change {
  void (*change)(Subject&);
  const char* rules;   // whose paragraphs change, in their order
  const char* french;  // what one of them then says: "policy" where it is among them
  const char* english;
};
constexpr Change kChanges[] = {
    {[](Subject& s) { s.agenda.title = "Titre"; }, "law", "« Titre »", "\"Titre\""},
    {[](Subject& s) { s.facts.version = 4; }, "version", "Version 4", "Version 4"},
    {[](Subject& s) { s.facts.in_force_since = kInForce + 86'400'000; }, "version",
     "mercredi 2 décembre 2026, 9 h 20", "Wednesday 2 December 2026, 9:20"},
    {[](Subject& s) { s.facts.version = 0; }, "version", "pas encore en vigueur", "not in force"},
    {[](Subject& s) { s.agenda.opening->close = 10 * 60 + 30; }, "opening", "de 9 h à 10 h 30",
     "from 9:00 to 10:30"},
    {[](Subject& s) { s.agenda.opening->weekdays.bits = 0x0a; }, "opening", "le mardi et le jeudi",
     "on Tuesday and Thursday"},
    {[](Subject& s) { s.agenda.opening->gather = 8 * 60; }, "opening", "dès 8 h", "from 8:00 on"},
    {[](Subject& s) { s.agenda.horizon_days = 60; }, "window", "60 jours avant", "60 days before"},
    {[](Subject& s) { s.agenda.notice_hours = 1; }, "window", "1 heure avant", "1 hour before"},
    {[](Subject& s) { s.agenda.notice_hours = 0; }, "window", "jusqu’à son début",
     "until it begins"},
    {[](Subject& s) { s.agenda.chain_end[31] = 0xab; }, "rank", "00ab.", "00ab."},
    {[](Subject& s) { s.agenda.beacon = "Loto, tirage de la veille"; }, "beacon",
     "« Loto, tirage de la veille »", "\"Loto, tirage de la veille\""},
    {[](Subject& s) { s.agenda.proof_of_work = ProofDemand::kLoad; }, "proof_of_work",
     "Quand les demandes sont très nombreuses", "When very many people ask"},
    {[](Subject& s) { s.agenda.proof_of_work = ProofDemand::kAlways; }, "proof_of_work",
     "Pour prendre un ticket, votre navigateur", "To take a ticket"},
    {[](Subject& s) { s.agenda.identity = {{IdentityField::kForeignerNumber}}; }, "identity",
     "vous donnez votre numéro étranger.", "you give your foreigner number."},
    {[](Subject& s) { s.agenda.accept_invented = false; }, "identity_proof", "qui n’existe pas.",
     "who does not exist."},
    {[](Subject& s) { s.agenda.identity_proof = IdentityProof::kListed; }, "identity_proof",
     "inscrites sur la liste", "on the administration's list"},
    {[](Subject& s) { s.agenda.identity_proof = IdentityProof::kAsserted; }, "identity_proof",
     "s’en porte garant", "vouches for it"},
    {[](Subject& s) { s.agenda.group = "92-tout"; }, "one_reservation", "du groupe 92-tout",
     "of the group 92-tout"},
    {[](Subject& s) { s.agenda.hold_s = 90; }, "hold", "gardée 1 minute et 30 secondes",
     "for 1 minute and 30 seconds"},
    {[](Subject& s) { s.agenda.cooldown_max_hours = 48; }, "cooldown", "entre 1 heure et 48 heures",
     "between 1 hour and 48 hours"},
    {[](Subject& s) { s.agenda.cooldown_min_hours = 24; }, "cooldown", "après 24 heures",
     "after 24 hours"},
    {[](Subject& s) { s.agenda.waitlist = true; }, "cooldown waitlist",
     "d’abord aux personnes inscrites", "to the people on the waitlist first"},
    {[](Subject& s) {
       s.facts.seats = {90, 10, 0, 0, 0};
     },
     "channels", "90 sur internet (90 %) et 10 par téléphone (10 %)",
     "90 on the web (90 %) and 10 by phone (10 %)"},
    {[](Subject& s) { s.facts.seats = {}; }, "channels", "Aucune place", "No seats"},
    {[](Subject& s) {
       s.agenda.flow = {{Channel::kPhone, Channel::kWeb, 48}};
     },
     "flow", "proposée par téléphone que personne n’a prise 48 heures avant",
     "offered by phone that nobody has taken 48 hours before"},
    {[](Subject& s) { s.agenda.helper_cap = 5; }, "helpers", "5 rendez-vous par semaine",
     "5 appointments a week"},
    {[](Subject& s) { s.agenda.helper_cap = 0; }, "helpers", "ne réservent pas pour d’autres",
     "do not book for others"},
    {[](Subject& s) { s.agenda.court_overflow = CourtOverflow::kCount; }, "court",
     "est prise, et comptée à part", "is taken, and counted apart"},
    {[](Subject& s) { s.agenda.alternative = ""; }, "alternative",
     "par téléphone, au guichet ou par courrier", "by phone, at the desk or by post"},
    {[](Subject& s) { s.agenda.retention_days = 730; }, "retention", "730 jours", "730 days"},
    {[](Subject& s) { s.agenda.policy = Policy::kDirect; },
     "beacon check cooldown opening policy rank turn", "la première demande reçue",
     "the first one received"},
};

TEST_CASE("each rule that changes is told, in both languages, and nothing else changes") {
  const Subject before = Queue();
  for (const auto& [change, rules, french, english] : kChanges) {
    Subject after = before;
    change(after);
    CAPTURE(french);
    for (const Language language : {Language::kFrench, Language::kEnglish}) {
      const ByRule then = Paragraphs(after, language);
      const std::string changed = Differences(Paragraphs(before, language), then);
      CHECK(changed == rules);
      // Where several change, the policy's words if it is among them, or the first one's.
      const bool policy = changed.find("policy") != std::string::npos;
      Says(then, policy ? "policy" : changed.substr(0, changed.find(' ')),
           language == Language::kFrench ? french : english);
    }
  }
}

TEST_CASE("of a draw: who enters when, whose number decides, and what the law says of it") {
  Subject drawn = Queue();
  drawn.agenda.policy = Policy::kDraw;
  drawn.agenda.opening.reset();
  drawn.agenda.draw = DrawRules{"2026-12",
                                "Loto",
                                "tirage du 9 décembre",
                                *ParseLocalMinute("2026-12-01T09:00"),
                                *ParseLocalMinute("2026-12-08T18:00"),
                                *ParseLocalMinute("2026-12-09T12:00"),
                                {2027, 1, 4},
                                {2027, 1, 29}};
  const ByRule french = Paragraphs(drawn, Language::kFrench);
  const ByRule english = Paragraphs(drawn, Language::kEnglish);
  CHECK(english.size() == french.size());
  CHECK_FALSE(french.contains("rank"));
  Says(french, "opening", "du mardi 1er décembre 2026, 9 h au mardi 8 décembre 2026, 18 h");
  Says(french, "policy", "tirées au sort");
  Says(french, "draw", "ne connaît avant le mercredi 9 décembre 2026, 12 h");
  Says(french, "draw", "« Loto, tirage du 9 décembre »");
  Says(french, "draw", "Conseil d’État, 22 décembre 2017, n° 410561");
  Says(french, "hold", "proposée pendant 72 heures");
  Says(english, "opening", "from Tuesday 1 December 2026, 9:00 until");
  Says(english, "draw", "nobody knows before Wednesday 9 December 2026, 12:00");
  Says(english, "draw", "Conseil d'État, 22 December 2017, n° 410561");
  Says(english, "hold", "offered to you for 72 hours");
  CHECK_FALSE(english.contains("proof_of_work"));
  drawn.agenda.proof_of_work = ProofDemand::kAlways;
  Says(Paragraphs(drawn, Language::kFrench), "proof_of_work",
       "Pour s’inscrire au tirage, votre navigateur");
  Says(Paragraphs(drawn, Language::kEnglish), "proof_of_work",
       "To enter the draw, your browser has to");
}

TEST_CASE("shares are told to a tenth of a percent") {
  Subject subject = Queue();
  subject.facts.seats = {4, 1, 1, 1, 1};
  Says(Paragraphs(subject, Language::kFrench), "channels", "1 par téléphone (12,5 %)");
  Says(Paragraphs(subject, Language::kEnglish), "channels", "4 on the web (50 %)");
  Says(Paragraphs(subject, Language::kEnglish), "channels", "1 by phone (12.5 %)");
}

TEST_CASE("what no agenda can change is told of each") {
  Subject direct = Queue();
  direct.agenda.policy = Policy::kDirect;
  direct.agenda.opening.reset();
  for (const Subject& subject : {Queue(), direct}) {
    const ByRule french = Paragraphs(subject, Language::kFrench);
    Says(french, "law", "L. 311-3-1 et R. 311-3-1-1");
    Says(french, "version", "mardi 1er décembre 2026, 9 h 20");
    Says(french, "moves", "déplacé 2 fois au plus");
    Says(french, "stored", "pseudonyme");
    Says(french, "receipt", "30 jours, une attestation signée");
    Says(french, "check", "/v1/agendas/92-naturalisation/record");
    const ByRule english = Paragraphs(subject, Language::kEnglish);
    CHECK(english.size() == french.size());
    Says(english, "law", "L. 311-3-1 and R. 311-3-1-1");
    Says(english, "moves", "2 times at most");
  }
  Says(Paragraphs(direct, Language::kFrench), "opening", "à toute heure, tous les jours");
  Says(Paragraphs(Queue(), Language::kFrench), "turn", "2 minutes pour demander");
  Subject alone = direct;
  alone.agenda.alternative = "";
  alone.facts.seats = {5, 0, 0, 0, 0};
  Says(Paragraphs(alone, Language::kFrench), "alternative", "Aucune solution sans internet");
}

TEST_CASE("French is what is spoken, unless English is wanted more") {
  const struct {
    const char* accept;
    Language language;
  } kCases[] = {
      {"", Language::kFrench},
      {"fr-FR,fr;q=0.9,en;q=0.8", Language::kFrench},
      {"en-GB,en;q=0.9", Language::kEnglish},
      {"EN", Language::kEnglish},
      {"ar, en;q=0.5", Language::kEnglish},
      {"ar, *;q=0.5, en;q=0.3", Language::kFrench},
      {"en;q=0.8, fr;q=0.75", Language::kEnglish},
      {"en;q=0, de", Language::kFrench},
      {"en, fr", Language::kFrench},
      {"english", Language::kFrench},
      {";q=,,;", Language::kFrench},
  };
  for (const auto& [accept, language] : kCases) {
    CAPTURE(accept);
    CHECK(NegotiateLanguage(accept) == language);
  }
}

}  // namespace
}  // namespace creneau::rules
