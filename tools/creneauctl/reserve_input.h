// What commands ask for before somebody gets a seat: who it is for, and the Idempotency-Key with
// which it can be asked for again. Read from files, stdin or the terminal, never from arguments.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "tools/creneauctl/forms.h"
#include "tools/creneauctl/session.h"

namespace creneau::ctl {

// The JSON of --applicant's file; where none was given, what somebody types.
absl::StatusOr<std::string> Applicant(const Session& session);
// Says what is wrong with what `option` should have named, and returns the exit code.
int FailOnInput(const Session& session, const absl::Status& status, const char* option);

// That of --key-file; where none was given, what somebody types.
absl::StatusOr<std::string> HolderKey(const Command& command, const std::string& name);
// A secret that becomes a header: one line, or it would be two.
absl::StatusOr<std::string> OneLine(absl::StatusOr<std::string> text, const char* expected);
// That of --idempotency-key's file, or a fresh one.
absl::StatusOr<std::string> IdempotencyKey(const Command& command);
// A hold whose outcome is not known is there for whoever has its Idempotency-Key, and for the
// applicant it is in the way: without the key a repeat is already-reserved.
Fields HowToRepeat(const std::string& idempotency_key);

}  // namespace creneau::ctl
