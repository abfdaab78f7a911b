#include "tools/creneauctl/receipt_form.h"

#include <catch2/catch.hpp>

#include "base/limits.h"

namespace creneau::ctl {
namespace {

constexpr proof::Seed kSeed{7};
constexpr Instant kAt{1796029200000};

proof::AttemptReceipt Attempt() {
  proof::AttemptReceipt attempt;
  attempt.at = kAt;
  attempt.agenda = "93-titres";
  attempt.title = "Titres <b>& visas</b>";
  attempt.office = "Préfecture, \"Bobigny\"";
  attempt.timezone = "Europe/Paris";
  attempt.outcome = "paused";
  attempt.iso_year = 2026;
  attempt.iso_week = 49;
  attempt.identity = proof::IdentityGiven::kDeclared;
  attempt.alternative = {"passport", "birth_date"};
  attempt.commitment.fill(1);
  return attempt;
}

std::string Form(const proof::AttemptReceipt& attempt, std::string_view nonce, const char* lang) {
  const std::string text = proof::SignReceipt(attempt, kAt, kSeed);
  return ReceiptForm(*proof::ReadReceipt(text), text, true, nonce, Words(lang));
}

bool Has(const std::string& form, const std::string& text) {
  return form.find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("a form has what the receipt says, and lines for what it does not say") {
  const std::string form = Form(Attempt(), "", "fr");
  for (const char* said :
       {"<html lang=\"fr\">", "Lundi 30 novembre 2026, 10 h 00", "suspendue par l’administration",
        "captures d’écran", "Titres &lt;b&gt;&amp; visas&lt;/b&gt;", "&quot;Bobigny&quot;",
        "<span>numéro de passeport</span><span></span>",
        "<span>Code secret (nonce)</span><span></span>",
        " viewBox=", "a été vérifiée lors de l’impression"}) {
    INFO(said);
    CHECK(Has(form, said));
  }
  CHECK_FALSE(Has(form, "<b>"));
  CHECK(Has(form, proof::SignReceipt(Attempt(), kAt, kSeed)));
  CHECK(Has(Form(Attempt(), "a102", "en"), "<span>Nonce</span><span>a102</span>"));
}

TEST_CASE("whose an attempt of nobody is, nobody is asked") {
  proof::AttemptReceipt nobody = Attempt();
  nobody.identity = proof::IdentityGiven::kNone;
  nobody.alternative.clear();
  nobody.commitment = {};
  CHECK_FALSE(Has(Form(nobody, "", "en"), "class=\"blank\""));
}

TEST_CASE("the longest receipt fits into a QR code") {
  CHECK(
      Has(QrCode(std::string(limits::kReceiptBytes / 3 * 4, 'A'), "x"), "viewBox=\"0 0 185 185\""));
}

}  // namespace creneau::ctl
