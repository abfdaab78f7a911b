// Where what comes back with a reservation that was made for somebody goes: its key, the letter and
// the calendar entry, each into a new file that only the owner reads, made before anything is
// asked.
#pragma once

#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "tools/creneauctl/secrets.h"
#include "tools/creneauctl/session.h"

namespace creneau::ctl {

class MadeFiles {
 public:
  static absl::StatusOr<MadeFiles> Create(const Command& command);

  // Writes them, the calendar entry after asking for it, and shows the rest. Returns the exit code:
  // what could not be written is shown instead, and told.
  int Report(const Session& session, std::string_view body);

 private:
  bool KeepAll(const Session& session, std::string_view body);
  bool KeepCalendar(const Session& session, std::string_view body);

  std::optional<SecretFile> key_;
  std::optional<SecretFile> letter_;
  std::optional<SecretFile> ics_;
};

}  // namespace creneau::ctl
