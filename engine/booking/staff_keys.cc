#include "booking/staff_keys.h"

#include <sodium.h>

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/check.h"
#include "base/text.h"
#include "rules/agenda.h"

namespace creneau::booking {
namespace {

constexpr std::string_view kFirstLine = "creneau-staff-keys 1";
constexpr size_t kFields = 9;  // before the checksum
constexpr std::string_view kNone = "-";
constexpr std::string_view kAllAgendas = "*";

// Of a key that there is not. No secret has this digest, as far as anybody knows.
const BearerHash kNobody{};

// In the one spelling that FormatUtc has.
std::optional<Instant> ReadUtc(std::string_view text) {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime("%Y-%m-%dT%H:%M:%SZ", absl::string_view(text.data(), text.size()), &time,
                       &error))
    return std::nullopt;
  const Instant instant{absl::ToUnixMillis(time)};
  return FormatUtc(instant) == text ? std::optional(instant) : std::nullopt;
}

std::optional<std::array<uint8_t, 32>> ReadOctets(std::string_view text) {
  const std::optional<std::string> bytes = FromHex(text);
  std::array<uint8_t, 32> octets;
  if (!bytes || bytes->size() != octets.size() ||
      Hex(std::span(reinterpret_cast<const uint8_t*>(bytes->data()), bytes->size())) != text)
    return std::nullopt;
  std::copy(bytes->begin(), bytes->end(), octets.begin());
  return octets;
}

// What stands between one `separator` and the next.
std::string_view Next(std::string_view& rest, char separator) {
  const std::string_view part = rest.substr(0, rest.find(separator));
  rest.remove_prefix(std::min(rest.size(), part.size() + 1));
  return part;
}

bool ReadAgendas(std::string_view text, std::vector<std::string>* agendas) {
  if (text == kAllAgendas) return true;
  if (text.empty() || text.back() == ',') return false;
  while (!text.empty()) {
    const std::string_view name = Next(text, ',');
    if (!rules::IsName(name) || agendas->size() == limits::kStaffKeyAgendas) return false;
    agendas->emplace_back(name);
  }
  return true;
}

// What is wrong with the line's fields; empty: nothing, and `key` has them.
std::string_view ReadFields(std::string_view line, StaffKey* key) {
  std::array<std::string_view, kFields> fields;
  if (std::count(line.begin(), line.end(), ' ') != kFields - 1)
    return "it has not the nine fields of a key";
  for (std::string_view& field : fields) field = Next(line, ' ');
  if (!rules::IsKeyId(fields[0])) return "its id is none";
  key->id = fields[0];
  const std::optional<rules::Role> role = rules::RoleFromName(fields[1]);
  if (!role) return "its role is none";
  key->role = *role;
  if (!rules::IsPersonName(fields[2])) return "its person is none";
  key->person = fields[2];
  if (!ReadAgendas(fields[3], &key->agendas)) return "its agendas are none";
  const std::optional<Instant> created = ReadUtc(fields[4]);
  const std::optional<Instant> expires = ReadUtc(fields[5]);
  if (!created || !expires) return "its dates are none";
  key->created = *created;
  key->expires = *expires;
  if (fields[6] != kNone && !(key->revoked = ReadUtc(fields[6]))) return "its dates are none";
  const auto hash = ReadOctets(fields[7]);
  if (!hash) return "its digest is none";
  key->hash = *hash;
  if (fields[8] == kNone) return "";
  key->assert_key = ReadOctets(fields[8]);
  if (!key->assert_key || key->role != rules::Role::kSite) return "its public key is none";
  return "";
}

std::string_view ReadLine(std::string_view line, StaffKey* key) {
  const size_t space = line.rfind(' ');
  if (space == std::string_view::npos ||
      CheckOfStaffLine(line.substr(0, space + 1)) != line.substr(space + 1))
    return "it is not as creneauctl key wrote it: damaged, or changed by hand";
  return ReadFields(line.substr(0, space), key);
}

}  // namespace

std::string CheckOfStaffLine(std::string_view line) {
  std::array<uint8_t, crypto_hash_sha256_BYTES> digest;
  crypto_hash_sha256(digest.data(), reinterpret_cast<const uint8_t*>(line.data()), line.size());
  return Hex(std::span(digest).first(4));
}

StaffKeys::StaffKeys(std::vector<StaffKey> keys) : keys_(std::move(keys)) {
  const auto by_id = [](const StaffKey& a, const StaffKey& b) { return a.id < b.id; };
  std::sort(keys_.begin(), keys_.end(), by_id);
}

const StaffKey* StaffKeys::FindId(std::string_view id) const {
  const auto at =
      std::lower_bound(keys_.begin(), keys_.end(), id,
                       [](const StaffKey& key, std::string_view of) { return key.id < of; });
  return at != keys_.end() && at->id == id ? &*at : nullptr;
}

const StaffKey* StaffKeys::Find(const Bearer& bearer) const {
  const StaffKey* const key = FindId(bearer.id);
  const BearerHash& expected = key == nullptr ? kNobody : key->hash;
  const BearerHash hash = HashOf(bearer.secret);
  const bool right = sodium_memcmp(hash.data(), expected.data(), hash.size()) == 0;
  return right ? key : nullptr;
}

absl::StatusOr<std::vector<StaffKey>> ReadStaffKeys(std::string_view text,
                                                    const std::string& path) {
  std::vector<StaffKey> keys;
  if (text.empty()) return keys;
  int line_number = 0;
  const auto wrong = [&](std::string_view what) {
    return absl::FailedPreconditionError(absl::StrCat(
        path, ":", line_number, ": ", std::string(what),
        ". Restore the file from its backup; or remove the line, and make the key anew with "
        "creneauctl key create."));
  };
  std::set<std::string> ids;
  while (!text.empty()) {
    ++line_number;
    if (text.find('\n') == std::string_view::npos) return wrong("the file ends within this line");
    const std::string_view line = Next(text, '\n');
    if (line_number == 1) {
      if (line != kFirstLine) return wrong("the file does not begin as creneauctl key begins it");
      continue;
    }
    StaffKey key;
    if (const std::string_view fault = ReadLine(line, &key); !fault.empty()) return wrong(fault);
    if (!ids.insert(key.id).second) return wrong("its id stands above already");
    if (keys.size() == limits::kStaffKeys) return wrong("there are more keys than may be");
    keys.push_back(std::move(key));
  }
  return keys;
}

std::string WriteStaffKeys(const std::vector<StaffKey>& keys) {
  std::string text(kFirstLine);
  text += '\n';
  for (const StaffKey& key : keys) {
    std::string agendas(key.agendas.empty() ? kAllAgendas : "");
    for (const std::string& agenda : key.agendas) {
      if (!agendas.empty()) agendas += ',';
      agendas += agenda;
    }
    const std::string line =
        absl::StrCat(key.id, " ", std::string(rules::RoleName(key.role)), " ", key.person, " ",
                     agendas, " ", FormatUtc(key.created), " ", FormatUtc(key.expires), " ",
                     key.revoked ? FormatUtc(*key.revoked) : std::string(kNone), " ", Hex(key.hash),
                     " ", key.assert_key ? Hex(*key.assert_key) : std::string(kNone), " ");
    text += line + CheckOfStaffLine(line) + "\n";
  }
  return text;
}

std::string StaffKeysFile(const std::string& keys_directory) { return keys_directory + "/staff"; }

std::string FormatUtc(Instant instant) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::FromUnixMillis(instant.ms),
                          absl::UTCTimeZone());
}

}  // namespace creneau::booking
