#include "proof/checkpoint.h"

#include <sodium.h>

#include <algorithm>
#include <cstring>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/check.h"
#include "base/text.h"

namespace creneau::proof {
namespace {

constexpr std::string_view kWord = "creneau-checkpoint";
constexpr char kDomain[] = {'C', 'R', 'E', 'N', 'C', 'K', 'P', 1};
using Message = std::array<uint8_t, 72>;
using Signature = std::array<uint8_t, crypto_sign_BYTES>;

static_assert(crypto_sign_SEEDBYTES == sizeof(Seed));
static_assert(crypto_sign_PUBLICKEYBYTES == sizeof(PublicKey));

Message Canonical(const Checkpoint& checkpoint) {
  Message message;
  std::memcpy(message.data(), kDomain, sizeof kDomain);
  const uint64_t words[] = {checkpoint.batch, checkpoint.lsn.value, checkpoint.epoch,
                            static_cast<uint64_t>(checkpoint.at.ms)};
  uint8_t* to = message.data() + sizeof kDomain;
  for (const uint64_t word : words) {
    for (int i = 0; i < 8; ++i) *to++ = static_cast<uint8_t>(word >> (8 * i));
  }
  std::copy(checkpoint.chain.begin(), checkpoint.chain.end(), to);
  return message;
}

template <size_t size>
bool Take(std::string_view hex, std::array<uint8_t, size>* out) {
  const std::optional<std::string> bytes = FromHex(hex);
  if (!bytes || bytes->size() != size) return false;
  std::copy(bytes->begin(), bytes->end(), out->begin());
  return true;
}

// Nothing when the line is no checkpoint.
std::optional<Checkpoint> Parse(std::string_view line, Signature* signature) {
  const std::vector<std::string> words = absl::StrSplit(std::string(line), ' ');
  Checkpoint checkpoint;
  if (words.size() != 8 || words[0] != kWord || words[1] != "1" ||
      !absl::SimpleAtoi(words[2], &checkpoint.batch) ||
      !absl::SimpleAtoi(words[3], &checkpoint.lsn.value) ||
      !absl::SimpleAtoi(words[4], &checkpoint.epoch) ||
      !absl::SimpleAtoi(words[5], &checkpoint.at.ms) || !Take(words[6], &checkpoint.chain) ||
      !Take(words[7], signature))
    return std::nullopt;
  return checkpoint;
}

}  // namespace

PublicKey PublicKeyOf(const Seed& seed) {
  PublicKey key;
  std::array<uint8_t, crypto_sign_SECRETKEYBYTES> secret;
  CHECK(crypto_sign_seed_keypair(key.data(), secret.data(), seed.data()) == 0);
  sodium_memzero(secret.data(), secret.size());
  return key;
}

std::optional<PublicKey> ParsePublicKey(std::string_view text) {
  if (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  PublicKey key;
  if (!Take(text, &key)) return std::nullopt;
  return key;
}

std::string SignedLine(const Checkpoint& checkpoint, const Seed& seed) {
  PublicKey key;
  std::array<uint8_t, crypto_sign_SECRETKEYBYTES> secret;
  CHECK(crypto_sign_seed_keypair(key.data(), secret.data(), seed.data()) == 0);
  const Message message = Canonical(checkpoint);
  Signature signature;
  CHECK(crypto_sign_detached(signature.data(), nullptr, message.data(), message.size(),
                             secret.data()) == 0);
  sodium_memzero(secret.data(), secret.size());
  return absl::StrCat(std::string(kWord), " 1 ", checkpoint.batch, " ", checkpoint.lsn.value, " ",
                      checkpoint.epoch, " ", checkpoint.at.ms, " ", Hex(checkpoint.chain), " ",
                      Hex(signature), "\n");
}

absl::StatusOr<ReadCheckpoints> ReadLines(std::string_view text, const PublicKey& key) {
  ReadCheckpoints read;
  size_t number = 0;
  while (!text.empty()) {
    ++number;
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty()) continue;
    Signature signature;
    const std::optional<Checkpoint> checkpoint = Parse(line, &signature);
    if (!checkpoint) {
      ++read.unreadable;
      continue;
    }
    const Message message = Canonical(*checkpoint);
    if (crypto_sign_verify_detached(signature.data(), message.data(), message.size(), key.data()) !=
        0) {
      return absl::DataLossError(absl::StrCat(
          "line ", number, " (position ", checkpoint->lsn.value,
          "): the signature is not by this key, or the line was changed after it was signed"));
    }
    read.checkpoints.push_back(*checkpoint);
  }
  std::stable_sort(read.checkpoints.begin(), read.checkpoints.end(),
                   [](const Checkpoint& a, const Checkpoint& b) { return a.batch < b.batch; });
  return read;
}

}  // namespace creneau::proof
