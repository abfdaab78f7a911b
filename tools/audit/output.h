// Files of an export: written once, counted and hashed as they are written; and read by the line.
// One thread.
#pragma once

#include <sodium.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "env/file.h"

namespace creneau::audit {

struct FileSum {
  uint64_t bytes = 0;
  std::string sha256;  // hexadecimal
  friend bool operator==(const FileSum&, const FileSum&) = default;
};

class Output {
 public:
  // The file must not exist.
  static absl::StatusOr<Output> Create(env::FileSystem& files, const std::string& path);

  absl::Status Add(std::string_view text);
  // Synced.
  absl::StatusOr<FileSum> Finish();

 private:
  explicit Output(std::unique_ptr<env::File> file);
  absl::Status Flush();

  std::unique_ptr<env::File> file_;
  std::string buffer_;
  uint64_t written_ = 0;
  crypto_hash_sha256_state state_;
};

absl::StatusOr<FileSum> WriteWhole(env::FileSystem& files, const std::string& path,
                                   std::string_view text);
absl::StatusOr<FileSum> SumOf(env::FileSystem& files, const std::string& path);
absl::StatusOr<std::vector<uint8_t>> ReadWhole(env::File& file);
absl::StatusOr<std::string> ReadWholeText(env::FileSystem& files, const std::string& path);

class Lines {
 public:
  explicit Lines(std::unique_ptr<env::File> file) : file_(std::move(file)) {}
  // The next, without its newline; nothing at the end.
  absl::StatusOr<std::optional<std::string>> Next();
  uint64_t number() const { return number_; }  // of the last one, from 1

 private:
  std::unique_ptr<env::File> file_;
  std::string buffer_;
  size_t at_ = 0;
  uint64_t read_ = 0;
  bool ended_ = false;
  uint64_t number_ = 0;
};

}  // namespace creneau::audit
