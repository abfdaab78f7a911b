// Whoever has a receipt, its nonce, the applicant's fields and the public key, and nothing else.

#include "tools/creneauctl/receipt_check.h"

#include "base/text.h"
#include "catch2/catch.hpp"
#include "tools/creneauctl/receipt_words.h"

namespace creneau::ctl {
namespace {

constexpr proof::Seed kSeed{7};
constexpr proof::Nonce kNonce{1, 2, 3};
constexpr Instant kAt{1796029200000};
constexpr const char* kAda = R"({"dossier": "93 0011-2233", "birth_date": "1990-05-17"})";

std::string NonceHex() { return Hex(kNonce) + "\n"; }

proof::AttemptReceipt Attempt() {
  const proof::CommittedField fields[] = {{"dossier", "9300112233"}, {"birth_date", "1990-05-17"}};
  proof::AttemptReceipt attempt;
  attempt.at = kAt;
  attempt.agenda = "93-titres";
  attempt.title = "Titres de séjour";
  attempt.office = "Préfecture, Bobigny";
  attempt.timezone = "Europe/Paris";
  attempt.outcome = "nothing-left";
  attempt.phase = "exhausted";
  attempt.iso_year = 2026;
  attempt.iso_week = 49;
  attempt.identity = proof::IdentityGiven::kDeclared;
  attempt.alternative = {"dossier", "birth_date"};
  attempt.commitment = proof::Commit(kNonce, fields);
  return attempt;
}

proof::ConfirmationReceipt Confirmation() {
  proof::ConfirmationReceipt confirmation;
  confirmation.reservation = "3F7QK2M9XA0CW";
  confirmation.agenda = "93-titres";
  confirmation.title = "Titres de séjour";
  confirmation.office = "Préfecture, Bobigny";
  confirmation.timezone = "Europe/Paris";
  confirmation.slot = "2026-12-01T09:20";
  confirmation.starts_at = kAt;
  confirmation.minutes = 20;
  confirmation.channel = "web";
  confirmation.holder = proof::HolderOf(confirmation.reservation, "AAAAAAAAAAAAAAAAAAAAAA");
  return confirmation;
}

std::string Signed() { return proof::SignReceipt(Attempt(), kAt, kSeed); }
std::vector<proof::PublicKey> Keys() { return {proof::PublicKeyOf(kSeed)}; }

TEST_CASE("a genuine receipt is genuine, however a mail has broken its lines") {
  const std::string text = Signed();
  for (const std::string& sent :
       {text, text + "\n", " " + text.substr(0, 70) + "\r\n" + text.substr(70)}) {
    CHECK(CheckReceipt(sent, Keys()).verdict == Verdict::kValid);
  }
  CHECK(CheckReceipt(text, {proof::PublicKeyOf(proof::Seed{8})}).verdict == Verdict::kUnknownKey);
  CHECK(CheckReceipt(text, {}).verdict == Verdict::kUnknownKey);
  CHECK(CheckReceipt("", Keys()).verdict == Verdict::kUnreadable);
}

TEST_CASE("every character that is changed, dropped or added is found") {
  for (const std::string& text : {Signed(), proof::SignReceipt(Confirmation(), kAt, kSeed)}) {
    for (size_t i = 0; i < text.size(); ++i) {
      std::string changed = text;
      changed[i] = changed[i] == 'A' ? 'B' : 'A';
      INFO(i);
      CHECK(CheckReceipt(changed, Keys()).verdict != Verdict::kValid);
      CHECK(CheckReceipt(text.substr(0, i), Keys()).verdict != Verdict::kValid);
    }
    CHECK(CheckReceipt(text + "A", Keys()).verdict != Verdict::kValid);
  }
}

TEST_CASE("why a text is no receipt is said in the language asked for") {
  const std::string text = Signed();
  struct Case {
    std::string text, english, french;
  };
  const Case cases[] = {
      {text.substr(0, 40), "it is cut short", "il est coupé"},
      {text.substr(0, (text.size() - 8) / 4 * 4), "it is cut short", "il est coupé"},
      {text.substr(0, text.size() - 88) + "AAAA" + text.substr(text.size() - 88),
       "there is more than belongs to it", "il contient plus qu’une attestation"},
      {"Ada", "it is not base64url without padding, or is cut short",
       "il ne commence pas ou ne s’écrit pas comme une attestation"},
      {std::string(400, 'A'), "it does not begin as a receipt does",
       "il ne commence pas ou ne s’écrit pas comme une attestation"},
      {text.substr(0, 11) + "9" + text.substr(12),
       "it is of a version that this program does not know", "une valeur n’est pas permise"},
  };
  for (const Case& one : cases) {
    INFO(one.text);
    const std::string why = CheckReceipt(one.text, Keys()).why;
    CHECK(Words("en").OfFault(why) == one.english);
    CHECK(Words("fr").OfFault(why) == one.french);
  }
}

TEST_CASE("whose an attempt is, nonce and fields say together") {
  const proof::Receipt receipt = *CheckReceipt(Signed(), Keys()).receipt;
  struct Case {
    std::string nonce, applicant;
    Whose whose;
  };
  const Case cases[] = {
      {NonceHex(), kAda, Whose::kPerson},
      {NonceHex(), R"({"applicant": {"dossier": "9300112233", "birth_date": "1990-05-17"}})",
       Whose::kPerson},
      {NonceHex(), R"({"dossier": "9300112234", "birth_date": "1990-05-17"})", Whose::kOtherPerson},
      {NonceHex(), R"({"dossier": "9300112233", "birth_date": "1990-05-18"})", Whose::kOtherPerson},
      {std::string(32, '0'), kAda, Whose::kOtherPerson},
      {"", kAda, Whose::kMissing},
      {NonceHex(), "", Whose::kMissing},
      {NonceHex(), R"({"dossier": "9300112233"})", Whose::kMissing},
  };
  for (const Case& one : cases) {
    INFO(one.nonce << one.applicant);
    const auto whose = WhoseAttempt(receipt, one.nonce, one.applicant);
    REQUIRE(whose.ok());
    CHECK(*whose == one.whose);
  }
  for (const auto& [nonce, applicant] :
       {std::pair<std::string, std::string>{"12", kAda},
        {NonceHex(), "Ada"},
        {NonceHex(), R"({"dossier": "1", "birth_date": "1990-05-17"})"}}) {
    CHECK(absl::IsInvalidArgument(WhoseAttempt(receipt, nonce, applicant).status()));
  }
  proof::AttemptReceipt nobody = Attempt();
  nobody.identity = proof::IdentityGiven::kNone;
  nobody.alternative.clear();
  nobody.commitment = {};
  const auto unnamed = CheckReceipt(proof::SignReceipt(nobody, kAt, kSeed), Keys());
  REQUIRE(unnamed.receipt);
  CHECK(*WhoseAttempt(*unnamed.receipt, NonceHex(), kAda) == Whose::kNobody);
}

TEST_CASE("whose an appointment is, its key says") {
  const proof::Receipt receipt =
      *CheckReceipt(proof::SignReceipt(Confirmation(), kAt, kSeed), Keys()).receipt;
  CHECK(WhoseConfirmation(receipt, "AAAAAAAAAAAAAAAAAAAAAA\n") == Whose::kHolder);
  CHECK(WhoseConfirmation(receipt, "BAAAAAAAAAAAAAAAAAAAAA") == Whose::kOtherHolder);
  CHECK(WhoseConfirmation(receipt, "") == Whose::kUnchecked);
}

TEST_CASE("keys come as the office publishes them") {
  const std::string hex = Hex(proof::PublicKeyOf(kSeed));
  const std::string id = Hex(proof::KeyIdOf(proof::PublicKeyOf(kSeed)));
  const auto entry = [&](const std::string& of, const std::string& use) {
    return R"({"keys":[{"id":")" + of + R"(","use":")" + use + R"(","public_key":")" + hex +
           "\"}]}";
  };
  CHECK(KeysOf(hex + "\n").value() == Keys());
  CHECK(KeysOf(entry(id, "receipt")).value() == Keys());
  for (const std::string& wrong : {std::string("abc"), std::string("{}"), entry(id, "checkpoint"),
                                   entry("0000000000000000", "receipt")}) {
    INFO(wrong);
    CHECK(absl::IsInvalidArgument(KeysOf(wrong).status()));
  }
}

TEST_CASE("whose an entry in a draw is, its key says; of a draw of before, nothing does") {
  constexpr const char* kKey = "AAAAAAAAAAAAAAAAAAAAAA";
  const auto whose = [](const std::string& entry, const char* key) {
    proof::InclusionReceipt inclusion;
    inclusion.agenda = "93-titres";
    inclusion.timezone = "Europe/Paris";
    inclusion.draw = "2026-12";
    inclusion.closed_at = inclusion.round_at = kAt;
    inclusion.wishes = "any any any";
    inclusion.entry = entry;
    inclusion.entries = 1;
    if (!entry.empty()) inclusion.holder = proof::HolderOf(entry, kKey);
    inclusion.root = proof::HashOfLeaf(proof::LeafOf(inclusion));
    const std::string text = proof::SignReceipt(inclusion, kAt, kSeed);
    return WhoseEntry(*CheckReceipt(text, Keys()).receipt, key);
  };
  CHECK(whose("E3F7QK2M9XA0CW", kKey) == Whose::kEntrant);
  CHECK(whose("E3F7QK2M9XA0CW", "AAAAAAAAAAAAAAAAAAAAAB") == Whose::kOtherEntrant);
  CHECK(whose("E3F7QK2M9XA0CW", "") == Whose::kUnchecked);
  CHECK(whose("", kKey) == Whose::kAnybody);
  CHECK(whose("", "") == Whose::kUnchecked);
}

TEST_CASE("a receipt in words says when, where, why, and what it does not prove") {
  const proof::Receipt receipt = *CheckReceipt(Signed(), Keys()).receipt;
  const auto all = [&](const char* lang) {
    const ReceiptText text = InWords(receipt, Words(lang));
    std::string out = text.title + text.proves;
    for (const auto& [label, value] : text.rows) out += "\n" + label + ": " + value;
    for (const std::string& line : text.not_proved) out += "\n" + line;
    return out;
  };
  for (const char* said : {"Lundi 30 novembre 2026, 10 h 00", "semaine 49 de 2026",
                           "aucun créneau n’était libre", "captures d’écran"}) {
    INFO(said);
    CHECK(all("fr").find(said) != std::string::npos);
  }
  CHECK(all("en").find("screenshots") != std::string::npos);
}

}  // namespace
}  // namespace creneau::ctl
