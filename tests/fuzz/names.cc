// booking::Names, under a secret of 32 bytes 0x2a. The input is what a request gives as a
// reservation's name or key. Asserted: a name that is accepted is, spelled as Crockford says, the
// name of what it stands for, and every seat's name parses back to
// it, however people spell it; a key fits itself and no
// other text. Also what people bring back as an attempt or a receipt: as it is, and with what
// mutations do not get past, the MAC and the first octets, put right. Asserted: what is accepted is
// spelled the one way in which it is written, and no key has signed it.

#include "booking/names.h"

#include <sodium.h>

#include <cctype>

#include "base/limits.h"
#include "proof/attempt.h"
#include "proof/receipt.h"
#include "tests/fuzz/fuzz.h"

namespace creneau {
namespace {

std::string Base64(std::string_view octets) {
  constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::string text(sodium_base64_ENCODED_LEN(octets.size(), kVariant), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const uint8_t*>(octets.data()),
                    octets.size(), kVariant);
  text.pop_back();  // its zero
  return text;
}

void CheckAttempts(std::string_view input) {
  KeyedHash::Key key;
  key.fill(0x2b);
  static const KeyedHash secret(key);
  CHECK(!proof::ReadAttempt(secret, input));
  constexpr size_t kSigned = proof::kAttemptBytes - std::tuple_size_v<KeyedHash::Digest>;
  std::string octets(input.substr(0, kSigned));
  octets.resize(kSigned);
  KeyedHash::Run run(secret);
  run.Add("creneau attempt v1");
  run.Add(octets);
  const KeyedHash::Digest mac = run.Finish();
  octets.append(mac.begin(), mac.end());
  const std::string text = Base64(octets);
  if (const auto attempt = proof::ReadAttempt(secret, text))
    CHECK(proof::WriteAttempt(secret, *attempt).view() == text);
}

void CheckReceipt(const std::string& text) {
  const auto receipt = proof::ReadReceipt(text);
  if (!receipt.ok()) {
    CHECK(absl::IsInvalidArgument(receipt.status()));
    CHECK(!receipt.status().message().empty());
    return;
  }
  CHECK(Base64(receipt->octets) == text);
  proof::Seed seed;
  seed.fill(0x2c);
  static const proof::PublicKey known = proof::PublicKeyOf(seed);
  CHECK(!proof::VerifyReceipt(*receipt, {&known, 1}));
}

void CheckReceipts(std::string_view input) {
  CheckReceipt(std::string(input));
  for (const char kind : {'\1', '\2'}) {
    std::string octets = std::string("CRENRCPT") + '\1' + kind;
    octets += input;
    CheckReceipt(Base64(octets));
  }
}

}  // namespace
}  // namespace creneau

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace creneau;
  booking::Names::Secret secret;
  secret.fill(0x2a);
  static const booking::Names names(secret);
  const fuzz::Copy text(fuzz::Text(data, size));
  if (const auto ref = names.Parse(text.view())) {
    std::string spelled(text.view());
    for (char& c : spelled) {
      c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
      if (c == 'O') c = '0';
      if (c == 'I' || c == 'L') c = '1';
    }
    CHECK(names.NameOf(*ref).view() == spelled);
    CHECK(ref->seat.value < limits::kShippedMaxSeats);
    CHECK(ref->generation.value <= limits::kMaxGeneration);
  }
  CheckAttempts(text.view());
  CheckReceipts(text.view());
  fuzz::Source source(text.view());
  const SeatRef made{SeatId{static_cast<uint32_t>(source.Number(4) % limits::kShippedMaxSeats)},
                     Generation{static_cast<uint32_t>(source.Number(3) & limits::kMaxGeneration)}};
  std::string spoken(names.NameOf(made).view());
  CHECK(names.Parse(spoken) == made);
  for (char& c : spoken) {
    const uint64_t how = source.Number(1);
    if (c == '0' && how % 2 == 1) c = 'O';
    if (c == '1' && how % 2 == 1) c = how % 4 == 1 ? 'I' : 'L';
    if (how % 8 > 3) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  CHECK(names.Parse(spoken) == made);
  const Subject subject{source.Number(8), source.Number(8)};
  const booking::ReservationKey key = names.KeyOf(made, subject, source.Number(8));
  CHECK(booking::Names::Same(key, key.view()));
  CHECK(booking::Names::Same(key, text.view()) == (key.view() == text.view()));
  std::string changed(key.view());
  changed[source.Number(1) % changed.size()] ^= static_cast<char>(1 + source.Number(1) % 255);
  CHECK(!booking::Names::Same(key, changed));
  const uint64_t hash = names.IdempotencyOf(text.view(), 1);
  CHECK(booking::Names::SameKey(hash, names.IdempotencyOf(text.view(), 2)));
  return 0;
}
