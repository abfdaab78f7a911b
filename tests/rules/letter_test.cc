// What somebody without a computer is given on paper.
#include "rules/letter.h"

#include "catch2/catch.hpp"
#include "rules/calendar.h"

namespace creneau::rules {
namespace {

bool Has(const std::string& text, const std::string& words) {
  return text.find(words) != std::string::npos;
}

TEST_CASE("a letter says when and where, how to cancel, and what is kept, as an office writes") {
  Agenda agenda;
  agenda.name = "92-naturalisation";
  agenda.title = "Naturalisation : dépôt de dossier";
  agenda.office = "Préfecture des Hauts-de-Seine, Nanterre";
  agenda.retention_days = 365;
  absl::TimeZone zone;
  REQUIRE(LoadZone("Europe/Paris", &zone));
  LetterFacts facts;
  facts.reservation = "3F7QK2M9XA0CW";
  facts.key = "abcdefghijklmnopqrstuv";
  facts.channel = Channel::kPost;
  facts.starts_at = Instant{1'804'580'400'000};  // 2027-03-09T08:20:00Z
  facts.minutes = 20;
  facts.moves_left = 2;
  const std::string letter = LetterOf(agenda, zone, facts);
  for (const char* words :
       {"Préfecture des Hauts-de-Seine, Nanterre\n",
        "Mardi 9 mars 2027, 9\u00a0h\u00a020 (20 minutes)", "demandé un rendez-vous par courrier",
        "Numéro du rendez-vous\u00a0: 3F7QK2M9XA0CW\n", "abcdefghijklmnopqrstuv",
        "annulez ce rendez-vous, ou déplacez-le (2 fois au plus)", "ne garde ni votre nom",
        "au bout de 365 jours"}) {
    INFO(words);
    CHECK(Has(letter, words));
  }
  CHECK(letter.back() == '\n');
  facts.channel = Channel::kCourt;
  facts.moves_left = 0;
  const std::string convened = LetterOf(agenda, zone, facts);
  // What is confirmed is what the sentence before it names.
  CHECK(Has(convened,
            "Ce rendez-vous vous est donné en exécution d’une décision de justice. Il est "
            "confirmé\u00a0:"));
  CHECK(!Has(convened, "déplacez-le"));
}

}  // namespace
}  // namespace creneau::rules
