#include "tests/sim/disk.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace creneau::sim {
namespace {

constexpr uint64_t kPage = limits::kPageBytes;

std::string DirectoryOf(const std::string& path) {
  const size_t at = path.rfind('/');
  return at == std::string::npos ? "" : path.substr(0, at);
}

}  // namespace

std::string_view FaultName(Fault fault) {
  switch (fault) {
    case Fault::kNone:
      return "none";
    case Fault::kPowerLoss:
      return "power-loss";
    case Fault::kIoError:
      return "io-error";
    case Fault::kNoSpace:
      return "no-space";
    case Fault::kSyncError:
      return "sync-error";
    case Fault::kShortWrite:
      return "short-write";
  }
  CHECK(false);
}

class Disk::OpenFile final : public env::File {
 public:
  OpenFile(Disk& disk, std::shared_ptr<Inode> inode, env::OpenMode mode)
      : disk_(disk), inode_(std::move(inode)), mode_(mode) {}

  absl::StatusOr<size_t> ReadAt(uint64_t offset, std::span<uint8_t> out) override {
    if (const absl::Status status = disk_.CountRead("read"); !status.ok()) return status;
    const std::vector<uint8_t>& bytes = inode_->seen;
    if (offset >= bytes.size()) return size_t{0};
    const size_t length = std::min<size_t>(out.size(), bytes.size() - offset);
    std::copy_n(bytes.begin() + static_cast<ptrdiff_t>(offset), length, out.begin());
    for (const auto& [page, from] : inode_->misdirected) {
      if (from * kPage < bytes.size())
        Overlay(page, std::span(bytes).subspan(from * kPage), offset, out.first(length));
    }
    for (const auto& [page, other] : inode_->reads_as)
      Overlay(page, other, offset, out.first(length));
    return length;
  }

  absl::Status WriteAt(uint64_t offset, std::span<const uint8_t> bytes) override {
    CHECK(mode_ != env::OpenMode::kRead && mode_ != env::OpenMode::kScan);
    const bool durable = mode_ == env::OpenMode::kDurable;
    if (durable) CHECK(offset % kPage == 0 && bytes.size() % kPage == 0);
    if (durable && disk_.before_durable_write) disk_.before_durable_write(offset);
    return disk_.Write(*inode_, offset, bytes, durable);
  }

  absl::Status Sync() override { return disk_.Sync(*inode_); }

  absl::StatusOr<uint64_t> Size() override {
    if (const absl::Status status = disk_.CountRead("size"); !status.ok()) return status;
    return uint64_t{inode_->seen.size()};
  }

  absl::Status ZeroFill(uint64_t bytes) override {
    if (disk_.dead_) return disk_.Dead();
    if (bytes > disk_.available_bytes_) return Error(Fault::kNoSpace, "zero-fill");
    const std::vector<uint8_t> zeros(bytes);
    if (absl::Status status = disk_.Write(*inode_, 0, zeros, false); !status.ok()) return status;
    disk_.available_bytes_ -= bytes;
    return disk_.Sync(*inode_);
  }

 private:
  // Of what was read at `offset`, the part that lies on that page is other bytes.
  static void Overlay(uint64_t page, std::span<const uint8_t> other, uint64_t offset,
                      std::span<uint8_t> out) {
    for (uint64_t i = 0; i < std::min<uint64_t>(kPage, other.size()); ++i) {
      const uint64_t at = page * kPage + i;
      if (at >= offset && at < offset + out.size()) out[at - offset] = other[i];
    }
  }

  Disk& disk_;
  const std::shared_ptr<Inode> inode_;
  const env::OpenMode mode_;
};

void Disk::FailAt(uint64_t n, Fault fault, Loss loss) {
  fail_at_ = calls_ + n;
  fault_ = fault;
  loss_ = loss;
}

Fault Disk::Count(bool is_sync, bool is_write) {
  ++calls_;
  if (fault_ == Fault::kNone || calls_ < fail_at_) return Fault::kNone;
  if (fault_ == Fault::kSyncError && !is_sync) return Fault::kNone;
  if (fault_ == Fault::kShortWrite && !is_write) return Fault::kNone;
  met_ = std::exchange(fault_, Fault::kNone);
  ++faults_;
  return met_;
}

absl::Status Disk::CountRead(const std::string& what) {
  if (dead_) return Dead();
  return ++reads_ == fail_read_at_ ? Error(Fault::kIoError, what) : absl::OkStatus();
}

absl::Status Disk::Error(Fault fault, const std::string& what) {
  if (fault == Fault::kNoSpace) return absl::ResourceExhaustedError("simulated ENOSPC: " + what);
  return absl::InternalError("simulated EIO: " + what);
}

absl::Status Disk::Dead() const { return absl::InternalError("the simulated machine is off"); }

std::vector<uint8_t>& Disk::Bytes(const std::string& path) { return seen_.at(path)->seen; }

std::map<std::string, std::vector<uint8_t>> Disk::Files() const {
  std::map<std::string, std::vector<uint8_t>> files;
  for (const auto& [name, inode] : seen_) files[name] = inode->seen;
  return files;
}

void Disk::Misdirect(const std::string& path, uint64_t page, uint64_t from) {
  seen_.at(path)->misdirected[page] = from;
}

void Disk::ReadsAs(const std::string& path, uint64_t page, std::vector<uint8_t> bytes) {
  seen_.at(path)->reads_as[page] = std::move(bytes);
}

void Disk::ReadsTrue() {
  for (const auto& [name, inode] : seen_) {
    inode->misdirected.clear();
    inode->reads_as.clear();
  }
}

void Disk::CopyFrom(const Disk& other) {
  std::map<const Inode*, std::shared_ptr<Inode>> copies;
  const auto copy = [&](const std::shared_ptr<Inode>& inode) -> std::shared_ptr<Inode> {
    if (inode == nullptr) return nullptr;
    std::shared_ptr<Inode>& mine = copies[inode.get()];
    if (mine == nullptr) mine = std::make_shared<Inode>(*inode);
    return mine;
  };
  seen_.clear();
  durable_.clear();
  pending_.clear();
  for (const auto& [name, inode] : other.seen_) seen_[name] = copy(inode);
  for (const auto& [name, inode] : other.durable_) durable_[name] = copy(inode);
  for (const auto& [directory, changes] : other.pending_) {
    for (const Change& change : changes)
      pending_[directory].push_back({change.name, copy(change.inode), change.former});
  }
  dead_ = other.dead_;
  lost_ = other.lost_;
  available_bytes_ = other.available_bytes_;
}

// --- what is durable -----------------------------------------------------------------------------

void Disk::Tear(Inode& inode, uint64_t page, Loss loss) {
  if (loss == Loss::kAllLost) return;
  const uint64_t begin = page * kPage;
  const uint64_t end = std::min<uint64_t>(begin + kPage, inode.seen.size());
  if (end <= begin) return;
  // A page is as a whole lost or kept more often than it is torn.
  const uint64_t fate = loss == Loss::kAllKept ? 1 : prng_.Below(4);
  if (fate == 0) return;
  const uint64_t sectors = fate == 1 ? ~uint64_t{0} : prng_.Next();
  if (inode.durable.size() < end) inode.durable.resize(end);
  for (uint64_t at = begin, sector = 0; at < end; at += kSectorBytes, ++sector) {
    if ((sectors >> sector & 1) == 0) continue;
    std::copy_n(inode.seen.begin() + static_cast<ptrdiff_t>(at), std::min(kSectorBytes, end - at),
                inode.durable.begin() + static_cast<ptrdiff_t>(at));
  }
}

void Disk::MakeDurable(Inode& inode) {
  inode.durable.resize(inode.seen.size());
  for (const uint64_t page : inode.dirty) Tear(inode, page, Loss::kAllKept);
  inode.dirty.clear();
}

void Disk::PowerLoss(Loss loss) {
  dead_ = true;
  if (std::exchange(lost_, true)) return;
  std::set<Inode*> done;
  const auto tear = [&](const std::shared_ptr<Inode>& inode) {
    if (inode == nullptr || !done.insert(inode.get()).second) return;
    for (const uint64_t page : inode->dirty) Tear(*inode, page, loss);
    inode->dirty.clear();
  };
  for (const auto& [directory, changes] : pending_) {
    for (const Change& change : changes) tear(change.inode);
    uint64_t kept = loss == Loss::kAllKept ? changes.size() : 0;
    if (loss == Loss::kTorn) kept = prng_.Below(changes.size() + 1);
    for (uint64_t i = 0; i < kept; ++i) Apply(changes[i], durable_);
  }
  for (const auto& [name, inode] : seen_) tear(inode);
  pending_.clear();
}

void Disk::Kill() { dead_ = true; }

void Disk::Restart() {
  dead_ = false;
  if (!std::exchange(lost_, false)) return;
  seen_.clear();
  for (const auto& [name, inode] : durable_) {
    inode->seen = inode->durable;
    inode->dirty.clear();
    seen_[name] = inode;
  }
}

// --- files ---------------------------------------------------------------------------------------

void Disk::WritePages(Inode& inode, uint64_t offset, std::span<const uint8_t> bytes) {
  if (inode.seen.size() < offset + bytes.size()) inode.seen.resize(offset + bytes.size());
  std::copy(bytes.begin(), bytes.end(), inode.seen.begin() + static_cast<ptrdiff_t>(offset));
  for (uint64_t page = offset / kPage; page * kPage < offset + bytes.size(); ++page)
    inode.dirty.insert(page);
}

absl::Status Disk::Write(Inode& inode, uint64_t offset, std::span<const uint8_t> bytes,
                         bool durable) {
  if (dead_) return Dead();
  const Fault fault = Count(/*is_sync=*/durable, /*is_write=*/true);
  const bool grows = inode.seen.size() < offset + bytes.size();
  if (fault == Fault::kNoSpace && grows) return Error(fault, "write");
  if (fault == Fault::kIoError) {
    // Any of its sectors; what the running system sees is as unclear as what is durable.
    for (uint64_t at = 0; at < bytes.size(); at += kSectorBytes) {
      const size_t length = std::min<size_t>(kSectorBytes, bytes.size() - at);
      if (prng_.Below(2) == 0) WritePages(inode, offset + at, bytes.subspan(at, length));
    }
    return Error(fault, "write");
  }
  if (fault == Fault::kShortWrite) {
    const uint64_t written = bytes.empty() ? 0 : prng_.Below(bytes.size());
    if (written > 0) WritePages(inode, offset, bytes.first(written));
    return Error(grows ? Fault::kNoSpace : fault, "write");
  }
  WritePages(inode, offset, bytes);
  if (fault == Fault::kPowerLoss) {
    PowerLoss(loss_);
    return Dead();
  }
  if (fault == Fault::kSyncError && durable) {
    inode.dirty.clear();
    return Error(fault, "sync");
  }
  if (durable) MakeDurable(inode);
  return absl::OkStatus();
}

absl::Status Disk::Sync(Inode& inode) {
  if (dead_) return Dead();
  const Fault fault = Count(/*is_sync=*/true);
  if (fault == Fault::kPowerLoss) {
    PowerLoss(loss_);
    return Dead();
  }
  if (fault != Fault::kNone && fault != Fault::kNoSpace) {
    inode.dirty.clear();
    return Error(fault, "sync");
  }
  MakeDurable(inode);
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<env::File>> Disk::Open(const std::string& path, env::OpenMode mode) {
  if (dead_) return Dead();
  const auto at = seen_.find(path);
  if (mode != env::OpenMode::kCreate) {
    if (const absl::Status status = CountRead("open " + path); !status.ok()) return status;
    if (at == seen_.end()) return absl::NotFoundError("open " + path);
    return std::make_unique<OpenFile>(*this, at->second, mode);
  }
  if (at != seen_.end()) return absl::AlreadyExistsError("create " + path);
  const Fault fault = Count(/*is_sync=*/false);
  if (fault == Fault::kIoError || fault == Fault::kNoSpace) return Error(fault, "create " + path);
  auto inode = std::make_shared<Inode>();
  Note({path, inode, ""});
  if (fault == Fault::kPowerLoss) {
    PowerLoss(loss_);
    return Dead();
  }
  return std::make_unique<OpenFile>(*this, std::move(inode), mode);
}

// --- names ---------------------------------------------------------------------------------------

void Disk::Apply(const Change& change, Names& names) {
  if (!change.former.empty()) names.erase(change.former);
  if (change.inode == nullptr) {
    names.erase(change.name);
  } else {
    names[change.name] = change.inode;
  }
}

void Disk::Note(Change change) {
  Apply(change, seen_);
  pending_[DirectoryOf(change.name)].push_back(std::move(change));
}

absl::Status Disk::Rename(const std::string& from, const std::string& to) {
  if (dead_) return Dead();
  CHECK(DirectoryOf(from) == DirectoryOf(to));
  const auto at = seen_.find(from);
  if (at == seen_.end()) return absl::NotFoundError("rename " + from);
  const Fault fault = Count(/*is_sync=*/false);
  if (fault == Fault::kIoError) return Error(fault, "rename " + from);
  Note({to, at->second, from});
  if (fault == Fault::kPowerLoss) {
    PowerLoss(loss_);
    return Dead();
  }
  return absl::OkStatus();
}

absl::Status Disk::Remove(const std::string& path) {
  if (dead_) return Dead();
  if (!seen_.contains(path)) return absl::NotFoundError("remove " + path);
  const Fault fault = Count(/*is_sync=*/false);
  if (fault == Fault::kIoError) return Error(fault, "remove " + path);
  available_bytes_ += seen_.at(path)->seen.size();
  Note({path, nullptr, ""});
  if (fault == Fault::kPowerLoss) {
    PowerLoss(loss_);
    return Dead();
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> Disk::List(const std::string& directory) {
  if (const absl::Status status = CountRead("list " + directory); !status.ok()) return status;
  std::vector<std::string> names;
  for (const auto& [name, inode] : seen_) {
    if (DirectoryOf(name) == directory) names.push_back(name.substr(directory.size() + 1));
  }
  return names;
}

absl::Status Disk::SyncDirectory(const std::string& directory) {
  if (dead_) return Dead();
  const Fault fault = Count(/*is_sync=*/true);
  if (fault == Fault::kPowerLoss) {
    PowerLoss(loss_);
    return Dead();
  }
  if (fault != Fault::kNone && fault != Fault::kNoSpace) return Error(fault, "sync " + directory);
  const std::vector<Change>& changes = pending_[directory];
  if (skip_directory_sync && skip_directory_sync(Tell(directory, changes))) return absl::OkStatus();
  for (const Change& change : std::exchange(pending_[directory], {})) Apply(change, durable_);
  return absl::OkStatus();
}

std::string Disk::Tell(const std::string& directory, const std::vector<Change>& changes) {
  std::string what = directory + ":";
  const auto base = [&](const std::string& path) { return path.substr(directory.size() + 1); };
  for (const Change& change : changes) {
    if (!change.former.empty()) what += " " + base(change.former) + " >";
    what += (change.inode == nullptr ? " - " : " ") + base(change.name) + ",";
  }
  return what;
}

// The durable names are those of files; directories are there once they were made.
absl::Status Disk::CreateDirectory(const std::string&) { return dead_ ? Dead() : absl::OkStatus(); }

absl::StatusOr<env::DiskSpace> Disk::Space(const std::string&) {
  if (dead_) return Dead();
  return env::DiskSpace{available_bytes_, uint64_t{1} << 40};
}

absl::StatusOr<std::unique_ptr<env::FileLock>> Disk::Lock(const std::string&) {
  if (dead_) return Dead();
  return std::make_unique<env::FileLock>();
}

}  // namespace creneau::sim
