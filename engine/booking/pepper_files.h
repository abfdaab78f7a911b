// KEYS/pepper.N: made, found again, destroyed.
//
// Destroying one is, in this order: KEYS/pepper.N.retired says durably when that was, so that
// somebody who restores an older DATA is told what has become of its pepper; the file is
// overwritten with zeros, which are synced; it is removed, and the directory synced. A crash in
// between leaves what can be done again. What overwriting does not promise,
// engine/booking/README.md says.
//
// Start-up code, and an operator's acts; one thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/instant.h"
#include "booking/pepper_epochs.h"
#include "env/entropy.h"
#include "env/file.h"
#include "rules/identity.h"

namespace creneau::booking {

std::string PepperName(uint32_t epoch);  // "pepper.2"

// What tells one pepper from others and says nothing about it: 64 bits of a keyed hash. It is in
// the log, so that a start neither takes another engine's pepper for its own nor destroys it.
uint64_t CheckOf(const rules::Pepper& pepper);

// FailedPrecondition: it is missing, damaged, another one, or was destroyed; and what to do.
absl::StatusOr<rules::Pepper> RequirePepper(env::FileSystem& files, const std::string& directory,
                                            const NeededPepper& needed);
// The one that is there, which an act that was cut short has left, or a new one. Durable.
absl::StatusOr<rules::Pepper> MakePepper(env::FileSystem& files, const std::string& directory,
                                         uint32_t epoch, Entropy& entropy);
// Whether a pepper of that epoch was destroyed here.
absl::StatusOr<bool> WasDestroyed(env::FileSystem& files, const std::string& directory,
                                  uint32_t epoch);
// True: it was there, and is no more. False: it was not. FailedPrecondition: what is there is
// neither that pepper nor what destroying it left, and is left alone.
absl::StatusOr<bool> DestroyPepper(env::FileSystem& files, const std::string& directory,
                                   uint32_t epoch, uint64_t check, Instant at);

}  // namespace creneau::booking
