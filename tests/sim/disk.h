// A disk in memory that does what disks and file systems do when they fail. One thread.
//
// ## The fault model
//
// - A file is an inode with bytes; a directory gives names to inodes. Each has two images: what the
//   running system sees, and what would be there after the power went.
// - Written pages (4096 bytes) are dirty until a sync of the file. Sync makes them durable and the
//   size with them. A write through OpenMode::kDurable is durable when it returns.
// - When the power goes, each dirty page is lost, kept, or torn: a page is eight sectors of 512
//   bytes, and each of them is the old or the new one. The same holds for the pages of a write or a
//   sync that was under way: nothing says in which order sectors reach the platter.
// - A creation, rename or removal is seen at once, and durable with the next sync of its directory.
//   When the power goes, a directory keeps the first so many of its pending changes: file systems
//   journal them in order. A file without a durable name is gone, synced or not.
// - A write that fails has written any of its sectors. A sync that fails leaves its pages clean and
//   not durable: the next sync says that all is well, as Linux does (Rebello et al., 2020). Out of
//   space: a file cannot grow; what it has can be written. A short write has written so many bytes
//   from its beginning, and fails: where the file grows, for want of room.
// - A read returns what was written last, but for a damaged page: then it is that of another place
//   (misdirected) or an older one (stale). Tests name the page. A read can fail; the next does not.
// - After the power has gone nothing works until the next start: every call fails and changes
// nothing.
//
// What is not modelled: damage that a checksum cannot see, two machines, a lock that is lost.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/prng.h"
#include "env/file.h"

namespace creneau::sim {

// What becomes of what was not durable when the power goes.
enum class Loss : uint8_t { kAllLost, kAllKept, kTorn };
inline constexpr Loss kLosses[] = {Loss::kAllLost, Loss::kAllKept, Loss::kTorn};

enum class Fault : uint8_t { kNone, kPowerLoss, kIoError, kNoSpace, kSyncError, kShortWrite };
inline constexpr size_t kFaults = 6;
std::string_view FaultName(Fault fault);

class Disk final : public env::FileSystem {
 public:
  explicit Disk(uint64_t seed) : prng_(seed) {}

  // --- what a test may do to it ------------------------------------------------------------------
  // Calls that change something or make it durable, since the beginning. Reads do not count.
  uint64_t calls() const { return calls_; }
  // The n-th of these calls from now (1: the next) meets the fault; a sync error waits for the
  // first sync from there on, a short write for the first write. kPowerLoss: it is the last.
  void FailAt(uint64_t n, Fault fault, Loss loss = Loss::kTorn);
  // The n-th from now of the calls that change nothing fails. Those there were.
  void FailReadAt(uint64_t n) { fail_read_at_ = reads_ + n; }
  uint64_t reads() const { return reads_; }
  // The last fault that came, and how often each did.
  Fault met() const { return met_; }
  uint64_t faults() const { return faults_; }  // met so far
  bool dead() const { return dead_; }
  // The power goes now, between two calls.
  void PowerLoss(Loss loss);
  // The process is killed: its calls have no effect any more, what it wrote is there.
  void Kill();
  // The next start. After a power loss, what was durable is what there is; after a mere kill, what
  // the system saw, durable or not. A fault that is to come stays to come.
  void Restart();
  // The fault that has come, or has not.
  void Forget() {
    fault_ = met_ = Fault::kNone;
    fail_read_at_ = 0;
  }
  // A file that was there before, whole.
  void Put(const std::string& path, const std::string& text) {
    auto inode = std::make_shared<Inode>();
    inode->seen.assign(text.begin(), text.end());
    inode->durable = inode->seen;
    seen_[path] = durable_[path] = inode;
  }
  void set_available_bytes(uint64_t bytes) { available_bytes_ = bytes; }
  // Bytes as they are, for damage that no model foresees.
  std::vector<uint8_t>& Bytes(const std::string& path);
  std::map<std::string, std::vector<uint8_t>> Files() const;
  // Reads of that page return what stands at `from`.
  void Misdirect(const std::string& path, uint64_t page, uint64_t from);
  // Reads of that page return these bytes: another file's, or older ones. Until told otherwise.
  void ReadsAs(const std::string& path, uint64_t page, std::vector<uint8_t> bytes);
  void ReadsTrue();  // all pages, those that were misdirected too
  // All files of another disk, seen and durable, as they are now.
  void CopyFrom(const Disk& other);
  // Called before each write that is to be durable, with its offset.
  std::function<void(uint64_t offset)> before_durable_write;
  // Asked at each sync of a directory, with what it would make durable ("log: spare > 1.seg, ..."):
  // whether it does nothing, and says that all is well.
  std::function<bool(const std::string& what)> skip_directory_sync;

  // --- env::FileSystem ---------------------------------------------------------------------------
  absl::StatusOr<std::unique_ptr<env::File>> Open(const std::string& path,
                                                  env::OpenMode mode) override;
  absl::Status Rename(const std::string& from, const std::string& to) override;
  absl::Status Remove(const std::string& path) override;
  absl::StatusOr<std::vector<std::string>> List(const std::string& directory) override;
  absl::Status SyncDirectory(const std::string& directory) override;
  absl::Status CreateDirectory(const std::string& directory) override;
  absl::StatusOr<env::DiskSpace> Space(const std::string& directory) override;
  absl::StatusOr<std::unique_ptr<env::FileLock>> Lock(const std::string& path) override;

 private:
  class OpenFile;
  static constexpr size_t kSectorBytes = 512;

  struct Inode {
    std::vector<uint8_t> seen;
    std::vector<uint8_t> durable;
    std::set<uint64_t> dirty;  // pages
    std::map<uint64_t, uint64_t> misdirected;
    std::map<uint64_t, std::vector<uint8_t>> reads_as;  // by page
  };
  using Names = std::map<std::string, std::shared_ptr<Inode>>;
  // Of a directory, as its journal has it: never half of one.
  struct Change {
    std::string name;
    std::shared_ptr<Inode> inode;  // null: the name is gone
    std::string former;            // of a rename: the name it had
  };

  // Counts a call. The fault it is to meet, if any.
  Fault Count(bool is_sync, bool is_write = false);
  absl::Status CountRead(const std::string& what);
  static std::string Tell(const std::string& directory, const std::vector<Change>& changes);
  static absl::Status Error(Fault fault, const std::string& what);
  absl::Status Dead() const;
  void Note(Change change);
  static void Apply(const Change& change, Names& names);
  void MakeDurable(Inode& inode);
  void Tear(Inode& inode, uint64_t page, Loss loss);
  void WritePages(Inode& inode, uint64_t offset, std::span<const uint8_t> bytes);
  absl::Status Write(Inode& inode, uint64_t offset, std::span<const uint8_t> bytes, bool durable);
  absl::Status Sync(Inode& inode);

  Prng prng_;
  Names seen_;
  Names durable_;
  std::map<std::string, std::vector<Change>> pending_;  // by directory, in order
  uint64_t calls_ = 0;
  uint64_t fail_at_ = 0;
  uint64_t reads_ = 0;
  uint64_t fail_read_at_ = 0;
  Fault fault_ = Fault::kNone;
  Loss loss_ = Loss::kTorn;
  Fault met_ = Fault::kNone;
  uint64_t faults_ = 0;
  bool dead_ = false;
  bool lost_ = false;  // the power went: what was not durable is gone
  uint64_t available_bytes_ = uint64_t{1} << 40;
};

}  // namespace creneau::sim
