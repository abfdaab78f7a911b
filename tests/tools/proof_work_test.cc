#include "tools/creneauctl/proof_work.h"

#include <sodium.h>

#include "catch2/catch.hpp"
#include "surge/proof_of_work.h"
#include "tools/creneauctl/documents.h"

namespace creneau::ctl {
namespace {

constexpr int64_t kExpiresS = 1'796'029'200;

json::object Told(const surge::Challenge& challenge) {
  json::object told;
  told["algorithm"] = surge::kProofAlgorithm.data();
  told["challenge"] = std::string(challenge.challenge());
  told["maxnumber"] = challenge.max_number;
  told["salt"] = std::string(challenge.salt());
  told["signature"] = std::string(challenge.signature());
  return told;
}

std::string FromBase64(const std::string& text) {
  std::string octets(text.size(), '\0');
  size_t size = 0;
  REQUIRE(sodium_base642bin(reinterpret_cast<unsigned char*>(octets.data()), octets.size(),
                            text.data(), text.size(), nullptr, &size, nullptr,
                            sodium_base64_VARIANT_ORIGINAL) == 0);
  octets.resize(size);
  return octets;
}

}  // namespace

TEST_CASE("what an engine asks for is found, and the engine takes it") {
  const surge::ProofOfWork engine(KeyedHash::Key{1});
  for (const uint32_t max : {1u, 9u, 3'000u}) {
    const surge::Challenge asked = engine.Make("93-titres", {2, 7}, kExpiresS, max);
    const std::optional<std::string> payload = SolveChallenge(Told(asked));
    REQUIRE(payload.has_value());
    const json::object sent = ParseDocument(FromBase64(*payload));
    const std::string algorithm = Text(sent, "algorithm"), challenge = Text(sent, "challenge"),
                      salt = Text(sent, "salt"), signature = Text(sent, "signature");
    const surge::Proof proof{algorithm, challenge, Whole(sent, "number").value(), salt, signature};
    CHECK(engine.Check("93-titres", proof, Instant{kExpiresS * 1'000}) == surge::ProofVerdict::kOk);
  }
}

TEST_CASE("what is no challenge, or asks for too much, is not worked on") {
  const surge::ProofOfWork engine(KeyedHash::Key{1});
  const json::object fine = Told(engine.Make("93-titres", {2, 7}, kExpiresS, 5));
  REQUIRE(SolveChallenge(fine).has_value());
  CHECK_FALSE(SolveChallenge({}).has_value());
  for (const auto& [name, value] : {std::pair<const char*, json::value>{"algorithm", "SHA-512"},
                                    {"challenge", "abcd"},
                                    {"salt", "another"},
                                    {"maxnumber", uint64_t{limits::kProofNumberMax} + 1}}) {
    json::object other = fine;
    other[name] = value;
    INFO(name);
    CHECK_FALSE(SolveChallenge(other).has_value());
  }
}

}  // namespace creneau::ctl
