#include "wal/archive.h"

#include <zstd.h>

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "wal/format.h"

namespace creneau::wal {
namespace {

constexpr char kSuffix[] = ".zst";
constexpr size_t kChunkBytes = 1 << 20;
constexpr int kLevel = 3;  // a segment's zeros vanish at any level, and records hardly shrink more
// Far above any segment: what a damaged frame may claim before we believe it no more.
constexpr uint64_t kMostBytes = uint64_t{4} << 30;

struct FreeCompressor {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};
struct FreeDecompressor {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

absl::Status Failed(const std::string& path, size_t code) {
  return absl::DataLossError(absl::StrCat(path, ": ", ZSTD_getErrorName(code)));
}

absl::Status Compress(env::File& from, env::File& to, const std::string& path) {
  const absl::StatusOr<uint64_t> size = from.Size();
  if (!size.ok()) return size.status();
  const std::unique_ptr<ZSTD_CCtx, FreeCompressor> context(ZSTD_createCCtx());
  CHECK(context != nullptr);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, kLevel);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
  ZSTD_CCtx_setPledgedSrcSize(context.get(), *size);
  std::vector<uint8_t> in(kChunkBytes);
  std::vector<uint8_t> out(ZSTD_CStreamOutSize());
  uint64_t written = 0;
  for (uint64_t read = 0;;) {
    const absl::StatusOr<size_t> got = from.ReadAt(read, in);
    if (!got.ok()) return got.status();
    read += *got;
    const auto mode = read >= *size || *got == 0 ? ZSTD_e_end : ZSTD_e_continue;
    ZSTD_inBuffer input{in.data(), *got, 0};
    for (bool more = true; more;) {
      ZSTD_outBuffer output{out.data(), out.size(), 0};
      const size_t left = ZSTD_compressStream2(context.get(), &output, &input, mode);
      if (ZSTD_isError(left)) return Failed(path, left);
      if (absl::Status status = to.WriteAt(written, std::span(out).first(output.pos)); !status.ok())
        return status;
      written += output.pos;
      more = mode == ZSTD_e_end ? left != 0 : input.pos < input.size;
    }
    if (mode == ZSTD_e_end) return to.Sync();
  }
}

// Whether the archived form is, byte for byte, the segment.
absl::Status Compare(env::FileSystem& files, const std::string& archived, env::File& segment) {
  const auto file = OpenArchived(files, archived);
  if (!file.ok()) return file.status();
  const absl::StatusOr<uint64_t> size = segment.Size();
  if (!size.ok()) return size.status();
  const absl::StatusOr<uint64_t> other_size = (*file)->Size();
  if (!other_size.ok()) return other_size.status();
  const absl::Status other = absl::DataLossError(
      absl::StrCat(archived, ": what was written decompresses to something else than the segment"));
  if (*size != *other_size) return other;
  std::vector<uint8_t> mine(kChunkBytes);
  std::vector<uint8_t> theirs(kChunkBytes);
  for (uint64_t at = 0; at < *size; at += kChunkBytes) {
    const absl::StatusOr<size_t> got = segment.ReadAt(at, mine);
    if (!got.ok()) return got.status();
    const absl::StatusOr<size_t> other_got = (*file)->ReadAt(at, theirs);
    if (!other_got.ok()) return other_got.status();
    if (*got != *other_got || std::memcmp(mine.data(), theirs.data(), *got) != 0) return other;
  }
  return absl::OkStatus();
}

class BytesFile final : public env::File {
 public:
  explicit BytesFile(std::vector<uint8_t> bytes) : bytes_(std::move(bytes)) {}
  absl::StatusOr<size_t> ReadAt(uint64_t offset, std::span<uint8_t> out) override {
    if (offset >= bytes_.size()) return size_t{0};
    const size_t length =
        static_cast<size_t>(std::min<uint64_t>(out.size(), bytes_.size() - offset));
    std::copy_n(bytes_.begin() + static_cast<ptrdiff_t>(offset), length, out.begin());
    return length;
  }
  absl::Status WriteAt(uint64_t, std::span<const uint8_t>) override { return ReadOnly(); }
  absl::Status Sync() override { return ReadOnly(); }
  absl::StatusOr<uint64_t> Size() override { return uint64_t{bytes_.size()}; }
  absl::Status ZeroFill(uint64_t) override { return ReadOnly(); }

 private:
  static absl::Status ReadOnly() {
    return absl::FailedPreconditionError("an archived segment is never written to");
  }
  const std::vector<uint8_t> bytes_;
};

}  // namespace

std::string ArchivedName(uint64_t segment) { return SegmentName(segment) + kSuffix; }

std::optional<uint64_t> SegmentOfArchived(const std::string& name) {
  const size_t length = std::strlen(kSuffix);
  if (name.size() <= length || name.substr(name.size() - length) != kSuffix) return std::nullopt;
  return SegmentOfName(name.substr(0, name.size() - length));
}

absl::Status ArchiveSegment(env::FileSystem& files, const std::string& directory,
                            const std::string& archive, uint64_t segment) {
  const std::string original = directory + "/" + SegmentName(segment);
  const std::string archived = archive + "/" + ArchivedName(segment);
  const std::string unfinished = archived + ".new";
  absl::Status status = files.Remove(unfinished);
  if (!status.ok() && !absl::IsNotFound(status)) return status;
  auto from = files.Open(original, env::OpenMode::kRead);
  if (!from.ok()) return from.status();
  {
    auto to = files.Open(unfinished, env::OpenMode::kCreate);
    if (!to.ok()) return to.status();
    status = Compress(**from, **to, unfinished);
  }
  if (status.ok()) status = Compare(files, unfinished, **from);
  if (status.ok()) status = files.Rename(unfinished, archived);
  if (status.ok()) status = files.SyncDirectory(archive);
  if (status.ok()) status = files.Remove(original);
  if (status.ok()) status = files.SyncDirectory(directory);
  return status;
}

absl::Status WriteArchived(env::FileSystem& files, const std::string& path,
                           std::vector<uint8_t> bytes) {
  BytesFile from(std::move(bytes));
  auto to = files.Open(path, env::OpenMode::kCreate);
  if (!to.ok()) return to.status();
  return Compress(from, **to, path);
}

absl::StatusOr<std::unique_ptr<env::File>> OpenArchived(env::FileSystem& files,
                                                        const std::string& path) {
  auto file = files.Open(path, env::OpenMode::kRead);
  if (!file.ok()) return file.status();
  const absl::StatusOr<uint64_t> size = (*file)->Size();
  if (!size.ok()) return size.status();
  std::vector<uint8_t> in(static_cast<size_t>(std::min(*size, kMostBytes)));
  const absl::StatusOr<size_t> got = (*file)->ReadAt(0, in);
  if (!got.ok()) return got.status();
  const uint64_t length = ZSTD_getFrameContentSize(in.data(), *got);
  if (length == ZSTD_CONTENTSIZE_ERROR || length == ZSTD_CONTENTSIZE_UNKNOWN || length > kMostBytes)
    return absl::DataLossError(absl::StrCat(path, ": not a compressed segment"));
  std::vector<uint8_t> out(static_cast<size_t>(length));
  const size_t done = ZSTD_decompress(out.data(), out.size(), in.data(), *got);
  if (ZSTD_isError(done)) return Failed(path, done);
  if (done != out.size()) return absl::DataLossError(absl::StrCat(path, ": it ends early"));
  return std::make_unique<BytesFile>(std::move(out));
}

}  // namespace creneau::wal
