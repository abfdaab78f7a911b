#include "tools/audit/output.h"

#include <array>
#include <span>
#include <utility>

#include "base/text.h"

namespace creneau::audit {
namespace {

constexpr size_t kBufferBytes = 1 << 20;

std::span<const uint8_t> Bytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

std::string HexOf(crypto_hash_sha256_state* state) {
  std::array<uint8_t, crypto_hash_sha256_BYTES> digest;
  crypto_hash_sha256_final(state, digest.data());
  return Hex(digest);
}

}  // namespace

Output::Output(std::unique_ptr<env::File> file) : file_(std::move(file)) {
  crypto_hash_sha256_init(&state_);
}

absl::StatusOr<Output> Output::Create(env::FileSystem& files, const std::string& path) {
  auto file = files.Open(path, env::OpenMode::kCreate);
  if (!file.ok()) return file.status();
  return Output(*std::move(file));
}

absl::Status Output::Flush() {
  const auto bytes = Bytes(buffer_);
  crypto_hash_sha256_update(&state_, bytes.data(), bytes.size());
  if (absl::Status status = file_->WriteAt(written_, bytes); !status.ok()) return status;
  written_ += bytes.size();
  buffer_.clear();
  return absl::OkStatus();
}

absl::Status Output::Add(std::string_view text) {
  buffer_.append(text);
  return buffer_.size() < kBufferBytes ? absl::OkStatus() : Flush();
}

absl::StatusOr<FileSum> Output::Finish() {
  absl::Status status = Flush();
  if (status.ok()) status = file_->Sync();
  if (!status.ok()) return status;
  return FileSum{written_, HexOf(&state_)};
}

absl::StatusOr<FileSum> WriteWhole(env::FileSystem& files, const std::string& path,
                                   std::string_view text) {
  auto out = Output::Create(files, path);
  if (!out.ok()) return out.status();
  if (absl::Status status = out->Add(text); !status.ok()) return status;
  return out->Finish();
}

absl::StatusOr<FileSum> SumOf(env::FileSystem& files, const std::string& path) {
  auto file = files.Open(path, env::OpenMode::kRead);
  if (!file.ok()) return file.status();
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);
  std::vector<uint8_t> buffer(kBufferBytes);
  uint64_t at = 0;
  while (true) {
    const absl::StatusOr<size_t> got = (*file)->ReadAt(at, buffer);
    if (!got.ok()) return got.status();
    if (*got == 0) return FileSum{at, HexOf(&state)};
    crypto_hash_sha256_update(&state, buffer.data(), *got);
    at += *got;
  }
}

absl::StatusOr<std::vector<uint8_t>> ReadWhole(env::File& file) {
  const absl::StatusOr<uint64_t> size = file.Size();
  if (!size.ok()) return size.status();
  std::vector<uint8_t> bytes(static_cast<size_t>(*size));
  const absl::StatusOr<size_t> got = file.ReadAt(0, bytes);
  if (!got.ok()) return got.status();
  bytes.resize(*got);
  return bytes;
}

absl::StatusOr<std::string> ReadWholeText(env::FileSystem& files, const std::string& path) {
  auto file = files.Open(path, env::OpenMode::kRead);
  if (!file.ok()) return file.status();
  const auto bytes = ReadWhole(**file);
  if (!bytes.ok()) return bytes.status();
  return std::string(bytes->begin(), bytes->end());
}

absl::StatusOr<std::optional<std::string>> Lines::Next() {
  while (true) {
    const size_t end = buffer_.find('\n', at_);
    if (end != std::string::npos || (ended_ && at_ < buffer_.size())) {
      const size_t until = std::min(end, buffer_.size());
      std::string line = buffer_.substr(at_, until - at_);
      at_ = std::min(until + 1, buffer_.size());
      ++number_;
      return std::optional(std::move(line));
    }
    if (ended_) return std::optional<std::string>();
    buffer_.erase(0, at_);
    at_ = 0;
    const size_t had = buffer_.size();
    buffer_.resize(had + kBufferBytes);
    const absl::StatusOr<size_t> got = file_->ReadAt(
        read_, std::span(reinterpret_cast<uint8_t*>(buffer_.data()) + had, kBufferBytes));
    if (!got.ok()) return got.status();
    buffer_.resize(had + *got);
    read_ += *got;
    ended_ = *got == 0;
  }
}

}  // namespace creneau::audit
