// An archived segment, read from its beginning on without having it in memory whole.

#include <zstd.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "wal/archive.h"

namespace creneau::wal {
namespace {

struct FreeDecompressor {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

class ForwardFile final : public env::File {
 public:
  ForwardFile(std::unique_ptr<env::File> file, std::string path, uint64_t bytes)
      : file_(std::move(file)),
        path_(std::move(path)),
        bytes_(bytes),
        context_(ZSTD_createDCtx()),
        in_(ZSTD_DStreamInSize()) {
    CHECK(context_ != nullptr);
  }

  absl::StatusOr<size_t> ReadAt(uint64_t offset, std::span<uint8_t> out) override {
    if (offset < position_) Rewind();
    std::vector<uint8_t> skipped;
    while (position_ < offset) {
      skipped.resize(static_cast<size_t>(std::min<uint64_t>(offset - position_, size_t{1} << 17)));
      const absl::StatusOr<size_t> got = Decompress(skipped);
      if (!got.ok()) return got;
      if (*got == 0) return size_t{0};
    }
    return Decompress(out);
  }
  absl::Status WriteAt(uint64_t, std::span<const uint8_t>) override { return ReadOnly(); }
  absl::Status Sync() override { return ReadOnly(); }
  absl::StatusOr<uint64_t> Size() override { return bytes_; }
  absl::Status ZeroFill(uint64_t) override { return ReadOnly(); }

 private:
  static absl::Status ReadOnly() {
    return absl::FailedPreconditionError("an archived segment is never written to");
  }

  void Rewind() {
    ZSTD_DCtx_reset(context_.get(), ZSTD_reset_session_only);
    position_ = read_ = 0;
    ended_ = false;
    input_ = {};
  }

  // As much as there is room for, or up to the end.
  absl::StatusOr<size_t> Decompress(std::span<uint8_t> out) {
    ZSTD_outBuffer output{out.data(), out.size(), 0};
    while (output.pos < output.size && !ended_) {
      if (input_.pos == input_.size) {
        const absl::StatusOr<size_t> got = file_->ReadAt(read_, in_);
        if (!got.ok()) return got.status();
        if (*got == 0) return absl::DataLossError(absl::StrCat(path_, ": it ends early"));
        read_ += *got;
        input_ = {in_.data(), *got, 0};
      }
      const size_t left = ZSTD_decompressStream(context_.get(), &output, &input_);
      if (ZSTD_isError(left))
        return absl::DataLossError(absl::StrCat(path_, ": ", ZSTD_getErrorName(left)));
      ended_ = left == 0;
    }
    position_ += output.pos;
    return output.pos;
  }

  const std::unique_ptr<env::File> file_;
  const std::string path_;
  const uint64_t bytes_;
  const std::unique_ptr<ZSTD_DCtx, FreeDecompressor> context_;
  std::vector<uint8_t> in_;
  ZSTD_inBuffer input_{};
  uint64_t read_ = 0;      // of the compressed form
  uint64_t position_ = 0;  // of the segment
  bool ended_ = false;
};

}  // namespace

absl::StatusOr<std::unique_ptr<env::File>> OpenArchivedForwards(env::FileSystem& files,
                                                                const std::string& path) {
  auto file = files.Open(path, env::OpenMode::kRead);
  if (!file.ok()) return file.status();
  std::vector<uint8_t> head(64);  // more than the head of a frame has
  const absl::StatusOr<size_t> got = (*file)->ReadAt(0, head);
  if (!got.ok()) return got.status();
  const uint64_t bytes = ZSTD_getFrameContentSize(head.data(), *got);
  if (bytes == ZSTD_CONTENTSIZE_ERROR || bytes == ZSTD_CONTENTSIZE_UNKNOWN)
    return absl::DataLossError(absl::StrCat(path, ": not a compressed segment"));
  return std::make_unique<ForwardFile>(*std::move(file), path, bytes);
}

}  // namespace creneau::wal
