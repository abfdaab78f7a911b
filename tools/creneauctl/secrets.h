// What must not stand in an argument, where every user of the machine can read it: who the
// applicant is, and the key of a reservation. Read from a file, from stdin (`-`) or from the
// terminal; written to files that only the owner reads.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace creneau::ctl {

// The whole of a file, or of stdin for "-". Unknown names the file and the reason.
absl::StatusOr<std::string> ReadInput(const std::string& path);

// One line from the terminal, shown or not while it is typed. FailedPrecondition when there is no
// terminal.
enum class Echo { kShown, kHidden };
absl::StatusOr<std::string> Ask(std::string_view question, Echo echo);

// A file that is made before the request is sent, so that a secret that comes back has a place to
// go to. Made with mode 0600; one that exists is not overwritten. Removed again unless Keep was
// called.
class SecretFile {
 public:
  static absl::StatusOr<SecretFile> Create(const std::string& path);
  SecretFile(SecretFile&& other) noexcept;
  SecretFile& operator=(SecretFile&&) = delete;
  ~SecretFile();

  // Writes the secret and a newline, and syncs it: the reservation it opens is durable too.
  absl::Status Keep(std::string_view secret);

 private:
  SecretFile(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}

  std::string path_;
  int fd_;
  bool kept_ = false;
};

// Leaves `file` empty where no path was named.
absl::Status CreateIfNamed(const std::string& path, std::optional<SecretFile>* file);

// 128 random bits in base64url: a fresh Idempotency-Key.
std::string RandomKey();

// Without the spaces and newlines around it: what an editor or a pipe adds.
std::string_view Stripped(std::string_view text);

}  // namespace creneau::ctl
