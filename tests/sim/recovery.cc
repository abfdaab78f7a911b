// How the office comes back after a crash, or a stop, and what an auditor finds then.
#include <algorithm>
#include <utility>

#include "base/text.h"
#include "booking/audit.h"
#include "codec/event.h"
#include "http/text.h"
#include "tests/sim/life.h"

namespace creneau::sim {
namespace {

constexpr uint64_t kPage = 4096;
const std::string kData = "data";

bool IsUnder(const std::string& path, const std::string& directory) {
  return path.find(kData + "/" + directory + "/") == 0;
}

std::string Text(env::FileSystem& files, const std::string& path) {
  const auto file = files.Open(path, env::OpenMode::kRead);
  if (!file.ok()) return "";
  const auto size = (*file)->Size();
  if (!size.ok()) return "";
  std::string text(*size, '\0');
  const auto got =
      (*file)->ReadAt(0, std::span(reinterpret_cast<uint8_t*>(text.data()), text.size()));
  return got.ok() ? text.substr(0, *got) : "";
}

// Where the log stood after each batch.
class Heads final : public wal::RecordReader {
 public:
  explicit Heads(const booking::Names& names) : staff(names) {}
  absl::Status Read(Lsn, Instant, std::string_view record) override {
    ledger::Event event;
    if (codec::DecodeSeatEvent(record, &event)) {
      staff.ReadSeat();
      return absl::OkStatus();
    }
    const auto decoded = codec::DecodeRecord(record);
    if (!decoded.ok()) return decoded.status();
    const auto* opening = std::get_if<codec::OpeningState>(&*decoded);
    if (opening != nullptr) openings.push_back(*opening);
    staff.Read(*decoded);
    return absl::OkStatus();
  }
  absl::Status EndBatch(const wal::Head& head) override {
    by_batch[head.batch] = head;
    return absl::OkStatus();
  }
  std::map<uint64_t, wal::Head> by_batch;
  std::vector<codec::OpeningState> openings;
  StaffLog staff;
};

// With the key that names are made with, which is the office's.
booking::Names NamesOf(env::FileSystem& files) {
  booking::Names::Secret secret{};
  const auto octets = FromHex(Text(files, "keys/names.key").substr(0, 2 * secret.size()));
  CHECK(octets && octets->size() == secret.size());
  std::copy(octets->begin(), octets->end(), secret.begin());
  return booking::Names(secret);
}

absl::StatusOr<wal::Recovery> ReadLog(env::FileSystem& files, Heads& heads) {
  return wal::Verify(files, booking::LogDirectory(kData), heads, {},
                     booking::ArchiveDirectory(kData));
}

}  // namespace

// A signature is dear to check, and each was a moment ago.
absl::Status SignedLines::Read(std::string_view text, const proof::PublicKey& by) {
  const std::string_view whole = text.substr(0, text.rfind('\n') + 1);
  if (by != key || !whole.starts_with(verified)) *this = SignedLines{by, {}, {}};
  const auto read = proof::ReadLines(whole.substr(verified.size()), by);
  if (!read.ok()) return read.status();
  verified = whole;
  checkpoints.insert(checkpoints.end(), read->checkpoints.begin(), read->checkpoints.end());
  std::stable_sort(
      checkpoints.begin(), checkpoints.end(),
      [](const proof::Checkpoint& a, const proof::Checkpoint& b) { return a.batch < b.batch; });
  return absl::OkStatus();
}

// Somebody fetches the signed checkpoints and keeps them elsewhere. Each line says what the log has
// in that batch, its epoch too, which the engine itself does not look at. `last`: the last line is
// of the last batch.
void Life::CollectCheckpoints(bool last) {
  const auto key = proof::ParsePublicKey(Text(machine_.disk, "keys/checkpoint.pub"));
  if (!key) return;
  const absl::Status read = signed_.Read(Text(machine_.disk, booking::CheckpointFile(kData)), *key);
  if (!read.ok()) return Complain("the checkpoints: " + std::string(read.message()));
  const booking::Names names = NamesOf(machine_.disk);
  Heads heads(names);
  const auto log = ReadLog(machine_.disk, heads);
  if (!log.ok()) return Complain("the log: " + std::string(log.status().message()));
  Complain(trust_.CheckLog(heads.staff));
  for (const auto& [batch, position] : receipts_.positions()) {
    const wal::Head head = heads.by_batch[batch];
    const LogPosition is{head.lsn.value, head.epoch, head.chain};
    if (!(is == position))
      Complain("a receipt of batch " + std::to_string(batch) + " says what is not there");
  }
  logged_openings_ = std::move(heads.openings);
  for (const proof::Checkpoint& one : signed_.checkpoints) {
    const wal::Head head = heads.by_batch[one.batch];
    if (head.lsn != one.lsn || head.epoch != one.epoch || head.chain != one.chain)
      Complain("a checkpoint of batch " + std::to_string(one.batch) + " signs what is not there");
  }
  if (last && (signed_.checkpoints.empty() || signed_.checkpoints.back().batch != log->last_batch))
    Complain("a stop in peace has not signed batch " + std::to_string(log->last_batch));
  for (const proof::Checkpoint& one : signed_.checkpoints) {
    if (checkpoints_.empty() || one.batch > checkpoints_.back().batch) checkpoints_.push_back(one);
  }
}

// The log is read as an auditor would, beside the engine: whole, it continues every checkpoint that
// was ever published, and its replay is what is in memory.
void Life::CheckLog() {
  const int64_t slow_ms = std::exchange(slow_ms_, 0);  // nobody asks while it is written
  Turn();
  slow_ms_ = slow_ms;
  LeaveAnswers();
  if (machine_.failed() || machine_.disk.dead()) return;
  logged_openings_.clear();
  CollectCheckpoints(/*last=*/false);
  CheckQueueLog();
  const auto audit = booking::AuditLog(machine_.disk, kData, checkpoints_);
  if (!audit.ok()) return Complain("the log: " + std::string(audit.status().message()));
  if (!checkpoints_.empty()) Reach("checkpoint-continued");
  const absl::Status invariants = machine_.engine().CheckInvariants();
  if (!invariants.ok()) return Complain(std::string(invariants.message()));
  const std::string digest = machine_.engine().Digest();
  if (audit->digest != digest) Complain("the replay of the log is not what is in memory");
  if (audit->log.segments > 1) Reach("several-segments");
  digest_ = Mix64(digest_ ^ http::Fingerprint(digest));
}

void Life::NoteStart() {
  const booking::StartReport& report = machine_.engine().start_report();
  Reach(report.recovery.torn ? "recovered-torn" : "recovered-clean");
  if (report.snapshot) Reach("recovered-from-snapshot");
  if (report.damaged_snapshots.empty()) return;
  Reach("snapshot-damaged");
  if (report.snapshot) return Reach("recovered-from-older-snapshot");
  const auto files = machine_.disk.Files();
  if (std::any_of(files.begin(), files.end(),
                  [](const auto& file) { return IsUnder(file.first, "archive"); }))
    Reach("recovered-from-archive");
}

void Life::Start() {
  for (int tries = 0; Fine(); ++tries) {
    const absl::Status started = machine_.Start();
    if (started.ok()) break;
    if (absl::IsDataLoss(started) || tries > 8)
      return Complain("it does not start: " + std::string(started.message()));
    if (absl::IsResourceExhausted(started) && disk_low_) {
      Reach("start-needs-room");  // an operator sees to it, as the message says
      disk_low_ = false;
      machine_.disk.set_available_bytes(uint64_t{1} << 30);
    }
    Reach(machine_.disk.dead() ? "power-loss-in-recovery" : "fault-in-recovery");
    machine_.disk.Forget();
    if (Below(3) == 0) PrepareFault();
  }
  if (Fine()) NoteStart();
  last_tick_ = machine_.clock.now;
}

// A byte of the newest snapshot goes bad, or of each.
void Life::DamageSnapshots() {
  machine_.disk.Restart();
  std::vector<std::string> paths;
  for (const auto& [path, bytes] : machine_.disk.Files()) {
    if (IsUnder(path, "snapshots") && !bytes.empty()) paths.push_back(path);
  }
  if (paths.empty()) return;
  if (Below(2) == 0) paths.erase(paths.begin(), paths.end() - 1);
  for (const std::string& path : paths) {
    std::vector<uint8_t>& bytes = machine_.disk.Bytes(path);
    bytes[Below(bytes.size())] ^= static_cast<uint8_t>(1 << Below(8));
    Trace("damaged " + path);
  }
}

// A page of the log is read from elsewhere in its file, after a stop that has sealed all there is:
// nothing may be lost. It is refused, twice with the same words and without changing anything; or
// it is where nothing stands, and nothing comes of it.
void Life::Misread() {
  machine_.disk.Restart();
  machine_.disk.Forget();
  if (disk_low_) return;
  std::vector<std::string> paths;
  const auto before = machine_.disk.Files();
  for (const auto& [path, bytes] : before) {
    if (IsUnder(path, "log") && bytes.size() >= 2 * kPage) paths.push_back(path);
  }
  const std::string path = paths[Below(paths.size())];
  const uint64_t pages = before.at(path).size() / kPage;
  const uint64_t page = Below(pages);
  machine_.disk.Misdirect(path, page, Below(pages));
  Trace("misread " + path + " page " + std::to_string(page));
  const absl::Status started = machine_.Start();
  if (started.ok()) {
    Reach("misread-harmless");
    machine_.disk.ReadsTrue();  // before it writes there
    last_tick_ = machine_.clock.now;
    Compare();
    machine_.Kill();
  } else {
    Reach("misread-refused");
    if (!absl::IsDataLoss(started) || started.message().find(path) == std::string::npos)
      Complain("a misread page of " + path + ": " + std::string(started.message()));
    if (machine_.disk.Files() != before) Complain("a start that was refused has changed files");
    if (machine_.Start() != started) Complain("a second start says something else");
  }
  machine_.disk.ReadsTrue();
}

// The engine is up again: what does it know?
void Life::Recover() {
  acknowledges_.clear();
  receipts_due_.clear();
  machine_.disk.Forget();
  if (Below(8) == 0) DamageSnapshots();
  if (Below(4) == 0) PrepareFault();
  Start();
  machine_.disk.Forget();
  Compare();
  // The time that the engine added to a hold that has lapsed all the same does not show in any
  // answer: it is over soon.
  const Instant now = machine_.clock.now;
  if (Fine() && (auditor_.AnyLapsed(now) || waiting_.IsUnsure(now))) Pass(kSettlesMs);
  AskWhoIsWho();
}

void Life::Compare() {
  if (!Fine() || auditor_.book().slots.empty()) return;
  auditor_.queues().Restarted(machine_.ended_at(), machine_.clock.now);
  const std::map<std::string, Told> shares = AllShares();
  const Instant now = machine_.clock.now;
  auditor_.AlsoFits([&](const Book& book) { return shares_.Misfit(book, shares, now); });
  std::optional<uint64_t> deeds;
  if (trust_.Unsure()) {
    const booking::Names names = NamesOf(machine_.disk);
    Heads heads(names);
    if (const auto log = ReadLog(machine_.disk, heads); log.ok())
      deeds = heads.staff.deeds().size();
  }
  Complain(auditor_.Reconcile(
      [&](const std::string& name, const std::string& key) {
        std::string decided;
        machine_.Ask(HolderRequest("GET", name, "", key), http::Audience::kPublic, &decided);
        return Told(decided);
      },
      machine_.ended_at(), now, deeds));
  auditor_.AlsoFits(nullptr);
  if (Fine()) shares_.Learn(shares, now);
  if (Fine()) trust_.Restarted();
  receipts_.Restarted();
  LearnSeats();
  LearnClosing();
  if (Fine()) AskStatuses();
  AskKeys();
  CheckLog();
}

// Those that were taken because they were due, too.
void Life::NoteSnapshots() {
  if (machine_.up() && machine_.engine().stats().snapshots.taken > 0) Reach("snapshot-taken");
}

}  // namespace creneau::sim
