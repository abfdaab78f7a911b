// Receipts as those look at them who have the public key and what the applicant shows, and no
// engine.
#pragma once

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "booking/receipts.h"
#include "tests/booking/queue_fixture.h"

namespace creneau::booking {

inline std::string FileOf(const World& world, const std::string& name) {
  std::ifstream file(world.directory + "/keys/" + name);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

inline std::vector<proof::PublicKey> PublicOf(const World& world,
                                              const std::vector<std::string>& names = {
                                                  "receipt.pub"}) {
  std::vector<proof::PublicKey> keys;
  for (const std::string& name : names) {
    const auto key = proof::ParsePublicKey(FileOf(world, name));
    REQUIRE(key);
    keys.push_back(*key);
  }
  return keys;
}

// What somebody does who has receipt, nonce, identity fields and public key, and nothing else.
inline proof::AttemptReceipt Checked(const World& world, const ReceiptAnswer& answer,
                                     const std::vector<proof::CommittedField>& fields) {
  REQUIRE(answer.outcome == Outcome::kOk);
  const auto receipt = proof::ReadReceipt(answer.receipt);
  REQUIRE(receipt.ok());
  REQUIRE(proof::VerifyReceipt(*receipt, PublicOf(world)));
  const auto* const attempt = std::get_if<proof::AttemptReceipt>(&receipt->body);
  REQUIRE(attempt != nullptr);
  REQUIRE(attempt->alternative.size() == fields.size());
  for (size_t i = 0; i < fields.size(); ++i) CHECK(attempt->alternative[i] == fields[i].name);
  CHECK(attempt->commitment ==
        (fields.empty() ? proof::Hash{} : proof::Commit(answer.nonce, fields)));
  CHECK(attempt->at == answer.at);
  CHECK(attempt->outcome == answer.attempted);
  return *attempt;
}

inline std::vector<proof::CommittedField> By(const std::string& dossier) {
  return {{"dossier", dossier}, {"birth_date", "1990-05-17"}};
}

inline ReceiptAnswer ReceiptOf(World& world, const std::optional<AttemptText>& attempt) {
  REQUIRE(attempt);
  return world.engine->SignAttempt(attempt->view(), world.clock.now);
}

inline AttemptAnswer Ask(World& world, const std::string& agenda, const rules::Applicant* who,
                         std::string_view ticket = "") {
  AttemptRequest request{.agenda = agenda, .ticket = ticket};
  if (who != nullptr) request.applicant = *who;
  return world.engine->Attempt(request, world.clock.now);
}

inline constexpr char kOpensTuesdays[] =
    "[opening]\nweekdays = [\"tue\"]\ngather = \"08:30\"\n"
    "open = \"09:00\"\nclose = \"10:00\"\n";
}  // namespace creneau::booking
