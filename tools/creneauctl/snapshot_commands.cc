// snapshot save, list, verify: save by the engine; the others read the directory, without an engine
// or beside one.
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "booking/audit.h"
#include "booking/snapshot_file.h"
#include "env/posix/posix_file.h"
#include "tools/creneauctl/exit_code.h"
#include "tools/creneauctl/forms.h"
#include "tools/creneauctl/replies.h"
#include "tools/creneauctl/session.h"
#include "tools/creneauctl/table.h"

namespace creneau::ctl {
namespace {

std::string Utc(Instant instant) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%S+00:00", absl::FromUnixMillis(instant.ms),
                          absl::UTCTimeZone());
}

// The same members as the engine's.
Fields Members(uint64_t number, const std::optional<booking::SnapshotHeader>& header) {
  Fields members = {{"snapshot", JsonText(booking::SnapshotName(number))},
                    {"damaged", header ? "false" : "true"}};
  if (!header) return members;
  members.insert(members.end(), {{"lsn", JsonText(std::to_string(header->position.value))},
                                 {"covers", JsonText(std::to_string(header->covers.value))},
                                 {"segment", std::to_string(header->start.segment)},
                                 {"taken_at", JsonText(Utc(header->taken_at))},
                                 {"bytes", std::to_string(header->bytes)},
                                 {"agendas", std::to_string(header->agendas)},
                                 {"slots", std::to_string(header->slots)},
                                 {"seats", std::to_string(header->seats)}});
  return members;
}

int FailToRead(const Session& session, const absl::Status& status) {
  return session.Fail(kExitIo, std::string(status.message()));
}

// A directory that is not there has no snapshots, but that is not the answer.
absl::Status LookAt(env::FileSystem& files, const std::string& data) {
  return files.List(data).status();
}

// Two that follow the log to the same position and come to different states: one of them lies.
bool Disagree(const std::vector<booking::SnapshotAudit>& audits) {
  for (const booking::SnapshotAudit& a : audits) {
    for (const booking::SnapshotAudit& b : audits) {
      if (a.status.ok() && b.status.ok() && a.last_lsn == b.last_lsn && a.digest != b.digest)
        return true;
    }
  }
  return false;
}

std::string ReportAsJson(const std::vector<booking::SnapshotAudit>& audits, bool whole) {
  std::vector<std::string> values;
  for (const booking::SnapshotAudit& audit : audits) {
    Fields members =
        Members(audit.number,
                audit.header.number == audit.number ? std::optional(audit.header) : std::nullopt);
    members.emplace_back("whole", audit.status.ok() ? "true" : "false");
    if (audit.status.ok()) {
      members.emplace_back("last_lsn", JsonText(std::to_string(audit.last_lsn.value)));
      members.emplace_back("digest", JsonText(audit.digest));
    } else {
      members.emplace_back("error", JsonText(std::string(audit.status.message())));
    }
    values.push_back(JsonObject(members));
  }
  return JsonObject({{"whole", whole ? "true" : "false"}, {"snapshots", JsonList(values)}});
}

std::string ReportAsText(const std::vector<booking::SnapshotAudit>& audits, bool disagree) {
  if (audits.empty()) return "no snapshots";
  std::string text;
  for (const booking::SnapshotAudit& audit : audits) {
    text += booking::SnapshotName(audit.number);
    if (audit.status.ok()) {
      text += " is whole: position " + std::to_string(audit.header.position.value) +
              ", and from segment " + std::to_string(audit.header.start.segment) +
              " on the log leads to position " + std::to_string(audit.last_lsn.value) +
              ", digest " + audit.digest + "\n";
    } else {
      text += " IS NOT USABLE: " + std::string(audit.status.message()) + "\n";
    }
  }
  if (disagree) text += "THEY DISAGREE: the same position, and different states\n";
  return text;
}

}  // namespace

int SnapshotSave(const Session& session) {
  const auto reply = session.client().Send({"POST", "/v1/snapshots", {}, ""});
  if (!reply.ok()) return session.FailToSend(reply.status());
  if (!IsSuccess(*reply)) return session.Refused(*reply);
  session.Print(session.command().json ? reply->body : RenderSnapshots(reply->body));
  return kExitOk;
}

int SnapshotList(const Session& session) {
  std::string body;
  if (session.command().data.empty()) {
    const auto reply = session.client().SendRepeatable({"GET", "/v1/snapshots", {}, ""});
    if (!reply.ok()) return session.FailToSend(reply.status());
    if (!IsSuccess(*reply)) return session.Refused(*reply);
    body = reply->body;
  } else {
    env::PosixFileSystem files;
    if (const absl::Status there = LookAt(files, session.command().data); !there.ok())
      return FailToRead(session, there);
    const auto snapshots = booking::ReadSnapshotHeaders(files, session.command().data);
    if (!snapshots.ok()) return FailToRead(session, snapshots.status());
    std::vector<std::string> values;
    for (const booking::SnapshotListing& listing : *snapshots)
      values.push_back(JsonObject(Members(listing.number, listing.header)));
    body = JsonObject({{"snapshots", JsonList(values)}});
  }
  session.Print(session.command().json ? body : RenderSnapshots(body));
  return kExitOk;
}

int SnapshotVerify(const Session& session) {
  env::PosixFileSystem files;
  if (const absl::Status there = LookAt(files, session.command().data); !there.ok())
    return FailToRead(session, there);
  const auto audits = booking::AuditSnapshots(files, session.command().data);
  if (!audits.ok()) return FailToRead(session, audits.status());
  const bool disagree = Disagree(*audits);
  bool whole = !disagree;
  for (const booking::SnapshotAudit& audit : *audits) whole = whole && audit.status.ok();
  session.Print(session.command().json ? ReportAsJson(*audits, whole)
                                       : ReportAsText(*audits, disagree));
  return whole ? kExitOk : kExitIntegrity;
}

}  // namespace creneau::ctl
