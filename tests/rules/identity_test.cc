#include "rules/identity.h"

#include "catch2/catch.hpp"

namespace creneau::rules {
namespace {

constexpr Instant kToday{1796029200000};  // 30 November 2026

Agenda AgendaOf(const std::string& group) {
  Agenda agenda;
  agenda.group = group;
  agenda.identity = {{IdentityField::kDossier, IdentityField::kBirthDate},
                     {IdentityField::kPassport, IdentityField::kBirthDate}};
  return agenda;
}

Identity Of(const std::string& group, std::string_view dossier, std::string_view passport,
            std::string_view birth, uint8_t pepper_byte = 1) {
  Applicant applicant;
  applicant.fields[static_cast<size_t>(IdentityField::kDossier)] = dossier;
  applicant.fields[static_cast<size_t>(IdentityField::kPassport)] = passport;
  applicant.fields[static_cast<size_t>(IdentityField::kBirthDate)] = birth;
  Pepper pepper;
  pepper.fill(pepper_byte);
  return Identify(AgendaOf(group), applicant, KeyedHash(pepper), kToday);
}

TEST_CASE("the same person, written otherwise, is the same subject") {
  const Subject subject = Of("92", "9200123abc", "", "1990-05-17").subject;
  CHECK(subject != Subject{});
  for (const char* dossier : {"9200123ABC", "92 00 123 abc", "92-00.123/ABC", " 9200123abc "}) {
    const Identity identity = Of("92", dossier, "", "1990-05-17");
    CHECK(identity.problems.empty());
    CHECK(identity.subject == subject);
  }
  CHECK(Of("92", "9200123abc", "12AB34567", "1990-05-17").subject ==
        subject);  // the first alternative counts
}

TEST_CASE("another number, date, alternative, group or pepper is another subject") {
  const Subject subject = Of("92", "9200123", "", "1990-05-17").subject;
  CHECK(Of("92", "9200124", "", "1990-05-17").subject != subject);
  CHECK(Of("92", "9200123", "", "1990-05-18").subject != subject);
  CHECK(Of("92", "", "9200123", "1990-05-17").subject != subject);
  CHECK(Of("93", "9200123", "", "1990-05-17").subject != subject);
  CHECK(Of("92", "9200123", "", "1990-05-17", 2).subject != subject);
}

TEST_CASE("what is wrong is said with its place, and never repeated") {
  const struct {
    const char* dossier;
    const char* birth;
    const char* pointer;
  } kCases[] = {
      {"12", "1990-05-17", "/applicant/dossier"},
      {"1234567890123456789012345678901234", "1990-05-17", "/applicant/dossier"},
      {"92é0123", "1990-05-17", "/applicant/dossier"},
      {"9200\n123", "1990-05-17", "/applicant/dossier"},
      {"9200123", "1990-02-30", "/applicant/birth_date"},
      {"9200123", "17/05/1990", "/applicant/birth_date"},
      {"9200123", "1899-12-31", "/applicant/birth_date"},
      {"9200123", "2026-12-02", "/applicant/birth_date"},
      {"", "1990-05-17", "/applicant"},
      {"9200123", "", "/applicant"},
  };
  for (const auto& [dossier, birth, pointer] : kCases) {
    CAPTURE(dossier, birth);
    const Identity identity = Of("92", dossier, "", birth);
    REQUIRE(identity.problems.size() == 1);
    CHECK(identity.problems[0].pointer == pointer);
    if (*dossier != 0) CHECK(identity.problems[0].message.find(dossier) == std::string::npos);
  }
  CHECK(Of("92", "", "", "").problems[0].message ==
        "send dossier and birth_date, or passport and birth_date");
}

TEST_CASE("subjects are HMAC-SHA-256 as others compute it, since they are in the log") {
  CHECK(Of("92", "9200123abc", "", "1990-05-17").subject ==
        Subject{0x9a181f34e59c43eb, 0x151e78370e75affa});
  CHECK(Of(std::string(700, '9'), "9200123abc", "", "1990-05-17").subject ==
        Subject{0xb5ff32a9d079558a, 0x73144af6240248e6});
}

TEST_CASE("the order in which an agenda lists its fields makes no other subject") {
  Agenda turned = AgendaOf("92");
  turned.identity = {{IdentityField::kBirthDate, IdentityField::kDossier}};
  Applicant applicant;
  applicant.fields[static_cast<size_t>(IdentityField::kDossier)] = "9200123";
  applicant.fields[static_cast<size_t>(IdentityField::kBirthDate)] = "1990-05-17";
  Pepper pepper;
  pepper.fill(1);
  CHECK(Identify(turned, applicant, KeyedHash(pepper), kToday).subject ==
        Of("92", "9200123", "", "1990-05-17").subject);
}

TEST_CASE("what a commitment is over is the alternative that makes the subject, normalised") {
  Applicant applicant;
  const auto set = [&applicant](IdentityField field, std::string_view text) {
    applicant.fields[static_cast<size_t>(field)] = text;
  };
  set(IdentityField::kPassport, "12 ab-34567");
  set(IdentityField::kBirthDate, "1990-05-17");
  CanonicalIdentity by_passport;
  REQUIRE(by_passport.Read(AgendaOf("92"), applicant, kToday));
  CHECK_FALSE(by_passport.Has(IdentityField::kDossier));
  CHECK(by_passport.Value(IdentityField::kPassport) == "12AB34567");
  CHECK(by_passport.Value(IdentityField::kBirthDate) == "1990-05-17");
  // The first alternative that is whole; what is beyond it does not count, right or wrong.
  set(IdentityField::kDossier, std::string_view("9200 1234 5678 9012 3456 7890 1234 56ab"));
  set(IdentityField::kPassport, "?");
  CanonicalIdentity by_dossier;
  REQUIRE(by_dossier.Read(AgendaOf("92"), applicant, kToday));
  CHECK(by_dossier.Value(IdentityField::kDossier) == "920012345678901234567890123456AB");
  CHECK_FALSE(by_dossier.Has(IdentityField::kPassport));
  set(IdentityField::kDossier, "?");
  CanonicalIdentity wrong;
  CHECK_FALSE(wrong.Read(AgendaOf("92"), applicant, kToday));
  CanonicalIdentity nobody;
  CHECK_FALSE(nobody.Read(AgendaOf("92"), Applicant(), kToday));
}

TEST_CASE("a foreigner's number is ten digits") {
  std::string message;
  CHECK(Normalise(IdentityField::kForeignerNumber, "93 03 10 42 17", kToday, &message) ==
        "9303104217");
  CHECK_FALSE(
      Normalise(IdentityField::kForeignerNumber, "930310421", kToday, &message).has_value());
  CHECK_FALSE(
      Normalise(IdentityField::kForeignerNumber, "930310421A", kToday, &message).has_value());
  CHECK(message.find("ten digits") != std::string::npos);
}

}  // namespace
}  // namespace creneau::rules
