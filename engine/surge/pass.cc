#include "surge/pass.h"

#include <sodium.h>

#include <algorithm>
#include <cstring>

namespace creneau::surge {
namespace {

constexpr uint8_t kVersion = 1;
constexpr size_t kExpiresAt = 7;
constexpr size_t kSignedBytes = kPassBytes - std::tuple_size_v<KeyedHash::Digest>;

void Put(uint8_t* at, uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) *at++ = static_cast<uint8_t>(value >> shift);
}

uint32_t Number(const uint8_t* at) {
  uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value = value << 8 | at[i];
  return value;
}

// All of it but the text, which has one spelling for each.
PassText Spell(const KeyedHash& secret, AgendaId agenda, const Subject& subject,
               uint32_t expires_s) {
  std::array<uint8_t, kPassBytes> bytes{kVersion};
  Put(bytes.data() + 3, agenda.value);
  Put(bytes.data() + kExpiresAt, expires_s);
  KeyedHash::Run run(secret);
  run.Add("creneau pass v1");
  run.Add({reinterpret_cast<const char*>(bytes.data()), kSignedBytes});
  run.Add({reinterpret_cast<const char*>(&subject), sizeof subject});
  const KeyedHash::Digest mac = run.Finish();
  std::copy(mac.begin(), mac.end(), bytes.begin() + kSignedBytes);
  std::array<char, kPassChars + 1> text;
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(),
                    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  PassText out;
  std::memcpy(out.text.data(), text.data(), out.text.size());
  return out;
}

}  // namespace

PassText Grant(const KeyedHash& secret, AgendaId agenda, const Subject& subject, Instant expires) {
  return Spell(secret, agenda, subject, static_cast<uint32_t>(expires.ms / kMsPerSecond));
}

bool IsGranted(const KeyedHash& secret, AgendaId agenda, const Subject& subject,
               std::string_view text, Instant now) {
  std::array<uint8_t, kPassBytes> bytes;
  size_t size = 0;
  if (text.size() != kPassChars ||
      sodium_base642bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &size,
                        nullptr, sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
      size != bytes.size())
    return false;
  const uint32_t expires_s = Number(bytes.data() + kExpiresAt);
  // What we would have written: any other spelling, or field, is another text.
  const PassText ours = Spell(secret, agenda, subject, expires_s);
  return sodium_memcmp(ours.text.data(), text.data(), text.size()) == 0 &&
         now.ms / kMsPerSecond <= expires_s;
}

}  // namespace creneau::surge
