#include "booking/assertions.h"

#include <algorithm>
#include <array>

#include "proof/assertion.h"
#include "rules/identity.h"

namespace creneau::booking {
namespace {

surge::Cells::Salt SaltFrom(Entropy& entropy) {
  surge::Cells::Salt salt;
  entropy.Fill(salt);
  return salt;
}

// As they were sent, in the order of their names.
std::array<uint8_t, 32> DigestOf(const rules::Applicant& applicant) {
  std::array<proof::NamedField, rules::kIdentityFields> fields;
  size_t count = 0;
  for (size_t i = 0; i < applicant.fields.size(); ++i) {
    if (applicant.fields[i].empty()) continue;
    fields[count++] = {rules::IdentityFieldName(static_cast<rules::IdentityField>(i)),
                       applicant.fields[i]};
  }
  std::sort(fields.begin(), fields.begin() + count);
  return proof::ApplicantDigest({fields.data(), count});
}

}  // namespace

Assertions::Assertions(const StaffAccess& staff, Entropy& entropy, Instant began)
    : staff_(staff), began_(began), spent_(SaltFrom(entropy)) {}

bool Assertions::Accepts(const rules::Agenda& agenda, const rules::Applicant& applicant,
                         std::string_view assertion, std::string_view purpose, Instant now) {
  const std::optional<proof::Assertion> said = proof::ReadAssertion(assertion);
  if (!said || said->audience != proof::AudienceOf(agenda.name) ||
      said->applicant != DigestOf(applicant))
    return false;
  if (said->issued_at < began_ || said->issued_at > now + limits::kAssertionSkewMs ||
      now >= said->expires_at || said->expires_at - said->issued_at > limits::kAssertionLifeMs)
    return false;
  const std::shared_ptr<const StaffKeys> keys = staff_.keys();
  const StaffKey* const key = keys->FindId(said->key_id());
  if (key == nullptr || !key->Stands(now) || !key->assert_key ||
      !Covers(ActorOf(*key), agenda.name) || !proof::IsSignedBy(assertion, *key->assert_key))
    return false;
  return spent_.Spend({reinterpret_cast<const char*>(said->nonce.data()), said->nonce.size()},
                      purpose, said->expires_at, now);
}

}  // namespace creneau::booking
