// A proof is good for one agenda, until it expires, once. tests/surge/altcha has the same format
// checked by somebody else's program.
#include "surge/proof_of_work.h"

#include <string>

#include "catch2/catch.hpp"
#include "surge/spent_proofs.h"

namespace creneau::surge {
namespace {

constexpr std::string_view kAgenda = "92-naturalisation";
constexpr Instant kNow{1'796'115'600'000};  // 2026-12-01T09:00:00Z
constexpr int64_t kNowS = kNow.ms / kMsPerSecond;
constexpr ProofOfWork::Random kRandom{0xab, 1, 2, 3};

KeyedHash::Key KeyOf(uint8_t fill) {
  KeyedHash::Key key;
  key.fill(fill);
  return key;
}

// A proof that can be altered.
struct Sent {
  std::string algorithm = std::string(kProofAlgorithm);
  std::string challenge;
  uint64_t number = 0;
  std::string salt;
  std::string signature;
  Proof view() const { return {algorithm, challenge, number, salt, signature}; }
};

// Tries numbers until there is nothing left to say against it.
Sent Solve(const ProofOfWork& work, const Challenge& challenge) {
  Sent sent;
  sent.challenge = challenge.challenge();
  sent.salt = challenge.salt();
  sent.signature = challenge.signature();
  while (sent.number <= challenge.max_number &&
         work.Check(kAgenda, sent.view(), kNow) == ProofVerdict::kWrongNumber)
    ++sent.number;
  REQUIRE(sent.number <= challenge.max_number);
  return sent;
}

}  // namespace

TEST_CASE("a challenge that is solved is good, to its last second, for its agenda") {
  const ProofOfWork work(KeyOf(1));
  const Challenge challenge = work.Make(kAgenda, kRandom, kNowS + 600, 100);
  CHECK(challenge.salt() ==
        "ab010203000000000000000000000000?agenda=92-naturalisation&expires=1796116200&");
  const Sent sent = Solve(work, challenge);
  const auto verdict = [&](std::string_view agenda, int64_t later_ms) {
    return work.Check(agenda, sent.view(), kNow + later_ms);
  };
  CHECK(verdict(kAgenda, 0) == ProofVerdict::kOk);
  CHECK(verdict(kAgenda, 600'999) == ProofVerdict::kOk);
  CHECK(verdict(kAgenda, 601'000) == ProofVerdict::kExpired);
  CHECK(verdict(kAgenda, 600'000 - limits::kProofLifetimeMaxS * 1000) == ProofVerdict::kOk);
  CHECK(verdict(kAgenda, 599'000 - limits::kProofLifetimeMaxS * 1000) == ProofVerdict::kExpired);
  CHECK(verdict("92-titres", 0) == ProofVerdict::kOtherAgenda);
  CHECK(verdict("92-naturalisatio", 0) == ProofVerdict::kOtherAgenda);
  CHECK(ProofOfWork(KeyOf(2)).Check(kAgenda, sent.view(), kNow) == ProofVerdict::kForged);
}

TEST_CASE("the same randomness gives the same challenge; anything else another one") {
  const ProofOfWork work(KeyOf(1));
  const std::string first(work.Make(kAgenda, kRandom, kNowS, 100).challenge());
  CHECK(work.Make(kAgenda, kRandom, kNowS, 100).challenge() == first);
  CHECK(work.Make(kAgenda, {}, kNowS, 100).challenge() != first);
  CHECK(work.Make("92-titres", kRandom, kNowS, 100).challenge() != first);
  CHECK(work.Make(kAgenda, kRandom, kNowS + 1, 100).challenge() != first);
  CHECK(ProofOfWork(KeyOf(2)).Make(kAgenda, kRandom, kNowS, 100'000).challenge() !=
        work.Make(kAgenda, kRandom, kNowS, 100'000).challenge());
}

TEST_CASE("a proof with any bit flipped, anything added or left out is none") {
  const ProofOfWork work(KeyOf(1));
  const Sent good = Solve(work, work.Make(kAgenda, kRandom, kNowS + 600, 100));
  const auto refused = [&](const Sent& sent) {
    INFO(sent.salt << " " << sent.number << " " << sent.challenge << " " << sent.signature);
    CHECK(work.Check(kAgenda, sent.view(), kNow) != ProofVerdict::kOk);
  };
  for (std::string Sent::*const field :
       {&Sent::algorithm, &Sent::challenge, &Sent::salt, &Sent::signature}) {
    const std::string& text = good.*field;
    for (size_t at = 0; at < text.size(); ++at) {
      Sent bad = good;
      for (int bit = 0; bit < 8; ++bit) {
        (bad.*field)[at] = static_cast<char>(text[at] ^ 1 << bit);
        refused(bad);
      }
      (bad.*field) = text.substr(0, at);
      refused(bad);
    }
    Sent longer = good;
    (longer.*field) += '0';
    refused(longer);
  }
  for (int bit = 0; bit < 64; ++bit) {
    Sent bad = good;
    bad.number ^= uint64_t{1} << bit;
    refused(bad);
  }
}

TEST_CASE("what belongs to the number cannot be moved to the time, nor the other way round") {
  const ProofOfWork work(KeyOf(1));
  const std::string drawn(32, 'a');
  struct Row {
    std::string drawn;
    std::string parameters;
    ProofVerdict verdict = ProofVerdict::kMalformed;
  };
  const Row rows[] = {
      {drawn, "?agenda=92-naturalisation&expires=1796116200&", ProofVerdict::kWrongNumber},
      {drawn, "?agenda=92-naturalisation&expires=9223372036854775807&", ProofVerdict::kExpired},
      {drawn, "?agenda=92-naturalisation&expires=1796116200"},
      {drawn, "?agenda=92-naturalisation&expires=1796116200&1"},
      {drawn, "?agenda=92-naturalisation&expires=1796116200&x=1&"},
      {drawn, "?agenda=92-naturalisation&expires=01796116200&"},
      {drawn, "?agenda=92-naturalisation&expires=-1796116200&"},
      {drawn, "?agenda=92-naturalisation&expires=99999999999999999999&"},
      {drawn, "?agenda=92-naturalisation&expires=&"},
      {drawn, "?agenda=92-naturalisation&expires=&expires=1796116200&"},
      {drawn, "?agenda=92-naturalisation&"},
      {drawn, "?agenda=&expires=1796116200&"},
      {drawn, "?agenda=92_NAT&expires=1796116200&"},
      {drawn, "?agenda=" + std::string(65, 'a') + "&expires=1796116200&"},
      {drawn, "?expires=1796116200&agenda=92-naturalisation&"},
      {drawn, "a?agenda=92-naturalisation&expires=1796116200&"},
      {drawn, ""},
      {std::string(32, 'A'), "?agenda=92-naturalisation&expires=1796116200&"},
      {"", "?agenda=92-naturalisation&expires=1796116200&"},
      {"", ""},
  };
  for (const Row& row : rows) {
    const std::string salt = row.drawn + row.parameters;
    INFO(salt);
    const Proof proof{kProofAlgorithm, "", 5, salt, ""};
    CHECK(ProofVerdictName(work.Check(kAgenda, proof, kNow)) == ProofVerdictName(row.verdict));
  }
}

TEST_CASE("a proof is spent once") {
  const ProofOfWork work(KeyOf(1));
  SpentProofs spent(Cells::Salt{5});
  const Sent first = Solve(work, work.Make(kAgenda, kRandom, kNowS + 600, 10));
  const Sent second = Solve(work, work.Make(kAgenda, {}, kNowS + 600, 10));
  CHECK(spent.Spend(first.view(), kNow));
  CHECK(!spent.Spend(first.view(), kNow));
  CHECK(spent.Spend(second.view(), kNow));
  CHECK(!spent.Spend(second.view(), kNow + 600'000));
  CHECK(!spent.Spend(first.view(), kNow + 600'000));
}

TEST_CASE("expired proofs make room, and until then the last to expire stay") {
  const ProofOfWork work(KeyOf(1));
  SpentProofs spent(Cells::Salt{5}, Cells::kWays);
  const auto spend = [&](int i, int64_t at_s) {
    const Challenge made = work.Make(kAgenda, {static_cast<uint8_t>(i)}, kNowS + 100 + i, 10);
    const Proof proof{kProofAlgorithm, made.challenge(), 0, made.salt(), made.signature()};
    return spent.Spend(proof, Instant{(kNowS + at_s) * kMsPerSecond});
  };
  for (int i = 0; i < 8; ++i) CHECK(spend(i, 0));
  for (int i = 0; i < 8; ++i) CHECK(!spend(i, 99));
  CHECK(spend(8, 99));
  for (int i = 1; i < 9; ++i) CHECK(!spend(i, 99));
  for (int i = 10; i < 14; ++i) CHECK(spend(i, 105));
  for (int i : {5, 6, 7, 8, 10, 11, 12, 13}) CHECK(!spend(i, 105));
}

}  // namespace creneau::surge
