#include "bench/creneau-bench/publish.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "tools/creneauctl/exit_code.h"

namespace creneau::bench {
namespace {

// 0, or the errno of writing there.
int WhyNot(const std::string& path) {
  struct stat found {};
  if (stat(path.c_str(), &found) == 0) {
    if (S_ISDIR(found.st_mode)) return EISDIR;
    // Not opened: the other end of a pipe would notice.
    return access(path.c_str(), W_OK) == 0 ? 0 : errno;
  }
  // A link to what is not there yet: creating it to see would leave it.
  if (lstat(path.c_str(), &found) == 0) return 0;
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return errno;
  close(file);
  unlink(path.c_str());
  return 0;
}

bool WriteFile(const std::string& path, const std::string& text) {
  if (path.empty()) return true;
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.flush();
  const int error = errno;
  if (file) return true;
  absl::FPrintF(stderr, "creneau-bench: cannot write %s: %s\n", path, std::strerror(error));
  return false;
}

}  // namespace

absl::Status CanPublish(const Options& options) {
  const std::pair<const char*, const std::string*> files[] = {{"--json", &options.json},
                                                              {"--html", &options.html}};
  for (const auto& [option, path] : files) {
    if (path->empty()) continue;
    if (const int error = WhyNot(*path); error != 0) {
      return absl::InternalError(absl::StrFormat("%s: cannot write %s: %s; nothing was run", option,
                                                 *path, std::strerror(error)));
    }
  }
  return absl::OkStatus();
}

int PublishTexts(const Options& options, const Texts& texts, bool ok) {
  std::fputs(texts.text.c_str(), stdout);
  bool written = std::fflush(stdout) == 0;
  written = WriteFile(options.json, texts.json) && written;
  written = WriteFile(options.html, texts.html) && written;
  if (!ok) return ctl::kExitObjective;
  return written ? ctl::kExitOk : ctl::kExitIo;
}

int Publish(const Report& report) {
  const Options& options = report.options;
  const Texts texts{AsText(report), options.json.empty() ? "" : AsJson(report),
                    options.html.empty() ? "" : AsHtml(report)};
  return PublishTexts(options, texts, report.verdict() == "ok");
}

}  // namespace creneau::bench
