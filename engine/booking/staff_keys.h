// The keys of the staff: KEYS/staff, which creneauctl key writes and the engine reads (design 8).
// Text, one key a line, each with a checksum of its own, so that a damaged one is named. Of a
// secret it has the SHA-256 only.
//
//   creneau-staff-keys 1
//   7K3M9QXA agent a.dupont 92-naturalisation,93-titres 2026-11-27T04:18:13Z 2027-02-25T04:18:13Z
//     - 9f86d0…(64) - 3b5d5c37                                               (one line, one space
//     each)
//
// In this order: id, role, person or site, agendas (* for all), created, expires, revoked (- for
// not), SHA-256 of the secret, the Ed25519 key with which a site vouches for applicants (- for
// none), and the checksum: the first eight hexadecimal digits of the SHA-256 of the line before it,
// its space included.
//
// Pure values; any thread. A set does not change once it has been read.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/instant.h"
#include "booking/actor.h"
#include "booking/bearer.h"

namespace creneau::booking {

using AssertKey = std::array<uint8_t, 32>;  // an Ed25519 public key

// Times are whole seconds.
struct StaffKey {
  std::string id{};
  rules::Role role = rules::Role::kAgent;
  std::string person{};                // of a site: its name
  std::vector<std::string> agendas{};  // empty: all
  Instant created{};
  Instant expires{};
  std::optional<Instant> revoked{};
  BearerHash hash{};
  std::optional<AssertKey> assert_key{};

  bool Stands(Instant now) const { return !revoked && now < expires; }
  friend bool operator==(const StaffKey&, const StaffKey&) = default;
};

inline Actor ActorOf(const StaffKey& key) { return {key.role, key.person, key.id, key.agendas}; }

class StaffKeys {
 public:
  StaffKeys() = default;
  // Ids differ (ReadStaffKeys sees to it).
  explicit StaffKeys(std::vector<StaffKey> keys);

  // Null: none has that id and secret. Whether it stands is for the caller to ask. An id that there
  // is not costs what a wrong secret costs, and neither tells how far it was right.
  const StaffKey* Find(const Bearer& bearer) const;
  const StaffKey* FindId(std::string_view id) const;
  const std::vector<StaffKey>& all() const { return keys_; }  // by id

 private:
  std::vector<StaffKey> keys_;
};

// Of a file's text; an empty one has no keys. FailedPrecondition: what is wrong with which line,
// and what to do; nothing of what stands in it. `path`: what the file is called in that.
absl::StatusOr<std::vector<StaffKey>> ReadStaffKeys(std::string_view text, const std::string& path);
// A text that ReadStaffKeys reads; in the order given.
std::string WriteStaffKeys(const std::vector<StaffKey>& keys);

// What stands behind a line, of the line before it.
std::string CheckOfStaffLine(std::string_view line);

std::string StaffKeysFile(const std::string& keys_directory);
// "2026-11-27T04:18:13Z"
std::string FormatUtc(Instant instant);

}  // namespace creneau::booking
