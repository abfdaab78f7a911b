// An office that lives at random and is photographed, and what comes back from its files.
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "base/prng.h"
#include "booking/recovery.h"
#include "tests/booking/fixture.h"

namespace creneau::booking {

namespace fs = std::filesystem;

struct Office : World {
  Office() {
    while (engine->stats().read_only) std::this_thread::yield();
    REQUIRE(Publish("93-titres", AgendaToml()).outcome == Outcome::kOk);
  }

  // New holds are refused until the log has looked at the disk.
  void Begin() {
    Start();
    while (engine->stats().read_only) std::this_thread::yield();
  }
  void Again() {
    Stop();
    Begin();
  }
  SnapshotHeader Snapshot() {
    const auto taken = engine->TakeSnapshot();
    INFO(taken.status());
    REQUIRE(taken.ok());
    return *taken;
  }
  std::string Data() const { return directory + "/data"; }
  std::string PathOf(const SnapshotHeader& header) const {
    return SnapshotPath(Data(), header.number);
  }
  bool Has(const std::string& path) const { return fs::exists(Data() + "/" + path); }
  std::string Segment(int number) const {
    return Data() + "/log/000000000000000" + std::to_string(number) + ".seg";
  }

  // Random acts of a few people on a few slots, publications among them.
  void Live(Prng& prng, int acts) {
    const char* const kSlots[] = {"2026-12-08T09:00", "2026-12-08T09:30", "2026-12-10T10:00"};
    for (int i = 0; i < acts; ++i) {
      const std::string slot = kSlots[prng.Below(3)];
      const uint64_t what = prng.Below(24);
      if (what < 8 || known.empty()) {
        const auto held = Hold("FILE" + std::to_string(prng.Below(9)), slot);
        if (held.outcome == Outcome::kOk) known.push_back(held.reservation);
        continue;
      }
      const Reservation& reservation = known[prng.Below(known.size())];
      if (what < 12) Do(&Engine::Confirm, reservation);
      if (what == 13) Do(&Engine::Extend, reservation);
      if (what == 14 || what == 15) Do(&Engine::Cancel, reservation);
      if (what > 15 && what < 21) Move(reservation, slot);
      if (what == 21) Pass(static_cast<int64_t>(prng.Below(2'000)));
      if (what == 22) {
        const std::string web = std::to_string(prng.Below(4));
        const auto published =
            Publish("93-titres", AgendaToml("93-titres", "", "{ web = " + web + ", desk = 1 }"),
                    Displaced::kKeep);
        CHECK(published.outcome == Outcome::kOk);
      }
    }
  }
  std::vector<Reservation> known;
};

// A directory with the keys that a log needs, and none for checkpoints: whatever was signed is
// nobody's.
inline std::string KeysWithoutCheckpoints(const std::string& data) {
  const std::string keys = data + "/../keys";
  const std::string some = data + "/../some-keys";
  fs::create_directories(some);
  for (const char* key : {"/pepper.1", "/names.key"})
    fs::copy_file(keys + key, some + key, fs::copy_options::overwrite_existing);
  return some;
}

// What a recovery from this directory comes to, by snapshot and by the whole log.
struct Ends {
  absl::StatusOr<Recovered> recovered;
  std::string digest;
};
inline Ends RecoverFrom(env::FileSystem& files, const std::string& data, const std::string& keys) {
  ledger::Ledger ledger;
  Registry registry;
  Rosters rosters;
  Ends ends{RecoverState(files, data, keys, ledger, registry, rosters), ""};
  if (ends.recovered.ok()) ends.digest = ledger.Digest();
  return ends;
}
inline Ends RecoverFrom(env::FileSystem& files, const std::string& data) {
  return RecoverFrom(files, data, KeysWithoutCheckpoints(data));
}

inline std::string ReadBytes(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  return bytes.str();
}
inline void WriteBytes(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

// Every file under the directory, with its bytes.
inline std::map<std::string, std::string> AllFiles(const std::string& directory) {
  std::map<std::string, std::string> all;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file()) all[entry.path().string()] = ReadBytes(entry.path().string());
  }
  return all;
}

// All snapshots and the whole log lead to the same state.
inline void CheckAgreement(World& world, const std::string& digest) {
  const auto whole = AuditLog(world.files, world.directory + "/data");
  INFO(whole.status());
  REQUIRE(whole.ok());
  CHECK(whole->digest == digest);
  const auto snapshots = AuditSnapshots(world.files, world.directory + "/data");
  REQUIRE(snapshots.ok());
  for (const SnapshotAudit& audit : *snapshots) {
    INFO("snapshot " << audit.number << ": " << audit.status);
    REQUIRE(audit.status.ok());
    CHECK(audit.digest == digest);
    CHECK(audit.last_lsn == whole->log.last_lsn);
  }
}

}  // namespace creneau::booking
