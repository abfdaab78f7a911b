#include "proof/receipt.h"

#include <catch2/catch.hpp>

#include "base/limits.h"

namespace creneau::proof {
namespace {

const Seed kSeed = [] {
  Seed seed{};
  seed[0] = 9;
  return seed;
}();
const PublicKey kKey = PublicKeyOf(kSeed);
constexpr Instant kIssued{1796029212345};  // 30 November 2026
constexpr Nonce kNonce = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
const CommittedField kFields[] = {{"dossier", "9200123ABC"}, {"birth_date", "1990-05-17"}};

AttemptReceipt Attempt() {
  AttemptReceipt attempt;
  attempt.at = kIssued - 5'000;
  attempt.agenda = "92-naturalisation";
  attempt.title = "Naturalisation : dépôt de dossier";
  attempt.office = "Préfecture des Hauts-de-Seine, Nanterre";
  attempt.timezone = "Europe/Paris";
  attempt.outcome = "nothing-left";
  attempt.phase = "open";
  attempt.iso_year = 2026;
  attempt.iso_week = 49;
  attempt.identity = IdentityGiven::kDeclared;
  attempt.alternative = {"dossier", "birth_date"};
  attempt.commitment = Commit(kNonce, kFields);
  return attempt;
}

ConfirmationReceipt Confirmation() {
  ConfirmationReceipt confirmation;
  confirmation.reservation = "3F7QK2M9XA0CW";
  confirmation.agenda = "92-naturalisation";
  confirmation.title = "Naturalisation : dépôt de dossier";
  confirmation.office = "Préfecture des Hauts-de-Seine, Nanterre";
  confirmation.timezone = "Europe/Paris";
  confirmation.slot = "2027-03-09T09:20";
  confirmation.starts_at = Instant{1804580400000};
  confirmation.minutes = 20;
  confirmation.channel = "web";
  confirmation.identity = IdentityGiven::kListed;
  confirmation.holder = HolderOf("3F7QK2M9XA0CW", "AAAAAAAAAAAAAAAAAAAAAA");
  confirmation.batch = 7;
  confirmation.lsn = Lsn{70};
  confirmation.epoch = 1;
  confirmation.chain.fill(0xAB);
  return confirmation;
}

std::string Words(const absl::Status& status) { return std::string(status.message()); }

}  // namespace

TEST_CASE("what an attempt's receipt says is read back") {
  const auto read = ReadReceipt(SignReceipt(Attempt(), kIssued, kSeed));
  REQUIRE(read.ok());
  CHECK(read->key == KeyIdOf(kKey));
  CHECK(read->issued_at == kIssued);
  CHECK(VerifyReceipt(*read, {&kKey, 1}));
  const auto& attempt = std::get<AttemptReceipt>(read->body);
  CHECK(attempt.at == Attempt().at);
  CHECK(attempt.agenda == Attempt().agenda);
  CHECK(attempt.title == Attempt().title);
  CHECK(attempt.office == Attempt().office);
  CHECK(attempt.timezone == "Europe/Paris");
  CHECK(attempt.outcome == "nothing-left");
  CHECK(attempt.phase == "open");
  CHECK(attempt.iso_year == 2026);
  CHECK(attempt.iso_week == 49);
  CHECK(attempt.identity == IdentityGiven::kDeclared);
  CHECK(attempt.alternative == Attempt().alternative);
  CHECK(attempt.commitment == Commit(kNonce, kFields));
}

TEST_CASE("what a confirmation's receipt says is read back") {
  const auto read = ReadReceipt(ReceiptSigner(kSeed).Sign(Confirmation(), kIssued));
  REQUIRE(read.ok());
  CHECK(VerifyReceipt(*read, {&kKey, 1}));
  const auto& confirmation = std::get<ConfirmationReceipt>(read->body);
  CHECK(confirmation.reservation == "3F7QK2M9XA0CW");
  CHECK(confirmation.agenda == Confirmation().agenda);
  CHECK(confirmation.title == Confirmation().title);
  CHECK(confirmation.office == Confirmation().office);
  CHECK(confirmation.timezone == "Europe/Paris");
  CHECK(confirmation.slot == "2027-03-09T09:20");
  CHECK(confirmation.starts_at == Confirmation().starts_at);
  CHECK(confirmation.minutes == 20);
  CHECK(confirmation.channel == "web");
  CHECK(confirmation.identity == IdentityGiven::kListed);
  CHECK(confirmation.holder == Confirmation().holder);
  CHECK(confirmation.batch == 7);
  CHECK(confirmation.lsn == Lsn{70});
  CHECK(confirmation.epoch == 1);
  CHECK(confirmation.chain == Confirmation().chain);
}

TEST_CASE("a receipt in which any bit was changed is refused") {
  for (const std::string& text :
       {SignReceipt(Attempt(), kIssued, kSeed), SignReceipt(Confirmation(), kIssued, kSeed)}) {
    for (size_t at = 0; at < text.size(); ++at) {
      for (int bit = 0; bit < 8; ++bit) {
        std::string changed = text;
        changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
        CAPTURE(changed);
        const auto read = ReadReceipt(changed);
        CHECK((!read.ok() || !VerifyReceipt(*read, {&kKey, 1})));
      }
    }
  }
}

TEST_CASE("a receipt cut short anywhere, or with more behind it, is none") {
  const std::string text = SignReceipt(Attempt(), kIssued, kSeed);
  for (size_t size = 0; size < text.size(); ++size) {
    CHECK_FALSE(ReadReceipt(text.substr(0, size)).ok());
  }
  for (const char* more : {"A", "AA", "AAA", "AAAA", "=", " ", "\n"}) {
    CHECK_FALSE(ReadReceipt(text + more).ok());
  }
  CHECK(Words(ReadReceipt(std::string(5'000, 'A')).status()) ==
        "it is longer than a receipt can be");
}

TEST_CASE("a receipt is of the key that signed it, and of no other") {
  Seed other_seed = kSeed;
  other_seed[1] = 1;
  const PublicKey keys[] = {PublicKeyOf(other_seed), kKey};
  const auto read = ReadReceipt(SignReceipt(Attempt(), kIssued, kSeed));
  REQUIRE(read.ok());
  CHECK(VerifyReceipt(*read, keys));
  CHECK_FALSE(VerifyReceipt(*read, {keys, 1}));
  CHECK_FALSE(VerifyReceipt(*read, {}));
}

TEST_CASE("an attempt of nobody has no commitment") {
  AttemptReceipt attempt = Attempt();
  attempt.identity = IdentityGiven::kNone;
  attempt.alternative.clear();
  attempt.commitment = {};
  const auto read = ReadReceipt(SignReceipt(attempt, kIssued, kSeed));
  REQUIRE(read.ok());
  CHECK(VerifyReceipt(*read, {&kKey, 1}));
  CHECK(std::get<AttemptReceipt>(read->body).alternative.empty());
}

TEST_CASE("an office's words are cut and cleaned so that every receipt can be read") {
  AttemptReceipt attempt = Attempt();
  attempt.alternative.assign(limits::kReceiptFields, std::string(100, 'f'));
  attempt.title.clear();
  for (int i = 0; i < 400; ++i) attempt.title += "é";
  attempt.office = "Guichet\t3\u202E\xC3(";
  attempt.timezone = attempt.agenda = attempt.outcome = attempt.phase = std::string(100, 'x');
  const std::string text = SignReceipt(attempt, kIssued, kSeed);
  CHECK(text.size() <= 2'331);  // a QR code at level M
  const auto read = ReadReceipt(text);
  REQUIRE(read.ok());
  const auto& said = std::get<AttemptReceipt>(read->body);
  CHECK(said.title.size() == 199);
  CHECK(said.title.substr(194) == "é…");
  CHECK(said.office == "Guichet 3 \uFFFD(");
}

TEST_CASE("nonce, names and values all make another commitment") {
  const Hash hash = Commit(kNonce, kFields);
  // As Python's hashlib computes it.
  CHECK(Hex(hash) == "63f3287bef97a74e60d3d76bca133d85afe71589c6282423fb4e443f9aa364af");
  Nonce nonce = kNonce;
  nonce[15] = 0;
  CHECK(Commit(nonce, kFields) != hash);
  const CommittedField moved[] = {{"dossier", "9200123AB"}, {"birth_date", "C1990-05-17"}};
  CHECK(Commit(kNonce, moved) != hash);
  CHECK(Commit(kNonce, {kFields, 1}) != hash);
  CHECK(Hex(HolderOf("3F7QK2M9XA0CW", "AAAAAAAAAAAAAAAAAAAAAA")) ==
        "3a69df1bb4448fdcef56237a0a834bce363a9d739e81e999fafb76fb90065d80");
}

TEST_CASE("weeks are those of ISO 8601") {
  const struct {
    const char* date;
    IsoWeek week;
  } kCases[] = {
      {"2026-12-01", {2026, 49}}, {"2026-11-30", {2026, 49}}, {"2026-11-29", {2026, 48}},
      {"2026-12-31", {2026, 53}}, {"2027-01-03", {2026, 53}}, {"2027-01-04", {2027, 1}},
      {"2024-12-30", {2025, 1}},  {"2021-01-01", {2020, 53}}, {"2023-01-01", {2022, 52}},
      {"2025-12-29", {2026, 1}},  {"2028-02-29", {2028, 9}},  {"1970-01-01", {1970, 1}},
  };
  for (const auto& [date, week] : kCases) {
    CAPTURE(date);
    CHECK(IsoWeekOf(*ParseDate(date)) == week);
  }
}

}  // namespace creneau::proof
