// Which keys of the staff are in force: those of KEYS/staff as it was last read, at the start and
// whenever somebody asks for it (SIGHUP). Any thread; Reload one at a time.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "base/instant.h"
#include "booking/staff_keys.h"
#include "env/file.h"

namespace creneau::booking {

// Whoever showed a key, for as long as this lives: an Actor made from it points into it.
struct Admission {
  enum class Verdict { kStands, kUnknown, kExpired, kRevoked };
  Verdict verdict = Verdict::kUnknown;
  // Of kStands, and of those whose secret was right all the same.
  const StaffKey* key = nullptr;
  std::shared_ptr<const StaffKeys> keys{};  // that it is one of
};

class StaffAccess {
 public:
  StaffAccess() : keys_(std::make_shared<const StaffKeys>()) {}
  StaffAccess(const StaffAccess&) = delete;
  StaffAccess& operator=(const StaffAccess&) = delete;

  // Reads the file anew and puts it in force at once; one that is missing has no keys. An error:
  // what was in force stays so (ReadStaffKeys).
  absl::Status Reload(env::FileSystem& files, const std::string& keys_directory);

  Admission Admit(const Bearer& bearer, Instant now) const;
  // Of somebody who was admitted and is still there, as whoever reads events is: whether the key
  // stands. Always of who came by the admin socket.
  bool StillStands(const Actor& actor, Instant now) const;

  std::shared_ptr<const StaffKeys> keys() const;

 private:
  mutable std::mutex mutex_;  // guards the pointer; held while it is copied
  std::shared_ptr<const StaffKeys> keys_;
};

}  // namespace creneau::booking
