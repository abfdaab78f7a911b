// An office whose older backup is restored (loss_test.cc, after_loss_test.cc).
#pragma once

#include <string>
#include <vector>

#include "tests/booking/snapshot_fixture.h"

namespace creneau::booking {

struct Backups : Office {
  void Backup(const std::string& name) {
    fs::remove_all(directory + "/" + name);
    fs::copy(Data(), directory + "/" + name, fs::copy_options::recursive);
  }
  void Restore(const std::string& name) {
    fs::remove_all(Data());
    fs::copy(directory + "/" + name, Data(), fs::copy_options::recursive);
  }
  // What somebody had fetched of the checkpoints.
  void Publish1() { WriteBytes(Published(), ReadBytes(CheckpointFile(Data()))); }
  std::string Published() const { return directory + "/published"; }

  absl::Status TryToOpen(const Restoring& restoring, env::FileSystem* on = nullptr) {
    EngineOptions options;
    options.data = Data();
    options.keys = directory + "/keys";
    options.segment_bytes = limits::kMinSegmentBytes;
    options.steward_thread = false;
    options.restoring = restoring;
    auto opened = Engine::Open(options, on == nullptr ? *disk : *on, clock, entropy,
                               [](const absl::Status&) {});
    if (!opened.ok()) return opened.status();
    engine = *std::move(opened);
    act = std::make_unique<Act>(pool, engine->log());
    while (engine->stats().read_only && !engine->stats().poisoned) std::this_thread::yield();
    return absl::OkStatus();
  }
  Restoring Accept(uint64_t after) const { return {Lsn{after}, Published()}; }
  absl::StatusOr<AuditReport> Audit(const std::vector<proof::Checkpoint>& published = {}) {
    return AuditLog(files, Data(), published);
  }
  std::vector<proof::Checkpoint> PublishedLines() {
    const auto key = proof::ParsePublicKey(ReadBytes(directory + "/keys/checkpoint.pub"));
    const auto read = proof::ReadLines(ReadBytes(Published()), *key);
    REQUIRE(read.ok());
    return read->checkpoints;
  }
};

// Ada's is in the backup, Bert's and Cleo's are not.
struct Lost : Backups {
  Lost() {
    ada = Hold("ADA1", "2026-12-08T09:00").reservation;
    Do(&Engine::Confirm, ada);
    Stop();
    Backup("backup");
    end = Audit()->log.last_lsn.value;
    Begin();
    bert = Hold("BERT1", "2026-12-08T09:00").reservation;
    Do(&Engine::Confirm, bert);
    cleo = Hold("CLEO1", "2026-12-08T09:30").reservation;
    Stop();
    Publish1();
    Restore("backup");
  }
  Reservation ada, bert, cleo;
  uint64_t end = 0;
};

}  // namespace creneau::booking
