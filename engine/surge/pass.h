// The way round a proof of work (design 6), for people who cannot run scripts: the website, or an
// agent on the phone, vouches that somebody stands behind a request. A pass is one person's in one
// agenda and good until it expires, so whoever gets hold of it can do nothing with it.
//
// 27 octets in base64url without padding, 36 characters:
//
//   0  1   version, 1
//   1  2   zero
//   3  4   agenda, big endian, as the next
//   7  4   expires, seconds since 1970
//   11 16  MAC over what stands before it, and the subject
//
// Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/ids.h"
#include "base/instant.h"
#include "base/keyed_hash.h"

namespace creneau::surge {

inline constexpr size_t kPassBytes = 27;
inline constexpr size_t kPassChars = kPassBytes / 3 * 4;
static_assert(kPassBytes % 3 == 0, "or a last character would have spare bits");

struct PassText {
  std::array<char, kPassChars> text;
  std::string_view view() const { return {text.data(), text.size()}; }
};

PassText Grant(const KeyedHash& secret, AgendaId agenda, const Subject& subject, Instant expires);

// Whether it was granted with that secret for that subject and agenda, and has not expired.
bool IsGranted(const KeyedHash& secret, AgendaId agenda, const Subject& subject,
               std::string_view text, Instant now);

}  // namespace creneau::surge
