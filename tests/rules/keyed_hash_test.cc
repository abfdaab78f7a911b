// KeyedHash against OpenSSL's HMAC of the same octets, whatever the parts and however they lie
// across blocks.
#include "base/keyed_hash.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <string>

#include "catch2/catch.hpp"

namespace creneau::rules {
namespace {

KeyedHash::Digest Reference(const KeyedHash::Key& key, const std::string& text) {
  uint8_t digest[SHA256_DIGEST_LENGTH];
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const uint8_t*>(text.data()), text.size(), digest, &size);
  REQUIRE(size == sizeof digest);
  KeyedHash::Digest first;
  std::copy_n(digest, first.size(), first.begin());
  return first;
}

// As Add puts it: its length in four octets, the lowest first, and then the part.
std::string Framed(const std::string& part) {
  std::string text;
  for (int shift = 0; shift < 32; shift += 8) text += static_cast<char>(part.size() >> shift & 255);
  return text + part;
}

TEST_CASE("a keyed hash is HMAC-SHA-256 of its parts, of whatever lengths") {
  KeyedHash::Key key;
  for (size_t i = 0; i < key.size(); ++i) key[i] = static_cast<uint8_t>(7 * i + 1);
  const KeyedHash hash(key);
  for (size_t first = 0; first <= 200; ++first) {
    for (const size_t second : {0, 1, 51, 52, 55, 56, 59, 60, 63, 64, 65, 128, 300}) {
      CAPTURE(first, second);
      const std::string a(first, 'a');
      const std::string b(second, 'b');
      KeyedHash::Run run(hash);
      run.Add(a);
      run.Add(b);
      REQUIRE(run.Finish() == Reference(key, Framed(a) + Framed(b)));
    }
  }
  CHECK(KeyedHash::Run(hash).Finish() == Reference(key, ""));
}

}  // namespace
}  // namespace creneau::rules
