#include "tools/creneauctl/secrets.h"

#include <fcntl.h>
#include <sys/random.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>

#include "base/check.h"

namespace creneau::ctl {
namespace {

absl::Status IoError(const std::string& what) {
  return absl::UnknownError(what + ": " + std::strerror(errno));
}

absl::Status WriteAll(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t n = write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return IoError("cannot write " + path);
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  return absl::OkStatus();
}

// Turns the terminal's echo off for its lifetime.
class Hidden {
 public:
  explicit Hidden(int fd) : fd_(fd), changed_(tcgetattr(fd, &before_) == 0) {
    if (!changed_) return;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(fd_, TCSAFLUSH, &quiet);
  }
  ~Hidden() {
    if (changed_) tcsetattr(fd_, TCSADRAIN, &before_);
  }
  Hidden(const Hidden&) = delete;
  Hidden& operator=(const Hidden&) = delete;

 private:
  int fd_;
  termios before_{};
  bool changed_;
};

std::string ReadLine(int fd) {
  std::string line;
  char c = 0;
  while (read(fd, &c, 1) == 1 && c != '\n') line += c;
  return line;
}

}  // namespace

absl::StatusOr<std::string> ReadInput(const std::string& path) {
  const bool standard = path == "-";
  const int fd = standard ? STDIN_FILENO : open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return IoError("cannot read " + path);
  std::string text;
  std::array<char, 16 * 1024> buffer;
  ssize_t n = 0;
  while ((n = read(fd, buffer.data(), buffer.size())) > 0 || (n < 0 && errno == EINTR)) {
    if (n > 0) text.append(buffer.data(), static_cast<size_t>(n));
  }
  const absl::Status failed = n < 0 ? IoError("cannot read " + path) : absl::OkStatus();
  if (!standard) close(fd);
  if (!failed.ok()) return failed;
  return text;
}

absl::StatusOr<std::string> Ask(std::string_view question, Echo echo) {
  const int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) return absl::FailedPreconditionError("no terminal to ask on");
  std::string line;
  absl::Status asked;
  {
    // Before the question: whoever answers at once is not shown, and not thrown away.
    std::optional<Hidden> hidden;
    if (echo == Echo::kHidden) hidden.emplace(fd);
    asked = WriteAll(fd, std::string(question) + ": ", "the terminal");
    if (asked.ok()) line = ReadLine(fd);
  }
  // The newline that was typed was not shown.
  if (asked.ok() && echo == Echo::kHidden) asked = WriteAll(fd, "\n", "the terminal");
  close(fd);
  if (!asked.ok()) return asked;
  return std::string(Stripped(line));
}

absl::StatusOr<SecretFile> SecretFile::Create(const std::string& path) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return IoError("cannot make the new file " + path);
  return SecretFile(path, fd);
}

SecretFile::SecretFile(SecretFile&& other) noexcept
    : path_(std::move(other.path_)), fd_(std::exchange(other.fd_, -1)), kept_(other.kept_) {}

SecretFile::~SecretFile() {
  if (fd_ < 0) return;
  close(fd_);
  if (!kept_) unlink(path_.c_str());
}

absl::Status CreateIfNamed(const std::string& path, std::optional<SecretFile>* file) {
  if (path.empty()) return absl::OkStatus();
  absl::StatusOr<SecretFile> made = SecretFile::Create(path);
  if (!made.ok()) return made.status();
  file->emplace(*std::move(made));
  return absl::OkStatus();
}

absl::Status SecretFile::Keep(std::string_view secret) {
  if (absl::Status s = WriteAll(fd_, std::string(secret) + "\n", path_); !s.ok()) return s;
  if (fsync(fd_) != 0) return IoError("cannot sync " + path_);
  kept_ = true;
  return absl::OkStatus();
}

std::string RandomKey() {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::array<uint8_t, 16> bytes{};
  CHECK(getrandom(bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
  std::string text;
  uint32_t bits = 0;
  int held = 0;
  for (const uint8_t byte : bytes) {
    bits = bits << 8 | byte;
    for (held += 8; held >= 6; held -= 6) text += kDigits[bits >> (held - 6) & 63];
  }
  text += kDigits[bits << (6 - held) & 63];
  return text;
}

std::string_view Stripped(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

}  // namespace creneau::ctl
