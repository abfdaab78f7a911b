#include "wal/spares.h"

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "wal/format.h"

namespace creneau::wal {
namespace {

// Left free beside a spare: for snapshots' and others' small files, and for file systems that need
// some for themselves.
constexpr uint64_t kMarginBytes = 1u << 20;
constexpr auto kLookAgain = std::chrono::seconds(1);

}  // namespace

Spares::Spares(env::FileSystem& files, std::string directory, uint64_t segment_bytes, bool threaded)
    : files_(files),
      directory_(std::move(directory)),
      segment_bytes_(segment_bytes),
      threaded_(threaded) {}

Spares::~Spares() { Stop(); }

absl::Status Spares::Adopt() {
  // Until the first look of the thread, which may have to make a spare, this is what is known.
  const absl::StatusOr<uint64_t> segments = SegmentsInRoom();
  if (!segments.ok()) return segments.status();
  HasRoomFor(*segments);
  const absl::Status removed = files_.Remove(directory_ + "/" + kUnfinishedSpareName);
  if (!removed.ok() && !absl::IsNotFound(removed)) return removed;
  const std::string path = directory_ + "/" + kSpareName;
  auto file = files_.Open(path, env::OpenMode::kRead);
  if (absl::IsNotFound(file.status())) return absl::OkStatus();
  if (!file.ok()) return file.status();
  const absl::StatusOr<uint64_t> size = (*file)->Size();
  if (!size.ok()) return size.status();
  if (*size == segment_bytes_) {
    ready_.store(true);
    return absl::OkStatus();
  }
  return files_.Remove(path);  // segments were of another size then
}

// How many segments the disk has room for, a margin left.
absl::StatusOr<uint64_t> Spares::SegmentsInRoom() {
  const absl::StatusOr<env::DiskSpace> space = files_.Space(directory_);
  if (!space.ok()) return space.status();
  const uint64_t usable =
      space->available_bytes > kMarginBytes ? space->available_bytes - kMarginBytes : 0;
  return usable / segment_bytes_;
}

void Spares::HasRoomFor(uint64_t segments) {
  growable_bytes_.store(segments * (segment_bytes_ - limits::kPageBytes));
  room_.store(segments > 0);
}

absl::Status Spares::LookForRoom() {
  const absl::StatusOr<uint64_t> segments = SegmentsInRoom();
  if (!segments.ok()) return segments.status();
  if (*segments == 0) {
    HasRoomFor(0);
    return absl::OkStatus();
  }
  // Where there is no spare, only making one shows that there is room: a quota may say otherwise.
  const absl::Status made = ready_.load() ? absl::OkStatus() : Make();
  if (!made.ok() || !ready_.load()) return made;
  HasRoomFor(*segments);
  return absl::OkStatus();
}

absl::Status Spares::Make() {
  const std::string unfinished = directory_ + "/" + kUnfinishedSpareName;
  auto file = files_.Open(unfinished, env::OpenMode::kCreate);
  absl::Status status = file.status();
  if (status.ok()) status = (*file)->ZeroFillResting(segment_bytes_, awaited_);
  if (absl::IsResourceExhausted(status)) {
    // Somebody else took the room. Not an error yet: the rest of this segment is still ours.
    HasRoomFor(0);
    const absl::Status removed = files_.Remove(unfinished);
    return removed.ok() || absl::IsNotFound(removed) ? absl::OkStatus() : removed;
  }
  if (status.ok()) status = files_.Rename(unfinished, directory_ + "/" + kSpareName);
  if (status.ok()) status = files_.SyncDirectory(directory_);
  if (status.ok()) ready_.store(true);
  return status;
}

absl::Status Spares::Look() {
  const bool was_ready = ready_.load();
  absl::Status status = LookForRoom();
  // What is left beside the one that was just made.
  if (status.ok() && !was_ready && ready_.load()) status = LookForRoom();
  return status;
}

void Spares::Turn() {
  const absl::Status status = Look();
  const std::lock_guard lock(mutex_);
  if (failed_.ok()) failed_ = status;
}

void Spares::Start() {
  if (!threaded_) return;
  thread_ = std::thread([this] { Run(); });
}

void Spares::Run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const uint64_t asked = asked_;
    lock.unlock();
    const absl::Status status = Look();
    lock.lock();
    if (!status.ok()) failed_ = status;
    looked_ = asked;
    changed_.notify_all();
    if (!failed_.ok()) return;
    const auto wanted = [this] {
      return stopping_ || asked_ != looked_ || (!ready_.load() && room_.load());
    };
    changed_.wait_for(lock, kLookAgain, wanted);
  }
}

absl::Status Spares::failure() {
  const std::lock_guard lock(mutex_);
  return failed_;
}

void Spares::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  awaited_.store(true, std::memory_order_relaxed);
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

absl::Status Spares::Take(const std::string& path) {
  if (!threaded_ && !ready_.load()) {
    awaited_.store(true, std::memory_order_relaxed);
    Turn();
    awaited_.store(false, std::memory_order_relaxed);
  }
  std::unique_lock lock(mutex_);
  if (threaded_ && !ready_.load()) {
    // What was known of the disk's room may be a second old: the answer must come from a new look.
    const uint64_t mine = ++asked_;
    awaited_.store(true, std::memory_order_relaxed);
    changed_.notify_all();
    changed_.wait(lock, [this, mine] {
      return ready_.load() || !failed_.ok() || stopping_ || (looked_ >= mine && !room_.load());
    });
    awaited_.store(false, std::memory_order_relaxed);
  }
  if (!ready_.load()) {
    if (!failed_.ok()) return failed_;
    return absl::ResourceExhaustedError(absl::StrCat(
        "no room for the next segment of ", segment_bytes_, " bytes in ", directory_,
        ". What was acknowledged is safe. Free space on that disk, then start again."));
  }
  absl::Status status = files_.Rename(directory_ + "/" + kSpareName, path);
  if (status.ok()) status = files_.SyncDirectory(directory_);
  ready_.store(false);
  changed_.notify_all();
  return status;
}

}  // namespace creneau::wal
