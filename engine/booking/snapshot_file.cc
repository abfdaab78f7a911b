#include "booking/snapshot_file.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/check.h"
#include "base/limits.h"
#include "wal/format.h"

namespace creneau::booking {
namespace {

using wal::GetU32;
using wal::GetU64;
using wal::PutU32;
using wal::PutU64;

constexpr uint8_t kMagic[] = {'C', 'R', 'E', 'N', 'S', 'N', 'P', '1'};
constexpr uint8_t kPartMagic[] = {'C', 'R', 'S', 'P'};
constexpr uint32_t kFormat = 1;
constexpr size_t kHeaderCrcAt = 176;
constexpr size_t kPartHeaderBytes = 32;
constexpr size_t kPartCrcAt = 24;
constexpr size_t kMaxPartBytes = 1 << 20;
// A sync of half a gigabyte at the end would hold up the log's own writes; so it is done on the
// way.
constexpr uint64_t kSyncEveryBytes = 16 << 20;

constexpr char kSuffix[] = ".snap";
constexpr size_t kDigits = 16;

std::optional<uint64_t> NumberOf(std::string_view name) {
  if (name.size() != kDigits + std::strlen(kSuffix) || name.substr(kDigits) != kSuffix)
    return std::nullopt;
  uint64_t number = 0;
  for (const char c : name.substr(0, kDigits)) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + static_cast<uint64_t>(c - '0');
  }
  return number;
}

void Encode(const SnapshotHeader& header, std::span<uint8_t> page) {
  std::fill(page.begin(), page.end(), uint8_t{0});
  uint8_t* p = page.data();
  std::memcpy(p, kMagic, sizeof kMagic);
  PutU32(p + 8, kFormat);
  PutU32(p + 12, header.parts);
  PutU64(p + 16, header.number);
  PutU64(p + 24, header.position.value);
  PutU64(p + 32, header.covers.value);
  PutU64(p + 40, static_cast<uint64_t>(header.taken_at.ms));
  PutU64(p + 48, header.bytes);
  PutU64(p + 56, header.start.segment);
  PutU64(p + 64, header.start.first_batch);
  PutU64(p + 72, header.start.first_lsn);
  PutU64(p + 80, header.start.previous_valid_bytes);
  PutU64(p + 88, header.start.previous_epoch);
  PutU64(p + 96, static_cast<uint64_t>(header.start.previous_written_at.ms));
  std::memcpy(p + 104, header.start.chain.data(), header.start.chain.size());
  PutU32(p + 136, header.owed_since ? 1 : 0);
  PutU64(p + 144, header.owed_since ? static_cast<uint64_t>(header.owed_since->ms) : 0);
  PutU64(p + 152, header.agendas);
  PutU64(p + 160, header.slots);
  PutU64(p + 168, header.seats);
  PutU32(p + kHeaderCrcAt, wal::Crc32c(page.first(kHeaderCrcAt)));
}

// Nothing when magic, format, checksum or the rest of the page is not right.
std::optional<SnapshotHeader> Decode(std::span<const uint8_t> page) {
  if (page.size() != limits::kPageBytes) return std::nullopt;
  const uint8_t* p = page.data();
  if (std::memcmp(p, kMagic, sizeof kMagic) != 0 || GetU32(p + 8) != kFormat ||
      GetU32(p + kHeaderCrcAt) != wal::Crc32c(page.first(kHeaderCrcAt)) ||
      !wal::AllZero(page.subspan(kHeaderCrcAt + 4)))
    return std::nullopt;
  SnapshotHeader header;
  header.parts = GetU32(p + 12);
  header.number = GetU64(p + 16);
  header.position = Lsn{GetU64(p + 24)};
  header.covers = Lsn{GetU64(p + 32)};
  header.taken_at = Instant{static_cast<int64_t>(GetU64(p + 40))};
  header.bytes = GetU64(p + 48);
  header.start.segment = GetU64(p + 56);
  header.start.first_batch = GetU64(p + 64);
  header.start.first_lsn = GetU64(p + 72);
  header.start.previous_valid_bytes = GetU64(p + 80);
  header.start.previous_epoch = GetU64(p + 88);
  header.start.previous_written_at = Instant{static_cast<int64_t>(GetU64(p + 96))};
  std::memcpy(header.start.chain.data(), p + 104, header.start.chain.size());
  if (GetU32(p + 136) != 0) header.owed_since = Instant{static_cast<int64_t>(GetU64(p + 144))};
  header.agendas = GetU64(p + 152);
  header.slots = GetU64(p + 160);
  header.seats = GetU64(p + 168);
  return header;
}

absl::Status Damaged(const std::string& path, uint64_t offset, const char* what) {
  return absl::DataLossError(absl::StrCat(path, ", offset ", offset, ": ", what));
}

absl::StatusOr<SnapshotHeader> ReadHeader(env::File& file, const std::string& path) {
  std::vector<uint8_t> page(limits::kPageBytes);
  const absl::StatusOr<size_t> got = file.ReadAt(0, page);
  if (!got.ok()) return got.status();
  const std::optional<SnapshotHeader> header = Decode(std::span(page).first(*got));
  if (!header)
    return Damaged(path, 0, "the snapshot's header is damaged, or of another version's format");
  const absl::StatusOr<uint64_t> size = file.Size();
  if (!size.ok()) return size.status();
  if (*size != header->bytes)
    return Damaged(path, std::min(*size, header->bytes), "the snapshot has another length");
  if (header->start.segment == 0 || header->start.first_lsn == 0 || header->start.first_batch == 0)
    return Damaged(path, 0, "the snapshot names no place in the log");
  return *header;
}

// One part; *offset moves behind it.
absl::Status ReadPart(env::File& file, const std::string& path, uint32_t place, uint64_t* offset,
                      const SnapshotRecord& each) {
  uint8_t head[kPartHeaderBytes];
  absl::StatusOr<size_t> got = file.ReadAt(*offset, head);
  if (!got.ok()) return got.status();
  if (*got != kPartHeaderBytes || std::memcmp(head, kPartMagic, sizeof kPartMagic) != 0 ||
      GetU32(head + kPartCrcAt) != wal::Crc32c(std::span(head).first(kPartCrcAt)) ||
      GetU32(head + kPartCrcAt + 4) != 0 || GetU32(head + 8) != place)
    return Damaged(path, *offset, "no valid part of the snapshot here");
  const auto kind = static_cast<PartKind>(GetU32(head + 4));
  if (kind != PartKind::kSlots && kind != PartKind::kCalendars && kind != PartKind::kStates)
    return Damaged(path, *offset, "a part of a kind that this version does not know");
  std::vector<uint8_t> body(std::min<size_t>(GetU32(head + 16), kMaxPartBytes + 1));
  got = file.ReadAt(*offset + kPartHeaderBytes, body);
  if (!got.ok()) return got.status();
  if (*got != GetU32(head + 16) || wal::Crc32c(body) != GetU32(head + 20))
    return Damaged(path, *offset, "the part that begins here is damaged");
  size_t at = 0;
  for (uint32_t i = 0; i < GetU32(head + 12); ++i) {
    const size_t rest = body.size() - at;
    const size_t length = rest < 4 ? rest : GetU32(body.data() + at);
    if (rest < 4 || length > rest - 4)
      return Damaged(path, *offset, "a part whose records do not add up");
    const std::string_view record(reinterpret_cast<const char*>(body.data()) + at + 4, length);
    if (const absl::Status status = each(kind, record); !status.ok())
      return absl::Status(status.code(), absl::StrCat(path, ": ", std::string(status.message())));
    at += 4 + length;
  }
  if (at != body.size()) return Damaged(path, *offset, "a part whose records do not add up");
  *offset += kPartHeaderBytes + body.size();
  return absl::OkStatus();
}

}  // namespace

std::string SnapshotDirectory(const std::string& data) { return data + "/snapshots"; }
std::string SnapshotName(uint64_t number) { return absl::StrFormat("%016d%s", number, kSuffix); }
std::string SnapshotPath(const std::string& data, uint64_t number) {
  return SnapshotDirectory(data) + "/" + SnapshotName(number);
}

absl::StatusOr<std::vector<uint64_t>> ListSnapshots(env::FileSystem& files,
                                                    const std::string& data) {
  const auto names = files.List(SnapshotDirectory(data));
  std::vector<uint64_t> numbers;
  if (absl::IsNotFound(names.status())) return numbers;
  if (!names.ok()) return names.status();
  for (const std::string& name : *names) {
    if (const auto number = NumberOf(name)) numbers.push_back(*number);
  }
  std::sort(numbers.rbegin(), numbers.rend());
  return numbers;
}

absl::Status RemoveUnfinished(env::FileSystem& files, const std::string& data) {
  const std::string directory = SnapshotDirectory(data);
  const auto names = files.List(directory);
  if (!names.ok()) return names.status();
  const size_t length = std::strlen(kUnfinishedSuffix);
  for (const std::string& name : *names) {
    if (name.size() <= length || name.substr(name.size() - length) != kUnfinishedSuffix ||
        !NumberOf(std::string_view(name).substr(0, name.size() - length)))
      continue;
    if (const absl::Status status = files.Remove(directory + "/" + name); !status.ok())
      return status;
  }
  return absl::OkStatus();
}

SnapshotWriter::SnapshotWriter(std::unique_ptr<env::File> file)
    : file_(std::move(file)), part_(kPartHeaderBytes), offset_(limits::kPageBytes) {}

absl::Status SnapshotWriter::Add(PartKind kind, std::string_view record) {
  CHECK(record.size() + 4 <= kMaxPartBytes);
  if (records_ > 0 &&
      (kind != kind_ || part_.size() - kPartHeaderBytes + 4 + record.size() > kMaxPartBytes)) {
    if (absl::Status status = EndPart(); !status.ok()) return status;
  }
  kind_ = kind;
  const size_t at = part_.size();
  part_.resize(at + 4 + record.size());
  PutU32(part_.data() + at, static_cast<uint32_t>(record.size()));
  std::copy(record.begin(), record.end(), part_.begin() + static_cast<ptrdiff_t>(at) + 4);
  ++records_;
  return absl::OkStatus();
}

absl::Status SnapshotWriter::EndPart() {
  uint8_t* p = part_.data();
  const std::span<const uint8_t> body = std::span(part_).subspan(kPartHeaderBytes);
  std::memcpy(p, kPartMagic, sizeof kPartMagic);
  PutU32(p + 4, static_cast<uint32_t>(kind_));
  PutU32(p + 8, parts_);
  PutU32(p + 12, records_);
  PutU32(p + 16, static_cast<uint32_t>(body.size()));
  PutU32(p + 20, wal::Crc32c(body));
  PutU32(p + kPartCrcAt, wal::Crc32c(std::span(part_).first(kPartCrcAt)));
  if (absl::Status status = file_->WriteAt(offset_, part_); !status.ok()) return status;
  offset_ += part_.size();
  part_.assign(kPartHeaderBytes, 0);
  records_ = 0;
  ++parts_;
  if (offset_ - synced_ < kSyncEveryBytes) return absl::OkStatus();
  synced_ = offset_;
  return file_->Sync();
}

absl::Status SnapshotWriter::Finish(SnapshotHeader* header) {
  if (records_ > 0) {
    if (absl::Status status = EndPart(); !status.ok()) return status;
  }
  header->parts = parts_;
  header->bytes = offset_;
  std::vector<uint8_t> page(limits::kPageBytes);
  Encode(*header, page);
  if (absl::Status status = file_->WriteAt(0, page); !status.ok()) return status;
  return file_->Sync();
}

absl::StatusOr<std::vector<SnapshotListing>> ReadSnapshotHeaders(env::FileSystem& files,
                                                                 const std::string& data) {
  const absl::StatusOr<std::vector<uint64_t>> numbers = ListSnapshots(files, data);
  if (!numbers.ok()) return numbers.status();
  std::vector<SnapshotListing> all;
  for (const uint64_t number : *numbers) {
    const std::string path = SnapshotPath(data, number);
    auto file = files.Open(path, env::OpenMode::kRead);
    if (absl::IsNotFound(file.status())) continue;  // removed meanwhile
    if (!file.ok()) return file.status();
    const absl::StatusOr<SnapshotHeader> header = ReadHeader(**file, path);
    if (!header.ok() && !absl::IsDataLoss(header.status())) return header.status();
    all.push_back({number, header.ok() ? std::optional(*header) : std::nullopt});
  }
  return all;
}

absl::StatusOr<SnapshotHeader> ReadSnapshot(env::FileSystem& files, const std::string& path,
                                            const SnapshotRecord& each) {
  auto file = files.Open(path, env::OpenMode::kRead);
  if (!file.ok()) return file.status();
  const absl::StatusOr<SnapshotHeader> header = ReadHeader(**file, path);
  if (!header.ok()) return header;
  uint64_t offset = limits::kPageBytes;
  for (uint32_t place = 0; place < header->parts; ++place) {
    const absl::Status status = ReadPart(**file, path, place, &offset, each);
    if (!status.ok()) return status;
  }
  if (offset != header->bytes) return Damaged(path, offset, "bytes after the snapshot's last part");
  return header;
}

}  // namespace creneau::booking
