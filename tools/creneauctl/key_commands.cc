// key create, list, rotate, revoke: the keys of the staff, in the file that the engine reads. They
// need no engine; a running one takes them up when it is sent SIGHUP. A secret goes into a file
// that is made for it, and nowhere else.
#include <unistd.h>

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "env/posix/posix_clock.h"
#include "env/posix/posix_entropy.h"
#include "rules/agenda.h"
#include "tools/creneauctl/exit_code.h"
#include "tools/creneauctl/forms.h"
#include "tools/creneauctl/key_file.h"
#include "tools/creneauctl/secrets.h"
#include "tools/creneauctl/session.h"
#include "tools/creneauctl/table.h"

namespace creneau::ctl {
namespace {

using booking::FormatUtc;
using booking::StaffKey;

constexpr int64_t kMsPerDay = 24 * kMsPerHour;
constexpr const char* kReload =
    "a running engine takes it up when it is sent SIGHUP (systemctl reload creneaud)";

Instant WholeSecond() {
  const Instant now = env::PosixClock().Now();
  return Instant{now.ms - now.ms % kMsPerSecond};
}

std::string StateOf(const StaffKey& key, Instant now) {
  if (key.revoked) return "revoked";
  return key.Stands(now) ? "stands" : "expired";
}

std::string AgendasOf(const StaffKey& key) {
  std::string text;
  for (const std::string& agenda : key.agendas) text += (text.empty() ? "" : ",") + agenda;
  return text.empty() ? "all" : text;
}

// All there is to say of a key; never its digest.
Fields MembersOf(const StaffKey& key, Instant now) {
  std::vector<std::string> agendas;
  for (const std::string& agenda : key.agendas) agendas.push_back(JsonText(agenda));
  Fields members = {{"id", JsonText(key.id)},
                    {"role", JsonText(rules::RoleName(key.role))},
                    {"person", JsonText(key.person)},
                    {"agendas", JsonList(agendas)},
                    {"created", JsonText(FormatUtc(key.created))},
                    {"expires", JsonText(FormatUtc(key.expires))},
                    {"state", JsonText(StateOf(key, now))}};
  if (key.revoked) members.emplace_back("revoked", JsonText(FormatUtc(*key.revoked)));
  if (key.assert_key) members.emplace_back("assert_key", JsonText(Hex(*key.assert_key)));
  return members;
}

std::string Named(const StaffKey& key) {
  return "key " + key.id + " (" + std::string(rules::RoleName(key.role)) + " " + key.person +
         ", agendas: " + AgendasOf(key) + ")";
}

int FailOn(const Session& session, const absl::Status& status) {
  const int otherwise = absl::IsUnavailable(status) ? kExitRefused : kExitIo;
  const bool damaged = absl::IsFailedPrecondition(status);
  return session.Fail(damaged ? kExitIntegrity : otherwise, std::string(status.message()));
}

// What was done to one key, and what else there is to say; or what would be.
int Report(const Session& session, const StaffKey& key, Instant now, const std::string& line,
           const Fields& more = {}) {
  const bool dry_run = session.command().dry_run;
  if (session.command().json) {
    Fields members = MembersOf(key, now);
    members.insert(members.end(), more.begin(), more.end());
    if (dry_run) members.emplace_back("dry_run", "true");
    session.Print(JsonObject(members));
  } else {
    session.Print(line + "\n" + (dry_run ? "nothing was changed" : kReload));
  }
  return kExitOk;
}

// The limit is on those that stand at once, so that a key can be rotated and cannot be spread.
bool TooMany(const std::vector<StaffKey>& keys, const StaffKey& like, Instant now) {
  const auto standing = std::count_if(keys.begin(), keys.end(), [&](const StaffKey& key) {
    return key.role == like.role && key.person == like.person && key.Stands(now);
  });
  return standing > static_cast<int64_t>(limits::kStaffKeysPerPerson);
}

// With a secret that only the new file has. `rest`: of the keys, without it.
int Give(const Session& session, KeyFile& file, StaffKey key, Instant now,
         const std::string& line) {
  const Command& command = session.command();
  env::PosixEntropy entropy;
  do {
    key.id = booking::DrawKeyId(entropy);
  } while (std::any_of(file.keys.begin(), file.keys.end(),
                       [&](const StaffKey& one) { return one.id == key.id; }));
  booking::BearerSecret secret = booking::DrawSecret(entropy);
  key.hash = booking::HashOf(secret);
  file.keys.push_back(key);
  if (TooMany(file.keys, key, now)) {
    return session.Fail(kExitRefused, std::string(rules::RoleName(key.role)) + " " + key.person +
                                          " has two keys that stand already: revoke one first");
  }
  if (file.keys.size() > limits::kStaffKeys)
    return session.Fail(kExitRefused, "there are as many keys as may be");
  const std::string made = Named(key) + ", until " + FormatUtc(key.expires) + line;
  if (command.dry_run) return Report(session, key, now, "would make " + made);
  absl::StatusOr<SecretFile> out = SecretFile::Create(command.out_file);
  if (!out.ok()) return session.Fail(kExitIo, std::string(out.status().message()));
  std::string text = booking::WriteBearer(key.id, secret);
  absl::Status kept = out->Keep(text);
  explicit_bzero(text.data(), text.size());
  explicit_bzero(secret.data(), secret.size());
  if (kept.ok()) kept = file.Write();
  if (!kept.ok()) {
    unlink(command.out_file.c_str());
    return session.Fail(kExitIo, std::string(kept.message()));
  }
  return Report(session, key, now, made + "\nits secret is in " + command.out_file + " (mode 0600)",
                {{"out", JsonText(command.out_file)}});
}

std::optional<booking::AssertKey> ReadPublicKey(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadInput(path);
  if (!text.ok()) return std::nullopt;
  const std::optional<std::string> bytes = FromHex(Stripped(*text));
  booking::AssertKey key;
  if (!bytes || bytes->size() != key.size()) return std::nullopt;
  std::copy(bytes->begin(), bytes->end(), key.begin());
  return key;
}

StaffKey* FindKey(KeyFile& file, const std::string& id) {
  const auto at = std::find_if(file.keys.begin(), file.keys.end(),
                               [&](const StaffKey& key) { return key.id == id; });
  return at == file.keys.end() ? nullptr : &*at;
}

int NoSuchKey(const Session& session, const KeyFile& file) {
  return session.Fail(kExitRefused, "no key " + session.command().key_id + " in " + file.path() +
                                        ": creneauctl key list shows those there are");
}

}  // namespace

int KeyCreate(const Session& session) {
  const Command& command = session.command();
  if (!rules::IsPersonName(command.person)) {
    return session.Fail(kExitUsage,
                        "--person: lower-case letters, digits and ._@- , a letter or digit first, "
                        "40 at most");
  }
  const Instant now = WholeSecond();
  StaffKey key{.role = *rules::RoleFromName(command.role), .person = command.person};
  key.agendas = command.agendas;
  key.created = now;
  key.expires = now + command.days * kMsPerDay;
  for (const std::string& agenda : key.agendas) {
    if (!rules::IsName(agenda))
      return session.Fail(kExitUsage, "--agenda: \"" + agenda + "\" is no agenda's name");
  }
  if (key.agendas.size() > limits::kStaffKeyAgendas)
    return session.Fail(kExitUsage, "--agenda: 64 at most; leave it out for all");
  if (!command.assert_key_file.empty()) {
    key.assert_key = ReadPublicKey(command.assert_key_file);
    if (!key.assert_key) {
      return session.Fail(kExitUsage, "--assert-key: " + command.assert_key_file +
                                          " has no Ed25519 public key in 64 hexadecimal digits");
    }
    if (key.role != rules::Role::kSite)
      return session.Fail(kExitUsage, "--assert-key: only a site vouches for applicants");
  }
  absl::StatusOr<KeyFile> file = KeyFile::Open(command.keys);
  if (!file.ok()) return FailOn(session, file.status());
  return Give(session, *file, std::move(key), now, "");
}

int KeyList(const Session& session) {
  const absl::StatusOr<KeyFile> file = KeyFile::Open(session.command().keys);
  if (!file.ok()) return FailOn(session, file.status());
  const Instant now = WholeSecond();
  if (session.command().json) {
    std::vector<std::string> keys;
    for (const StaffKey& key : file->keys) keys.push_back(JsonObject(MembersOf(key, now)));
    session.Print(JsonObject({{"keys", JsonList(keys)}}));
    return kExitOk;
  }
  if (file->keys.empty()) {
    session.Print("no keys: the admin socket alone lets the staff in");
    return kExitOk;
  }
  Table table(std::vector<Align>(7, Align::kLeft));
  table.Row({"ID", "ROLE", "PERSON", "STATE", "CREATED", "EXPIRES", "AGENDAS"});
  for (const StaffKey& key : file->keys) {
    table.Row({key.id, std::string(rules::RoleName(key.role)), key.person, StateOf(key, now),
               FormatUtc(key.created), FormatUtc(key.expires), AgendasOf(key)});
  }
  session.Print(table.Text());
  return kExitOk;
}

int KeyRotate(const Session& session) {
  const Command& command = session.command();
  absl::StatusOr<KeyFile> file = KeyFile::Open(command.keys);
  if (!file.ok()) return FailOn(session, file.status());
  StaffKey* const old = FindKey(*file, command.key_id);
  if (old == nullptr) return NoSuchKey(session, *file);
  const Instant now = WholeSecond();
  if (!old->Stands(now)) {
    return session.Fail(kExitRefused,
                        Named(*old) + " does not stand any more: make a new one with key create");
  }
  StaffKey next = *old;
  next.created = now;
  next.expires = now + (old->expires - old->created);
  old->expires = std::min(old->expires, now + command.overlap_days * kMsPerDay);
  return Give(session, *file, next, now,
              "; " + old->id + " stands until " + FormatUtc(old->expires));
}

int KeyRevoke(const Session& session) {
  absl::StatusOr<KeyFile> file = KeyFile::Open(session.command().keys);
  if (!file.ok()) return FailOn(session, file.status());
  StaffKey* const key = FindKey(*file, session.command().key_id);
  if (key == nullptr) return NoSuchKey(session, *file);
  const Instant now = WholeSecond();
  const bool before = key->revoked.has_value();
  if (!before) key->revoked = now;
  if (session.command().dry_run) return Report(session, *key, now, "would revoke " + Named(*key));
  if (!before) {
    if (const absl::Status written = file->Write(); !written.ok()) return FailOn(session, written);
  }
  return Report(session, *key, now, Named(*key) + " is revoked");
}

}  // namespace creneau::ctl
